//! A contractor's own work: by log-in all of it, by an order's link that one order.
//!
//! Verbs: [`my_work`], [`one`], [`act`] (everything a contractor does, with an optional key, so that a telephone's queue can send it again),
//! [`add_photo`], [`photo`], [`way_in`], [`codes`].
//!
//! Promises: what is sent again with its key is carried out once, and the answer says so; an action that what happened meanwhile has overtaken is
//! answered as a conflict together with what is true now, and changes nothing; the way in, the tenant's name and their number are shown while the
//! order is theirs and live, and each look at key-safe codes is on the audit before they are shown.

use bytes::Bytes;
use db::OrgTx;
use domain::events::Event;
use domain::faults::Priority;
use domain::policy::Act;
use domain::tickets::Access;
use domain::time::london;
use domain::values::{clean_lines, required};
use domain::work_orders::{
    CompletionForm, ContractorOrder, Gone, MyWork, OfferStatus, Reader, Slot, SlotForm, Status, Time, VisitLine, VisitStatus, WayIn,
    WorkCard, gate,
};
use domain::{AttachmentId, ChecklistId, OperativeId, VisitId, WorkOrderId};
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::follow::event;
use super::look::Beside;
use super::offers::{self, Accepted};
use super::sql::{self, Held};
use super::visits::{self, By, Proposal};
use super::{checklists, completion};
use crate::estate::record::known;
use crate::files::FileKey;
use crate::repairs::Copy;
use crate::{Contractor, Cx, Error, Result, contractors};

/// What a contractor does to an order. Goes over the wire and into a telephone's queue, so its names are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Take it; for an emergency this is the acknowledgement.
    Accept,
    /// Say no, or hand it back before it is begun.
    Decline {
        reason: String,
    },
    /// Suggest one to three times to the tenant.
    Propose(Proposal),
    /// Book a time that was agreed by telephone.
    Book {
        #[serde(flatten)]
        time: SlotForm,
        #[serde(default)]
        operative: Option<OperativeId>,
    },
    /// Say yes to what the tenant picked.
    Confirm {
        visit: VisitId,
    },
    MoveVisit {
        visit: VisitId,
        #[serde(flatten)]
        time: SlotForm,
        #[serde(default)]
        operative: Option<OperativeId>,
    },
    CancelVisit {
        visit: VisitId,
        reason: String,
    },
    /// Who comes.
    Send {
        operative: Option<OperativeId>,
    },
    SetOff {
        visit: VisitId,
    },
    /// On site; without a visit where none was booked.
    Arrive {
        #[serde(default)]
        visit: Option<VisitId>,
    },
    /// Leave without being done: it goes on another day.
    Leave {
        visit: VisitId,
    },
    /// Nobody opened. The photo is added first.
    NoAccess {
        visit: VisitId,
        note: String,
        #[serde(default)]
        photo: Option<AttachmentId>,
    },
    /// Answer an item of a checklist; empty takes the answer back.
    Tick {
        checklist: ChecklistId,
        item: u16,
        value: String,
    },
    /// A line for staff.
    Note {
        body: String,
    },
    Complete(CompletionForm),
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    Done,
    /// It was carried out before, with this key or by another press; nothing was done twice.
    Replayed,
    /// What happened meanwhile overtook it: a sentence. Nothing was changed.
    Overtaken(String),
}

/// An action's answer: what became of it, and what is true now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acted {
    pub outcome: Outcome,
    pub now: Seen,
}

/// An order as its contractor finds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Seen {
    Here(Box<ContractorOrder>),
    /// It was put to them once and is not theirs to see any more.
    Gone(Gone),
}

/// Does one thing to an order.
///
/// # Errors
/// `NotFound` for an order that was never put to them; `Invalid` by field. What was overtaken is an answer and no error.
pub async fn act(cx: &Cx<Contractor>, id: WorkOrderId, action: &Action, key: Option<Uuid>) -> Result<Acted> {
    let hash = Sha256::digest(serde_json::to_vec(&(id, action)).map_err(Error::internal)?);
    let mut tx = cx.begin(Act::DoWork).await?;
    if let Some(key) = key
        && !claim(&mut tx, key, id, hash.as_slice()).await?
    {
        tx.done().await?;
        return Ok(Acted { outcome: Outcome::Replayed, now: one(cx, id).await? });
    }
    let outcome = match carry_out(cx, &mut tx, id, action).await {
        Ok(outcome) => {
            tx.commit().await?;
            outcome
        }
        Err(Error::Conflict(sentence)) => {
            // Rolled back with the key: should things turn back, the same key may try again.
            drop(tx);
            Outcome::Overtaken(sentence)
        }
        Err(other) => return Err(other),
    };
    Ok(Acted { outcome, now: one(cx, id).await? })
}

