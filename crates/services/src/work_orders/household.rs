//! Work on a repair as the tenants of its home see it: who comes and when, picking a time, asking for another, and how the work was.
//!
//! Everything goes through the tenant's own eyes: row-level security shows the visits of their own repairs. What a pick does to the order goes
//! through a door that schedules and unschedules and can do nothing else.

use db::OrgTx;
use domain::events::Event;
use domain::faults::{Category, Priority};
use domain::policy::Act;
use domain::values::FieldErrors;
use domain::work_orders::{Changeable, FeedbackLine, Status, TenantOrder, TenantVisit, VisitMove, VisitStatus};
use domain::{TicketId, VisitId, WorkOrderId};
use jiff_sqlx::ToSqlx as _;
use serde_json::json;
use uuid::Uuid;

use super::later::{CONTRACTOR, News, tell_of_visit};
use super::sql::{self, Held, Visit};
use super::visits;
use crate::estate::record::known;
use crate::{Cx, Error, Result, Tenant};

/// The work on a repair, in order, once somebody has it.
///
/// # Errors
/// `NotFound` for a repair of another home.
pub async fn work(cx: &Cx<Tenant>, repair: TicketId) -> Result<Vec<TenantOrder>> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let rows = sqlx::query!(
        r#"select work_order_id as "id!", reference as "reference!", title as "title!", status as "status!", contractor as "contractor!"
           from app.visitors($1)"#,
        repair.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut orders = Vec::with_capacity(rows.len());
    for r in rows {
        let id = WorkOrderId(r.id);
        let status = known(&r.status, Status::parse)?;
        let visits = visits_of(&mut tx, id, status).await?;
        let rated = mine(&mut tx, id).await?;
        orders.push(TenantOrder {
            id,
            reference: r.reference,
            title: r.title,
            status,
            contractor: r.contractor,
            visits,
            can_rate: status.is_finished(),
            rated,
        });
    }
    tx.done().await?;
    Ok(orders)
}

/// Without the person's name: which firm comes is the tenant's to know.
async fn visits_of(tx: &mut OrgTx, order: WorkOrderId, of: Status) -> Result<Vec<TenantVisit>> {
    let now = tx.now();
    let rows = sqlx::query!(
        "select id, version, slot, starts_at, ends_at, status, held_until, on_the_way_at
         from visits
         where org_id = app.org_id()
           and work_order_id = $1
           -- A suggestion that fell away is no news to anybody; a booked time that was called off is on the timeline.
           and status <> 'CANCELLED'
         order by starts_at, id",
        order.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            let status = known(&r.status, VisitStatus::parse)?;
            let time = sql::time(&r.slot, r.starts_at, r.ends_at)?;
            let on_the_way_at = sql::moment(r.on_the_way_at);
            Ok(TenantVisit {
                id: r.id.into(),
                version: r.version,
                time,
                status,
                held_until: sql::moment(r.held_until),
                on_the_way_at,
                can_pick: of == Status::Accepted && status == VisitStatus::Proposed && time.starts_at > now,
                can_cancel: matches!(status, VisitStatus::Held | VisitStatus::Confirmed) && on_the_way_at.is_none(),
            })
        })
        .collect()
}

/// What this tenant said of it.
async fn mine(tx: &mut OrgTx, order: WorkOrderId) -> Result<Option<FeedbackLine>> {
    let row = sqlx::query!(
        "select stars, words, created_at from feedback where org_id = app.org_id() and work_order_id = $1 and contact_id = app.contact_id()",
        order.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|r| FeedbackLine { stars: r.stars, words: r.words, at: r.created_at.to_jiff() }))
}

/// A visit with as much of its order as its tenant may know.
async fn own(tx: &mut OrgTx, id: VisitId) -> Result<(Held, Visit)> {
    let visit = sql::hold_visit(tx, id).await?.ok_or(Error::NotFound)?;
    Ok((own_order(tx, visit.order).await?, visit))
}

async fn own_order(tx: &mut OrgTx, order: WorkOrderId) -> Result<Held> {
    let row = sqlx::query!(
        r#"select status as "status!", contractor_id, ticket_id, reference as "reference!", title as "title!" from app.tenant_order($1)"#,
        order.uuid()
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Held {
        id: order,
        version: 0,
        reference: row.reference,
        ticket: row.ticket_id.map(Into::into),
        property: domain::PropertyId(Uuid::nil()),
        unit: None,
        status: known(&row.status, Status::parse)?,
        contractor: row.contractor_id.map(Into::into),
        operative: None,
        facts: Changeable {
            title: row.title,
            description: String::new(),
            category: Category::Other,
            trade: None,
            priority: Priority::Routine,
            spend_limit: None,
            wants_quote: false,
            photos_required: 0,
            due_at: None,
        },
    })
}

