use std::borrow::Cow;

use db::OrgTx;
use domain::events::Event;
use domain::faults::Catalogue;
use domain::settings::OrgSettings;
use domain::tickets::{Draft, Duplicates, NONE, RawAnswers, Step, next_step};
use domain::values::FieldErrors;
use domain::{DraftId, PropertyId, TicketId, UnitId};
use jiff::Timestamp;
use jobs::Enqueue as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::later::{ExpireDraft, RecordAbandoned};
use super::photos::Photo;
use super::{ABANDONED_AFTER, DRAFT_KEPT, Reporting, guest, sql};
use crate::mail::{self, SecretMail};
use crate::{Cx, Error, Result, Tenant};

/// What was refused: the step, everything that was typed, and a sentence per field. Shown again until the step is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems {
    pub step: Step,
    pub raw: RawAnswers,
    pub errors: FieldErrors,
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    /// It became this ticket.
    Submitted(TicketId),
}

/// A home somebody may choose; the address is all there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeOption {
    pub property: PropertyId,
    pub unit: UnitId,
    pub address: String,
}

impl HomeOption {
    /// As a form carries it.
    pub fn value(&self) -> String {
        format!("{}:{}", self.property, self.unit)
    }
}

/// Everything a page of the wizard shows.
#[derive(Clone, Debug)]
pub struct Opened {
    pub id: DraftId,
    pub organisation: String,
    pub settings: OrgSettings,
    pub draft: Draft,
    pub state: State,
    pub problems: Option<Problems>,
    pub catalogue: Cow<'static, Catalogue>,
    pub photos: Vec<Photo>,
    pub aware_at: Option<Timestamp>,
    pub expires_at: Timestamp,
}

/// What saving a step led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    Next(Step),
    /// Nothing was taken; what was typed and why stands in the draft, to be shown again.
    Refused(Step),
    Submitted(TicketId),
}

/// Opens a draft for a tenant. Their home is known when they have one only.
pub async fn start(cx: &Cx<Tenant>) -> Result<DraftId> {
    let who = Reporting::from(cx.clone());
    let mut tx = who.begin().await?;
    let homes = sql::my_homes(&mut tx).await?;
    let only = match homes.as_slice() {
        [] => return Err(Error::conflict("We have no home on record for you from today. Call us to report a repair.")),
        [home] => Some((home.property, home.unit)),
        _ => None,
    };
    let id: DraftId = cx.house().new_id();
    let draft = Draft::of_tenant(only);
    sql::insert_draft(&mut tx, id, &draft, Some((cx.membership(), cx.contact())), None, DRAFT_KEPT).await?;
    tx.enqueue_at(&ExpireDraft { draft_id: id }, tx.now() + DRAFT_KEPT).await?;
    tx.commit().await?;
    Ok(id)
}

/// A tenant's unfinished reports, newest first, so that one begun on the phone is found on the laptop.
pub async fn drafts_of_mine(cx: &Cx<Tenant>) -> Result<Vec<(DraftId, Timestamp)>> {
    let who = Reporting::from(cx.clone());
    let mut tx = who.begin().await?;
    let found = sql::open_drafts(&mut tx).await?;
    tx.done().await?;
    Ok(found)
}

/// # Errors
/// `NotFound` for a draft that is somebody else's or has expired.
pub async fn load(who: &Reporting, id: DraftId) -> Result<Opened> {
    let mut tx = who.begin().await?;
    let row = sql::draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let (organisation, settings) = sql::organisation(&mut tx).await?;
    let opened = Opened {
        id,
        organisation,
        settings,
        state: row.state,
        problems: row.problems,
        draft: row.draft,
        catalogue: sql::catalogue(&mut tx).await?,
        photos: sql::photos(&mut tx, id).await?,
        aware_at: row.aware_at,
        expires_at: row.expires_at,
    };
    tx.done().await?;
    Ok(opened)
}

/// The homes to choose from: a tenant's own; for a guest, those at the postcode they gave, as bare addresses.
pub async fn homes(who: &Reporting, id: DraftId) -> Result<Vec<HomeOption>> {
    let mut tx = who.begin().await?;
    let row = sql::draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let homes = offered(&mut tx, who, &row.draft).await?;
    tx.done().await?;
    Ok(homes)
}

async fn offered(tx: &mut OrgTx, who: &Reporting, draft: &Draft) -> Result<Vec<HomeOption>> {
    match (who, &draft.postcode) {
        (Reporting::Tenant(_), _) => sql::my_homes(tx).await,
        (Reporting::Guest(_), Some(postcode)) => sql::homes_at(tx, postcode).await,
        (Reporting::Guest(_), None) => Ok(Vec::new()),
    }
}

