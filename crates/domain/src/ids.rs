//! The registry of ids: alphabetical, append-only. Every id is its own type over a UUIDv7, so that a `UnitId` cannot stand where a
//! `PropertyId` is wanted. References people read (`PM-4812`) are separate.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    )+};
}

ids! {
    AbsenceId,
    AccreditationId,
    /// An owner's or colleague's decision that was asked for.
    ApprovalId,
    AttachmentId,
    /// A checklist as it stands on one order.
    ChecklistId,
    ChecklistTemplateId,
    ConsentId,
    ContactId,
    ContractorId,
    ConversationId,
    DraftId,
    EventId,
    InvoiceId,
    /// A person who can log in; one login may hold memberships of several organisations.
    LoginId,
    MailId,
    /// A login's place in one organisation: role and, for portal users, contact.
    MembershipId,
    MessageId,
    OfferId,
    /// Somebody a contractor sends.
    OperativeId,
    OrgId,
    OwnerLinkId,
    PropertyId,
    QuoteId,
    SavedViewId,
    SessionId,
    TenancyId,
    TicketId,
    UnitId,
    VisitId,
    WorkOrderId,
}

/// A UUIDv7 from a moment and ten random bytes; both are arguments because `domain` has neither a clock nor randomness.
pub fn uuid_v7(now: jiff::Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
