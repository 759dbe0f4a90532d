use db::OrgTx;
use domain::TicketId;
use domain::events::Event;
use domain::faults::FaultPath;
use domain::policy::Act;
use domain::tickets::{CloseOutcome, Fixed, Move, NewTicket, Reopening, Source, Status, TicketRef, reopening};
use domain::values::clean_lines;
use serde_json::json;

use super::sql::{self, Held};
use crate::tickets::open;
use crate::{Cx, Error, Result, Tenant};

const MAX_WORDS: usize = 2_000;

/// What "is it fixed?" led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    Closed,
    Reopened,
    /// It was closed more than 28 days ago: a new repair takes it up again.
    Linked(TicketRef),
}

/// Takes the tenant's answer to "is it fixed?".
///
/// Yes closes a completed repair. Anything else opens it again, or, when it was closed more than 28 days ago, opens a linked one (decisions.md):
/// a repair that failed after a year is a new repair with a history.
///
/// # Errors
/// `Conflict` when there is nothing to answer any more; `Invalid` when the words are too long.
pub async fn say_fixed(cx: &Cx<Tenant>, id: TicketId, fixed: Fixed, words: &str) -> Result<Answered> {
    let words = said(words)?;
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let held = sql::hold(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let answered = match (fixed, held.status) {
        (Fixed::Yes, Status::Completed) => {
            let to = held.status.after(Move::Close)?;
            sql::close(&mut tx, id, CloseOutcome::TenantConfirmed).await?;
            moved(&mut tx, id, "ticket:closed", held.status, to, Move::Close, words.as_deref(), Some(CloseOutcome::TenantConfirmed));
            Answered::Closed
        }
        (Fixed::Yes, _) => return Err(Error::conflict("There is no finished work to confirm on this repair.")),
        (_, Status::Completed | Status::Closed) => {
            let reason = match &words {
                Some(words) => format!("{}. {words}", fixed.label()),
                None => fixed.label().to_owned(),
            };
            match reopening(held.closed_at, tx.now()) {
                Reopening::SameTicket => {
                    let to = held.status.after(Move::Reopen)?;
                    sql::reopen(&mut tx, id).await?;
                    moved(&mut tx, id, "ticket:reopened", held.status, to, Move::Reopen, Some(&reason), None);
                    Answered::Reopened
                }
                Reopening::LinkedTicket => Answered::Linked(open_linked(cx, &mut tx, id, held, reason).await?),
            }
        }
        _ => return Err(Error::conflict("This repair is not finished yet. Write to us below if something is wrong.")),
    };
    tx.commit().await?;
    Ok(answered)
}

fn said(words: &str) -> Result<Option<String>> {
    let words = clean_lines(words);
    if words.chars().count() > MAX_WORDS {
        return Err(Error::invalid("words", format!("Your message must be {MAX_WORDS} characters or fewer")));
    }
    Ok(Some(words).filter(|w| !w.is_empty()))
}

#[expect(clippy::too_many_arguments, reason = "what an event says")]
fn moved(
    tx: &mut OrgTx,
    id: TicketId,
    kind: &'static str,
    from: Status,
    to: Status,
    step: Move,
    reason: Option<&str>,
    outcome: Option<CloseOutcome>,
) {
    let data = json!({ "from": from, "to": to, "step": step.as_str(), "reason": reason, "outcome": outcome });
    tx.record(Event::of_ticket(kind, id).public().data(data).change(json!({ "status": from }), json!({ "status": to, "reason": reason })));
}

async fn open_linked(cx: &Cx<Tenant>, tx: &mut OrgTx, id: TicketId, held: Held, reason: String) -> Result<TicketRef> {
    let reference = held.reference;
    let new = NewTicket {
        property: held.property,
        unit: held.unit,
        tenancy: held.tenancy,
        draft: None,
        reported_by: Some(cx.contact()),
        reporter_name: Some(cx.name().to_owned()),
        reporter_phone: None,
        source: Source::Portal,
        confirmed: true,
        category: held.category,
        priority: held.priority,
        priority_reasons: vec![format!("It was repaired as {reference} and is not fixed.")],
        title: held.title,
        description: format!("{reason}\n\nRepaired before as {reference}."),
        fault_path: held.fault_path.as_deref().and_then(|p| p.parse::<FaultPath>().ok()),
        trade: None,
        hazards: held.hazards,
        answers: held.answers,
        access: held.access,
        vulnerability: held.vulnerability,
        assignee: None,
        follows: Some(id),
        aware_at: tx.now(),
    };
    let ticket = open::insert(tx, new).await?;
    tx.record(
        Event::of_ticket("ticket:note_added", id)
            .public()
            .data(json!({ "body": format!("{reason}. It goes on as {}.", ticket.reference) })),
    );
    Ok(ticket)
}

/// Takes a report back. Only while nobody has looked at it: after that it is a word with us.
///
/// # Errors
/// `Conflict` once it is no longer new.
pub async fn cancel(cx: &Cx<Tenant>, id: TicketId, reason: &str) -> Result<()> {
    let reason = said(reason)?.unwrap_or_else(|| "Cancelled by the tenant".to_owned());
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    let held = sql::hold(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if held.status != Status::New {
        return Err(Error::conflict("We have started on this repair, so it cannot be cancelled here. Write to us below, or call us."));
    }
    let to = held.status.after(Move::Cancel)?;
    sql::cancel(&mut tx, id, &reason).await?;
    moved(&mut tx, id, "ticket:cancelled", held.status, to, Move::Cancel, Some(&reason), None);
    Ok(tx.commit().await?)
}
