use std::{collections::BTreeMap, future::Future, marker::PhantomData, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use riverqueue::periodic::PeriodicJob;
use riverqueue::{InsertOpts, WorkContext, WorkOutcome, Worker, WorkerTimeout, Workers};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use crate::{Every, Job, JobCx, JobError, enqueue::traced};

/// Every kind of job this process can work, with its handler.
///
/// Explicit, so that reading one function tells what runs in the background. A worker must know every kind: one it does not
/// know fails its attempts.
#[derive(Clone, Default)]
pub struct Registry {
    handlers: BTreeMap<&'static str, Arc<dyn Handler>>,
    workers: Workers,
    schedules: Vec<Schedule>,
}

#[derive(Clone)]
struct Schedule {
    kind: &'static str,
    every: Every,
    job: PeriodicJob,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error("two jobs are called {0:?}: give one of them another KIND")]
    Twice(&'static str),
    #[error("{0:?} cannot be a job's KIND: use 2 to 127 letters, digits, '-' or '_'")]
    Name(&'static str),
    #[error("the schedule of {0:?} has a payload that cannot be written")]
    Payload(&'static str),
}

impl Registry {
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers the handler of one kind. It is called with the attempt's context and the decoded payload.
    pub fn add<J, H, F>(&mut self, handler: H) -> Result<&mut Self, RegistryError>
    where
        J: Job,
        H: Fn(JobCx, J) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        const {
            assert!(
                J::TIMEOUT.as_millis() <= J::QUEUE.longest().as_millis(),
                "a job's TIMEOUT is longer than its queue allows: use Queue::Slow"
            );
            assert!(J::MAX_ATTEMPTS >= 1, "a job is tried at least once");
        }
        let well_named = (2..=127).contains(&J::KIND.len()) && J::KIND.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !well_named {
            return Err(RegistryError::Name(J::KIND));
        }
        let handler: Arc<dyn Handler> = Arc::new(Typed { handler, payload: PhantomData::<fn() -> J> });
        if self.handlers.insert(J::KIND, Arc::clone(&handler)).is_some() {
            return Err(RegistryError::Twice(J::KIND));
        }
        self.workers.add::<Payload<J>, _>(Bridge(handler)).map_err(|_| RegistryError::Name(J::KIND))?;
        Ok(self)
    }

    /// Has `job` run again and again, for no organisation and no cause. Every worker registers the same schedules, and the one that leads
    /// enqueues; a run that was missed because no worker was there is not made up for.
    pub fn every<J: Job>(&mut self, every: Every, job: &J) -> Result<&mut Self, RegistryError> {
        let text = serde_json::value::to_raw_value(job).map_err(|_| RegistryError::Payload(J::KIND))?;
        let job = PeriodicJob::conditional(every, move || {
            let options = InsertOpts::default().with_queue(J::QUEUE.as_str()).with_max_attempts(J::MAX_ATTEMPTS.into());
            Some((Payload::<J> { text: text.clone(), kind: PhantomData }, options))
        });
        self.schedules.push(Schedule { kind: J::KIND, every, job });
        Ok(self)
    }

    /// What has a schedule, and when it runs next.
    pub fn schedules(&self, now: Timestamp) -> impl Iterator<Item = (&'static str, Option<Timestamp>)> {
        self.schedules.iter().map(move |s| (s.kind, s.every.next(now)))
    }

    pub(crate) fn periodic(&self) -> impl Iterator<Item = PeriodicJob> {
        self.schedules.iter().map(|s| s.job.clone())
    }

    /// The registered names, in alphabetical order.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.handlers.keys().copied().collect()
    }

    /// Whether a payload would be understood, without running anything: for what is written by hand, and for payloads of older releases.
    pub fn understands(&self, kind: &str, payload: &str) -> Result<(), JobError> {
        self.handler(kind).ok_or_else(|| JobError::fail(format_args!("there is no job called {kind:?}")))?.understands(payload)
    }

    pub(crate) fn handler(&self, kind: &str) -> Option<Arc<dyn Handler>> {
        self.handlers.get(kind).cloned()
    }

    pub(crate) fn workers(&self) -> Workers {
        self.workers.clone()
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Registry").field(&self.kinds()).finish()
    }
}

/// A handler that forgot the type of its payload.
#[async_trait]
pub(crate) trait Handler: Send + Sync {
    fn timeout(&self) -> Duration;
    fn understands(&self, payload: &str) -> Result<(), JobError>;
    async fn run(&self, cx: JobCx, payload: &str) -> Result<(), JobError>;
}

struct Typed<J, H> {
    handler: H,
    payload: PhantomData<fn() -> J>,
}

#[async_trait]
impl<J, H, F> Handler for Typed<J, H>
where
    J: Job,
    H: Fn(JobCx, J) -> F + Send + Sync,
    F: Future<Output = Result<(), JobError>> + Send,
{
    fn timeout(&self) -> Duration {
        J::TIMEOUT
    }

    fn understands(&self, payload: &str) -> Result<(), JobError> {
        decode::<J>(payload).map(|_| ())
    }

    async fn run(&self, cx: JobCx, payload: &str) -> Result<(), JobError> {
        let job = decode::<J>(payload)?;
        let span = tracing::info_span!(
            "job",
            job.id = cx.job_id,
            job.kind = J::KIND,
            job.attempt = cx.attempt,
            org.id = cx.org.map(tracing::field::display),
            trace = cx.trace
        );
        let last = cx.is_last_attempt();
        async move {
            let work = traced(cx.trace.clone().unwrap_or_else(|| format!("job-{}", cx.job_id)), (self.handler)(cx, job));
            let result = tokio::time::timeout(J::TIMEOUT, work)
                .await
                .unwrap_or_else(|_| Err(JobError::retry(format_args!("it did not finish within {} s", J::TIMEOUT.as_secs()))));
            match &result {
                Ok(()) => tracing::debug!("job done"),
                Err(JobError::Snooze(pause)) => tracing::debug!(?pause, "job put off"),
                Err(JobError::Retry(reason)) if !last => tracing::warn!(%reason, "job failed and will be tried again"),
                Err(JobError::Retry(reason) | JobError::Fail(reason)) => tracing::error!(%reason, "job is dead"),
            }
            result
        }
        .instrument(span)
        .await
    }
}

/// Not `Fail`: a deployment that understands the payload may take over before the attempts are used up.
fn decode<J: Job>(payload: &str) -> Result<J, JobError> {
    serde_json::from_str(payload).map_err(|e| JobError::retry(format_args!("its payload could not be read: {e}")))
}

/// The payload as the queue library sees it: opaque text, decoded by our own handler so that both paths into it agree.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub(crate) struct Payload<J> {
    text: Box<serde_json::value::RawValue>,
    #[serde(skip)]
    kind: PhantomData<fn() -> J>,
}

