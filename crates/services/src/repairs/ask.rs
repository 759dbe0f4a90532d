//! The tenant is asked whether finished work is fixed.
//!
//! Asked at once, reminded after 3 and after 7 days, and after 10 days without an answer the repair is closed as not answered. Silence is not a yes
//! where a hazard was recorded: then it stays open and staff are told to ring (decisions.md, Tickets).

use db::OrgTx;
use domain::TicketId;
use domain::events::Event;
use domain::policy::Act;
use domain::tickets::{CloseOutcome, Move, Status};
use domain::values::EmailAddress;
use jiff::{SignedDuration, Timestamp};
use jobs::{Enqueue as _, Job, JobCx, JobError, Registry, RegistryError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::sql;
use crate::mail::{self, Mail, Template};
use crate::{Cx, Error, House, Result, System, email};

const IS_IT_FIXED: Template = email!("is_it_fixed");
/// Days after the work was done: asked, reminded twice, given up.
const DAYS: [i64; 4] = [0, 3, 7, 10];

/// Asks, reminds, and in the end closes.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskTenant {
    pub ticket_id: TicketId,
    /// Which finish it is about: one that was opened again meanwhile is not asked about.
    pub completed_at: Timestamp,
    /// 0 asks, 1 and 2 remind, 3 is the end.
    #[serde(default)]
    pub round: u8,
}
impl Job for AskTenant {
    const KIND: &'static str = "ask-tenant";
}

/// Registers this room's jobs.
pub fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<AskTenant, _, _>(move |job, it| {
        let house = here.clone();
        async move { ask_now(&Cx::system(&house, job.org()?, AskTenant::KIND), &job, &it).await }
    })?;
    Ok(())
}

/// Has the tenant asked about work that is completed in this transaction.
pub(crate) async fn ask_later(tx: &mut OrgTx, ticket: TicketId) -> Result<()> {
    let completed_at = tx.now();
    tx.enqueue(&AskTenant { ticket_id: ticket, completed_at, round: 0 }).await?;
    Ok(())
}

async fn ask_now(cx: &Cx<System>, job: &JobCx, it: &AskTenant) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(asked) = sql::asked(&mut tx, it.ticket_id).await? else { return Ok(()) };
    if asked.status != Status::Completed || asked.completed_at != Some(it.completed_at) {
        return Ok(());
    }
    let round = usize::from(it.round);
    if round + 1 < DAYS.len() {
        if let Some(to) = asked.email.as_deref().and_then(EmailAddress::parse) {
            let context = json!({
                "name": asked.name, "reference": asked.reference, "title": asked.title, "reminder": it.round > 0,
                "closes": !asked.hazard && it.round > 0,
                "link": cx.house().url(&format!("/repairs/{}", it.ticket_id)),
            });
            mail::send_later(&mut tx, Mail { template: &IS_IT_FIXED, to: &to, lang: "en-GB", ticket: Some(it.ticket_id), context }).await?;
        }
        let days = DAYS.get(round + 1).copied().unwrap_or(10);
        let next = AskTenant { ticket_id: it.ticket_id, completed_at: it.completed_at, round: it.round + 1 };
        tx.enqueue_at(&next, it.completed_at + SignedDuration::from_hours(24 * days)).await.map_err(Error::from)?;
    } else if asked.hazard {
        tx.record(
            Event::of_ticket("ticket:note_added", it.ticket_id)
                .data(json!({ "body": "No answer after two reminders. A hazard is on record, so this stays open: ring the tenant." })),
        );
    } else {
        let to = asked.status.after(Move::Close).map_err(Error::from)?;
        sql::close(&mut tx, it.ticket_id, CloseOutcome::NoAnswer).await?;
        tx.record(
            Event::of_ticket("ticket:closed", it.ticket_id)
                .public()
                .data(json!({ "from": asked.status, "to": to, "step": Move::Close.as_str(), "outcome": CloseOutcome::NoAnswer }))
                .change(json!({ "status": asked.status }), json!({ "status": to })),
        );
    }
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}
