//! What each audience sees of a work order. Allow-lists: a view struct is printed into page sources and kept on telephones, so a field that is not
//! here cannot leak. Money is never the tenant's; other contractors are never a contractor's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Candidate, Changeable, Checklist, Clash, Completion, Gate, Move, NextStep, OfferStatus, Operative, OrderRef, Slot, Status, Time,
    VisitStatus,
};
use crate::faults::{Category, Priority, Trade};
use crate::tickets::{Line, Photo, TicketRef};
use crate::values::Pence;
use crate::{AttachmentId, ContactId, OfferId, OperativeId, PropertyId, UnitId, VisitId, WorkOrderId};

/// Somebody by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<T> {
    pub id: T,
    pub name: String,
}

/// A line of the staff list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub id: WorkOrderId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub category: Category,
    pub ticket: Option<TicketRef>,
    /// One line: unit and street.
    pub place: String,
    pub postcode: String,
    pub contractor: Option<Named<ContactId>>,
    /// The next agreed time, or the one that is going on.
    pub visit: Option<Time>,
    pub offers_waiting: i64,
    pub due_at: Option<Timestamp>,
    pub overdue: bool,
    pub value: Option<Pence>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlace {
    pub property: PropertyId,
    pub unit: Option<UnitId>,
    /// `Flat 3, 14 Beech Grove, Leeds`.
    pub address: String,
    pub postcode: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLine {
    pub id: OfferId,
    pub contractor: Named<ContactId>,
    pub status: OfferStatus,
    pub message: Option<String>,
    pub decline_reason: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A visit for staff and for its contractor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitLine {
    pub id: VisitId,
    pub version: i32,
    pub time: Time,
    pub status: VisitStatus,
    /// `staff`, `contractor` or `tenant`.
    pub proposed_by: String,
    pub operative: Option<Named<OperativeId>>,
    /// The tenant's pick is the last word.
    pub auto_confirm: bool,
    pub held_until: Option<Timestamp>,
    /// 1 for the first attempt to get in.
    pub attempt: i32,
    pub on_the_way_at: Option<Timestamp>,
    pub arrived_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    /// What was said of a no-access or a cancellation.
    pub outcome_note: Option<String>,
    pub outcome_photo: Option<AttachmentId>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletionLine {
    pub completion: Completion,
    pub by: String,
    pub signature: Option<AttachmentId>,
    /// Why it was passed with the checklist open.
    pub override_reason: Option<String>,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackLine {
    /// 1 to 5.
    pub stars: i16,
    pub words: Option<String>,
    pub at: Timestamp,
}

/// Another order that this one takes up, or that takes this one up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub order: OrderRef,
    pub title: String,
    pub status: Status,
}

/// Everything staff see of one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    pub id: WorkOrderId,
    pub version: i32,
    pub reference: String,
    pub status: Status,
    pub facts: Changeable,
    pub ticket: Option<TicketRef>,
    pub follows: Option<Related>,
    pub followed_by: Vec<Related>,
    pub place: OrderPlace,
    pub contractor: Option<Named<ContactId>>,
    pub operative: Option<Named<OperativeId>>,
    /// What was approved, net.
    pub value: Option<Pence>,
    pub acknowledge_by: Option<Timestamp>,
    pub escalated_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub cancel_reason: Option<String>,
    pub offers: Vec<OfferLine>,
    pub visits: Vec<VisitLine>,
    pub checklists: Vec<Checklist>,
    pub gate: Gate,
    pub completions: Vec<CompletionLine>,
    /// Of the work; the problem's are the ticket's.
    pub photos: Vec<Photo>,
    pub feedback: Vec<FeedbackLine>,
    pub timeline: Vec<Line>,
    pub next: NextStep,
    /// What may be done next by the state machine and this person's role.
    pub moves: Vec<Move>,
    pub may_manage: bool,
    pub may_override: bool,
    pub created_by: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The moment this was read.
    pub now: Timestamp,
}

/// A line of a contractor's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkCard {
    pub id: WorkOrderId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub place: String,
    pub postcode: String,
    pub visit: Option<VisitLine>,
    /// An offer must be answered by then.
    pub answer_by: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
}

/// "My work": each order stands in one list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MyWork {
    /// With a visit today, in order of time; work under way first.
    pub today: Vec<WorkCard>,
    pub upcoming: Vec<WorkCard>,
    /// Put to them and not answered; emergencies first.
    pub offered: Vec<WorkCard>,
    /// Theirs, without a time.
    pub to_schedule: Vec<WorkCard>,
    /// Done, in the last ninety days; what is not invoiced yet is marked by the invoices' room.
    pub done: Vec<WorkCard>,
}

