use db::AuthTx;
use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;

use crate::auth::sessions::Place;
use crate::{Request, Result};

pub(in crate::auth) struct LiveSession {
    pub(in crate::auth) id: SessionId,
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) membership: MembershipId,
    pub(in crate::auth) second_factor: bool,
    pub(in crate::auth) created_at: Timestamp,
    pub(in crate::auth) last_seen_at: Timestamp,
}

pub(in crate::auth) struct NewSession<'a> {
    pub(in crate::auth) id: SessionId,
    pub(in crate::auth) token_hash: &'a [u8],
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) membership: MembershipId,
    pub(in crate::auth) second_factor: bool,
    pub(in crate::auth) request: &'a Request,
    pub(in crate::auth) lasts: SignedDuration,
}

pub(in crate::auth) async fn insert(tx: &mut AuthTx, new: NewSession<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into auth.sessions
           (id, token_hash, login_id, org_id, membership_id, second_factor, ip, user_agent, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7::text::inet, $8, $9, $9, $10)",
        new.id.uuid(),
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

pub(in crate::auth) async fn live(tx: &mut AuthTx, token_hash: &[u8]) -> Result<Option<LiveSession>> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select s.id,
                  s.login_id,
                  s.org_id as "org_id!",
                  s.membership_id as "membership_id!",
                  s.second_factor,
                  s.created_at,
                  s.last_seen_at
           from auth.sessions s
           join auth.logins l on l.id = s.login_id
           where s.token_hash = $1
             and s.revoked_at is null
             and s.expires_at > $2
             and s.membership_id is not null
             and l.disabled_at is null"#,
        token_hash,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| LiveSession {
        id: r.id.into(),
        login: r.login_id.into(),
        org: r.org_id.into(),
        membership: r.membership_id.into(),
        second_factor: r.second_factor,
        created_at: r.created_at.to_jiff(),
        last_seen_at: r.last_seen_at.to_jiff(),
    }))
}

pub(in crate::auth) async fn touch(tx: &mut AuthTx, id: SessionId, lasts: SignedDuration) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update auth.sessions set last_seen_at = $2, expires_at = $3 where id = $1",
        id.uuid(),
        now.to_sqlx() as _,
        (now + lasts).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn revoke_by_token(tx: &mut AuthTx, token_hash: &[u8]) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null", token_hash, now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Where a login is signed in: live browser sessions, and the families of refresh tokens that still have a live one.
pub(in crate::auth) async fn places(tx: &mut AuthTx, login: LoginId) -> Result<Vec<Place>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select s.id as "id!",
                  false as "is_api!",
                  host(s.ip) as ip,
                  s.user_agent,
                  s.created_at as "created_at!",
                  s.last_seen_at as "last_seen_at!"
           from auth.sessions s
           where s.login_id = $1 and s.revoked_at is null and s.expires_at > $2
           union all
           select r.family_id,
                  true,
                  host(r.ip),
                  r.user_agent,
                  (select min(f.created_at) from auth.refresh_tokens f where f.family_id = r.family_id),
                  r.created_at
           from auth.refresh_tokens r
           where r.login_id = $1 and r.revoked_at is null and r.rotated_at is null and r.expires_at > $2
           order by 6 desc"#,
        login.uuid(),
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Place {
            id: r.id.into(),
            is_api: r.is_api,
            ip: r.ip,
            user_agent: r.user_agent,
            created_at: r.created_at.to_jiff(),
            last_seen_at: r.last_seen_at.to_jiff(),
        })
        .collect())
}

/// Ends one session or one family of a login; false when it is not the login's, or has ended.
pub(in crate::auth) async fn revoke_place(tx: &mut AuthTx, login: LoginId, place: SessionId) -> Result<bool> {
    let now = tx.now();
    let sessions = sqlx::query!(
        "update auth.sessions set revoked_at = $3 where id = $2 and login_id = $1 and revoked_at is null",
        login.uuid(),
        place.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    let families = sqlx::query!(
        "update auth.refresh_tokens set revoked_at = $3 where family_id = $2 and login_id = $1 and revoked_at is null",
        login.uuid(),
        place.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(sessions.rows_affected() + families.rows_affected() > 0)
}

/// Ends every session and family of a login but the one named.
pub(in crate::auth) async fn revoke_all(tx: &mut AuthTx, login: LoginId, but: Option<SessionId>) -> Result<()> {
    let now = tx.now();
    let but = but.map(SessionId::uuid);
    sqlx::query!(
        "update auth.sessions set revoked_at = $3 where login_id = $1 and id is distinct from $2 and revoked_at is null",
        login.uuid(),
        but,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update auth.refresh_tokens set revoked_at = $3 where login_id = $1 and family_id is distinct from $2 and revoked_at is null",
        login.uuid(),
        but,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
