use std::future::Future;

use db::{DbError, Transactional};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::types::Json;

use crate::{Job, JobCx, JobError};

/// What became of an enqueued job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// Written; it will run if the transaction commits.
    As(i64),
    /// A job with the same key is waiting or running already.
    Already,
}

/// Enqueueing, on a transaction that changes something and nowhere else.
pub trait Enqueue {
    /// Runs the job as soon as a worker is free after the commit.
    fn enqueue<J: Job>(&mut self, job: &J) -> impl Future<Output = Result<Enqueued, DbError>> + Send;
    /// Runs the job no earlier than `at`.
    fn enqueue_at<J: Job>(&mut self, job: &J, at: Timestamp) -> impl Future<Output = Result<Enqueued, DbError>> + Send;
}

impl<T: Transactional> Enqueue for T {
    async fn enqueue<J: Job>(&mut self, job: &J) -> Result<Enqueued, DbError> {
        write(self, job, None).await
    }
    async fn enqueue_at<J: Job>(&mut self, job: &J, at: Timestamp) -> Result<Enqueued, DbError> {
        write(self, job, Some(at)).await
    }
}

/// One statement through the one door, `app.enqueue`; see migrations/0100_jobs.sql.
async fn write<J: Job>(tx: &mut impl Transactional, job: &J, at: Option<Timestamp>) -> Result<Enqueued, DbError> {
    let id: Option<i64> = sqlx::query_scalar("select app.enqueue($1, $2, $3, $4, $5, $6, $7)")
        .bind(J::KIND)
        .bind(J::QUEUE.as_str())
        .bind(Json(job))
        .bind(J::MAX_ATTEMPTS)
        .bind(at.map(Timestamp::to_sqlx))
        .bind(job.unique_key())
        .bind(TRACE.try_with(Clone::clone).ok())
        .fetch_one(tx.conn())
        .await?;
    Ok(id.map_or(Enqueued::Already, Enqueued::As))
}

impl JobCx {
    /// Ends the job in the transaction of its effect: when that commits, the job is done; when it does not, neither happened.
    ///
    /// # Errors
    /// When this attempt no longer owns the job (its worker was taken for dead): the caller drops the transaction and leaves the work to
    /// the attempt that does.
    pub async fn finish(&self, tx: &mut impl Transactional) -> Result<(), JobError> {
        let mine: bool = sqlx::query_scalar("select app.finish_job($1, $2)")
            .bind(self.job_id)
            .bind(self.attempt)
            .fetch_one(tx.conn())
            .await
            .map_err(JobError::retry)?;
        if mine { Ok(()) } else { Err(JobError::retry("another attempt took this job over")) }
    }
}

tokio::task_local! {
    static TRACE: String;
}

/// Runs `work` so that the jobs it enqueues carry this trace id; the jobs those enqueue carry it too.
pub async fn traced<F: Future>(trace: String, work: F) -> F::Output {
    TRACE.scope(trace, work).await
}
