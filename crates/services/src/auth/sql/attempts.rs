use db::AuthTx;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;

use crate::Result;

/// Counts one more in the bucket's window, opening a new window when the last one has ended.
pub(in crate::auth) async fn count(tx: &mut AuthTx, bucket: &str, window: SignedDuration) -> Result<(i32, Timestamp)> {
    let now = tx.now();
    let row = sqlx::query!(
        "insert into auth.attempts as a (bucket, count, window_end)
         values ($1, 1, $3)
         on conflict (bucket) do update
         set count = case when a.window_end <= $2 then 1 else a.count + 1 end,
             window_end = case when a.window_end <= $2 then $3 else a.window_end end
         returning count, window_end",
        bucket,
        now.to_sqlx() as _,
        (now + window).to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.count, row.window_end.to_jiff()))
}

pub(in crate::auth) async fn uncount(tx: &mut AuthTx, bucket: &str) -> Result<()> {
    sqlx::query!("update auth.attempts set count = count - 1 where bucket = $1 and count > 0", bucket).execute(tx.conn()).await?;
    Ok(())
}
