//! The API's credentials: a signed access token for 15 minutes, and a refresh token for 7 days that is rotated at every use. All tokens that
//! come from one log-in are a **family**; using a rotated token again means that somebody copied it, and ends the family.

use db::AuthTx;
use domain::policy::permissions;
use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::log_in::Entry;
use super::{Member, Visitor, about_login, anonymous, become_member, sql, tokens};
use crate::{Error, House, Request, Result};

const ACCESS: SignedDuration = SignedDuration::from_mins(15);
const REFRESH: SignedDuration = SignedDuration::from_hours(7 * 24);
const AUDIENCE: &str = "fettle-api";

/// What a program gets when it logs in.
#[derive(Clone)]
pub struct ApiTokens {
    pub access: String,
    pub access_expires_at: Timestamp,
    pub refresh: String,
    pub refresh_expires_at: Timestamp,
    pub login: LoginId,
    pub org: OrgId,
    pub membership: MembershipId,
}

impl std::fmt::Debug for ApiTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiTokens").field("login", &self.login).field("org", &self.org).finish_non_exhaustive()
    }
}

/// What an access token says. The specification's names, and the registered ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    aud: String,
    sub: LoginId,
    iat: i64,
    exp: i64,
    /// The family: when it ends, so does every access token made in it.
    sid: SessionId,
    user_id: LoginId,
    email: String,
    org_id: OrgId,
    membership_id: MembershipId,
    role: String,
    permissions: Vec<String>,
}

/// A new family.
pub(super) async fn open(tx: &mut AuthTx, house: &House, entry: &Entry, request: &Request) -> Result<ApiTokens> {
    make(tx, house, &entry.member, &entry.email, house.new_id(), entry.second_factor, request).await
}

async fn make(
    tx: &mut AuthTx,
    house: &House,
    member: &Member,
    email: &str,
    family: SessionId,
    second_factor: bool,
    request: &Request,
) -> Result<ApiTokens> {
    let now = tx.now();
    let refresh = tokens::fresh();
    let new = sql::refresh::NewRefresh {
        id: house.new_id(),
        family,
        token_hash: &tokens::hash(&refresh),
        login: member.login,
        org: member.org,
        membership: member.membership,
        second_factor,
        request,
        lasts: REFRESH,
    };
    sql::refresh::insert(tx, new).await?;
    let claims = Claims {
        iss: house.place().base_url.clone(),
        aud: AUDIENCE.to_owned(),
        sub: member.login,
        iat: now.as_second(),
        exp: (now + ACCESS).as_second(),
        sid: family,
        user_id: member.login,
        email: email.to_owned(),
        org_id: member.org,
        membership_id: member.membership,
        role: member.role.as_str().to_owned(),
        permissions: permissions(member.role).into_iter().map(ToOwned::to_owned).collect(),
    };
    let key = EncodingKey::from_secret(&house.keys().for_purpose("jwt"));
    let access = encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(Error::internal)?;
    Ok(ApiTokens {
        access,
        access_expires_at: now + ACCESS,
        refresh,
        refresh_expires_at: now + REFRESH,
        login: member.login,
        org: member.org,
        membership: member.membership,
    })
}

/// Who an access token belongs to. The role is the membership's of this moment, not the token's.
///
/// # Errors
/// `SignedOut` when the token is not ours, has expired, or its family, login, membership or organisation has ended.
pub async fn resolve_bearer(house: &House, token: &str, request: Request) -> Result<Visitor> {
    let claims = read(house, token).ok_or(Error::SignedOut)?;
    let mut tx = anonymous(house).await?;
    if !sql::refresh::is_live(&mut tx, claims.sid, claims.sub).await? {
        return Err(Error::SignedOut);
    }
    tx.enter(claims.org_id).await?;
    let member =
        sql::memberships::active(&mut tx, claims.membership_id).await?.filter(|m| m.login == claims.sub).ok_or(Error::SignedOut)?;
    tx.commit().await?;
    Visitor::admit(house, member, request)
}

/// The family of an access token, to tell "this device" from the others.
pub fn family_of(house: &House, token: &str) -> Option<SessionId> {
    read(house, token).map(|claims| claims.sid)
}

fn read(house: &House, token: &str) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[&house.place().base_url]);
    rules.set_audience(&[AUDIENCE]);
    // Judged below by the house's own clock.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(&house.keys().for_purpose("jwt"));
    let claims = decode::<Claims>(token, &key, &rules).ok()?.claims;
    (claims.exp > house.now().as_second()).then_some(claims)
}

/// A new pair for a refresh token, which is thereby used up.
///
/// # Errors
/// `SignedOut` when the token is unknown, expired or revoked; when it was used before, its whole family ends as well.
pub async fn refresh(house: &House, token: &str, request: &Request) -> Result<ApiTokens> {
    let mut tx = anonymous(house).await?;
    let found = sql::refresh::locked(&mut tx, &tokens::hash(token)).await?.ok_or(Error::SignedOut)?;
    if found.was_revoked || found.expires_at <= tx.now() {
        return Err(Error::SignedOut);
    }
    tx.enter(found.org).await?;
    let member = sql::memberships::active(&mut tx, found.membership).await?.filter(|m| m.login == found.login);
    let (Some(member), false) = (member, found.was_rotated) else {
        sql::refresh::revoke_family(&mut tx, found.family).await?;
        if found.was_rotated {
            tracing::warn!(login.id = %found.login, trace = request.trace, "a rotated refresh token was used again: its family ends");
            tx.record(about_login("auth:refresh_reused", found.login, json!({ "session": found.family })));
        }
        tx.commit().await?;
        return Err(Error::SignedOut);
    };
    become_member(&mut tx, &member, request).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::SignedOut)?;
    sql::refresh::rotate(&mut tx, found.id).await?;
    let pair = make(&mut tx, house, &member, &login.email, found.family, found.second_factor, request).await?;
    tx.commit().await?;
    Ok(pair)
}

/// Ends the family of a refresh token; unknown tokens are nobody's.
pub async fn end(house: &House, token: &str) -> Result<()> {
    let mut tx = anonymous(house).await?;
    if let Some(found) = sql::refresh::locked(&mut tx, &tokens::hash(token)).await? {
        sql::refresh::revoke_family(&mut tx, found.family).await?;
    }
    Ok(tx.commit().await?)
}
