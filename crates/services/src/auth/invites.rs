//! Inviting people into an organisation: colleagues, tenants, contractors. An invited membership can do nothing until it is accepted, by a link
//! that only the invited address gets.

use domain::events::Event;
use domain::policy::{Act, Role};
use domain::values::{EmailAddress, required};
use domain::{ContactId, LoginId, MembershipId, OrgId};
use serde_json::json;

use super::limits::{self, Limited};
use super::log_in::{Proof, advance, take_over_unproved};
use super::mails::{self, AuthMail};
use super::sql::memberships::NewMember;
use super::tokens::{self, Purpose};
use super::{Door, LogIn, anonymous, begin_as, passwords, sql};
use crate::{Cx, Error, House, OnConstraint as _, Request, Result, Staff};

/// A colleague to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub name: String,
    pub email: EmailAddress,
    pub role: Role,
    pub job_title: Option<String>,
}

/// Invites a colleague; for one invited before who has not answered, sends the mail again. [`crate::team`] checks the form.
///
/// # Errors
/// `Invalid` on `email` when they are in the team already; `Forbidden`.
pub(crate) async fn colleague(me: &Cx<Staff>, colleague: Colleague) -> Result<MembershipId> {
    let mut tx = begin_as(me, Act::ChangeTeam).await?;
    let taken = "Somebody in your team has this email address already";
    let invited = Invited {
        role: colleague.role,
        contact: None,
        name: &colleague.name,
        email: &colleague.email,
        job_title: colleague.job_title.as_deref(),
        taken,
    };
    let id = invite(&mut tx, me, invited).await?;
    tx.commit().await?;
    Ok(id)
}

/// Invites a tenant or a contractor to their portal; for one who has not answered, sends the mail again.
///
/// # Errors
/// `NotFound`; `Conflict` when the contact has no e-mail, has a log-in already, or is an owner (owners answer by link, without a log-in).
pub async fn contact(me: &Cx<Staff>, contact: ContactId) -> Result<MembershipId> {
    let mut tx = begin_as(me, Act::ChangePeople).await?;
    let found = sql::memberships::contact(&mut tx, contact).await?.ok_or(Error::NotFound)?;
    let role = match found.kind.as_str() {
        "tenant" => Role::Tenant,
        "contractor" => Role::Contractor,
        _ => return Err(Error::conflict("Owners have no log-in: they answer by the links they are sent.")),
    };
    let Some(email) = found.email.as_deref().and_then(EmailAddress::parse) else {
        return Err(Error::conflict(format!("{} has no email address. Add one, then invite them.", found.name)));
    };
    let taken = "They have a log-in already";
    let id =
        invite(&mut tx, me, Invited { role, contact: Some(contact), name: &found.name, email: &email, job_title: None, taken }).await?;
    tx.commit().await?;
    Ok(id)
}

struct Invited<'a> {
    role: Role,
    contact: Option<ContactId>,
    name: &'a str,
    email: &'a EmailAddress,
    job_title: Option<&'a str>,
    taken: &'static str,
}

async fn invite(tx: &mut db::AuthTx, me: &Cx<Staff>, new: Invited<'_>) -> Result<MembershipId> {
    let house = me.house();
    // Does nothing where there is one, made before or at this moment.
    let fresh: LoginId = house.new_id();
    sql::logins::insert(tx, fresh, new.email, None).await?;
    let login = sql::logins::by_email(tx, new.email).await?.map_or(fresh, |l| l.id);
    let taken = || Error::invalid("email", new.taken);
    let roles = if new.contact.is_some() { std::slice::from_ref(&new.role) } else { Role::STAFF.as_slice() };
    let id = match sql::memberships::existing(tx, login, roles, new.contact).await? {
        Some((id, status)) if status == "invited" => id,
        Some((_, status)) if status == "deactivated" => {
            return Err(Error::invalid("email", "Their access was ended. Give it back instead of inviting them anew"));
        }
        Some(_) => return Err(taken()),
        None => {
            let id: MembershipId = house.new_id();
            let member = NewMember {
                id,
                org: me.org(),
                login,
                role: new.role,
                contact: new.contact,
                name: new.name,
                email: new.email.as_str(),
                status: "invited",
                job_title: new.job_title,
            };
            sql::memberships::insert(tx, member).await.on_constraint("memberships_org_id_login_id_role_key", taken)?;
            tx.record(
                Event::new("membership:invited", "membership", id)
                    .created(json!({ "name": new.name, "email": new.email, "role": new.role })),
            );
            id
        }
    };
    send_link(tx, me, id, login, new.name, new.email, new.role).await?;
    Ok(id)
}

