use bytes::Bytes;
use domain::events::Event;
use domain::policy::Act;
use domain::values::clean_lines;
use domain::{AttachmentId, TicketId};
use serde_json::json;

use super::sql;
use crate::files::{self, FileKey};
use crate::report::photos::shown_name;
use crate::{Cx, Error, Result, Tenant};

const MAX_NOTE: usize = 2_000;
/// Photos on one repair, all together.
const MAX_PHOTOS: i64 = 40;

/// Writes to the landlord on a repair's timeline.
///
/// # Errors
/// `Invalid` for an empty or over-long note; `NotFound` for a repair that is not theirs.
pub async fn add_note(cx: &Cx<Tenant>, id: TicketId, body: &str) -> Result<()> {
    let body = clean_lines(body);
    if body.is_empty() {
        return Err(Error::invalid("note", "Write your message"));
    }
    let letters = body.chars().count();
    if letters > MAX_NOTE {
        return Err(Error::invalid("note", format!("Your message must be {MAX_NOTE} characters or fewer. It has {letters}")));
    }
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    sql::touch(&mut tx, id).await?.ok_or(Error::NotFound)?;
    tx.record(
        Event::of_ticket("ticket:note_added", id).public().data(json!({ "body": body })).created(json!({ "body": body, "public": true })),
    );
    Ok(tx.commit().await?)
}

/// Adds a photo to a repair.
///
/// # Errors
/// `Invalid` when it is not a photo we take; `NotFound` for a repair that is not theirs.
pub async fn add_photo(cx: &Cx<Tenant>, id: TicketId, file_name: &str, bytes: Bytes) -> Result<AttachmentId> {
    let file_name = shown_name(file_name);
    let received = tokio::task::spawn_blocking(move || files::receive(&bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|problem| Error::invalid("photos", format!("{file_name}: {problem}")))?;
    let mut tx = cx.begin(Act::FollowOwnRepairs).await?;
    sql::touch(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if sql::photo_count(&mut tx, id).await? >= MAX_PHOTOS {
        return Err(Error::invalid("photos", format!("This repair has {MAX_PHOTOS} photos already, which is the most we keep")));
    }
    let photo: AttachmentId = cx.house().new_id();
    let key = FileKey::original(cx.org(), photo);
    cx.house().files().put(&key, received.bytes.clone(), received.kind.content_type()).await.map_err(Error::internal)?;
    sql::insert_photo(&mut tx, photo, id, (cx.membership(), cx.contact()), &file_name, &key, &received).await?;
    files::thumbnails_later(&mut tx, photo).await?;
    tx.record(Event::of_ticket("ticket:photo_added", id).public().data(json!({ "photo": photo })));
    tx.commit().await?;
    Ok(photo)
}
