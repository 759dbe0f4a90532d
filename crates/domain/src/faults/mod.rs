//! Faults: what can be wrong with a home, and what follows from it.
//!
//! A **catalogue** is a tree of room → item → problem, plus the list of emergencies asked first. It is data: an
//! organisation starts with [`Catalogue::default_uk`] and may change its own copy, which [`Catalogue::validate`] must
//! accept before it is used. A **fault** is named by its [`FaultPath`]; a report of "none of these" has no path, only
//! words.
//!
//! Verbs: [`Catalogue::find`], [`Catalogue::search`], [`assess`] (how soon, who, which hazards, and why),
//! [`Question::read`] (one follow-up answer, checked).
//!
//! Promises: the same input gives the same assessment; answers, words and vulnerability may raise a priority and add
//! hazards, never lower or remove them.
//!
//! Not here: statutory deadlines (they need nation, tenure and dates), storage, and what happens to a ticket.

mod assess;
mod catalogue;
pub mod drawings;
mod kinds;
mod path;
mod red_flags;
mod search;

pub use assess::{Assessment, assess};
pub use catalogue::{
    AnswerError, Catalogue, Effect, Emergency, Found, Item, MAX_ANSWER, Opt, Phone, Problem, Question, QuestionKind, Room,
};
pub(crate) use kinds::coded;
pub use kinds::{Category, Hazard, Priority, Responsibility, Trade};
pub use path::{BadFaultPath, FaultPath};
pub use search::Hit;
