//! Getting a token, and getting rid of it.

use axum::extract::State;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use services::House;
use services::auth::api_tokens::{self, ApiTokens};
use services::auth::{self, Api, LogIn, NewOrganisation, Registered, invites, magic, resets, second_factor, verify};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{Answer, Code, Done, Envelope, Refused};
use crate::extract::{Body, Client};
use crate::refusals::Row;

pub(crate) fn routes() -> OpenApiRouter<House> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(second_factor_code))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(password_reset_request))
        .routes(routes!(password_reset_confirm))
        .routes(routes!(magic_link))
        .routes(routes!(magic_link_confirm))
        .routes(routes!(verify_email))
        .routes(routes!(accept_invitation))
}

pub(crate) const REFUSALS: &[Row] = &[
    Row::everyone("POST", "/api/v1/auth/register"),
    Row::everyone("POST", "/api/v1/auth/login"),
    Row::everyone("POST", "/api/v1/auth/second-factor"),
    Row::everyone("POST", "/api/v1/auth/refresh"),
    Row::everyone("POST", "/api/v1/auth/logout"),
    Row::everyone("POST", "/api/v1/auth/password-reset-request"),
    Row::everyone("POST", "/api/v1/auth/password-reset-confirm"),
    Row::everyone("POST", "/api/v1/auth/magic-link"),
    Row::everyone("POST", "/api/v1/auth/magic-link/confirm"),
    Row::everyone("POST", "/api/v1/auth/verify-email"),
    Row::everyone("POST", "/api/v1/auth/invitations/accept"),
];

/// A pair of tokens. The access token lasts 15 minutes; the refresh token 7 days, and is used once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokensOut {
    user_id: Uuid,
    org_id: Uuid,
    membership_id: Uuid,
    access_token: String,
    #[schema(format = DateTime)]
    access_expires_at: String,
    refresh_token: String,
    #[schema(format = DateTime)]
    refresh_expires_at: String,
    token_type: &'static str,
}

impl From<ApiTokens> for TokensOut {
    fn from(tokens: ApiTokens) -> Self {
        Self {
            user_id: tokens.login.uuid(),
            org_id: tokens.org.uuid(),
            membership_id: tokens.membership.uuid(),
            access_token: tokens.access,
            access_expires_at: tokens.access_expires_at.to_string(),
            refresh_token: tokens.refresh,
            refresh_expires_at: tokens.refresh_expires_at.to_string(),
            token_type: "Bearer",
        }
    }
}

/// Done, and nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NothingOut {}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterIn {
    email: String,
    /// At least 10 characters.
    password: String,
    org_name: String,
    /// The person's name; the part of the e-mail before the @ stands in.
    #[serde(default)]
    name: String,
}