/// False when it was carried out before.
async fn claim(tx: &mut OrgTx, key: Uuid, order: WorkOrderId, hash: &[u8]) -> Result<bool> {
    let known = match sql::key_hash(tx, key).await? {
        Some(known) => Some(known),
        // An order that is none of theirs has no keys: the foreign key would say that it exists.
        None if sql::hold(tx, order).await?.is_none() => return Err(offers::gone(tx, order).await?),
        None if sql::claim_key(tx, key, order, hash).await? => return Ok(true),
        None => sql::key_hash(tx, key).await?,
    };
    match known {
        Some(known) if known == hash => Ok(false),
        _ => Err(Error::invalid("key", "This key was used for something else. Make a new one for each action")),
    }
}

async fn carry_out(cx: &Cx<Contractor>, tx: &mut OrgTx, id: WorkOrderId, action: &Action) -> Result<Outcome> {
    match action {
        Action::Accept => {
            return Ok(match offers::accept_in(tx, cx.contact(), id).await? {
                Accepted::Now => Outcome::Done,
                Accepted::Before => Outcome::Replayed,
            });
        }
        Action::Decline { reason } => {
            offers::decline_in(tx, cx.contact(), id, reason).await?;
            return Ok(Outcome::Done);
        }
        _ => {}
    }
    let order = mine(cx, tx, id).await?;
    let visit_of =
        async |tx: &mut OrgTx, visit: VisitId| sql::hold_visit(tx, visit).await?.filter(|v| v.order == id).ok_or(Error::NotFound);
    match action {
        Action::Accept | Action::Decline { .. } => {}
        Action::Propose(proposal) => visits::propose_in(tx, By::Contractor, &order, proposal).await?,
        Action::Book { time, operative } => {
            let time = time.parse(tx.now())?;
            visits::book_in(tx, By::Contractor, &order, time, *operative).await?;
        }
        Action::Confirm { visit } => {
            let visit = visit_of(tx, *visit).await?;
            if visit.status == VisitStatus::Proposed {
                return Err(Error::conflict(
                    "The tenant has not picked this time, or it was let go of because nobody confirmed it in time.",
                ));
            }
            visits::confirm_in(tx, By::Contractor, &order, &visit).await?;
        }
        Action::MoveVisit { visit, time, operative } => {
            let time = time.parse(tx.now())?;
            let visit = visit_of(tx, *visit).await?;
            visits::move_in(tx, By::Contractor, &order, &visit, time, *operative).await?;
        }
        Action::CancelVisit { visit, reason } => {
            let visit = visit_of(tx, *visit).await?;
            visits::cancel_in(tx, By::Contractor, &order, &visit, reason).await?;
        }
        Action::Send { operative } => send(tx, cx, &order, *operative).await?,
        Action::SetOff { visit } => {
            let visit = visit_of(tx, *visit).await?;
            visits::set_off_in(tx, &order, &visit).await?;
        }
        Action::Arrive { visit } => {
            visits::arrive_in(tx, By::Contractor, &order, *visit).await?;
        }
        Action::Leave { visit } => {
            let visit = visit_of(tx, *visit).await?;
            visits::leave_in(tx, &order, &visit).await?;
        }
        Action::NoAccess { visit, note, photo } => {
            let visit = visit_of(tx, *visit).await?;
            visits::no_access_in(tx, &order, &visit, note, *photo).await?;
        }
        Action::Tick { checklist, item, value } => {
            checklists::answer_in(tx, Some(id), *checklist, *item, value, cx.name()).await?;
        }
        Action::Note { body } => note(tx, &order, body).await?,
        Action::Complete(form) => {
            let done = form.parse()?;
            completion::complete_in(cx.house(), tx, &order, &done, None).await?;
        }
    }
    Ok(Outcome::Done)
}

