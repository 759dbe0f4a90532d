//! Every query of this room.

use db::OrgTx;

use super::Moved;
use crate::Result;

pub(super) async fn last_position(tx: &mut OrgTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select coalesce(max(position), 0) as "position!" from timeline_events where org_id = $1"#, tx.org().uuid())
        .fetch_one(tx.conn())
        .await?)
}

pub(super) async fn since(tx: &mut OrgTx, after: i64, limit: i64) -> Result<Vec<Moved>> {
    let rows = sqlx::query!(
        "select position,
                kind,
                ticket_id
         from timeline_events
         where org_id = $1
           and position > $2
         order by position
         limit $3",
        tx.org().uuid(),
        after,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| Moved { position: r.position, kind: r.kind, ticket: r.ticket_id.map(Into::into) }).collect())
}
