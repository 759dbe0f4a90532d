use db::OrgTx;
use domain::PropertyId;
use domain::estate::{LandlordKind, NewProperty, PropertyCard, PropertyKind, PropertyStatus, Tenure, TicketLine};
use domain::tickets::{Priority, Status};
use domain::values::{Country, Postcode, Uprn};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::estate::Position;
use crate::estate::properties::InUse;
use crate::estate::record::known;
use crate::{Error, OnConstraint as _, Result};

pub(crate) struct Stored {
    pub(crate) id: PropertyId,
    pub(crate) property: NewProperty,
    pub(crate) version: i32,
    pub(crate) has_access_codes: bool,
    pub(crate) updated_at: Timestamp,
}

struct Row {
    id: uuid::Uuid,
    reference: Option<String>,
    kind: String,
    status: String,
    name: Option<String>,
    line1: String,
    line2: Option<String>,
    city: String,
    postcode: String,
    country: String,
    uprn: Option<i64>,
    tenure: String,
    landlord_kind: String,
    storeys: Option<i32>,
    built_year: Option<i32>,
    has_gas: Option<bool>,
    smoke_alarms: Option<i32>,
    co_alarms: Option<i32>,
    warnings: Option<String>,
    access_notes: Option<String>,
    has_access_codes: bool,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Stored {
    type Error = Error;
    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id.into(),
            version: r.version,
            has_access_codes: r.has_access_codes,
            updated_at: r.updated_at.to_jiff(),
            property: NewProperty {
                reference: r.reference,
                kind: known(&r.kind, PropertyKind::parse)?,
                status: known(&r.status, PropertyStatus::parse)?,
                name: r.name,
                line1: r.line1,
                line2: r.line2,
                city: r.city,
                postcode: known(&r.postcode, Postcode::parse)?,
                country: known(&r.country, Country::parse)?,
                uprn: r.uprn.map(Uprn),
                tenure: known(&r.tenure, Tenure::parse)?,
                landlord_kind: known(&r.landlord_kind, LandlordKind::parse)?,
                storeys: r.storeys,
                built_year: r.built_year,
                has_gas: r.has_gas,
                smoke_alarms: r.smoke_alarms,
                co_alarms: r.co_alarms,
                warnings: r.warnings,
                access_notes: r.access_notes,
            },
        })
    }
}

pub(crate) async fn read(tx: &mut OrgTx, id: PropertyId) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, reference, kind, status, name, line1, line2, city, postcode, country, uprn, tenure, landlord_kind, storeys, built_year, has_gas,
                  smoke_alarms, co_alarms, warnings, access_notes, access_codes_enc is not null as "has_access_codes!", version, updated_at
           from properties
           where id = $1 and deleted_at is null"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(Stored::try_from).transpose()
}

/// Those with one of these references, nobody else changing them before this transaction ends.
pub(crate) async fn lock_by_reference(tx: &mut OrgTx, references: &[String]) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, reference, kind, status, name, line1, line2, city, postcode, country, uprn, tenure, landlord_kind, storeys, built_year, has_gas,
                  smoke_alarms, co_alarms, warnings, access_notes, access_codes_enc is not null as "has_access_codes!", version, updated_at
           from properties
           where reference = any ($1) and deleted_at is null
           order by id
           for update"#,
        references,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// Every property in use, a part at a time in order of id.
pub(crate) async fn all_after(tx: &mut OrgTx, after: Option<PropertyId>, limit: i64) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, reference, kind, status, name, line1, line2, city, postcode, country, uprn, tenure, landlord_kind, storeys, built_year, has_gas,
                  smoke_alarms, co_alarms, warnings, access_notes, access_codes_enc is not null as "has_access_codes!", version, updated_at
           from properties
           where deleted_at is null and ($1::uuid is null or id > $1)
           order by id
           limit $2"#,
        after.map(PropertyId::uuid),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// As [`read`], and nobody else changes it before this transaction ends.
pub(crate) async fn lock(tx: &mut OrgTx, id: PropertyId) -> Result<Option<Stored>> {
    sqlx::query!("select id from properties where id = $1 for update", id.uuid()).fetch_optional(tx.conn()).await?;
    read(tx, id).await
}

pub(crate) async fn insert(tx: &mut OrgTx, id: PropertyId, p: &NewProperty) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into properties
           (org_id, id, reference, kind, status, name, line1, line2, city, postcode, country, uprn, tenure, landlord_kind, storeys, built_year, has_gas,
            smoke_alarms, co_alarms, warnings, access_notes, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22)",
        org.uuid(),
        id.uuid(),
        p.reference.as_deref(),
        p.kind.as_str(),
        p.status.as_str(),
        p.name.as_deref(),
        p.line1,
        p.line2.as_deref(),
        p.city,
        p.postcode.as_str(),
        p.country.as_str(),
        p.uprn.map(|u| u.0),
        p.tenure.as_str(),
        p.landlord_kind.as_str(),
        p.storeys,
        p.built_year,
        p.has_gas,
        p.smoke_alarms,
        p.co_alarms,
        p.warnings.as_deref(),
        p.access_notes.as_deref(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("properties_by_reference", || Error::invalid("reference", "Another property has this reference"))?;
    Ok(())
}

