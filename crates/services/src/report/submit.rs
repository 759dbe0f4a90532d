use db::OrgTx;
use domain::faults::{Catalogue, Priority};
use domain::tickets::{Draft, NewTicket, Report, Source, Status, Step, TicketRef};
use domain::values::{EmailAddress, FieldErrors};
use domain::{ContactId, DraftId, TicketId, time};
use jiff::Timestamp;
use serde_json::json;

use super::drafts::{Problems, State};
use super::sql::DraftRow;
use super::{Reporting, guest, sql};
use crate::mail::{self, Mail, Template};
use crate::tickets::open;
use crate::{Error, House, Result};

const RECEIVED: Template = crate::email!("report_received");

/// What sending a report led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is a ticket: now, or since the first time it was sent.
    As(TicketRef),
    /// A question is still open.
    Missing(Step),
    /// The daily limit; the sentence stands in the draft, which stays open.
    Limited,
}

/// Makes the draft a ticket. Sent twice, by two thumbs or two tabs, it is one: the draft is locked first, and the ticket's draft is unique.
///
/// # Errors
/// `NotFound` for a draft that is somebody else's or has expired.
pub async fn submit(who: &Reporting, id: DraftId) -> Result<Submitted> {
    let mut tx = who.begin().await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if let State::Submitted(ticket) = row.state {
        let reference = sql::reference(&mut tx, ticket).await?.ok_or(Error::NotFound)?;
        tx.done().await?;
        return Ok(Submitted::As(TicketRef { id: ticket, reference }));
    }
    let catalogue = sql::catalogue(&mut tx).await?;
    let report = match Report::parse(&row.draft, &catalogue) {
        Ok(report) => report,
        Err(missing) => {
            tx.done().await?;
            return Ok(Submitted::Missing(missing));
        }
    };
    if is_over_the_limit(&mut tx, &report).await? {
        let sentence = "You have sent as many reports today as we can take online. Your answers are kept: call us, or send it tomorrow";
        sql::set_problems(
            &mut tx,
            id,
            &Problems { step: Step::Check, raw: domain::tickets::RawAnswers::default(), errors: FieldErrors::one("", sentence) },
        )
        .await?;
        tx.commit().await?;
        return Ok(Submitted::Limited);
    }
    let email = match who {
        Reporting::Tenant(_) => sql::my_email(&mut tx).await?,
        Reporting::Guest(_) => row.draft.email.clone(),
    };
    let reporter = Reporter { contact: who.contact(), name: reporter_name(who, &row.draft), email };
    let ticket = record(who.house(), &mut tx, id, row, report, &catalogue, reporter).await?;
    tx.commit().await?;
    // The report stands whether or not the code's mail can be written now: the page offers to send it again.
    if let Reporting::Guest(cx) = who
        && let Err(error) = guest::send_code(cx).await
    {
        tracing::warn!(%error, "a guest's code was not sent");
    }
    Ok(Submitted::As(ticket))
}

/// Reports one person may send in a day, from the organisation's settings. An emergency is never refused.
async fn is_over_the_limit(tx: &mut OrgTx, report: &Report) -> Result<bool> {
    if report.assessment.priority == Priority::Emergency {
        return Ok(false);
    }
    let (_, settings) = sql::organisation(tx).await?;
    Ok(sql::reports_today(tx, report.property_id, report.unit_id).await? >= i64::from(settings.reports_a_day))
}

fn reporter_name(who: &Reporting, draft: &Draft) -> Option<String> {
    match who {
        Reporting::Tenant(cx) => Some(cx.name().to_owned()),
        Reporting::Guest(_) => draft.name.clone(),
    }
}

pub(super) struct Reporter {
    pub(super) contact: Option<ContactId>,
    pub(super) name: Option<String>,
    pub(super) email: Option<EmailAddress>,
}

