//! The API as programs see it: one file per room, and what holds for all.

mod auth;
mod client;
mod estate;
mod once;
mod promise;
mod team;
mod tickets;
