//! People who are not staff: tenants, owners and contractors.
//!
//! Verbs: [`contacts`] (create, edit, archive, list, show, consent, bank details) and [`contractors`] (profile, list). Staff alone; a Viewer
//! reads. Tables: contacts, consent_records, contractor_profiles.
//!
//! Promises: every change is in the audit, in the half that can be erased; timelines carry no personal data of a contact. Nobody is archived
//! who lives somewhere, owns something or waits for a repair. Bank details are sealed, and each look at them is recorded with its reason.
//! Consent is a history: a decision is added, never changed.
//!
//! Not here: log-ins of tenants and contractors (`auth`), export and erasure (`privacy`).

pub mod contacts;
pub mod contractors;
mod phone;
pub(crate) mod sql;

pub use phone::read_phone;