/// Everything its contractor sees of one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractorOrder {
    pub id: WorkOrderId,
    pub version: i32,
    pub reference: String,
    pub title: String,
    pub description: String,
    pub status: Status,
    pub priority: Priority,
    pub category: Category,
    pub trade: Option<Trade>,
    pub place: OrderPlace,
    pub due_at: Option<Timestamp>,
    /// Not to be passed without an approved quote.
    pub spend_limit: Option<Pence>,
    pub wants_quote: bool,
    /// What was approved of theirs, net.
    pub value: Option<Pence>,
    pub acknowledge_by: Option<Timestamp>,
    pub offer: Option<OfferLine>,
    pub operative: Option<Named<OperativeId>>,
    /// Whom they may send.
    pub operatives: Vec<Operative>,
    pub visits: Vec<VisitLine>,
    pub checklists: Vec<Checklist>,
    pub photos_required: i16,
    pub gate: Gate,
    pub completions: Vec<CompletionLine>,
    /// Of the problem, as reported.
    pub problem_photos: Vec<Photo>,
    /// Of the work.
    pub photos: Vec<Photo>,
    pub timeline: Vec<Line>,
    /// It is theirs and live: the way in may be asked for.
    pub allocated: bool,
    pub next: NextStep,
    /// Whose order it is.
    pub organisation: String,
    pub office_phone: Option<String>,
    pub emergency_phone: Option<String>,
    pub now: Timestamp,
}

/// An order that went by: what is left to say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub reference: String,
    pub title: String,
    /// A sentence: somebody else took it, it was withdrawn, you declined it.
    pub why: String,
}

/// How to get in and whom to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayIn {
    /// Asbestos, a dog, two-person visits.
    pub warnings: Option<String>,
    pub access_notes: Option<String>,
    /// A line each: `Somebody will be in`, `Mornings`.
    pub access: Vec<String>,
    pub tenant_name: Option<String>,
    pub tenant_phone: Option<String>,
    /// What must be known before a visit: a wheelchair, a language.
    pub needs: Option<String>,
    pub vulnerability: Option<String>,
    /// There are key-safe or entry codes; each look at them is on record.
    pub has_codes: bool,
}

/// A visit as the tenant sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantVisit {
    pub id: VisitId,
    pub version: i32,
    pub time: Time,
    pub status: VisitStatus,
    pub held_until: Option<Timestamp>,
    pub on_the_way_at: Option<Timestamp>,
    pub can_pick: bool,
    pub can_cancel: bool,
}

/// Work on a repair as the tenant sees it: who comes, when, and how it was. No money, nobody's telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantOrder {
    pub id: WorkOrderId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    /// The firm that comes.
    pub contractor: String,
    pub visits: Vec<TenantVisit>,
    pub can_rate: bool,
    pub rated: Option<FeedbackLine>,
}

/// A visit on the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarVisit {
    pub id: VisitId,
    pub version: i32,
    pub order: OrderRef,
    pub title: String,
    pub priority: Priority,
    pub contractor: Named<ContactId>,
    pub operative: Option<Named<OperativeId>>,
    pub time: Time,
    pub status: VisitStatus,
    pub place: String,
    pub clashes: Vec<Clash>,
}

/// The calendar between two days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub visits: Vec<CalendarVisit>,
    /// Who is away, by contractor and person.
    pub absences: Vec<(Named<ContactId>, super::Absence)>,
}

/// What a place on the calendar would clash with; empty where nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub clashes: Vec<Clash>,
}

/// What staff choose a contractor from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidates {
    pub all: Vec<Candidate>,
}

impl Slot {
    /// For a menu: code and label.
    pub fn menu() -> Vec<(&'static str, &'static str)> {
        vec![
            ("am", "Morning, 8am to 12 noon"),
            ("pm", "Afternoon, 12 noon to 5pm"),
            ("school_run", "Between school runs, 9:30am to 2:30pm"),
            ("at", "At a time"),
            ("between", "Between two times"),
            ("before", "Before a time"),
            ("after", "After a time"),
        ]
    }
}
