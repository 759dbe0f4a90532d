//! What the queue promises, on a real Postgres.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

mod kill;
mod promises;
mod support;
