//! What the queue promises, on a real Postgres.

mod kill;
mod promises;
mod support;
