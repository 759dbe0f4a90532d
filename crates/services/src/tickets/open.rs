//! A ticket comes into being.

use db::OrgTx;
use domain::TicketId;
use domain::events::Event;
use domain::tickets::{NewTicket, TicketRef, reference, search_extra};
use serde_json::json;

use super::{sql, words};
use crate::house::random;
use crate::{Error, OnConstraint as _, Result};

/// Writes a parsed report down, inside the caller's transaction and with its eyes: number, reference, our target by the organisation's
/// settings, the text that is searched, and the event that says so.
///
/// # Errors
/// `NotFound` when the caller cannot see the home; `Conflict` when the draft was sent before.
pub async fn insert(tx: &mut OrgTx, new: NewTicket) -> Result<TicketRef> {
    let id = TicketId::from(domain::uuid_v7(tx.now(), random()));
    let place = sql::place(tx, new.property, new.unit).await?.ok_or(Error::NotFound)?;
    let target_at = sql::settings(tx).await?.targets.due(new.priority, new.aware_at);
    let number = sql::next_number(tx).await?;
    let reference = reference(number);
    let contact = match new.reported_by {
        Some(id) => sql::contact(tx, id).await?,
        None => None,
    };
    let (names, phones) = words::of_person(new.reporter_name.as_deref(), new.reporter_phone.as_deref(), contact.as_ref());
    let address: Vec<&str> = place.lines().collect();
    let extra = search_extra(&address, &place.postcode, &names, &phones, &reference);
    sql::insert(tx, id, number, &reference, target_at, &extra, &new).await.on_constraint("tickets_org_id_draft_id_key", || {
        Error::conflict("This report was sent already. Look at your repairs to see it.")
    })?;
    let kind = if new.source.is_staff() { "ticket:created_by_staff" } else { "ticket:reported" };
    tx.record(
        Event::of_ticket(kind, id)
            .public()
            .data(json!({ "reference": reference, "title": new.title, "source": new.source.as_str(), "priority": new.priority, "category": new.category }))
            .created(json!({
                "reference": reference, "title": new.title, "description": new.description, "category": new.category, "priority": new.priority,
                "reasons": new.priority_reasons, "hazards": new.hazards, "property": new.property, "unit": new.unit, "reportedBy": new.reported_by,
                "source": new.source.as_str(), "faultPath": new.fault_path, "answers": new.answers,
            })),
    );
    Ok(TicketRef { id, reference })
}
