//! What staff see of the estate. Allow-lists: nothing sealed is here, only whether there is something.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{NewProperty, NewTenancy, NewUnit, PropertyKind, PropertyStatus, TenancyStatus};
use crate::tickets::{Priority, Status};
use crate::values::Pence;
use crate::{ContactId, OwnerLinkId, PropertyId, TenancyId, TicketId, UnitId};

/// A row of the list of properties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyCard {
    pub id: PropertyId,
    pub reference: Option<String>,
    pub kind: PropertyKind,
    pub status: PropertyStatus,
    pub name: Option<String>,
    pub line1: String,
    pub city: String,
    pub postcode: String,
    pub units: i64,
    /// Units with somebody living in them today.
    pub let_units: i64,
    pub open_tickets: i64,
}

/// Everything on a property's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyDetail {
    pub id: PropertyId,
    pub version: i32,
    pub property: NewProperty,
    pub has_access_codes: bool,
    pub units: Vec<UnitLine>,
    pub owners: Vec<OwnerLine>,
    /// The newest, open ones first.
    pub tickets: Vec<TicketLine>,
    pub open_tickets: i64,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitLine {
    pub id: UnitId,
    pub version: i32,
    pub unit: NewUnit,
    /// The one of today, else the next to begin.
    pub tenancy: Option<TenancyCard>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitDetail {
    pub id: UnitId,
    pub version: i32,
    pub property_id: PropertyId,
    pub place: String,
    pub unit: NewUnit,
    /// Newest first, ended ones too.
    pub tenancies: Vec<TenancyCard>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenancyCard {
    pub id: TenancyId,
    pub reference: Option<String>,
    pub unit_id: UnitId,
    pub property_id: PropertyId,
    /// `Flat 3, 14 Beech Grove, Leeds, LS11 6AB`.
    pub place: String,
    pub start_on: Date,
    pub end_on: Option<Date>,
    pub status: TenancyStatus,
    pub tenants: Vec<TenantLine>,
}

impl TenancyCard {
    /// `Tom Hall and Nina Hall`.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.tenants.iter().map(|t| t.name.as_str()).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenantLine {
    pub contact_id: ContactId,
    pub name: String,
    pub is_lead: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenancyDetail {
    pub card: TenancyCard,
    pub version: i32,
    pub tenancy: NewTenancy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnerLine {
    pub id: OwnerLinkId,
    pub property_id: PropertyId,
    pub place: String,
    pub contact_id: ContactId,
    pub name: String,
    pub percentage: Option<Decimal>,
    pub spend_limit: Option<Pence>,
    pub ask_before_spending: bool,
}

/// A repair as a line on another thing's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketLine {
    pub id: TicketId,
    pub reference: String,
    pub title: String,
    pub status: Status,
    pub priority: Priority,
    pub created_at: Timestamp,
}

/// What a list of properties is narrowed to; empty means all. Flat, as it stands in the URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropertyFilter {
    /// Any words of address, postcode, reference, UPRN or name.
    pub search: String,
    pub kind: String,
    /// Empty leaves archived ones out; `archived` shows them alone.
    pub status: String,
    pub tenure: String,
}

/// What a list of tenancies is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenancyFilter {
    /// Any words of address, postcode, reference or a tenant's name.
    pub search: String,
    pub status: String,
    pub property_id: String,
    pub unit_id: String,
    pub contact_id: String,
}

/// A row of the list of units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitCard {
    pub id: UnitId,
    pub version: i32,
    pub property_id: PropertyId,
    pub place: String,
    pub unit: NewUnit,
    /// Somebody lives there today.
    pub is_let: bool,
}

/// What a list of units is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitFilter {
    /// Any words of label, address, postcode or reference.
    pub search: String,
    pub property_id: String,
    pub status: String,
}
