//! What happens by itself: offers and holds that end, emergencies nobody acknowledges, and mails to whoever is concerned.
//!
//! A contractor's transaction cannot see the tenant's address, nor a tenant's the contractor's. So what they cause is noted as a job, with all that
//! was true then, and the worker writes the mail with eyes of its own.

use db::OrgTx;
use domain::events::Event;
use domain::policy::Act;
use domain::time::{date_time, london, long_date};
use domain::values::EmailAddress;
use domain::work_orders::{OfferMove, OfferStatus, Status, Time, VisitMove, VisitStatus};
use domain::{ContactId, OfferId, VisitId, WorkOrderId};
use jiff::Timestamp;
use jobs::{Enqueue as _, Job, JobCx, JobError, Registry, RegistryError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::follow::event;
use super::offers::fall_back;
use super::sql::{self, Firm, Held};
use crate::auth::links::{self, Opens};
use crate::mail::{self, Mail, Template};
use crate::{Cx, Error, House, Result, System, contractors, email};

const OFFER: Template = email!("offer");
const OFFER_ENDED: Template = email!("offer_ended");
const VISIT_TENANT: Template = email!("visit_tenant");
const VISIT_CONTRACTOR: Template = email!("visit_contractor");
const NOT_ACKNOWLEDGED: Template = email!("not_acknowledged");

/// Ends an offer that was not answered in time.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireOffer {
    pub offer_id: OfferId,
}
impl Job for ExpireOffer {
    const KIND: &'static str = "expire-offer";
}

/// Lets go of a time that the tenant picked and nobody confirmed.
#[derive(Debug, Serialize, Deserialize)]
pub struct LetGoOfVisit {
    pub visit_id: VisitId,
}
impl Job for LetGoOfVisit {
    const KIND: &'static str = "let-go-of-visit";
}

/// An emergency's time to be acknowledged is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct AcknowledgeLapses {
    pub work_order_id: WorkOrderId,
}
impl Job for AcknowledgeLapses {
    const KIND: &'static str = "acknowledge-lapses";
}

/// Who is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    Tenant,
    Contractor,
}
pub(super) const TENANT: &[To] = &[To::Tenant];
pub(super) const CONTRACTOR: &[To] = &[To::Contractor];
pub(super) const BOTH: &[To] = &[To::Tenant, To::Contractor];

/// What they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    Proposed,
    Picked,
    Booked,
    Moved,
    Cancelled,
    OnTheWay,
    NoAccess,
    /// The order itself: not right yet.
    SentBack,
    TakenBack,
    CalledOff,
}

/// Tells of a visit, or of an order's turn, with all that was true when it happened.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellOfVisit {
    pub work_order_id: WorkOrderId,
    pub news: News,
    pub to: To,
    #[serde(default)]
    pub time: Option<Time>,
    #[serde(default)]
    pub was: Option<Time>,
    #[serde(default)]
    pub words: Option<String>,
    /// Whom it was with then: an order that was taken back has nobody any more.
    #[serde(default)]
    pub contractor_id: Option<ContactId>,
}
impl Job for TellOfVisit {
    const KIND: &'static str = "tell-of-visit";
}

/// Tells those whose offers ended at a moment that there is nothing more to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellOfferEnded {
    pub work_order_id: WorkOrderId,
    pub ended_at: Timestamp,
}
impl Job for TellOfferEnded {
    const KIND: &'static str = "tell-offer-ended";
}

/// Registers this room's jobs.
pub fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<ExpireOffer, _, _>(move |job, it| {
        let house = here.clone();
        async move { expire_offer_now(&Cx::system(&house, job.org()?, ExpireOffer::KIND), &job, it.offer_id).await }
    })?;
    let here = house.clone();
    registry.add::<LetGoOfVisit, _, _>(move |job, it| {
        let house = here.clone();
        async move { let_go_now(&Cx::system(&house, job.org()?, LetGoOfVisit::KIND), &job, it.visit_id).await }
    })?;
    let here = house.clone();
    registry.add::<AcknowledgeLapses, _, _>(move |job, it| {
        let house = here.clone();
        async move { lapsed_now(&Cx::system(&house, job.org()?, AcknowledgeLapses::KIND), &job, it.work_order_id).await }
    })?;
    let here = house.clone();
    registry.add::<TellOfVisit, _, _>(move |job, it| {
        let house = here.clone();
        async move { tell_now(&Cx::system(&house, job.org()?, TellOfVisit::KIND), &job, &it).await }
    })?;
    let here = house.clone();
    registry.add::<TellOfferEnded, _, _>(move |job, it| {
        let house = here.clone();
        async move { tell_ended_now(&Cx::system(&house, job.org()?, TellOfferEnded::KIND), &job, &it).await }
    })?;
    Ok(())
}

