//! The web process as a browser meets it: the very router that runs, a real Postgres, no network.

mod account;
mod browser;
mod guards;
mod outage;
mod refusals;
mod tickets;
mod wizard;
