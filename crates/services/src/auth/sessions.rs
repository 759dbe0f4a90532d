//! Browser sessions: opaque tokens in a cookie, sliding, revocable. A login sees every place it is signed in, API clients too.

use db::AuthTx;
use domain::policy::Role;
use domain::{LoginId, MembershipId, OrgId, SessionId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Member, Visitor, about_login, anonymous, become_member, sql, tokens};
use crate::{Error, House, Request, Result};

/// A session ends after this long without a request …
pub const IDLE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// … support's much sooner …
const SUPPORT_IDLE: SignedDuration = SignedDuration::from_hours(1);
/// … and is touched at most this often, so that reading pages does not write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The secret a browser keeps. Shown once; only its hash is stored.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    /// For the cookie, and nowhere else.
    pub fn secret(&self) -> &str {
        &self.0
    }
}
impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// A session that was found live, and whose membership is too.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub second_factor: bool,
    pub created_at: Timestamp,
    pub visitor: Visitor,
}

/// A place where a login is signed in: a browser, or an API client's family of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: SessionId,
    pub is_api: bool,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

const fn idle(role: Role) -> SignedDuration {
    match role {
        Role::SuperAdmin => SUPPORT_IDLE,
        _ => IDLE,
    }
}

/// Opens a session for a member whose login has just been proved.
pub(super) async fn open(tx: &mut AuthTx, house: &House, member: &Member, second_factor: bool, request: &Request) -> Result<SessionToken> {
    let token = SessionToken(tokens::fresh());
    let new = sql::sessions::NewSession {
        id: house.new_id(),
        token_hash: &tokens::hash(token.secret()),
        login: member.login,
        org: member.org,
        membership: member.membership,
        second_factor,
        request,
        lasts: idle(member.role),
    };
    sql::sessions::insert(tx, new).await?;
    Ok(token)
}

/// Who a cookie's token belongs to, sliding its end forward.
///
/// # Errors
/// `SignedOut` when the token is unknown, expired or revoked, or its membership was deactivated.
pub async fn resolve(house: &House, token: &str, request: Request) -> Result<Session> {
    let mut tx = anonymous(house).await?;
    let found = sql::sessions::live(&mut tx, &tokens::hash(token)).await?.ok_or(Error::SignedOut)?;
    tx.enter(found.org).await?;
    let member: Member =
        sql::memberships::active(&mut tx, found.membership).await?.filter(|m| m.login == found.login).ok_or(Error::SignedOut)?;
    if house.now().duration_since(found.last_seen_at) > TOUCH_EVERY {
        sql::sessions::touch(&mut tx, found.id, idle(member.role)).await?;
    }
    tx.commit().await?;
    Ok(Session {
        id: found.id,
        second_factor: found.second_factor,
        created_at: found.created_at,
        visitor: Visitor::admit(house, member, request)?,
    })
}

/// Ends the session a cookie names; unknown tokens are nobody's.
pub async fn end(house: &House, token: &str) -> Result<()> {
    let mut tx = anonymous(house).await?;
    sql::sessions::revoke_by_token(&mut tx, &tokens::hash(token)).await?;
    Ok(tx.commit().await?)
}

/// Every place this login is signed in, the one used last first.
pub async fn list(me: &Visitor) -> Result<Vec<Place>> {
    let mut tx = me.begin_own().await?;
    let places = sql::sessions::places(&mut tx, me.login()).await?;
    tx.commit().await?;
    Ok(places)
}

/// Signs one place out.
///
/// # Errors
/// `NotFound` when it is not this login's, or has ended.
pub async fn revoke(me: &Visitor, place: SessionId) -> Result<()> {
    let mut tx = me.begin_own().await?;
    if !sql::sessions::revoke_place(&mut tx, me.login(), place).await? {
        return Err(Error::NotFound);
    }
    tx.record(about_login("auth:session_revoked", me.login(), json!({ "session": place })));
    Ok(tx.commit().await?)
}

/// Signs every place out but the one named, which is usually the one that asks.
pub async fn revoke_all(me: &Visitor, but: Option<SessionId>) -> Result<()> {
    let mut tx = me.begin_own().await?;
    sql::sessions::revoke_all(&mut tx, me.login(), but).await?;
    tx.record(about_login("auth:sessions_revoked", me.login(), json!({})));
    Ok(tx.commit().await?)
}

/// Goes on as another membership of the same login: the old session ends, a new one begins.
///
/// # Errors
/// `SignedOut` for a dead session, `NotFound` for a membership that is not this login's.
pub async fn switch(house: &House, token: &str, to: MembershipId, request: &Request) -> Result<SessionToken> {
    let mut tx = anonymous(house).await?;
    let found = sql::sessions::live(&mut tx, &tokens::hash(token)).await?.ok_or(Error::SignedOut)?;
    tx.as_login(found.login).await?;
    let chosen = sql::memberships::of_login(&mut tx, found.login).await?.into_iter().find(|m| m.id == to).ok_or(Error::NotFound)?;
    tx.enter(chosen.org).await?;
    let member = sql::memberships::active(&mut tx, chosen.id).await?.ok_or(Error::NotFound)?;
    become_member(&mut tx, &member, request).await?;
    sql::sessions::revoke_by_token(&mut tx, &tokens::hash(token)).await?;
    sql::memberships::seen(&mut tx, member.membership).await?;
    let fresh = open(&mut tx, house, &member, found.second_factor, request).await?;
    tx.record(about_login("auth:logged_in", found.login, json!({ "way": "switch", "secondFactor": found.second_factor })));
    tx.commit().await?;
    Ok(fresh)
}

/// Opens a session without a proof, for tests alone.
#[doc(hidden)]
pub async fn open_for_tests(house: &House, login: LoginId, org: OrgId, membership: MembershipId) -> Result<SessionToken> {
    let mut tx = anonymous(house).await?;
    tx.enter(org).await?;
    let member = sql::memberships::active(&mut tx, membership).await?.filter(|m| m.login == login).ok_or(Error::NotFound)?;
    let token = open(&mut tx, house, &member, false, &Request::default()).await?;
    tx.commit().await?;
    Ok(token)
}