/// The order, held, while it is the asker's.
async fn mine(cx: &Cx<Contractor>, tx: &mut OrgTx, id: WorkOrderId) -> Result<Held> {
    let Some(order) = sql::hold(tx, id).await? else { return Err(offers::gone(tx, id).await?) };
    if order.contractor != Some(cx.contact()) {
        return Err(Error::conflict(format!("Accept {} first.", order.reference)));
    }
    Ok(order)
}

async fn send(tx: &mut OrgTx, cx: &Cx<Contractor>, order: &Held, operative: Option<OperativeId>) -> Result<()> {
    let name = match operative {
        Some(id) => {
            Some(sql::operative(tx, cx.contact(), id).await?.ok_or_else(|| Error::invalid("operative", "Choose one of your people"))?)
        }
        None => None,
    };
    sql::send_operative(tx, order.id, operative).await?;
    tx.record(
        event("work_order:operative", order)
            .for_contractor()
            .data(json!({ "reference": order.reference, "name": name.as_deref().unwrap_or("nobody in particular") }))
            .change(json!({ "operative": order.operative }), json!({ "operative": operative })),
    );
    Ok(())
}

async fn note(tx: &mut OrgTx, order: &Held, body: &str) -> Result<()> {
    let body = clean_lines(body);
    if body.is_empty() || body.chars().count() > 5_000 {
        return Err(Error::invalid("body", "Write a note of up to 5000 characters"));
    }
    sql::touch(tx, order.id).await?;
    tx.record(
        event("work_order:note_added", order)
            .for_contractor()
            .data(json!({ "reference": order.reference, "body": body }))
            .created(json!({ "body": body })),
    );
    Ok(())
}

/// Everything of one order.
///
/// # Errors
/// `NotFound` for an order that was never put to them.
pub async fn one(cx: &Cx<Contractor>, id: WorkOrderId) -> Result<Seen> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let Some(row) = sql::contractors_detail(&mut tx, id).await? else {
        let fate = sql::fate(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let why = match (fate.offer, fate.taken) {
            (OfferStatus::Declined, _) => "You declined it, or handed it back.",
            (OfferStatus::Expired, _) => "The offer has expired.",
            (_, true) => "Another contractor accepted it first.",
            _ => "The offer was withdrawn.",
        };
        tx.done().await?;
        return Ok(Seen::Gone(Gone { reference: fate.reference, title: fate.title, why: why.to_owned() }));
    };
    let beside = Beside::of(&mut tx, &row).await?;
    let (organisation, settings) = sql::organisation(&mut tx).await?;
    let photos = sql::photos(&mut tx, id, row.held.ticket, true).await?;
    let problem_photos = sql::photos(&mut tx, id, row.held.ticket, false).await?;
    let completions = sql::completions(&mut tx, id, cx.name()).await?;
    let timeline = sql::timeline(&mut tx, id).await?;
    let operatives = contractors::operatives_in(&mut tx, cx.contact()).await?;
    let now = tx.now();
    tx.done().await?;
    Ok(Seen::Here(Box::new(ContractorOrder {
        id,
        version: row.held.version,
        reference: row.held.reference.clone(),
        status: row.held.status,
        next: beside.next(&row, Reader::Contractor, now),
        allocated: row.held.contractor == Some(cx.contact()) && row.held.status.is_allocated(),
        title: row.held.facts.title,
        description: row.held.facts.description,
        priority: row.held.facts.priority,
        category: row.held.facts.category,
        trade: row.held.facts.trade,
        place: row.place,
        due_at: row.held.facts.due_at,
        spend_limit: row.held.facts.spend_limit,
        wants_quote: row.held.facts.wants_quote,
        value: row.value,
        acknowledge_by: row.acknowledge_by,
        offer: beside.offers.iter().rfind(|o| matches!(o.status, OfferStatus::Sent | OfferStatus::Accepted)).cloned(),
        operative: row.operative,
        operatives,
        photos_required: beside.photos_required,
        gate: gate(&beside.checklists, beside.photos_required, i64::try_from(photos.len()).unwrap_or(i64::MAX)),
        visits: beside.visits,
        checklists: beside.checklists,
        completions,
        problem_photos,
        photos,
        timeline,
        organisation,
        office_phone: settings.office_phone,
        emergency_phone: settings.emergency_phone,
        now,
    })))
}

