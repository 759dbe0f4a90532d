//! Work orders, their offers and visits, and whom contractors send: for staff, and for contractors with a log-in.

use domain::policy::Role;
use domain::work_orders::{
    CalendarVisit, Candidate, Card, CompletionForm, ContractorOrder, Detail, Filter, OfferLine, Operative, OperativeForm, OrderForm,
    SlotForm, Time, VisitLine, VisitStatus,
};
use domain::{ContactId, OfferId, OperativeId, PropertyId, TicketId, UnitId, VisitId, WorkOrderId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use services::auth::Visitor;
use services::estate::Slice;
use services::work_orders::portal::{self, Action, Outcome, Seen};
use services::work_orders::{self as orders, Offer, Place, Proposal, Span};
use services::{Contractor, Cx, Error, House, Staff, contractors};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::{NothingOut, renamed};
use super::fields::{Sent, put, put_pence, sent};
use super::tickets::TimelineEventOut;
use crate::answer::{Answer, Done, Envelope, List, Refused};
use crate::extract::{Audience, Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change))
        .routes(routes!(assign))
        .routes(routes!(schedule))
        .routes(routes!(complete))
        .routes(routes!(put_offers))
        .routes(routes!(withdraw_offer))
        .routes(routes!(candidates))
        .routes(routes!(propose))
        .routes(routes!(verify))
        .routes(routes!(send_back))
        .routes(routes!(cancel))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(act))
        .routes(routes!(calendar))
        .routes(routes!(move_visit))
        .routes(routes!(confirm_visit))
        .routes(routes!(cancel_visit))
        .routes(routes!(operatives, add_operative))
        .routes(routes!(change_operative))
}

/// Those who see an order: staff, and the contractor whose it is.
const SEEING: &[Role] = &[Role::SuperAdmin, Role::OrgAdmin, Role::Coordinator, Role::Viewer, Role::Contractor];
/// Those who finish one.
const FINISHING: &[Role] = &[Role::OrgAdmin, Role::Coordinator, Role::Contractor];
const CONTRACTORS: &[Role] = &[Role::Contractor];

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/work-orders", STAFF),
    Row::to("POST", "/api/v1/work-orders", COORDINATORS),
    Row::to("GET", "/api/v1/work-orders/{id}", SEEING),
    Row::to("PATCH", "/api/v1/work-orders/{id}", COORDINATORS),
    Row::to("PATCH", "/api/v1/work-orders/{id}/assign", COORDINATORS),
    Row::to("PATCH", "/api/v1/work-orders/{id}/schedule", COORDINATORS),
    Row::to("POST", "/api/v1/work-orders/{id}/complete", FINISHING),
    Row::to("POST", "/api/v1/work-orders/{id}/offers", COORDINATORS),
    Row::to("DELETE", "/api/v1/offers/{id}", COORDINATORS),
    Row::to("GET", "/api/v1/work-orders/{id}/candidates", STAFF),
    Row::to("POST", "/api/v1/work-orders/{id}/proposals", COORDINATORS),
    Row::to("POST", "/api/v1/work-orders/{id}/verify", COORDINATORS),
    Row::to("POST", "/api/v1/work-orders/{id}/send-back", COORDINATORS),
    Row::to("POST", "/api/v1/work-orders/{id}/cancel", COORDINATORS),
    Row::to("POST", "/api/v1/work-orders/{id}/accept", CONTRACTORS),
    Row::to("POST", "/api/v1/work-orders/{id}/decline", CONTRACTORS),
    Row::to("POST", "/api/v1/work-orders/{id}/actions", CONTRACTORS),
    Row::to("GET", "/api/v1/visits", STAFF),
    Row::to("PATCH", "/api/v1/visits/{id}", COORDINATORS),
    Row::to("POST", "/api/v1/visits/{id}/confirm", COORDINATORS),
    Row::to("POST", "/api/v1/visits/{id}/cancel", COORDINATORS),
    Row::to("GET", "/api/v1/contacts/{id}/operatives", STAFF),
    Row::to("POST", "/api/v1/contacts/{id}/operatives", COORDINATORS),
    Row::to("PATCH", "/api/v1/contacts/{id}/operatives/{operative}", COORDINATORS),
];

/// Staff, or the contractor whose order it is.
#[derive(Clone, Debug)]
pub(crate) enum Worker {
    Staff(Cx<Staff>),
    Contractor(Cx<Contractor>),
}

impl Audience for Worker {
    fn of(visitor: Visitor) -> Result<Self, Error> {
        match visitor.clone().staff() {
            Ok(staff) => Ok(Self::Staff(staff)),
            Err(_) => visitor.contractor().map(Self::Contractor),
        }
    }
}

fn text(at: Timestamp) -> String {
    at.to_string()
}

