//! What each audience sees of a ticket. Allow-lists: a view struct is printed into page sources, so a field that is not here cannot leak.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Category, Priority, Status};
use crate::TicketId;

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
