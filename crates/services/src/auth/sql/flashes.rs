use db::AuthTx;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use uuid::Uuid;

use crate::Result;

pub(in crate::auth) async fn insert(tx: &mut AuthTx, id: Uuid, content: &Value, lasts: SignedDuration) -> Result<()> {
    let now = tx.now();
    sqlx::query!("insert into auth.flashes (id, content, expires_at) values ($1, $2, $3)", id, content, (now + lasts).to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(in crate::auth) async fn read(tx: &mut AuthTx, id: Uuid) -> Result<Option<Value>> {
    let now = tx.now();
    Ok(sqlx::query_scalar!("select content from auth.flashes where id = $1 and expires_at > $2", id, now.to_sqlx() as _)
        .fetch_optional(tx.conn())
        .await?)
}

pub(in crate::auth) async fn take(tx: &mut AuthTx, id: Uuid) -> Result<Option<Value>> {
    let now = tx.now();
    Ok(sqlx::query_scalar!("delete from auth.flashes where id = $1 and expires_at > $2 returning content", id, now.to_sqlx() as _)
        .fetch_optional(tx.conn())
        .await?)
}
