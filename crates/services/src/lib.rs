//! What happens: the use cases. One room per feature, with its SQL (`sql.rs`), its jobs, its e-mails and its tests.
//!
//! Every verb takes a [`Cx`]: an authenticated actor inside one organisation. There is no other way to a transaction, and a `Cx` comes from a
//! checked credential only (see `auth`). Verbs return [`Error`], which says what kind of refusal it is and holds internal text only where it
//! cannot leave.

pub mod auth;
pub mod background;
pub mod contractors;
pub mod doctor;
pub mod estate;
pub mod files;
pub mod house;
pub mod idempotency;
pub mod imports;
pub mod live;
pub mod mail;
pub mod people;
pub mod privacy;
pub mod repairs;
pub mod report;
pub mod seed;
pub mod settings;
pub mod team;
pub mod tickets;
pub mod work_orders;

mod cx;
mod error;

pub use cx::{Actor, Contractor, Cx, Owner, Reporter, Request, Signed, Staff, System, Tenant};
pub use error::{Error, OnConstraint, Result};
pub use house::House;
