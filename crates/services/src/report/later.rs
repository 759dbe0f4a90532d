//! What happens to a draft that is left alone.

use domain::DraftId;
use domain::policy::Act;
use domain::tickets::Report;
use jobs::{Job, JobCx, JobError, Registry, RegistryError};
use serde::{Deserialize, Serialize};

use super::drafts::State;
use super::submit::{Reporter, record};
use super::{ABANDONED_AFTER, sql};
use crate::{Cx, Error, House, System};

/// Records an emergency whose reporter went no further.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordAbandoned {
    pub draft_id: DraftId,
}
impl Job for RecordAbandoned {
    const KIND: &'static str = "record-abandoned";
}

/// Ends a draft that was kept long enough.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireDraft {
    pub draft_id: DraftId,
}
impl Job for ExpireDraft {
    const KIND: &'static str = "expire-draft";
}

/// Registers this room's jobs.
pub fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<RecordAbandoned, _, _>(move |job, left| {
        let house = here.clone();
        async move { record_abandoned_now(&Cx::system(&house, job.org()?, RecordAbandoned::KIND), &job, left.draft_id).await }
    })?;
    let here = house.clone();
    registry.add::<ExpireDraft, _, _>(move |job, old| {
        let house = here.clone();
        async move { expire_draft_now(&Cx::system(&house, job.org()?, ExpireDraft::KIND), &job, old.draft_id).await }
    })?;
    Ok(())
}

/// An emergency that was chosen and then left becomes a ticket with whatever was answered: the person was told to call somebody, and may
/// never come back to this page. While they are still answering, it waits. A guest who never said which home leaves the event on the
/// stream and no ticket, since there is no building to send anybody to.
async fn record_abandoned_now(cx: &Cx<System>, job: &JobCx, id: DraftId) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(row) = sql::lock_draft(&mut tx, id).await?.filter(|row| row.state == State::Open) else { return Ok(()) };
    let quiet = tx.now().duration_since(row.updated_at);
    if quiet < ABANDONED_AFTER {
        let rest = (ABANDONED_AFTER - quiet).unsigned_abs();
        return Err(JobError::Snooze(rest));
    }
    let catalogue = sql::catalogue(&mut tx).await?;
    let Some(report) = Report::of_emergency(&row.draft, &catalogue) else { return Ok(()) };
    let contact = match row.contact {
        Some(contact) => sql::contact(&mut tx, contact).await?,
        None => None,
    };
    let reporter = match contact {
        Some(contact) => Reporter { contact: row.contact, name: Some(contact.name), email: contact.email },
        None => Reporter { contact: None, name: row.draft.name.clone(), email: row.draft.email.clone() },
    };
    record(cx.house(), &mut tx, id, row, report, &catalogue, reporter).await?;
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// The answers go; that there was a draft stays.
async fn expire_draft_now(cx: &Cx<System>, job: &JobCx, id: DraftId) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let photos = sql::expire_draft(&mut tx, id).await?;
    job.finish(&mut tx).await?;
    tx.commit().await.map_err(Error::from)?;
    super::photos::forget(cx.house(), photos).await;
    Ok(())
}
