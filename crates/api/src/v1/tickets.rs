//! Tickets, for staff.

use domain::faults::{Category, FaultPath, Priority};
use domain::tickets::{Card, Detail, Filter, Line, Move, Photo, Source, Status, told};
use domain::{AttachmentId, ContactId, MembershipId, PropertyId, TicketId, UnitId};
use serde::{Deserialize, Deserializer, Serialize};
use services::tickets::change::{Change, Step, change, delete};
use services::tickets::create::{Create, create};
use services::tickets::{board, detail, note};
use services::{Cx, House, Staff};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use wire::{Cursor, FieldErrors};

use super::auth::{NothingOut, renamed};
use crate::answer::{Answer, Done, Envelope, List, Refused};
use crate::extract::{Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(show, patch, remove))
        .routes(routes!(timeline))
        .routes(routes!(attachments))
        .routes(routes!(add_note))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/tickets", STAFF),
    Row::to("POST", "/api/v1/tickets", COORDINATORS),
    Row::to("GET", "/api/v1/tickets/{id}", STAFF),
    Row::to("PATCH", "/api/v1/tickets/{id}", COORDINATORS),
    Row::to("DELETE", "/api/v1/tickets/{id}", &[domain::policy::Role::OrgAdmin]),
    Row::to("GET", "/api/v1/tickets/{id}/timeline", STAFF),
    Row::to("GET", "/api/v1/tickets/{id}/attachments", STAFF),
    Row::to("POST", "/api/v1/tickets/{id}/notes", COORDINATORS),
];

const ROWS: u32 = 50;

/// A ticket in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketListed {
    id: Uuid,
    /// What people quote: `PM-4812`.
    reference: String,
    title: String,
    /// NEW, TRIAGED, ASSIGNED, IN_PROGRESS, COMPLETED, CLOSED or CANCELLED.
    status: &'static str,
    /// EMERGENCY, URGENT or ROUTINE.
    priority: &'static str,
    category: &'static str,
    address: String,
    postcode: String,
    reported_by: Option<String>,
    assignee: Option<String>,
    /// A hazard is on record.
    hazard: bool,
    /// Changed since the caller last looked.
    unread: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// The organisation's own promise: policy, not law.
    #[schema(format = DateTime)]
    target_at: Option<String>,
}

impl From<Card> for TicketListed {
    fn from(c: Card) -> Self {
        Self {
            id: c.id.uuid(),
            reference: c.reference,
            title: c.title,
            status: c.status.as_str(),
            priority: c.priority.as_str(),
            category: c.category.as_str(),
            address: c.place,
            postcode: c.postcode,
            reported_by: c.reported_by,
            assignee: c.assignee,
            hazard: c.hazard,
            unread: c.unread,
            created_at: c.created_at.to_string(),
            updated_at: c.updated_at.to_string(),
            target_at: c.target_at.map(|t| t.to_string()),
        }
    }
}

/// A ticket with its timeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketOut {
    id: Uuid,
    /// The same as `id`.
    ticket_id: Uuid,
    /// Also sent as `ETag`; send it back as `If-Match` with a change.
    version: i32,
    reference: String,
    title: String,
    description: String,
    status: &'static str,
    priority: &'static str,
    /// As first assessed.
    first_priority: &'static str,
    priority_reasons: Vec<String>,
    category: &'static str,
    trade: Option<&'static str>,
    hazards: Vec<&'static str>,
    fault_path: Option<String>,
    source: &'static str,
    /// False while a guest has not confirmed their e-mail address.
    confirmed: bool,
    vulnerability: Option<String>,
    property_id: Uuid,
    /// Null for communal and block repairs.
    unit_id: Option<Uuid>,
    address: String,
    postcode: String,
    reported_by_contact_id: Option<Uuid>,
    reported_by: Option<String>,
    /// The contact's number, or the one the caller left.
    reporter_phone: Option<String>,
    assignee_id: Option<Uuid>,
    assignee: Option<String>,
    #[schema(format = DateTime)]
    aware_at: String,
    #[schema(format = DateTime)]
    target_at: Option<String>,
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// TENANT_CONFIRMED, NO_ANSWER or BY_STAFF.
    close_outcome: Option<&'static str>,
    close_reason: Option<String>,
    cancel_reason: Option<String>,
    reopened_count: i32,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Statuses one step away.
    next_statuses: Vec<&'static str>,
    /// Oldest first.
    timeline: Vec<TimelineEventOut>,
    attachments: Vec<AttachmentOut>,
}

