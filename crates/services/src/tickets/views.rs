//! Filters somebody keeps under a name. Each person's own.

use domain::SavedViewId;
use domain::policy::Act;
use domain::tickets::{Filter, SavedView};
use domain::values::required;

use super::sql;
use crate::{Cx, Error, Result, Staff};

const MOST: usize = 30;

pub async fn list(cx: &Cx<Staff>) -> Result<Vec<SavedView>> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let views = sql::views(&mut tx, cx.membership()).await?;
    tx.done().await?;
    Ok(views)
}

/// Keeps `filter` as `name`; a view of that name is replaced.
///
/// # Errors
/// `Invalid` for an empty or long name, or one view too many.
pub async fn save(cx: &Cx<Staff>, name: &str, filter: &Filter) -> Result<SavedViewId> {
    let name = required(name, "a name for this view", 60).map_err(|e| Error::invalid("name", e.to_string()))?;
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let there = sql::views(&mut tx, cx.membership()).await?;
    if there.len() >= MOST && there.iter().all(|v| v.name != name) {
        return Err(Error::invalid("name", format!("You have {MOST} saved views. Remove one first")));
    }
    let id = sql::save_view(&mut tx, cx.house().new_id(), cx.membership(), &name, &filter.query(&Filter::open())).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn remove(cx: &Cx<Staff>, id: SavedViewId) -> Result<()> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    if !sql::remove_view(&mut tx, id, cx.membership()).await? {
        return Err(Error::NotFound);
    }
    Ok(tx.commit().await?)
}