/// A work order in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkOrderListed {
    id: Uuid,
    /// What people quote: `WO-1204`.
    reference: String,
    title: String,
    /// DRAFT, OFFERED, ACCEPTED, SCHEDULED, IN_PROGRESS, DONE, VERIFIED or CANCELLED.
    status: &'static str,
    priority: &'static str,
    category: &'static str,
    ticket_id: Option<Uuid>,
    address: String,
    postcode: String,
    contractor_id: Option<Uuid>,
    contractor: Option<String>,
    /// The next agreed time, or the one that is going on.
    #[schema(format = DateTime)]
    scheduled_start_at: Option<String>,
    #[schema(format = DateTime)]
    scheduled_end_at: Option<String>,
    #[schema(format = DateTime)]
    due_at: Option<String>,
    overdue: bool,
    /// What was approved, net, in pence.
    value_pence: Option<i64>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Card> for WorkOrderListed {
    fn from(c: Card) -> Self {
        Self {
            id: c.id.uuid(),
            reference: c.reference,
            title: c.title,
            status: c.status.as_str(),
            priority: c.priority.as_str(),
            category: c.category.as_str(),
            ticket_id: c.ticket.map(|t| t.id.uuid()),
            address: c.place,
            postcode: c.postcode,
            contractor_id: c.contractor.as_ref().map(|n| n.id.uuid()),
            contractor: c.contractor.map(|n| n.name),
            scheduled_start_at: c.visit.map(|v| text(v.starts_at)),
            scheduled_end_at: c.visit.map(|v| text(v.ends_at)),
            due_at: c.due_at.map(text),
            overdue: c.overdue,
            value_pence: c.value.map(|p| p.0),
            created_at: text(c.created_at),
        }
    }
}

/// A work order with its offers, visits and timeline. A contractor sees their own offer alone, and no ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkOrderOut {
    id: Uuid,
    /// The same as `id`.
    work_order_id: Uuid,
    /// Also sent as `ETag`; send it back as `If-Match` with a change.
    version: i32,
    reference: String,
    status: &'static str,
    title: String,
    description: String,
    category: &'static str,
    trade: Option<&'static str>,
    priority: &'static str,
    ticket_id: Option<Uuid>,
    property_id: Uuid,
    unit_id: Option<Uuid>,
    address: String,
    postcode: String,
    contractor_id: Option<Uuid>,
    contractor: Option<String>,
    operative_id: Option<Uuid>,
    operative: Option<String>,
    /// Not to be passed without an approved quote, in pence.
    spend_limit_pence: Option<i64>,
    /// What was approved, net, in pence.
    value_pence: Option<i64>,
    wants_quote: bool,
    photos_required: i16,
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The next agreed time, or the one that is going on.
    #[schema(format = DateTime)]
    scheduled_start_at: Option<String>,
    #[schema(format = DateTime)]
    scheduled_end_at: Option<String>,
    /// What still keeps it from being done, a sentence each.
    missing: Vec<String>,
    next_step: NextStepOut,
    offers: Vec<OfferOut>,
    visits: Vec<VisitOut>,
    /// Oldest first.
    timeline: Vec<TimelineEventOut>,
}

