//! Times at a home: suggested, picked, booked, moved, kept or missed.
//!
//! Whoever books holds the contractor's timetable first (`app.hold_timetable`), so that two who book at once do so one after the other and the
//! second is told. A named person's fixed times exclude each other by a constraint as well; windows count against what the firm takes at a time.

use db::OrgTx;
use domain::events::Event;
use domain::policy::Act;
use domain::values::{FieldErrors, clean_lines, required};
use domain::work_orders::{Move, Slot, SlotForm, Status, Time, VisitMove, VisitStatus};
use domain::{AttachmentId, ContactId, OperativeId, VisitId, WorkOrderId};
use jiff::SignedDuration;
use jobs::Enqueue as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::follow::step_on;
use super::later::{BOTH, CONTRACTOR, LetGoOfVisit, News, TENANT, To, tell_of_visit};
use super::order::held;
use super::sql::{self, Held, NewVisit, Visit};
use crate::{Cx, Error, OnConstraint as _, Result, Staff};

/// What a tenant picked waits this long for the other side (decisions.md).
pub const HELD_FOR: SignedDuration = SignedDuration::from_mins(15);
const MOST_TIMES: usize = 3;
/// Somebody who turns up without a time is taken to stay this long.
const UNANNOUNCED: SignedDuration = SignedDuration::from_hours(2);

/// Who does something to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Staff,
    Contractor,
    Tenant,
}

impl By {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Contractor => "contractor",
            Self::Tenant => "tenant",
        }
    }
    /// Who hears of it: the other side; both where it was neither of them.
    const fn others(self) -> &'static [To] {
        match self {
            Self::Staff => BOTH,
            Self::Contractor => TENANT,
            Self::Tenant => CONTRACTOR,
        }
    }
}

/// Times the tenant may pick from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proposal {
    /// One to three.
    pub times: Vec<SlotForm>,
    /// The tenant's pick is the last word: nobody needs to confirm it.
    pub auto_confirm: bool,
    pub operative: Option<OperativeId>,
    /// A line for the tenant.
    pub note: String,
}

/// Books a time for an order that somebody has, at once and for everybody: what a coordinator does on the telephone.
///
/// # Errors
/// `Conflict` when nobody has the order, or the time is taken; `Invalid` by field of the time.
pub async fn schedule(
    cx: &Cx<Staff>,
    id: WorkOrderId,
    version: Option<i32>,
    form: &SlotForm,
    operative: Option<OperativeId>,
) -> Result<VisitId> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let time = form.parse(tx.now())?;
    let order = held(&mut tx, id, version).await?;
    let visit = book_in(&mut tx, By::Staff, &order, time, operative).await?;
    tx.commit().await?;
    Ok(visit)
}

/// Suggests times to the tenant, in place of those suggested before.
///
/// # Errors
/// `Conflict` when nobody has the order, or a time is taken; `Invalid` by field (`times.0.date`).
pub async fn propose(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, proposal: &Proposal) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, version).await?;
    propose_in(&mut tx, By::Staff, &order, proposal).await?;
    Ok(tx.commit().await?)
}

/// Says yes to a time that was picked or suggested.
///
/// # Errors
/// `NotFound`; `Conflict` when it is not there to confirm any more, or was taken meanwhile.
pub async fn confirm(cx: &Cx<Staff>, id: VisitId) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let (order, visit) = both(&mut tx, id, None).await?;
    confirm_in(&mut tx, By::Staff, &order, &visit).await?;
    Ok(tx.commit().await?)
}

/// Moves a visit to another time; the other side is told again.
///
/// # Errors
/// `Conflict` when somebody changed it since `version`, when it has begun or ended, or the time is taken; `Invalid` by field of the time.
pub async fn move_visit(cx: &Cx<Staff>, id: VisitId, version: Option<i32>, form: &SlotForm, operative: Option<OperativeId>) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let time = form.parse(tx.now())?;
    let (order, visit) = both(&mut tx, id, version).await?;
    move_in(&mut tx, By::Staff, &order, &visit, time, operative).await?;
    Ok(tx.commit().await?)
}

