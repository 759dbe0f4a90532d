//! What moved: the stream live pages follow. Reads `timeline_events` from a position on, with the asker's own eyes: row-level security decides
//! what is theirs, so a stream can say no more than a page would.

mod sql;

pub use db::events;
use domain::TicketId;
use domain::policy::Act;

use crate::Result;
use crate::auth::Visitor;

/// Something moved. What it is now, the page asks for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub position: i64,
    pub kind: String,
    pub ticket: Option<TicketId>,
}

/// What is the asker's, and how far was looked (other people's events are passed over, and need not be looked at again).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    pub events: Vec<Moved>,
    pub up_to: i64,
}

async fn begin(visitor: &Visitor) -> Result<db::OrgTx> {
    match visitor {
        Visitor::Staff(cx) => cx.begin(Act::ReadTickets).await,
        Visitor::Tenant(cx) => cx.begin(Act::FollowOwnRepairs).await,
        Visitor::Contractor(cx, _) => cx.begin(Act::DoWork).await,
    }
}

/// The end of the organisation's stream as this visitor can see it.
pub async fn position(visitor: &Visitor) -> Result<i64> {
    let mut tx = begin(visitor).await?;
    let position = sql::last_position(&mut tx).await?;
    tx.done().await?;
    Ok(position)
}

/// At most `limit` events after `after`.
pub async fn since(visitor: &Visitor, after: i64, limit: i64) -> Result<Since> {
    let mut tx = begin(visitor).await?;
    let events = sql::since(&mut tx, after, limit).await?;
    tx.done().await?;
    let up_to = events.last().map_or(after, |e| e.position);
    Ok(Since { events, up_to })
}