/// Has whoever is concerned told once `tx` has committed.
pub(super) async fn tell_of_visit(
    tx: &mut OrgTx,
    order: WorkOrderId,
    time: Time,
    was: Option<Time>,
    news: News,
    whom: &'static [To],
    words: Option<&str>,
) -> Result<()> {
    for to in whom {
        let job = TellOfVisit {
            work_order_id: order,
            news,
            to: *to,
            time: Some(time),
            was,
            words: words.map(ToOwned::to_owned),
            contractor_id: None,
        };
        tx.enqueue(&job).await?;
    }
    Ok(())
}

/// Has the contractor who holds `order` told of its turn; nobody where nobody does.
pub(super) async fn tell_contractor(tx: &mut OrgTx, order: &Held, news: News, words: Option<&str>) -> Result<()> {
    if order.contractor.is_some() {
        let words = words.map(ToOwned::to_owned);
        let contractor_id = order.contractor;
        tx.enqueue(&TellOfVisit { work_order_id: order.id, news, to: To::Contractor, time: None, was: None, words, contractor_id }).await?;
    }
    Ok(())
}

/// Has those told whose offers end in this transaction.
pub(super) async fn tell_offers_ended(tx: &mut OrgTx, order: WorkOrderId) -> Result<()> {
    let ended_at = tx.now();
    tx.enqueue(&TellOfferEnded { work_order_id: order, ended_at }).await?;
    Ok(())
}

fn address(email: Option<&str>) -> Option<EmailAddress> {
    email.and_then(EmailAddress::parse)
}

/// Writes the mail that carries an order's link; nothing for a firm without an address, whom staff ring.
pub(super) async fn mail_offer(
    house: &House,
    tx: &mut OrgTx,
    order: &Held,
    firm: &Firm,
    message: Option<&str>,
    expires_at: Option<Timestamp>,
    secret: &str,
) -> Result<()> {
    let Some(to) = address(firm.email.as_deref()) else { return Ok(()) };
    let emergency = order.facts.priority == domain::faults::Priority::Emergency;
    let place = contractors::area(tx, order.property).await?;
    let context = json!({
        "name": firm.name, "reference": order.reference, "title": order.facts.title, "place": place, "emergency": emergency,
        "assigned": firm.in_house, "wants_quote": order.facts.wants_quote, "message": message,
        "due": order.facts.due_at.map(|at| long_date(london(at).date())),
        "answer_by": expires_at.map(|at| date_time(at, tx.now())),
        "minutes": emergency.then_some(super::ACKNOWLEDGE_WITHIN.as_mins()),
        "link": house.url(&format!("/w/{secret}")),
    });
    mail::send_link_later(house, tx, Mail { template: &OFFER, to: &to, lang: "en-GB", ticket: None, context }).await?;
    Ok(())
}

async fn expire_offer_now(cx: &Cx<System>, job: &JobCx, id: OfferId) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some((order, contractor, _)) = sql::offer(&mut tx, id).await? else { return Ok(()) };
    let Some(order) = sql::hold(&mut tx, order).await? else { return Ok(()) };
    // Under the order's lock: whoever accepted a moment before has it.
    let Some((_, _, OfferStatus::Sent)) = sql::offer(&mut tx, id).await? else { return Ok(()) };
    let expired = OfferStatus::Sent.after(OfferMove::Expire).map_err(Error::from)?;
    sql::answer_offer(&mut tx, id, expired, None).await?;
    links::revoke_order(&mut tx, order.id, Some(contractor)).await?;
    let name = sql::firm(&mut tx, contractor).await?.map(|f| f.name);
    tx.record(
        event("work_order:offer_expired", &order)
            .data(json!({ "reference": order.reference, "name": name }))
            .created(json!({ "offer": id })),
    );
    tell_offers_ended(&mut tx, order.id).await?;
    fall_back(&mut tx, &order).await?;
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

