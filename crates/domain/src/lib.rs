//! What is true: ids, values, states, rules and policy.
//!
//! Nothing here does IO or asks a clock: `now` and randomness are arguments. The crate is compiled for the browser too, so it
//! stays small: no regex, no time-zone database, no async.

pub mod estate;
pub mod events;
pub mod faults;
pub mod ids;
pub mod people;
pub mod policy;
pub mod settings;
pub mod team;
pub mod tickets;
pub mod time;
pub mod values;
pub mod work_orders;

pub use ids::*;