/// Cancels a visit; both sides are told.
///
/// # Errors
/// `Conflict` when it has begun or ended; `Invalid` without a reason.
pub async fn cancel_visit(cx: &Cx<Staff>, id: VisitId, version: Option<i32>, reason: &str) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let (order, visit) = both(&mut tx, id, version).await?;
    cancel_in(&mut tx, By::Staff, &order, &visit, reason).await?;
    Ok(tx.commit().await?)
}

/// What the office is told by telephone: somebody set off.
///
/// # Errors
/// `Conflict` unless the visit is booked.
pub async fn set_off(cx: &Cx<Staff>, id: VisitId) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let (order, visit) = both(&mut tx, id, None).await?;
    set_off_in(&mut tx, &order, &visit).await?;
    Ok(tx.commit().await?)
}

/// What the office is told by telephone: somebody is on site.
///
/// # Errors
/// `Conflict` unless somebody has the order.
pub async fn on_site(cx: &Cx<Staff>, order: WorkOrderId, visit: Option<VisitId>) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, order, None).await?;
    arrive_in(&mut tx, By::Staff, &order, visit).await?;
    Ok(tx.commit().await?)
}

/// What the office is told by telephone: nobody opened.
///
/// # Errors
/// `Conflict` unless the visit is booked or going on.
pub async fn no_access(cx: &Cx<Staff>, id: VisitId, note: &str) -> Result<()> {
    let mut tx = cx.begin(Act::ManageWork).await?;
    let (order, visit) = both(&mut tx, id, None).await?;
    no_access_in(&mut tx, &order, &visit, note, None).await?;
    Ok(tx.commit().await?)
}

/// A visit with its order, the order held first: so every verb takes locks in one order.
pub(super) async fn both(tx: &mut OrgTx, id: VisitId, version: Option<i32>) -> Result<(Held, Visit)> {
    let order = sql::order_of_visit(tx, id).await?.ok_or(Error::NotFound)?;
    let order = sql::hold(tx, order).await?.ok_or(Error::NotFound)?;
    let visit = sql::hold_visit(tx, id).await?.ok_or(Error::NotFound)?;
    if version.is_some_and(|v| v != visit.version) {
        return Err(Error::changed_meanwhile());
    }
    Ok((order, visit))
}

fn holder(order: &Held) -> Result<ContactId> {
    order.contractor.filter(|_| order.status.is_allocated()).ok_or_else(|| {
        Error::conflict(format!(
            "{} is {}: a time can be booked once a contractor has it.",
            order.reference,
            order.status.label().to_lowercase()
        ))
    })
}

/// What a visit's event tells; `when` is for people, in the words of whoever has no other clock.
fn line(kind: &'static str, order: &Held, time: &Time) -> Event {
    Event::of_order(kind, order.id, order.ticket).public().data(json!({ "reference": order.reference, "when": time.said(), "time": time }))
}

/// Whether the contractor has room at this time, with their timetable held until the transaction ends.
async fn room(
    tx: &mut OrgTx,
    by: By,
    contractor: ContactId,
    operative: Option<OperativeId>,
    time: &Time,
    except: Option<VisitId>,
) -> Result<()> {
    let capacity = sql::hold_timetable(tx, contractor).await?;
    let booked = sql::booked_between(tx, contractor, operative, time, except).await?;
    let takes_a_place = time.slot != Slot::Fixed || operative.is_none();
    let person_busy = time.slot == Slot::Fixed && operative.is_some() && booked.person_busy;
    if person_busy || (takes_a_place && booked.counted >= capacity) { Err(no_room(by, person_busy, time, tx.now())) } else { Ok(()) }
}

fn no_room(by: By, person_busy: bool, time: &Time, now: jiff::Timestamp) -> Error {
    Error::conflict(match (by, person_busy) {
        (By::Tenant, _) => "That time has just been taken. Pick another one.".to_owned(),
        (_, true) => format!("They have another visit then ({}). Choose another time or another person.", time.short(now)),
        (_, false) => format!("There is no room for another visit then ({}). Choose another time.", time.short(now)),
    })
}