impl From<Detail> for TicketOut {
    fn from(d: Detail) -> Self {
        let text = |at: jiff::Timestamp| at.to_string();
        Self {
            id: d.id.uuid(),
            ticket_id: d.id.uuid(),
            version: d.version,
            reference: d.reference,
            title: d.title,
            description: d.description,
            status: d.status.as_str(),
            priority: d.priority.as_str(),
            first_priority: d.first_priority.as_str(),
            priority_reasons: d.priority_reasons,
            category: d.category.as_str(),
            trade: d.trade.map(domain::faults::Trade::as_str),
            hazards: d.hazards.into_iter().map(domain::faults::Hazard::as_str).collect(),
            fault_path: d.fault_path,
            source: d.source.as_str(),
            confirmed: d.confirmed,
            vulnerability: d.vulnerability,
            property_id: d.place.property.uuid(),
            unit_id: d.place.unit.map(UnitId::uuid),
            address: d.place.unit_label.into_iter().chain([d.place.address]).collect::<Vec<_>>().join(", "),
            postcode: d.place.postcode,
            reported_by_contact_id: d.reporter.as_ref().map(|p| p.id.uuid()),
            reporter_phone: d.reporter.as_ref().and_then(|p| p.phone.clone()).or(d.reporter_phone),
            reported_by: d.reporter.map(|p| p.name).or(d.reporter_name),
            assignee_id: d.assignee.as_ref().map(|m| m.id.uuid()),
            assignee: d.assignee.map(|m| m.name),
            aware_at: text(d.aware_at),
            target_at: d.target_at.map(text),
            completed_at: d.completed_at.map(text),
            closed_at: d.closed_at.map(text),
            close_outcome: d.close_outcome.map(domain::tickets::CloseOutcome::as_str),
            close_reason: d.close_reason,
            cancel_reason: d.cancel_reason,
            reopened_count: d.reopened_count,
            created_at: text(d.created_at),
            updated_at: text(d.updated_at),
            next_statuses: d.moves.into_iter().map(Move::leads_to).map(Status::as_str).collect(),
            timeline: d.timeline.into_iter().map(Into::into).collect(),
            attachments: d.photos.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineEventOut {
    /// Counts up through the organisation's events.
    position: i64,
    /// `ticket:priority_changed` and the like; the list grows.
    kind: String,
    /// `public` (the tenants of the home read it) or `internal`.
    visibility: &'static str,
    actor: String,
    actor_kind: String,
    /// What happened, to be read after the actor's name.
    summary: String,
    /// What was written: a note, a reason.
    text: Option<String>,
    data: serde_json::Value,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Line> for TimelineEventOut {
    fn from(line: Line) -> Self {
        let said = told(&line);
        Self {
            position: line.position,
            kind: line.kind,
            visibility: if line.public { "public" } else { "internal" },
            actor: said.who,
            actor_kind: line.actor_kind,
            summary: said.what,
            text: said.words,
            data: line.data,
            created_at: line.at.to_string(),
        }
    }
}

/// A photo or document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentOut {
    id: Uuid,
    file_name: String,
    content_type: String,
    bytes: i64,
    width: Option<i32>,
    height: Option<i32>,
    visibility: &'static str,
    #[schema(format = DateTime)]
    taken_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Photo> for AttachmentOut {
    fn from(p: Photo) -> Self {
        Self {
            id: AttachmentId::uuid(p.id),
            file_name: p.file_name,
            content_type: p.content_type,
            bytes: p.bytes,
            width: p.width,
            height: p.height,
            visibility: if p.public { "public" } else { "internal" },
            taken_at: p.taken_at.map(|t| t.to_string()),
            created_at: p.created_at.to_string(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketsQuery {
    /// A status; OPEN for all but CLOSED and CANCELLED; ALL (the default).
    status: Option<String>,
    /// EMERGENCY, URGENT or ROUTINE.
    priority: Option<String>,
    category: Option<String>,
    /// A member's id, `me` or `none`.
    assignee: Option<String>,
    property_id: Option<String>,
    /// `true`: a hazard is on record.
    hazard: Option<String>,
    /// `true`: changed since you last looked.
    unread: Option<String>,
    /// Reported on this day or later (London), like 2026-11-24.
    from: Option<String>,
    /// Reported on this day or before.
    to: Option<String>,
    /// Reference, surname, part of a postcode, phone number, words. Of a search that finds more, the newest 1,000.
    search: Option<String>,
    /// `newest` (the default), `oldest`, `updated`, `target` or `priority`.
    sort: Option<String>,
    /// From `next` or `previous` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 unless told otherwise.
    limit: Option<u32>,
}

/// Lists tickets.
#[utoipa::path(get, path = "/tickets", tag = "tickets", security(("bearer" = [])), params(TicketsQuery), responses((status = 200, body = Envelope<List<TicketListed>>)))]
async fn list(Bearer(me): Bearer<Cx<Staff>>, Query(asked): Query<TicketsQuery>) -> Answer<List<TicketListed>> {
    let (filter, errors) = Filter::read(Filter::default(), |name| match name {
        "status" => asked.status.clone(),
        "priority" => asked.priority.clone(),
        "category" => asked.category.clone(),
        "assignee" => asked.assignee.clone(),
        "property" => asked.property_id.clone(),
        "hazard" => asked.hazard.clone(),
        "unread" => asked.unread.clone(),
        "from" => asked.from.clone(),
        "to" => asked.to.clone(),
        "search" => asked.search.clone(),
        "sort" => asked.sort.clone(),
        _ => None,
    });
    errors.check().map_err(|errors| renamed(errors.into(), "property", "propertyId"))?;
    let page = board::list(&me, &filter, asked.cursor.map(Cursor).as_ref(), asked.limit.unwrap_or(ROWS)).await?;
    Ok(Done::ok(List::of(page, Into::into)))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketIn {
    /// The home; or `propertyId` alone for what a building shares.
    #[serde(default)]
    unit_id: Option<Uuid>,
    #[serde(default)]
    property_id: Option<Uuid>,
    /// Who reported it.
    #[serde(default)]
    contact_id: Option<Uuid>,
    /// Who reported it, when they are no contact.
    #[serde(default)]
    reporter_name: String,
    #[serde(default)]
    reporter_phone: String,
    /// PLUMBING, ELECTRICAL, HVAC, APPLIANCE, STRUCTURAL, PEST_CONTROL, DAMP_MOULD or OTHER; as assessed when left out.
    #[serde(default)]
    category: Option<String>,
    /// EMERGENCY, URGENT or ROUTINE; as assessed when left out.
    #[serde(default)]
    priority: Option<String>,
    /// May be left out with `faultPath`.
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    /// A fault of the organisation's catalogue: `kitchen/sink/leaking`.
    #[serde(default)]
    fault_path: Option<String>,
    /// Who there is more at risk, in words.
    #[serde(default)]
    vulnerability: String,
    #[serde(default)]
    assignee_id: Option<Uuid>,
    /// `phone`, `email`, `visit` or `api` (the default).
    #[serde(default)]
    source: Option<String>,
}

/// A code of a list, or the sentence that names the list.
fn pick<T>(errors: &mut FieldErrors, field: &str, said: Option<&str>, parse: impl Fn(&str) -> Option<T>, allowed: &str) -> Option<T> {
    said.and_then(|text| {
        errors.take(field, parse(text).ok_or_else(|| format!("“{}” is not one of {allowed}", text.chars().take(40).collect::<String>())))
    })
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|v| code(*v)).collect::<Vec<_>>().join(", ")
}

/// Creates a ticket. It is assessed like a tenant's own report: what its words say stands as `firstPriority`, with the reasons.
#[utoipa::path(post, path = "/tickets", tag = "tickets", security(("bearer" = [])), request_body = TicketIn, responses((status = 201, body = Envelope<TicketOut>)))]
async fn open(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<TicketIn>) -> Answer<TicketOut> {
    let mut errors = FieldErrors::new();
    let category = pick(&mut errors, "category", new.category.as_deref(), Category::parse, &codes(Category::ALL, Category::as_str));
    let priority = pick(&mut errors, "priority", new.priority.as_deref(), Priority::parse, &codes(Priority::ALL, Priority::as_str));
    let fault_path = pick(
        &mut errors,
        "faultPath",
        new.fault_path.as_deref(),
        |t| t.parse::<FaultPath>().ok(),
        "your catalogue's faults, like kitchen/sink/leaking",
    );
    let source =
        pick(&mut errors, "source", new.source.as_deref(), |t| Source::parse(t).filter(|s| s.is_staff()), "phone, email, visit, api");
    errors.check().map_err(services::Error::from)?;
    let asked = Create {
        unit: new.unit_id.map(UnitId),
        property: new.property_id.map(PropertyId),
        contact: new.contact_id.map(ContactId),
        reporter_name: new.reporter_name.clone(),
        reporter_phone: new.reporter_phone.clone(),
        source: source.unwrap_or(Source::Api),
        title: new.title.clone(),
        description: new.description.clone(),
        fault_path,
        category,
        priority,
        vulnerability: new.vulnerability.clone(),
        assignee: new.assignee_id.map(MembershipId),
    };
    key.once(me, "createTicket", &new, |me| async move {
        let made = create(&me, asked).await.map_err(|error| renamed(error, "assignee", "assigneeId"))?;
        let seen = detail::detail(&me, made.id).await?;
        let (version, at) = (seen.version, format!("/api/v1/tickets/{}", made.id));
        Ok(Done::created(TicketOut::from(seen)).version(version).at(at))
    })
    .await
}

/// One ticket, with its timeline and attachments.
#[utoipa::path(get, path = "/tickets/{id}", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<TicketOut>)))]
async fn show(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TicketId>) -> Answer<TicketOut> {
    out(&me, id).await
}

async fn out(me: &Cx<Staff>, id: TicketId) -> Answer<TicketOut> {
    let seen = detail::detail(me, id).await?;
    let version = seen.version;
    Ok(Done::ok(TicketOut::from(seen)).version(version))
}

/// What to change; what is left out stays.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketPatch {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    /// Where one legal step leads: see `nextStatuses`.
    #[serde(default)]
    status: Option<String>,
    /// Null leaves the ticket without an owner.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    assignee_id: Option<Option<Uuid>>,
    /// Why: needed for CLOSED, CANCELLED, and a lower priority.
    #[serde(default)]
    reason: Option<String>,
    /// The version the change is based on, for callers that do not send `If-Match`.
    #[serde(default)]
    version: Option<i32>,
}

/// Absent is not null: absent leaves the field, null empties it.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Changes a ticket: all of it or nothing.
#[utoipa::path(
    patch, path = "/tickets/{id}", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = TicketPatch,
    responses((status = 200, body = Envelope<TicketOut>)),
)]
async fn patch(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<TicketId>,
    based_on: IfMatch,
    key: Once,
    Body(patch): Body<TicketPatch>,
) -> Answer<TicketOut> {
    let mut errors = FieldErrors::new();
    let category = pick(&mut errors, "category", patch.category.as_deref(), Category::parse, &codes(Category::ALL, Category::as_str));
    let priority = pick(&mut errors, "priority", patch.priority.as_deref(), Priority::parse, &codes(Priority::ALL, Priority::as_str));
    let status = pick(&mut errors, "status", patch.status.as_deref(), Status::parse, &codes(&Status::ALL, Status::as_str));
    errors.check().map_err(services::Error::from)?;
    let asked = Change {
        version: based_on.0.or(patch.version),
        title: patch.title.clone(),
        description: patch.description.clone(),
        category,
        priority,
        assignee: patch.assignee_id.map(|id| id.map(MembershipId)),
        step: status.map(Step::To),
        reason: patch.reason.clone(),
    };
    key.once(me, "changeTicket", &(id, &patch), |me| async move {
        change(&me, id, asked).await.map_err(|error| explain(based_on, error))?;
        out(&me, id).await
    })
    .await
}

fn explain(based_on: IfMatch, error: services::Error) -> Refused {
    if error.is_changed_meanwhile() { based_on.explain(error) } else { renamed(error, "assignee", "assigneeId") }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// Why, for the timeline.
    reason: Option<String>,
}

/// Takes a ticket off every list. Its history stays in the audit.
#[utoipa::path(delete, path = "/tickets/{id}", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path), DeleteQuery), responses((status = 200, body = Envelope<NothingOut>)))]
async fn remove(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TicketId>, Query(asked): Query<DeleteQuery>) -> Answer<NothingOut> {
    delete(&me, id, asked.reason.as_deref()).await?;
    Ok(Done::ok(NothingOut {}))
}

/// What happened to a ticket, oldest first.
#[utoipa::path(get, path = "/tickets/{id}/timeline", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Vec<TimelineEventOut>>)))]
async fn timeline(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TicketId>) -> Answer<Vec<TimelineEventOut>> {
    Ok(Done::ok(detail::detail(&me, id).await?.timeline.into_iter().map(Into::into).collect()))
}

/// A ticket's photos and documents.
#[utoipa::path(get, path = "/tickets/{id}/attachments", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Vec<AttachmentOut>>)))]
async fn attachments(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TicketId>) -> Answer<Vec<AttachmentOut>> {
    Ok(Done::ok(detail::detail(&me, id).await?.photos.into_iter().map(Into::into).collect()))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NoteIn {
    body: String,
    /// `internal` (the default) or `public`: the tenants of the home read it.
    #[serde(default)]
    visibility: Option<String>,
}

/// Writes a note on the timeline.
#[utoipa::path(
    post, path = "/tickets/{id}/notes", tag = "tickets", security(("bearer" = [])), params(("id" = Uuid, Path)), request_body = NoteIn,
    responses((status = 201, body = Envelope<TimelineEventOut>)),
)]
async fn add_note(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<TicketId>, key: Once, Body(new): Body<NoteIn>) -> Answer<TimelineEventOut> {
    let public = match new.visibility.as_deref() {
        None | Some("internal") => false,
        Some("public") => true,
        Some(_) => return Err(Refused::field("visibility", "Use internal or public")),
    };
    let body = new.body.clone();
    key.once(me, "addNote", &(id, &new), |me| async move {
        note::add(&me, id, &body, public).await?;
        let written = detail::detail(&me, id).await?.timeline.pop().ok_or(services::Error::NotFound)?;
        Ok(Done::created(written.into()))
    })
    .await
}
