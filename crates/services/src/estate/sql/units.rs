use db::OrgTx;
use domain::estate::{NewUnit, UnitCard, UnitLine, UnitStatus};
use domain::values::Uprn;
use domain::{PropertyId, UnitId};
use jiff_sqlx::ToSqlx as _;

use crate::estate::Position;
use crate::estate::properties::InUse;
use crate::estate::record::known;
use crate::{Error, OnConstraint as _, Result};

pub(crate) struct Stored {
    pub(crate) property: PropertyId,
    pub(crate) place: String,
    pub(crate) unit: NewUnit,
    pub(crate) version: i32,
}

fn unit(label: String, floor: Option<i32>, bedrooms: Option<i32>, uprn: Option<i64>, status: &str) -> Result<NewUnit> {
    Ok(NewUnit { label, floor, bedrooms, uprn: uprn.map(Uprn), status: known(status, UnitStatus::parse)? })
}

pub(crate) async fn read(tx: &mut OrgTx, id: UnitId) -> Result<Option<Stored>> {
    let row = sqlx::query!(
        r#"select u.property_id,
                  app.place(u.label, p.line1, p.city, p.postcode) as "place!",
                  u.label,
                  u.floor,
                  u.bedrooms,
                  u.uprn,
                  u.status,
                  u.version
           from units u
           join properties p on p.org_id = u.org_id and p.id = u.property_id
           where u.id = $1 and u.deleted_at is null"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Stored {
            property: r.property_id.into(),
            place: r.place,
            unit: unit(r.label, r.floor, r.bedrooms, r.uprn, &r.status)?,
            version: r.version,
        })
    })
    .transpose()
}

/// As [`read`], and nobody lets or changes it before this transaction ends.
pub(crate) async fn lock(tx: &mut OrgTx, id: UnitId) -> Result<Option<Stored>> {
    sqlx::query!("select id from units where id = $1 for update", id.uuid()).fetch_optional(tx.conn()).await?;
    read(tx, id).await
}

pub(crate) async fn lock_of_property(tx: &mut OrgTx, property: PropertyId) -> Result<()> {
    sqlx::query!("select id from units where property_id = $1 order by id for update", property.uuid()).fetch_all(tx.conn()).await?;
    Ok(())
}

pub(crate) async fn insert(tx: &mut OrgTx, id: UnitId, property: PropertyId, u: &NewUnit) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into units (org_id, id, property_id, label, floor, bedrooms, uprn, status, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        org.uuid(),
        id.uuid(),
        property.uuid(),
        u.label,
        u.floor,
        u.bedrooms,
        u.uprn.map(|n| n.0),
        u.status.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("units_by_label", || taken(&u.label))?;
    Ok(())
}

pub(crate) async fn update(tx: &mut OrgTx, id: UnitId, u: &NewUnit) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update units set label = $2, floor = $3, bedrooms = $4, uprn = $5, status = $6, updated_at = $7, version = version + 1 where id = $1",
        id.uuid(),
        u.label,
        u.floor,
        u.bedrooms,
        u.uprn.map(|n| n.0),
        u.status.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("units_by_label", || taken(&u.label))?;
    Ok(())
}

fn taken(label: &str) -> Error {
    Error::invalid("label", format!("This property has a unit called {label} already"))
}

pub(crate) async fn archive(tx: &mut OrgTx, id: UnitId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update units set status = 'archived', deleted_at = $2, updated_at = $2, version = version + 1 where id = $1",
        id.uuid(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn in_use(tx: &mut OrgTx, id: UnitId) -> Result<InUse> {
    let row = sqlx::query!(
        r#"select (select count(*) from tenancies t
                   where t.unit_id = $1 and t.deleted_at is null and (t.end_on is null or t.end_on >= app.today())) as "tenancies!",
                  (select count(*) from tickets k
                   where k.unit_id = $1 and k.deleted_at is null and k.status not in ('CLOSED', 'CANCELLED')) as "tickets!""#,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(InUse { tenancies: row.tenancies, tickets: row.tickets })
}

pub(crate) async fn of_property(tx: &mut OrgTx, property: PropertyId) -> Result<Vec<UnitLine>> {
    let rows = sqlx::query!(
        "select id, label, floor, bedrooms, uprn, status, version
         from units
         where property_id = $1 and deleted_at is null
         order by length(label), label, id",
        property.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(UnitLine {
                id: r.id.into(),
                version: r.version,
                unit: unit(r.label, r.floor, r.bedrooms, r.uprn, &r.status)?,
                tenancy: None,
            })
        })
        .collect()
}

/// The units in use of these properties, by property.
pub(crate) async fn of_properties(tx: &mut OrgTx, properties: &[uuid::Uuid]) -> Result<Vec<(PropertyId, UnitId, NewUnit)>> {
    let rows = sqlx::query!(
        "select property_id, id, label, floor, bedrooms, uprn, status
         from units
         where property_id = any ($1) and deleted_at is null
         order by property_id, length(label), label",
        properties,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(|r| Ok((r.property_id.into(), r.id.into(), unit(r.label, r.floor, r.bedrooms, r.uprn, &r.status)?))).collect()
}

pub(crate) struct ListRow {
    pub(crate) card: UnitCard,
    pub(crate) postcode: String,
    pub(crate) line1: String,
}

pub(crate) async fn list(
    tx: &mut OrgTx,
    words: Option<Vec<String>>,
    property: Option<PropertyId>,
    status: Option<UnitStatus>,
    after: &Position,
    limit: i64,
) -> Result<Vec<ListRow>> {
    let rows = sqlx::query!(
        r#"select u.id,
                  u.version,
                  u.property_id,
                  app.place(u.label, p.line1, p.city, p.postcode) as "place!",
                  u.label,
                  u.floor,
                  u.bedrooms,
                  u.uprn,
                  u.status,
                  p.postcode,
                  p.line1,
                  exists (select from tenancies t
                          where t.org_id = u.org_id and t.unit_id = u.id and t.deleted_at is null and t.start_on <= app.today()
                            and (t.end_on is null or t.end_on >= app.today())) as "is_let!"
           from units u
           join properties p on p.org_id = u.org_id and p.id = u.property_id
           where u.deleted_at is null
             and ($1::text[] is null or p.haystack || ' ' || lower(u.label) like all ($1))
             and ($2::uuid is null or u.property_id = $2)
             and ($3::text is null or u.status = $3)
             and ($7::uuid is null or (p.postcode, p.line1, u.label, u.id) > ($4, $5, $6, $7))
           order by p.postcode, p.line1, u.label, u.id
           limit $8"#,
        words.as_deref(),
        property.map(PropertyId::uuid),
        status.map(UnitStatus::as_str),
        after.key(0),
        after.key(1),
        after.key(2),
        after.id,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(ListRow {
                card: UnitCard {
                    id: r.id.into(),
                    version: r.version,
                    property_id: r.property_id.into(),
                    place: r.place,
                    unit: unit(r.label, r.floor, r.bedrooms, r.uprn, &r.status)?,
                    is_let: r.is_let,
                },
                postcode: r.postcode,
                line1: r.line1,
            })
        })
        .collect()
}