/// All that is theirs to do; by a link, that one order.
///
/// # Errors
/// None but an unreachable database.
pub async fn my_work(cx: &Cx<Contractor>) -> Result<MyWork> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let rows = sqlx::query!(
        r#"select w.id, w.reference, w.title, w.status, w.priority, concat_ws(', ', u.label, p.line1, p.city) as "place!", p.postcode,
                  coalesce(w.acknowledge_by, f.expires_at) as answer_by, w.due_at, w.done_at,
                  v.id as "visit_id?", v.version as "visit_version?", v.slot as "slot?", v.starts_at as "starts_at?", v.ends_at as "ends_at?",
                  v.status as "visit_status?", v.proposed_by as "proposed_by?", v.auto_confirm as "auto_confirm?", v.held_until, v.attempt as "attempt?",
                  v.on_the_way_at, v.arrived_at, v.operative_id, o.name as "operative?"
           from work_orders w
           join properties p on p.org_id = w.org_id and p.id = w.property_id
           left join units u on u.org_id = w.org_id and u.id = w.unit_id
           left join lateral (
             select v.* from visits v
             where v.org_id = w.org_id and v.work_order_id = w.id and v.status in ('HELD', 'CONFIRMED', 'ON_SITE')
             order by v.status <> 'ON_SITE', v.starts_at, v.id
             limit 1) v on true
           left join operatives o on o.org_id = w.org_id and o.id = v.operative_id
           left join lateral (
             select max(f.expires_at) as expires_at from offers f
             where f.org_id = w.org_id and f.work_order_id = w.id and f.contractor_id = app.contact_id() and f.status = 'SENT') f on true
           where w.org_id = app.org_id()
             and (w.status in ('OFFERED', 'ACCEPTED', 'SCHEDULED', 'IN_PROGRESS')
                  or (w.status in ('DONE', 'VERIFIED') and w.done_at > $1::timestamptz - interval '90 days'))
           order by w.priority <> 'EMERGENCY', v.starts_at nulls last, w.due_at nulls last, w.number
           limit 500"#,
        tx.now().to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let today = london(tx.now()).date();
    tx.done().await?;
    let mut work = MyWork::default();
    for r in rows {
        let status = known(&r.status, Status::parse)?;
        let visit = match (r.visit_id, r.slot, r.starts_at, r.ends_at, r.visit_status) {
            (Some(id), Some(slot), Some(from), Some(to), Some(at)) => Some(VisitLine {
                id: id.into(),
                version: r.visit_version.unwrap_or(1),
                time: Time { slot: known(&slot, Slot::parse)?, starts_at: from.to_jiff(), ends_at: to.to_jiff() },
                status: known(&at, VisitStatus::parse)?,
                proposed_by: r.proposed_by.unwrap_or_default(),
                operative: r.operative_id.zip(r.operative).map(|(id, name)| domain::work_orders::Named { id: id.into(), name }),
                auto_confirm: r.auto_confirm.unwrap_or(false),
                held_until: sql::moment(r.held_until),
                attempt: r.attempt.unwrap_or(1),
                on_the_way_at: sql::moment(r.on_the_way_at),
                arrived_at: sql::moment(r.arrived_at),
                left_at: None,
                outcome_note: None,
                outcome_photo: None,
                note: None,
            }),
            _ => None,
        };
        let card = WorkCard {
            id: r.id.into(),
            reference: r.reference,
            title: r.title,
            status,
            priority: known(&r.priority, Priority::parse)?,
            place: r.place,
            postcode: r.postcode,
            answer_by: sql::moment(r.answer_by),
            due_at: sql::moment(r.due_at),
            done_at: sql::moment(r.done_at),
            visit,
        };
        let day = card.visit.as_ref().map(|v| v.time.day());
        let list = match status {
            Status::Offered => &mut work.offered,
            _ if status.is_finished() => &mut work.done,
            // An emergency without a time is for now.
            Status::InProgress => &mut work.today,
            Status::Accepted if card.priority == Priority::Emergency => &mut work.today,
            _ if day.is_some_and(|d| d <= today) => &mut work.today,
            _ if day.is_some() => &mut work.upcoming,
            _ => &mut work.to_schedule,
        };
        list.push(card);
    }
    work.done.sort_by_key(|c| std::cmp::Reverse(c.done_at));
    Ok(work)
}

