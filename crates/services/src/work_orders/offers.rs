//! An order is put to somebody, and what they say.

use db::OrgTx;
use domain::faults::Priority;
use domain::policy::Act;
use domain::time::london;
use domain::values::{clean_lines, required};
use domain::work_orders::{Move, OfferMove, OfferStatus, Reason, Status, Wanted, Weight, reasons};
use domain::{ContactId, OfferId, WorkOrderId};
use jiff::SignedDuration;
use jobs::Enqueue as _;
use serde_json::json;

use super::follow::{advance, event};
use super::later::{self, AcknowledgeLapses, ExpireOffer, News};
use super::order::{held, moved};
use super::sql::{self, Held};
use crate::auth::links::{self, Opens};
use crate::{Cx, Error, House, OnConstraint as _, Result, Staff, contractors};

/// An emergency must be acknowledged within this time, or it is put to somebody else as well.
pub const ACKNOWLEDGE_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// How long an offer stands unless staff say otherwise.
const URGENT_STANDS: SignedDuration = SignedDuration::from_hours(8);
const ROUTINE_STANDS: SignedDuration = SignedDuration::from_hours(48);
const MOST_AT_ONCE: usize = 20;

/// To whom an order is put, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// One, or several: then the first to accept gets it.
    pub contractors: Vec<ContactId>,
    /// A line for them.
    pub message: String,
    /// Hours until it expires; none: by priority.
    pub stands_for_hours: Option<u16>,
    /// Why somebody is asked although what is on record speaks against it.
    pub despite: String,
}

/// Puts an order to one contractor, or to several at once. An in-house team has it at once, without being asked.
///
/// # Errors
/// `Invalid` on `contractors` for somebody who cannot be sent (the sentence says why) or was asked already, and on `despite` where a reason is
/// needed; `Conflict` when somebody has it already, or somebody changed it since `version`.
pub async fn offer(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, offer: &Offer) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    put(cx.house(), &mut tx, &order, offer).await?;
    Ok(tx.commit().await?)
}

/// Offers it to one: what a coordinator calls assigning.
///
/// # Errors
/// As [`offer`].
pub async fn assign(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, contractor: ContactId, despite: &str) -> Result<()> {
    offer(cx, id, version, &Offer { contractors: vec![contractor], despite: despite.to_owned(), ..Offer::default() }).await
}

/// Sends somebody to an emergency without waiting for a time: it must be acknowledged within [`ACKNOWLEDGE_WITHIN`], else the ticket's owner is
/// told and an out-of-hours contractor is asked as well.
///
/// # Errors
/// As [`offer`]; `Conflict` for an order that is no emergency.
pub async fn dispatch(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, contractor: ContactId, despite: &str) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    if order.facts.priority != Priority::Emergency {
        return Err(Error::conflict(format!("{} is no emergency. Offer it, or raise its priority first.", order.reference)));
    }
    put(cx.house(), &mut tx, &order, &Offer { contractors: vec![contractor], despite: despite.to_owned(), ..Offer::default() }).await?;
    Ok(tx.commit().await?)
}

