//! An order comes into being, is changed, and comes to an end.

use db::OrgTx;
use domain::events::Event;
use domain::faults::{Category, Priority};
use domain::policy::Act;
use domain::tickets::Status as TicketStatus;
use domain::values::required;
use domain::work_orders::{Changeable, Move, NewOrder, OrderForm, OrderRef, VisitStatus, reference};
use domain::{PropertyId, TicketId, UnitId, WorkOrderId};
use serde_json::json;

use super::follow::{event, step_on, ticket_follows};
use super::later::{News, tell_of_visit};
use super::sql::{self, Held};
use super::{checklists, later};
use crate::auth::links;
use crate::estate::record::{changed, value};
use crate::{Cx, Error, Result, Staff};

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Ticket(TicketId),
    /// Work that nobody reported, at a home.
    Unit(UnitId),
    /// The same for what a building shares.
    Property(PropertyId),
}

/// Raises a work order. From a ticket, what the form leaves empty is the ticket's; checklists of its kind of work are attached by themselves.
///
/// # Errors
/// `Invalid` by field; `NotFound` for a ticket that is not there; `Conflict` for one that is closed or cancelled.
pub async fn create(cx: &Cx<Staff>, place: Place, form: &OrderForm) -> Result<OrderRef> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = insert(cx, &mut tx, place, None, form).await?;
    tx.commit().await?;
    Ok(order)
}

/// Raises an order that takes up the work of another: same home, same ticket.
///
/// # Errors
/// As [`create`]; `NotFound` for an order that is not there.
pub async fn follow_on(cx: &Cx<Staff>, from: WorkOrderId, form: &OrderForm) -> Result<OrderRef> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let before = sql::hold(&mut tx, from).await?.ok_or(Error::NotFound)?;
    let place = match (before.ticket, before.unit) {
        (Some(ticket), _) => Place::Ticket(ticket),
        (None, Some(unit)) => Place::Unit(unit),
        (None, None) => Place::Property(before.property),
    };
    let order = insert(cx, &mut tx, place, Some(&before), form).await?;
    tx.commit().await?;
    Ok(order)
}

async fn insert(cx: &Cx<Staff>, tx: &mut OrgTx, place: Place, follows: Option<&Held>, form: &OrderForm) -> Result<OrderRef> {
    let nothing = Changeable {
        title: String::new(),
        description: String::new(),
        category: Category::Other,
        trade: None,
        priority: Priority::Routine,
        spend_limit: None,
        wants_quote: false,
        photos_required: 0,
        due_at: None,
    };
    let (ticket, property, unit, unasked) = match place {
        Place::Ticket(id) => {
            let of = sql::of_ticket(tx, id).await?.ok_or(Error::NotFound)?;
            if matches!(of.status, TicketStatus::Closed | TicketStatus::Cancelled) {
                return Err(Error::conflict(format!(
                    "This ticket is {}, so no work can be ordered on it. Reopen it first.",
                    of.status.label().to_lowercase()
                )));
            }
            (Some(id), of.property, of.unit, of.facts)
        }
        Place::Unit(unit) => {
            let property = sql::property_of(tx, unit).await?.ok_or_else(|| Error::invalid("unit", "Choose a home from the list"))?;
            (None, property, Some(unit), nothing)
        }
        Place::Property(property) => {
            if !sql::place_exists(tx, property, None).await? {
                return Err(Error::invalid("property", "Choose a property from the list"));
            }
            (None, property, None, nothing)
        }
    };
    let facts = form.parse(unasked)?;
    let id: WorkOrderId = cx.house().new_id();
    let number = sql::next_number(tx).await?;
    let reference = reference(number);
    let new = NewOrder { ticket, property, unit, follows: follows.map(|f| f.id), facts };
    sql::insert(tx, id, number, &reference, &new).await?;
    tx.record(
        Event::of_order("work_order:created", id, ticket)
            .data(json!({ "reference": reference, "title": new.facts.title, "follows": follows.map(|f| &f.reference) }))
            .created(value(&new)?),
    );
    checklists::attach_by_category(cx.house(), tx, id, ticket, new.facts.category).await?;
    Ok(OrderRef { id, reference })
}

