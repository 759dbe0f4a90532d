use db::OrgTx;
use domain::estate::{NewTenancy, TenancyCard, TenancyStatus};
use domain::time::london;
use domain::values::Pence;
use domain::{ContactId, PropertyId, TenancyId, UnitId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::{Error, OnConstraint as _, Result};

pub(crate) async fn read(tx: &mut OrgTx, id: TenancyId) -> Result<Option<(NewTenancy, i32)>> {
    let row = sqlx::query!(
        r#"select t.unit_id,
                  t.reference,
                  t.start_on,
                  t.end_on,
                  t.rent_pence,
                  t.deposit_pence,
                  t.version,
                  array(select s.contact_id from tenancy_tenants s
                        where s.org_id = t.org_id and s.tenancy_id = t.id
                        order by s.is_lead desc, s.contact_id) as "tenants!: Vec<Uuid>"
           from tenancies t
           where t.id = $1 and t.deleted_at is null"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| {
        let tenancy = NewTenancy {
            unit_id: r.unit_id.into(),
            reference: r.reference,
            start_on: r.start_on.to_jiff(),
            end_on: r.end_on.map(jiff_sqlx::Date::to_jiff),
            rent: r.rent_pence.map(Pence),
            deposit: r.deposit_pence.map(Pence),
            tenants: r.tenants.into_iter().map(ContactId).collect(),
        };
        (tenancy, r.version)
    }))
}

pub(crate) async fn lock(tx: &mut OrgTx, id: TenancyId) -> Result<Option<(NewTenancy, i32)>> {
    sqlx::query!("select id from tenancies where id = $1 for update", id.uuid()).fetch_optional(tx.conn()).await?;
    read(tx, id).await
}

fn overlap() -> Error {
    Error::invalid("start_on", "Somebody else let this unit for some of these dates just now. Look at its tenancies, then try again")
}
fn same_reference() -> Error {
    Error::invalid("reference", "Another tenancy has this reference")
}

pub(crate) async fn insert(tx: &mut OrgTx, id: TenancyId, t: &NewTenancy) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into tenancies (org_id, id, unit_id, reference, status, start_on, end_on, rent_pence, deposit_pence, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        org.uuid(),
        id.uuid(),
        t.unit_id.uuid(),
        t.reference.as_deref(),
        TenancyStatus::on(london(now).date(), t.start_on, t.end_on).as_str(),
        t.start_on.to_sqlx() as _,
        t.end_on.map(Date::to_sqlx) as _,
        t.rent.map(|p| p.0),
        t.deposit.map(|p| p.0),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("tenancies_do_not_overlap", overlap)
    .on_constraint("tenancies_by_reference", same_reference)?;
    set_tenants(tx, id, &t.tenants).await
}

pub(crate) async fn update(tx: &mut OrgTx, id: TenancyId, t: &NewTenancy) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update tenancies
         set reference = $2, status = $3, start_on = $4, end_on = $5, rent_pence = $6, deposit_pence = $7, updated_at = $8, version = version + 1
         where id = $1",
        id.uuid(),
        t.reference.as_deref(),
        TenancyStatus::on(london(now).date(), t.start_on, t.end_on).as_str(),
        t.start_on.to_sqlx() as _,
        t.end_on.map(Date::to_sqlx) as _,
        t.rent.map(|p| p.0),
        t.deposit.map(|p| p.0),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("tenancies_do_not_overlap", overlap)
    .on_constraint("tenancies_by_reference", same_reference)?;
    set_tenants(tx, id, &t.tenants).await
}

