//! Every query of this room.

use std::collections::HashSet;

use db::OrgTx;
use domain::faults::{Category, Priority, Trade};
use domain::time::london;
use domain::work_orders::{
    Absence, Accreditation, Firm, Named, NewAbsence, NewAccreditation, NewOperative, Operative, Paper, PaperKind, Wanted,
};
use domain::{AbsenceId, AccreditationId, AttachmentId, ContactId, OperativeId, PropertyId, WorkOrderId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::calendar::Entry;
use crate::estate::record::known;
use crate::files::{FileKey, Received};
use crate::{Error, Result};

pub(super) async fn is_contractor(tx: &mut OrgTx, id: ContactId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from contacts where org_id = app.org_id() and id = $1 and kind = 'contractor' and deleted_at is null) as "is!""#,
        id.uuid()
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The postcode of a home.
pub(crate) async fn postcode(tx: &mut OrgTx, property: PropertyId) -> Result<String> {
    let found = sqlx::query_scalar!("select postcode from properties where org_id = app.org_id() and id = $1", property.uuid())
        .fetch_optional(tx.conn())
        .await?;
    found.ok_or(Error::NotFound)
}

/// Where it is, as far as a mail needs to say: the town and the first part of the postcode.
pub(crate) async fn area(tx: &mut OrgTx, property: PropertyId) -> Result<String> {
    let row = sqlx::query!("select city, postcode from properties where org_id = app.org_id() and id = $1", property.uuid())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(format!("{}, {}", row.city, row.postcode.split(' ').next().unwrap_or_default()))
}

/// What an order wants, and who has a live offer of it, or it.
pub(super) async fn wanted(tx: &mut OrgTx, order: WorkOrderId) -> Result<Option<(Wanted, HashSet<ContactId>)>> {
    let today = london(tx.now()).date();
    let row = sqlx::query!(
        r#"select w.category, w.trade, w.priority, w.due_at, p.postcode,
                  (select coalesce(array_agg(o.contractor_id), '{}') from offers o
                   where o.org_id = w.org_id and o.work_order_id = w.id and o.status in ('SENT', 'ACCEPTED')) as "asked!"
           from work_orders w
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           where w.org_id = app.org_id()
             and w.id = $1"#,
        order.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        let due = r.due_at.map_or(today, |at| london(at.to_jiff()).date());
        let wanted = Wanted {
            category: known(&r.category, Category::parse)?,
            trade: r.trade.as_deref().and_then(Trade::parse),
            priority: known(&r.priority, Priority::parse)?,
            postcode: r.postcode,
            on: due.max(today),
        };
        Ok((wanted, r.asked.into_iter().map(Into::into).collect()))
    })
    .transpose()
}

/// One contractor as far as eligibility goes.
pub(crate) async fn firm(tx: &mut OrgTx, id: ContactId, on: Date) -> Result<Option<Firm>> {
    Ok(firms(tx, Some(id), on).await?.pop())
}

pub(super) async fn firms(tx: &mut OrgTx, only: Option<ContactId>, on: Date) -> Result<Vec<Firm>> {
    let rows = sqlx::query!(
        r#"select c.id, coalesce(c.company, c.name) as "name!", c.email is not null as "has_email!", f.trades as "trades?", f.postcode_areas as "areas?",
                  f.trade_licences as "licences?", f.status as "status?", f.in_house as "in_house?", f.out_of_hours as "out_of_hours?",
                  (f.rating * 100)::integer as rating,
                  (select count(*) from work_orders w
                   where w.org_id = c.org_id and w.contractor_id = c.id and w.status in ('ACCEPTED', 'SCHEDULED', 'IN_PROGRESS')) as "load!",
                  (select max(a.to_on) from absences a
                   where a.org_id = c.org_id and a.contractor_id = c.id and a.operative_id is null and a.deleted_at is null
                     and a.from_on <= $2 and a.to_on >= $2) as "away_until: jiff_sqlx::Date",
                  (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'expires_on', a.expires_on)), '[]') from accreditations a
                   where a.org_id = c.org_id and a.contractor_id = c.id and a.deleted_at is null) as "papers!"
           from contacts c
           left join contractor_profiles f on f.org_id = c.org_id and f.contact_id = c.id
           where c.org_id = app.org_id()
             and c.kind = 'contractor'
             and c.deleted_at is null
             and c.erased_at is null
             and ($1::uuid is null or c.id = $1)
           order by lower(coalesce(c.company, c.name)), c.id
           limit 2000"#,
        only.map(Uuid::from),
        on.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            #[derive(serde::Deserialize)]
            struct PaperRow {
                kind: PaperKind,
                expires_on: Option<Date>,
            }
            let papers: Vec<PaperRow> = serde_json::from_value(r.papers).map_err(Error::internal)?;
            Ok(Firm {
                id: r.id.into(),
                name: r.name,
                trades: r.trades.map(|t| t.iter().filter_map(|t| Trade::parse(t)).collect()),
                areas: r.areas.unwrap_or_default(),
                licences: r.licences.map(serde_json::from_value).transpose().map_err(Error::internal)?.unwrap_or_default(),
                papers: papers.into_iter().map(|p| Paper { kind: p.kind, expires_on: p.expires_on }).collect(),
                status: r.status.unwrap_or_else(|| "active".to_owned()),
                in_house: r.in_house.unwrap_or(false),
                out_of_hours: r.out_of_hours.unwrap_or(false),
                away_until: r.away_until.map(jiff_sqlx::Date::to_jiff),
                load: r.load,
                rating: r.rating,
                has_email: r.has_email,
            })
        })
        .collect()
}