impl<J: Job> riverqueue::JobArgs for Payload<J> {
    const KIND: &'static str = J::KIND;
}

struct Bridge(Arc<dyn Handler>);

impl<J: Job> Worker<Payload<J>> for Bridge {
    type Error = riverqueue::BoxError;

    fn timeout(&self, _: &riverqueue::Job<Payload<J>>) -> WorkerTimeout {
        // Ours strikes first and says so in a sentence; the library's is the second line.
        WorkerTimeout::After(self.0.timeout() + CANCELLED_GRACE)
    }

    async fn work(&self, context: WorkContext, job: riverqueue::Job<Payload<J>>) -> Result<WorkOutcome, Self::Error> {
        let cx = JobCx::from_row(&job.row);
        tokio::select! {
            biased;
            () = context.cancellation_token().cancelled() => Err(riverqueue::WorkCancelled.into()),
            result = self.0.run(cx, job.args.text.get()) => match result {
                Ok(()) => Ok(WorkOutcome::Complete),
                Err(JobError::Snooze(pause)) => Ok(WorkOutcome::Snooze(pause)),
                Err(JobError::Retry(reason)) => Err(reason.into()),
                Err(JobError::Fail(reason)) => {
                    // The library notes only that the worker discarded it.
                    context.metadata_set(FAILED_BECAUSE, &reason)?;
                    Ok(WorkOutcome::Discard)
                }
            },
        }
    }
}

/// How much later than our own time limit the library's strikes.
pub(crate) const CANCELLED_GRACE: Duration = Duration::from_secs(1);

/// The metadata key under which a dead job keeps the reason its handler gave.
pub(crate) const FAILED_BECAUSE: &str = "failed_because";

impl JobCx {
    fn from_row(row: &riverqueue::JobRow) -> Self {
        Self {
            job_id: row.id,
            attempt: i16::try_from(row.attempt).unwrap_or(i16::MAX),
            max_attempts: i16::try_from(row.max_attempts).unwrap_or(i16::MAX),
            trace: row.metadata.get::<String>("trace").ok().flatten(),
            org: row.metadata.get::<domain::OrgId>("org").ok().flatten(),
        }
    }
}
