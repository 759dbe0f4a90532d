//! Logging in, in up to three steps: the password (or a link), the second factor, the organisation.

use std::future::Future;

use db::AuthTx;
use domain::values::EmailAddress;
use domain::{LoginId, MembershipId, OrgId};
use serde_json::json;

use super::limits::{self, Limited};
use super::sessions::{self, SessionToken};
use super::sql::logins::Login;
use super::tokens::{self, Purpose};
use super::{Member, Membership, about_login, anonymous, api_tokens, become_member, passwords, sql};
use crate::{Error, House, Request, Result};

/// What a refused log-in is told, whatever was wrong.
pub const REFUSAL: &str = "The email address or password is not right. Check both and try again, or reset your password";

/// What carries a visitor over to the next step. Worthless without it; gone in ten minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(pub String);

/// How far a log-in came. `K` is what the door gives: a cookie's token, or the API's pair.
#[derive(Clone, Debug)]
pub enum LogIn<K> {
    In(K),
    /// The code of an authenticator, or a recovery code: see [`super::second_factor::finish`].
    NeedsSecondFactor(Ticket),
    /// Several memberships, the one used last first; or none, for support, which names an organisation instead. See [`choose`].
    Choose {
        ticket: Ticket,
        memberships: Vec<Membership>,
        is_support: bool,
    },
    /// Wrong, unknown, closed, or nowhere to go: [`REFUSAL`].
    Refused,
}

/// Which credential a log-in ends with.
pub trait Door: Copy + Send + Sync {
    type Key: Send;
    #[doc(hidden)]
    fn open(self, tx: &mut AuthTx, house: &House, entry: Entry, request: &Request) -> impl Future<Output = Result<Self::Key>> + Send;
}

/// A browser: an opaque token for its cookie.
#[derive(Clone, Copy, Debug)]
pub struct Browser;
/// A program: an access token and a refresh token.
#[derive(Clone, Copy, Debug)]
pub struct Api;

/// A proved member about to enter.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) member: Member,
    pub(super) email: String,
    pub(super) second_factor: bool,
}

impl Door for Browser {
    type Key = SessionToken;
    async fn open(self, tx: &mut AuthTx, house: &House, entry: Entry, request: &Request) -> Result<SessionToken> {
        sessions::open(tx, house, &entry.member, entry.second_factor, request).await
    }
}
impl Door for Api {
    type Key = api_tokens::ApiTokens;
    async fn open(self, tx: &mut AuthTx, house: &House, entry: Entry, request: &Request) -> Result<Self::Key> {
        api_tokens::open(tx, house, &entry, request).await
    }
}

