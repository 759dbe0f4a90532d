use db::AuthTx;
use domain::policy::Role;
use domain::{ContactId, LoginId, MembershipId, OrgId};
use jiff_sqlx::ToSqlx as _;

use crate::auth::{Member, Membership, Organisation};
use crate::{Error, Result};

pub(in crate::auth) fn role(text: &str, id: impl std::fmt::Display) -> Result<Role> {
    Role::parse(text).ok_or_else(|| Error::internal(anyhow::anyhow!("membership {id} has the unknown role {text}")))
}

/// A membership of the organisation entered, when it is active and so is the organisation.
pub(in crate::auth) async fn active(tx: &mut AuthTx, membership: MembershipId) -> Result<Option<Member>> {
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
            role: role(&r.role, r.id)?,
            contact: r.contact_id.map(Into::into),
            name: r.name,
        })
    })
    .transpose()
}

/// Where a login (named by `AuthTx::as_login`) may go: its active memberships, the one used last first. Support goes in by its own door.
pub(in crate::auth) async fn of_login(tx: &mut AuthTx, login: LoginId) -> Result<Vec<Membership>> {
    let rows = sqlx::query!(
        "select m.org_id,
                m.id,
                m.role,
                m.name,
                o.name as org_name
         from memberships m
         join organisations o on o.id = m.org_id
         where m.login_id = $1
           and m.status = 'active'
           and m.role <> 'SuperAdmin'
           and o.status = 'active'
         order by m.last_seen_at desc nulls last, m.created_at, m.id",
        login.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| Ok(Membership { org: r.org_id.into(), id: r.id.into(), role: role(&r.role, r.id)?, name: r.name, org_name: r.org_name }))
        .collect()
}

pub(in crate::auth) struct NewMember<'a> {
    pub(in crate::auth) id: MembershipId,
    pub(in crate::auth) org: OrgId,
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) role: Role,
    pub(in crate::auth) contact: Option<ContactId>,
    pub(in crate::auth) name: &'a str,
    pub(in crate::auth) email: &'a str,
    pub(in crate::auth) status: &'static str,
    pub(in crate::auth) job_title: Option<&'a str>,
}

