use anyhow::Context as _;
use db::Db;
use domain::OrgId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::{JobCx, JobError, Registry, job::pause_after, registry::FAILED_BECAUSE, runner::queue_options};

/// How many attempts ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub completed: usize,
    /// Failed, and waiting for a later attempt.
    pub retrying: usize,
    pub snoozed: usize,
    pub dead: usize,
}

impl Ran {
    pub fn attempts(self) -> usize {
        self.completed + self.retrying + self.snoozed + self.dead
    }
}

/// Works every job that is due at `now`, and those they enqueue, one after the other in the order of their writing.
///
/// For tests: no worker, no polling, no chance; the same handlers and the same outcomes as [`crate::Runner`]'s. What failed waits as long
/// as it would in earnest, so a test that wants the next attempt calls again with a later `now`.
pub async fn run_pending(db: &Db, registry: &Registry, now: Timestamp) -> anyhow::Result<Ran> {
    let mut conn = PgConnection::connect_with(&queue_options(db)).await.context("the queue cannot be reached")?;
    let mut ran = Ran::default();
    while let Some((kind, payload, cx)) = claim(&mut conn, now).await? {
        let result = match registry.handler(&kind) {
            Some(handler) => handler.run(cx.clone(), &payload).await,
            None => Err(JobError::retry(format_args!("no handler is registered for {kind:?}"))),
        };
        settle(&mut conn, &cx, result, now, &mut ran).await?;
    }
    conn.close().await?;
    Ok(ran)
}

async fn claim(conn: &mut PgConnection, now: Timestamp) -> anyhow::Result<Option<(String, String, JobCx)>> {
    let row = sqlx::query(
        "update river.river_job set state = 'running', attempt = attempt + 1, attempted_at = now()
          where id = (
            select id from river.river_job
             -- A job written in this very transaction's second has the clock of Postgres, which may be ahead of a test's.
             where (state = 'available' and scheduled_at <= greatest($1, now()) or state in ('scheduled', 'retryable') and scheduled_at <= $1)
             order by priority, scheduled_at, id
             for update skip locked
             limit 1)
         returning id, kind, args::text as payload, attempt, max_attempts, metadata ->> 'trace' as trace, (metadata ->> 'org')::uuid as org",
    )
    .bind(now.to_sqlx())
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let cx = JobCx {
            job_id: row.try_get("id")?,
            attempt: row.try_get("attempt")?,
            max_attempts: row.try_get("max_attempts")?,
            trace: row.try_get("trace")?,
            org: row.try_get::<Option<uuid::Uuid>, _>("org")?.map(OrgId::from_uuid),
        };
        Ok((row.try_get("kind")?, row.try_get("payload")?, cx))
    })
    .transpose()
}

/// Writes what the library would have written. A job that ended itself in its own transaction is running no more and stays as it is.
async fn settle(conn: &mut PgConnection, cx: &JobCx, result: Result<(), JobError>, now: Timestamp, ran: &mut Ran) -> anyhow::Result<()> {
    let (state, pause, reason) = match result {
        Ok(()) => {
            ran.completed += 1;
            ("completed", None, None)
        }
        Err(JobError::Snooze(pause)) => {
            ran.snoozed += 1;
            ("scheduled", Some(pause), None)
        }
        Err(JobError::Retry(reason)) if !cx.is_last_attempt() => {
            ran.retrying += 1;
            ("retryable", Some(pause_after(cx.attempt, 0.5)), Some((reason, false)))
        }
        Err(JobError::Retry(reason)) => {
            ran.dead += 1;
            ("discarded", None, Some((reason, false)))
        }
        Err(JobError::Fail(reason)) => {
            ran.dead += 1;
            ("discarded", None, Some((reason, true)))
        }
    };
    let later = pause.map(|pause| jiff::SignedDuration::try_from(pause).and_then(|pause| now.checked_add(pause))).transpose()?;
    let error = reason
        .as_ref()
        .map(|(reason, _)| serde_json::json!({ "at": now.to_string(), "attempt": cx.attempt, "error": reason, "trace": "" }));
    let metadata = match reason {
        Some((reason, true)) => serde_json::json!({ FAILED_BECAUSE: reason }),
        _ => serde_json::json!({}),
    };
    sqlx::query(
        "update river.river_job
            set state = $2::text::river.river_job_state,
                finalized_at = case when $2 in ('completed', 'discarded') then now() end,
                scheduled_at = coalesce($3, scheduled_at),
                attempt = attempt - (case when $2 = 'scheduled' then 1 else 0 end)::smallint,
                errors = case when $4::jsonb is null then errors else array_append(errors, $4::jsonb) end,
                metadata = metadata || $5::jsonb
          where id = $1 and state = 'running'",
    )
    .bind(cx.job_id)
    .bind(state)
    .bind(later.map(Timestamp::to_sqlx))
    .bind(error)
    .bind(metadata)
    .execute(conn)
    .await?;
    Ok(())
}
