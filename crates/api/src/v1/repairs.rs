//! What a tenant does with the repairs of their home.

use bytes::Bytes;
use domain::tickets::{Fixed, Preferences, Repair, RepairCard};
use domain::{AttachmentId, TicketId};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use services::repairs::{self, Answered};
use services::{Cx, House, Tenant};
use sha2::Digest as _;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::renamed;
use crate::answer::{Answer, Done, Envelope, Refused};
use crate::extract::{Bearer, Body, Id, IfMatch, Query};
use crate::once::Once;
use crate::refusals::{Row, TENANTS};

/// A photo of 10 MB; the verb says so in words, this is only where reading stops.
const PHOTO_LIMIT: usize = 11 * 1024 * 1024;

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(add_note))
        .routes(routes!(say_fixed))
        .routes(routes!(cancel))
        .routes(routes!(preferences, set_preferences))
        .merge(OpenApiRouter::new().routes(routes!(add_photo)).layer(axum::extract::DefaultBodyLimit::max(PHOTO_LIMIT)))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/repairs", TENANTS),
    Row::to("GET", "/api/v1/repairs/{id}", TENANTS),
    Row::to("POST", "/api/v1/repairs/{id}/notes", TENANTS),
    Row::to("POST", "/api/v1/repairs/{id}/photos", TENANTS),
    Row::to("POST", "/api/v1/repairs/{id}/fixed", TENANTS),
    Row::to("POST", "/api/v1/repairs/{id}/cancel", TENANTS),
    Row::to("GET", "/api/v1/me/preferences", TENANTS),
    Row::to("PUT", "/api/v1/me/preferences", TENANTS),
];

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepairListed {
    id: Uuid,
    /// What people quote: `PM-4812`.
    reference: String,
    title: String,
    status: &'static str,
    priority: &'static str,
    #[schema(format = DateTime)]
    target_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<RepairCard> for RepairListed {
    fn from(card: RepairCard) -> Self {
        Self {
            id: card.id.uuid(),
            reference: card.reference,
            title: card.title,
            status: card.status.as_str(),
            priority: card.priority.as_str(),
            target_at: card.target_at.map(|at| at.to_string()),
            created_at: card.created_at.to_string(),
            updated_at: card.updated_at.to_string(),
        }
    }
}

/// A neighbour's report that the tenant follows: nobody's name, no words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FollowedOut {
    title: String,
    status: &'static str,
    #[schema(format = DateTime)]
    target_at: Option<String>,
    #[schema(format = DateTime)]
    followed_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepairsOut {
    open: Vec<RepairListed>,
    finished: Vec<RepairListed>,
    followed: Vec<FollowedOut>,
}

/// The repairs of the tenant's homes, newest first.
#[utoipa::path(get, path = "/repairs", tag = "repairs", security(("bearer" = [])), responses((status = 200, body = Envelope<RepairsOut>)))]
async fn list(Bearer(me): Bearer<Cx<Tenant>>) -> Answer<RepairsOut> {
    let found = repairs::list(&me).await?;
    let followed = found.followed.into_iter().map(|f| FollowedOut {
        title: f.title,
        status: f.status.as_str(),
        target_at: f.target_at.map(|at| at.to_string()),
        followed_at: f.followed_at.to_string(),
    });
    Ok(Done::ok(RepairsOut {
        open: found.open.into_iter().map(Into::into).collect(),
        finished: found.finished.into_iter().map(Into::into).collect(),
        followed: followed.collect(),
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnsweredOut {
    question: String,
    answer: String,
}

/// What happened, as it is told to the tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepairLineOut {
    /// `You`, `We`, or a name.
    who: String,
    what: String,
    text: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepairPhotoOut {
    id: Uuid,
    /// The copies that pages show are made.
    is_ready: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepairOut {
    #[serde(flatten)]
    repair: RepairListed,
    description: String,
    answers: Vec<AnsweredOut>,
    #[schema(format = DateTime)]
    aware_at: String,
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    timeline: Vec<RepairLineOut>,
    photos: Vec<RepairPhotoOut>,
    can_cancel: bool,
    can_say_fixed: bool,
    can_say_not_fixed: bool,
}

impl From<Repair> for RepairOut {
    fn from(r: Repair) -> Self {
        Self {
            repair: r.card.into(),
            description: r.description,
            answers: r.answers.into_iter().map(|(question, answer)| AnsweredOut { question, answer }).collect(),
            aware_at: r.aware_at.to_string(),
            closed_at: r.closed_at.map(|at| at.to_string()),
            timeline: r
                .lines
                .into_iter()
                .map(|l| RepairLineOut { who: l.who, what: l.what, text: l.words, created_at: l.at.to_string() })
                .collect(),
            photos: r.photos.into_iter().map(|p| RepairPhotoOut { id: AttachmentId::uuid(p.id), is_ready: p.is_ready }).collect(),
            can_cancel: r.can_cancel,
            can_say_fixed: r.can_say_fixed,
            can_say_not_fixed: r.can_say_not_fixed,
        }
    }
}

async fn out(me: &Cx<Tenant>, id: TicketId) -> Answer<RepairOut> {
    Ok(Done::ok(repairs::one(me, id).await?.into()))
}

/// One repair with its public timeline.
#[utoipa::path(get, path = "/repairs/{id}", tag = "repairs", security(("bearer" = [])), params(("id" = Uuid, Path,)), responses((status = 200, body = Envelope<RepairOut>)))]
async fn show(Bearer(me): Bearer<Cx<Tenant>>, Id(id): Id<TicketId>) -> Answer<RepairOut> {
    out(&me, id).await
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct RepairNoteIn {
    /// At most 2,000 characters.
    body: String,
}

/// Writes to the landlord.
#[utoipa::path(
    post, path = "/repairs/{id}/notes", tag = "repairs", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = RepairNoteIn,
    responses((status = 201, body = Envelope<RepairOut>)),
)]
async fn add_note(Bearer(me): Bearer<Cx<Tenant>>, Id(id): Id<TicketId>, key: Once, Body(new): Body<RepairNoteIn>) -> Answer<RepairOut> {
    let body = new.body.clone();
    key.once(me, "write about repair", &(id, &new), |me| async move {
        repairs::add_note(&me, id, &body).await.map_err(|error| renamed(error, "note", "body"))?;
        Ok(Done::created(repairs::one(&me, id).await?.into()))
    })
    .await
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(crate) struct PhotoQuery {
    /// What the file is called.
    file_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedOut {
    id: Uuid,
}

/// Adds a photo. The body is the file itself: JPEG, PNG or WebP, at most 10 MB; its bytes say what it is, not its name.
#[utoipa::path(
    post, path = "/repairs/{id}/photos", tag = "repairs", security(("bearer" = [])), params(("id" = Uuid, Path,), PhotoQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = Envelope<AddedOut>)),
)]
async fn add_photo(
    Bearer(me): Bearer<Cx<Tenant>>,
    Id(id): Id<TicketId>,
    Query(asked): Query<PhotoQuery>,
    key: Once,
    headers: HeaderMap,
    file: Bytes,
) -> Answer<AddedOut> {
    if headers.get(http::header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/")) {
        return Err(Refused::new(crate::Code::UnsupportedMediaType, "Send the file itself as the body, not a form"));
    }
    let digest = sha2::Sha256::digest(&file).to_vec();
    let file_name = asked.file_name.clone();
    key.once(me, "add photo", &(id, &asked.file_name, digest), |me| async move {
        let photo = repairs::add_photo(&me, id, &file_name, file).await?;
        Ok(Done::created(AddedOut { id: photo.uuid() }))
    })
    .await
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct FixedIn {
    /// `yes`, `partly`, `no` or `nobody_came`.
    fixed: String,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FixedOut {
    /// `closed`, `reopened`, or `linked`: it was closed more than 28 days ago, so a new repair takes it up.
    outcome: &'static str,
    /// The repair that goes on.
    id: Uuid,
}

/// The tenant's answer to "is it fixed?".
#[utoipa::path(
    post, path = "/repairs/{id}/fixed", tag = "repairs", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = FixedIn,
    responses((status = 200, body = Envelope<FixedOut>)),
)]
async fn say_fixed(Bearer(me): Bearer<Cx<Tenant>>, Id(id): Id<TicketId>, key: Once, Body(given): Body<FixedIn>) -> Answer<FixedOut> {
    let Some(fixed) = Fixed::parse(&given.fixed) else { return Err(Refused::field("fixed", "Use yes, partly, no or nobody_came")) };
    let text = given.text.clone();
    key.once(me, "say fixed", &(id, &given), |me| async move {
        let answered = repairs::say_fixed(&me, id, fixed, &text).await.map_err(|error| renamed(error, "words", "text"))?;
        let (outcome, id) = match answered {
            Answered::Closed => ("closed", id),
            Answered::Reopened => ("reopened", id),
            Answered::Linked(new) => ("linked", new.id),
        };
        Ok(Done::ok(FixedOut { outcome, id: id.uuid() }))
    })
    .await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct CancelIn {
    reason: String,
}

/// Takes a report back that nobody has looked at yet.
#[utoipa::path(
    post, path = "/repairs/{id}/cancel", tag = "repairs", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = CancelIn,
    responses((status = 200, body = Envelope<RepairOut>)),
)]
async fn cancel(Bearer(me): Bearer<Cx<Tenant>>, Id(id): Id<TicketId>, Body(given): Body<CancelIn>) -> Answer<RepairOut> {
    repairs::cancel(&me, id, &given.reason).await.map_err(|error| renamed(error, "words", "reason"))?;
    out(&me, id).await
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreferencesOut {
    channel: String,
    language: String,
    large_print: bool,
    version: i32,
}

async fn preferences_out(me: &Cx<Tenant>) -> Answer<PreferencesOut> {
    let p = repairs::preferences(me).await?;
    let version = p.version;
    Ok(Done::ok(PreferencesOut { channel: p.channel, language: p.language, large_print: p.large_print, version }).version(version))
}

/// How the tenant wants to hear from their landlord.
#[utoipa::path(get, path = "/me/preferences", tag = "repairs", security(("bearer" = [])), responses((status = 200, body = Envelope<PreferencesOut>)))]
async fn preferences(Bearer(me): Bearer<Cx<Tenant>>) -> Answer<PreferencesOut> {
    preferences_out(&me).await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PreferencesIn {
    /// `email`, `sms`, `phone` or `letter`.
    channel: String,
    /// A language code, like `en` or `cy`.
    language: String,
    large_print: bool,
}

/// Changes how the tenant wants to hear from their landlord.
#[utoipa::path(
    put, path = "/me/preferences", tag = "repairs", security(("bearer" = [])), request_body = PreferencesIn,
    responses((status = 200, body = Envelope<PreferencesOut>)),
)]
async fn set_preferences(Bearer(me): Bearer<Cx<Tenant>>, seen: IfMatch, Body(wanted): Body<PreferencesIn>) -> Answer<PreferencesOut> {
    let version = seen.or(None, repairs::preferences(&me).await?.version);
    let wanted = Preferences { channel: wanted.channel, language: wanted.language, large_print: wanted.large_print, version };
    repairs::set_preferences(&me, wanted).await.map_err(|error| seen.explain(error))?;
    preferences_out(&me).await
}
