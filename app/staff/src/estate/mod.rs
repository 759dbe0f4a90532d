//! The estate: the list of properties ([`list`]), one property ([`property`]), its form ([`form`]), one unit ([`unit`]), tenancies
//! ([`tenancy`]), and what a new organisation is told first ([`first_run`]).
//!
//! A list's filters stand in its URL. A form is answered by field and keeps what was typed; an edit carries the version it was filled from.
//! Access codes are shown on request, with a reason, and never stand in the page before.

pub mod first_run;
mod form;
mod list;
pub(crate) mod parts;
mod picker;
mod property;
mod tenancy;
mod unit;

pub use form::{EditPropertyPage, NewPropertyPage};
pub use list::PropertiesPage;
pub use property::PropertyPage;
pub use tenancy::{NewTenancyPage, TenancyPage};
pub(crate) use unit::Tenancies;
pub use unit::UnitPage;
