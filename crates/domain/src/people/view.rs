//! What staff see of people. Allow-lists: bank details are not here, only whether there are any.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Channel, ContactKind, NewContact, NewProfile};
use crate::estate::{OwnerLine, TenancyCard, TicketLine};
use crate::{ContactId, ContractorId};

/// A row of the list of contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactCard {
    pub id: ContactId,
    pub kind: ContactKind,
    pub reference: Option<String>,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    /// As read aloud in the UK.
    pub phone: Option<String>,
    /// Where a tenant lives today.
    pub home: Option<String>,
    /// Owners: how many properties.
    pub properties: i64,
}

/// A row of the list of contractors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractorCard {
    pub contact: ContactCard,
    pub profile: Option<Profile>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub id: ContractorId,
    pub version: i32,
    pub profile: NewProfile,
}

/// Everything on a contact's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContactDetail {
    pub id: ContactId,
    pub version: i32,
    pub contact: NewContact,
    pub has_bank_details: bool,
    pub erased_at: Option<Timestamp>,
    pub tenancies: Vec<TenancyCard>,
    pub owns: Vec<OwnerLine>,
    /// Newest first: what they said about being contacted, and when.
    pub consents: Vec<ConsentLine>,
    pub profile: Option<Profile>,
    pub tickets: Vec<TicketLine>,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsentLine {
    pub channel: Channel,
    pub opts_in: bool,
    pub source: String,
    pub at: Timestamp,
}

/// What a list of contacts is narrowed to; empty means all. Flat, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactFilter {
    /// Any words of name, company, e-mail, telephone number or reference.
    pub search: String,
    pub kind: String,
    /// A trade's code, for contractors.
    pub trade: String,
}

/// Why somebody's data is erased, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErasureForm {
    pub reason: String,
    /// `yes`: before the retention period is over, because no legal claim needs the data.
    pub before_retention_ends: String,
}
