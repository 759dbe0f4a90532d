//! A **ticket** is a reported problem through its whole life; a **report** is the act that makes one; a **draft** is a report not yet
//! sent. States and their transitions are in `state`, what each audience sees in `view`, the wizard's answers and the order of its
//! questions in `draft`, what they become in `report`.

mod draft;
mod filter;
mod new;
mod report;
mod state;
mod story;
mod view;

pub use crate::faults::{Category, Priority};
pub use draft::{AccessWay, Draft, Duplicates, MAX_DETAILS, NONE, Need, RawAnswers, Step, VisitTime, next_step, progress};
pub use filter::{AssigneeFilter, Filter, Search, Sort, StatusFilter, percent};
pub use new::{NewTicket, Source, TicketRef, reference, search_extra};
pub use report::{Access, Answered, GuestContact, Report, ReportAnswers};
pub use state::{CloseOutcome, Move, Reopening, Status, WrongStatus, reopening};
pub use story::{Told, told};
pub use view::*;
