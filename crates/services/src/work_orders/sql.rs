//! Every query of this room that is written out; the list, whose shape depends on its filters, is built in `board`.
//!
//! Most are used by staff, contractors and the worker alike: whose rows they see is decided by row-level security.

use std::collections::BTreeMap;

use db::OrgTx;
use domain::faults::{Category, Priority, Trade};
use domain::settings::OrgSettings;
use domain::tickets::{Line, Photo, Status as TicketStatus, TicketRef};
use domain::values::Pence;
use domain::work_orders::{
    Answer, Changeable, Checklist, Completion, CompletionLine, FeedbackLine, Item, Named, NewOrder, OfferLine, OfferStatus, OrderPlace,
    OrderRef, Outcome, Related, Slot, Status, Strokes, Time, VisitLine, VisitStatus,
};
use domain::{AttachmentId, ChecklistId, ContactId, OfferId, OperativeId, PropertyId, TicketId, UnitId, VisitId, WorkOrderId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use uuid::Uuid;

use crate::estate::record::{known, value};
use crate::files::{FileKey, Received};
use crate::repairs::Copy;
use crate::{Error, Result};

pub(super) fn moment(at: Option<jiff_sqlx::Timestamp>) -> Option<Timestamp> {
    at.map(jiff_sqlx::Timestamp::to_jiff)
}
fn written(at: Option<Timestamp>) -> Option<jiff_sqlx::Timestamp> {
    at.map(jiff_sqlx::ToSqlx::to_sqlx)
}
fn json<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(Error::internal)
}
fn named<T: From<Uuid>>(id: Option<Uuid>, name: Option<String>) -> Option<Named<T>> {
    id.zip(name).map(|(id, name)| Named { id: id.into(), name })
}

pub(crate) async fn organisation(tx: &mut OrgTx) -> Result<(String, OrgSettings)> {
    let row = sqlx::query!("select name, settings from organisations where id = app.org_id()").fetch_one(tx.conn()).await?;
    Ok((row.name, json(row.settings)?))
}

// ------------------------------------------------------------------------------------------------------------------------- order

/// An order, held until the transaction ends: what is done to it is done one after the other.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: WorkOrderId,
    pub(super) version: i32,
    pub(super) reference: String,
    pub(super) ticket: Option<TicketId>,
    pub(super) property: PropertyId,
    pub(super) unit: Option<UnitId>,
    pub(super) status: Status,
    pub(super) contractor: Option<ContactId>,
    pub(super) operative: Option<OperativeId>,
    pub(super) facts: Changeable,
}

pub(super) async fn hold(tx: &mut OrgTx, id: WorkOrderId) -> Result<Option<Held>> {
    let row = sqlx::query!(
        "select version,
                reference,
                ticket_id,
                property_id,
                unit_id,
                status,
                contractor_id,
                operative_id,
                title,
                description,
                category,
                trade,
                priority,
                spend_limit_pence,
                wants_quote,
                photos_required,
                due_at
         from work_orders
         where org_id = app.org_id()
           and id = $1
         for no key update",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Held {
            id,
            version: r.version,
            reference: r.reference,
            ticket: r.ticket_id.map(Into::into),
            property: r.property_id.into(),
            unit: r.unit_id.map(Into::into),
            status: known(&r.status, Status::parse)?,
            contractor: r.contractor_id.map(Into::into),
            operative: r.operative_id.map(Into::into),
            facts: Changeable {
                title: r.title,
                description: r.description,
                category: known(&r.category, Category::parse)?,
                trade: r.trade.as_deref().and_then(Trade::parse),
                priority: known(&r.priority, Priority::parse)?,
                spend_limit: r.spend_limit_pence.map(Pence),
                wants_quote: r.wants_quote,
                photos_required: r.photos_required,
                due_at: moment(r.due_at),
            },
        })
    })
    .transpose()
}

/// What an order from a ticket begins with.
pub(super) struct OfTicket {
    pub(super) status: TicketStatus,
    pub(super) property: PropertyId,
    pub(super) unit: Option<UnitId>,
    pub(super) facts: Changeable,
}

pub(super) async fn of_ticket(tx: &mut OrgTx, id: TicketId) -> Result<Option<OfTicket>> {
    let row = sqlx::query!(
        "select t.status, t.property_id, t.unit_id, t.title, t.category, t.trade, t.priority, t.target_at,
                (select min(o.spend_limit_pence) from owner_links o where o.org_id = t.org_id and o.property_id = t.property_id) as owner_limit
         from tickets t
         where t.org_id = app.org_id()
           and t.id = $1
           and t.deleted_at is null
         for no key update of t",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        let category = known(&r.category, Category::parse)?;
        Ok(OfTicket {
            status: known(&r.status, TicketStatus::parse)?,
            property: r.property_id.into(),
            unit: r.unit_id.map(Into::into),
            facts: Changeable {
                title: r.title,
                // The tenant's own words may hold what is not the contractor's to read: staff write what is to be done.
                description: String::new(),
                category,
                // As assessed, unless staff have since said that it is another kind of work.
                trade: r.trade.as_deref().and_then(Trade::parse).filter(|t| domain::people::categories_of(&[*t]).contains(&category)),
                priority: known(&r.priority, Priority::parse)?,
                spend_limit: r.owner_limit.map(Pence),
                wants_quote: false,
                photos_required: 0,
                due_at: moment(r.target_at),
            },
        })
    })
    .transpose()
}

