//! The team: who works in the organisation, as what, and what happens to their cases when they go.
//!
//! Verbs: [`list`], [`invite`], [`change_role`], [`deactivate`], [`reactivate`]. Table: `memberships` of staff roles. Everybody of staff may look;
//! OrgAdmins (and support) may change. Promises: an organisation always has an active OrgAdmin; a role or an end of access counts from the next
//! request on, because sessions and tokens ask for the membership each time; open tickets never stay with somebody who is gone.

mod sql;

use db::OrgTx;
use domain::MembershipId;
use domain::events::Event;
use domain::policy::{Act, Role, allows};
use domain::team::{Colleague, Standing};
use domain::values::{EmailAddress, FieldErrors, clean, required};
use serde_json::json;

use crate::auth::invites;
use crate::{Cx, Error, OnConstraint as _, Result, Staff};

const LAST_ADMIN: &str = "This is the last administrator. Make somebody else an administrator first.";

/// The whole team, those whose access was ended last.
pub async fn list(me: &Cx<Staff>) -> Result<Vec<Colleague>> {
    let mut tx = me.begin(Act::ReadTeam).await?;
    let team = sql::team(&mut tx, me.membership()).await?;
    tx.done().await?;
    Ok(team)
}

/// What the invitation form holds.
#[derive(Clone, Debug, Default)]
pub struct NewColleague {
    pub name: String,
    pub email: String,
    /// `OrgAdmin`, `Coordinator` or `Viewer`.
    pub role: String,
    pub job_title: String,
}

/// Invites a colleague; for one who has not answered, sends the mail again.
///
/// # Errors
/// `Invalid` by field (`name`, `email`, `role`, `job_title`).
pub async fn invite(me: &Cx<Staff>, new: NewColleague) -> Result<MembershipId> {
    let mut errors = FieldErrors::new();
    let name = errors.take("name", required(&new.name, "their name", 120));
    let email = errors.take("email", EmailAddress::parse(&new.email).ok_or(EmailAddress::REFUSAL));
    let role = errors.take("role", staff_role(&new.role));
    let job_title = Some(clean(&new.job_title)).filter(|t| !t.is_empty());
    if job_title.as_ref().is_some_and(|t| t.chars().count() > 120) {
        errors.add("job_title", "A job title must be 120 characters or fewer");
    }
    let (Some(name), Some(email), Some(role), true) = (name, email, role, errors.is_empty()) else {
        return Err(errors.into());
    };
    invites::colleague(me, invites::Colleague { name, email, role, job_title }).await
}

fn staff_role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).filter(|role| Role::STAFF.contains(role)).ok_or("Choose what they will be: Administrator, Coordinator or Viewer")
}

/// Gives a colleague another role.
///
/// # Errors
/// `Conflict` for the last OrgAdmin, or when somebody changed the colleague meanwhile; `Invalid` on `role`.
pub async fn change_role(me: &Cx<Staff>, id: MembershipId, role: &str, version: i32) -> Result<()> {
    let role = staff_role(role).map_err(|sentence| Error::invalid("role", sentence))?;
    let mut tx = me.begin(Act::ChangeTeam).await?;
    let was = load(&mut tx, id, version).await?;
    if was.role == role {
        return Ok(tx.done().await?);
    }
    keep_an_admin(&mut tx, &was).await?;
    let taken = || Error::conflict("This person has this role already, by another membership.");
    sql::set_role(&mut tx, id, role).await.on_constraint("memberships_org_id_login_id_role_key", taken)?;
    if !allows(role, Act::UpdateTicket) {
        hand_over(&mut tx, id, None, None).await?;
    }
    let name = was.name;
    tx.record(
        Event::new("membership:role_changed", "membership", id)
            .data(json!({ "name": name }))
            .change(json!({ "role": was.role }), json!({ "role": role })),
    );
    Ok(tx.commit().await?)
}