pub(super) async fn set_status(tx: &mut OrgTx, contractor: ContactId, status: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update contractor_profiles set status = $2, updated_at = app.now(), version = version + 1 where org_id = app.org_id() and contact_id = $1",
        contractor.uuid(),
        status,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_capacity(tx: &mut OrgTx, contractor: ContactId, most: i16) -> Result<bool> {
    let done = sqlx::query!(
        "update contractor_profiles set visits_a_window = $2, updated_at = app.now(), version = version + 1 where org_id = app.org_id() and contact_id = $1",
        contractor.uuid(),
        most,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn operatives(tx: &mut OrgTx, contractor: ContactId) -> Result<Vec<Operative>> {
    let rows = sqlx::query!(
        "select id, version, name, phone, trades
         from operatives
         where org_id = app.org_id()
           and contractor_id = $1
           and deleted_at is null
         order by lower(name), id",
        contractor.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Operative {
            id: r.id.into(),
            version: r.version,
            name: r.name,
            phone: r.phone.as_deref().and_then(domain::values::PhoneE164::parse).map(|p| p.national()),
            trades: r.trades.iter().filter_map(|t| Trade::parse(t)).collect(),
        })
        .collect())
}

fn codes(trades: &[Trade]) -> Vec<String> {
    trades.iter().map(|t| t.as_str().to_owned()).collect()
}

pub(super) async fn insert_operative(tx: &mut OrgTx, id: OperativeId, contractor: ContactId, new: &NewOperative) -> Result<()> {
    sqlx::query!(
        "insert into operatives (org_id, id, contractor_id, name, phone, trades, created_at, updated_at)
         values (app.org_id(), $1, $2, $3, $4, $5, app.now(), app.now())",
        id.uuid(),
        contractor.uuid(),
        new.name,
        new.phone.as_ref().map(domain::values::PhoneE164::as_str),
        &codes(&new.trades),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn update_operative(tx: &mut OrgTx, id: OperativeId, version: i32, new: &NewOperative) -> Result<bool> {
    let done = sqlx::query!(
        "update operatives set name = $3, phone = $4, trades = $5, updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and id = $1 and version = $2 and deleted_at is null",
        id.uuid(),
        version,
        new.name,
        new.phone.as_ref().map(domain::values::PhoneE164::as_str),
        &codes(&new.trades),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn visits_to_come(tx: &mut OrgTx, id: OperativeId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from visits where org_id = app.org_id() and operative_id = $1 and status in ('PROPOSED', 'HELD', 'CONFIRMED', 'ON_SITE') and ends_at > app.now()) as "are!""#,
        id.uuid()
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn remove_operative(tx: &mut OrgTx, contractor: ContactId, id: OperativeId) -> Result<bool> {
    let done = sqlx::query!(
        "update operatives set deleted_at = app.now(), updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and contractor_id = $1 and id = $2 and deleted_at is null",
        contractor.uuid(),
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn absences(tx: &mut OrgTx, contractor: ContactId, today: Date) -> Result<Vec<Absence>> {
    let rows = sqlx::query!(
        r#"select a.id, a.operative_id, o.name as "who?", a.from_on as "from_on: jiff_sqlx::Date", a.to_on as "to_on: jiff_sqlx::Date", a.reason
           from absences a
           left join operatives o on o.org_id = a.org_id and o.id = a.operative_id
           where a.org_id = app.org_id()
             and a.contractor_id = $1
             and a.deleted_at is null
             and a.to_on >= $2
           order by a.from_on, a.id"#,
        contractor.uuid(),
        today.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Absence {
            id: r.id.into(),
            operative: r.operative_id.map(Into::into),
            who: r.who,
            from_on: r.from_on.to_jiff(),
            to_on: r.to_on.to_jiff(),
            reason: r.reason,
        })
        .collect())
}

pub(super) async fn insert_absence(tx: &mut OrgTx, id: AbsenceId, contractor: ContactId, new: &NewAbsence) -> Result<()> {
    sqlx::query!(
        "insert into absences (org_id, id, contractor_id, operative_id, from_on, to_on, reason, created_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, app.now())",
        id.uuid(),
        contractor.uuid(),
        new.operative.map(Uuid::from),
        new.from_on.to_sqlx() as _,
        new.to_on.to_sqlx() as _,
        new.reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn remove_absence(tx: &mut OrgTx, contractor: ContactId, id: AbsenceId) -> Result<bool> {
    let done = sqlx::query!(
        "update absences set deleted_at = app.now() where org_id = app.org_id() and contractor_id = $1 and id = $2 and deleted_at is null",
        contractor.uuid(),
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn accreditations(tx: &mut OrgTx, contractor: ContactId, today: Date) -> Result<Vec<Accreditation>> {
    let rows = sqlx::query!(
        r#"select id, kind, label, number, expires_on as "expires_on: jiff_sqlx::Date", attachment_id
           from accreditations
           where org_id = app.org_id()
             and contractor_id = $1
             and deleted_at is null
           order by expires_on nulls last, id"#,
        contractor.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let expires_on = r.expires_on.map(jiff_sqlx::Date::to_jiff);
            Ok(Accreditation {
                id: r.id.into(),
                paper: NewAccreditation { kind: known(&r.kind, PaperKind::parse)?, label: r.label, number: r.number, expires_on },
                file: r.attachment_id.map(Into::into),
                expired: expires_on.is_some_and(|on| on < today),
            })
        })
        .collect()
}

pub(super) async fn insert_accreditation(
    tx: &mut OrgTx,
    id: AccreditationId,
    contractor: ContactId,
    new: &NewAccreditation,
    file: Option<AttachmentId>,
) -> Result<()> {
    sqlx::query!(
        "insert into accreditations (org_id, id, contractor_id, kind, label, number, expires_on, attachment_id, created_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, $7, app.now())",
        id.uuid(),
        contractor.uuid(),
        new.kind.as_str(),
        new.label,
        new.number,
        new.expires_on.map(Date::to_sqlx) as _,
        file.map(Uuid::from),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_file(tx: &mut OrgTx, id: AttachmentId, name: &str, key: &FileKey, received: &Received) -> Result<()> {
    let size = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into attachments
           (org_id, id, purpose, uploader_membership_id, uploader_contact_id, file_name, content_type, bytes, sha256, stored_sha256, width, height,
            storage_key, created_at)
         values (app.org_id(), $1, 'accreditation', app.membership_id(), app.contact_id(), $2, $3, $4, $5, $6, $7, $8, $9, app.now())",
        id.uuid(),
        name,
        received.kind.content_type(),
        i64::try_from(received.bytes.len()).unwrap_or(i64::MAX),
        received.sha256.as_slice(),
        received.stored_sha256.as_slice(),
        size(received.width),
        size(received.height),
        key.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn remove_accreditation(tx: &mut OrgTx, contractor: ContactId, id: AccreditationId) -> Result<bool> {
    let done = sqlx::query!(
        "update accreditations set deleted_at = app.now() where org_id = app.org_id() and contractor_id = $1 and id = $2 and deleted_at is null",
        contractor.uuid(),
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn revoke_calendar(tx: &mut OrgTx, contractor: ContactId) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select app.revoke_calendar($1) as "revoked!""#, contractor.uuid()).fetch_one(tx.conn()).await?)
}

pub(super) async fn has_calendar(tx: &mut OrgTx, contractor: ContactId) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select app.has_calendar($1) as "there!""#, contractor.uuid()).fetch_one(tx.conn()).await?)
}

/// The asking contractor's own visits.
pub(super) async fn feed(tx: &mut OrgTx, from: Timestamp, to: Timestamp) -> Result<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"select v.id, v.version, v.starts_at, v.ends_at, v.updated_at, v.status = 'HELD' as "tentative!", w.id as order_id, w.reference, w.title,
                  o.name as "operative?", concat_ws(', ', u.label, p.name, p.line1, p.city, p.postcode) as "place!"
           from visits v
           join work_orders w on w.org_id = v.org_id and w.id = v.work_order_id
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           left join units u on u.org_id = w.org_id and u.id = w.unit_id
           left join operatives o on o.org_id = v.org_id and o.id = v.operative_id
           where v.org_id = app.org_id()
             and v.contractor_id = app.contact_id()
             and v.status in ('HELD', 'CONFIRMED', 'ON_SITE', 'DONE')
             and v.starts_at between $1 and $2
           order by v.starts_at, v.id
           limit 2000"#,
        from.to_sqlx() as _,
        to.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Entry {
            visit: r.id,
            version: r.version,
            starts_at: r.starts_at.to_jiff(),
            ends_at: r.ends_at.to_jiff(),
            updated_at: r.updated_at.to_jiff(),
            order: Named { id: r.order_id.into(), name: r.reference },
            title: r.title,
            place: r.place,
            operative: r.operative,
            tentative: r.tentative,
        })
        .collect())
}
