//! Proving an e-mail address after registration.

use domain::values::EmailAddress;
use serde_json::json;

use super::limits::{self, Limited};
use super::mails::{self, AuthMail};
use super::resets::note;
use super::tokens::{self, Purpose};
use super::{Visitor, anonymous, sql};
use crate::{Error, House, Result};

/// The address a verification link is about, without using it up.
///
/// # Errors
/// `NotFound` when the link does not work any more.
pub async fn look(house: &House, token: &str) -> Result<String> {
    let mut tx = anonymous(house).await?;
    let found = tokens::find(&mut tx, Purpose::Verify, token).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(login.email)
}

/// Proves the address. The mail names the account it is about, so the password set at registration stays.
///
/// # Errors
/// `NotFound` when the link does not work any more.
pub async fn confirm(house: &House, token: &str) -> Result<()> {
    let mut tx = anonymous(house).await?;
    let found = tokens::consume(&mut tx, Purpose::Verify, token).await?;
    let login = sql::logins::locked(&mut tx, found.login).await?.filter(|l| !l.is_disabled).ok_or(Error::NotFound)?;
    sql::logins::verify(&mut tx, login.id).await?;
    note(&mut tx, &login, "auth:email_verified").await?;
    Ok(tx.commit().await?)
}

/// Sends the verification mail again, to whoever is signed in and has not proved their address.
///
/// # Errors
/// `Conflict` when it is proved already; `TooMany`.
pub async fn send_again(me: &Visitor) -> Result<()> {
    limits::spend(me.house(), Limited::Magic, me.request(), &me.login().to_string()).await?;
    let mut tx = me.begin_own().await?;
    let login = sql::logins::locked(&mut tx, me.login()).await?.ok_or(Error::SignedOut)?;
    let (false, Some(to)) = (login.is_verified, EmailAddress::parse(&login.email)) else {
        return Err(Error::conflict("Your email address is confirmed already."));
    };
    let token = tokens::issue(&mut tx, me.house(), Purpose::Verify, login.id, Some((me.org(), me.membership())), json!({})).await?;
    let mail = AuthMail::Verify { name: me.name().to_owned(), link: me.house().url(&format!("/verify?token={token}")) };
    mails::send(&mut tx, me.house(), &to, mail).await?;
    Ok(tx.commit().await?)
}
