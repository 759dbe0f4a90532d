//! Who is let into which operation. A test calls each operation as everybody else and expects 401 without a token and 403 with the wrong one;
//! an operation without a row, or a row without an operation, fails it. What belongs to another organisation is 404: see the rooms' own tests.

use domain::policy::Role;

use crate::v1;

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub method: &'static str,
    /// As in the OpenAPI document: `/api/v1/tickets/{id}`.
    pub path: &'static str,
    pub open_to: Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Anybody, without a token.
    Everyone,
    /// These roles, inside their own organisation.
    To(&'static [Role]),
}

impl Row {
    pub const fn to(method: &'static str, path: &'static str, roles: &'static [Role]) -> Self {
        Self { method, path, open_to: Open::To(roles) }
    }
    pub const fn everyone(method: &'static str, path: &'static str) -> Self {
        Self { method, path, open_to: Open::Everyone }
    }
}

/// Every role, for what is everyone's own.
pub const ANY: &[Role] = &Role::ALL;
/// All staff, those of Fettle included.
pub const STAFF: &[Role] = &[Role::SuperAdmin, Role::OrgAdmin, Role::Coordinator, Role::Viewer];
/// Those who run repairs.
pub const COORDINATORS: &[Role] = &[Role::OrgAdmin, Role::Coordinator];
/// Those who run the organisation.
pub const ADMINS: &[Role] = &[Role::SuperAdmin, Role::OrgAdmin];
pub const TENANTS: &[Role] = &[Role::Tenant];

/// Every operation's row, room by room.
pub static TABLE: &[&[Row]] = &[
    v1::auth::REFUSALS,
    v1::board::REFUSALS,
    v1::contacts::REFUSALS,
    v1::me::REFUSALS,
    v1::team::REFUSALS,
    v1::organisation::REFUSALS,
    v1::properties::REFUSALS,
    v1::repairs::REFUSALS,
    v1::tenancies::REFUSALS,
    v1::tickets::REFUSALS,
    v1::units::REFUSALS,
    v1::work_orders::REFUSALS,
];