/// Adds a photo of the work, one at a time, so that a telephone can try each again. With a key it is kept once.
///
/// # Errors
/// `Invalid` when it is not a photo we take; `Conflict` when the order is not theirs any more; `NotFound`.
pub async fn add_photo(
    cx: &Cx<Contractor>,
    id: WorkOrderId,
    file_name: &str,
    bytes: Bytes,
    key: Option<Uuid>,
) -> Result<Option<AttachmentId>> {
    let hash = Sha256::digest(&bytes);
    let (file_name, received) = completion::look_at(file_name, bytes).await?;
    let mut tx = cx.begin(Act::DoWork).await?;
    if let Some(key) = key
        && !claim(&mut tx, key, id, hash.as_slice()).await?
    {
        tx.done().await?;
        return Ok(None);
    }
    let order = mine(cx, &mut tx, id).await?;
    let photo = completion::add_photo_in(cx.house(), &mut tx, &order, &file_name, &received).await?;
    tx.commit().await?;
    Ok(Some(photo))
}

/// Where a copy of a photo of the problem or of the work lies.
///
/// # Errors
/// `NotFound` for one of an order that is not theirs, or whose copies are not made yet.
pub async fn photo(cx: &Cx<Contractor>, id: AttachmentId, copy: Copy) -> Result<FileKey> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let key = sql::photo_key(&mut tx, id, copy).await?;
    tx.done().await?;
    key.ok_or(Error::NotFound)
}

struct WayInRow {
    warnings: Option<String>,
    access_notes: Option<String>,
    access_codes_enc: Option<Vec<u8>>,
    tenant_name: Option<String>,
    tenant_phone: Option<String>,
    needs: Option<String>,
    vulnerability: Option<String>,
    access: serde_json::Value,
}

async fn way_in_row(tx: &mut OrgTx, id: WorkOrderId) -> Result<Option<WayInRow>> {
    Ok(sqlx::query_as!(
        WayInRow,
        r#"select warnings, access_notes, access_codes_enc, tenant_name, tenant_phone, needs, vulnerability, access as "access!" from app.way_in($1)"#,
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?)
}

fn not_yours_now() -> Error {
    Error::conflict("The way in is shown while this work order is yours and live.")
}

/// How to get in, what to look out for, and whom to ask for.
///
/// # Errors
/// `Conflict` unless the order is theirs and live.
pub async fn way_in(cx: &Cx<Contractor>, id: WorkOrderId) -> Result<WayIn> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let row = way_in_row(&mut tx, id).await?.ok_or_else(not_yours_now)?;
    tx.done().await?;
    let access: Access = serde_json::from_value(row.access).unwrap_or_default();
    let mut lines: Vec<String> = access.way.map(|w| w.label().to_owned()).into_iter().collect();
    lines.extend(access.times.iter().map(|t| t.label().to_owned()));
    lines.extend(access.notes);
    Ok(WayIn {
        warnings: row.warnings,
        access_notes: row.access_notes,
        access: lines,
        tenant_name: row.tenant_name,
        tenant_phone: row.tenant_phone.as_deref().and_then(domain::values::PhoneE164::parse).map(|p| p.national()),
        needs: row.needs,
        vulnerability: row.vulnerability,
        has_codes: row.access_codes_enc.is_some(),
    })
}

/// The key-safe or entry codes. The look is on record, with the order it was for, before they are shown.
///
/// # Errors
/// `Conflict` unless the order is theirs and live; `NotFound` when there are none.
pub async fn codes(cx: &Cx<Contractor>, id: WorkOrderId) -> Result<String> {
    let mut tx = cx.begin(Act::DoWork).await?;
    let row = way_in_row(&mut tx, id).await?.ok_or_else(not_yours_now)?;
    let sealed = row.access_codes_enc.ok_or(Error::NotFound)?;
    let codes = cx.house().keys().open(crate::estate::properties::ACCESS_CODES, &sealed)?;
    let order = sql::hold(&mut tx, id).await?.ok_or_else(not_yours_now)?;
    tx.record(
        Event::new("access-codes:seen", "property", order.property)
            .audit_only()
            .created(json!({ "reason": format!("Visit for {}", order.reference), "workOrder": id })),
    );
    tx.commit().await?;
    String::from_utf8(codes).map_err(Error::internal)
}

/// Says no in the words of a form without JavaScript: the same as [`act`] with a reason.
///
/// # Errors
/// As [`act`].
pub async fn decline(cx: &Cx<Contractor>, id: WorkOrderId, reason: &str) -> Result<Acted> {
    let reason = required(reason, "why, so that we can ask somebody else", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    act(cx, id, &Action::Decline { reason }, None).await
}