/// Whose move it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NextStepOut {
    /// `staff`, `contractor`, `tenant` or `nobody`.
    who: &'static str,
    what: String,
    #[schema(format = DateTime)]
    by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfferOut {
    id: Uuid,
    contractor_id: Uuid,
    contractor: String,
    /// SENT, ACCEPTED, DECLINED, WITHDRAWN or EXPIRED.
    status: &'static str,
    decline_reason: Option<String>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<OfferLine> for OfferOut {
    fn from(o: OfferLine) -> Self {
        Self {
            id: o.id.uuid(),
            contractor_id: o.contractor.id.uuid(),
            contractor: o.contractor.name,
            status: o.status.as_str(),
            decline_reason: o.decline_reason,
            expires_at: o.expires_at.map(text),
            created_at: text(o.created_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VisitOut {
    id: Uuid,
    version: i32,
    /// FIXED, AM (8 to 12), PM (12 to 17) or SCHOOL_RUN (9:30 to 14:30), London time.
    slot: &'static str,
    #[schema(format = DateTime)]
    starts_at: String,
    #[schema(format = DateTime)]
    ends_at: String,
    /// PROPOSED, HELD, CONFIRMED, ON_SITE, DONE, NO_ACCESS or CANCELLED.
    status: &'static str,
    operative_id: Option<Uuid>,
    #[schema(format = DateTime)]
    held_until: Option<String>,
    attempt: i32,
    outcome_note: Option<String>,
}

impl From<VisitLine> for VisitOut {
    fn from(v: VisitLine) -> Self {
        Self {
            id: v.id.uuid(),
            version: v.version,
            slot: v.time.slot.as_str(),
            starts_at: text(v.time.starts_at),
            ends_at: text(v.time.ends_at),
            status: v.status.as_str(),
            operative_id: v.operative.map(|o| o.id.uuid()),
            held_until: v.held_until.map(text),
            attempt: v.attempt,
            outcome_note: v.outcome_note,
        }
    }
}

/// The time that is going on, else the next that is agreed.
fn agreed(visits: &[VisitLine]) -> Option<Time> {
    let of = |status: VisitStatus| visits.iter().find(|v| v.status == status).map(|v| v.time);
    of(VisitStatus::OnSite).or_else(|| of(VisitStatus::Confirmed))
}

impl From<Detail> for WorkOrderOut {
    fn from(d: Detail) -> Self {
        let time = agreed(&d.visits);
        Self {
            id: d.id.uuid(),
            work_order_id: d.id.uuid(),
            version: d.version,
            reference: d.reference,
            status: d.status.as_str(),
            title: d.facts.title,
            description: d.facts.description,
            category: d.facts.category.as_str(),
            trade: d.facts.trade.map(domain::faults::Trade::as_str),
            priority: d.facts.priority.as_str(),
            ticket_id: d.ticket.map(|t| t.id.uuid()),
            property_id: d.place.property.uuid(),
            unit_id: d.place.unit.map(UnitId::uuid),
            address: d.place.address,
            postcode: d.place.postcode,
            contractor_id: d.contractor.as_ref().map(|n| n.id.uuid()),
            contractor: d.contractor.map(|n| n.name),
            operative_id: d.operative.as_ref().map(|n| n.id.uuid()),
            operative: d.operative.map(|n| n.name),
            spend_limit_pence: d.facts.spend_limit.map(|p| p.0),
            value_pence: d.value.map(|p| p.0),
            wants_quote: d.facts.wants_quote,
            photos_required: d.facts.photos_required,
            due_at: d.facts.due_at.map(text),
            scheduled_start_at: time.map(|t| text(t.starts_at)),
            scheduled_end_at: time.map(|t| text(t.ends_at)),
            missing: d.gate.missing,
            next_step: NextStepOut { who: d.next.who.as_str(), what: d.next.what, by: d.next.by.map(text) },
            offers: d.offers.into_iter().map(Into::into).collect(),
            visits: d.visits.into_iter().map(Into::into).collect(),
            timeline: d.timeline.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ContractorOrder> for WorkOrderOut {
    fn from(d: ContractorOrder) -> Self {
        let time = agreed(&d.visits);
        let mine = d.offer.as_ref().map(|o| o.contractor.id.uuid()).filter(|_| d.allocated || d.status.is_finished());
        Self {
            id: d.id.uuid(),
            work_order_id: d.id.uuid(),
            version: d.version,
            reference: d.reference,
            status: d.status.as_str(),
            title: d.title,
            description: d.description,
            category: d.category.as_str(),
            trade: d.trade.map(domain::faults::Trade::as_str),
            priority: d.priority.as_str(),
            ticket_id: None,
            property_id: d.place.property.uuid(),
            unit_id: d.place.unit.map(UnitId::uuid),
            address: d.place.address,
            postcode: d.place.postcode,
            contractor_id: mine,
            contractor: None,
            operative_id: d.operative.as_ref().map(|n| n.id.uuid()),
            operative: d.operative.map(|n| n.name),
            spend_limit_pence: d.spend_limit.map(|p| p.0),
            value_pence: d.value.map(|p| p.0),
            wants_quote: d.wants_quote,
            photos_required: d.photos_required,
            due_at: d.due_at.map(text),
            scheduled_start_at: time.map(|t| text(t.starts_at)),
            scheduled_end_at: time.map(|t| text(t.ends_at)),
            missing: d.gate.missing,
            next_step: NextStepOut { who: d.next.who.as_str(), what: d.next.what, by: d.next.by.map(text) },
            offers: d.offer.into_iter().map(Into::into).collect(),
            visits: d.visits.into_iter().map(Into::into).collect(),
            timeline: d.timeline.into_iter().map(Into::into).collect(),
        }
    }
}

async fn out(me: &Cx<Staff>, id: WorkOrderId) -> Answer<WorkOrderOut> {
    let seen = orders::detail(me, id).await?;
    let version = seen.version;
    Ok(Done::ok(WorkOrderOut::from(seen)).version(version))
}

fn seen_out(seen: Seen) -> Answer<WorkOrderOut> {
    match seen {
        Seen::Here(order) => {
            let version = order.version;
            Ok(Done::ok(WorkOrderOut::from(*order)).version(version))
        }
        Seen::Gone(gone) => Err(Error::conflict(format!("{}: {}", gone.reference, gone.why)).into()),
    }
}

/// Does one thing as a contractor; what was overtaken is a conflict.
async fn acted(me: &Cx<Contractor>, id: WorkOrderId, action: &Action, key: Option<Uuid>) -> Result<Seen, Refused> {
    let acted = portal::act(me, id, action, key).await?;
    match acted.outcome {
        Outcome::Done | Outcome::Replayed => Ok(acted.now),
        Outcome::Overtaken(sentence) => Err(Error::Conflict(sentence).into()),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkOrdersQuery {
    /// A status; OPEN for all but VERIFIED and CANCELLED; ALL (the default).
    status: Option<String>,
    /// Theirs, or waiting for their answer.
    contractor_id: Option<String>,
    ticket_id: Option<String>,
    property_id: Option<String>,
    /// `true`: live and past its day.
    overdue: Option<String>,
    /// `true`: with a contractor and without a time.
    unscheduled: Option<String>,
    /// `true`: raised by the caller, or of their tickets.
    mine: Option<String>,
    /// Words of reference, title, address, postcode or contractor.
    search: Option<String>,
    /// From `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 unless told otherwise.
    limit: Option<u16>,
}

/// Lists work orders, newest first.
#[utoipa::path(get, path = "/work-orders", tag = "work orders", security(("bearer" = [])), params(WorkOrdersQuery), responses((status = 200, body = Envelope<List<WorkOrderListed>>)))]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(asked): Query<WorkOrdersQuery>) -> Answer<List<WorkOrderListed>> {
    let (filter, errors) = Filter::read(Filter::default(), |name| match name {
        "status" => asked.status.clone(),
        "contractor" => asked.contractor_id.clone(),
        "ticket" => asked.ticket_id.clone(),
        "property" => asked.property_id.clone(),
        "overdue" => asked.overdue.clone(),
        "unscheduled" => asked.unscheduled.clone(),
        "mine" => asked.mine.clone(),
        "search" => asked.search.clone(),
        _ => None,
    });
    errors.check().map_err(Error::from)?;
    let slice = Slice { size: asked.limit.unwrap_or(50), ..Slice::after(asked.cursor.as_deref().unwrap_or_default()) };
    Ok(Done::ok(List::of(orders::list(&me, &filter, &slice).await?, Into::into)))
}

/// What is to be done. From a ticket, what is not sent is the ticket's.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct WorkOrderIn {
    /// The ticket; or a home, or a property alone for what a building shares.
    ticket_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    property_id: Option<Uuid>,
    /// The order whose work this takes up again.
    follows_work_order_id: Option<Uuid>,
    #[serde(deserialize_with = "sent")]
    title: Sent<String>,
    /// The contractor reads it: nothing internal belongs here.
    #[serde(deserialize_with = "sent")]
    description: Sent<String>,
    #[serde(deserialize_with = "sent")]
    category: Sent<String>,
    #[serde(deserialize_with = "sent")]
    trade: Sent<String>,
    #[serde(deserialize_with = "sent")]
    priority: Sent<String>,
    #[serde(deserialize_with = "sent")]
    spend_limit_pence: Sent<i64>,
    #[serde(deserialize_with = "sent")]
    wants_quote: Sent<bool>,
    #[serde(deserialize_with = "sent")]
    photos_required: Sent<i32>,
    /// A day, like 2026-11-24.
    #[serde(deserialize_with = "sent")]
    due_on: Sent<String>,
    /// The version a change is based on; `If-Match` says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl WorkOrderIn {
    fn form(&self) -> OrderForm {
        let mut form = OrderForm::default();
        put(&mut form.title, &self.title);
        put(&mut form.description, &self.description);
        put(&mut form.category, &self.category);
        put(&mut form.trade, &self.trade);
        put(&mut form.priority, &self.priority);
        put_pence(&mut form.spend_limit, self.spend_limit_pence);
        put(&mut form.wants_quote, &self.wants_quote);
        put(&mut form.photos_required, &self.photos_required);
        put(&mut form.due_on, &self.due_on);
        form
    }
}

/// Raises a work order.
#[utoipa::path(post, path = "/work-orders", tag = "work orders", security(("bearer" = [])), request_body = WorkOrderIn, responses((status = 201, body = Envelope<WorkOrderOut>)))]
async fn create(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<WorkOrderIn>) -> Answer<WorkOrderOut> {
    let place = match (new.ticket_id, new.unit_id, new.property_id) {
        (Some(id), _, _) => Some(Place::Ticket(TicketId(id))),
        (None, Some(id), _) => Some(Place::Unit(UnitId(id))),
        (None, None, Some(id)) => Some(Place::Property(PropertyId(id))),
        (None, None, None) => None,
    };
    let (form, follows) = (new.form(), new.follows_work_order_id.map(WorkOrderId));
    key.once(me, "createWorkOrder", &new, |me| async move {
        let made = match (follows, place) {
            (Some(before), _) => orders::follow_on(&me, before, &form).await?,
            (None, Some(place)) => {
                orders::create(&me, place, &form).await.map_err(|e| renamed(renamed_id(e, "unit"), "property", "propertyId"))?
            }
            (None, None) => return Err(Refused::field("ticketId", "Send the ticket, the home or the property")),
        };
        Ok(out(&me, made.id).await?.as_created().at(format!("/api/v1/work-orders/{}", made.id)))
    })
    .await
}

/// `unit` as the API calls it.
fn renamed_id(error: Error, field: &str) -> Error {
    match error {
        Error::Invalid(fields) if fields.get(field).is_some() => {
            let sentence = fields.get(field).unwrap_or_default().to_owned();
            Error::invalid(&format!("{field}_id"), sentence)
        }
        other => other,
    }
}

/// One work order.
#[utoipa::path(get, path = "/work-orders/{id}", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn show(Bearer(me): Bearer<Worker>, Id(id): Id<WorkOrderId>) -> Answer<WorkOrderOut> {
    match me {
        Worker::Staff(me) => out(&me, id).await,
        Worker::Contractor(me) => seen_out(portal::one(&me, id).await?),
    }
}

/// Changes what is to be done; what is not sent stays.
#[utoipa::path(patch, path = "/work-orders/{id}", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = WorkOrderIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn change(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<WorkOrderId>,
    based_on: IfMatch,
    key: Once,
    Body(new): Body<WorkOrderIn>,
) -> Answer<WorkOrderOut> {
    let (form, version) = (new.form(), based_on.0.or(new.version));
    key.once(me, "changeWorkOrder", &(id, &new), |me| async move {
        orders::change(&me, id, version, &form).await.map_err(|e| based_on.explain(e))?;
        out(&me, id).await
    })
    .await
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignIn {
    contractor_id: Uuid,
    /// Why they are asked although what is on record speaks against it.
    #[serde(default)]
    despite: String,
}

/// Offers a work order to one contractor, who is told; an in-house team has it at once.
#[utoipa::path(patch, path = "/work-orders/{id}/assign", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = AssignIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn assign(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<WorkOrderId>,
    based_on: IfMatch,
    key: Once,
    Body(new): Body<AssignIn>,
) -> Answer<WorkOrderOut> {
    let (contractor, despite) = (ContactId(new.contractor_id), new.despite.clone());
    key.once(me, "assignWorkOrder", &(id, &new), |me| async move {
        orders::assign(&me, id, based_on.0, contractor, &despite)
            .await
            .map_err(|e| if e.is_changed_meanwhile() { based_on.explain(e) } else { renamed(e, "contractors", "contractorId") })?;
        out(&me, id).await
    })
    .await
}

/// A time, as people say it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeIn {
    /// `am`, `pm`, `school_run`, `at`, `before`, `after` or `between`.
    window: String,
    /// A day, like 2026-11-24.
    date: String,
    /// `9:30`; not for windows.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    operative_id: Option<Uuid>,
}

impl TimeIn {
    fn form(&self) -> SlotForm {
        SlotForm { window: self.window.clone(), date: self.date.clone(), from: self.from.clone(), to: self.to.clone() }
    }
    fn operative(&self) -> Option<OperativeId> {
        self.operative_id.map(OperativeId)
    }
}

/// Books a visit for everybody. 409 when the time is taken.
#[utoipa::path(patch, path = "/work-orders/{id}/schedule", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = TimeIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn schedule(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<WorkOrderId>,
    based_on: IfMatch,
    key: Once,
    Body(new): Body<TimeIn>,
) -> Answer<WorkOrderOut> {
    let (form, operative) = (new.form(), new.operative());
    key.once(me, "scheduleWorkOrder", &(id, &new), |me| async move {
        orders::schedule(&me, id, based_on.0, &form, operative).await.map_err(|e| based_on.explain(e))?;
        out(&me, id).await
    })
    .await
}

/// How the work was left.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CompleteIn {
    /// What was done.
    notes: String,
    /// Minutes on site.
    minutes: Option<i32>,
    materials: String,
    /// `yes`, `partly` or `no`, in the contractor's view.
    fixed: String,
    follow_on: Option<FollowOnIn>,
    signed_by: String,
    /// Strokes of points in thousandths of the pad.
    strokes: Option<Vec<Vec<(i16, i16)>>>,
    /// An administrator's reason for passing it with its checklist open.
    override_reason: Option<String>,
}

/// More to be done; a draft order is made of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FollowOnIn {
    #[serde(default)]
    trade: String,
    what: String,
    #[serde(default)]
    urgent: bool,
}

/// Marks a work order as done. 409 while something required is missing; `missing` of the order says what.
#[utoipa::path(post, path = "/work-orders/{id}/complete", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = CompleteIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn complete(Bearer(me): Bearer<Worker>, Id(id): Id<WorkOrderId>, key: Once, Body(new): Body<CompleteIn>) -> Answer<WorkOrderOut> {
    let yes = |on: bool| if on { "yes" } else { "" }.to_owned();
    let form = CompletionForm {
        notes: new.notes.clone(),
        minutes: new.minutes.map_or_else(String::new, |m| m.to_string()),
        materials: new.materials.clone(),
        fixed: new.fixed.clone(),
        follow_on: yes(new.follow_on.is_some()),
        follow_on_trade: new.follow_on.as_ref().map(|f| f.trade.clone()).unwrap_or_default(),
        follow_on_what: new.follow_on.as_ref().map(|f| f.what.clone()).unwrap_or_default(),
        follow_on_urgent: yes(new.follow_on.as_ref().is_some_and(|f| f.urgent)),
        signed_by: new.signed_by.clone(),
        strokes: new.strokes.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?.unwrap_or_default(),
    };
    match me {
        Worker::Staff(me) => {
            let despite = new.override_reason.clone();
            key.once(me, "completeWorkOrder", &(id, &new), |me| async move {
                orders::complete(&me, id, None, &form, despite.as_deref()).await?;
                out(&me, id).await
            })
            .await
        }
        Worker::Contractor(me) => {
            key.once(
                me,
                "completeWorkOrder",
                &(id, &new),
                |me| async move { seen_out(acted(&me, id, &Action::Complete(form), None).await?) },
            )
            .await
        }
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OffersIn {
    /// One, or several: then the first to accept gets it.
    contractor_ids: Vec<Uuid>,
    #[serde(default)]
    message: String,
    /// Until it expires; by priority when left out.
    #[serde(default)]
    stands_for_hours: Option<u16>,
    #[serde(default)]
    despite: String,
}

/// Offers a work order to one contractor or to several.
#[utoipa::path(post, path = "/work-orders/{id}/offers", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = OffersIn, responses((status = 201, body = Envelope<WorkOrderOut>)))]
async fn put_offers(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<WorkOrderId>, key: Once, Body(new): Body<OffersIn>) -> Answer<WorkOrderOut> {
    let offer = Offer {
        contractors: new.contractor_ids.iter().copied().map(ContactId).collect(),
        message: new.message.clone(),
        stands_for_hours: new.stands_for_hours,
        despite: new.despite.clone(),
    };
    key.once(me, "offerWorkOrder", &(id, &new), |me| async move {
        orders::offer(&me, id, None, &offer).await.map_err(|e| renamed(e, "contractors", "contractorIds"))?;
        Ok(out(&me, id).await?.as_created())
    })
    .await
}

/// Takes an offer back before it was answered.
#[utoipa::path(delete, path = "/offers/{id}", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<NothingOut>)))]
async fn withdraw_offer(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<OfferId>) -> Answer<NothingOut> {
    orders::withdraw(&me, id).await?;
    Ok(Done::ok(NothingOut {}))
}

/// A contractor with what speaks for and against sending them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CandidateOut {
    contractor_id: Uuid,
    name: String,
    eligible: bool,
    /// A sentence each, gravest first.
    reasons: Vec<String>,
    /// Live work orders they have.
    load: i64,
    /// Of 5, in hundredths.
    rating: Option<i32>,
    in_house: bool,
    out_of_hours: bool,
}

impl From<Candidate> for CandidateOut {
    fn from(c: Candidate) -> Self {
        Self {
            contractor_id: c.id.uuid(),
            name: c.name,
            eligible: c.eligible,
            reasons: c.reasons.into_iter().map(|r| r.words).collect(),
            load: c.load,
            rating: c.rating,
            in_house: c.in_house,
            out_of_hours: c.out_of_hours,
        }
    }
}

/// Who can be sent, best first; nobody is left out in silence.
#[utoipa::path(get, path = "/work-orders/{id}/candidates", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Vec<CandidateOut>>)))]
async fn candidates(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<WorkOrderId>) -> Answer<Vec<CandidateOut>> {
    Ok(Done::ok(contractors::candidates(&me, id).await?.all.into_iter().map(Into::into).collect()))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProposalIn {
    /// One to three.
    times: Vec<TimeIn>,
    /// The tenant's pick is the last word.
    #[serde(default)]
    auto_confirm: bool,
    /// A line for the tenant.
    #[serde(default)]
    note: String,
}

/// Suggests times to the tenant, in place of those suggested before.
#[utoipa::path(post, path = "/work-orders/{id}/proposals", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ProposalIn, responses((status = 201, body = Envelope<WorkOrderOut>)))]
async fn propose(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<WorkOrderId>, key: Once, Body(new): Body<ProposalIn>) -> Answer<WorkOrderOut> {
    let proposal = Proposal {
        times: new.times.iter().map(TimeIn::form).collect(),
        auto_confirm: new.auto_confirm,
        operative: new.times.iter().find_map(TimeIn::operative),
        note: new.note.clone(),
    };
    key.once(me, "proposeVisits", &(id, &new), |me| async move {
        orders::propose(&me, id, None, &proposal).await?;
        Ok(out(&me, id).await?.as_created())
    })
    .await
}

/// Says that the work was looked at and is right.
#[utoipa::path(post, path = "/work-orders/{id}/verify", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn verify(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<WorkOrderId>, based_on: IfMatch) -> Answer<WorkOrderOut> {
    orders::verify(&me, id, based_on.0).await.map_err(|e| based_on.explain(e))?;
    out(&me, id).await
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReasonIn {
    /// Whoever is concerned reads it.
    #[serde(default)]
    reason: String,
}

/// Sends work back that is not right: the same contractor goes on.
#[utoipa::path(post, path = "/work-orders/{id}/send-back", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn send_back(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<WorkOrderId>,
    based_on: IfMatch,
    Body(new): Body<ReasonIn>,
) -> Answer<WorkOrderOut> {
    orders::send_back(&me, id, based_on.0, &new.reason).await.map_err(|e| based_on.explain(e))?;
    out(&me, id).await
}

/// Calls the work off; everybody concerned is told.
#[utoipa::path(post, path = "/work-orders/{id}/cancel", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn cancel(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<WorkOrderId>,
    based_on: IfMatch,
    Body(new): Body<ReasonIn>,
) -> Answer<WorkOrderOut> {
    orders::cancel(&me, id, based_on.0, &new.reason).await.map_err(|e| based_on.explain(e))?;
    out(&me, id).await
}

/// Takes an order that was offered. Of several at once exactly one gets it; the others get 409 with a sentence.
#[utoipa::path(post, path = "/work-orders/{id}/accept", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn accept(Bearer(me): Bearer<Cx<Contractor>>, Id(id): Id<WorkOrderId>) -> Answer<WorkOrderOut> {
    seen_out(acted(&me, id, &Action::Accept, None).await?)
}