async fn let_go_now(cx: &Cx<System>, job: &JobCx, id: VisitId) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(order) = sql::order_of_visit(&mut tx, id).await? else { return Ok(()) };
    let Some(order) = sql::hold(&mut tx, order).await? else { return Ok(()) };
    // Somebody who booked in between may have let go of it already; then it is said all the same, once, by this job.
    let Some(visit) = sql::hold_visit(&mut tx, id).await? else { return Ok(()) };
    let past = visit.held_until.is_none_or(|until| until <= tx.now());
    match visit.status {
        VisitStatus::Held if past => {
            let to = visit.status.after(VisitMove::LetGo).map_err(Error::from)?;
            sql::set_visit(&mut tx, id, to, None, None).await?;
        }
        VisitStatus::Proposed if order.status == Status::Accepted => {}
        _ => return Ok(()),
    }
    tx.record(
        Event::of_order("visit:let_go", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "when": visit.time.said(), "time": visit.time })),
    );
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// Nobody has acknowledged an emergency: the ticket's owner hears of it, and the first out-of-hours contractor who can be sent and was not asked
/// yet is asked as well. The offers that stand go on standing.
async fn lapsed_now(cx: &Cx<System>, job: &JobCx, id: WorkOrderId) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(order) = sql::hold(&mut tx, id).await? else { return Ok(()) };
    if order.status != Status::Offered {
        return Ok(());
    }
    sql::escalated(&mut tx, id).await?;
    let wanted = super::offers::wanted(&mut tx, &order).await?;
    let next = contractors::out_of_hours(&mut tx, id, &wanted).await?;
    let mut asked = None;
    if let Some(contractor) = next
        && let Some(firm) = sql::firm(&mut tx, contractor).await?
    {
        let offer = OfferId::from(domain::uuid_v7(tx.now(), crate::house::random()));
        sql::insert_offer(&mut tx, offer, id, contractor, OfferStatus::Sent, None, None).await?;
        let secret = links::make(&mut tx, contractor, Opens::Order(id)).await?;
        mail_offer(cx.house(), &mut tx, &order, &firm, None, None, &secret).await?;
        tx.record(event("work_order:dispatched", &order).data(json!({ "reference": order.reference, "name": firm.name })));
        // The next lapse asks the next one; with nobody left it only tells again.
        let by = tx.now() + super::ACKNOWLEDGE_WITHIN;
        sql::acknowledge_by(&mut tx, id, Some(by)).await?;
        tx.enqueue_at(&AcknowledgeLapses { work_order_id: id }, by).await.map_err(Error::from)?;
        asked = Some(firm.name);
    }
    tx.record(event("work_order:escalated", &order).data(json!({ "reference": order.reference, "asked": asked })));
    for (name, email) in sql::watchers(&mut tx, order.ticket).await? {
        let Some(to) = EmailAddress::parse(&email) else { continue };
        let context = json!({
            "name": name, "reference": order.reference, "title": order.facts.title, "asked": asked,
            "link": cx.house().url(&format!("/work-orders/{id}")),
        });
        mail::send_later(&mut tx, Mail { template: &NOT_ACKNOWLEDGED, to: &to, lang: "en-GB", ticket: None, context }).await?;
    }
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

async fn tell_now(cx: &Cx<System>, job: &JobCx, it: &TellOfVisit) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(order) = sql::hold(&mut tx, it.work_order_id).await? else { return Ok(()) };
    let said = |t: Option<Time>| t.map(|t| t.said());
    let mut context = json!({
        "news": it.news, "reference": order.reference, "title": order.facts.title, "when": said(it.time), "was": said(it.was), "words": it.words,
    });
    let mut put = |key: &str, value: serde_json::Value| {
        if let Some(map) = context.as_object_mut() {
            map.insert(key.to_owned(), value);
        }
    };
    match it.to {
        To::Tenant => {
            let Some(household) = sql::household(&mut tx, order.id).await? else { return Ok(()) };
            let Some(to) = address(household.email.as_deref()) else { return Ok(()) };
            put("name", json!(household.name));
            put("firm", json!(firm_name(&mut tx, order.contractor).await?));
            put("link", json!(order.ticket.map(|t| cx.house().url(&format!("/repairs/{t}")))));
            mail::send_later(&mut tx, Mail { template: &VISIT_TENANT, to: &to, lang: "en-GB", ticket: order.ticket, context }).await?;
        }
        To::Contractor => {
            let Some(contractor) = it.contractor_id.or(order.contractor) else { return Ok(()) };
            let Some(firm) = sql::firm(&mut tx, contractor).await? else { return Ok(()) };
            let Some(to) = address(firm.email.as_deref()) else { return Ok(()) };
            put("name", json!(firm.name));
            let still_theirs = order.contractor == Some(contractor) && order.status != Status::Cancelled;
            if still_theirs {
                let secret = links::make(&mut tx, contractor, Opens::Order(order.id)).await?;
                put("link", json!(cx.house().url(&format!("/w/{secret}"))));
                mail::send_link_later(
                    cx.house(),
                    &mut tx,
                    Mail { template: &VISIT_CONTRACTOR, to: &to, lang: "en-GB", ticket: None, context },
                )
                .await?;
            } else {
                put("link", serde_json::Value::Null);
                mail::send_later(&mut tx, Mail { template: &VISIT_CONTRACTOR, to: &to, lang: "en-GB", ticket: None, context }).await?;
            }
        }
    }
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

async fn firm_name(tx: &mut OrgTx, contractor: Option<ContactId>) -> Result<Option<String>> {
    match contractor {
        Some(id) => Ok(sql::firm(tx, id).await?.map(|f| f.name)),
        None => Ok(None),
    }
}

async fn tell_ended_now(cx: &Cx<System>, job: &JobCx, it: &TellOfferEnded) -> Result<(), JobError> {
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let Some(order) = sql::hold(&mut tx, it.work_order_id).await? else { return Ok(()) };
    for contractor in sql::ended_at(&mut tx, order.id, it.ended_at).await? {
        let Some(firm) = sql::firm(&mut tx, contractor).await? else { continue };
        let Some(to) = address(firm.email.as_deref()) else { continue };
        let context = json!({ "name": firm.name, "reference": order.reference, "title": order.facts.title });
        mail::send_later(&mut tx, Mail { template: &OFFER_ENDED, to: &to, lang: "en-GB", ticket: None, context }).await?;
    }
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}
