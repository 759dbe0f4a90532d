//! What each audience sees of a ticket. Allow-lists: a view struct is printed into page sources, so a field that is not here cannot leak.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Category, CloseOutcome, Move, Priority, Source, Status, TicketRef};
use crate::faults::{Hazard, Trade};
use crate::{AttachmentId, ContactId, MembershipId, PropertyId, SavedViewId, TicketId, UnitId};

/// A line of the staff list and a card of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub id: TicketId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub category: Category,
    /// One line: unit and street.
    pub place: String,
    pub postcode: String,
    pub reported_by: Option<String>,
    pub assignee: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Our target, labelled Policy until the clocks exist.
    pub target_at: Option<Timestamp>,
    pub unread: bool,
    pub hazard: bool,
}

/// How many open tickets stand where; finished ones are not counted (there may be a million).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCounts(pub Vec<(Status, i64)>);

impl OpenCounts {
    pub fn of(&self, status: Status) -> i64 {
        self.0.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n)
    }
    pub fn total(&self) -> i64 {
        self.0.iter().map(|(_, n)| n).sum()
    }
}

/// All that the queue's page shows at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    pub cards: Vec<Card>,
    /// Cursors of the pages around this one; empty where there is none.
    pub next: String,
    pub previous: String,
    /// Filled instead of `cards` when the board is asked for.
    pub columns: Vec<Column>,
    pub counts: OpenCounts,
    pub views: Vec<SavedView>,
    pub members: Vec<Member>,
    pub now: Timestamp,
}

/// A column of the board: the first cards, and how many there are where that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub status: Status,
    pub cards: Vec<Card>,
    pub count: i64,
}

/// Everything staff see of one ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    pub id: TicketId,
    pub version: i32,
    pub reference: String,
    pub title: String,
    pub description: String,
    pub status: Status,
    pub priority: Priority,
    /// As first assessed; both stay on record.
    pub first_priority: Priority,
    /// Why it was assessed so, a sentence each.
    pub priority_reasons: Vec<String>,
    pub category: Category,
    pub trade: Option<Trade>,
    pub fault_path: Option<String>,
    /// Where in the home, and what was asked and answered, in the words shown then.
    pub room: Option<String>,
    pub emergency: Option<String>,
    pub answers: Vec<(String, String)>,
    pub hazards: Vec<Hazard>,
    pub source: Source,
    pub confirmed: bool,
    /// How to get in and when, a line each.
    pub access: Vec<String>,
    pub vulnerability: Option<String>,
    pub place: Place,
    pub reporter: Option<Person>,
    pub reporter_name: Option<String>,
    /// The number they left with this report, as they gave it; a contact's own is with the contact.
    pub reporter_phone: Option<String>,
    /// Whoever holds the tenancy today.
    pub tenants: Vec<Person>,
    pub followers: i64,
    pub assignee: Option<Member>,
    pub aware_at: Timestamp,
    pub target_at: Option<Timestamp>,
    pub triaged_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub close_outcome: Option<CloseOutcome>,
    pub close_reason: Option<String>,
    pub cancel_reason: Option<String>,
    pub reopened_count: i32,
    /// The closed ticket this one takes up again.
    pub follows: Option<TicketRef>,
    pub duplicate_of: Option<TicketRef>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub timeline: Vec<Line>,
    pub photos: Vec<Photo>,
    /// What may be done next by the state machine and this person's role.
    pub moves: Vec<Move>,
    /// Other open tickets of the same property.
    pub neighbours: Vec<Neighbour>,
    pub may_update: bool,
    pub may_delete: bool,
    /// The moment this was read; ages are counted from it.
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub property: PropertyId,
    pub unit: Option<UnitId>,
    pub unit_label: Option<String>,
    /// `14 Beech Grove, Leeds`.
    pub address: String,
    pub postcode: String,
    pub kind: String,
    pub has_gas: Option<bool>,
    /// Asbestos, a dog, two-person visits.
    pub warnings: Option<String>,
    pub access_notes: Option<String>,
    /// Whether a key-safe code or the like is on file; each look at one is audited.
    pub has_access_codes: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: ContactId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub channel: String,
    pub language: String,
    /// What must be known before a visit.
    pub needs: Option<String>,
}

/// Somebody a ticket can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MembershipId,
    pub name: String,
}

/// A line of the timeline; [`super::told`] puts it into words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub position: i64,
    pub kind: String,
    pub public: bool,
    pub actor_kind: String,
    pub actor: Option<String>,
    pub data: Value,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    pub id: AttachmentId,
    pub file_name: String,
    pub content_type: String,
    pub bytes: i64,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub taken_at: Option<Timestamp>,
    pub public: bool,
    /// The worker has made the copies that pages show.
    pub is_ready: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    pub id: TicketId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub unit_label: Option<String>,
    pub created_at: Timestamp,
}

/// A filter somebody keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub id: SavedViewId,
    pub name: String,
    /// The query string of the list.
    pub query: String,
}

/// The morning's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub open_by_priority: Vec<(Priority, i64)>,
    pub open_by_status: Vec<(Status, i64)>,
    pub awaiting_triage: i64,
    pub oldest_awaiting: Option<Timestamp>,
    pub opened_today: i64,
    pub closed_today: i64,
    /// Open, and past our own target.
    pub overdue: i64,
    /// Open, and due within our target by the end of tomorrow.
    pub due_soon: i64,
    pub mine: i64,
    /// Reports a day for the last fourteen London days, oldest first.
    pub by_day: Vec<(Date, i64)>,
    /// Waiting for triage, most pressing first.
    pub to_triage: Vec<Card>,
    pub oldest: Vec<Card>,
    pub overdue_first: Vec<Card>,
}

/// A home that a caller may mean, with who lives there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeHit {
    pub property: PropertyId,
    pub unit: Option<UnitId>,
    pub line: String,
    pub postcode: String,
    pub people: Vec<Person>,
}
