//! The estate: properties, their units, who lets them, who owns them.
//!
//! Verbs: [`properties`], [`units`], [`tenancies`] and [`owners`] each create, edit, archive or end, list and show. Staff alone; a Viewer
//! reads. Tables: properties, units, tenancies, tenancy_tenants, owner_links.
//!
//! Promises: every change says what it changed in the audit; an edit names the version it was made from, and a stale one is refused; nothing
//! with a live tenancy or an open repair is archived; one unit is let once at a time. Access codes are sealed, and each look at them is
//! recorded with its reason.
//!
//! Not here: what a tenant sees of their home (`tickets`, `report`), imports (`imports`).

mod keyset;
pub mod owners;
pub mod properties;
pub(crate) mod record;
pub(crate) mod sql;
pub mod tenancies;
pub mod units;

pub use keyset::Slice;
pub(crate) use keyset::{Position, like_patterns, page};