async fn check_operative(tx: &mut OrgTx, contractor: ContactId, operative: Option<OperativeId>) -> Result<()> {
    match operative {
        Some(id) if sql::operative(tx, contractor, id).await?.is_none() => {
            Err(Error::invalid("operative", "Choose one of this contractor's people"))
        }
        _ => Ok(()),
    }
}

pub(super) async fn propose_in(tx: &mut OrgTx, by: By, order: &Held, proposal: &Proposal) -> Result<()> {
    let contractor = holder(order)?;
    let operative = proposal.operative.or(order.operative);
    check_operative(tx, contractor, operative).await?;
    let mut errors = FieldErrors::new();
    let mut times: Vec<Time> = Vec::new();
    for (n, form) in proposal.times.iter().enumerate() {
        match form.parse(tx.now()) {
            Ok(time) if times.contains(&time) => errors.add(format!("times.{n}.date"), "This time is there twice"),
            Ok(time) => times.push(time),
            Err(wrong) => wrong.iter().for_each(|(field, sentence)| errors.add(format!("times.{n}.{field}"), sentence)),
        }
    }
    if proposal.times.is_empty() || proposal.times.len() > MOST_TIMES {
        errors.add("times", format!("Suggest 1 to {MOST_TIMES} times"));
    }
    let note = errors.optional_lines("note", &proposal.note, "The note", 2_000);
    errors.check()?;
    for visit in sql::hold_open_visits(tx, order.id).await?.iter().filter(|v| v.status == VisitStatus::Proposed) {
        sql::set_visit(tx, visit.id, VisitStatus::Cancelled, None, Some("Other times were suggested")).await?;
    }
    times.sort_by_key(|t| t.starts_at);
    for time in &times {
        // Suggesting takes up nobody's time, but what is full already is no suggestion.
        room(tx, by, contractor, operative, time, None).await?;
        let visit = NewVisit {
            id: VisitId(domain::uuid_v7(tx.now(), crate::house::random())),
            order: order.id,
            contractor,
            operative,
            time: *time,
            status: VisitStatus::Proposed,
            proposed_by: by.word(),
            auto_confirm: proposal.auto_confirm,
            note: note.as_deref(),
        };
        sql::insert_visit(tx, &visit).await?;
    }
    sql::touch(tx, order.id).await?;
    let said = times.iter().map(Time::said).collect::<Vec<_>>().join("; ");
    tx.record(
        Event::of_order("visit:proposed", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "times": said }))
            .created(json!({ "times": times, "autoConfirm": proposal.auto_confirm })),
    );
    let first = times.first().copied().ok_or_else(|| Error::invalid("times", "Suggest at least one time"))?;
    tell_of_visit(tx, order.id, first, None, News::Proposed, TENANT, Some(&said)).await
}

pub(super) async fn book_in(tx: &mut OrgTx, by: By, order: &Held, time: Time, operative: Option<OperativeId>) -> Result<VisitId> {
    let contractor = holder(order)?;
    let operative = operative.or(order.operative);
    check_operative(tx, contractor, operative).await?;
    room(tx, by, contractor, operative, &time, None).await?;
    let id = VisitId(domain::uuid_v7(tx.now(), crate::house::random()));
    let visit = NewVisit {
        id,
        order: order.id,
        contractor,
        operative,
        time,
        status: VisitStatus::Confirmed,
        proposed_by: by.word(),
        auto_confirm: false,
        note: None,
    };
    let now = tx.now();
    sql::insert_visit(tx, &visit).await.on_constraint("visits_do_not_overlap", || no_room(by, true, &time, now))?;
    booked(tx, order, id).await?;
    tx.record(line("visit:booked", order, &time).created(json!({ "visit": id, "time": time, "operative": operative })));
    tell_of_visit(tx, order.id, time, None, News::Booked, by.others(), None).await?;
    Ok(id)
}

