//! Every query of this room.

use std::collections::HashMap;

use db::OrgTx;
use domain::estate::TicketLine;
use domain::faults::Trade;
use domain::people::{Channel, ConsentLine, ContactCard, ContactKind, NewConsent, NewContact, NewProfile, Profile, categories_of};
use domain::tickets::{Priority, Status};
use domain::values::{EmailAddress, PhoneE164};
use domain::{ConsentId, ContactId, ContractorId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::contacts::Ties;
use crate::estate::Position;
use crate::estate::record::{known, value};
use crate::{Error, OnConstraint as _, Result};

pub(crate) struct Stored {
    pub(crate) id: ContactId,
    pub(crate) contact: NewContact,
    pub(crate) version: i32,
    pub(crate) has_bank_details: bool,
    pub(crate) erased_at: Option<Timestamp>,
    pub(crate) updated_at: Timestamp,
}

struct Row {
    id: Uuid,
    kind: String,
    reference: Option<String>,
    name: String,
    company: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    preferred_channel: String,
    preferred_language: String,
    large_print: bool,
    needs: Option<String>,
    notes: Option<String>,
    has_bank_details: bool,
    erased_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Stored {
    type Error = Error;
    fn try_from(r: Row) -> Result<Self> {
        Ok(Self {
            id: r.id.into(),
            contact: NewContact {
                kind: known(&r.kind, ContactKind::parse)?,
                reference: r.reference,
                name: r.name,
                company: r.company,
                email: r.email.map(|e| known(&e, EmailAddress::parse)).transpose()?,
                phone: r.phone.map(|p| known(&p, PhoneE164::parse)).transpose()?,
                preferred_channel: known(&r.preferred_channel, Channel::parse)?,
                preferred_language: r.preferred_language,
                large_print: r.large_print,
                needs: r.needs,
                notes: r.notes,
            },
            version: r.version,
            has_bank_details: r.has_bank_details,
            erased_at: r.erased_at.map(jiff_sqlx::Timestamp::to_jiff),
            updated_at: r.updated_at.to_jiff(),
        })
    }
}

pub(crate) async fn read(tx: &mut OrgTx, id: ContactId) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, kind, reference, name, company, email, phone, preferred_channel, preferred_language, large_print, needs, notes,
                  bank_details_enc is not null as "has_bank_details!", erased_at, version, updated_at
           from contacts
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
        r#"select id, kind, reference, name, company, email, phone, preferred_channel, preferred_language, large_print, needs, notes,
                  bank_details_enc is not null as "has_bank_details!", erased_at, version, updated_at
           from contacts
           where reference = any ($1) and deleted_at is null
           order by id
           for update"#,
        references,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// Every contact in use, a part at a time in order of id.
pub(crate) async fn all_after(tx: &mut OrgTx, after: Option<ContactId>, limit: i64) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, kind, reference, name, company, email, phone, preferred_channel, preferred_language, large_print, needs, notes,
                  bank_details_enc is not null as "has_bank_details!", erased_at, version, updated_at
           from contacts
           where deleted_at is null and erased_at is null and ($1::uuid is null or id > $1)
           order by id
           limit $2"#,
        after.map(ContactId::uuid),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
}

pub(crate) async fn lock(tx: &mut OrgTx, id: ContactId) -> Result<Option<Stored>> {
    sqlx::query!("select id from contacts where id = $1 for update", id.uuid()).fetch_optional(tx.conn()).await?;
    read(tx, id).await
}

fn same_reference() -> Error {
    Error::invalid("reference", "Another contact has this reference")
}

pub(crate) async fn insert(tx: &mut OrgTx, id: ContactId, c: &NewContact) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into contacts
           (org_id, id, kind, reference, name, company, email, phone, preferred_channel, preferred_language, large_print, needs, notes, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        org.uuid(),
        id.uuid(),
        c.kind.as_str(),
        c.reference.as_deref(),
        c.name,
        c.company.as_deref(),
        c.email.as_ref().map(EmailAddress::as_str),
        c.phone.as_ref().map(PhoneE164::as_str),
        c.preferred_channel.as_str(),
        c.preferred_language,
        c.large_print,
        c.needs.as_deref(),
        c.notes.as_deref(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("contacts_by_reference", same_reference)?;
    Ok(())
}

pub(crate) async fn update(tx: &mut OrgTx, id: ContactId, c: &NewContact) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update contacts
         set reference = $2, name = $3, company = $4, email = $5, phone = $6, preferred_channel = $7, preferred_language = $8, large_print = $9,
             needs = $10, notes = $11, updated_at = $12, version = version + 1
         where id = $1",
        id.uuid(),
        c.reference.as_deref(),
        c.name,
        c.company.as_deref(),
        c.email.as_ref().map(EmailAddress::as_str),
        c.phone.as_ref().map(PhoneE164::as_str),
        c.preferred_channel.as_str(),
        c.preferred_language,
        c.large_print,
        c.needs.as_deref(),
        c.notes.as_deref(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("contacts_by_reference", same_reference)?;
    Ok(())
}

pub(crate) async fn archive(tx: &mut OrgTx, id: ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update contacts set deleted_at = $2, updated_at = $2, version = version + 1 where id = $1",
        id.uuid(),
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn ties(tx: &mut OrgTx, id: ContactId) -> Result<Ties> {
    Ok(sqlx::query_as!(
        Ties,
        r#"select (select count(*) from tenancy_tenants s join tenancies t on t.org_id = s.org_id and t.id = s.tenancy_id
                   where s.contact_id = $1 and t.deleted_at is null and (t.end_on is null or t.end_on >= app.today())) as "tenancies!",
                  (select count(*) from owner_links o join properties p on p.org_id = o.org_id and p.id = o.property_id
                   where o.contact_id = $1 and p.deleted_at is null) as "owned!",
                  (select count(*) from tickets k
                   where k.reported_by_contact_id = $1 and k.deleted_at is null and k.status not in ('CLOSED', 'CANCELLED')) as "tickets!""#,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Which contacts are wanted; every field narrows.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) words: Option<Vec<String>>,
    pub(crate) kind: Option<ContactKind>,
    pub(crate) trade: Option<Trade>,
}

pub(crate) struct ListRow {
    pub(crate) card: ContactCard,
    pub(crate) name_key: String,
}

pub(crate) async fn list(tx: &mut OrgTx, asked: &Asked, after: &Position, limit: i64) -> Result<Vec<ListRow>> {
    let rows = sqlx::query!(
        r#"select c.id,
                  c.kind,
                  c.reference,
                  c.name,
                  lower(c.name) as "name_key!",
                  c.company,
                  c.email,
                  c.phone,
                  (select app.place(u.label, p.line1, p.city, p.postcode)
                   from tenancy_tenants s
                   join tenancies t on t.org_id = s.org_id and t.id = s.tenancy_id and t.deleted_at is null
                   join units u on u.org_id = t.org_id and u.id = t.unit_id
                   join properties p on p.org_id = u.org_id and p.id = u.property_id
                   where s.org_id = c.org_id and s.contact_id = c.id and t.start_on <= app.today() and (t.end_on is null or t.end_on >= app.today())
                   order by t.start_on desc
                   limit 1) as home,
                  (select count(*) from owner_links o where o.org_id = c.org_id and o.contact_id = c.id) as "properties!"
           from contacts c
           where c.deleted_at is null
             and c.erased_at is null
             and ($1::text[] is null or c.haystack like all ($1))
             and ($2::text is null or c.kind = $2)
             and ($3::text is null or exists (select from contractor_profiles f where f.org_id = c.org_id and f.contact_id = c.id and $3 = any (f.trades)))
             and ($5::uuid is null or (lower(c.name), c.id) > ($4, $5))
           order by lower(c.name), c.id
           limit $6"#,
        asked.words.as_deref(),
        asked.kind.map(ContactKind::as_str),
        asked.trade.map(Trade::as_str),
        after.key(0),
        after.id,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(ListRow {
                card: ContactCard {
                    id: r.id.into(),
                    kind: known(&r.kind, ContactKind::parse)?,
                    reference: r.reference,
                    name: r.name,
                    company: r.company,
                    email: r.email,
                    phone: r.phone.as_deref().and_then(PhoneE164::parse).map(|p| p.national()),
                    home: r.home,
                    properties: r.properties,
                },
                name_key: r.name_key,
            })
        })
        .collect()
}

/// The newest repairs somebody reported.
pub(crate) async fn tickets(tx: &mut OrgTx, id: ContactId) -> Result<Vec<TicketLine>> {
    let rows = sqlx::query!(
        "select id, reference, title, status, priority, created_at
         from tickets
         where reported_by_contact_id = $1 and deleted_at is null
         order by created_at desc, id desc
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

pub(crate) async fn consents(tx: &mut OrgTx, id: ContactId) -> Result<Vec<ConsentLine>> {
    let rows = sqlx::query!(
        r#"select channel, opted_out_at is null as "opts_in!", source, created_at
           from consent_records
           where contact_id = $1
           order by created_at desc, id desc
           limit 200"#,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(ConsentLine {
                channel: known(&r.channel, Channel::parse)?,
                opts_in: r.opts_in,
                source: r.source,
                at: r.created_at.to_jiff(),
            })
        })
        .collect()
}

pub(crate) async fn insert_consent(tx: &mut OrgTx, id: ConsentId, contact: ContactId, c: &NewConsent, ip: Option<&str>) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    sqlx::query!(
        "insert into consent_records (org_id, id, contact_id, channel, consented_at, opted_out_at, ip, source, created_at)
         values ($1, $2, $3, $4, case when $5 then $8::timestamptz end, case when not $5 then $8 end, $6::text::inet, $7, $8)",
        org.uuid(),
        id.uuid(),
        contact.uuid(),
        c.channel.as_str(),
        c.opts_in,
        ip,
        c.source,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn set_bank_details(tx: &mut OrgTx, id: ContactId, sealed: Option<&[u8]>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update contacts set bank_details_enc = $2, updated_at = $3, version = version + 1 where id = $1",
        id.uuid(),
        sealed,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn bank_details(tx: &mut OrgTx, id: ContactId) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!("select bank_details_enc from contacts where id = $1 and deleted_at is null", id.uuid())
        .fetch_optional(tx.conn())
        .await?
        .flatten())
}

pub(crate) async fn profile(tx: &mut OrgTx, contact: ContactId) -> Result<Option<Profile>> {
    Ok(profiles(tx, &[contact.uuid()]).await?.remove(&contact))
}

pub(crate) async fn profiles(tx: &mut OrgTx, contacts: &[Uuid]) -> Result<HashMap<ContactId, Profile>> {
    let rows = sqlx::query!(
        "select contact_id, id, trades, postcode_areas, trade_licences, out_of_hours, in_house, vat_registered, version
         from contractor_profiles
         where contact_id = any ($1)",
        contacts,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let profile = NewProfile {
                trades: r.trades.iter().map(|t| known(t, Trade::parse)).collect::<Result<_>>()?,
                postcode_areas: r.postcode_areas,
                licences: serde_json::from_value(r.trade_licences).map_err(Error::internal)?,
                out_of_hours: r.out_of_hours,
                in_house: r.in_house,
                vat_registered: r.vat_registered,
            };
            Ok((r.contact_id.into(), Profile { id: r.id.into(), version: r.version, profile }))
        })
        .collect()
}

pub(crate) async fn insert_profile(tx: &mut OrgTx, id: ContractorId, contact: ContactId, p: &NewProfile) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    let (trades, categories) = words(p);
    sqlx::query!(
        "insert into contractor_profiles
           (org_id, id, contact_id, trades, service_categories, postcode_areas, trade_licences, out_of_hours, in_house, vat_registered, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        org.uuid(),
        id.uuid(),
        contact.uuid(),
        &trades as _,
        &categories as _,
        &p.postcode_areas,
        value(&p.licences)?,
        p.out_of_hours,
        p.in_house,
        p.vat_registered,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn update_profile(tx: &mut OrgTx, contact: ContactId, p: &NewProfile) -> Result<()> {
    let now = tx.now();
    let (trades, categories) = words(p);
    sqlx::query!(
        "update contractor_profiles
         set trades = $2, service_categories = $3, postcode_areas = $4, trade_licences = $5, out_of_hours = $6, in_house = $7, vat_registered = $8,
             updated_at = $9, version = version + 1
         where contact_id = $1",
        contact.uuid(),
        &trades as _,
        &categories as _,
        &p.postcode_areas,
        value(&p.licences)?,
        p.out_of_hours,
        p.in_house,
        p.vat_registered,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn words(p: &NewProfile) -> (Vec<&'static str>, Vec<&'static str>) {
    (p.trades.iter().map(|t| t.as_str()).collect(), categories_of(&p.trades).iter().map(|c| c.as_str()).collect())
}
