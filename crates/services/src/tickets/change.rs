//! Every change of a ticket by staff: facts, priority, owner, and the next step of its life. One verb, so that a form that changes three things
//! changes them together or not at all.

use db::OrgTx;
use domain::events::Event;
use domain::policy::Act;
use domain::tickets::{Category, Move, Priority, Status, told};
use domain::values::{FieldErrors, clean_lines, required};
use domain::{MembershipId, TicketId};
use serde_json::{Value, json};

use super::sql::{self, Current};
use crate::{Cx, Error, Result, Staff};

const MOST_REASON: usize = 1_000;
const MOST_DESCRIPTION: usize = 10_000;

/// What to change; what is `None` stays as it is. What is already so is no change and leaves no trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The version the change was made against. `None` changes whatever is there (a caller that says so on purpose).
    pub version: Option<i32>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    /// `Some(None)` leaves it without an owner.
    pub assignee: Option<Option<MembershipId>>,
    pub step: Option<Step>,
    /// Why: needed for cancelling, closing, and lowering the priority.
    pub reason: Option<String>,
}

/// The next step, said as the button or as where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    By(Move),
    To(Status),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    pub version: i32,
    pub status: Status,
    pub priority: Priority,
}

/// Changes a ticket.
///
/// # Errors
/// `Conflict` when somebody changed it since `change.version` (the sentence says who and what), or when the step is not legal from where it
/// stands; `Invalid` names the field.
pub async fn change(cx: &Cx<Staff>, id: TicketId, change: Change) -> Result<Changed> {
    let mut tx = cx.begin(Act::UpdateTicket).await?;
    let was = sql::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(version) = change.version
        && version != was.version
    {
        return Err(changed_meanwhile(&mut tx, id).await?);
    }
    let reason = change.reason.as_deref().map(clean_lines).filter(|r| !r.is_empty());
    let mut becomes = was.clone();
    let mut events = Vec::new();
    facts(&mut becomes, &was, &change, reason.as_deref())?;
    if let Some(assignee) = change.assignee {
        give(&mut tx, &mut becomes, assignee).await?;
    }
    if becomes.priority != was.priority {
        // Our target follows the priority, from the moment we knew.
        becomes.target_at = sql::settings(&mut tx).await?.targets.due(becomes.priority, becomes.aware_at);
    }
    if let Some(step) = change.step {
        step_on(&mut tx, &mut becomes, step, reason.as_deref()).await?;
    }
    tell(&mut events, id, &was, &becomes, reason.as_deref());
    if events.is_empty() {
        tx.done().await?;
        return Ok(Changed { version: was.version, status: was.status, priority: was.priority });
    }
    let version = sql::update(&mut tx, id, &becomes).await?;
    if becomes.step == Some(Move::Complete) {
        crate::repairs::ask_later(&mut tx, id).await?;
    }
    sql::mark_read(&mut tx, id, cx.membership()).await?;
    for event in events {
        tx.record(event);
    }
    tx.commit().await?;
    Ok(Changed { version, status: becomes.status, priority: becomes.priority })
}

/// Takes a ticket off every list. The row, its timeline and its audit stay.
pub async fn delete(cx: &Cx<Staff>, id: TicketId, reason: Option<&str>) -> Result<()> {
    let mut tx = cx.begin(Act::DeleteTicket).await?;
    let was = sql::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    sql::delete(&mut tx, id).await?;
    let reason = reason.map(clean_lines).filter(|r| !r.is_empty());
    tx.record(
        Event::of_ticket("ticket:deleted", id)
            .data(json!({ "reason": reason }))
            .change(json!({ "status": was.status, "title": was.title }), json!({ "deleted": true, "reason": reason })),
    );
    Ok(tx.commit().await?)
}

fn facts(becomes: &mut Current, was: &Current, change: &Change, reason: Option<&str>) -> Result<()> {
    let mut errors = FieldErrors::new();
    if let Some(title) = &change.title
        && let Some(title) = errors.take("title", required(title, "a title", 200))
    {
        becomes.title = title;
    }
    if let Some(description) = &change.description {
        let description = clean_lines(description);
        if description.chars().count() > MOST_DESCRIPTION {
            errors.add("description", format!("The description must be {MOST_DESCRIPTION} characters or fewer"));
        }
        becomes.description = description;
    }
    if let Some(category) = change.category {
        becomes.category = category;
    }
    if let Some(priority) = change.priority {
        becomes.priority = priority;
        // Staff may lower what was assessed, and say why: the answer to "who decided that this could wait" is on the timeline.
        if priority < was.priority && reason.is_none() {
            errors.add("reason", format!("Say why the priority goes down from {} to {}", was.priority.label(), priority.label()));
        }
    }
    if reason.is_some_and(|r| r.chars().count() > MOST_REASON) {
        errors.add("reason", format!("The reason must be {MOST_REASON} characters or fewer"));
    }
    Ok(errors.check()?)
}

async fn give(tx: &mut OrgTx, becomes: &mut Current, assignee: Option<MembershipId>) -> Result<()> {
    becomes.assignee_name = match assignee {
        Some(member) => Some(sql::assignable_name(tx, member).await?.ok_or_else(|| {
            Error::invalid("assignee", "Choose somebody of your team who works on repairs. This person was deactivated or may only read")
        })?),
        None => None,
    };
    becomes.assignee = assignee;
    Ok(())
}

