//! What is written down when something happens. One event is at once a line of the timeline, a link of the audit chain, and the
//! message that live pages wait for; see `docs/adr` on the transaction as permission slip.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{TicketId, WorkOrderId};

/// Who may read an event on a timeline. The audit reads all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Staff, the tenants of the home, and the order's contractor where there is an order.
    Public,
    /// Staff and the order's contractor: offers, quotes, invoices. No tenant.
    Contractor,
    /// Staff only. The default, so that forgetting errs on the quiet side.
    Internal,
    /// No timeline: audit alone (log-ins, looks at access codes, settings).
    AuditOnly,
}

impl Visibility {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Contractor => "contractor",
            Self::Internal => "internal",
            Self::AuditOnly => "audit_only",
        }
    }
}

/// One thing that happened. Kinds are `room:verb` in the past tense (`ticket:reported`, `email:sent`) and append-only: old timelines
/// must stay readable.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub kind: &'static str,
    /// The table's noun, singular: `ticket`, `property`, `membership`.
    pub entity: &'static str,
    pub entity_id: Uuid,
    pub ticket: Option<TicketId>,
    pub work_order: Option<WorkOrderId>,
    pub visibility: Visibility,
    /// What a timeline needs to tell it. Never anything its visibility does not allow.
    pub data: Value,
    /// For the audit: what it was and what it became. Personal values live here and are erasable; the chain covers their hash.
    pub old: Option<Value>,
    pub new: Option<Value>,
}

impl Event {
    pub fn new(kind: &'static str, entity: &'static str, entity_id: impl Into<Uuid>) -> Self {
        Self {
            kind,
            entity,
            entity_id: entity_id.into(),
            ticket: None,
            work_order: None,
            visibility: Visibility::Internal,
            data: Value::Null,
            old: None,
            new: None,
        }
    }
    /// An event of a ticket's own timeline.
    pub fn of_ticket(kind: &'static str, ticket: TicketId) -> Self {
        Self { ticket: Some(ticket), ..Self::new(kind, "ticket", ticket) }
    }
    /// An event of a work order, and of its ticket's timeline where it has one.
    pub fn of_order(kind: &'static str, order: WorkOrderId, ticket: Option<TicketId>) -> Self {
        Self { ticket, work_order: Some(order), ..Self::new(kind, "work_order", order) }
    }
    /// Also a line of this order and its ticket: for a visit, a quote, an invoice.
    pub fn about_order(self, order: WorkOrderId, ticket: Option<TicketId>) -> Self {
        Self { ticket, work_order: Some(order), ..self }
    }
    pub fn for_contractor(self) -> Self {
        Self { visibility: Visibility::Contractor, ..self }
    }
    pub fn public(self) -> Self {
        Self { visibility: Visibility::Public, ..self }
    }
    pub fn audit_only(self) -> Self {
        Self { visibility: Visibility::AuditOnly, ..self }
    }
    pub fn data(self, data: Value) -> Self {
        Self { data, ..self }
    }
    pub fn change(self, old: Value, new: Value) -> Self {
        Self { old: Some(old), new: Some(new), ..self }
    }
    pub fn created(self, new: Value) -> Self {
        Self { new: Some(new), ..self }
    }
}