/// Logs in with a password.
///
/// # Errors
/// `TooMany`. A wrong password is no error but [`LogIn::Refused`].
pub async fn log_in<D: Door>(house: &House, door: D, email: &str, password: &str, request: &Request) -> Result<LogIn<D::Key>> {
    let spent = limits::spend(house, Limited::LogIn, request, email).await?;
    let mut tx = anonymous(house).await?;
    let found = match EmailAddress::parse(email) {
        Some(email) => sql::logins::by_email(&mut tx, &email).await?,
        None => None,
    };
    // No connection is held while the password is hashed.
    tx.commit().await?;
    let stored = found.as_ref().and_then(|login| login.password_hash.clone());
    let is_right = passwords::is_right(password, stored).await?;
    let Some(login) = found.filter(|_| is_right) else {
        tracing::info!(trace = request.trace, "refused a log-in");
        return Ok(LogIn::Refused);
    };
    let mut tx = anonymous(house).await?;
    // Read again, locked: it may have been closed, or its password changed, meanwhile.
    let Some(now) = sql::logins::locked(&mut tx, login.id).await?.filter(|now| now.password_hash == login.password_hash) else {
        return Ok(LogIn::Refused);
    };
    let proof = Proof { login: now, second_factor: false, place: None, way: "password".to_owned() };
    let how_far = advance(&mut tx, house, door, proof, request).await?;
    if !matches!(how_far, LogIn::Refused) {
        spent.give_back(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(how_far)
}

/// Somebody proved to be this login.
pub(super) struct Proof {
    pub(super) login: Login,
    pub(super) second_factor: bool,
    /// Where they are going, when that is settled (an invitation).
    pub(super) place: Option<(OrgId, MembershipId)>,
    /// For the audit: `password`, `magic link`, …
    pub(super) way: String,
}

/// Takes a proof as far as it goes.
pub(super) async fn advance<D: Door>(tx: &mut AuthTx, house: &House, door: D, proof: Proof, request: &Request) -> Result<LogIn<D::Key>> {
    let Proof { login, second_factor, place, way } = proof;
    if login.is_disabled {
        return Ok(LogIn::Refused);
    }
    if login.has_second_factor && !second_factor {
        let ticket = tokens::issue(tx, house, Purpose::SecondFactor, login.id, place, json!({ "way": way })).await?;
        return Ok(LogIn::NeedsSecondFactor(Ticket(ticket)));
    }
    tx.as_login(login.id).await?;
    let mut memberships = sql::memberships::of_login(tx, login.id).await?;
    if let Some((_, membership)) = place {
        memberships.retain(|m| m.id == membership);
    }
    match memberships.as_slice() {
        [] if !login.is_super_admin => Ok(LogIn::Refused),
        [only] if !login.is_super_admin || place.is_some() => {
            let (org, membership) = (only.org, only.id);
            enter(tx, house, door, &login, (org, membership), second_factor, way, request).await
        }
        _ => {
            let payload = json!({ "secondFactor": second_factor, "way": way });
            let ticket = Ticket(tokens::issue(tx, house, Purpose::Choose, login.id, None, payload).await?);
            Ok(LogIn::Choose { ticket, memberships, is_support: login.is_super_admin })
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the last step gathers what the others found")]
async fn enter<D: Door>(
    tx: &mut AuthTx,
    house: &House,
    door: D,
    login: &Login,
    (org, membership): (OrgId, MembershipId),
    second_factor: bool,
    way: String,
    request: &Request,
) -> Result<LogIn<D::Key>> {
    tx.enter(org).await?;
    let Some(member) = sql::memberships::active(tx, membership).await?.filter(|m| m.login == login.id) else {
        return Ok(LogIn::Refused);
    };
    become_member(tx, &member, request).await?;
    sql::logins::logged_in(tx, login.id).await?;
    sql::memberships::seen(tx, membership).await?;
    tx.record(about_login("auth:logged_in", login.id, json!({ "way": way, "secondFactor": second_factor })));
    let entry = Entry { member, email: login.email.clone(), second_factor };
    Ok(LogIn::In(door.open(tx, house, entry, request).await?))
}

/// Goes on from [`LogIn::Choose`] with one of the memberships.
///
/// # Errors
/// `NotFound` when the ticket is used or expired.
pub async fn choose<D: Door>(house: &House, door: D, ticket: &str, membership: MembershipId, request: &Request) -> Result<LogIn<D::Key>> {
    let mut tx = anonymous(house).await?;
    let (login, second_factor, way) = chooser(&mut tx, ticket).await?;
    tx.as_login(login.id).await?;
    let Some(chosen) = sql::memberships::of_login(&mut tx, login.id).await?.into_iter().find(|m| m.id == membership) else {
        return Err(Error::NotFound);
    };
    let how_far = enter(&mut tx, house, door, &login, (chosen.org, chosen.id), second_factor, way, request).await?;
    tx.commit().await?;
    Ok(how_far)
}

/// The choices behind a ticket, again, without using it up: what a page that is loaded twice shows.
///
/// # Errors
/// `NotFound` when the ticket is used or expired.
pub async fn choices(house: &House, ticket: &str) -> Result<(Vec<Membership>, bool)> {
    let mut tx = anonymous(house).await?;
    let found = tokens::find(&mut tx, Purpose::Choose, ticket).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    tx.as_login(login.id).await?;
    let memberships = sql::memberships::of_login(&mut tx, login.id).await?;
    tx.commit().await?;
    Ok((memberships, login.is_super_admin))
}

/// Uses a chooser's ticket up: whose it was, whether a second factor was given, and which way they came.
pub(super) async fn chooser(tx: &mut AuthTx, ticket: &str) -> Result<(Login, bool, String)> {
    let found = tokens::consume(tx, Purpose::Choose, ticket).await?;
    let second_factor = found.payload.get("secondFactor").and_then(serde_json::Value::as_bool).unwrap_or(false);
    let way = way_of(&found.payload);
    let login = sql::logins::locked(tx, found.login).await?.filter(|l| !l.is_disabled).ok_or(Error::NotFound)?;
    Ok((login, second_factor, way))
}

/// Which way somebody came, as a ticket carries it.
pub(super) fn way_of(payload: &serde_json::Value) -> String {
    payload.get("way").and_then(serde_json::Value::as_str).unwrap_or("link").to_owned()
}

/// The memberships of a login, for a switcher.
pub async fn memberships(me: &super::Visitor) -> Result<Vec<Membership>> {
    let mut tx = me.begin_own().await?;
    tx.as_login(me.login()).await?;
    let found = sql::memberships::of_login(&mut tx, me.login()).await?;
    tx.commit().await?;
    Ok(found)
}

/// Whoever first proves an address takes the account: what was set up with it before the proof may have been somebody else's.
pub(super) async fn take_over_unproved(tx: &mut AuthTx, login: &mut Login) -> Result<()> {
    if login.is_verified {
        return Ok(());
    }
    let id: LoginId = login.id;
    sql::logins::set_password(tx, id, None).await?;
    sql::logins::set_totp(tx, id, None).await?;
    sql::logins::replace_recovery_codes(tx, id, &[]).await?;
    sql::sessions::revoke_all(tx, id, None).await?;
    sql::logins::verify(tx, id).await?;
    *login = sql::logins::locked(tx, id).await?.ok_or(Error::NotFound)?;
    Ok(())
}
