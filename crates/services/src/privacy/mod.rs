//! What a person may ask of an organisation that holds their data (UK GDPR articles 15, 17 and 20).
//!
//! Verbs: [`export`] gives everything held about one contact, for machines and, by [`Export::html`], for people; [`erase`] forgets them.
//! Administrators alone. Tables: reads and empties columns of contacts, tickets, drafts, mails, the personal half of the audit, log-ins.
//!
//! Promises: both are on record, with who did it and why. Erasure keeps the facts of repairs (what was wrong, when we knew, what was done),
//! because the landlord must be able to show them, and keeps the audit's chain whole: it covers a hash of the personal half, not its words.
//! Nobody is erased while they live in a home of ours, own one or wait for a repair, nor, unless an administrator says that no claim needs
//! the data (article 17(3)(e)), before the retention period after their last tenancy is over.
//!
//! Not here: photos, which are evidence of the home's state; an organisation's own deletion.

mod html;
mod sql;

use db::{ActorRecord, OrgTx, Scope};
use domain::ContactId;
use domain::events::Event;
use domain::people::ErasureForm;
use domain::policy::{Act, Audience};
use domain::time::{london, long_date};
use domain::values::FieldErrors;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cx::Actor as _;
use crate::{Cx, Error, Result, Staff, people};

/// Everything held about one person, section by section. Keys are words; the JSON of it is the portable copy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Export {
    pub organisation: String,
    pub made_on: Date,
    pub contact: Value,
    pub account: Value,
    pub tenancies: Value,
    pub properties_owned: Value,
    pub consent: Value,
    pub repairs_reported: Value,
    pub written_on_repairs: Value,
    pub unfinished_reports: Value,
    pub files_sent: Value,
}

impl Export {
    /// The same for reading and printing: one page without script or style of others.
    pub fn html(&self) -> Result<String> {
        html::page(self)
    }
}

/// # Errors
/// `Forbidden` for anybody but an administrator; `NotFound`.
pub async fn export(me: &Cx<Staff>, id: ContactId) -> Result<Export> {
    let mut tx = me.begin(Act::AnswerDataRequest).await?;
    let export = sql::export(&mut tx, id, london(me.now()).date()).await?.ok_or(Error::NotFound)?;
    tx.record(Event::new("contact:exported", "contact", id).audit_only());
    tx.commit().await?;
    Ok(export)
}

/// Forgets a person. Asked again for somebody erased already, it finishes what a failure may have left.
///
/// # Errors
/// `Invalid` without a reason; `Conflict` with a sentence while something live binds them to us or the retention period runs.
pub async fn erase(me: &Cx<Staff>, id: ContactId, form: &ErasureForm) -> Result<()> {
    let mut tx = begin_forgetting(me).await?;
    let mut errors = FieldErrors::new();
    let reason = errors.text("reason", &form.reason, "why the data is erased", 300);
    let early = errors.yes_no("before_retention_ends", &form.before_retention_ends, "Say yes or no").unwrap_or(false);
    errors.check()?;
    let stored = people::sql::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if stored.erased_at.is_none() {
        let ties = people::sql::ties(&mut tx, id).await?;
        if let Some(sentence) = ties.sentence(&stored.contact.name) {
            return Err(Error::conflict(format!("{sentence}. Their data can be erased once nothing is live")));
        }
        let kept_until = kept_until(&mut tx, id).await?;
        if let Some(until) = kept_until.filter(|until| *until > london(me.now()).date() && !early) {
            return Err(Error::conflict(format!(
                "Your retention period runs until {}. To erase earlier, confirm that no legal claim needs the data",
                long_date(until)
            )));
        }
        let was = stored.contact.kind.label().to_lowercase();
        sql::forget_contact(&mut tx, id, &format!("Former {was}"), stored.contact.email.as_ref().map(domain::values::EmailAddress::as_str))
            .await?;
        let early = kept_until.is_some_and(|until| until > london(me.now()).date());
        tx.record(
            Event::new("contact:erased", "contact", id)
                .audit_only()
                .data(json!({ "before_retention_ended": early }))
                .created(json!({ "reason": reason })),
        );
    }
    let logins = sql::logins(&mut tx, id).await?;
    tx.commit().await?;
    for (login, membership) in logins {
        sql::forget_login(me.house(), login, membership).await?;
    }
    Ok(())
}

/// A transaction in this administrator's name with the worker's eyes: the staff role may not touch what is append-only, and here a column
/// of it is emptied.
async fn begin_forgetting(me: &Cx<Staff>) -> Result<OrgTx> {
    if !me.may(Act::AnswerDataRequest) {
        return Err(Error::Forbidden);
    }
    let scope = Scope { membership: Some(me.membership()), ..Scope::of(me.org(), Audience::System) };
    let actor = ActorRecord { ip: me.request().ip, user_agent: me.request().user_agent.clone(), ..me.actor().record() };
    Ok(OrgTx::begin(me.house().db(), scope, actor, me.now()).await?)
}

/// When the retention period after somebody's last tenancy is over; none for who never had one.
async fn kept_until(tx: &mut OrgTx, id: ContactId) -> Result<Option<Date>> {
    let Some((ended_on, months)) = sql::last_tenancy(tx, id).await? else { return Ok(None) };
    ended_on.checked_add(i32::from(months).months()).map(Some).map_err(Error::internal)
}