/// The first leads.
async fn set_tenants(tx: &mut OrgTx, id: TenancyId, tenants: &[ContactId]) -> Result<()> {
    let org = tx.org();
    let ids: Vec<Uuid> = tenants.iter().map(|t| t.uuid()).collect();
    sqlx::query!("delete from tenancy_tenants where tenancy_id = $1", id.uuid()).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into tenancy_tenants (org_id, tenancy_id, contact_id, is_lead)
         select $1, $2, c.id, c.place = 1 from unnest($3::uuid[]) with ordinality as c (id, place)",
        org.uuid(),
        id.uuid(),
        &ids,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn remove(tx: &mut OrgTx, id: TenancyId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update tenancies set deleted_at = $2, updated_at = $2, version = version + 1 where id = $1",
        id.uuid(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn tickets(tx: &mut OrgTx, id: TenancyId) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "n!" from tickets where tenancy_id = $1"#, id.uuid()).fetch_one(tx.conn()).await?)
}

/// Which of these are contacts a tenancy may name.
pub(crate) async fn tenant_contacts(tx: &mut OrgTx, ids: &[ContactId]) -> Result<Vec<ContactId>> {
    let ids: Vec<Uuid> = ids.iter().map(|t| t.uuid()).collect();
    let known = sqlx::query_scalar!(
        "select id from contacts where id = any ($1) and kind = 'tenant' and deleted_at is null and erased_at is null",
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(known.into_iter().map(ContactId).collect())
}

pub(crate) async fn overlapping(
    tx: &mut OrgTx,
    me: Option<TenancyId>,
    unit: UnitId,
    start: Date,
    end: Option<Date>,
) -> Result<Option<TenancyCard>> {
    let id = sqlx::query_scalar!(
        "select id from tenancies
         where unit_id = $1 and deleted_at is null and id is distinct from $2
           and daterange(start_on, end_on, '[]') && daterange($3, $4, '[]')
         order by start_on desc
         limit 1",
        unit.uuid(),
        me.map(TenancyId::uuid),
        start.to_sqlx() as _,
        end.map(Date::to_sqlx) as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(id) = id else { return Ok(None) };
    Ok(cards(tx, &Asked { id: Some(id.into()), ..Asked::default() }, 1).await?.pop())
}

pub(crate) async fn of_unit(tx: &mut OrgTx, unit: UnitId) -> Result<Vec<TenancyCard>> {
    cards(tx, &Asked { units: Some(vec![unit.uuid()]), ..Asked::default() }, 100).await
}

pub(crate) async fn of_contact(tx: &mut OrgTx, contact: ContactId) -> Result<Vec<TenancyCard>> {
    cards(tx, &Asked { contact: Some(contact), ..Asked::default() }, 100).await
}

/// Those of today and those to come, soonest first.
pub(crate) async fn current_of_units(tx: &mut OrgTx, units: &[Uuid]) -> Result<Vec<TenancyCard>> {
    let mut cards = cards(tx, &Asked { units: Some(units.to_vec()), not_ended: true, ..Asked::default() }, 2_000).await?;
    cards.reverse();
    Ok(cards)
}

/// Which tenancies are wanted; every field narrows.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) id: Option<TenancyId>,
    pub(crate) words: Option<Vec<String>>,
    pub(crate) units: Option<Vec<Uuid>>,
    pub(crate) property: Option<PropertyId>,
    pub(crate) contact: Option<ContactId>,
    pub(crate) status: Option<TenancyStatus>,
    pub(crate) not_ended: bool,
    pub(crate) after: Option<(Date, Uuid)>,
}

/// Newest start first.
pub(crate) async fn cards(tx: &mut OrgTx, asked: &Asked, limit: i64) -> Result<Vec<TenancyCard>> {
    let today = london(tx.now()).date();
    let rows = sqlx::query!(
        r#"select t.id,
                  t.reference,
                  t.unit_id,
                  u.property_id,
                  app.place(u.label, p.line1, p.city, p.postcode) as "place!",
                  t.start_on,
                  t.end_on,
                  coalesce((select jsonb_agg(jsonb_build_object('contact_id', c.id, 'name', c.name, 'is_lead', s.is_lead) order by s.is_lead desc, c.name)
                            from tenancy_tenants s join contacts c on c.org_id = s.org_id and c.id = s.contact_id
                            where s.org_id = t.org_id and s.tenancy_id = t.id), '[]') as "tenants!"
           from tenancies t
           join units u on u.org_id = t.org_id and u.id = t.unit_id
           join properties p on p.org_id = u.org_id and p.id = u.property_id
           where t.deleted_at is null
             and ($1::uuid is null or t.id = $1)
             and ($2::uuid[] is null or t.unit_id = any ($2))
             and ($3::uuid is null or u.property_id = $3)
             and ($4::uuid is null or t.id in (select s.tenancy_id from tenancy_tenants s where s.org_id = t.org_id and s.contact_id = $4))
             and ($5::text[] is null
                  or p.haystack || ' ' || lower(u.label) || ' ' || lower(coalesce(t.reference, '')) || ' ' ||
                     coalesce((select string_agg(lower(c.name), ' ') from tenancy_tenants s join contacts c on c.org_id = s.org_id and c.id = s.contact_id
                               where s.org_id = t.org_id and s.tenancy_id = t.id), '') like all ($5))
             and ($6::text is null or $6 = case when t.start_on > app.today() then 'upcoming' when t.end_on < app.today() then 'ended' else 'active' end)
             and (not $7 or t.end_on is null or t.end_on >= app.today())
             and ($9::uuid is null or (t.start_on, t.id) < ($8, $9))
           order by t.start_on desc, t.id desc
           limit $10"#,
        asked.id.map(TenancyId::uuid),
        asked.units.as_deref(),
        asked.property.map(PropertyId::uuid),
        asked.contact.map(ContactId::uuid),
        asked.words.as_deref(),
        asked.status.map(TenancyStatus::as_str),
        asked.not_ended,
        asked.after.map(|(start, _)| start.to_sqlx()) as _,
        asked.after.map(|(_, id)| id),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let (start_on, end_on) = (r.start_on.to_jiff(), r.end_on.map(jiff_sqlx::Date::to_jiff));
            Ok(TenancyCard {
                id: r.id.into(),
                reference: r.reference,
                unit_id: r.unit_id.into(),
                property_id: r.property_id.into(),
                place: r.place,
                start_on,
                end_on,
                status: TenancyStatus::on(today, start_on, end_on),
                tenants: serde_json::from_value(r.tenants).map_err(Error::internal)?,
            })
        })
        .collect()
}
