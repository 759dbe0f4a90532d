//! Our transports against servers that are not ours: aiosmtpd for mail, moto for S3. scripts/peers.sh fetches them.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails with that sentence")]

mod files;
mod mail;
mod peer;