pub(in crate::auth) async fn insert(tx: &mut AuthTx, new: NewMember<'_>) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "insert into memberships (org_id, id, login_id, role, contact_id, name, email, status, job_title, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        new.org.uuid(),
        new.id.uuid(),
        new.login.uuid(),
        new.role.as_str(),
        new.contact.map(ContactId::uuid),
        new.name,
        new.email,
        new.status,
        new.job_title,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Support's membership of the organisation entered, made at its first visit.
pub(in crate::auth) async fn support(tx: &mut AuthTx, new: NewMember<'_>) -> Result<MembershipId> {
    let now = tx.now();
    let id = sqlx::query_scalar!(
        "insert into memberships as m (org_id, id, login_id, role, name, email, created_at, updated_at)
         values ($1, $2, $3, 'SuperAdmin', $4, $5, $6, $6)
         on conflict (org_id, login_id, role) do update set status = 'active', updated_at = $6
         returning m.id",
        new.org.uuid(),
        new.id.uuid(),
        new.login.uuid(),
        new.name,
        new.email,
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(id.into())
}

pub(in crate::auth) async fn seen(tx: &mut AuthTx, id: MembershipId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update memberships set last_seen_at = $2 where id = $1", id.uuid(), now.to_sqlx() as _).execute(tx.conn()).await?;
    Ok(())
}

/// An invitation as the person invited sees it.
pub(in crate::auth) struct Invited {
    pub(in crate::auth) name: String,
    pub(in crate::auth) email: String,
    pub(in crate::auth) role: Role,
    pub(in crate::auth) org_name: String,
}

pub(in crate::auth) async fn invited(tx: &mut AuthTx, id: MembershipId) -> Result<Option<Invited>> {
    let row = sqlx::query!(
        "select m.name, m.email, m.role, o.name as org_name
         from memberships m
         join organisations o on o.id = m.org_id
         where m.id = $1 and m.status = 'invited' and o.status = 'active'",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| Ok(Invited { role: role(&r.role, id)?, name: r.name, email: r.email, org_name: r.org_name })).transpose()
}

/// Whom a withdrawn invitation was for.
pub(in crate::auth) struct Renewed {
    pub(in crate::auth) login: LoginId,
    pub(in crate::auth) name: String,
    pub(in crate::auth) email: String,
    pub(in crate::auth) role: Role,
}

/// Makes a withdrawn invitation an open one; none when it is not withdrawn, or not any more of this version.
pub(in crate::auth) async fn renew(tx: &mut AuthTx, id: MembershipId, version: i32) -> Result<Option<Renewed>> {
    let now = tx.now();
    let row = sqlx::query!(
        "update memberships
         set status = 'invited', withdrawn_at = null, updated_at = $3, version = version + 1
         where org_id = app.org_id() and id = $1 and version = $2 and status = 'deactivated' and withdrawn_at is not null
         returning login_id, name, email, role",
        id.uuid(),
        version,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| Ok(Renewed { login: r.login_id.into(), role: role(&r.role, id)?, name: r.name, email: r.email })).transpose()
}

pub(in crate::auth) async fn accept(tx: &mut AuthTx, id: MembershipId, name: &str) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update memberships set status = 'active', name = $2, updated_at = $3, version = version + 1 where id = $1",
        id.uuid(),
        name,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(in crate::auth) async fn rename(tx: &mut AuthTx, id: MembershipId, name: &str) -> Result<String> {
    let now = tx.now();
    let old = sqlx::query_scalar!("select name from memberships where id = $1 for update", id.uuid()).fetch_one(tx.conn()).await?;
    sqlx::query!(
        "update memberships set name = $2, updated_at = $3, version = version + 1 where id = $1",
        id.uuid(),
        name,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(old)
}

pub(in crate::auth) struct Contact {
    pub(in crate::auth) kind: String,
    pub(in crate::auth) name: String,
    pub(in crate::auth) email: Option<String>,
}

pub(in crate::auth) async fn contact(tx: &mut AuthTx, id: ContactId) -> Result<Option<Contact>> {
    let row = sqlx::query!("select kind, name, email from contacts where id = $1 and deleted_at is null and erased_at is null", id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|r| Contact { kind: r.kind, name: r.name, email: r.email }))
}

/// The membership a contact has, or one of this login in any of these roles.
pub(in crate::auth) async fn existing(
    tx: &mut AuthTx,
    login: LoginId,
    roles: &[Role],
    contact: Option<ContactId>,
) -> Result<Option<(MembershipId, String)>> {
    let roles: Vec<String> = roles.iter().map(|r| r.as_str().to_owned()).collect();
    let row = sqlx::query!(
        "select id, status from memberships
         where (login_id = $1 and role = any($2)) or contact_id = $3
         order by status = 'active' desc, created_at
         limit 1
         for update",
        login.uuid(),
        &roles,
        contact.map(ContactId::uuid),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| (r.id.into(), r.status)))
}

pub(in crate::auth) async fn insert_organisation(tx: &mut AuthTx, id: OrgId, name: &str, slug: &str, billing_email: &str) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "insert into organisations (id, name, slug, billing_email, created_at, updated_at) values ($1, $2, $3, $4, $5, $5) on conflict do nothing",
        id.uuid(),
        name,
        slug,
        billing_email,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::auth) async fn insert_head(tx: &mut AuthTx, org: OrgId) -> Result<()> {
    sqlx::query!("insert into org_heads (org_id) values ($1)", org.uuid()).execute(tx.conn()).await?;
    Ok(())
}

pub(in crate::auth) async fn org_name(tx: &mut AuthTx) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select name from organisations where id = app.org_id() and status = 'active'")
        .fetch_optional(tx.conn())
        .await?)
}

pub(in crate::auth) async fn organisation(tx: &mut db::OrgTx) -> Result<Organisation> {
    let org = tx.org().uuid();
    Ok(sqlx::query_as!(Organisation, "select name, slug from organisations where id = $1", org).fetch_one(tx.conn()).await?)
}
