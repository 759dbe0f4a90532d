//! Logging in by a link in a mail, for people who log in twice a year.

use domain::values::EmailAddress;
use serde_json::json;

use super::limits::{self, Limited};
use super::log_in::{Proof, advance, take_over_unproved};
use super::mails::{self, AuthMail, at_least};
use super::resets::enter_last;
use super::tokens::{self, Purpose};
use super::{Door, LogIn, anonymous, sql};
use crate::{Error, House, Request, Result};

/// Sends a link, if there is such an account; the answer and its time are the same if there is not. `next` is where it leads in the end.
///
/// # Errors
/// `Invalid` when it is no e-mail address; `TooMany`.
pub async fn request(house: &House, email: &str, next: Option<&str>, request: &Request) -> Result<()> {
    let email = EmailAddress::parse(email).ok_or_else(|| Error::invalid("email", EmailAddress::REFUSAL))?;
    limits::spend(house, Limited::Magic, request, email.as_str()).await?;
    at_least(async {
        let mut tx = anonymous(house).await?;
        // Support always brings its password.
        if let Some(login) = sql::logins::by_email(&mut tx, &email).await?.filter(|l| !l.is_disabled && !l.is_super_admin) {
            enter_last(&mut tx, &login).await?;
            let token = tokens::issue(&mut tx, house, Purpose::Magic, login.id, None, json!({ "next": next })).await?;
            mails::send(&mut tx, house, &email, AuthMail::Magic { link: house.url(&format!("/magic/confirm?token={token}")) }).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Whether a link still works, without using it up: mail scanners open links, people press buttons.
///
/// # Errors
/// `NotFound` when it does not.
pub async fn look(house: &House, token: &str) -> Result<()> {
    let mut tx = anonymous(house).await?;
    tokens::find(&mut tx, Purpose::Magic, token).await?;
    Ok(tx.commit().await?)
}

/// Logs in by a link; the second answer is where the link was to lead. It proves the address, too; a second factor is still asked for.
///
/// # Errors
/// `NotFound` for a link that does not work any more; `TooMany`.
pub async fn consume<D: Door>(house: &House, door: D, token: &str, request: &Request) -> Result<(LogIn<D::Key>, Option<String>)> {
    limits::spend(house, Limited::Magic, request, token).await?;
    let mut tx = anonymous(house).await?;
    let found = tokens::consume(&mut tx, Purpose::Magic, token).await?;
    let mut login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    take_over_unproved(&mut tx, &mut login).await?;
    let next = found.payload.get("next").and_then(serde_json::Value::as_str).map(ToOwned::to_owned);
    let proof = Proof { login, second_factor: false, place: None, way: "magic link".to_owned() };
    let how_far = advance(&mut tx, house, door, proof, request).await?;
    tx.commit().await?;
    Ok((how_far, next))
}