/// Invites a colleague again whose invitation was withdrawn before they accepted it.
///
/// # Errors
/// `Conflict` when somebody changed the colleague meanwhile; `Forbidden`.
pub(crate) async fn again(me: &Cx<Staff>, id: MembershipId, version: i32) -> Result<()> {
    let mut tx = begin_as(me, Act::ChangeTeam).await?;
    let renewed = sql::memberships::renew(&mut tx, id, version).await?.ok_or_else(Error::changed_meanwhile)?;
    let email = EmailAddress::parse(&renewed.email).ok_or(Error::NotFound)?;
    tx.record(
        Event::new("membership:invited", "membership", id)
            .created(json!({ "name": renewed.name, "email": email, "role": renewed.role, "again": true })),
    );
    send_link(&mut tx, me, id, renewed.login, &renewed.name, &email, renewed.role).await?;
    Ok(tx.commit().await?)
}

/// The mail with the way in. An older link of the same invitation ends: one link, one door.
async fn send_link(
    tx: &mut db::AuthTx,
    me: &Cx<Staff>,
    id: MembershipId,
    login: LoginId,
    name: &str,
    email: &EmailAddress,
    role: Role,
) -> Result<()> {
    let house = me.house();
    sql::tokens::end_invites(tx, id).await?;
    let org_name = sql::memberships::org_name(tx).await?.ok_or(Error::NotFound)?;
    let token = tokens::issue(tx, house, Purpose::Invite, login, Some((me.org(), id)), json!({})).await?;
    let link = house.url(&format!("/invite?token={token}"));
    mails::send(tx, house, email, AuthMail::Invite { name: name.to_owned(), by: me.name().to_owned(), org_name, role, link }).await
}

/// An invitation as the person invited sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub name: String,
    pub email: String,
    pub org_name: String,
    pub role: Role,
    /// They have no password, or none that is surely theirs: the form asks for one.
    pub needs_password: bool,
}

/// What an invitation says, without accepting it.
///
/// # Errors
/// `NotFound` when the link does not work any more.
pub async fn look(house: &House, token: &str) -> Result<Invitation> {
    let mut tx = anonymous(house).await?;
    let (_, invitation, _) = open(&mut tx, token).await?;
    tx.commit().await?;
    Ok(invitation)
}

async fn open(tx: &mut db::AuthTx, token: &str) -> Result<(sql::tokens::Token, Invitation, (OrgId, MembershipId))> {
    let found = tokens::find(tx, Purpose::Invite, token).await?;
    let (org, membership) = found.place.ok_or(Error::NotFound)?;
    let login = sql::logins::locked(tx, found.login).await?.filter(|l| !l.is_disabled).ok_or(Error::NotFound)?;
    tx.enter(org).await?;
    let invited = sql::memberships::invited(tx, membership).await?.ok_or(Error::NotFound)?;
    // A portal user may do without a password for ever: a magic link lets them in.
    let needs_password = !(login.is_verified && login.password_hash.is_some());
    let invitation =
        Invitation { name: invited.name, email: invited.email, org_name: invited.org_name, role: invited.role, needs_password };
    Ok((found, invitation, (org, membership)))
}

/// Accepts an invitation: the address is proved by it, the membership becomes active, and whoever accepts is on their way in. Tenants and
/// contractors may leave the password empty and log in by link.
///
/// # Errors
/// `NotFound` for a link that does not work any more; `Invalid` for `name` or `password`, and the link is then still good.
pub async fn accept<D: Door>(house: &House, door: D, token: &str, name: &str, password: &str, request: &Request) -> Result<LogIn<D::Key>> {
    limits::spend(house, Limited::Magic, request, token).await?;
    let mut tx = anonymous(house).await?;
    let (_, invitation, _) = open(&mut tx, token).await?;
    drop(tx);
    let mut errors = wire::FieldErrors::new();
    let given = if name.trim().is_empty() { &invitation.name } else { name };
    let name = errors.take("name", required(given, "your name", 120));
    let may_skip = matches!(invitation.role, Role::Tenant | Role::Contractor) && password.is_empty();
    let sets_password = invitation.needs_password && !may_skip;
    if sets_password {
        errors.take("password", passwords::check(password, &invitation.email, &invitation.org_name));
    }
    let (Some(name), true) = (name, errors.is_empty()) else {
        return Err(errors.into());
    };
    let hash = if sets_password { Some(passwords::hash(password).await?) } else { None };

    let mut tx = anonymous(house).await?;
    let (found, _, (org, membership)) = open(&mut tx, token).await?;
    sql::tokens::use_up(&mut tx, found.id).await?;
    let mut login = sql::logins::locked(&mut tx, found.login).await?.ok_or(Error::NotFound)?;
    take_over_unproved(&mut tx, &mut login).await?;
    if let Some(hash) = &hash {
        sql::logins::set_password(&mut tx, login.id, Some(hash)).await?;
    }
    sql::memberships::accept(&mut tx, membership, &name).await?;
    let member = sql::memberships::active(&mut tx, membership).await?.ok_or(Error::NotFound)?;
    super::become_member(&mut tx, &member, request).await?;
    tx.record(Event::new("membership:accepted", "membership", membership).created(json!({ "name": name })));
    let proof = Proof { login, second_factor: false, place: Some((org, membership)), way: "invitation".to_owned() };
    let how_far = advance(&mut tx, house, door, proof, request).await?;
    tx.commit().await?;
    Ok(how_far)
}
