//! Every query of this room.

use db::{OrgTx, SystemTx};
use domain::OrgId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::{House, Result};

async fn across(house: &House) -> Result<SystemTx> {
    Ok(SystemTx::because(house.db(), "doctor", house.now()).await?)
}

pub(super) async fn organisations(house: &House) -> Result<Vec<(OrgId, String)>> {
    let rows = sqlx::query!("select id, name from organisations order by name, id").fetch_all(across(house).await?.conn()).await?;
    Ok(rows.into_iter().map(|r| (r.id.into(), r.name)).collect())
}

pub(super) async fn links(tx: &mut OrgTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from audit_log where org_id = app.org_id()"#).fetch_one(tx.conn()).await?)
}

pub(super) async fn first_broken(tx: &mut OrgTx) -> Result<Option<(i64, String)>> {
    let row = sqlx::query!(r#"select seq as "seq!", reason as "reason!" from app.audit_first_broken()"#).fetch_optional(tx.conn()).await?;
    Ok(row.map(|r| (r.seq, r.reason)))
}

/// Empty where the migrations were applied by other means than ours.
pub(super) async fn applied_migrations(house: &House) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(r#"select version as "version!" from app.applied_migrations() as version"#)
        .fetch_all(across(house).await?.conn())
        .await?)
}

pub(super) async fn tables_and_open_ones(house: &House) -> Result<(i64, Vec<String>)> {
    let row = sqlx::query!(
        r#"select count(*) as "tables!",
                  coalesce(array_agg(c.relname::text order by c.relname) filter (where not (c.relrowsecurity and c.relforcerowsecurity)), '{}') as "open!"
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'public'
             and c.relkind in ('r', 'p')
             and c.relname !~ '^_sqlx'"#,
    )
    .fetch_one(across(house).await?.conn())
    .await?;
    Ok((row.tables, row.open))
}

pub(super) async fn clock(house: &House) -> Result<Timestamp> {
    let at = sqlx::query_scalar!(r#"select clock_timestamp() as "at!""#).fetch_one(across(house).await?.conn()).await?;
    Ok(at.to_jiff())
}

pub(super) async fn orphans(tx: &mut OrgTx, before: Timestamp) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from attachments a
           left join drafts d on d.org_id = a.org_id and d.id = a.draft_id
           where a.org_id = app.org_id()
             and a.ticket_id is null
             and a.purpose in ('report', 'ticket')
             and a.deleted_at is null
             and a.created_at < $1
             and (d.id is null or d.status <> 'open')"#,
        before.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

pub(super) async fn file_keys(tx: &mut OrgTx) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select storage_key from attachments where org_id = app.org_id() and deleted_at is null order by id")
        .fetch_all(tx.conn())
        .await?)
}