/// Says no, or hands an order back before it is begun.
#[utoipa::path(post, path = "/work-orders/{id}/decline", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn decline(Bearer(me): Bearer<Cx<Contractor>>, Id(id): Id<WorkOrderId>, Body(new): Body<ReasonIn>) -> Answer<NothingOut> {
    acted(&me, id, &Action::Decline { reason: new.reason }, None).await?;
    Ok(Done::ok(NothingOut {}))
}

/// One thing a contractor does, as their telephone queues it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ActionIn {
    /// `{"do": "set_off", "visit": "…"}`: accept, decline, propose, book, confirm, move_visit, cancel_visit, send, set_off, arrive, leave, no_access, tick,
    /// note or complete.
    #[schema(value_type = Object)]
    action: serde_json::Value,
    /// Made by the device, one for each action: what is sent again is carried out once.
    #[serde(default)]
    key: Option<Uuid>,
}

/// Does one thing to an order. 409 when what happened meanwhile overtook it; nothing is then changed.
#[utoipa::path(post, path = "/work-orders/{id}/actions", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ActionIn, responses((status = 200, body = Envelope<WorkOrderOut>)))]
async fn act(Bearer(me): Bearer<Cx<Contractor>>, Id(id): Id<WorkOrderId>, Body(new): Body<ActionIn>) -> Answer<WorkOrderOut> {
    let action: Action =
        serde_json::from_value(new.action).map_err(|_| Refused::field("action", "This is not an action; see the list of them"))?;
    seen_out(acted(&me, id, &action, new.key).await?)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct VisitsQuery {
    /// London days, both included; at most 62.
    from: Option<String>,
    to: Option<String>,
    contractor_id: Option<Uuid>,
    operative_id: Option<Uuid>,
}

/// A visit on the calendar.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CalendarVisitOut {
    id: Uuid,
    version: i32,
    work_order_id: Uuid,
    reference: String,
    title: String,
    contractor_id: Uuid,
    contractor: String,
    operative_id: Option<Uuid>,
    slot: &'static str,
    #[schema(format = DateTime)]
    starts_at: String,
    #[schema(format = DateTime)]
    ends_at: String,
    status: &'static str,
    place: String,
    /// What it clashes with, a sentence each.
    clashes: Vec<&'static str>,
}

