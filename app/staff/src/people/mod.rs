//! People: the list of contacts ([`list`]), one contact ([`contact`]) and their form ([`form`]).
//!
//! Tenants, owners and contractors are tabs of one list. Bank details are shown on request, with a reason, and never stand in the page before;
//! giving a person their data, and forgetting them, is for administrators.

mod contact;
mod form;
mod list;
mod profile;

pub use contact::ContactPage;
pub use form::{EditContactPage, NewContactPage};
pub use list::ContactsPage;