/// The ticket's next state with the facts that belong to it.
///
/// Closing by staff and cancelling need a reason, because the tenant is told it. Reopening returns to Triaged and sets a new target from
/// today: the old one was met, or missed, by the first repair.
async fn step_on(tx: &mut OrgTx, becomes: &mut Current, step: Step, reason: Option<&str>) -> Result<()> {
    let step = match step {
        Step::By(step) => step,
        Step::To(status) if status == becomes.status => return Ok(()),
        Step::To(status) => becomes.status.move_to(status)?,
    };
    becomes.status = becomes.status.after(step)?;
    becomes.step = Some(step);
    let now = tx.now();
    let reason = reason.map(ToOwned::to_owned);
    if reason.is_none() && matches!(step, Move::Cancel | Move::Close) {
        return Err(Error::invalid(
            "reason",
            if step == Move::Cancel { "Say why it is cancelled: the tenant is told" } else { "Say why it is closed: the tenant is told" },
        ));
    }
    match step {
        Move::Triage | Move::Assign => becomes.triaged_at = becomes.triaged_at.or(Some(now)),
        Move::HandBack | Move::Start => {}
        Move::Complete => becomes.completed_at = Some(now),
        Move::Close => {
            becomes.closed_at = Some(now);
            becomes.close_outcome = Some("BY_STAFF".to_owned());
            becomes.close_reason = reason;
        }
        Move::Cancel => becomes.cancel_reason = reason,
        Move::Reopen => {
            (becomes.completed_at, becomes.closed_at, becomes.close_outcome, becomes.close_reason) = (None, None, None, None);
            becomes.reopened_count += 1;
            becomes.target_at = sql::settings(tx).await?.targets.due(becomes.priority, now);
        }
    }
    Ok(())
}

/// One event for each thing that became different, in the order a person would tell it.
fn tell(events: &mut Vec<Event>, id: TicketId, was: &Current, becomes: &Current, reason: Option<&str>) {
    let mut fields = Vec::new();
    let (mut old, mut new) = (serde_json::Map::new(), serde_json::Map::new());
    let mut note = |field: &'static str, before: Value, after: Value| {
        if before != after {
            fields.push(field);
            old.insert(field.to_owned(), before);
            new.insert(field.to_owned(), after);
        }
    };
    note("title", json!(was.title), json!(becomes.title));
    note("description", json!(was.description), json!(becomes.description));
    note("category", json!(was.category), json!(becomes.category));
    if !fields.is_empty() {
        events.push(Event::of_ticket("ticket:changed", id).data(json!({ "fields": fields })).change(old.into(), new.into()));
    }
    if was.priority != becomes.priority {
        events.push(
            // Internal: the reason may speak of the household or of other cases.
            Event::of_ticket("ticket:priority_changed", id)
                .data(json!({ "from": was.priority, "to": becomes.priority, "reason": reason }))
                .change(
                    json!({ "priority": was.priority, "targetAt": was.target_at }),
                    json!({ "priority": becomes.priority, "targetAt": becomes.target_at, "reason": reason }),
                ),
        );
    }
    if was.assignee != becomes.assignee {
        events.push(
            Event::of_ticket("ticket:assigned", id)
                .data(json!({ "name": becomes.assignee_name }))
                .change(json!({ "assignee": was.assignee }), json!({ "assignee": becomes.assignee, "name": becomes.assignee_name })),
        );
    }
    let Some(step) = becomes.step else { return };
    let (old, new) = (json!({ "status": was.status }), json!({ "status": becomes.status, "reason": reason }));
    let data =
        json!({ "from": was.status, "to": becomes.status, "step": step.as_str(), "reason": reason, "outcome": becomes.close_outcome });
    let kind = match step {
        Move::Triage => "ticket:triaged",
        Move::Close => "ticket:closed",
        Move::Cancel => "ticket:cancelled",
        Move::Reopen => "ticket:reopened",
        Move::Assign | Move::HandBack | Move::Start | Move::Complete => "ticket:status_changed",
    };
    // Why it was closed, cancelled or reopened is said to the tenant; why it was triaged so or handed back is our own talk, in a line of its own.
    let told_to_tenant = matches!(step, Move::Close | Move::Cancel | Move::Reopen);
    let data = if told_to_tenant { data } else { json!({ "from": was.status, "to": becomes.status, "step": step.as_str() }) };
    events.push(Event::of_ticket(kind, id).public().data(data).change(old, new));
    if let Some(reason) = reason.filter(|_| !told_to_tenant && was.priority == becomes.priority) {
        events.push(Event::of_ticket("ticket:note_added", id).data(json!({ "body": reason })).created(json!({ "body": reason })));
    }
}

/// A conflict that says who was quicker and what they did.
async fn changed_meanwhile(tx: &mut OrgTx, id: TicketId) -> Result<Error> {
    let Some(line) = sql::last_line(tx, id).await? else { return Ok(Error::changed_meanwhile()) };
    let said = told(&line);
    Ok(Error::changed_meanwhile_by(format_args!("{} {} {}", said.who, said.what, domain::time::ago(line.at, tx.now()))))
}