/// A time is agreed: the other suggestions fall away, and the order is scheduled.
async fn booked(tx: &mut OrgTx, order: &Held, id: VisitId) -> Result<()> {
    for other in sql::hold_open_visits(tx, order.id).await?.iter().filter(|v| v.id != id) {
        if matches!(other.status, VisitStatus::Proposed | VisitStatus::Held) {
            sql::set_visit(tx, other.id, VisitStatus::Cancelled, None, Some("Another time was chosen")).await?;
        }
    }
    if order.status == Status::Accepted {
        schedule_order(tx, order, Move::Schedule).await?;
    }
    Ok(())
}

/// The order's own step. A tenant has no leave to write orders and goes through a door that lets them do this and no more.
async fn schedule_order(tx: &mut OrgTx, order: &Held, step: Move) -> Result<()> {
    step_on(tx, order, step).await.map(|_| ())
}

pub(super) async fn confirm_in(tx: &mut OrgTx, by: By, order: &Held, visit: &Visit) -> Result<()> {
    holder(order)?;
    let to = visit.status.after(VisitMove::Confirm)?;
    if visit.time.ends_at <= tx.now() {
        return Err(Error::conflict("That time has passed. Suggest another."));
    }
    // What was held too long is anybody's again: it is asked for anew.
    room(tx, by, visit.contractor, visit.operative, &visit.time, Some(visit.id)).await?;
    let now = tx.now();
    sql::set_visit(tx, visit.id, to, None, None).await.on_constraint("visits_do_not_overlap", || no_room(by, true, &visit.time, now))?;
    booked(tx, order, visit.id).await?;
    tx.record(line("visit:booked", order, &visit.time).created(json!({ "visit": visit.id })));
    tell_of_visit(tx, order.id, visit.time, None, News::Booked, BOTH, None).await
}

pub(super) async fn move_in(tx: &mut OrgTx, by: By, order: &Held, visit: &Visit, time: Time, operative: Option<OperativeId>) -> Result<()> {
    holder(order)?;
    if !matches!(visit.status, VisitStatus::Proposed | VisitStatus::Held | VisitStatus::Confirmed) {
        return Err(Error::conflict(format!("This visit is {}: it cannot be moved.", visit.status.label().to_lowercase())));
    }
    let operative = operative.or(visit.operative);
    check_operative(tx, visit.contractor, operative).await?;
    if time == visit.time && operative == visit.operative {
        return Ok(());
    }
    room(tx, by, visit.contractor, operative, &time, Some(visit.id)).await?;
    // A suggestion stays one; what was agreed stays agreed, and the other side is told and may cancel.
    let status = if visit.status == VisitStatus::Held { VisitStatus::Proposed } else { visit.status };
    let now = tx.now();
    sql::move_visit(tx, visit.id, &time, operative, status)
        .await
        .on_constraint("visits_do_not_overlap", || no_room(by, true, &time, now))?;
    tx.record(
        Event::of_order("visit:moved", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "was": visit.time.said(), "when": time.said(), "time": time }))
            .change(json!({ "time": visit.time, "operative": visit.operative }), json!({ "time": time, "operative": operative })),
    );
    let news = if status == VisitStatus::Confirmed { News::Moved } else { News::Proposed };
    tell_of_visit(tx, order.id, time, Some(visit.time), news, by.others(), Some(&time.said())).await
}

pub(super) async fn cancel_in(tx: &mut OrgTx, by: By, order: &Held, visit: &Visit, reason: &str) -> Result<()> {
    let reason = required(reason, "why: the other side reads it", 1_000).map_err(|e| Error::invalid("reason", e.to_string()))?;
    let to = visit.status.after(VisitMove::Cancel)?;
    sql::set_visit(tx, visit.id, to, None, Some(&reason)).await?;
    unbooked(tx, order).await?;
    tx.record(
        Event::of_order("visit:cancelled", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "when": visit.time.said(), "time": visit.time, "reason": reason }))
            .change(json!({ "status": visit.status }), json!({ "status": to, "visit": visit.id, "reason": reason })),
    );
    if visit.status.is_booked() {
        tell_of_visit(tx, order.id, visit.time, None, News::Cancelled, by.others(), Some(&reason)).await?;
    }
    Ok(())
}