impl From<CalendarVisit> for CalendarVisitOut {
    fn from(v: CalendarVisit) -> Self {
        Self {
            id: v.id.uuid(),
            version: v.version,
            work_order_id: v.order.id.uuid(),
            reference: v.order.reference,
            title: v.title,
            contractor_id: v.contractor.id.uuid(),
            contractor: v.contractor.name,
            operative_id: v.operative.map(|o| o.id.uuid()),
            slot: v.time.slot.as_str(),
            starts_at: text(v.time.starts_at),
            ends_at: text(v.time.ends_at),
            status: v.status.as_str(),
            place: v.place,
            clashes: v.clashes.into_iter().map(domain::work_orders::Clash::label).collect(),
        }
    }
}

/// Visits between two days, in order of time.
#[utoipa::path(get, path = "/visits", tag = "work orders", security(("bearer" = [])), params(VisitsQuery), responses((status = 200, body = Envelope<Vec<CalendarVisitOut>>)))]
async fn calendar(Bearer(me): Bearer<Cx<Staff>>, Query(asked): Query<VisitsQuery>) -> Answer<Vec<CalendarVisitOut>> {
    let mut errors = wire::FieldErrors::new();
    let mut day = |field: &str, said: Option<&String>| {
        errors.take(field, said.and_then(|t| t.parse::<Date>().ok()).ok_or("Send a date like 2026-11-24"))
    };
    let (from, to) = (day("from", asked.from.as_ref()), day("to", asked.to.as_ref()));
    let (Some(from), Some(to)) = (from, to) else { return Err(Error::from(errors).into()) };
    let span = Span { from, to, contractor: asked.contractor_id.map(ContactId), operative: asked.operative_id.map(OperativeId) };
    Ok(Done::ok(orders::calendar(&me, &span).await?.visits.into_iter().map(Into::into).collect()))
}