pub(super) async fn place_exists(tx: &mut OrgTx, property: PropertyId, unit: Option<UnitId>) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from properties p
             where p.org_id = app.org_id()
               and p.id = $1
               and p.deleted_at is null
               and ($2::uuid is null or exists (
                 select from units u where u.org_id = p.org_id and u.property_id = p.id and u.id = $2 and u.deleted_at is null))) as "there!""#,
        property.uuid(),
        unit.map(Uuid::from),
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn property_of(tx: &mut OrgTx, unit: UnitId) -> Result<Option<PropertyId>> {
    let id =
        sqlx::query_scalar!("select property_id from units where org_id = app.org_id() and id = $1 and deleted_at is null", unit.uuid())
            .fetch_optional(tx.conn())
            .await?;
    Ok(id.map(Into::into))
}

pub(super) async fn next_number(tx: &mut OrgTx) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select app.next_number('work_order') as "number!""#).fetch_one(tx.conn()).await?)
}

pub(super) async fn insert(tx: &mut OrgTx, id: WorkOrderId, number: i64, reference: &str, new: &NewOrder) -> Result<()> {
    let f = &new.facts;
    sqlx::query!(
        "insert into work_orders
           (org_id, id, number, reference, ticket_id, property_id, unit_id, follows_order_id, category, trade, priority, title, description,
            spend_limit_pence, wants_quote, photos_required, due_at, created_by, created_at, updated_at)
         values
           (app.org_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, app.membership_id(), app.now(), app.now())",
        id.uuid(),
        number,
        reference,
        new.ticket.map(Uuid::from),
        new.property.uuid(),
        new.unit.map(Uuid::from),
        new.follows.map(Uuid::from),
        f.category.as_str(),
        f.trade.map(Trade::as_str),
        f.priority.as_str(),
        f.title,
        f.description,
        f.spend_limit.map(|p| p.0),
        f.wants_quote,
        f.photos_required,
        written(f.due_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_facts(tx: &mut OrgTx, id: WorkOrderId, f: &Changeable) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "update work_orders
         set title = $2,
             description = $3,
             category = $4,
             trade = $5,
             priority = $6,
             spend_limit_pence = $7,
             wants_quote = $8,
             photos_required = $9,
             due_at = $10,
             updated_at = app.now(),
             version = version + 1
         where org_id = app.org_id()
           and id = $1
         returning version",
        id.uuid(),
        f.title,
        f.description,
        f.category.as_str(),
        f.trade.map(Trade::as_str),
        f.priority.as_str(),
        f.spend_limit.map(|p| p.0),
        f.wants_quote,
        f.photos_required,
        written(f.due_at) as _,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// The order where it now stands, with the moments that belong to it. Whoever releases it, sends it back or accepts it names the contractor.
pub(super) async fn stand(
    tx: &mut OrgTx,
    id: WorkOrderId,
    status: Status,
    contractor: Option<ContactId>,
    operative: Option<OperativeId>,
) -> Result<()> {
    sqlx::query!(
        "update work_orders
         set status = $2,
             contractor_id = $3,
             operative_id = $4,
             accepted_at = case when $2 in ('DRAFT', 'OFFERED') then null else coalesce(accepted_at, app.now()) end,
             started_at = case when $2 = 'IN_PROGRESS' then coalesce(started_at, app.now()) when $2 in ('DRAFT', 'OFFERED') then null else started_at end,
             done_at = case when $2 = 'DONE' then app.now() else null end,
             updated_at = app.now(),
             version = version + 1
         where org_id = app.org_id()
           and id = $1",
        id.uuid(),
        status.as_str(),
        contractor.map(Uuid::from),
        operative.map(Uuid::from),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn verify(tx: &mut OrgTx, id: WorkOrderId) -> Result<()> {
    sqlx::query!(
        "update work_orders set status = 'VERIFIED', verified_at = app.now(), updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and id = $1",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn cancel(tx: &mut OrgTx, id: WorkOrderId, reason: &str) -> Result<()> {
    sqlx::query!(
        "update work_orders set status = 'CANCELLED', cancelled_at = app.now(), cancel_reason = $2, updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and id = $1",
        id.uuid(),
        reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn acknowledge_by(tx: &mut OrgTx, id: WorkOrderId, by: Option<Timestamp>) -> Result<()> {
    sqlx::query!("update work_orders set acknowledge_by = $2 where org_id = app.org_id() and id = $1", id.uuid(), written(by) as _,)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn escalated(tx: &mut OrgTx, id: WorkOrderId) -> Result<()> {
    sqlx::query!(
        "update work_orders set escalated_at = app.now(), updated_at = app.now() where org_id = app.org_id() and id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Something was added to it: up in the lists, and nobody's change is lost by it.
pub(super) async fn touch(tx: &mut OrgTx, id: WorkOrderId) -> Result<bool> {
    let done = sqlx::query!("update work_orders set updated_at = app.now() where org_id = app.org_id() and id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn operative(tx: &mut OrgTx, contractor: ContactId, id: OperativeId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select name from operatives where org_id = app.org_id() and contractor_id = $1 and id = $2 and deleted_at is null",
        contractor.uuid(),
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}

pub(super) async fn send_operative(tx: &mut OrgTx, id: WorkOrderId, operative: Option<OperativeId>) -> Result<()> {
    sqlx::query!(
        "update work_orders set operative_id = $2, updated_at = app.now(), version = version + 1 where org_id = app.org_id() and id = $1",
        id.uuid(),
        operative.map(Uuid::from),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A ticket's status with those of all its orders, the ticket held.
pub(super) async fn work_of_ticket(tx: &mut OrgTx, ticket: TicketId) -> Result<Option<(TicketStatus, Vec<Status>)>> {
    let row = sqlx::query!(r#"select status as "status!", orders as "orders!" from app.work_of_ticket($1)"#, ticket.uuid())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|r| {
        let orders = r.orders.iter().map(|s| known(s, Status::parse)).collect::<Result<_>>()?;
        Ok((known(&r.status, TicketStatus::parse)?, orders))
    })
    .transpose()
}

pub(super) async fn move_ticket(tx: &mut OrgTx, ticket: TicketId, from: TicketStatus, to: TicketStatus) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select app.move_ticket($1, $2, $3) as "moved!""#, ticket.uuid(), from.as_str(), to.as_str())
        .fetch_one(tx.conn())
        .await?)
}

// ------------------------------------------------------------------------------------------------------------------------ offers

pub(super) struct OfferRow {
    pub(super) id: OfferId,
    pub(super) status: OfferStatus,
}

/// The offer of this order to this contractor that waits or was accepted, else the last that ended, held.
pub(super) async fn hold_offer(tx: &mut OrgTx, order: WorkOrderId, contractor: ContactId) -> Result<Option<OfferRow>> {
    let row = sqlx::query!(
        "select id, status
         from offers
         where org_id = app.org_id()
           and work_order_id = $1
           and contractor_id = $2
         order by status <> 'SENT', status <> 'ACCEPTED', answered_at desc, id desc
         limit 1
         for no key update",
        order.uuid(),
        contractor.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| Ok(OfferRow { id: r.id.into(), status: known(&r.status, OfferStatus::parse)? })).transpose()
}

pub(super) async fn insert_offer(
    tx: &mut OrgTx,
    id: OfferId,
    order: WorkOrderId,
    contractor: ContactId,
    status: OfferStatus,
    message: Option<&str>,
    expires_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "insert into offers (org_id, id, work_order_id, contractor_id, status, message, expires_at, answered_at, created_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, case when $4 = 'SENT' then null else app.now() end, app.now())",
        id.uuid(),
        order.uuid(),
        contractor.uuid(),
        status.as_str(),
        message,
        written(expires_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn answer_offer(tx: &mut OrgTx, id: OfferId, status: OfferStatus, reason: Option<&str>) -> Result<()> {
    sqlx::query!(
        "update offers set status = $2, decline_reason = $3, answered_at = app.now() where org_id = app.org_id() and id = $1",
        id.uuid(),
        status.as_str(),
        reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An offer by id with its order and contractor.
pub(super) async fn offer(tx: &mut OrgTx, id: OfferId) -> Result<Option<(WorkOrderId, ContactId, OfferStatus)>> {
    let row = sqlx::query!("select work_order_id, contractor_id, status from offers where org_id = app.org_id() and id = $1", id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|r| Ok((r.work_order_id.into(), r.contractor_id.into(), known(&r.status, OfferStatus::parse)?))).transpose()
}

pub(super) async fn fell_away(tx: &mut OrgTx, order: WorkOrderId) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select app.offer_fell_away($1) as "fell!""#, order.uuid()).fetch_one(tx.conn()).await?)
}

pub(super) async fn end_other_offers(tx: &mut OrgTx, order: WorkOrderId) -> Result<i32> {
    Ok(sqlx::query_scalar!(r#"select app.end_other_offers($1) as "ended!""#, order.uuid()).fetch_one(tx.conn()).await?)
}

/// What a contractor may still be told of an order that went by.
pub(super) struct Fate {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) offer: OfferStatus,
    pub(super) taken: bool,
}

pub(super) async fn fate(tx: &mut OrgTx, order: WorkOrderId) -> Result<Option<Fate>> {
    let row = sqlx::query!(
        r#"select reference as "reference!", title as "title!", offer_status as "offer!", taken as "taken!" from app.offer_fate($1)"#,
        order.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| Ok(Fate { reference: r.reference, title: r.title, offer: known(&r.offer, OfferStatus::parse)?, taken: r.taken }))
        .transpose()
}

/// Whom to tell that an order went by: those whose offers ended at this moment.
pub(super) async fn ended_at(tx: &mut OrgTx, order: WorkOrderId, at: Timestamp) -> Result<Vec<ContactId>> {
    let ids = sqlx::query_scalar!(
        "select contractor_id from offers where org_id = app.org_id() and work_order_id = $1 and status in ('WITHDRAWN', 'EXPIRED') and answered_at = $2",
        order.uuid(),
        at.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

pub(super) async fn waiting_contractors(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<ContactId>> {
    let ids = sqlx::query_scalar!(
        "select contractor_id from offers where org_id = app.org_id() and work_order_id = $1 and status = 'SENT' order by created_at, id",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

pub(super) async fn offers(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<OfferLine>> {
    let rows = sqlx::query!(
        "select o.id, o.contractor_id, coalesce(c.company, c.name) as name, o.status, o.message, o.decline_reason, o.expires_at, o.answered_at, o.created_at
         from offers o
         left join contacts c on c.org_id = o.org_id and c.id = o.contractor_id
         where o.org_id = app.org_id()
           and o.work_order_id = $1
         order by o.created_at, o.id",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(OfferLine {
                id: r.id.into(),
                contractor: Named { id: r.contractor_id.into(), name: r.name.unwrap_or_default() },
                status: known(&r.status, OfferStatus::parse)?,
                message: r.message,
                decline_reason: r.decline_reason,
                expires_at: moment(r.expires_at),
                answered_at: moment(r.answered_at),
                created_at: r.created_at.to_jiff(),
            })
        })
        .collect()
}

/// A contractor's name and where to write to them.
pub(super) struct Firm {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) in_house: bool,
}

pub(super) async fn firm(tx: &mut OrgTx, id: ContactId) -> Result<Option<Firm>> {
    Ok(sqlx::query_as!(
        Firm,
        r#"select coalesce(c.company, c.name) as "name!", c.email, coalesce(p.in_house, false) as "in_house!"
           from contacts c
           left join contractor_profiles p on p.org_id = c.org_id and p.contact_id = c.id
           where c.org_id = app.org_id()
             and c.id = $1
             and c.kind = 'contractor'
             and c.deleted_at is null
             and c.erased_at is null"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}

// ------------------------------------------------------------------------------------------------------------------------ visits

#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) id: VisitId,
    pub(super) version: i32,
    pub(super) order: WorkOrderId,
    pub(super) contractor: ContactId,
    pub(super) operative: Option<OperativeId>,
    pub(super) time: Time,
    pub(super) status: VisitStatus,
    pub(super) held_until: Option<Timestamp>,
    pub(super) auto_confirm: bool,
}

pub(super) fn time(slot: &str, starts_at: jiff_sqlx::Timestamp, ends_at: jiff_sqlx::Timestamp) -> Result<Time> {
    Ok(Time { slot: known(slot, Slot::parse)?, starts_at: starts_at.to_jiff(), ends_at: ends_at.to_jiff() })
}

/// Which order a visit is of, so that the order can be held first.
pub(super) async fn order_of_visit(tx: &mut OrgTx, id: VisitId) -> Result<Option<WorkOrderId>> {
    let order = sqlx::query_scalar!("select work_order_id from visits where org_id = app.org_id() and id = $1", id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    Ok(order.map(Into::into))
}

pub(super) async fn hold_visit(tx: &mut OrgTx, id: VisitId) -> Result<Option<Visit>> {
    let row = sqlx::query!(
        "select version, work_order_id, contractor_id, operative_id, slot, starts_at, ends_at, status, held_until, auto_confirm
         from visits
         where org_id = app.org_id()
           and id = $1
         for no key update",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(Visit {
            id,
            version: r.version,
            order: r.work_order_id.into(),
            contractor: r.contractor_id.into(),
            operative: r.operative_id.map(Into::into),
            time: time(&r.slot, r.starts_at, r.ends_at)?,
            status: known(&r.status, VisitStatus::parse)?,
            held_until: moment(r.held_until),
            auto_confirm: r.auto_confirm,
        })
    })
    .transpose()
}

pub(super) struct NewVisit<'a> {
    pub(super) id: VisitId,
    pub(super) order: WorkOrderId,
    pub(super) contractor: ContactId,
    pub(super) operative: Option<OperativeId>,
    pub(super) time: Time,
    pub(super) status: VisitStatus,
    pub(super) proposed_by: &'static str,
    pub(super) auto_confirm: bool,
    pub(super) note: Option<&'a str>,
}

pub(super) async fn insert_visit(tx: &mut OrgTx, v: &NewVisit<'_>) -> Result<()> {
    sqlx::query!(
        "insert into visits
           (org_id, id, work_order_id, contractor_id, operative_id, slot, starts_at, ends_at, status, proposed_by, auto_confirm, note,
            arrived_at, created_at, updated_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $8 = 'ON_SITE' then app.now() end, app.now(), app.now())",
        v.id.uuid(),
        v.order.uuid(),
        v.contractor.uuid(),
        v.operative.map(Uuid::from),
        v.time.slot.as_str(),
        v.time.starts_at.to_sqlx() as _,
        v.time.ends_at.to_sqlx() as _,
        v.status.as_str(),
        v.proposed_by,
        v.auto_confirm,
        v.note,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The visit where it now stands; what was noted before stays where nothing new is said.
pub(super) async fn set_visit(
    tx: &mut OrgTx,
    id: VisitId,
    status: VisitStatus,
    held_until: Option<Timestamp>,
    note: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update visits
         set status = $2,
             held_until = $3,
             outcome_note = coalesce($4, outcome_note),
             updated_at = app.now(),
             version = version + 1
         where org_id = app.org_id()
           and id = $1",
        id.uuid(),
        status.as_str(),
        written(held_until) as _,
        note,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn move_visit(
    tx: &mut OrgTx,
    id: VisitId,
    time: &Time,
    operative: Option<OperativeId>,
    status: VisitStatus,
) -> Result<()> {
    sqlx::query!(
        "update visits
         set slot = $2,
             starts_at = $3,
             ends_at = $4,
             operative_id = $5,
             status = $6,
             held_until = null,
             on_the_way_at = null,
             updated_at = app.now(),
             version = version + 1
         where org_id = app.org_id()
           and id = $1",
        id.uuid(),
        time.slot.as_str(),
        time.starts_at.to_sqlx() as _,
        time.ends_at.to_sqlx() as _,
        operative.map(Uuid::from),
        status.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_off(tx: &mut OrgTx, id: VisitId) -> Result<()> {
    sqlx::query!(
        "update visits set on_the_way_at = app.now(), updated_at = app.now(), version = version + 1 where org_id = app.org_id() and id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn arrive(tx: &mut OrgTx, id: VisitId) -> Result<()> {
    sqlx::query!(
        "update visits set status = 'ON_SITE', held_until = null, arrived_at = app.now(), updated_at = app.now(), version = version + 1
         where org_id = app.org_id() and id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn leave(tx: &mut OrgTx, id: VisitId) -> Result<()> {
    sqlx::query!(
        "update visits set status = 'DONE', left_at = app.now(), updated_at = app.now(), version = version + 1 where org_id = app.org_id() and id = $1",
        id.uuid()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A no-access with its number among those of the order.
pub(super) async fn no_access(tx: &mut OrgTx, visit: &Visit, note: &str, photo: Option<AttachmentId>) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "update visits v
         set status = 'NO_ACCESS',
             held_until = null,
             outcome_note = $2,
             outcome_photo = $3,
             left_at = app.now(),
             attempt = 1 + (select count(*) from visits b where b.org_id = v.org_id and b.work_order_id = v.work_order_id and b.status = 'NO_ACCESS'),
             updated_at = app.now(),
             version = version + 1
         where v.org_id = app.org_id()
           and v.id = $1
         returning attempt",
        visit.id.uuid(),
        note,
        photo.map(Uuid::from),
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Holds the contractor's timetable, with what was held too long let go of. How many windows they take at a time.
pub(super) async fn hold_timetable(tx: &mut OrgTx, contractor: ContactId) -> Result<i32> {
    Ok(sqlx::query_scalar!(r#"select app.hold_timetable($1) as "capacity!""#, contractor.uuid()).fetch_one(tx.conn()).await?)
}

pub(super) struct Booked {
    pub(super) counted: i32,
    pub(super) person_busy: bool,
}

pub(super) async fn booked_between(
    tx: &mut OrgTx,
    contractor: ContactId,
    operative: Option<OperativeId>,
    time: &Time,
    except: Option<VisitId>,
) -> Result<Booked> {
    Ok(sqlx::query_as!(
        Booked,
        r#"select counted as "counted!", person_busy as "person_busy!" from app.booked_between($1, $2, $3, $4, $5)"#,
        contractor.uuid(),
        operative.map(Uuid::from),
        time.starts_at.to_sqlx() as _,
        time.ends_at.to_sqlx() as _,
        except.map(Uuid::from),
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn visits(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<VisitLine>> {
    let rows = sqlx::query!(
        r#"select v.id, v.version, v.slot, v.starts_at, v.ends_at, v.status, v.proposed_by, v.operative_id, o.name as "operative?", v.auto_confirm,
                  v.held_until, v.attempt, v.on_the_way_at, v.arrived_at, v.left_at, v.outcome_note, v.outcome_photo, v.note
           from visits v
           left join operatives o on o.org_id = v.org_id and o.id = v.operative_id
           where v.org_id = app.org_id()
             and v.work_order_id = $1
           order by v.starts_at, v.id"#,
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(VisitLine {
                id: r.id.into(),
                version: r.version,
                time: time(&r.slot, r.starts_at, r.ends_at)?,
                status: known(&r.status, VisitStatus::parse)?,
                proposed_by: r.proposed_by,
                operative: named(r.operative_id, r.operative),
                auto_confirm: r.auto_confirm,
                held_until: moment(r.held_until),
                attempt: r.attempt,
                on_the_way_at: moment(r.on_the_way_at),
                arrived_at: moment(r.arrived_at),
                left_at: moment(r.left_at),
                outcome_note: r.outcome_note,
                outcome_photo: r.outcome_photo.map(Into::into),
                note: r.note,
            })
        })
        .collect()
}

/// The visits of an order that are still to come or going on, held, soonest first.
pub(super) async fn hold_open_visits(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<Visit>> {
    let rows = sqlx::query!(
        "select id, version, contractor_id, operative_id, slot, starts_at, ends_at, status, held_until, auto_confirm
         from visits
         where org_id = app.org_id()
           and work_order_id = $1
           and status in ('PROPOSED', 'HELD', 'CONFIRMED', 'ON_SITE')
         order by starts_at, id
         for no key update",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Visit {
                id: r.id.into(),
                version: r.version,
                order,
                contractor: r.contractor_id.into(),
                operative: r.operative_id.map(Into::into),
                time: time(&r.slot, r.starts_at, r.ends_at)?,
                status: known(&r.status, VisitStatus::parse)?,
                held_until: moment(r.held_until),
                auto_confirm: r.auto_confirm,
            })
        })
        .collect()
}

// ------------------------------------------------------------------------------------------------------------- what is beside it

pub(super) struct DetailRow {
    pub(super) held: Held,
    pub(super) ticket: Option<TicketRef>,
    pub(super) place: OrderPlace,
    pub(super) contractor: Option<Named<ContactId>>,
    pub(super) operative: Option<Named<OperativeId>>,
    pub(super) value: Option<Pence>,
    pub(super) acknowledge_by: Option<Timestamp>,
    pub(super) escalated_at: Option<Timestamp>,
    pub(super) accepted_at: Option<Timestamp>,
    pub(super) started_at: Option<Timestamp>,
    pub(super) done_at: Option<Timestamp>,
    pub(super) verified_at: Option<Timestamp>,
    pub(super) cancelled_at: Option<Timestamp>,
    pub(super) cancel_reason: Option<String>,
    pub(super) created_by: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

pub(super) async fn detail(tx: &mut OrgTx, id: WorkOrderId) -> Result<Option<DetailRow>> {
    let row = sqlx::query!(
        r#"select w.version, w.reference, w.ticket_id, t.reference as "ticket_reference?", w.property_id, w.unit_id, w.status, w.contractor_id,
                  coalesce(c.company, c.name) as contractor_name, w.operative_id, o.name as "operative_name?", w.title, w.description, w.category,
                  w.trade, w.priority, w.spend_limit_pence, w.value_pence, w.wants_quote, w.photos_required, w.due_at, w.acknowledge_by,
                  w.escalated_at, w.accepted_at, w.started_at, w.done_at, w.verified_at, w.cancelled_at, w.cancel_reason, w.created_at, w.updated_at,
                  m.name as "created_by?", concat_ws(', ', u.label, p.name, p.line1, p.line2, p.city) as "address!", p.postcode
           from work_orders w
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           left join units u on u.org_id = w.org_id and u.id = w.unit_id
           left join tickets t on t.org_id = w.org_id and t.id = w.ticket_id
           left join contacts c on c.org_id = w.org_id and c.id = w.contractor_id
           left join operatives o on o.org_id = w.org_id and o.id = w.operative_id
           left join memberships m on m.org_id = w.org_id and m.id = w.created_by
           where w.org_id = app.org_id()
             and w.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(DetailRow {
            held: Held {
                id,
                version: r.version,
                reference: r.reference,
                ticket: r.ticket_id.map(Into::into),
                property: r.property_id.into(),
                unit: r.unit_id.map(Into::into),
                status: known(&r.status, Status::parse)?,
                contractor: r.contractor_id.map(Into::into),
                operative: r.operative_id.map(Into::into),
                facts: Changeable {
                    title: r.title,
                    description: r.description,
                    category: known(&r.category, Category::parse)?,
                    trade: r.trade.as_deref().and_then(Trade::parse),
                    priority: known(&r.priority, Priority::parse)?,
                    spend_limit: r.spend_limit_pence.map(Pence),
                    wants_quote: r.wants_quote,
                    photos_required: r.photos_required,
                    due_at: moment(r.due_at),
                },
            },
            ticket: r.ticket_id.zip(r.ticket_reference).map(|(id, reference)| TicketRef { id: id.into(), reference }),
            place: OrderPlace { property: r.property_id.into(), unit: r.unit_id.map(Into::into), address: r.address, postcode: r.postcode },
            contractor: named(r.contractor_id, r.contractor_name),
            operative: named(r.operative_id, r.operative_name),
            value: r.value_pence.map(Pence),
            acknowledge_by: moment(r.acknowledge_by),
            escalated_at: moment(r.escalated_at),
            accepted_at: moment(r.accepted_at),
            started_at: moment(r.started_at),
            done_at: moment(r.done_at),
            verified_at: moment(r.verified_at),
            cancelled_at: moment(r.cancelled_at),
            cancel_reason: r.cancel_reason,
            created_by: r.created_by,
            created_at: r.created_at.to_jiff(),
            updated_at: r.updated_at.to_jiff(),
        })
    })
    .transpose()
}

/// An order as its contractor reads it: no ticket, no member of staff, no other contact joins in.
pub(super) async fn contractors_detail(tx: &mut OrgTx, id: WorkOrderId) -> Result<Option<DetailRow>> {
    let row = sqlx::query!(
        r#"select w.version, w.reference, w.ticket_id, w.property_id, w.unit_id, w.status, w.contractor_id, w.operative_id, o.name as "operative_name?",
                  w.title, w.description, w.category, w.trade, w.priority, w.spend_limit_pence, w.value_pence, w.wants_quote, w.photos_required,
                  w.due_at, w.acknowledge_by, w.accepted_at, w.started_at, w.done_at, w.verified_at, w.cancelled_at, w.cancel_reason, w.created_at,
                  w.updated_at, concat_ws(', ', u.label, p.name, p.line1, p.line2, p.city) as "address!", p.postcode
           from work_orders w
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           left join units u on u.org_id = w.org_id and u.id = w.unit_id
           left join operatives o on o.org_id = w.org_id and o.id = w.operative_id
           where w.org_id = app.org_id()
             and w.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| {
        Ok(DetailRow {
            held: Held {
                id,
                version: r.version,
                reference: r.reference,
                ticket: r.ticket_id.map(Into::into),
                property: r.property_id.into(),
                unit: r.unit_id.map(Into::into),
                status: known(&r.status, Status::parse)?,
                contractor: r.contractor_id.map(Into::into),
                operative: r.operative_id.map(Into::into),
                facts: Changeable {
                    title: r.title,
                    description: r.description,
                    category: known(&r.category, Category::parse)?,
                    trade: r.trade.as_deref().and_then(Trade::parse),
                    priority: known(&r.priority, Priority::parse)?,
                    spend_limit: r.spend_limit_pence.map(Pence),
                    wants_quote: r.wants_quote,
                    photos_required: r.photos_required,
                    due_at: moment(r.due_at),
                },
            },
            ticket: None,
            place: OrderPlace { property: r.property_id.into(), unit: r.unit_id.map(Into::into), address: r.address, postcode: r.postcode },
            contractor: None,
            operative: named(r.operative_id, r.operative_name),
            value: r.value_pence.map(Pence),
            acknowledge_by: moment(r.acknowledge_by),
            escalated_at: None,
            accepted_at: moment(r.accepted_at),
            started_at: moment(r.started_at),
            done_at: moment(r.done_at),
            verified_at: moment(r.verified_at),
            cancelled_at: moment(r.cancelled_at),
            cancel_reason: r.cancel_reason,
            created_by: None,
            created_at: r.created_at.to_jiff(),
            updated_at: r.updated_at.to_jiff(),
        })
    })
    .transpose()
}

/// The order this one takes up, and those that take this one up.
pub(super) async fn related(tx: &mut OrgTx, id: WorkOrderId) -> Result<(Option<Related>, Vec<Related>)> {
    let rows = sqlx::query!(
        r#"select o.id, o.reference, o.title, o.status, o.follows_order_id = $1 as "after"
           from work_orders o
           where o.org_id = app.org_id()
             and (o.follows_order_id = $1
                  or o.id = (select w.follows_order_id from work_orders w where w.org_id = app.org_id() and w.id = $1))
           order by o.number"#,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let (mut before, mut after) = (None, Vec::new());
    for r in rows {
        let related = Related {
            order: OrderRef { id: r.id.into(), reference: r.reference },
            title: r.title,
            status: known(&r.status, Status::parse)?,
        };
        if r.after == Some(true) { after.push(related) } else { before = Some(related) }
    }
    Ok((before, after))
}

/// The order's own lines, oldest first: all for staff, public and contractor's for its contractor.
pub(super) async fn timeline(tx: &mut OrgTx, id: WorkOrderId) -> Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select position, kind, visibility = 'public' as "public!", actor_kind, actor_name, data, created_at
           from timeline_events
           where org_id = app.org_id()
             and work_order_id = $1
           order by position desc
           limit 300"#,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .rev()
        .map(|r| Line {
            position: r.position,
            kind: r.kind,
            public: r.public,
            actor_kind: r.actor_kind,
            actor: r.actor_name,
            data: r.data,
            at: r.created_at.to_jiff(),
        })
        .collect())
}

/// Photos: of the work (`of_work`), or of the problem as reported on the ticket.
pub(super) async fn photos(tx: &mut OrgTx, order: WorkOrderId, ticket: Option<TicketId>, of_work: bool) -> Result<Vec<Photo>> {
    let rows = sqlx::query!(
        r#"select id, file_name, content_type, bytes, width, height, taken_at, visibility = 'public' as "public!",
                  display_key is not null and thumb_key is not null as "is_ready!", created_at
           from attachments
           where org_id = app.org_id()
             and deleted_at is null
             and content_type like 'image/%'
             and case when $3 then work_order_id = $1 and purpose = 'work'
                      else ticket_id = $2 and work_order_id is null and purpose in ('report', 'ticket') end
           order by created_at, id
           limit 100"#,
        order.uuid(),
        ticket.map(Uuid::from),
        of_work,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Photo {
            id: r.id.into(),
            file_name: r.file_name,
            content_type: r.content_type,
            bytes: r.bytes,
            width: r.width,
            height: r.height,
            taken_at: moment(r.taken_at),
            public: r.public,
            is_ready: r.is_ready,
            created_at: r.created_at.to_jiff(),
        })
        .collect())
}

pub(super) async fn photo_count(tx: &mut OrgTx, order: WorkOrderId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from attachments where org_id = app.org_id() and work_order_id = $1 and purpose = 'work' and deleted_at is null"#,
        order.uuid()
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Whether it is a photo of this order.
pub(super) async fn is_photo_of(tx: &mut OrgTx, order: WorkOrderId, photo: AttachmentId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from attachments where org_id = app.org_id() and work_order_id = $1 and id = $2 and purpose = 'work' and deleted_at is null) as "is!""#,
        order.uuid(),
        photo.uuid(),
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn photo_key(tx: &mut OrgTx, id: AttachmentId, copy: Copy) -> Result<Option<FileKey>> {
    let row = sqlx::query!(
        "select display_key, thumb_key from attachments where org_id = app.org_id() and id = $1 and deleted_at is null",
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    let key = row.and_then(|r| match copy {
        Copy::Display => r.display_key,
        Copy::Thumbnail => r.thumb_key,
    });
    Ok(key.and_then(|k| FileKey::parse(&k)))
}

pub(super) struct NewFile<'a> {
    pub(super) id: AttachmentId,
    pub(super) order: WorkOrderId,
    pub(super) ticket: Option<TicketId>,
    /// `work` for photos, `document` for a signature.
    pub(super) purpose: &'static str,
    pub(super) file_name: &'a str,
    pub(super) key: &'a FileKey,
    pub(super) received: &'a Received,
}

pub(super) async fn insert_file(tx: &mut OrgTx, file: &NewFile<'_>) -> Result<()> {
    let size = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let received = file.received;
    sqlx::query!(
        "insert into attachments
           (org_id, id, ticket_id, work_order_id, purpose, uploader_membership_id, uploader_contact_id, file_name, content_type, bytes, sha256,
            stored_sha256, width, height, taken_at, storage_key, created_at)
         values (app.org_id(), $1, $2, $3, $4, app.membership_id(), app.contact_id(), $5, $6, $7, $8, $9, $10, $11, $12, $13, app.now())",
        file.id.uuid(),
        file.ticket.map(Uuid::from),
        file.order.uuid(),
        file.purpose,
        file.file_name,
        received.kind.content_type(),
        i64::try_from(received.bytes.len()).unwrap_or(i64::MAX),
        received.sha256.as_slice(),
        received.stored_sha256.as_slice(),
        size(received.width),
        size(received.height),
        received.taken_at.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
        file.key.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// -------------------------------------------------------------------------------------------------------------------- completion

pub(super) async fn checklists(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<Checklist>> {
    let rows = sqlx::query!(
        "select id, name, items, answers from order_checklists where org_id = app.org_id() and work_order_id = $1 order by created_at, id",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| Ok(Checklist { id: r.id.into(), name: r.name, items: json::<Vec<Item>>(r.items)?, answers: json(r.answers)? }))
        .collect()
}

/// One checklist, held, with its order.
pub(super) async fn hold_checklist(tx: &mut OrgTx, id: ChecklistId) -> Result<Option<(WorkOrderId, Checklist)>> {
    let row = sqlx::query!(
        "select work_order_id, name, items, answers from order_checklists where org_id = app.org_id() and id = $1 for no key update",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|r| Ok((r.work_order_id.into(), Checklist { id, name: r.name, items: json::<Vec<Item>>(r.items)?, answers: json(r.answers)? })))
        .transpose()
}

pub(super) async fn set_answers(tx: &mut OrgTx, id: ChecklistId, answers: &BTreeMap<u16, Answer>) -> Result<()> {
    sqlx::query!(
        "update order_checklists set answers = $2, updated_at = app.now() where org_id = app.org_id() and id = $1",
        id.uuid(),
        serde_json::to_value(answers).map_err(Error::internal)?,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_completion(
    tx: &mut OrgTx,
    id: Uuid,
    order: WorkOrderId,
    contractor: ContactId,
    c: &Completion,
    signature: Option<AttachmentId>,
    override_reason: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "insert into completions
           (org_id, id, work_order_id, contractor_id, notes, minutes, materials, fixed, follow_on, signed_by, strokes, signature_id, override_reason, created_at)
         values (app.org_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, app.now())",
        id,
        order.uuid(),
        contractor.uuid(),
        c.notes,
        c.minutes,
        c.materials,
        c.fixed.as_str(),
        c.follow_on.as_ref().map(value).transpose()?,
        c.signed_by,
        c.strokes.as_ref().map(value).transpose()?,
        signature.map(Uuid::from),
        override_reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn completions(tx: &mut OrgTx, order: WorkOrderId, by: &str) -> Result<Vec<CompletionLine>> {
    let rows = sqlx::query!(
        "select notes, minutes, materials, fixed, follow_on, signed_by, strokes, signature_id, override_reason, created_at
         from completions
         where org_id = app.org_id()
           and work_order_id = $1
         order by created_at, id",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(CompletionLine {
                completion: Completion {
                    notes: r.notes,
                    minutes: r.minutes,
                    materials: r.materials,
                    fixed: known(&r.fixed, Outcome::parse)?,
                    follow_on: r.follow_on.map(json).transpose()?,
                    signed_by: r.signed_by,
                    strokes: r.strokes.map(json::<Strokes>).transpose()?,
                },
                by: by.to_owned(),
                signature: r.signature_id.map(Into::into),
                override_reason: r.override_reason,
                at: r.created_at.to_jiff(),
            })
        })
        .collect()
}

/// The order that takes up what was left, and its reference.
pub(super) async fn follow_on(tx: &mut OrgTx, id: WorkOrderId, from: &Held, f: &domain::work_orders::FollowOn) -> Result<String> {
    let category = f.trade.and_then(|t| domain::people::categories_of(&[t]).first().copied()).unwrap_or(from.facts.category);
    let priority = if f.urgent { Priority::Urgent } else { Priority::Routine };
    let title: String = f.what.chars().take(200).collect();
    Ok(sqlx::query_scalar!(
        r#"select app.follow_on($1, $2, $3, $4, $5, $6, $7) as "reference!""#,
        id.uuid(),
        from.id.uuid(),
        f.trade.map(Trade::as_str),
        category.as_str(),
        priority.as_str(),
        title,
        f.what,
    )
    .fetch_one(tx.conn())
    .await?)
}

pub(super) async fn feedback(tx: &mut OrgTx, order: WorkOrderId) -> Result<Vec<FeedbackLine>> {
    let rows = sqlx::query!(
        "select stars, words, created_at from feedback where org_id = app.org_id() and work_order_id = $1 order by created_at, id",
        order.uuid()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| FeedbackLine { stars: r.stars, words: r.words, at: r.created_at.to_jiff() }).collect())
}

// -------------------------------------------------------------------------------------------------------------------- whom to tell

/// Whom a visit concerns, for the worker who writes to them.
pub(super) struct Household {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// Whoever reported the ticket, or holds the tenancy today.
pub(super) async fn household(tx: &mut OrgTx, order: WorkOrderId) -> Result<Option<Household>> {
    Ok(sqlx::query_as!(
        Household,
        r#"select c.name as "name?", c.email
           from work_orders w
           left join tickets t on t.org_id = w.org_id and t.id = w.ticket_id
           join contacts c on c.org_id = w.org_id and c.deleted_at is null and c.erased_at is null and c.id = coalesce(t.reported_by_contact_id, (
             select tt.contact_id
             from tenancy_tenants tt
             join tenancies n on n.org_id = tt.org_id and n.id = tt.tenancy_id and n.deleted_at is null
             where n.org_id = w.org_id
               and n.unit_id = w.unit_id
               and n.start_on <= app.today()
               and (n.end_on is null or n.end_on >= app.today())
             order by tt.is_lead desc, tt.contact_id
             limit 1))
           where w.org_id = app.org_id()
             and w.id = $1"#,
        order.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Who of staff hears of an emergency that nobody takes: the ticket's owner, else every administrator.
pub(super) async fn watchers(tx: &mut OrgTx, ticket: Option<TicketId>) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "with owner as (
           select m.name, m.email
           from tickets t
           join memberships m on m.org_id = t.org_id and m.id = t.assignee_id and m.status = 'active'
           where t.org_id = app.org_id() and t.id = $1)
         select m.name, m.email from memberships m
         where m.org_id = app.org_id() and m.status = 'active' and m.role = 'OrgAdmin' and not exists (select from owner)
         union all
         select name, email from owner",
        ticket.map(Uuid::from),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().filter_map(|r| r.name.zip(r.email)).collect())
}

// ------------------------------------------------------------------------------------------------------------------- action keys

/// Claims a key; false when it was carried out before. Waits for another transaction that holds it.
pub(super) async fn claim_key(tx: &mut OrgTx, key: Uuid, order: WorkOrderId, hash: &[u8]) -> Result<bool> {
    let done = sqlx::query!(
        "insert into action_keys (org_id, contact_id, key, work_order_id, action_hash, created_at)
         values (app.org_id(), app.contact_id(), $1, $2, $3, app.now())
         on conflict do nothing",
        key,
        order.uuid(),
        hash,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn key_hash(tx: &mut OrgTx, key: Uuid) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "select action_hash from action_keys where org_id = app.org_id() and contact_id = app.contact_id() and key = $1",
        key
    )
    .fetch_optional(tx.conn())
    .await?)
}
