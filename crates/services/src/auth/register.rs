//! A new organisation and its first administrator.

use db::ActorRecord;
use domain::events::Event;
use domain::policy::Role;
use domain::values::{EmailAddress, required};
use domain::{LoginId, MembershipId, OrgId};
use serde_json::json;
use wire::FieldErrors;

use super::limits::{self, Limited};
use super::log_in::Entry;
use super::mails::{self, AuthMail};
use super::tokens::{self, Purpose};
use super::{Door, Member, about_login, anonymous, become_member, passwords, sql};
use crate::{Error, House, Request, Result, house::random};

/// What the form asks for. Without a name, the part of the e-mail before the @ stands in.
#[derive(Clone, Debug, Default)]
pub struct NewOrganisation {
    pub org_name: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

#[derive(Clone, Debug)]
pub enum Registered<K> {
    /// Signed in already; the address is proved later, by the mail.
    In { login: LoginId, org: OrgId, key: K },
    /// Somebody has an account with this address: they log in, or reset their password.
    EmailTaken,
}

/// Makes the organisation, its slug, its first OrgAdmin and their log-in, all or nothing, and sends the verification mail.
///
/// # Errors
/// `Invalid` by field (`org_name`, `name`, `email`, `password`); `TooMany`.
pub async fn register<D: Door>(house: &House, door: D, new: NewOrganisation, request: &Request) -> Result<Registered<D::Key>> {
    let mut errors = FieldErrors::new();
    let org_name = errors.take("org_name", required(&new.org_name, "the organisation's name", 120));
    let given = if new.name.trim().is_empty() { new.email.split('@').next().unwrap_or("") } else { &new.name };
    let name = errors.take("name", required(given, "your name", 120));
    let email = errors.take("email", EmailAddress::parse(&new.email).ok_or(EmailAddress::REFUSAL));
    errors.take("password", passwords::check(&new.password, &new.email, &new.org_name));
    let (Some(org_name), Some(name), Some(email), true) = (org_name, name, email, errors.is_empty()) else {
        return Err(errors.into());
    };
    limits::spend(house, Limited::Register, request, email.as_str()).await?;
    let hash = passwords::hash(&new.password).await?;

    let (login, org, membership): (LoginId, OrgId, MembershipId) = (house.new_id(), house.new_id(), house.new_id());
    let mut tx = anonymous(house).await?;
    if !sql::logins::insert(&mut tx, login, &email, Some(&hash)).await? {
        return Ok(Registered::EmailTaken);
    }
    tx.enter(org).await?;
    let slug = insert_organisation(&mut tx, org, &org_name, &email).await?;
    sql::memberships::insert_head(&mut tx, org).await?;
    let first = sql::memberships::NewMember {
        id: membership,
        org,
        login,
        role: Role::OrgAdmin,
        contact: None,
        name: &name,
        email: email.as_str(),
        status: "active",
        job_title: None,
    };
    sql::memberships::insert(&mut tx, first).await?;
    let member = Member { org, membership, login, role: Role::OrgAdmin, contact: None, name: name.clone() };
    become_member(&mut tx, &member, request).await?;
    sql::logins::logged_in(&mut tx, login).await?;
    tx.record(Event::new("organisation:registered", "organisation", org).created(json!({ "name": org_name, "slug": slug })));
    tx.record(about_login("auth:logged_in", login, json!({ "way": "registration", "secondFactor": false })));
    let token = tokens::issue(&mut tx, house, Purpose::Verify, login, Some((org, membership)), json!({})).await?;
    let mail = AuthMail::Verify { name, link: house.url(&format!("/verify?token={token}")) };
    mails::send(&mut tx, house, &email, mail).await?;
    let key = door.open(&mut tx, house, Entry { member, email: email.as_str().to_owned(), second_factor: false }, request).await?;
    tx.commit().await?;
    Ok(Registered::In { login, org, key })
}

/// The organisation with the first free slug of its name: `oak-homes`, `oak-homes-2` … `-5`, then something random.
async fn insert_organisation(tx: &mut db::AuthTx, org: OrgId, name: &str, email: &EmailAddress) -> Result<String> {
    let base = slug(name);
    let mut tries: Vec<String> = (2..=5).map(|n| format!("{base}-{n}")).collect();
    tries.insert(0, base.clone());
    tries.push(format!("{base}-{}", hex::encode(random::<4>())));
    for slug in tries {
        if sql::memberships::insert_organisation(tx, org, name, &slug, email.as_str()).await? {
            return Ok(slug);
        }
    }
    Err(Error::internal(anyhow::anyhow!("no free slug for {base}")))
}

/// A name as it stands in an address: lower case, ASCII, single hyphens, at most 48 characters.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            // The letters of Welsh, Irish and Gaelic names, and of our neighbours'.
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ŵ' => out.push('w'),
            'ŷ' | 'ÿ' => out.push('y'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            '\'' | '’' => {}
            '&' => out.push_str("-and-"),
            _ => out.push('-'),
        }
    }
    let words: Vec<&str> = out.split('-').filter(|w| !w.is_empty()).collect();
    let short: String = words.join("-").chars().take(48).collect();
    let short = short.trim_matches('-');
    if short.is_empty() { "organisation".to_owned() } else { short.to_owned() }
}

/// The actor of a command line or a seed, where nobody is signed in.
pub(super) fn command_line() -> ActorRecord {
    ActorRecord { kind: "system", name: Some("command line".to_owned()), ..ActorRecord::default() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_plain() {
        for (name, expected) in [
            ("Oak Homes", "oak-homes"),
            ("  St. Mary's & Sons (Leeds) Ltd. ", "st-marys-and-sons-leeds-ltd"),
            ("Tŷ Glân", "ty-glan"),
            ("مساكن", "organisation"),
            ("---", "organisation"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert!(slug(&"long name ".repeat(20)).len() <= 48);
    }
}