async fn put(house: &House, tx: &mut OrgTx, order: &Held, offer: &Offer) -> Result<()> {
    let mut ids = offer.contractors.clone();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Error::invalid("contractors", "Choose a contractor"));
    }
    if ids.len() > MOST_AT_ONCE {
        return Err(Error::invalid("contractors", format!("Choose at most {MOST_AT_ONCE} contractors at once")));
    }
    let status = order.status.after(Move::Offer).map_err(|wrong| match (order.contractor, order.status.is_live()) {
        (Some(_), true) => Error::conflict(format!("{} is with a contractor already. Take it back first.", order.reference)),
        _ => wrong.into(),
    })?;
    let despite = clean_lines(&offer.despite);
    let wanted = wanted(tx, order).await?;
    let mut taken_by = None;
    for id in &ids {
        let firm = contractors::firm(tx, *id, wanted.on)
            .await?
            .ok_or_else(|| Error::invalid("contractors", "Choose a contractor from the list"))?;
        let against = reasons(&firm, &wanted);
        refuse(&firm.name, &against, &despite)?;
        if firm.in_house {
            taken_by = Some((*id, firm.name.clone()));
        }
    }
    if taken_by.is_some() && ids.len() > 1 {
        return Err(Error::invalid("contractors", "Your own team takes an order at once: choose them alone, or others alone"));
    }
    let message = Some(clean_lines(&offer.message)).filter(|m| !m.is_empty());
    if message.as_ref().is_some_and(|m| m.chars().count() > 2_000) {
        return Err(Error::invalid("message", "The message must be 2000 characters or fewer"));
    }
    if let Some((team, name)) = taken_by {
        return give(house, tx, order, team, &name, &despite).await;
    }
    let emergency = order.facts.priority == Priority::Emergency;
    let stands = match (offer.stands_for_hours, order.facts.priority) {
        (Some(hours), _) => Some(SignedDuration::from_hours(i64::from(hours.clamp(1, 24 * 30)))),
        // An emergency's offer stands until somebody takes it: what lapses is the time to acknowledge it.
        (None, Priority::Emergency) => None,
        (None, Priority::Urgent) => Some(URGENT_STANDS),
        (None, Priority::Routine) => Some(ROUTINE_STANDS),
    };
    sql::stand(tx, order.id, status, None, None).await?;
    for id in &ids {
        let name = send(house, tx, order, *id, message.as_deref(), stands).await?;
        // Whom else it was put to is not for each of them to read.
        let kind = if emergency { "work_order:dispatched" } else { "work_order:offered" };
        let data = json!({ "reference": order.reference, "name": name, "reason": Some(&despite).filter(|d| !d.is_empty()) });
        tx.record(event(kind, order).data(data.clone()).created(json!({ "contractor": id, "despite": despite, "message": message })));
    }
    if emergency {
        let by = tx.now() + ACKNOWLEDGE_WITHIN;
        sql::acknowledge_by(tx, order.id, Some(by)).await?;
        tx.enqueue_at(&AcknowledgeLapses { work_order_id: order.id }, by).await?;
    }
    super::follow::ticket_follows(tx, order.ticket, status).await
}

/// What is wanted, for who can be sent: papers must be in date on the day the work is due, or today where that is past.
pub(crate) async fn wanted(tx: &mut OrgTx, order: &Held) -> Result<Wanted> {
    let today = london(tx.now()).date();
    let due = order.facts.due_at.map_or(today, |at| london(at).date());
    Ok(Wanted {
        category: order.facts.category,
        trade: order.facts.trade,
        priority: order.facts.priority,
        postcode: contractors::postcode(tx, order.property).await?,
        on: due.max(today),
    })
}

fn refuse(name: &str, against: &[Reason], despite: &str) -> Result<()> {
    let said = |weight: Weight| -> Vec<String> { against.iter().filter(|r| r.weight() == weight).map(Reason::words).collect() };
    let never = said(Weight::Never);
    if !never.is_empty() {
        return Err(Error::invalid("contractors", format!("{name} cannot be sent: {}.", never.join("; "))));
    }
    let barred = said(Weight::Bar);
    if !barred.is_empty() && despite.is_empty() {
        return Err(Error::invalid("despite", format!("{name}: {}. Say why they are asked all the same.", barred.join("; "))));
    }
    Ok(())
}

/// Writes one offer with its link, and the mail that carries it.
async fn send(
    house: &House,
    tx: &mut OrgTx,
    order: &Held,
    contractor: ContactId,
    message: Option<&str>,
    stands: Option<SignedDuration>,
) -> Result<String> {
    let firm = sql::firm(tx, contractor).await?.ok_or(Error::NotFound)?;
    let id = OfferId::from(domain::uuid_v7(tx.now(), crate::house::random()));
    let expires_at = stands.map(|s| tx.now() + s);
    sql::insert_offer(tx, id, order.id, contractor, OfferStatus::Sent, message, expires_at)
        .await
        .on_constraint("one_live_offer_each", || Error::invalid("contractors", format!("{} was asked already", firm.name)))?;
    if let Some(at) = expires_at {
        tx.enqueue_at(&ExpireOffer { offer_id: id }, at).await?;
    }
    let secret = links::make(tx, contractor, Opens::Order(order.id)).await?;
    later::mail_offer(house, tx, order, &firm, message, expires_at, &secret).await?;
    Ok(firm.name)
}