async fn schedules(tx: &mut OrgTx, order: WorkOrderId, from: Status, to: Status) -> Result<()> {
    let done = sqlx::query_scalar!(r#"select app.tenant_schedules($1, $2, $3) as "done!""#, order.uuid(), from.as_str(), to.as_str())
        .fetch_one(tx.conn())
        .await?;
    if done { Ok(()) } else { Err(Error::conflict("This visit has changed meanwhile. Look at what is booked now.")) }
}

/// Picks a suggested time. It is held for fifteen minutes until the other side says yes, or is booked at once where they said that it would be.
/// True when it is booked.
///
/// # Errors
/// `NotFound` for a visit at another home; `Conflict` when it is not there to pick any more or was just taken.
pub async fn pick(cx: &Cx<Tenant>, id: VisitId) -> Result<bool> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let (order, visit) = own(&mut tx, id).await?;
    if order.status != Status::Accepted {
        return Err(Error::conflict("No time needs to be picked for this work any more. Look at what is booked now."));
    }
    let booked = visits::pick_in(&mut tx, &order, &visit).await?;
    if booked {
        schedules(&mut tx, order.id, Status::Accepted, Status::Scheduled).await?;
    }
    tx.commit().await?;
    Ok(booked)
}

/// Calls a visit off or asks for another time: it is taken off the calendar and the contractor is told why.
///
/// # Errors
/// `Conflict` once somebody is on the way; `Invalid` without a reason.
pub async fn cannot_be_in(cx: &Cx<Tenant>, id: VisitId, reason: &str) -> Result<()> {
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let (order, visit) = own(&mut tx, id).await?;
    let reason =
        domain::values::required(reason, "why, and when would be better", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let to = visit.status.after(VisitMove::Cancel)?;
    let set_off = sqlx::query_scalar!(
        r#"select on_the_way_at is not null as "set_off!" from visits where org_id = app.org_id() and id = $1"#,
        id.uuid()
    )
    .fetch_one(tx.conn())
    .await?;
    if set_off {
        return Err(Error::conflict("Somebody is already on the way. Ring us if you cannot let them in."));
    }
    // A suggestion stays one for others of the home; what was picked or booked goes.
    sql::set_visit(&mut tx, id, to, None, Some(&reason)).await?;
    let left = sql::hold_open_visits(&mut tx, order.id).await?;
    if order.status == Status::Scheduled && !left.iter().any(|v| v.status == VisitStatus::Confirmed) {
        schedules(&mut tx, order.id, Status::Scheduled, Status::Accepted).await?;
    }
    tx.record(
        Event::of_order("visit:cancelled", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "when": visit.time.said(), "time": visit.time, "reason": reason }))
            .change(json!({ "status": visit.status }), json!({ "status": to, "visit": id, "reason": reason })),
    );
    tell_of_visit(&mut tx, order.id, visit.time, None, News::Cancelled, CONTRACTOR, Some(&reason)).await?;
    Ok(tx.commit().await?)
}

/// Rates finished work: 1 to 5, with words if they like. Who thinks again changes their own.
///
/// # Errors
/// `NotFound`; `Conflict` before the work is done; `Invalid` by field.
pub async fn rate(cx: &Cx<Tenant>, id: WorkOrderId, stars: &str, words: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    let given = stars.trim().parse::<i16>().ok().filter(|s| (1..=5).contains(s));
    if given.is_none() {
        errors.add("stars", "Choose 1 to 5 stars");
    }
    let words = errors.optional_lines("words", words, "Your words", 2_000);
    let (Some(stars), true) = (given, errors.is_empty()) else { return Err(errors.into()) };
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let order = own_order(&mut tx, id).await?;
    if !order.status.is_finished() {
        return Err(Error::conflict("You can rate the work once it is done."));
    }
    let now = tx.now();
    sqlx::query!(
        "insert into feedback (org_id, id, work_order_id, contact_id, stars, words, created_at, updated_at)
         values (app.org_id(), $1, $2, app.contact_id(), $3, $4, $5, $5)
         on conflict (org_id, work_order_id, contact_id) do update set stars = excluded.stars, words = excluded.words, updated_at = excluded.updated_at",
        domain::uuid_v7(now, crate::house::random()),
        id.uuid(),
        stars,
        words,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query_scalar!(r#"select app.rate_again($1) as "done: ()""#, id.uuid()).fetch_one(tx.conn()).await?;
    tx.record(
        Event::of_order("feedback:given", id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "stars": stars, "words": words }))
            .created(json!({ "stars": stars, "words": words })),
    );
    Ok(tx.commit().await?)
}
