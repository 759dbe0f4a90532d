//! The API as programs see it: one file per room, and what holds for all.

#![expect(clippy::indexing_slicing, reason = "what a test arranges may fail as loudly as a test")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

mod auth;
mod client;
mod estate;
mod once;
mod promise;
mod repairs;
mod team;
mod tickets;
mod work_orders;
