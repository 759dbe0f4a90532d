//! What the queue promises, on a real Postgres.
#![expect(clippy::disallowed_methods, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

mod kill;
mod promises;
mod support;
