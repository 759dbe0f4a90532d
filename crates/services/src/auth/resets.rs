//! Forgotten and changed passwords.

use domain::SessionId;
use domain::values::EmailAddress;
use serde_json::json;

use super::limits::{self, Limited};
use super::log_in::take_over_unproved;
use super::mails::{self, AuthMail, at_least};
use super::tokens::{self, Purpose};
use super::{Visitor, about_login, anonymous, passwords, sql};
use crate::{Error, House, Request, Result};

/// Sends a reset link, if there is such an account. The answer and its time are the same if there is not.
///
/// # Errors
/// `Invalid` when it is no e-mail address; `TooMany`.
pub async fn request(house: &House, email: &str, request: &Request) -> Result<()> {
    let email = EmailAddress::parse(email).ok_or_else(|| Error::invalid("email", EmailAddress::REFUSAL))?;
    limits::spend(house, Limited::Reset, request, email.as_str()).await?;
    at_least(async {
        let mut tx = anonymous(house).await?;
        if let Some(login) = sql::logins::by_email(&mut tx, &email).await?.filter(|l| !l.is_disabled) {
            enter_last(&mut tx, &login).await?;
            let token = tokens::issue(&mut tx, house, Purpose::Reset, login.id, None, json!({})).await?;
            mails::send(&mut tx, house, &email, AuthMail::Reset { link: house.url(&format!("/reset/confirm?token={token}")) }).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Whether a reset link still works, without using it up.
///
/// # Errors
/// `NotFound` when it does not.
pub async fn look(house: &House, token: &str) -> Result<()> {
    let mut tx = anonymous(house).await?;
    tokens::find(&mut tx, Purpose::Reset, token).await?;
    Ok(tx.commit().await?)
}

/// Sets a new password. Every session and API family ends, and so does every other link of this login; a second factor stays.
///
/// # Errors
/// `NotFound` for a link that does not work any more; `Invalid` for `password`, and the link is then still good.
pub async fn confirm(house: &House, token: &str, password: &str, request: &Request) -> Result<()> {
    limits::spend(house, Limited::Password, request, token).await?;
    let mut tx = anonymous(house).await?;
    let found = tokens::find(&mut tx, Purpose::Reset, token).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    passwords::check(password, &login.email, "").map_err(|sentence| Error::invalid("password", sentence))?;
    drop(tx);
    let hash = passwords::hash(password).await?;

    let mut tx = anonymous(house).await?;
    tokens::consume(&mut tx, Purpose::Reset, token).await?;
    let mut login = sql::logins::locked(&mut tx, found.login).await?.filter(|l| !l.is_disabled).ok_or(Error::NotFound)?;
    take_over_unproved(&mut tx, &mut login).await?;
    sql::logins::set_password(&mut tx, login.id, Some(&hash)).await?;
    end_everything(&mut tx, &login).await?;
    note(&mut tx, &login, "auth:password_reset").await?;
    notify(&mut tx, house, &login, "Your password was reset").await?;
    Ok(tx.commit().await?)
}

/// Changes the password of whoever is signed in, by the old one. Every other session ends.
///
/// # Errors
/// `Invalid` for `current` or `password`; `TooMany`.
pub async fn change(me: &Visitor, current: &str, password: &str, this: Option<SessionId>) -> Result<()> {
    let house = me.house();
    let login = prove(me, current, "current").await?;
    passwords::check(password, &login.email, "").map_err(|sentence| Error::invalid("password", sentence))?;
    let hash = passwords::hash(password).await?;
    let mut tx = me.begin_own().await?;
    sql::logins::set_password(&mut tx, login.id, Some(&hash)).await?;
    sql::sessions::revoke_all(&mut tx, login.id, this).await?;
    tx.record(about_login("auth:password_changed", login.id, json!({})));
    notify(&mut tx, house, &login, "Your password was changed").await?;
    Ok(tx.commit().await?)
}

/// That whoever is signed in knows their password, asked again before something weighty.
pub(super) async fn prove(me: &Visitor, password: &str, field: &str) -> Result<sql::logins::Login> {
    let spent = limits::spend(me.house(), Limited::Password, me.request(), &me.login().to_string()).await?;
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    tx.commit().await?;
    let Some(stored) = login.password_hash.clone() else {
        return Err(Error::invalid(field, "You have no password yet. Set one with \"Reset your password\" first"));
    };
    if !passwords::is_right(password, Some(stored)).await? {
        return Err(Error::invalid(field, "This is not your password"));
    }
    let mut tx = me.begin_own().await?;
    spent.give_back(&mut tx).await?;
    tx.commit().await?;
    Ok(login)
}

async fn end_everything(tx: &mut db::AuthTx, login: &sql::logins::Login) -> Result<()> {
    sql::sessions::revoke_all(tx, login.id, None).await?;
    let links = [Purpose::Reset, Purpose::Magic, Purpose::SecondFactor, Purpose::Choose].map(|p| p.as_str().to_owned());
    sql::tokens::end_all(tx, login.id, &links).await
}

/// Writes an event about a login into the audit of the organisation it used last.
pub(super) async fn note(tx: &mut db::AuthTx, login: &sql::logins::Login, kind: &'static str) -> Result<()> {
    if enter_last(tx, login).await? {
        tx.record(about_login(kind, login.id, json!({})));
    }
    Ok(())
}

/// Enters the organisation a login used last, so that its mails come from somebody the person knows; false when it has none.
pub(super) async fn enter_last(tx: &mut db::AuthTx, login: &sql::logins::Login) -> Result<bool> {
    tx.as_login(login.id).await?;
    let Some(last) = sql::memberships::of_login(tx, login.id).await?.into_iter().next() else { return Ok(false) };
    tx.enter(last.org).await?;
    Ok(true)
}

/// Tells the person by mail that something about their account changed, in case it was not them.
pub(super) async fn notify(tx: &mut db::AuthTx, house: &House, login: &sql::logins::Login, what: &'static str) -> Result<()> {
    let Some(to) = EmailAddress::parse(&login.email) else { return Ok(()) };
    mails::send(tx, house, &to, AuthMail::Changed { what, link: house.url("/reset") }).await
}
