//! Whoever is logged in: who they are, where they are signed in, their password and second factor.

use axum::extract::State;
use domain::SessionId;
use domain::policy::permissions;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use services::House;
use services::auth::{Visitor, api_tokens, log_in, profile, resets, second_factor, sessions};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::auth::{NothingOut, renamed};
use crate::answer::{Answer, Done, Envelope};
use crate::extract::{Bearer, Body, Id};
use crate::refusals::{ANY, Row};

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(show, rename))
        .routes(routes!(list_memberships))
        .routes(routes!(list_sessions, end_other_sessions))
        .routes(routes!(end_session))
        .routes(routes!(change_password))
        .routes(routes!(start_second_factor))
        .routes(routes!(confirm_second_factor))
        .routes(routes!(renew_recovery_codes))
        .routes(routes!(disable_second_factor))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::to("GET", "/api/v1/me", ANY),
    Row::to("PATCH", "/api/v1/me", ANY),
    Row::to("GET", "/api/v1/me/memberships", ANY),
    Row::to("GET", "/api/v1/me/sessions", ANY),
    Row::to("DELETE", "/api/v1/me/sessions", ANY),
    Row::to("DELETE", "/api/v1/me/sessions/{id}", ANY),
    Row::to("POST", "/api/v1/me/password", ANY),
    Row::to("POST", "/api/v1/me/second-factor", ANY),
    Row::to("POST", "/api/v1/me/second-factor/confirm", ANY),
    Row::to("POST", "/api/v1/me/second-factor/recovery-codes", ANY),
    Row::to("POST", "/api/v1/me/second-factor/disable", ANY),
];

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeOut {
    user_id: Uuid,
    membership_id: Uuid,
    org_id: Uuid,
    org_name: String,
    name: String,
    email: String,
    role: &'static str,
    permissions: Vec<&'static str>,
    email_verified: bool,
    second_factor: bool,
}

async fn out(me: &Visitor) -> Answer<MeOut> {
    let found = profile::load(me).await?;
    Ok(Done::ok(MeOut {
        user_id: me.login().uuid(),
        membership_id: me.membership().uuid(),
        org_id: me.org().uuid(),
        org_name: found.org_name,
        name: found.name,
        email: found.email,
        role: me.role().as_str(),
        permissions: permissions(me.role()),
        email_verified: found.is_verified,
        second_factor: found.has_second_factor,
    }))
}