pub(crate) async fn update(tx: &mut OrgTx, id: PropertyId, p: &NewProperty) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update properties
         set reference = $2, kind = $3, status = $4, name = $5, line1 = $6, line2 = $7, city = $8, postcode = $9, country = $10, uprn = $11, tenure = $12,
             landlord_kind = $13, storeys = $14, built_year = $15, has_gas = $16, smoke_alarms = $17, co_alarms = $18, warnings = $19, access_notes = $20,
             updated_at = $21, version = version + 1
         where id = $1",
        id.uuid(),
        p.reference.as_deref(),
        p.kind.as_str(),
        p.status.as_str(),
        p.name.as_deref(),
        p.line1,
        p.line2.as_deref(),
        p.city,
        p.postcode.as_str(),
        p.country.as_str(),
        p.uprn.map(|u| u.0),
        p.tenure.as_str(),
        p.landlord_kind.as_str(),
        p.storeys,
        p.built_year,
        p.has_gas,
        p.smoke_alarms,
        p.co_alarms,
        p.warnings.as_deref(),
        p.access_notes.as_deref(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("properties_by_reference", || Error::invalid("reference", "Another property has this reference"))?;
    Ok(())
}

pub(crate) async fn archive(tx: &mut OrgTx, id: PropertyId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update properties set status = 'archived', deleted_at = $2, updated_at = $2, version = version + 1 where id = $1",
        id.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update units set status = 'archived', deleted_at = $2, updated_at = $2, version = version + 1 where property_id = $1 and deleted_at is null",
        id.uuid(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn in_use(tx: &mut OrgTx, id: PropertyId) -> Result<InUse> {
    let row = sqlx::query!(
        r#"select (select count(*) from tenancies t join units u on u.org_id = t.org_id and u.id = t.unit_id
                   where u.property_id = $1 and t.deleted_at is null and (t.end_on is null or t.end_on >= app.today())) as "tenancies!",
                  (select count(*) from tickets k
                   where k.property_id = $1 and k.deleted_at is null and k.status not in ('CLOSED', 'CANCELLED')) as "tickets!""#,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(InUse { tenancies: row.tenancies, tickets: row.tickets })
}

pub(crate) struct Twin {
    pub(crate) line1: String,
    pub(crate) same_reference: bool,
    pub(crate) same_uprn: bool,
}

pub(crate) async fn twins(tx: &mut OrgTx, me: Option<PropertyId>, reference: Option<&str>, uprn: Option<Uprn>) -> Result<Vec<Twin>> {
    let rows = sqlx::query_as!(
        Twin,
        r#"select line1, coalesce(reference = $2, false) as "same_reference!", coalesce(uprn = $3, false) as "same_uprn!"
           from properties
           where deleted_at is null and id is distinct from $1 and (reference = $2 or uprn = $3)
           limit 5"#,
        me.map(PropertyId::uuid),
        reference,
        uprn.map(|u| u.0),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub(crate) async fn set_access_codes(tx: &mut OrgTx, id: PropertyId, sealed: Option<&[u8]>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update properties set access_codes_enc = $2, updated_at = $3, version = version + 1 where id = $1",
        id.uuid(),
        sealed,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn access_codes(tx: &mut OrgTx, id: PropertyId) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query_scalar!("select access_codes_enc from properties where id = $1 and deleted_at is null", id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.flatten())
}

pub(crate) async fn list(
    tx: &mut OrgTx,
    words: Option<Vec<String>>,
    kind: Option<String>,
    status: Option<String>,
    tenure: Option<String>,
    after: &Position,
    limit: i64,
) -> Result<Vec<PropertyCard>> {
    let rows = sqlx::query!(
        r#"select p.id,
                  p.reference,
                  p.kind,
                  p.status,
                  p.name,
                  p.line1,
                  p.city,
                  p.postcode,
                  (select count(*) from units u where u.org_id = p.org_id and u.property_id = p.id and u.deleted_at is null) as "units!",
                  (select count(*) from units u
                   where u.org_id = p.org_id and u.property_id = p.id and u.deleted_at is null
                     and exists (select from tenancies t
                                 where t.org_id = u.org_id and t.unit_id = u.id and t.deleted_at is null and t.start_on <= app.today()
                                   and (t.end_on is null or t.end_on >= app.today()))) as "let_units!",
                  (select count(*) from tickets k
                   where k.org_id = p.org_id and k.property_id = p.id and k.deleted_at is null and k.status not in ('CLOSED', 'CANCELLED')) as "open_tickets!"
           from properties p
           where (p.deleted_at is null) = ($3::text is distinct from 'archived')
             and ($1::text[] is null or p.haystack like all ($1))
             and ($2::text is null or p.kind = $2)
             and ($3::text is null or p.status = $3)
             and ($4::text is null or p.tenure = $4)
             and ($7::uuid is null or (p.postcode, p.line1, p.id) > ($5, $6, $7))
           order by p.postcode, p.line1, p.id
           limit $8"#,
        words.as_deref(),
        kind,
        status,
        tenure,
        after.key(0),
        after.key(1),
        after.id,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(PropertyCard {
                id: r.id.into(),
                reference: r.reference,
                kind: known(&r.kind, PropertyKind::parse)?,
                status: known(&r.status, PropertyStatus::parse)?,
                name: r.name,
                line1: r.line1,
                city: r.city,
                postcode: r.postcode,
                units: r.units,
                let_units: r.let_units,
                open_tickets: r.open_tickets,
            })
        })
        .collect()
}

/// The newest repairs of a property, open ones first.
pub(crate) async fn tickets(tx: &mut OrgTx, id: PropertyId) -> Result<Vec<TicketLine>> {
    let rows = sqlx::query!(
        "select id, reference, title, status, priority, created_at
         from tickets
         where property_id = $1 and deleted_at is null
         order by status in ('CLOSED', 'CANCELLED'), created_at desc, id desc
         limit 20",
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(TicketLine {
                id: r.id.into(),
                reference: r.reference,
                title: r.title,
                status: known(&r.status, Status::parse)?,
                priority: known(&r.priority, Priority::parse)?,
                created_at: r.created_at.to_jiff(),
            })
        })
        .collect()
}