/// An in-house team has it at once.
async fn give(house: &House, tx: &mut OrgTx, order: &Held, team: ContactId, name: &str, despite: &str) -> Result<()> {
    // Whoever was asked before is told that it is gone.
    let waiting = sql::waiting_contractors(tx, order.id).await?;
    let id = OfferId::from(domain::uuid_v7(tx.now(), crate::house::random()));
    if !waiting.contains(&team) {
        sql::insert_offer(tx, id, order.id, team, OfferStatus::Accepted, None, None).await?;
    } else if let Some(asked) = sql::hold_offer(tx, order.id, team).await? {
        sql::answer_offer(tx, asked.id, asked.status.after(OfferMove::Accept)?, None).await?;
    }
    advance(tx, order, Move::Accept, Some(team), None).await?;
    if sql::end_other_offers(tx, order.id).await? > 0 {
        later::tell_offers_ended(tx, order.id).await?;
    }
    sql::acknowledge_by(tx, order.id, None).await?;
    let secret = links::make(tx, team, Opens::Order(order.id)).await?;
    let firm = sql::firm(tx, team).await?.ok_or(Error::NotFound)?;
    later::mail_offer(house, tx, order, &firm, None, None, &secret).await?;
    tx.record(
        moved("work_order:assigned", order, Status::Accepted, None)
            .data(json!({ "reference": order.reference, "name": name, "reason": Some(despite).filter(|d| !d.is_empty()) })),
    );
    Ok(())
}

