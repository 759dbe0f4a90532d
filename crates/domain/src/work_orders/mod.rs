//! A **work order** is what a contractor is asked to do. It has **offers** (to whom it was put, and what they said) and **visits** (times at
//! the home). States and their moves are in `state`, and how a ticket follows its orders in `follow`; `slot` reads times, `eligibility` says who
//! may be sent and why not, `completion` and `checklist` what must be there before it is done, `next` whose move it is, `calendar` what clashes,
//! and `view` what each audience sees.

mod calendar;
mod checklist;
mod completion;
mod contractor;
mod eligibility;
mod filter;
mod follow;
mod next;
mod order;
mod slot;
mod state;
mod view;

pub use calendar::{Away, Clash, Entry, clashes};
pub use checklist::{Answer, Checklist, Gate, Item, ItemKind, Template, TemplateForm, gate};
pub use completion::{Completion, CompletionForm, FollowOn, Outcome, Strokes};
pub use contractor::{
    Absence, AbsenceForm, Accreditation, AccreditationForm, NewAbsence, NewAccreditation, NewOperative, Operative, OperativeForm, PaperKind,
};
pub use eligibility::{Candidate, Firm, Paper, Reason, Said, Wanted, Weight, reasons};
pub use filter::{Filter, StatusFilter};
pub use follow::ticket_moves;
pub use next::{Facts, NextStep, Reader, Who, next_step};
pub use order::{Changeable, NewOrder, OrderForm, OrderRef, reference};
pub use slot::{Slot, SlotForm, Time};
pub use state::{Move, OfferMove, OfferStatus, Status, VisitMove, VisitStatus, WrongStep};
pub use view::*;
