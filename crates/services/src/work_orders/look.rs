//! One order with everything staff need beside it.

use db::OrgTx;
use domain::policy::Act;
use domain::work_orders::{
    Card, Detail, Facts, Filter, Move, NextStep, OfferLine, OfferStatus, Reader, Status, VisitLine, VisitStatus, gate, next_step,
};
use domain::{TicketId, WorkOrderId};

use super::sql::{self, DetailRow};
use crate::{Cx, Error, Result, Staff};

/// Everything staff see of one order.
///
/// # Errors
/// `NotFound` for another organisation's.
pub async fn detail(cx: &Cx<Staff>, id: WorkOrderId) -> Result<Detail> {
    let mut tx = cx.begin(Act::ReadWork).await?;
    let row = sql::detail(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let beside = Beside::of(&mut tx, &row).await?;
    let (follows, followed_by) = sql::related(&mut tx, id).await?;
    let feedback = sql::feedback(&mut tx, id).await?;
    let by = row.contractor.as_ref().map_or("", |c| c.name.as_str()).to_owned();
    let completions = sql::completions(&mut tx, id, &by).await?;
    let photos = sql::photos(&mut tx, id, row.held.ticket, true).await?;
    let timeline = sql::timeline(&mut tx, id).await?;
    let now = tx.now();
    tx.done().await?;
    let may_manage = cx.may(Act::ManageWork);
    let may_override = cx.may(Act::OverrideChecklist);
    Ok(Detail {
        id,
        version: row.held.version,
        reference: row.held.reference.clone(),
        status: row.held.status,
        next: beside.next(&row, Reader::Staff, now),
        moves: if may_manage { row.held.status.moves().iter().copied().filter(|m| is_pressed(*m)).collect() } else { Vec::new() },
        facts: row.held.facts,
        ticket: row.ticket,
        follows,
        followed_by,
        place: row.place,
        contractor: row.contractor,
        operative: row.operative,
        value: row.value,
        acknowledge_by: row.acknowledge_by,
        escalated_at: row.escalated_at,
        accepted_at: row.accepted_at,
        started_at: row.started_at,
        done_at: row.done_at,
        verified_at: row.verified_at,
        cancelled_at: row.cancelled_at,
        cancel_reason: row.cancel_reason,
        gate: gate(&beside.checklists, beside.photos_required, i64::try_from(photos.len()).unwrap_or(i64::MAX)),
        offers: beside.offers,
        visits: beside.visits,
        checklists: beside.checklists,
        completions,
        photos,
        feedback,
        timeline,
        may_manage,
        may_override,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        now,
    })
}

/// Steps that staff press; the others follow from what is done to offers and visits.
const fn is_pressed(step: Move) -> bool {
    !matches!(step, Move::Accept | Move::FallBack | Move::Unschedule)
}

/// What the next step of an order depends on, for whoever reads it.
pub(super) struct Beside {
    pub(super) offers: Vec<OfferLine>,
    pub(super) visits: Vec<VisitLine>,
    pub(super) checklists: Vec<domain::work_orders::Checklist>,
    pub(super) photos_required: i16,
}

impl Beside {
    pub(super) async fn of(tx: &mut OrgTx, row: &DetailRow) -> Result<Self> {
        let id = row.held.id;
        Ok(Self {
            offers: sql::offers(tx, id).await?,
            visits: sql::visits(tx, id).await?,
            checklists: sql::checklists(tx, id).await?,
            photos_required: row.held.facts.photos_required,
        })
    }
    pub(super) fn next(&self, row: &DetailRow, reader: Reader, now: jiff::Timestamp) -> NextStep {
        let waiting = || self.offers.iter().filter(|o| o.status == OfferStatus::Sent);
        let of = |status: VisitStatus| self.visits.iter().filter(move |v| v.status == status);
        let booked = of(VisitStatus::Confirmed).next();
        let last = self.visits.iter().rfind(|v| !matches!(v.status, VisitStatus::Cancelled | VisitStatus::Proposed));
        let facts = Facts {
            status: row.held.status,
            priority: row.held.facts.priority,
            wants_quote: row.held.facts.wants_quote,
            offers_waiting: waiting().count(),
            offer_ends: waiting().filter_map(|o| o.expires_at).min(),
            acknowledge_by: row.acknowledge_by,
            proposed: of(VisitStatus::Proposed).count(),
            held_until: of(VisitStatus::Held).filter_map(|v| v.held_until).max(),
            booked: booked.map(|v| v.time),
            on_the_way: booked.is_some_and(|v| v.on_the_way_at.is_some()),
            last_was_no_access: last.is_some_and(|v| v.status == VisitStatus::NoAccess),
            due_at: row.held.facts.due_at,
            now,
        };
        next_step(&facts, reader)
    }
}

/// The orders of a ticket, for its page: each with its next step.
///
/// # Errors
/// None but an unreachable database; a ticket that is not there has no orders.
pub async fn by_ticket(cx: &Cx<Staff>, ticket: TicketId) -> Result<Vec<(Card, NextStep)>> {
    let filter = Filter { ticket: Some(ticket), ..Filter::default() };
    let page = super::board::list(cx, &filter, &crate::estate::Slice::default()).await?;
    let mut tx = cx.begin(Act::ReadWork).await?;
    let mut found = Vec::with_capacity(page.items.len());
    for card in page.items {
        let Some(row) = sql::detail(&mut tx, card.id).await? else { continue };
        let now = tx.now();
        let next = Beside::of(&mut tx, &row).await?.next(&row, Reader::Staff, now);
        found.push((card, next));
    }
    tx.done().await?;
    // Drafts and what goes on before what is over.
    found.sort_by_key(|(card, _)| (matches!(card.status, Status::Verified | Status::Cancelled), card.created_at));
    Ok(found)
}
