//! Somebody in the building may have reported the same. Offered to tenants only: a guest has nothing to follow with, and should learn nothing
//! about other people's homes. Never offered for an emergency, which must not end as a line under a neighbour's report.

use db::OrgTx;
use domain::events::Event;
use domain::faults::Catalogue;
use domain::tickets::{Draft, Status};
use domain::{DraftId, TicketId};
use jiff::Timestamp;
use serde_json::json;

use super::drafts::{State, is_no_emergency};
use super::{Reporting, sql};
use crate::{Cx, Error, Result, Tenant};

/// A report that may be the same: when, how many, how far. Never who, which flat, or in what words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    pub ticket: TicketId,
    pub reported_at: Timestamp,
    /// The report and those who follow it.
    pub people: i64,
    pub status: Status,
    /// From this home: the tenant can look at it.
    pub same_home: bool,
}

/// What to offer on the duplicates page.
pub async fn possible_duplicates(who: &Reporting, id: DraftId) -> Result<Vec<Duplicate>> {
    let mut tx = who.begin().await?;
    let row = sql::draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let catalogue = sql::catalogue(&mut tx).await?;
    let found = nearby(&mut tx, who, &row.draft, &catalogue).await?;
    tx.done().await?;
    Ok(found)
}

pub(super) async fn nearby(tx: &mut OrgTx, who: &Reporting, draft: &Draft, catalogue: &Catalogue) -> Result<Vec<Duplicate>> {
    if who.is_guest() || !is_no_emergency(draft) {
        return Ok(Vec::new());
    }
    let (Some(property), Some(unit), Some(path)) = (draft.property_id, draft.unit_id, draft.path(catalogue)) else { return Ok(Vec::new()) };
    sql::nearby(tx, property, unit, &path).await
}

/// Follows a report in the building instead of sending an own one; the draft ends.
///
/// # Errors
/// `Conflict` when that report was finished meanwhile.
pub async fn follow(cx: &Cx<Tenant>, id: DraftId, ticket: TicketId) -> Result<()> {
    let who = Reporting::from(cx.clone());
    let mut tx = who.begin().await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let unit = row.draft.unit_id.filter(|_| row.state == State::Open).ok_or(Error::NotFound)?;
    let words = row.draft.details.as_deref().filter(|d| !d.is_empty());
    if !sql::follow(&mut tx, ticket, unit, words).await? {
        return Err(Error::conflict("That repair was finished meanwhile. Go back and report yours."));
    }
    sql::end_draft(&mut tx, id).await?;
    tx.record(Event::of_ticket("ticket:followed", ticket).data(json!({ "unit": unit, "body": words })));
    Ok(tx.commit().await?)
}
