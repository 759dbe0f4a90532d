//! One step of an order, with what follows from it.

use db::OrgTx;
use domain::events::Event;
use domain::tickets::Move as TicketMove;
use domain::work_orders::{Move, Status, ticket_moves};
use domain::{ContactId, OperativeId, TicketId};
use serde_json::json;

use super::sql::{self, Held};
use crate::{Error, Result, repairs};

/// Moves the held order on by `step`; the ticket follows. Who has it afterwards is `contractor` and `operative`.
///
/// # Errors
/// `Conflict` when the step is not legal from where the order stands.
pub(super) async fn advance(
    tx: &mut OrgTx,
    order: &Held,
    step: Move,
    contractor: Option<ContactId>,
    operative: Option<OperativeId>,
) -> Result<Status> {
    let to = order.status.after(step)?;
    sql::stand(tx, order.id, to, contractor, operative).await?;
    ticket_follows(tx, order.ticket, to).await?;
    Ok(to)
}

/// The same where the order keeps who has it.
pub(super) async fn step_on(tx: &mut OrgTx, order: &Held, step: Move) -> Result<Status> {
    advance(tx, order, step, order.contractor, order.operative).await
}

/// Moves the ticket as its orders say, because one of them has just become `moved_to`; each move is a line of the ticket's own.
pub(super) async fn ticket_follows(tx: &mut OrgTx, ticket: Option<TicketId>, moved_to: Status) -> Result<()> {
    let Some(ticket) = ticket else { return Ok(()) };
    let Some((mut at, orders)) = sql::work_of_ticket(tx, ticket).await? else { return Ok(()) };
    for step in ticket_moves(at, moved_to, &orders) {
        let to = at.after(step)?;
        if !sql::move_ticket(tx, ticket, at, to).await? {
            return Err(Error::changed_meanwhile());
        }
        let kind = if step == TicketMove::Reopen { "ticket:reopened" } else { "ticket:status_changed" };
        tx.record(
            Event::of_ticket(kind, ticket)
                .public()
                .data(json!({ "from": at, "to": to, "step": step.as_str() }))
                .change(json!({ "status": at }), json!({ "status": to })),
        );
        if step == TicketMove::Complete {
            repairs::ask_later(tx, ticket).await?;
        }
        at = to;
    }
    Ok(())
}

/// A line of the order and its ticket, in the order's own words.
pub(super) fn event(kind: &'static str, order: &Held) -> Event {
    Event::of_order(kind, order.id, order.ticket)
}
