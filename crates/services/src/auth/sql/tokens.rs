use db::AuthTx;
use domain::{LoginId, MembershipId, OrgId};
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use uuid::Uuid;

use crate::Result;

pub(in crate::auth) struct NewToken<'a> {
    pub(in crate::auth) id: Uuid,
    pub(in crate::auth) purpose: &'static str,
    pub(in crate::auth) token_hash: &'a [u8],
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) place: Option<(OrgId, MembershipId)>,
    pub(in crate::auth) payload: Value,
    pub(in crate::auth) lasts: SignedDuration,
}

pub(in crate::auth) struct Token {
    pub(in crate::auth) id: Uuid,
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) place: Option<(OrgId, MembershipId)>,
    pub(in crate::auth) payload: Value,
}

pub(in crate::auth) async fn insert(tx: &mut AuthTx, new: NewToken<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into auth.tokens (id, purpose, token_hash, login_id, org_id, membership_id, payload, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id,
        new.purpose,
        new.token_hash,
        new.login.uuid(),
        new.place.map(|p| p.0.uuid()),
        new.place.map(|p| p.1.uuid()),
        new.payload,
        now.to_sqlx() as _,
        (now + new.lasts).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A token that is neither used nor expired, locked until the transaction ends: of two who use it at once, one waits and then finds it used.
pub(in crate::auth) async fn live(tx: &mut AuthTx, purpose: &'static str, token_hash: &[u8]) -> Result<Option<Token>> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select id, login_id as "login_id!", org_id, membership_id, payload
           from auth.tokens
           where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 and login_id is not null
           for update"#,
        token_hash,
        purpose,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| Token {
        id: r.id,
        login: r.login_id.into(),
        place: r.org_id.zip(r.membership_id).map(|(org, membership)| (org.into(), membership.into())),
        payload: r.payload,
    }))
}

pub(in crate::auth) async fn use_up(tx: &mut AuthTx, id: Uuid) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.tokens set used_at = $2 where id = $1", id, now.to_sqlx() as _).execute(tx.conn()).await?;
    Ok(())
}

/// One more wrong guess against this token; how many there are now.
pub(in crate::auth) async fn count_attempt(tx: &mut AuthTx, id: Uuid) -> Result<i32> {
    Ok(sqlx::query_scalar!("update auth.tokens set attempts = attempts + 1 where id = $1 returning attempts", id)
        .fetch_one(tx.conn())
        .await?)
}

/// Ends a login's links of these purposes, unused as they are.
pub(in crate::auth) async fn end_all(tx: &mut AuthTx, login: LoginId, purposes: &[String]) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.tokens set used_at = $3 where login_id = $1 and purpose = any($2) and used_at is null",
        login.uuid(),
        purposes,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn end_invites(tx: &mut AuthTx, membership: MembershipId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.tokens set used_at = $2 where membership_id = $1 and purpose = 'invite' and used_at is null",
        membership.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Throws away what has been over for a day.
pub(in crate::auth) async fn sweep(tx: &mut AuthTx, before: jiff::Timestamp) -> Result<()> {
    for sql in [
        "delete from auth.attempts where window_end < $1",
        "delete from auth.flashes where expires_at < $1",
        "delete from auth.tokens where expires_at < $1",
        "delete from auth.sessions where expires_at < $1",
        "delete from auth.refresh_tokens where expires_at < $1",
    ] {
        sqlx::query(sql).bind(before.to_sqlx()).execute(tx.conn()).await?;
    }
    Ok(())
}
