//! Work orders: what a contractor is asked to do, to whom it was put, when somebody comes, and how it was left.
//!
//! Staff: [`create`], [`change`], [`list`], [`detail`], [`offer`], [`assign`], [`dispatch`], [`withdraw`], [`take_back`], [`schedule`],
//! [`propose`], [`confirm`], [`move_visit`], [`cancel_visit`], [`calendar`], [`try_visit`], [`complete`], [`verify`], [`send_back`], [`cancel`],
//! and [`checklists`]. Contractors, by log-in or by an order's link: everything in [`portal`]. Tenants: everything in [`household`].
//! Tables: `work_orders`, `offers`, `visits`, `completions`, `checklist_templates`, `order_checklists`, `feedback`, `action_keys`.
//!
//! Promises: an order, an offer and a visit move only as `domain::work_orders` allows, and the ticket follows in the same transaction; of many who
//! accept at once exactly one has it; nobody is booked twice, however many book at once; nothing is done while its checklist is open, unless an
//! administrator says why; numbers have no gaps; what a contractor's device sends twice is carried out once; every change is timeline, audit and
//! live stream at once. A contractor sees an order while it is offered to them or theirs, and nothing of it once it is another's.
//! Does not: quotes, invoices and what is approved (rooms `quotes`, `invoices`), who the contractors are (room `contractors`).

mod board;
mod calendar;
pub mod checklists;
mod completion;
mod follow;
pub mod household;
mod later;
mod look;
mod offers;
mod order;
pub mod portal;
mod signature;
mod sql;
mod visits;

pub use board::list;
pub use calendar::{Span, calendar, try_visit};
pub use completion::{add_photo, complete, photo};
pub use later::{AcknowledgeLapses, ExpireOffer, LetGoOfVisit, News, TellOfVisit, TellOfferEnded, register};
pub use look::{by_ticket, detail};
pub use offers::{ACKNOWLEDGE_WITHIN, Offer, assign, dispatch, offer, take_back, withdraw};
pub use order::{Place, cancel, change, create, follow_on, send_back, verify};
pub use visits::{HELD_FOR, Proposal, cancel_visit, confirm, move_visit, no_access, on_site, propose, schedule, set_off};

pub(crate) use sql::organisation;