/// Writes the ticket and all that belongs to it: photos, the meter, the confirmation, the draft's end. The caller holds the draft's lock.
pub(super) async fn record(
    house: &House,
    tx: &mut OrgTx,
    id: DraftId,
    row: DraftRow,
    report: Report,
    catalogue: &Catalogue,
    reporter: Reporter,
) -> Result<TicketRef> {
    let is_guest = row.draft.guest;
    let path = report.path.clone();
    let place = report.answers.place.clone();
    let new = NewTicket {
        property: report.property_id,
        unit: report.unit_id,
        tenancy: match row.draft.unit_id.filter(|_| reporter.contact.is_some()) {
            Some(unit) => sql::tenancy(tx, unit, reporter.contact).await?,
            None => None,
        },
        draft: Some(id),
        reported_by: reporter.contact,
        reporter_name: reporter.name.clone(),
        reporter_phone: row.draft.phone.as_ref().map(ToString::to_string),
        source: if is_guest { Source::Guest } else { Source::Portal },
        confirmed: !is_guest || row.confirmed_at.is_some(),
        category: report.assessment.category,
        priority: report.assessment.priority,
        priority_reasons: report.assessment.reasons,
        title: report.title.clone(),
        description: report.description,
        fault_path: path.clone(),
        // Without a fault the trade is a guess that staff make better.
        trade: path.and_then(|p| catalogue.find(&p).map(|f| f.problem.trade)),
        hazards: report.assessment.hazards,
        answers: serde_json::to_value(&report.answers).map_err(Error::internal)?,
        access: serde_json::to_value(&report.access).map_err(Error::internal)?,
        vulnerability: report.vulnerability,
        assignee: None,
        follows: None,
        aware_at: row.aware_at.unwrap_or(tx.now()),
    };
    let priority = new.priority;
    let ticket = open::insert(tx, new).await?;
    sql::attach_photos(tx, id, ticket.id).await?;
    sql::mark_submitted(tx, id, ticket.id).await?;
    sql::count_usage(tx, "ticket").await?;
    if let Some(to) = &reporter.email {
        let receipt = sql::receipt(tx, ticket.id).await?.ok_or(Error::NotFound)?;
        let context = json!({
            "name": reporter.name,
            "reference": ticket.reference,
            "title": report.title,
            "place": place,
            "is_emergency": priority == Priority::Emergency,
            "target": receipt.target_at.map(|at| target_words(at, priority)),
            "link": (!is_guest).then(|| house.url(&format!("/repairs/{}", ticket.id))),
        });
        mail::send_later(tx, Mail { template: &RECEIVED, to, lang: "en-GB", ticket: Some(ticket.id), context }).await?;
    }
    Ok(ticket)
}

/// `by 10:00 on Saturday 21 November 2026`; for anything but an emergency, the day alone.
pub(super) fn target_words(at: Timestamp, priority: Priority) -> String {
    let day = time::long_date(time::london(at).date());
    if priority == Priority::Emergency { format!("by {} on {day}", time::clock(at)) } else { format!("by {day}") }
}

/// What the confirmation page says.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub ticket: TicketId,
    pub reference: String,
    pub title: String,
    pub priority: Priority,
    pub status: Status,
    pub aware_at: Timestamp,
    pub target_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub confirmed: bool,
    pub organisation: String,
    pub settings: domain::settings::OrgSettings,
    /// Where a guest's code went.
    pub guest_email: Option<String>,
    pub problems: Option<Problems>,
}

/// # Errors
/// `NotFound` while the draft has not become a ticket.
pub async fn receipt(who: &Reporting, id: DraftId) -> Result<Receipt> {
    let mut tx = who.begin().await?;
    let row = sql::draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let State::Submitted(ticket) = row.state else { return Err(Error::NotFound) };
    let found = sql::receipt(&mut tx, ticket).await?.ok_or(Error::NotFound)?;
    let (organisation, settings) = sql::organisation(&mut tx).await?;
    tx.done().await?;
    Ok(Receipt {
        ticket,
        reference: found.reference,
        title: found.title,
        priority: found.priority,
        status: found.status,
        aware_at: found.aware_at,
        target_at: found.target_at,
        created_at: found.created_at,
        confirmed: found.confirmed,
        organisation,
        settings,
        guest_email: row.draft.guest.then(|| row.draft.email.map(|e| e.as_str().to_owned())).flatten(),
        problems: row.problems,
    })
}