/// Moves a visit; whoever is concerned is told again. 409 when the time is taken.
#[utoipa::path(patch, path = "/visits/{id}", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = TimeIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn move_visit(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<VisitId>,
    based_on: IfMatch,
    key: Once,
    Body(new): Body<TimeIn>,
) -> Answer<NothingOut> {
    let (form, operative) = (new.form(), new.operative());
    key.once(me, "moveVisit", &(id, &new), |me| async move {
        orders::move_visit(&me, id, based_on.0, &form, operative).await.map_err(|e| based_on.explain(e))?;
        Ok(Done::ok(NothingOut {}))
    })
    .await
}

/// Says yes to a time that was picked or suggested.
#[utoipa::path(post, path = "/visits/{id}/confirm", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<NothingOut>)))]
async fn confirm_visit(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<VisitId>) -> Answer<NothingOut> {
    orders::confirm(&me, id).await?;
    Ok(Done::ok(NothingOut {}))
}

/// Cancels a visit; whoever is concerned is told.
#[utoipa::path(post, path = "/visits/{id}/cancel", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = ReasonIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn cancel_visit(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<VisitId>,
    based_on: IfMatch,
    Body(new): Body<ReasonIn>,
) -> Answer<NothingOut> {
    orders::cancel_visit(&me, id, based_on.0, &new.reason).await.map_err(|e| based_on.explain(e))?;
    Ok(Done::ok(NothingOut {}))
}

