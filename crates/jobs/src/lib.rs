//! Typed background jobs on Postgres.
//!
//! A [`Job`] is a serialisable struct with a name. It is enqueued on a transaction and nowhere else ([`Enqueue`]): no change
//! without its consequence, no consequence without its change. The organisation travels with the job, taken from the
//! transaction by Postgres itself, and comes back in [`JobCx`]. Handlers stand in an explicit [`Registry`]; a [`Runner`] works
//! them; [`run_pending`] works them one by one in tests. What no change causes has a schedule ([`Registry::every`]), kept by
//! whichever worker leads.
//!
//! Tables: schema `river`, made and kept by the queue library ([`migrate`]); only the role `fettle_worker` touches them.
//! Promises: a committed job is never lost; it may run more than once (a worker was killed), so its effect is idempotent or is
//! committed together with the job's end ([`JobCx::finish`]). A job that gave up is dead and kept.
//!
//! Invariant: the queue library's types do not leave this crate.

mod enqueue;
mod job;
mod migrate;
mod pending;
mod registry;
mod runner;
mod schedule;

pub use enqueue::{Enqueue, Enqueued, traced};
pub use job::{Job, JobCx, JobError, Queue};
pub use migrate::{VERSION, migrate};
pub use pending::{Ran, run_pending};
pub use registry::{Registry, RegistryError};
pub use runner::{Runner, RunnerError, RunnerOptions};
pub use schedule::Every;
