use db::OrgTx;
use domain::policy::Role;
use domain::team::{Colleague, Standing};
use domain::{MembershipId, TicketId};
use jiff_sqlx::ToSqlx as _;

use crate::{Error, Result};

fn unknown(id: impl std::fmt::Display, what: &str) -> Error {
    Error::internal(anyhow::anyhow!("membership {id} is {what}"))
}

pub(super) async fn team(tx: &mut OrgTx, me: MembershipId) -> Result<Vec<Colleague>> {
    let org = tx.org().uuid();
    let rows = sqlx::query!(
        r#"select m.id,
                  m.name,
                  m.email,
                  m.role,
                  m.job_title,
                  m.status,
                  m.withdrawn_at is not null as "is_withdrawn!",
                  m.last_seen_at,
                  m.version,
                  (select count(*) from tickets t
                   where t.org_id = m.org_id and t.assignee_id = m.id and t.deleted_at is null and t.status not in ('CLOSED', 'CANCELLED')) as "open_tickets!"
           from memberships m
           where m.org_id = $1 and m.role in ('SuperAdmin', 'OrgAdmin', 'Coordinator', 'Viewer')
           order by m.status = 'deactivated', lower(m.name), m.id"#,
        org,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Colleague {
                id: r.id.into(),
                role: Role::parse(&r.role).ok_or_else(|| unknown(r.id, &r.role))?,
                standing: Standing::parse(&r.status).ok_or_else(|| unknown(r.id, &r.status))?,
                name: r.name,
                email: r.email,
                job_title: r.job_title,
                is_withdrawn: r.is_withdrawn,
                open_tickets: r.open_tickets,
                last_seen_at: r.last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
                is_me: r.id == me.uuid(),
                version: r.version,
            })
        })
        .collect()
}

pub(super) struct Current {
    pub(super) id: MembershipId,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) standing: Standing,
    /// They were invited and never came.
    pub(super) is_withdrawn: bool,
    pub(super) version: i32,
}

/// A colleague, locked. Portal users are not of the team, and support is nobody's to change.
pub(super) async fn locked(tx: &mut OrgTx, id: MembershipId) -> Result<Option<Current>> {
    let org = tx.org().uuid();
    let row = sqlx::query!(
        r#"select name, role, status, withdrawn_at is not null as "is_withdrawn!", version from memberships
         where org_id = $1 and id = $2 and role in ('OrgAdmin', 'Coordinator', 'Viewer')
         for update"#,
        org,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Current {
            id,
            role: Role::parse(&r.role).ok_or_else(|| unknown(id, &r.role))?,
            standing: Standing::parse(&r.status).ok_or_else(|| unknown(id, &r.status))?,
            name: r.name,
            is_withdrawn: r.is_withdrawn,
            version: r.version,
        })
    })
    .transpose()
}

pub(super) async fn lock_admins(tx: &mut OrgTx) -> Result<Vec<MembershipId>> {
    let org = tx.org().uuid();
    let ids = sqlx::query_scalar!(
        "select id from memberships where org_id = $1 and role = 'OrgAdmin' and status = 'active' order by id for update",
        org
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

pub(super) async fn set_role(tx: &mut OrgTx, id: MembershipId, role: Role) -> Result<(), sqlx::Error> {
    let (org, now) = (tx.org().uuid(), tx.now());
    sqlx::query!(
        "update memberships set role = $3, updated_at = $4, version = version + 1 where org_id = $1 and id = $2",
        org,
        id.uuid(),
        role.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn withdraw(tx: &mut OrgTx, id: MembershipId) -> Result<()> {
    let (org, now) = (tx.org().uuid(), tx.now());
    sqlx::query!("update memberships set withdrawn_at = $3 where org_id = $1 and id = $2", org, id.uuid(), now.to_sqlx() as _)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_standing(tx: &mut OrgTx, id: MembershipId, standing: Standing) -> Result<()> {
    let (org, now) = (tx.org().uuid(), tx.now());
    sqlx::query!(
        "update memberships set status = $3, updated_at = $4, version = version + 1 where org_id = $1 and id = $2",
        org,
        id.uuid(),
        standing.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn reassign(tx: &mut OrgTx, from: MembershipId, to: Option<MembershipId>) -> Result<Vec<TicketId>> {
    let (org, now) = (tx.org().uuid(), tx.now());
    let ids = sqlx::query_scalar!(
        "update tickets set assignee_id = $3, updated_at = $4, version = version + 1
         where org_id = $1 and assignee_id = $2 and deleted_at is null and status not in ('CLOSED', 'CANCELLED')
         returning id",
        org,
        from.uuid(),
        to.map(MembershipId::uuid),
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}
