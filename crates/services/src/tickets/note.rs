//! Words added to a ticket: for ourselves, or for the tenant.

use domain::TicketId;
use domain::events::Event;
use domain::policy::Act;
use domain::values::clean_lines;
use serde_json::json;

use super::sql;
use crate::{Cx, Error, Result, Staff};

const MOST: usize = 5_000;

/// Writes a note on the timeline. Internal unless `public`: forgetting errs on the quiet side.
///
/// # Errors
/// `Invalid` for an empty or over-long note.
pub async fn add(cx: &Cx<Staff>, id: TicketId, body: &str, public: bool) -> Result<()> {
    let body = clean_lines(body);
    if body.is_empty() {
        return Err(Error::invalid("body", "Write a note first"));
    }
    if body.chars().count() > MOST {
        return Err(Error::invalid("body", format!("A note must be {MOST} characters or fewer")));
    }
    let mut tx = cx.begin(Act::UpdateTicket).await?;
    if !sql::touch(&mut tx, id).await? {
        return Err(Error::NotFound);
    }
    sql::mark_read(&mut tx, id, cx.membership()).await?;
    let event = Event::of_ticket("ticket:note_added", id).data(json!({ "body": body })).created(json!({ "body": body, "public": public }));
    tx.record(if public { event.public() } else { event });
    Ok(tx.commit().await?)
}
