use std::{hash::BuildHasher, time::Duration};

use db::Db;
use riverqueue::{
    Client, JobRow, MaintenanceConfig, QueueConfig, Retention, RetryPolicy, WorkError,
    database::{PostgresDatabase, PostgresReindexConfig, SchemaName},
};

use crate::{Queue, Registry, job::pause_after, registry::CANCELLED_GRACE};

/// How hard this process works.
#[derive(Clone, Debug)]
pub struct RunnerOptions {
    pub mail_workers: usize,
    pub quick_workers: usize,
    pub slow_workers: usize,
    /// How long a stop waits for running jobs before it cancels them; they then become available again, uncounted.
    pub stop_within: Duration,
    /// The age at which a running job's worker is taken for dead. At least the longest quick attempt.
    pub rescue_after: Duration,
    pub rescuer_interval: Duration,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            mail_workers: 8,
            quick_workers: 8,
            // Pictures and imports are heavy: two at once keep a small machine answering.
            slow_workers: 2,
            stop_within: Duration::from_secs(12),
            rescue_after: Duration::from_secs(15),
            rescuer_interval: Duration::from_secs(5),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    #[error("the queue cannot be reached: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the queue stopped: {0}")]
    Queue(#[from] riverqueue::Error),
}

/// A running worker. Dropping it cancels its jobs at once; [`Runner::stop`] lets them finish.
pub struct Runner {
    handle: riverqueue::RunHandle,
    pool: sqlx::PgPool,
}

impl Runner {
    /// Starts working the registered kinds, and returns once the worker listens.
    pub async fn start(db: &Db, registry: &Registry, options: RunnerOptions) -> Result<Self, RunnerError> {
        // A pool of its own: the library's bookkeeping must go on when handlers hold every connection of the app's pool.
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(6).connect_with(queue_options(db)).await?;
        let database = PostgresDatabase::new(pool.clone())
            .with_schema(SchemaName::new(SCHEMA).map_err(|e| sqlx::Error::Configuration(e.into()))?)
            // Rebuilding indexes takes the tables' owner, which a worker is not.
            .with_reindex(PostgresReindexConfig::default().with_index_names(Vec::<String>::new()));
        let maintenance = MaintenanceConfig::default()
            .with_rescue_after(options.rescue_after)
            .with_rescuer_interval(options.rescuer_interval)
            .with_scheduler_interval(Duration::from_secs(1))
            // A killed leader's lease lasts this plus ten seconds, so that another rescues in time.
            .with_elect_interval(Duration::from_secs(2))
            // What is dead is kept until a person has looked at it.
            .with_discarded_job_retention(Retention::Keep);
        let queue = |workers| QueueConfig::new(workers);
        #[expect(clippy::disallowed_methods, reason = "the edge: schedules are kept by the real clock, and this says what they will do")]
        for (kind, next) in registry.schedules(jiff::Timestamp::now()) {
            tracing::info!(job.kind = kind, next = next.map(tracing::field::display), "scheduled");
        }
        let client = registry.periodic().fold(Client::builder(database), riverqueue::ClientBuilder::periodic_job);
        let client = client
            .workers(registry.workers())
            .queue(Queue::Mail.as_str(), queue(options.mail_workers))
            .queue(Queue::Quick.as_str(), queue(options.quick_workers))
            .queue(Queue::Slow.as_str(), queue(options.slow_workers))
            .fetch_cooldown(Duration::from_millis(1))
            .job_timeout(options.rescue_after.min(Queue::Quick.longest() + CANCELLED_GRACE))
            // An attempt has ended for certain before it can be rescued: 10 s of its own, 1 s of grace, 3 s to be aborted.
            .job_stuck_threshold(Duration::from_secs(3))
            .soft_stop_timeout(options.stop_within)
            .retry_policy(Pauses)
            .maintenance(maintenance)
            .build()?;
        let mut handle = client.start()?;
        handle.wait_ready().await?;
        Ok(Self { handle, pool })
    }

    /// Takes no more jobs, lets the running ones finish (within `stop_within`), and returns.
    pub async fn stop(mut self) -> Result<(), RunnerError> {
        self.handle.stop().await?;
        self.pool.close().await;
        Ok(())
    }

    /// Returns when the worker stops by itself, which is always a fault.
    pub async fn failed(&mut self) -> Result<(), RunnerError> {
        Ok(self.handle.wait().await?)
    }
}

pub(crate) const SCHEMA: &str = "river";

/// The role that alone may touch the queue's tables; see crates/db/src/roles.sql.
pub(crate) const QUEUE_ROLE: &str = "fettle_worker";

/// Connects as the app's login, in the queue's role from the first statement on.
pub(crate) fn queue_options(db: &Db) -> sqlx::postgres::PgConnectOptions {
    db.pool().connect_options().as_ref().clone().options([("role", QUEUE_ROLE)])
}

struct Pauses;

impl RetryPolicy for Pauses {
    fn next_retry(&self, job: &JobRow, error: &WorkError, _: jiff::Timestamp) -> Duration {
        // A job whose worker was killed did nothing wrong, and somebody has waited for it already. The attempt counts all the
        // same, so a job that kills its worker is dead after the last one.
        if error.to_string() == RESCUED {
            return Duration::ZERO;
        }
        pause_after(i16::try_from(job.attempt).unwrap_or(i16::MAX), chance())
    }
}

/// What the library records on an attempt whose worker disappeared.
const RESCUED: &str = "Stuck job rescued by JobRescuer";

/// Scatter only has to differ between jobs, so the standard library's randomly keyed hasher will do.
pub(crate) fn chance() -> f64 {
    let random = std::hash::RandomState::new().hash_one(std::time::Instant::now());
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
