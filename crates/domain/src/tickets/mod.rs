//! A **ticket** is a reported problem through its whole life; a **report** is the act that makes one; a **draft** is a report not yet
//! sent. States and their transitions are in `state`, what each audience sees in `view`.

mod new;
mod state;
mod view;

pub use crate::faults::{Category, Priority};
pub use new::{NewTicket, Source, TicketRef, reference, search_extra};
pub use state::{CloseOutcome, Move, Reopening, Status, WrongStatus, reopening};
pub use view::*;