/// Takes an offer back before it was answered.
///
/// # Errors
/// `NotFound`; `Conflict` when it was answered or has ended.
pub async fn withdraw(cx: &Cx<Staff>, id: OfferId) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let (order, contractor, _) = sql::offer(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let order = sql::hold(&mut tx, order).await?.ok_or(Error::NotFound)?;
    // Read again under the order's lock: it may have been accepted meanwhile.
    let (_, _, status) = sql::offer(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if status != OfferStatus::Sent {
        return Err(status
            .after(OfferMove::Withdraw)
            .map_or_else(Error::from, |_| Error::conflict("They have accepted it already. Take the work order back instead.")));
    }
    sql::answer_offer(&mut tx, id, OfferStatus::Withdrawn, None).await?;
    links::revoke_order(&mut tx, order.id, Some(contractor)).await?;
    let name = sql::firm(&mut tx, contractor).await?.map(|f| f.name);
    tx.record(
        event("work_order:withdrawn", &order).data(json!({ "reference": order.reference, "name": name })).created(json!({ "offer": id })),
    );
    later::tell_offers_ended(&mut tx, order.id).await?;
    fall_back(&mut tx, &order).await?;
    Ok(tx.commit().await?)
}

/// Takes the order back from the contractor who has it; it is a draft again.
///
/// # Errors
/// `Conflict` unless somebody has it and has not begun; `Invalid` without a reason, which the contractor reads.
pub async fn take_back(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, reason: &str) -> Result<()> {
    let reason =
        required(reason, "why it is taken back: the contractor reads it", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    let contractor = order.contractor.ok_or_else(|| Error::conflict("Nobody has this work order."))?;
    order.status.after(Move::Release)?;
    super::visits::clear(&mut tx, &order, "The work order was taken back", later::TENANT).await?;
    if let Some(offer) = sql::hold_offer(&mut tx, id, contractor).await?
        && offer.status == OfferStatus::Accepted
    {
        sql::answer_offer(&mut tx, offer.id, OfferStatus::Withdrawn, None).await?;
    }
    let name = sql::firm(&mut tx, contractor).await?.map(|f| f.name);
    later::tell_contractor(&mut tx, &order, News::TakenBack, Some(&reason)).await?;
    let order = sql::hold(&mut tx, id).await?.ok_or(Error::NotFound)?;
    advance(&mut tx, &order, Move::Release, None, None).await?;
    links::revoke_order(&mut tx, id, Some(contractor)).await?;
    tx.record(
        moved("work_order:taken_back", &order, Status::Draft, Some(&reason))
            .data(json!({ "reference": order.reference, "name": name, "reason": reason })),
    );
    Ok(tx.commit().await?)
}

/// What an accepting contractor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    Now,
    /// They had it already: pressing twice is no mistake.
    Before,
}

/// The asking contractor takes the order. Of many at once exactly one has it: they queue at the order's row, and the first ends the others' offers.
pub(super) async fn accept_in(tx: &mut OrgTx, me: ContactId, id: WorkOrderId) -> Result<Accepted> {
    let Some(order) = sql::hold(tx, id).await? else { return Err(gone(tx, id).await?) };
    match order.contractor {
        Some(holder) if holder == me && order.status.is_allocated() => return Ok(Accepted::Before),
        Some(holder) if holder != me => return Err(taken(&order.reference)),
        _ => {}
    }
    let Some(offer) = sql::hold_offer(tx, id, me).await? else { return Err(Error::NotFound) };
    let accepted = offer.status.after(OfferMove::Accept).map_err(|_| said_of(offer.status, &order.reference))?;
    // The order first: row-level security shows it by the offer while nobody has it, and by its contractor from then on.
    advance(tx, &order, Move::Accept, Some(me), None).await?;
    sql::answer_offer(tx, offer.id, accepted, None).await?;
    if sql::end_other_offers(tx, id).await? > 0 {
        later::tell_offers_ended(tx, id).await?;
    }
    tx.record(moved("work_order:accepted", &order, Status::Accepted, None).for_contractor());
    Ok(Accepted::Now)
}

/// The asking contractor says no, or hands it back after all. The reason is for staff.
pub(super) async fn decline_in(tx: &mut OrgTx, me: ContactId, id: WorkOrderId, reason: &str) -> Result<()> {
    let reason = required(reason, "why, so that we can ask somebody else", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let Some(order) = sql::hold(tx, id).await? else { return Err(gone(tx, id).await?) };
    let Some(offer) = sql::hold_offer(tx, id, me).await? else { return Err(Error::NotFound) };
    let declined = offer.status.after(OfferMove::Decline).map_err(|_| said_of(offer.status, &order.reference))?;
    let data = json!({ "reference": order.reference, "reason": reason });
    if offer.status == OfferStatus::Accepted {
        order.status.after(Move::Release)?;
        super::visits::clear(tx, &order, "The contractor cannot come", later::TENANT).await?;
        let order = sql::hold(tx, id).await?.ok_or(Error::NotFound)?;
        sql::answer_offer(tx, offer.id, declined, Some(&reason)).await?;
        advance(tx, &order, Move::Release, None, None).await?;
        tx.record(moved("work_order:handed_back", &order, Status::Draft, Some(&reason)).data(data));
    } else {
        sql::answer_offer(tx, offer.id, declined, Some(&reason)).await?;
        tx.record(event("work_order:declined", &order).data(data.clone()).created(data));
        fall_back(tx, &order).await?;
    }
    links::revoke_order(tx, id, Some(me)).await
}

/// When no offer is left, the order is a draft again and its ticket goes back to triage.
pub(super) async fn fall_back(tx: &mut OrgTx, order: &Held) -> Result<()> {
    if order.status == Status::Offered && sql::fell_away(tx, order.id).await? {
        super::follow::ticket_follows(tx, order.ticket, order.status.after(Move::FallBack)?).await?;
    }
    Ok(())
}

fn taken(reference: &str) -> Error {
    Error::conflict(format!("Another contractor accepted {reference} first, so it is not yours to do. There is nothing more to do here."))
}

fn said_of(status: OfferStatus, reference: &str) -> Error {
    Error::conflict(match status {
        OfferStatus::Declined => format!("You have declined {reference}. Ring the office if you can do it after all."),
        OfferStatus::Expired => format!("The offer of {reference} has expired. Ring the office if you can still do it."),
        OfferStatus::Withdrawn => format!("{reference} is no longer open: it was withdrawn, or given to somebody else."),
        OfferStatus::Sent | OfferStatus::Accepted => format!("{reference} is not waiting for this answer."),
    })
}

/// Why an order that was put to the asker is not there any more, or that it never was theirs to see.
pub(super) async fn gone(tx: &mut OrgTx, id: WorkOrderId) -> Result<Error> {
    Ok(match sql::fate(tx, id).await? {
        Some(fate) if fate.taken && fate.offer == OfferStatus::Withdrawn => taken(&fate.reference),
        Some(fate) => said_of(fate.offer, &fate.reference),
        None => Error::NotFound,
    })
}
