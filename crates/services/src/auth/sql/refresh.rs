use db::AuthTx;
use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::{Request, Result};

pub(in crate::auth) struct NewRefresh<'a> {
    pub(in crate::auth) id: Uuid,
    pub(in crate::auth) family: SessionId,
    pub(in crate::auth) token_hash: &'a [u8],
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) membership: MembershipId,
    pub(in crate::auth) second_factor: bool,
    pub(in crate::auth) request: &'a Request,
    pub(in crate::auth) lasts: SignedDuration,
}

pub(in crate::auth) async fn insert(tx: &mut AuthTx, new: NewRefresh<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into auth.refresh_tokens
           (id, family_id, token_hash, login_id, org_id, membership_id, second_factor, ip, user_agent, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8::text::inet, $9, $10, $11)",
        new.id,
        new.family.uuid(),
        new.token_hash,
        new.login.uuid(),
        new.org.uuid(),
        new.membership.uuid(),
        new.second_factor,
        new.request.ip.map(|ip| ip.to_string()),
        new.request.user_agent.as_deref(),
        now.to_sqlx() as _,
        (now + new.lasts).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) struct Refresh {
    pub(in crate::auth) id: Uuid,
    pub(in crate::auth) family: SessionId,
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) membership: MembershipId,
    pub(in crate::auth) second_factor: bool,
    pub(in crate::auth) expires_at: Timestamp,
    pub(in crate::auth) was_rotated: bool,
    pub(in crate::auth) was_revoked: bool,
}

/// Locked until the transaction ends: of two that rotate the same token at once, the second waits and then finds it rotated.
pub(in crate::auth) async fn locked(tx: &mut AuthTx, token_hash: &[u8]) -> Result<Option<Refresh>> {
    let row = sqlx::query!(
        r#"select r.id,
                  r.family_id,
                  r.login_id,
                  r.org_id,
                  r.membership_id,
                  r.second_factor,
                  r.expires_at,
                  r.rotated_at is not null as "was_rotated!",
                  (r.revoked_at is not null or l.disabled_at is not null) as "was_revoked!"
           from auth.refresh_tokens r
           join auth.logins l on l.id = r.login_id
           where r.token_hash = $1
           for update of r"#,
        token_hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| Refresh {
        id: r.id,
        family: r.family_id.into(),
        login: r.login_id.into(),
        org: r.org_id.into(),
        membership: r.membership_id.into(),
        second_factor: r.second_factor,
        expires_at: r.expires_at.to_jiff(),
        was_rotated: r.was_rotated,
        was_revoked: r.was_revoked,
    }))
}

pub(in crate::auth) async fn rotate(tx: &mut AuthTx, id: Uuid) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.refresh_tokens set rotated_at = $2 where id = $1", id, now.to_sqlx() as _).execute(tx.conn()).await?;
    Ok(())
}

pub(in crate::auth) async fn revoke_family(tx: &mut AuthTx, family: SessionId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.refresh_tokens set revoked_at = $2 where family_id = $1 and revoked_at is null",
        family.uuid(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the family an access token was made in still stands, and whose it is.
pub(in crate::auth) async fn is_live(tx: &mut AuthTx, family: SessionId, login: LoginId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from auth.refresh_tokens r
             join auth.logins l on l.id = r.login_id
             where r.family_id = $1 and r.login_id = $2 and r.revoked_at is null and l.disabled_at is null
           ) as "is_live!""#,
        family.uuid(),
        login.uuid(),
    )
    .fetch_one(tx.conn())
    .await?)
}
