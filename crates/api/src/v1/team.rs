//! The organisation's team, and inviting its tenants and contractors.

use domain::team::Colleague;
use domain::{ContactId, MembershipId};
use serde::{Deserialize, Serialize};
use services::auth::invites;
use services::team::{self, NewColleague};
use services::{Cx, House, Staff};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::NothingOut;
use crate::answer::{Answer, Done, Envelope, Refused};
use crate::extract::{Bearer, Body, Id, IfMatch};
use crate::once::Once;
use crate::refusals::{ADMINS, COORDINATORS, Row, STAFF};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(change))
        .routes(routes!(deactivate))
        .routes(routes!(reactivate))
        .routes(routes!(invite_contact))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/team", STAFF),
    Row::to("POST", "/api/v1/team", ADMINS),
    Row::to("PATCH", "/api/v1/team/{id}", ADMINS),
    Row::to("POST", "/api/v1/team/{id}/deactivate", ADMINS),
    Row::to("POST", "/api/v1/team/{id}/reactivate", ADMINS),
    Row::to("POST", "/api/v1/contacts/{id}/invitation", COORDINATORS),
];

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ColleagueOut {
    id: Uuid,
    name: String,
    email: String,
    /// `OrgAdmin`, `Coordinator`, `Viewer`, or `SuperAdmin` while Fettle's support is inside.
    role: &'static str,
    job_title: Option<String>,
    /// `invited`, `active` or `deactivated`.
    status: &'static str,
    open_tickets: i64,
    #[schema(format = DateTime)]
    last_seen_at: Option<String>,
    /// For `If-Match`.
    version: i32,
}

impl From<Colleague> for ColleagueOut {
    fn from(c: Colleague) -> Self {
        Self {
            id: c.id.uuid(),
            name: c.name,
            email: c.email,
            role: c.role.as_str(),
            job_title: c.job_title,
            status: c.standing.as_str(),
            open_tickets: c.open_tickets,
            last_seen_at: c.last_seen_at.map(|t| t.to_string()),
            version: c.version,
        }
    }
}

/// Who works here.
#[utoipa::path(get, path = "/team", tag = "team", security(("bearer" = [])), responses((status = 200, body = Envelope<Vec<ColleagueOut>>)))]
async fn list(Bearer(me): Bearer<Cx<Staff>>) -> Answer<Vec<ColleagueOut>> {
    Ok(Done::ok(team::list(&me).await?.into_iter().map(Into::into).collect()))
}

async fn one(me: &Cx<Staff>, id: MembershipId) -> Result<Colleague, Refused> {
    let found = team::list(me).await?.into_iter().find(|c| c.id == id);
    Ok(found.ok_or(services::Error::NotFound)?)
}

fn told(colleague: Colleague) -> Done<ColleagueOut> {
    let version = colleague.version;
    Done::ok(ColleagueOut::from(colleague)).version(version)
}

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ColleagueIn {
    name: String,
    email: String,
    role: String,
    job_title: String,
}

/// Invites a colleague; for one who has not answered, sends the mail again.
#[utoipa::path(
    post, path = "/team", tag = "team", security(("bearer" = [])), request_body = ColleagueIn,
    responses((status = 201, body = Envelope<ColleagueOut>)),
)]
async fn invite(Bearer(me): Bearer<Cx<Staff>>, key: Once, Body(new): Body<ColleagueIn>) -> Answer<ColleagueOut> {
    let colleague =
        NewColleague { name: new.name.clone(), email: new.email.clone(), role: new.role.clone(), job_title: new.job_title.clone() };
    key.once(me, "invite colleague", &new, |me| async move {
        let id = team::invite(&me, colleague).await?;
        Ok(Done::created(one(&me, id).await?.into()))
    })
    .await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ColleaguePatch {
    role: String,
}

/// Gives a colleague another role.
#[utoipa::path(
    patch, path = "/team/{id}", tag = "team", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = ColleaguePatch,
    responses((status = 200, body = Envelope<ColleagueOut>)),
)]
async fn change(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<MembershipId>,
    if_match: IfMatch,
    Body(patch): Body<ColleaguePatch>,
) -> Answer<ColleagueOut> {
    let version = version(&me, id, if_match).await?;
    team::change_role(&me, id, &patch.role, version).await.map_err(|error| if_match.explain(error))?;
    Ok(told(one(&me, id).await?))
}

/// The version to change: the one sent, or the one there is. Whoever may not change the team is not told whether there is one.
async fn version(me: &Cx<Staff>, id: MembershipId, if_match: IfMatch) -> Result<i32, Refused> {
    if !me.may(domain::policy::Act::ChangeTeam) {
        return Err(services::Error::Forbidden.into());
    }
    Ok(if_match.or(None, one(me, id).await?.version))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeactivateIn {
    /// The colleague who gets their open tickets; nobody unless told.
    heir_id: Option<Uuid>,
}

/// Ends a colleague's access, or withdraws an invitation.
#[utoipa::path(
    post, path = "/team/{id}/deactivate", tag = "team", security(("bearer" = [])), params(("id" = Uuid, Path,)), request_body = DeactivateIn,
    responses((status = 200, body = Envelope<ColleagueOut>)),
)]
async fn deactivate(
    Bearer(me): Bearer<Cx<Staff>>,
    Id(id): Id<MembershipId>,
    if_match: IfMatch,
    Body(given): Body<DeactivateIn>,
) -> Answer<ColleagueOut> {
    let version = version(&me, id, if_match).await?;
    let ended = team::deactivate(&me, id, given.heir_id.map(Into::into), version).await;
    ended.map_err(|error| match error {
        services::Error::Invalid(_) => super::auth::renamed(error, "heir", "heirId"),
        error => if_match.explain(error),
    })?;
    Ok(told(one(&me, id).await?))
}

/// Gives access back.
#[utoipa::path(
    post, path = "/team/{id}/reactivate", tag = "team", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<ColleagueOut>)),
)]
async fn reactivate(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<MembershipId>, if_match: IfMatch) -> Answer<ColleagueOut> {
    let version = version(&me, id, if_match).await?;
    team::reactivate(&me, id, version).await.map_err(|error| if_match.explain(error))?;
    Ok(told(one(&me, id).await?))
}

/// Invites a tenant or a contractor to their portal; for one who has not answered, sends the mail again.
#[utoipa::path(
    post, path = "/contacts/{id}/invitation", tag = "team", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn invite_contact(Bearer(me): Bearer<Cx<Staff>>, Id(id): Id<ContactId>, key: Once) -> Answer<NothingOut> {
    key.once(me, "invite contact", &id, |me| async move {
        invites::contact(&me, id).await?;
        Ok(Done::ok(NothingOut {}))
    })
    .await
}
