//! The report: from the first question to a ticket, for a renter who is logged in and for a guest with one draft.
//!
//! Verbs: [`start`], [`load`], [`save_step`], [`submit`], [`follow`] (a neighbour's report instead of an own one), [`photos::add`] and
//! [`photos::remove`], [`send_resume_link`]; for guests [`guest::open`], [`guest::resolve`], [`guest::confirm`]. Jobs: `record-abandoned`,
//! `expire-draft`. Tables: `drafts`, `attachments` (of a draft), `ticket_followers`; a ticket is made by `tickets::open`.
//!
//! Promises: the server holds the draft, so nothing typed is lost, least of all what was refused; choosing an emergency is awareness there
//! and then, and becomes a ticket even if the person goes no further; a draft becomes one ticket however often it is sent; the daily limit
//! never stops an emergency; a guest sees no other person's data.
//! Does not: decide what comes next (`domain::tickets::draft`) or how urgent it is (`domain::faults`).

mod drafts;
mod duplicates;
pub mod guest;
mod later;
pub mod photos;
mod sql;
mod submit;

use db::OrgTx;
use domain::policy::Act;
use domain::{ContactId, DraftId, OrgId};
use jiff::{SignedDuration, Timestamp};

pub use drafts::{HomeOption, Opened, Problems, Saved, State, drafts_of_mine, homes, load, save_step, send_resume_link, start};
pub use duplicates::{Duplicate, follow, possible_duplicates};
pub use later::{ExpireDraft, RecordAbandoned, register};
pub use submit::{Receipt, Submitted, receipt, submit};

use crate::{Cx, House, Reporter, Result, Tenant};

/// Drafts are kept this long (decisions.md).
pub const DRAFT_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// An emergency draft that is left alone this long is recorded as it stands.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Whoever is reporting.
#[derive(Clone, Debug)]
pub enum Reporting {
    Tenant(Cx<Tenant>),
    Guest(Cx<Reporter>),
}

impl From<Cx<Tenant>> for Reporting {
    fn from(cx: Cx<Tenant>) -> Self {
        Self::Tenant(cx)
    }
}
impl From<Cx<Reporter>> for Reporting {
    fn from(cx: Cx<Reporter>) -> Self {
        Self::Guest(cx)
    }
}

impl Reporting {
    async fn begin(&self) -> Result<OrgTx> {
        match self {
            Self::Tenant(cx) => cx.begin(Act::ReportProblem).await,
            Self::Guest(cx) => cx.begin(Act::ReportProblem).await,
        }
    }
    pub fn house(&self) -> &House {
        match self {
            Self::Tenant(cx) => cx.house(),
            Self::Guest(cx) => cx.house(),
        }
    }
    pub fn org(&self) -> OrgId {
        match self {
            Self::Tenant(cx) => cx.org(),
            Self::Guest(cx) => cx.org(),
        }
    }
    pub fn now(&self) -> Timestamp {
        self.house().now()
    }
    pub fn is_guest(&self) -> bool {
        matches!(self, Self::Guest(_))
    }
    fn contact(&self) -> Option<ContactId> {
        match self {
            Self::Tenant(cx) => Some(cx.contact()),
            Self::Guest(_) => None,
        }
    }
    /// A guest's one draft.
    pub fn guest_draft(&self) -> Option<DraftId> {
        match self {
            Self::Tenant(_) => None,
            Self::Guest(cx) => Some(cx.draft()),
        }
    }
}
