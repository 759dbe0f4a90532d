//! Fettle's own people: made by the command line, they enter one organisation at a time and say why.

use domain::events::Event;
use domain::policy::Role;
use domain::values::{EmailAddress, required};
use domain::{LoginId, OrgId};
use serde_json::json;

use super::log_in::{Entry, chooser};
use super::mails::{self, AuthMail};
use super::sql::memberships::NewMember;
use super::tokens::{self, Purpose};
use super::{Door, LogIn, anonymous, become_member, register, sql};
use crate::{Error, House, Request, Result};

/// Makes an e-mail's owner a SuperAdmin, and sends them a link to set a password if they have none. For the command line alone: no page and
/// no endpoint calls this.
///
/// # Errors
/// `Invalid` when it is no e-mail address.
pub async fn make_super_admin(house: &House, email: &str) -> Result<LoginId> {
    let email = EmailAddress::parse(email).ok_or_else(|| Error::invalid("email", EmailAddress::REFUSAL))?;
    let mut tx = anonymous(house).await?;
    tx.act_as(register::command_line());
    sql::logins::insert(&mut tx, house.new_id(), &email, None).await?;
    let login =
        sql::logins::by_email(&mut tx, &email).await?.ok_or_else(|| Error::internal(anyhow::anyhow!("the login just made is gone")))?;
    sql::logins::make_super_admin(&mut tx, login.id).await?;
    if login.password_hash.is_none() {
        let token = tokens::issue(&mut tx, house, Purpose::Reset, login.id, None, json!({})).await?;
        mails::send(&mut tx, house, &email, AuthMail::Reset { link: house.url(&format!("/reset/confirm?token={token}")) }).await?;
    }
    tx.commit().await?;
    tracing::warn!(login.id = %login.id, "made a SuperAdmin");
    Ok(login.id)
}

/// Goes on from [`LogIn::Choose`] into an organisation that is not one's own. The reason goes into that organisation's audit, where its
/// administrators read it.
///
/// # Errors
/// `Invalid` on `organisation` or `reason` (the ticket is then still good); `NotFound` for an old ticket; `Forbidden` for anybody but support.
pub async fn enter_organisation<D: Door>(
    house: &House,
    door: D,
    ticket: &str,
    slug: &str,
    reason: &str,
    request: &Request,
) -> Result<LogIn<D::Key>> {
    let mut errors = wire::FieldErrors::new();
    let reason = errors.take("reason", required(reason, "the reason, as the organisation will read it", 300));
    let org = organisation(house, slug.trim()).await?;
    if org.is_none() {
        errors.add("organisation", "There is no organisation with this short name");
    }
    let (Some(reason), Some(org)) = (reason, org) else {
        return Err(errors.into());
    };
    let mut tx = anonymous(house).await?;
    let (login, second_factor, _) = chooser(&mut tx, ticket).await?;
    if !login.is_super_admin {
        return Err(Error::Forbidden);
    }
    tx.enter(org).await?;
    let name = format!("Fettle support ({})", login.email.split('@').next().unwrap_or(""));
    let new = NewMember {
        id: house.new_id(),
        org,
        login: login.id,
        role: Role::SuperAdmin,
        contact: None,
        name: &name,
        email: &login.email,
        status: "active",
        job_title: None,
    };
    let membership = sql::memberships::support(&mut tx, new).await?;
    let Some(member) = sql::memberships::active(&mut tx, membership).await? else {
        return Err(Error::invalid("organisation", "This organisation is suspended or closed"));
    };
    become_member(&mut tx, &member, request).await?;
    sql::logins::logged_in(&mut tx, login.id).await?;
    tx.record(Event::new("support:entered", "organisation", org).created(json!({ "reason": reason })));
    let key = door.open(&mut tx, house, Entry { member, email: login.email.clone(), second_factor }, request).await?;
    tx.commit().await?;
    Ok(LogIn::In(key))
}

async fn organisation(house: &House, slug: &str) -> Result<Option<OrgId>> {
    let mut tx = db::SystemTx::because(house.db(), "support names the organisation to enter", house.now()).await?;
    let id = sqlx::query_scalar!("select id from organisations where slug = $1", slug).fetch_optional(tx.conn()).await?;
    Ok(id.map(Into::into))
}