/// Changes what is to be done. What the form leaves empty stays.
///
/// # Errors
/// `Conflict` when somebody changed it since `version`, or once it is finished; `Invalid` by field.
pub async fn change(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, form: &OrderForm) -> Result<i32> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    if !order.status.is_live() {
        return Err(Error::conflict(format!(
            "{} is {}: it cannot be changed any more.",
            order.reference,
            order.status.label().to_lowercase()
        )));
    }
    let facts = form.parse(order.facts.clone())?;
    let Some(event) = changed(event("work_order:changed", &order).for_contractor(), &order.facts, &facts)? else {
        tx.done().await?;
        return Ok(order.version);
    };
    let version = sql::set_facts(&mut tx, id, &facts).await?;
    let fields = event.data.get("fields").cloned().unwrap_or_default();
    tx.record(event.data(json!({ "reference": order.reference, "fields": fields })));
    tx.commit().await?;
    Ok(version)
}

/// The order, held, as the caller saw it.
pub(super) async fn held(tx: &mut OrgTx, id: WorkOrderId, version: Option<i32>) -> Result<Held> {
    let order = sql::hold(tx, id).await?.ok_or(Error::NotFound)?;
    if version.is_some_and(|v| v != order.version) {
        return Err(Error::changed_meanwhile());
    }
    Ok(order)
}

/// Staff have seen that it is done.
///
/// # Errors
/// `Conflict` unless it is done.
pub async fn verify(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    let to = order.status.after(Move::Verify)?;
    sql::verify(&mut tx, id).await?;
    tx.record(moved("work_order:verified", &order, to, None).for_contractor());
    ticket_follows(&mut tx, order.ticket, to).await?;
    Ok(tx.commit().await?)
}

/// It was not right: the same contractor goes on with the same order, and the ticket is opened again.
///
/// # Errors
/// `Conflict` unless it is done; `Invalid` without a reason, which the contractor reads.
pub async fn send_back(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, reason: &str) -> Result<()> {
    let reason =
        required(reason, "what is not right: the contractor reads it", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    let to = step_on(&mut tx, &order, Move::SendBack).await?;
    tx.record(moved("work_order:sent_back", &order, to, Some(&reason)).for_contractor());
    later::tell_contractor(&mut tx, &order, News::SentBack, Some(&reason)).await?;
    Ok(tx.commit().await?)
}

/// Calls the work off: offers are withdrawn, times taken off the calendar, everybody concerned is told, links end.
///
/// # Errors
/// `Conflict` once it is finished; `Invalid` without a reason, which the contractor reads.
pub async fn cancel(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, reason: &str) -> Result<()> {
    let reason =
        required(reason, "why it is cancelled: the contractor reads it", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    let to = order.status.after(Move::Cancel)?;
    for visit in sql::hold_open_visits(&mut tx, id).await? {
        let booked = visit.status.is_booked();
        if visit.status == VisitStatus::OnSite {
            sql::leave(&mut tx, visit.id).await?;
        } else {
            sql::set_visit(&mut tx, visit.id, VisitStatus::Cancelled, None, Some("The work was called off")).await?;
        }
        if booked {
            tell_of_visit(&mut tx, visit.order, visit.time, None, News::Cancelled, later::BOTH, Some("The work was called off")).await?;
        }
    }
    let waiting = sql::waiting_contractors(&mut tx, id).await?;
    for contractor in &waiting {
        if let Some(offer) = sql::hold_offer(&mut tx, id, *contractor).await? {
            sql::answer_offer(&mut tx, offer.id, domain::work_orders::OfferStatus::Withdrawn, None).await?;
        }
    }
    sql::cancel(&mut tx, id, &reason).await?;
    links::revoke_order(&mut tx, id, None).await?;
    tx.record(moved("work_order:cancelled", &order, to, Some(&reason)).for_contractor());
    if !waiting.is_empty() {
        later::tell_offers_ended(&mut tx, id).await?;
    }
    later::tell_contractor(&mut tx, &order, News::CalledOff, Some(&reason)).await?;
    ticket_follows(&mut tx, order.ticket, to).await?;
    Ok(tx.commit().await?)
}

pub(super) fn moved(kind: &'static str, order: &Held, to: domain::work_orders::Status, reason: Option<&str>) -> Event {
    event(kind, order)
        .data(json!({ "reference": order.reference, "from": order.status, "to": to, "reason": reason }))
        .change(json!({ "status": order.status }), json!({ "status": to, "reason": reason }))
}