/// When no agreed time is left, the order waits for one again.
async fn unbooked(tx: &mut OrgTx, order: &Held) -> Result<()> {
    let left = sql::hold_open_visits(tx, order.id).await?;
    if matches!(order.status, Status::Scheduled | Status::InProgress)
        && !left.iter().any(|v| matches!(v.status, VisitStatus::Confirmed | VisitStatus::OnSite))
    {
        schedule_order(tx, order, Move::Unschedule).await?;
    }
    Ok(())
}

/// Takes every open time off the calendar because the order goes away from its contractor. The order itself is moved by the caller.
pub(super) async fn clear(tx: &mut OrgTx, order: &Held, note: &str, whom: &'static [To]) -> Result<()> {
    for visit in sql::hold_open_visits(tx, order.id).await? {
        sql::set_visit(tx, visit.id, visit.status.after(VisitMove::Cancel)?, None, Some(note)).await?;
        if visit.status.is_booked() {
            tx.record(line("visit:cancelled", order, &visit.time).change(json!({ "status": visit.status }), json!({ "visit": visit.id })));
            tell_of_visit(tx, order.id, visit.time, None, News::Cancelled, whom, Some(note)).await?;
        }
    }
    Ok(())
}

pub(super) async fn set_off_in(tx: &mut OrgTx, order: &Held, visit: &Visit) -> Result<()> {
    holder(order)?;
    if visit.status != VisitStatus::Confirmed {
        return Err(Error::conflict(format!("This visit is {}: nobody is expected to set off.", visit.status.label().to_lowercase())));
    }
    sql::set_off(tx, visit.id).await?;
    tx.record(line("visit:on_the_way", order, &visit.time));
    tell_of_visit(tx, order.id, visit.time, None, News::OnTheWay, TENANT, None).await
}

/// Somebody is on site: at a booked time, or, where there is none (an emergency), at a visit that begins now.
pub(super) async fn arrive_in(tx: &mut OrgTx, by: By, order: &Held, visit: Option<VisitId>) -> Result<VisitId> {
    let contractor = holder(order)?;
    let open = sql::hold_open_visits(tx, order.id).await?;
    // Whoever names none means the one that is due.
    let due = visit.map_or_else(|| open.iter().find(|v| v.status == VisitStatus::Confirmed), |id| open.iter().find(|v| v.id == id));
    if visit.is_some() && due.is_none() {
        return Err(Error::conflict("This visit is over or was cancelled. Look at what is booked now."));
    }
    let (id, time) = match due {
        Some(visit) => {
            visit.status.after(VisitMove::Arrive)?;
            let (now, at) = (tx.now(), visit.time);
            sql::arrive(tx, visit.id).await.on_constraint("visits_do_not_overlap", || no_room(by, true, &at, now))?;
            (visit.id, visit.time)
        }
        None if open.iter().any(|v| v.status == VisitStatus::OnSite) => return Err(Error::conflict("Somebody is on site already.")),
        None => {
            let time = Time { slot: Slot::Fixed, starts_at: tx.now(), ends_at: tx.now() + UNANNOUNCED };
            let id = VisitId(domain::uuid_v7(tx.now(), crate::house::random()));
            // Of nobody in particular: who stands at the door of an emergency is not refused because a diary says they are elsewhere.
            let visit = NewVisit {
                id,
                order: order.id,
                contractor,
                operative: None,
                time,
                status: VisitStatus::OnSite,
                proposed_by: by.word(),
                auto_confirm: false,
                note: None,
            };
            sql::insert_visit(tx, &visit).await?;
            (id, time)
        }
    };
    if order.status == Status::InProgress {
        sql::touch(tx, order.id).await?;
    } else {
        step_on(tx, order, Move::Start).await?;
    }
    tx.record(line("visit:on_site", order, &time).created(json!({ "visit": id })));
    Ok(id)
}