/// Somebody a contractor sends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperativeOut {
    id: Uuid,
    version: i32,
    name: String,
    phone: Option<String>,
    trades: Vec<&'static str>,
}

impl From<Operative> for OperativeOut {
    fn from(o: Operative) -> Self {
        Self {
            id: o.id.uuid(),
            version: o.version,
            name: o.name,
            phone: o.phone,
            trades: o.trades.into_iter().map(domain::faults::Trade::as_str).collect(),
        }
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperativeIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    trades: Vec<String>,
    /// The version a change is based on; `If-Match` says the same.
    #[serde(default)]
    version: Option<i32>,
}

impl OperativeIn {
    fn form(&self) -> OperativeForm {
        OperativeForm { name: self.name.clone(), phone: self.phone.clone(), trades: self.trades.join(",") }
    }
}

/// Whom a contractor sends, by name.
#[utoipa::path(get, path = "/contacts/{id}/operatives", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Vec<OperativeOut>>)))]
async fn operatives(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>) -> Answer<Vec<OperativeOut>> {
    Ok(Done::ok(contractors::operatives(&me, id).await?.into_iter().map(Into::into).collect()))
}

/// Adds somebody whom a contractor sends.
#[utoipa::path(post, path = "/contacts/{id}/operatives", tag = "work orders", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = OperativeIn, responses((status = 201, body = Envelope<OperativeOut>)))]
async fn add_operative(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<ContactId>,
    key: Once,
    Body(new): Body<OperativeIn>,
) -> Answer<OperativeOut> {
    let form = new.form();
    key.once(me, "addOperative", &(id, &new), |me| async move {
        let made = contractors::add_operative(&me, id, &form).await?;
        Ok(operative(&me, id, made).await?.as_created())
    })
    .await
}

async fn operative(me: &Cx<Staff>, contractor: ContactId, id: OperativeId) -> Answer<OperativeOut> {
    let found = contractors::operatives(me, contractor).await?.into_iter().find(|o| o.id == id).ok_or(Error::NotFound)?;
    let version = found.version;
    Ok(Done::ok(OperativeOut::from(found)).version(version))
}

/// Changes somebody whom a contractor sends.
#[utoipa::path(
    patch, path = "/contacts/{id}/operatives/{operative}", tag = "work orders", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("operative" = Uuid, Path)), request_body = OperativeIn, responses((status = 200, body = Envelope<OperativeOut>)),
)]
async fn change_operative(
    Bearer(me): Bearer<Cx<Staff>>,
    axum::extract::Path((contractor, id)): axum::extract::Path<(Uuid, Uuid)>,
    based_on: IfMatch,
    Body(new): Body<OperativeIn>,
) -> Answer<OperativeOut> {
    let (contractor, id) = (ContactId(contractor), OperativeId(id));
    super::fields::allowed(&me, domain::policy::Act::ChangePeople)?;
    let current = contractors::operatives(&me, contractor).await?.into_iter().find(|o| o.id == id).ok_or(Error::NotFound)?;
    let version = based_on.or(new.version, current.version);
    contractors::change_operative(&me, contractor, id, version, &new.form()).await.map_err(|e| based_on.explain(e))?;
    operative(&me, contractor, id).await
}