/// Makes an organisation and its first administrator.
#[utoipa::path(
    post, path = "/auth/register", tag = "auth", request_body = RegisterIn,
    responses((status = 201, body = Envelope<TokensOut>), (status = 409, description = "`email_taken`", body = Envelope<NothingOut>)),
)]
async fn register(State(house): State<House>, Client(from): Client, Body(new): Body<RegisterIn>) -> Answer<TokensOut> {
    let new = NewOrganisation { org_name: new.org_name, name: new.name, email: new.email, password: new.password };
    match auth::register(&house, Api, new, &from).await? {
        Registered::In { key, .. } => Ok(Done::created(key.into())),
        Registered::EmailTaken => {
            Err(Refused::new(Code::EmailTaken, "There is an account with this email address. Log in, or reset the password"))
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginIn {
    email: String,
    password: String,
    /// Which organisation, for people who are in several; else the one used last.
    #[serde(default)]
    org_id: Option<Uuid>,
    /// The second factor's code, for people who have one.
    #[serde(default)]
    code: Option<String>,
}

/// Logs in. With a second factor and no `code`, answers 401 `second_factor_required` and a ticket.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = LoginIn, responses((status = 200, body = Envelope<TokensOut>)))]
async fn login(State(house): State<House>, Client(from): Client, Body(given): Body<LoginIn>) -> Answer<TokensOut> {
    let how_far = match auth::log_in(&house, Api, &given.email, &given.password, &from).await? {
        LogIn::NeedsSecondFactor(ticket) => match &given.code {
            Some(code) => second_factor::finish(&house, Api, &ticket.0, code, &from).await?,
            None => LogIn::NeedsSecondFactor(ticket),
        },
        further => further,
    };
    finish(&house, how_far, given.org_id, &from).await
}

async fn finish(house: &House, how_far: LogIn<ApiTokens>, org: Option<Uuid>, from: &services::Request) -> Answer<TokensOut> {
    let refused = || Refused::new(Code::Unauthenticated, auth::log_in::REFUSAL);
    let tokens = match how_far {
        LogIn::In(tokens) => tokens,
        LogIn::NeedsSecondFactor(ticket) => {
            return Err(Refused::new(Code::SecondFactorRequired, "Send the code of your second factor").with_ticket(ticket.0));
        }
        LogIn::Choose { ticket, memberships, .. } => {
            let chosen = memberships.iter().find(|m| org.is_none_or(|org| m.org.uuid() == org));
            let Some(chosen) = chosen else {
                return Err(if memberships.is_empty() {
                    Refused::new(Code::Forbidden, "Support enters an organisation in the browser, with a reason")
                } else {
                    Refused::field("orgId", "You are not in this organisation")
                });
            };
            match auth::choose(house, Api, &ticket.0, chosen.id, from).await? {
                LogIn::In(tokens) => tokens,
                _ => return Err(refused()),
            }
        }
        LogIn::Refused => return Err(refused()),
    };
    if org.is_some_and(|org| tokens.org.uuid() != org) {
        api_tokens::end(house, &tokens.refresh).await?;
        return Err(Refused::field("orgId", "You are not in this organisation"));
    }
    Ok(Done::ok(tokens.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecondFactorIn {
    ticket: String,
    /// Six digits, or a recovery code.
    code: String,
    #[serde(default)]
    org_id: Option<Uuid>,
}

/// Goes on from `second_factor_required`.
#[utoipa::path(post, path = "/auth/second-factor", tag = "auth", request_body = SecondFactorIn, responses((status = 200, body = Envelope<TokensOut>)))]
async fn second_factor_code(State(house): State<House>, Client(from): Client, Body(given): Body<SecondFactorIn>) -> Answer<TokensOut> {
    let how_far = second_factor::finish(&house, Api, &given.ticket, &given.code, &from).await?;
    finish(&house, how_far, given.org_id, &from).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshIn {
    refresh_token: String,
}

/// A new pair for a refresh token, which is thereby used up. Using it twice ends every token of its log-in.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshIn, responses((status = 200, body = Envelope<TokensOut>)))]
async fn refresh(State(house): State<House>, Client(from): Client, Body(given): Body<RefreshIn>) -> Answer<TokensOut> {
    Ok(Done::ok(api_tokens::refresh(&house, &given.refresh_token, &from).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogoutIn {
    /// Without it, the bearer token's own log-in ends.
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Ends every token of a log-in.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = LogoutIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn logout(State(house): State<House>, headers: HeaderMap, Client(from): Client, Body(given): Body<LogoutIn>) -> Answer<NothingOut> {
    if let Some(token) = &given.refresh_token {
        api_tokens::end(&house, token).await?;
    }
    if let Some(token) = gate::bearer::bearer(&headers)
        && let Some(family) = api_tokens::family_of(&house, token)
    {
        match api_tokens::resolve_bearer(&house, token, from).await {
            Ok(me) => auth::sessions::revoke(&me, family).await?,
            // It has ended already, which is what was asked for.
            Err(services::Error::SignedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EmailIn {
    email: String,
}

/// Sends a reset link, if there is such an account; the answer is the same if there is not.
#[utoipa::path(post, path = "/auth/password-reset-request", tag = "auth", request_body = EmailIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn password_reset_request(State(house): State<House>, Client(from): Client, Body(given): Body<EmailIn>) -> Answer<NothingOut> {
    resets::request(&house, &given.email, &from).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordResetIn {
    token: String,
    new_password: String,
}

/// Sets a new password; every session and token of the account ends.
#[utoipa::path(
    post, path = "/auth/password-reset-confirm", tag = "auth", request_body = PasswordResetIn,
    responses((status = 200, body = Envelope<NothingOut>)),
)]
async fn password_reset_confirm(
    State(house): State<House>,
    Client(from): Client,
    Body(given): Body<PasswordResetIn>,
) -> Answer<NothingOut> {
    resets::confirm(&house, &given.token, &given.new_password, &from).await.map_err(|error| renamed(error, "password", "newPassword"))?;
    Ok(Done::ok(NothingOut {}))
}

/// A verb's field under the name this operation gives it.
pub(crate) fn renamed(error: services::Error, ours: &str, theirs: &str) -> Refused {
    let mut refused = Refused::from(error);
    if let Some(fields) = &mut refused.problem.fields
        && let Some(sentence) = fields.remove(ours)
    {
        fields.insert(theirs.to_owned(), sentence);
    }
    refused
}

/// Sends a link to log in, if there is such an account; the answer is the same if there is not.
#[utoipa::path(post, path = "/auth/magic-link", tag = "auth", request_body = EmailIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn magic_link(State(house): State<House>, Client(from): Client, Body(given): Body<EmailIn>) -> Answer<NothingOut> {
    magic::request(&house, &given.email, None, &from).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenIn {
    token: String,
    #[serde(default)]
    org_id: Option<Uuid>,
}

/// Logs in by the token of a link.
#[utoipa::path(post, path = "/auth/magic-link/confirm", tag = "auth", request_body = TokenIn, responses((status = 200, body = Envelope<TokensOut>)))]
async fn magic_link_confirm(State(house): State<House>, Client(from): Client, Body(given): Body<TokenIn>) -> Answer<TokensOut> {
    let (how_far, _) = magic::consume(&house, Api, &given.token, &from).await?;
    finish(&house, how_far, given.org_id, &from).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct VerifyIn {
    token: String,
}

/// Confirms an e-mail address by the token of the verification mail.
#[utoipa::path(post, path = "/auth/verify-email", tag = "auth", request_body = VerifyIn, responses((status = 200, body = Envelope<NothingOut>)))]
async fn verify_email(State(house): State<House>, Body(given): Body<VerifyIn>) -> Answer<NothingOut> {
    verify::confirm(&house, &given.token).await?;
    Ok(Done::ok(NothingOut {}))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AcceptIn {
    token: String,
    #[serde(default)]
    name: String,
    /// For people who have none yet. Tenants and contractors may do without.
    #[serde(default)]
    password: String,
}

/// Accepts an invitation and logs in.
#[utoipa::path(post, path = "/auth/invitations/accept", tag = "auth", request_body = AcceptIn, responses((status = 200, body = Envelope<TokensOut>)))]
async fn accept_invitation(State(house): State<House>, Client(from): Client, Body(given): Body<AcceptIn>) -> Answer<TokensOut> {
    let how_far = invites::accept(&house, Api, &given.token, &given.name, &given.password, &from).await?;
    finish(&house, how_far, None, &from).await
}
