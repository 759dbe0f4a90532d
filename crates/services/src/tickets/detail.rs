//! One ticket with everything staff need beside it.

use domain::faults::{Hazard, Trade};
use domain::policy::Act;
use domain::tickets::{Access, Category, CloseOutcome, Detail, Person, Place, Priority, ReportAnswers, Source, Status, TicketRef};
use domain::{AttachmentId, TicketId};
use uuid::Uuid;

use super::board::unknown;
use super::sql::{self, DetailRow};
use crate::files::FileKey;
use crate::repairs::Copy;
use crate::{Cx, Error, Result, Staff};

/// # Errors
/// `NotFound` for a ticket that is not this organisation's, or was deleted.
pub async fn detail(cx: &Cx<Staff>, id: TicketId) -> Result<Detail> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let row = sql::detail(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let people = sql::people(&mut tx, row.reported_by_contact_id, row.unit_id).await?;
    let timeline = sql::timeline(&mut tx, id).await?;
    let photos = sql::photos(&mut tx, id).await?;
    let neighbours = sql::neighbours(&mut tx, id, row.property_id).await?;
    tx.done().await?;
    let status = Status::parse(&row.status).ok_or_else(|| unknown("status", &row.status))?;
    let may_update = cx.may(Act::UpdateTicket);
    let reporter: Option<Person> = people.iter().map(|(p, _)| p).find(|p| Some(Uuid::from(p.id)) == row.reported_by_contact_id).cloned();
    let answers: ReportAnswers = serde_json::from_value(row.answers.clone()).unwrap_or_default();
    Ok(Detail {
        id,
        version: row.version,
        status,
        priority: priority(&row.priority)?,
        first_priority: priority(&row.first_priority)?,
        category: Category::parse(&row.category).ok_or_else(|| unknown("category", &row.category))?,
        trade: row.trade.as_deref().and_then(Trade::parse),
        source: Source::parse(&row.source).ok_or_else(|| unknown("source", &row.source))?,
        hazards: row.hazards.iter().filter_map(|h| Hazard::parse(h)).collect(),
        room: answers.place,
        emergency: answers.emergency,
        answers: answers.by_question.into_values().map(|a| (a.question, a.answer)).collect(),
        access: access(&row),
        place: place(&row),
        reporter,
        tenants: people.into_iter().filter(|(_, lives_there)| *lives_there).map(|(p, _)| p).collect(),
        followers: row.followers,
        assignee: row.assignee_id.zip(row.assignee_name).map(|(id, name)| domain::tickets::Member { id: id.into(), name }),
        aware_at: row.aware_at.to_jiff(),
        target_at: row.target_at.map(jiff_sqlx::Timestamp::to_jiff),
        triaged_at: row.triaged_at.map(jiff_sqlx::Timestamp::to_jiff),
        completed_at: row.completed_at.map(jiff_sqlx::Timestamp::to_jiff),
        closed_at: row.closed_at.map(jiff_sqlx::Timestamp::to_jiff),
        close_outcome: row.close_outcome.as_deref().and_then(CloseOutcome::parse),
        follows: ticket_ref(row.follows_id, row.follows_reference),
        duplicate_of: ticket_ref(row.duplicate_of_id, row.duplicate_of_reference),
        created_at: row.created_at.to_jiff(),
        updated_at: row.updated_at.to_jiff(),
        reference: row.reference,
        title: row.title,
        description: row.description,
        priority_reasons: row.priority_reasons,
        fault_path: row.fault_path,
        confirmed: row.confirmed,
        vulnerability: row.vulnerability,
        reporter_name: row.reporter_name,
        reporter_phone: row.reporter_phone,
        close_reason: row.close_reason,
        cancel_reason: row.cancel_reason,
        reopened_count: row.reopened_count,
        timeline,
        photos,
        moves: if may_update { status.moves().to_vec() } else { Vec::new() },
        neighbours,
        may_update,
        may_delete: cx.may(Act::DeleteTicket),
        now: cx.now(),
    })
}

/// Where a copy of a ticket's photo lies; the original is not handed out.
///
/// # Errors
/// `NotFound` for another organisation's photo, or one whose copies are not made yet.
pub async fn photo(cx: &Cx<Staff>, id: AttachmentId, copy: Copy) -> Result<FileKey> {
    let mut tx = cx.begin(Act::ReadTickets).await?;
    let (display, thumb) = sql::photo_keys(&mut tx, id).await?.ok_or(Error::NotFound)?;
    tx.done().await?;
    let key = match copy {
        Copy::Display => display,
        Copy::Thumbnail => thumb,
    };
    key.and_then(|k| FileKey::parse(&k)).ok_or(Error::NotFound)
}

fn priority(code: &str) -> Result<Priority> {
    Priority::parse(code).ok_or_else(|| unknown("priority", code))
}

fn ticket_ref(id: Option<Uuid>, reference: Option<String>) -> Option<TicketRef> {
    id.zip(reference).map(|(id, reference)| TicketRef { id: id.into(), reference })
}

fn access(row: &DetailRow) -> Vec<String> {
    let access: Access = serde_json::from_value(row.access.clone()).unwrap_or_default();
    let mut lines: Vec<String> = access.way.map(|w| w.label().to_owned()).into_iter().collect();
    lines.extend(access.times.iter().map(|t| t.label().to_owned()));
    lines.extend(access.notes);
    lines
}

fn place(row: &DetailRow) -> Place {
    let lines = [row.property_name.as_deref(), Some(row.line1.as_str()), row.line2.as_deref(), Some(row.city.as_str())];
    Place {
        property: row.property_id.into(),
        unit: row.unit_id.map(Into::into),
        unit_label: row.unit_label.clone(),
        address: lines.into_iter().flatten().collect::<Vec<_>>().join(", "),
        postcode: row.postcode.clone(),
        kind: domain::estate::PropertyKind::parse(&row.property_kind).map_or_else(|| row.property_kind.clone(), |k| k.label().to_owned()),
        has_gas: row.has_gas,
        warnings: row.warnings.clone(),
        access_notes: row.access_notes.clone(),
        has_access_codes: row.has_access_codes,
    }
}
