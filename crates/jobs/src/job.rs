use std::time::Duration;

use domain::OrgId;
use serde::{Serialize, de::DeserializeOwned};

/// What is to be done later: its name, its payload, and how patient we are with it.
///
/// A payload is a promise to the past: jobs enqueued by yesterday's binary are decoded by today's. New fields carry
/// `#[serde(default)]`, and a kind is never given a second meaning.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name stored with each job, such as `send-email`. Unique, and never changed once released.
    const KIND: &'static str;
    const QUEUE: Queue = Queue::Quick;
    /// How often it is tried, the first time included, before it is dead.
    const MAX_ATTEMPTS: i16 = 5;
    /// How long one attempt may take; at most what its queue allows, which the registry checks when it is compiled.
    const TIMEOUT: Duration = Self::QUEUE.longest();

    /// Two jobs of one kind, organisation and key are one job as long as the first is waiting or running: the second is not
    /// written. Give a key only where the work is the same whenever it starts, because a job that already runs counts.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// Where a job waits. Long work has a queue of its own, so that a slow import never holds up a password reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    Mail,
    Quick,
    Slow,
}

impl Queue {
    pub const ALL: [Self; 3] = [Self::Mail, Self::Quick, Self::Slow];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Quick => "quick",
            Self::Slow => "slow",
        }
    }

    /// The longest an attempt may take. Ten seconds keeps the rescue of a killed worker's jobs at fifteen; a job that takes
    /// longer is only rescued after its own limit.
    pub const fn longest(self) -> Duration {
        match self {
            Self::Mail | Self::Quick => Duration::from_secs(10),
            Self::Slow => Duration::from_mins(5),
        }
    }
}

/// Why an attempt did not succeed. The job decides what follows, not the runner.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later: tried again after a growing pause, dead after the last attempt.
    #[error("{0}")]
    Retry(String),
    /// Not now, and nobody's fault: run again after this time, without counting the attempt.
    #[error("put off for {0:?}")]
    Snooze(Duration),
    /// It will never work: dead at once.
    #[error("{0}")]
    Fail(String),
}

impl JobError {
    pub fn retry(reason: impl std::fmt::Display) -> Self {
        Self::Retry(reason.to_string())
    }
    pub fn fail(reason: impl std::fmt::Display) -> Self {
        Self::Fail(reason.to_string())
    }
}

/// What a handler knows about the attempt it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobCx {
    pub job_id: i64,
    /// 1 for the first attempt.
    pub attempt: i16,
    pub max_attempts: i16,
    /// The request that caused the job, for the log.
    pub trace: Option<String>,
    pub(crate) org: Option<OrgId>,
}

impl JobCx {
    /// The organisation of the transaction that enqueued the job.
    pub fn org(&self) -> Result<OrgId, JobError> {
        self.org.ok_or_else(|| JobError::fail("this job was enqueued outside any organisation"))
    }

    /// Whether a failure now is the last one.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }
}

/// The pause before attempt `attempt + 1`: 15 s, 75 s, 6 min, 31 min, each a fifth shorter or longer by chance. The whole is about
/// forty minutes, which outlasts a mail server's greylisting and a restart of most things.
pub(crate) fn pause_after(attempt: i16, chance: f64) -> Duration {
    const FIRST: f64 = 15.0;
    let power = i32::from(attempt.clamp(1, 6) - 1);
    Duration::from_secs_f64(FIRST * 5f64.powi(power) * (0.8 + 0.4 * chance.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_fivefold_and_scatter_by_a_fifth() {
        assert_eq!(pause_after(1, 0.5), Duration::from_secs(15));
        assert_eq!(pause_after(4, 0.5), Duration::from_secs(15 * 125));
        assert_eq!(pause_after(1, 0.0), Duration::from_secs(12));
        assert_eq!(pause_after(1, 1.0), Duration::from_secs(18));
        assert_eq!(pause_after(0, 0.5), pause_after(1, 0.5));
        assert_eq!(pause_after(i16::MAX, 0.5), pause_after(6, 0.5));
    }
}
