//! The web process as a browser meets it: the very router that runs, a real Postgres, no network.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "what a test arranges may fail as loudly as a test")]

mod account;
mod browser;
mod guards;
mod outage;
mod refusals;
mod tickets;
mod wizard;
