//! What only imports ask; everything else is asked by the rooms of `estate` and `people`.

use std::collections::HashMap;

use db::OrgTx;
use domain::estate::NewTenancy;
use domain::people::ContactKind;
use domain::values::Pence;
use domain::{ContactId, PropertyId, TenancyId};
use jiff::civil::Date;
use uuid::Uuid;

use crate::Result;

pub(super) async fn alone(tx: &mut OrgTx) -> Result<()> {
    let org = tx.org().to_string();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('import ' || $1::text, 0))", org).execute(tx.conn()).await?;
    Ok(())
}

/// Whose a UPRN is already.
pub(super) async fn uprns(tx: &mut OrgTx, uprns: &[i64]) -> Result<HashMap<i64, (PropertyId, String)>> {
    let rows = sqlx::query!(r#"select uprn as "uprn!", id, line1 from properties where uprn = any ($1) and deleted_at is null"#, uprns)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|r| (r.uprn, (r.id.into(), r.line1))).collect())
}

pub(super) async fn contacts(tx: &mut OrgTx, references: &[String]) -> Result<HashMap<String, (ContactId, bool)>> {
    let rows = sqlx::query!(
        r#"select reference as "reference!", id, kind from contacts where reference = any ($1) and deleted_at is null and erased_at is null"#,
        references
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.reference, (r.id.into(), r.kind == ContactKind::Tenant.as_str()))).collect())
}

pub(super) async fn properties(tx: &mut OrgTx, references: &[String]) -> Result<HashMap<String, PropertyId>> {
    let rows = sqlx::query!(
        r#"select reference as "reference!", id from properties where reference = any ($1) and deleted_at is null"#,
        references
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.reference, r.id.into())).collect())
}

pub(super) struct StoredTenancy {
    pub(super) id: TenancyId,
    pub(super) tenancy: NewTenancy,
}

/// The tenancies of these units, and those with these references.
pub(super) async fn lock_tenancies(tx: &mut OrgTx, units: &[Uuid], references: &[String]) -> Result<Vec<StoredTenancy>> {
    let rows = sqlx::query!(
        r#"select t.id,
                  t.unit_id,
                  t.reference,
                  t.start_on,
                  t.end_on,
                  t.rent_pence,
                  t.deposit_pence,
                  array(select s.contact_id from tenancy_tenants s
                        where s.org_id = t.org_id and s.tenancy_id = t.id
                        order by s.is_lead desc, s.contact_id) as "tenants!: Vec<Uuid>"
           from tenancies t
           where (t.unit_id = any ($1) or t.reference = any ($2)) and t.deleted_at is null
           order by t.id
           for update of t"#,
        units,
        references,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| StoredTenancy {
            id: r.id.into(),
            tenancy: NewTenancy {
                unit_id: r.unit_id.into(),
                reference: r.reference,
                start_on: r.start_on.to_jiff(),
                end_on: r.end_on.map(jiff_sqlx::Date::to_jiff),
                rent: r.rent_pence.map(Pence),
                deposit: r.deposit_pence.map(Pence),
                tenants: r.tenants.into_iter().map(ContactId).collect(),
            },
        })
        .collect())
}

/// One tenancy as a row of a file.
pub(super) struct TenancyRow {
    pub(super) id: TenancyId,
    pub(super) reference: Option<String>,
    pub(super) property_reference: Option<String>,
    pub(super) unit: String,
    pub(super) tenants: String,
    pub(super) start_on: Date,
    pub(super) end_on: Option<Date>,
    pub(super) rent: Option<Pence>,
    pub(super) deposit: Option<Pence>,
}

pub(super) async fn tenancies_after(tx: &mut OrgTx, after: Option<TenancyId>, limit: i64) -> Result<Vec<TenancyRow>> {
    let rows = sqlx::query!(
        r#"select t.id,
                  t.reference,
                  p.reference as property_reference,
                  u.label,
                  coalesce((select string_agg(coalesce(c.reference, c.name), ';' order by s.is_lead desc, c.name)
                            from tenancy_tenants s join contacts c on c.org_id = s.org_id and c.id = s.contact_id
                            where s.org_id = t.org_id and s.tenancy_id = t.id), '') as "tenants!",
                  t.start_on,
                  t.end_on,
                  t.rent_pence,
                  t.deposit_pence
           from tenancies t
           join units u on u.org_id = t.org_id and u.id = t.unit_id
           join properties p on p.org_id = u.org_id and p.id = u.property_id
           where t.deleted_at is null and ($1::uuid is null or t.id > $1)
           order by t.id
           limit $2"#,
        after.map(TenancyId::uuid),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| TenancyRow {
            id: r.id.into(),
            reference: r.reference,
            property_reference: r.property_reference,
            unit: r.label,
            tenants: r.tenants,
            start_on: r.start_on.to_jiff(),
            end_on: r.end_on.map(jiff_sqlx::Date::to_jiff),
            rent: r.rent_pence.map(Pence),
            deposit: r.deposit_pence.map(Pence),
        })
        .collect())
}