/// Takes one page's answer. Refused, it keeps what was typed with the sentences; never an error for what a person typed.
///
/// # Errors
/// `NotFound` for a draft that is somebody else's or has expired.
pub async fn save_step(who: &Reporting, id: DraftId, step: Step, mut raw: RawAnswers) -> Result<Saved> {
    let mut tx = who.begin().await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if let State::Submitted(ticket) = row.state {
        tx.done().await?;
        return Ok(Saved::Submitted(ticket));
    }
    let catalogue = sql::catalogue(&mut tx).await?;
    let mut draft = row.draft;
    let known_as = draft.emergency_code().map(ToOwned::to_owned);
    if step == Step::Contact {
        guest::read_phone(&mut raw);
    }
    let taken = match step {
        Step::Home if !offered(&mut tx, who, &draft).await?.iter().any(|home| home.value() == raw.one("home")) => {
            Err(FieldErrors::one("home", "Select your home"))
        }
        _ => draft.answer(step, &raw, &catalogue),
    };
    if let Err(errors) = taken {
        sql::set_problems(&mut tx, id, &Problems { step, raw: raw.storable(), errors }).await?;
        tx.commit().await?;
        return Ok(Saved::Refused(step));
    }
    if draft.emergency_code().is_some() && draft.emergency_code() != known_as.as_deref() {
        became_aware(&mut tx, id, &draft, &catalogue).await?;
    }
    let mut next = next_step(&draft, &catalogue);
    if is_past_the_fault(next)
        && draft.duplicates == Duplicates::NotOffered
        && !super::duplicates::nearby(&mut tx, who, &draft, &catalogue).await?.is_empty()
    {
        draft.duplicates = Duplicates::Offered;
        next = next_step(&draft, &catalogue);
    }
    sql::save_draft(&mut tx, id, &draft).await?;
    tx.commit().await?;
    Ok(Saved::Next(next))
}

const fn is_past_the_fault(next: Step) -> bool {
    matches!(next, Step::Questions | Step::Details | Step::Photos | Step::Access | Step::Needs | Step::Check)
}

/// An emergency that was chosen is known to us from that moment, whatever the person does next; staff see it at once, and the clocks will
/// count from it.
async fn became_aware(tx: &mut OrgTx, id: DraftId, draft: &Draft, catalogue: &Catalogue) -> Result<()> {
    sql::set_aware(tx, id).await?;
    let emergency = draft.emergency_code().and_then(|code| catalogue.emergency(code));
    tx.record(
        Event::new("report:emergency_chosen", "draft", id)
            .data(json!({ "emergency": emergency.map(|e| &e.label), "property": draft.property_id, "unit": draft.unit_id })),
    );
    tx.enqueue_at(&RecordAbandoned { draft_id: id }, tx.now() + ABANDONED_AFTER).await?;
    Ok(())
}

/// E-mails a link under which the report can be finished on another device: to the guest's address in the draft, or the tenant's own. A
/// guest's link carries the way in; a tenant's leads through log-in.
///
/// # Errors
/// `Conflict` when there is no address to send it to.
pub async fn send_resume_link(who: &Reporting, id: DraftId) -> Result<()> {
    let house = who.house();
    let mut tx = who.begin().await?;
    let row = sql::lock_draft(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if row.state != State::Open {
        return Err(Error::conflict("This report was sent already."));
    }
    let (to, link) = match who {
        Reporting::Tenant(_) => (sql::my_email(&mut tx).await?, house.url(&format!("/report/{id}"))),
        Reporting::Guest(cx) => {
            let secret = guest::Secret::fresh(cx.org(), id);
            sql::set_resume_hash(&mut tx, id, &secret.hash()).await?;
            (row.draft.email, house.url(&format!("/report/resume?token={}", secret.secret())))
        }
    };
    let to = to.ok_or_else(|| Error::conflict("We have no email address to send a link to."))?;
    tx.commit().await?;
    let mut tx = db::AuthTx::begin(house.db(), db::ActorRecord::default(), house.now()).await?;
    tx.enter(who.org()).await?;
    let until = domain::time::long_date(domain::time::london(row.expires_at).date());
    let mail = SecretMail {
        template: &guest::RESUME,
        to: &to,
        lang: "en-GB",
        org: Some(who.org()),
        context: json!({ "link": link, "until": until }),
    };
    mail::send_secret_later(house, &mut tx, mail).await?;
    Ok(tx.commit().await?)
}

/// Whether the emergency question was answered with "something else".
pub(super) fn is_no_emergency(draft: &Draft) -> bool {
    draft.emergency.as_deref() == Some(NONE)
}