/// Who this token belongs to.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])), responses((status = 200, body = Envelope<MeOut>)))]
async fn show(Bearer(me): Bearer<Visitor>) -> Answer<MeOut> {
    out(&me).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MePatch {
    name: String,
}

/// Changes the name colleagues see.
#[utoipa::path(patch, path = "/me", tag = "me", security(("bearer" = [])), request_body = MePatch, responses((status = 200, body = Envelope<MeOut>)))]
async fn rename(State(house): State<House>, headers: HeaderMap, Bearer(me): Bearer<Visitor>, Body(patch): Body<MePatch>) -> Answer<MeOut> {
    profile::rename(&me, &patch.name).await?;
    // Read again: the name travels with the actor.
    let token = gate::bearer::bearer(&headers).unwrap_or("");
    out(&api_tokens::resolve_bearer(&house, token, me.request().clone()).await?).await
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MembershipOut {
    id: Uuid,
    org_id: Uuid,
    org_name: String,
    role: &'static str,
}

/// The organisations this log-in is in. Log in with `orgId` for another one's token.
#[utoipa::path(get, path = "/me/memberships", tag = "me", security(("bearer" = [])), responses((status = 200, body = Envelope<Vec<MembershipOut>>)))]
async fn list_memberships(Bearer(me): Bearer<Visitor>) -> Answer<Vec<MembershipOut>> {
    let found = log_in::memberships(&me).await?;
    let out = |m: services::auth::Membership| MembershipOut {
        id: m.id.uuid(),
        org_id: m.org.uuid(),
        org_name: m.org_name,
        role: m.role.as_str(),
    };
    Ok(Done::ok(found.into_iter().map(out).collect()))
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionOut {
    id: Uuid,
    /// `browser` or `api`.
    kind: &'static str,
    is_this: bool,
    ip: Option<String>,
    user_agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
}

fn this(house: &House, headers: &HeaderMap) -> Option<SessionId> {
    gate::bearer::bearer(headers).and_then(|token| api_tokens::family_of(house, token))
}

/// Where this log-in is signed in.
#[utoipa::path(get, path = "/me/sessions", tag = "me", security(("bearer" = [])), responses((status = 200, body = Envelope<Vec<SessionOut>>)))]
async fn list_sessions(State(house): State<House>, headers: HeaderMap, Bearer(me): Bearer<Visitor>) -> Answer<Vec<SessionOut>> {
    let this = this(&house, &headers);
    let out = |place: sessions::Place| SessionOut {
        id: place.id.uuid(),
        kind: if place.is_api { "api" } else { "browser" },
        is_this: Some(place.id) == this,
        ip: place.ip,
        user_agent: place.user_agent,
        created_at: place.created_at.to_string(),
        last_seen_at: place.last_seen_at.to_string(),
    };
    Ok(Done::ok(sessions::list(&me).await?.into_iter().map(out).collect()))
}

/// Signs out everywhere else.
#[utoipa::path(delete, path = "/me/sessions", tag = "me", security(("bearer" = [])), responses((status = 200, body = Envelope<NothingOut>)))]
async fn end_other_sessions(State(house): State<House>, headers: HeaderMap, Bearer(me): Bearer<Visitor>) -> Answer<NothingOut> {
    sessions::revoke_all(&me, this(&house, &headers)).await?;
    Ok(Done::ok(NothingOut {}))
}

/// Signs one place out.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "me", security(("bearer" = [])), params(("id" = Uuid, Path,)),
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn end_session(Bearer(me): Bearer<Visitor>, Id(id): Id<SessionId>) -> Answer<NothingOut> {
    sessions::revoke(&me, id).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordIn {
    current_password: String,
    new_password: String,
}

/// Changes the password; every other session and token ends.
#[utoipa::path(
    post, path = "/me/password", tag = "me", security(("bearer" = [])), request_body = PasswordIn,
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn change_password(
    State(house): State<House>,
    headers: HeaderMap,
    Bearer(me): Bearer<Visitor>,
    Body(given): Body<PasswordIn>,
) -> Answer<NothingOut> {
    resets::change(&me, &given.current_password, &given.new_password, this(&house, &headers)).await.map_err(|error| {
        let is_current = matches!(&error, services::Error::Invalid(fields) if fields.get("current").is_some());
        if is_current { renamed(error, "current", "currentPassword") } else { renamed(error, "password", "newPassword") }
    })?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetUpOut {
    secret: String,
    /// For a QR code.
    uri: String,
}

/// Begins the set-up of a second factor; nothing is asked for until it is confirmed.
#[utoipa::path(post, path = "/me/second-factor", tag = "me", security(("bearer" = [])), responses((status = 200, body = Envelope<SetUpOut>)))]
async fn start_second_factor(Bearer(me): Bearer<Visitor>) -> Answer<SetUpOut> {
    let set_up = second_factor::start(&me).await?;
    Ok(Done::ok(SetUpOut { secret: set_up.secret.replace(' ', ""), uri: set_up.uri }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CodeIn {
    code: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodesOut {
    /// Shown once; each works once.
    recovery_codes: Vec<String>,
}

/// Turns the second factor on by a first code.
#[utoipa::path(
    post, path = "/me/second-factor/confirm", tag = "me", security(("bearer" = [])), request_body = CodeIn,
    responses((status = 200, body = Envelope<RecoveryCodesOut>)),
)]
async fn confirm_second_factor(Bearer(me): Bearer<Visitor>, Body(given): Body<CodeIn>) -> Answer<RecoveryCodesOut> {
    Ok(Done::ok(RecoveryCodesOut { recovery_codes: second_factor::confirm(&me, &given.code).await? }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProofIn {
    password: String,
}

/// New recovery codes; the old ones end.
#[utoipa::path(
    post, path = "/me/second-factor/recovery-codes", tag = "me", security(("bearer" = [])), request_body = ProofIn,
    responses((status = 200, body = Envelope<RecoveryCodesOut>)),
)]
async fn renew_recovery_codes(Bearer(me): Bearer<Visitor>, Body(given): Body<ProofIn>) -> Answer<RecoveryCodesOut> {
    Ok(Done::ok(RecoveryCodesOut { recovery_codes: second_factor::renew_codes(&me, &given.password).await? }))
}

/// Turns the second factor off.
#[utoipa::path(
    post, path = "/me/second-factor/disable", tag = "me", security(("bearer" = [])), request_body = ProofIn,
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn disable_second_factor(Bearer(me): Bearer<Visitor>, Body(given): Body<ProofIn>) -> Answer<NothingOut> {
    second_factor::disable(&me, &given.password).await?;
    Ok(Done::ok(NothingOut {}))
}
