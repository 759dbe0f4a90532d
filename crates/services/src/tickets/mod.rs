//! Tickets, as staff work with them.
//!
//! Verbs: [`open::insert`] writes a parsed report down for whoever made it, [`create`] takes one down for a caller; [`board`] lists and counts;
//! [`detail`] shows one; [`change`] is every change of facts, status, priority and owner; [`note`] writes on the timeline; [`delete`] takes
//! it off the lists; [`reading`] knows what is unread; [`views`] are saved filters; [`export`] streams CSV; [`dashboard`] is the morning's
//! figures; [`lookup`] finds the home and the person behind a call; `words` keeps what a ticket is
//! found by true when a person or an address changes.
//!
//! Tables: `tickets`, `ticket_reads`, `saved_views`; reads `timeline_events`, `attachments`, homes and people. Staff alone; what a tenant
//! may see and do of a repair is the room `repairs`, and the wizard that reports one is `report`.
//!
//! Promises: every change records an event with old and new values, which is timeline, audit and live stream at once; nobody's change is
//! silently overwritten (version check); a ticket moves only as `domain::tickets::Status` allows.

pub mod board;
pub mod change;
pub mod create;
pub mod dashboard;
pub mod detail;
pub mod export;
pub mod lookup;
pub mod note;
pub mod open;
pub mod reading;
pub mod views;
pub(crate) mod words;

mod sql;

pub use change::{Change, Changed, Step};
pub use create::Create;
