//! Every query of this room.

use db::OrgTx;
use domain::settings::FirstSteps;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;

use super::Organisation;
use crate::estate::record::value;
use crate::{Error, Result};

pub(super) async fn lock(tx: &mut OrgTx) -> Result<()> {
    let org = tx.org();
    sqlx::query!("select id from organisations where id = $1 for update", org.uuid()).fetch_one(tx.conn()).await?;
    Ok(())
}

pub(super) async fn read(tx: &mut OrgTx) -> Result<Organisation> {
    let org = tx.org();
    let row =
        sqlx::query!("select name, slug, settings, version from organisations where id = $1", org.uuid()).fetch_one(tx.conn()).await?;
    Ok(Organisation {
        name: row.name,
        slug: row.slug,
        settings: serde_json::from_value(row.settings).map_err(Error::internal)?,
        version: row.version,
    })
}

pub(super) async fn write(tx: &mut OrgTx, organisation: &Organisation) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "update organisations set name = $2, settings = $3, updated_at = $4, version = version + 1 where id = $1",
        org.uuid(),
        organisation.name,
        value(&organisation.settings)?,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn faults(tx: &mut OrgTx) -> Result<Option<(Value, i32)>> {
    let org = tx.org();
    let row =
        sqlx::query!("select catalogue, version from fault_catalogues where org_id = $1", org.uuid()).fetch_optional(tx.conn()).await?;
    Ok(row.map(|r| (r.catalogue, r.version)))
}

pub(super) async fn write_faults(tx: &mut OrgTx, catalogue: Value, version: i32) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into fault_catalogues (org_id, catalogue, version, updated_at) values ($1, $2, $3, $4)
         on conflict (org_id) do update set catalogue = excluded.catalogue, version = excluded.version, updated_at = excluded.updated_at",
        org.uuid(),
        catalogue,
        version,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn first_steps(tx: &mut OrgTx) -> Result<FirstSteps> {
    Ok(sqlx::query_as!(
        FirstSteps,
        r#"select (select version > 1 from organisations where id = app.org_id()) as "settings!",
                  exists (select from properties where deleted_at is null) as "property!",
                  exists (select from tenancies t join tenancy_tenants s on s.org_id = t.org_id and s.tenancy_id = t.id where t.deleted_at is null) as "tenant!",
                  (select count(*) > 1 from memberships where role in ('OrgAdmin', 'Coordinator', 'Viewer') and status in ('invited', 'active')) as "team_mate!""#,
    )
    .fetch_one(tx.conn())
    .await?)
}