/// Ends a colleague's access, or withdraws an invitation. Their open tickets go to `heir`, or to nobody.
///
/// # Errors
/// `Conflict` for oneself, the last OrgAdmin, or when somebody changed the colleague meanwhile; `Invalid` on `heir`.
pub async fn deactivate(me: &Cx<Staff>, id: MembershipId, heir: Option<MembershipId>, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangeTeam).await?;
    if id == me.membership() {
        return Err(Error::conflict("You cannot end your own access. Ask another administrator."));
    }
    let was = load(&mut tx, id, version).await?;
    keep_an_admin(&mut tx, &was).await?;
    let heir_name = match heir {
        Some(heir) => Some(heir_name(&mut tx, id, heir).await?),
        None => None,
    };
    if was.standing == Standing::Invited {
        sql::withdraw(&mut tx, id).await?;
    }
    sql::set_standing(&mut tx, id, Standing::Deactivated).await?;
    let handed_over = hand_over(&mut tx, id, heir, heir_name.as_deref()).await?;
    tx.record(
        Event::new("membership:deactivated", "membership", id)
            .data(json!({ "name": was.name, "tickets": handed_over, "heir": heir_name }))
            .change(json!({ "status": was.standing }), json!({ "status": Standing::Deactivated })),
    );
    Ok(tx.commit().await?)
}

/// Gives access back; whoever never accepted their invitation before it was withdrawn is sent another.
///
/// # Errors
/// `Conflict` when it was not ended, or when somebody changed the colleague meanwhile.
pub async fn reactivate(me: &Cx<Staff>, id: MembershipId, version: i32) -> Result<()> {
    let mut tx = me.begin(Act::ChangeTeam).await?;
    let was = load(&mut tx, id, version).await?;
    if was.standing != Standing::Deactivated {
        return Err(Error::conflict("Their access was not ended."));
    }
    if was.is_withdrawn {
        // A transaction on log-ins, which looks again for itself.
        tx.done().await?;
        return invites::again(me, id, version).await;
    }
    sql::set_standing(&mut tx, id, Standing::Active).await?;
    tx.record(
        Event::new("membership:reactivated", "membership", id)
            .data(json!({ "name": was.name }))
            .change(json!({ "status": was.standing }), json!({ "status": Standing::Active })),
    );
    Ok(tx.commit().await?)
}

async fn load(tx: &mut OrgTx, id: MembershipId, version: i32) -> Result<sql::Current> {
    let was = sql::locked(tx, id).await?.ok_or(Error::NotFound)?;
    if was.version == version { Ok(was) } else { Err(Error::changed_meanwhile()) }
}

/// Refuses to take away the last active OrgAdmin. The admins' rows are locked, so that two cannot remove each other at once.
async fn keep_an_admin(tx: &mut OrgTx, leaving: &sql::Current) -> Result<()> {
    if leaving.role != Role::OrgAdmin || leaving.standing != Standing::Active {
        return Ok(());
    }
    let others = sql::lock_admins(tx).await?.into_iter().filter(|id| *id != leaving.id).count();
    if others == 0 { Err(Error::conflict(LAST_ADMIN)) } else { Ok(()) }
}

async fn heir_name(tx: &mut OrgTx, leaving: MembershipId, heir: MembershipId) -> Result<String> {
    let refuse = || Error::invalid("heir", "Choose an active colleague who works on repairs");
    if heir == leaving {
        return Err(refuse());
    }
    let found = sql::locked(tx, heir).await?.ok_or_else(refuse)?;
    let can = found.standing == Standing::Active && allows(found.role, Act::UpdateTicket);
    if can { Ok(found.name) } else { Err(refuse()) }
}

/// Gives the open tickets of somebody who goes to somebody else, or to nobody, each with its line on the timeline.
async fn hand_over(tx: &mut OrgTx, from: MembershipId, to: Option<MembershipId>, name: Option<&str>) -> Result<usize> {
    let tickets = sql::reassign(tx, from, to).await?;
    for ticket in &tickets {
        let event = Event::of_ticket("ticket:assigned", *ticket).data(json!({ "name": name }));
        tx.record(event.change(json!({ "assignee": from }), json!({ "assignee": to, "name": name })));
    }
    Ok(tickets.len())
}
