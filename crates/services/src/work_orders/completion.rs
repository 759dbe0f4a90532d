//! The work is done, with what must be there before that counts.

use bytes::Bytes;
use db::OrgTx;
use domain::policy::Act;
use domain::values::required;
use domain::work_orders::{Completion, CompletionForm, Gate, Move, Status, VisitStatus, gate};
use domain::{AttachmentId, WorkOrderId};
use serde_json::json;

use super::follow::{event, ticket_follows};
use super::order::{held, moved};
use super::signature;
use super::sql::{self, Held, NewFile};
use crate::estate::record::value;
use crate::files::{self, FileKey};
use crate::repairs::Copy;
use crate::report::photos::shown_name;
use crate::{Cx, Error, House, Result, Staff};

/// Photos on one order, all together.
const MAX_PHOTOS: i64 = 60;

/// Marks an order as done on the contractor's behalf. `despite` passes it with its checklist open: an administrator's alone, and on the audit.
///
/// # Errors
/// `Conflict` while the gate is shut (the sentence names what is missing), and where the order is not going on; `Forbidden` for a `despite` of
/// anybody but an administrator; `Invalid` by field.
pub async fn complete(cx: &Cx<Staff>, id: WorkOrderId, version: Option<i32>, form: &CompletionForm, despite: Option<&str>) -> Result<()> {
    let despite = match despite {
        Some(reason) => {
            if !cx.may(Act::OverrideChecklist) {
                return Err(Error::Forbidden);
            }
            let reason = required(reason, "why it passes with its checklist open", 1_000);
            Some(reason.map_err(|e| Error::invalid("override_reason", e.to_string()))?)
        }
        None => None,
    };
    let mut tx = cx.begin(Act::ManageWork).await?;
    let completion = form.parse()?;
    let order = held(&mut tx, id, version).await?;
    complete_in(cx.house(), &mut tx, &order, &completion, despite.as_deref()).await?;
    Ok(tx.commit().await?)
}

/// What is missing before an order may be done.
pub(super) async fn gate_of(tx: &mut OrgTx, order: &Held) -> Result<Gate> {
    let checklists = sql::checklists(tx, order.id).await?;
    Ok(gate(&checklists, order.facts.photos_required, sql::photo_count(tx, order.id).await?))
}

pub(super) async fn complete_in(house: &House, tx: &mut OrgTx, order: &Held, completion: &Completion, despite: Option<&str>) -> Result<()> {
    let to = order.status.after(Move::Complete)?;
    let contractor = order.contractor.ok_or_else(|| Error::conflict("Nobody has this work order."))?;
    let gate = gate_of(tx, order).await?;
    let passed = match despite {
        None if !gate.is_open() => return Err(Error::conflict(gate.sentence())),
        Some(reason) if !gate.is_open() => {
            tx.record(
                event("work_order:gate_overridden", order)
                    .data(json!({ "reference": order.reference, "reason": reason, "missing": gate.missing }))
                    .created(json!({ "reason": reason, "missing": gate.missing })),
            );
            Some(reason)
        }
        // Nothing was in the way, so nothing was overridden.
        _ => None,
    };
    let signature = match &completion.strokes {
        Some(strokes) => Some(keep_signature(house, tx, order, signature::draw(strokes).map_err(Error::internal)?).await?),
        None => None,
    };
    let id = domain::uuid_v7(tx.now(), crate::house::random());
    sql::insert_completion(tx, id, order.id, contractor, completion, signature, passed).await?;
    for visit in sql::hold_open_visits(tx, order.id).await? {
        let took_place =
            visit.status == VisitStatus::OnSite || (visit.status == VisitStatus::Confirmed && visit.time.starts_at <= tx.now());
        if took_place {
            sql::leave(tx, visit.id).await?;
        } else {
            sql::set_visit(tx, visit.id, VisitStatus::Cancelled, None, Some("The work is done")).await?;
        }
    }
    if let Some(more) = &completion.follow_on {
        let next: WorkOrderId = house.new_id();
        let reference = sql::follow_on(tx, next, order, more).await?;
        tx.record(
            domain::events::Event::of_order("work_order:follow_on", next, order.ticket)
                .data(json!({ "reference": reference, "follows": order.reference, "words": more.what }))
                .created(value(more)?),
        );
    }
    sql::stand(tx, order.id, to, order.contractor, order.operative).await?;
    tx.record(
        moved("work_order:done", order, Status::Done, None)
            .public()
            .data(json!({ "reference": order.reference, "fixed": completion.fixed }))
            .change(json!({ "status": order.status }), json!({ "status": to, "completion": completion, "signature": signature })),
    );
    // After the follow-on, so that the ticket is not taken for finished while more is known to be needed.
    ticket_follows(tx, order.ticket, to).await
}

