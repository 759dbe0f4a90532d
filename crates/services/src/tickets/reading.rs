//! What somebody has seen: a ticket is unread for them until they open it, and again when it changes.

use domain::TicketId;
use domain::policy::Act;

use super::sql;
use crate::{Cx, Error, Result, Staff};

/// Opening a ticket reads it. Nobody else's business, so nothing is recorded.
pub async fn read(cx: &Cx<Staff>, id: TicketId) -> Result<()> {
    mark(cx, id, true).await
}

/// Puts it back among the unread, to come back to later.
pub async fn unread(cx: &Cx<Staff>, id: TicketId) -> Result<()> {
    mark(cx, id, false).await
}

async fn mark(cx: &Cx<Staff>, id: TicketId, read: bool) -> Result<()> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    if !sql::is_there(&mut tx, id).await? {
        return Err(Error::NotFound);
    }
    if read {
        sql::mark_read(&mut tx, id, cx.membership()).await?;
    } else {
        sql::mark_unread(&mut tx, id, cx.membership()).await?;
    }
    Ok(tx.commit().await?)
}
