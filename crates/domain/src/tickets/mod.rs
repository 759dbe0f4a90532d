//! A **ticket** is a reported problem through its whole life; a **report** is the act that makes one; a **draft** is a report not yet
//! sent. States and their transitions are in `state`, what each audience sees in `view`, the wizard's answers and the order of its
//! questions in `draft`, what they become in `report`, and a ticket as its tenants see it in `repair`.

mod draft;
mod filter;
mod new;
mod repair;
mod report;
mod state;
mod story;
mod view;

pub use crate::faults::{Category, Priority};
pub use draft::{AccessWay, Draft, Duplicates, MAX_DETAILS, NONE, Need, RawAnswers, Step, VisitTime, next_step, progress};
pub use filter::{AssigneeFilter, Filter, Search, Sort, StatusFilter, percent};
pub use new::{NewTicket, Source, TicketRef, reference, search_extra};
pub use repair::{Fixed, FollowedCard, LANGUAGES, Preferences, Repair, RepairCard, RepairLine, RepairPhoto, told_to_tenant};
pub use report::{Access, Answered, GuestContact, Report, ReportAnswers};
pub use state::{CloseOutcome, Move, Reopening, Status, WrongStatus, reopening};
pub use story::{Told, told};
pub use view::*;