async fn keep_signature(house: &House, tx: &mut OrgTx, order: &Held, png: Bytes) -> Result<AttachmentId> {
    let received = files::receive(&png).map_err(Error::internal)?;
    let id: AttachmentId = house.new_id();
    store(house, tx, order, id, "document", "signature.png", &received).await?;
    Ok(id)
}

async fn store(
    house: &House,
    tx: &mut OrgTx,
    order: &Held,
    id: AttachmentId,
    purpose: &'static str,
    file_name: &str,
    received: &files::Received,
) -> Result<()> {
    let key = FileKey::original(tx.org(), id);
    house.files().put(&key, received.bytes.clone(), received.kind.content_type()).await.map_err(Error::internal)?;
    sql::insert_file(tx, &NewFile { id, order: order.id, ticket: order.ticket, purpose, file_name, key: &key, received }).await?;
    files::thumbnails_later(tx, id).await
}

/// A photo as it arrived, looked at before anything is stored.
pub(super) async fn look_at(file_name: &str, bytes: Bytes) -> Result<(String, files::Received)> {
    let file_name = shown_name(file_name);
    let received = tokio::task::spawn_blocking(move || files::receive(&bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|problem| Error::invalid("photos", format!("{file_name}: {problem}")))?;
    Ok((file_name, received))
}

/// Keeps a photo of the work. It is on the ticket too, where the tenant sees it.
pub(super) async fn add_photo_in(
    house: &House,
    tx: &mut OrgTx,
    order: &Held,
    file_name: &str,
    received: &files::Received,
) -> Result<AttachmentId> {
    if matches!(order.status, Status::Draft | Status::Offered | Status::Cancelled) {
        return Err(Error::conflict(format!(
            "{} is {}: photos of the work cannot be added.",
            order.reference,
            order.status.label().to_lowercase()
        )));
    }
    if sql::photo_count(tx, order.id).await? >= MAX_PHOTOS {
        return Err(Error::invalid("photos", format!("This work order has {MAX_PHOTOS} photos already, which is the most we keep")));
    }
    let id: AttachmentId = house.new_id();
    store(house, tx, order, id, "work", file_name, received).await?;
    sql::touch(tx, order.id).await?;
    tx.record(event("work_order:photo_added", order).public().data(json!({ "reference": order.reference, "photo": id })));
    Ok(id)
}

/// Adds a photo that the office was sent.
///
/// # Errors
/// `Invalid` when it is not a photo we take; `NotFound`.
pub async fn add_photo(cx: &Cx<Staff>, id: WorkOrderId, file_name: &str, bytes: Bytes) -> Result<AttachmentId> {
    let (file_name, received) = look_at(file_name, bytes).await?;
    let mut tx = cx.begin(Act::ManageWork).await?;
    let order = held(&mut tx, id, None).await?;
    let photo = add_photo_in(cx.house(), &mut tx, &order, &file_name, &received).await?;
    tx.commit().await?;
    Ok(photo)
}

/// Where a copy of a photo lies; the original is not handed out.
///
/// # Errors
/// `NotFound` for another organisation's, or one whose copies are not made yet.
pub async fn photo(cx: &Cx<Staff>, id: AttachmentId, copy: Copy) -> Result<FileKey> {
    let mut tx = cx.begin(Act::ReadWork).await?;
    let key = sql::photo_key(&mut tx, id, copy).await?;
    tx.done().await?;
    key.ok_or(Error::NotFound)
}