/// Somebody leaves without being done: the work goes on another day.
pub(super) async fn leave_in(tx: &mut OrgTx, order: &Held, visit: &Visit) -> Result<()> {
    holder(order)?;
    visit.status.after(VisitMove::Leave)?;
    sql::leave(tx, visit.id).await?;
    sql::touch(tx, order.id).await?;
    tx.record(line("visit:left", order, &visit.time));
    Ok(())
}

pub(super) async fn no_access_in(tx: &mut OrgTx, order: &Held, visit: &Visit, note: &str, photo: Option<AttachmentId>) -> Result<()> {
    holder(order)?;
    visit.status.after(VisitMove::FindNobody)?;
    let note = clean_lines(note);
    if note.is_empty() || note.chars().count() > 2_000 {
        return Err(Error::invalid("note", "Say what you tried, in up to 2000 characters: rang the bell, rang the tenant, left a card"));
    }
    if let Some(photo) = photo
        && !sql::is_photo_of(tx, order.id, photo).await?
    {
        return Err(Error::invalid("photo", "Add the photo to this work order first"));
    }
    let attempt = sql::no_access(tx, visit, &note, photo).await?;
    unbooked(tx, order).await?;
    tx.record(
        Event::of_order("visit:no_access", order.id, order.ticket)
            .public()
            .data(json!({ "reference": order.reference, "when": visit.time.said(), "attempt": attempt, "body": note, "photo": photo }))
            .created(json!({ "visit": visit.id, "attempt": attempt, "note": note, "photo": photo })),
    );
    tell_of_visit(tx, order.id, visit.time, None, News::NoAccess, TENANT, Some(&note)).await
}

/// The tenant picks a suggested time: it is theirs for [`HELD_FOR`], or at once where the other side said that their pick is the last word.
/// Whether the order becomes scheduled is answered, because a tenant's own eyes cannot write it.
pub(super) async fn pick_in(tx: &mut OrgTx, order: &Held, visit: &Visit) -> Result<bool> {
    let held = visit.status.after(VisitMove::Pick)?;
    if visit.time.starts_at <= tx.now() {
        return Err(Error::conflict("That time has passed. Pick another one."));
    }
    for other in sql::hold_open_visits(tx, order.id).await?.iter().filter(|v| v.id != visit.id && v.status == VisitStatus::Held) {
        // They thought again: the pick before is let go.
        sql::set_visit(tx, other.id, other.status.after(VisitMove::LetGo)?, None, None).await?;
    }
    room(tx, By::Tenant, visit.contractor, visit.operative, &visit.time, Some(visit.id)).await?;
    let now = tx.now();
    let taken = || no_room(By::Tenant, true, &visit.time, now);
    if visit.auto_confirm {
        let to = held.after(VisitMove::Confirm)?;
        sql::set_visit(tx, visit.id, to, None, None).await.on_constraint("visits_do_not_overlap", taken)?;
        for other in sql::hold_open_visits(tx, order.id).await?.iter().filter(|v| v.id != visit.id && v.status == VisitStatus::Proposed) {
            sql::set_visit(tx, other.id, VisitStatus::Cancelled, None, Some("Another time was chosen")).await?;
        }
        tx.record(line("visit:booked", order, &visit.time).created(json!({ "visit": visit.id })));
        tell_of_visit(tx, order.id, visit.time, None, News::Booked, BOTH, None).await?;
        return Ok(true);
    }
    let until = now + HELD_FOR;
    sql::set_visit(tx, visit.id, held, Some(until), None).await.on_constraint("visits_do_not_overlap", taken)?;
    tx.enqueue_at(&LetGoOfVisit { visit_id: visit.id }, until).await?;
    tx.record(line("visit:picked", order, &visit.time).created(json!({ "visit": visit.id, "heldUntil": until })));
    tell_of_visit(tx, order.id, visit.time, None, News::Picked, CONTRACTOR, None).await?;
    Ok(false)
}
