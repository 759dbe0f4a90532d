//! Every query of this room.

use db::AuthTx;
use domain::policy::Role;
use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;

use super::{Member, Organisation};
use crate::{Error, Request, Result};

pub(super) struct LiveSession {
    pub(super) id: SessionId,
    pub(super) org: OrgId,
    pub(super) membership: MembershipId,
    pub(super) created_at: Timestamp,
    pub(super) last_seen_at: Timestamp,
}

#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(super) async fn insert_session(
    tx: &mut AuthTx,
    id: SessionId,
    token_hash: &[u8],
    login: LoginId,
    org: OrgId,
    membership: MembershipId,
    second_factor: bool,
    request: &Request,
    lasts: SignedDuration,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into auth.sessions
           (id, token_hash, login_id, org_id, membership_id, second_factor, ip, user_agent, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7::text::inet, $8, $9, $9, $10)",
        id.uuid(),
        token_hash,
        login.uuid(),
        org.uuid(),
        membership.uuid(),
        second_factor,
        request.ip.map(|ip| ip.to_string()),
        request.user_agent.as_deref(),
        now.to_sqlx() as _,
        (now + lasts).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn live_session(tx: &mut AuthTx, token_hash: &[u8]) -> Result<Option<LiveSession>> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select s.id,
                  s.org_id as "org_id!",
                  s.membership_id as "membership_id!",
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
        org: r.org_id.into(),
        membership: r.membership_id.into(),
        created_at: r.created_at.to_jiff(),
        last_seen_at: r.last_seen_at.to_jiff(),
    }))
}

pub(super) async fn touch_session(tx: &mut AuthTx, id: SessionId, lasts: SignedDuration) -> Result<()> {
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

pub(super) async fn revoke_session(tx: &mut AuthTx, token_hash: &[u8]) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update auth.sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null", token_hash, now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A membership of the organisation entered, when it is active and so is the organisation.
pub(super) async fn active_member(tx: &mut AuthTx, membership: MembershipId) -> Result<Option<Member>> {
    let row = sqlx::query!(
        "select m.org_id,
                m.id,
                m.login_id,
                m.role,
                m.contact_id,
                m.name
         from memberships m
         join organisations o on o.id = m.org_id
         where m.id = $1
           and m.status = 'active'
           and o.status = 'active'",
        membership.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Member {
            org: r.org_id.into(),
            membership: r.id.into(),
            login: r.login_id.into(),
            role: Role::parse(&r.role).ok_or_else(|| Error::internal(anyhow::anyhow!("membership {} has the unknown role {}", r.id, r.role)))?,
            contact: r.contact_id.map(Into::into),
            name: r.name,
        })
    })
    .transpose()
}

pub(super) async fn organisation(tx: &mut db::OrgTx) -> Result<Organisation> {
    let org = tx.org().uuid();
    Ok(sqlx::query_as!(Organisation, "select name, slug from organisations where id = $1", org).fetch_one(tx.conn()).await?)
}
