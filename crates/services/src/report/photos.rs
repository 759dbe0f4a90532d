//! Photos of an unfinished report. They hang on the draft and move to the ticket when it is sent.

use bytes::Bytes;
use domain::tickets::{RawAnswers, Step};
use domain::values::{FieldErrors, clean};
use domain::{AttachmentId, DraftId};

use super::drafts::{Problems, State};
use super::{Reporting, sql};
use crate::files::{self, FileKey};
use crate::{Error, House, Result};

/// At most this many photos a report (issue of the wizard; ten megabytes each, see `files`).
pub const MAX_PHOTOS: usize = 8;
const MAX_FILE_NAME: usize = 120;

/// A photo of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    pub id: AttachmentId,
    pub file_name: String,
    /// The worker has made the copy that pages show.
    pub has_thumbnail: bool,
}

/// What became of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    As(AttachmentId),
    /// Not taken. The sentence also stands in the draft, for the page that a plain form returns to.
    Refused(String),
}

/// Takes one photo. The bytes are looked at before anything is stored; the row is written last, so an upload that was cut off leaves none.
///
/// # Errors
/// `NotFound` for a draft that is somebody else's, has expired or was sent.
pub async fn add(who: &Reporting, draft: DraftId, file_name: &str, bytes: Bytes) -> Result<Added> {
    let looked_at = tokio::task::spawn_blocking(move || files::receive(&bytes)).await.map_err(Error::internal)?;
    let mut tx = who.begin().await?;
    sql::lock_draft(&mut tx, draft).await?.filter(|row| row.state == State::Open).ok_or(Error::NotFound)?;
    let file_name = shown_name(file_name);
    let refusal = match &looked_at {
        Err(problem) => Some(format!("{file_name}: {problem}")),
        Ok(_) if sql::photos(&mut tx, draft).await?.len() >= MAX_PHOTOS => {
            Some(format!("You can add up to {MAX_PHOTOS} photos. Remove one first"))
        }
        Ok(_) => None,
    };
    let received = match (looked_at, refusal) {
        (Ok(received), None) => received,
        (_, refusal) => {
            let sentence = refusal.unwrap_or_default();
            let errors = FieldErrors::one("photos", sentence.clone());
            sql::set_problems(&mut tx, draft, &Problems { step: Step::Photos, raw: RawAnswers::default(), errors }).await?;
            tx.commit().await?;
            return Ok(Added::Refused(sentence));
        }
    };
    let id: AttachmentId = who.house().new_id();
    let key = FileKey::original(who.org(), id);
    who.house().files().put(&key, received.bytes.clone(), received.kind.content_type()).await.map_err(Error::internal)?;
    sql::insert_photo(&mut tx, id, draft, who, &file_name, &key, &received).await?;
    files::thumbnails_later(&mut tx, id).await?;
    sql::clear_problems(&mut tx, draft).await?;
    tx.commit().await?;
    Ok(Added::As(id))
}

/// Keeps what several photos of one form were refused for, so that a good one among them does not wipe it off the page.
pub async fn note_refusals(who: &Reporting, draft: DraftId, sentences: &[String]) -> Result<()> {
    let mut tx = who.begin().await?;
    let errors = FieldErrors::one("photos", sentences.join(". "));
    sql::set_problems(&mut tx, draft, &Problems { step: Step::Photos, raw: RawAnswers::default(), errors }).await?;
    Ok(tx.commit().await?)
}

/// What a stranger called the file, fit to be shown: no path, no control characters, not endless.
pub(crate) fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = clean(last).chars().take(MAX_FILE_NAME).collect();
    if shown.is_empty() { "Photo".to_owned() } else { shown }
}

/// Takes a photo away again, file and all.
///
/// # Errors
/// `NotFound` when it is not a photo of this draft.
pub async fn remove(who: &Reporting, draft: DraftId, photo: AttachmentId) -> Result<()> {
    let mut tx = who.begin().await?;
    sql::lock_draft(&mut tx, draft).await?.filter(|row| row.state == State::Open).ok_or(Error::NotFound)?;
    let keys = sql::delete_photo(&mut tx, draft, photo).await?.ok_or(Error::NotFound)?;
    sql::clear_problems(&mut tx, draft).await?;
    tx.commit().await?;
    forget(who.house(), keys).await;
    Ok(())
}

/// Where the small copy of a draft's photo lies, once it was made.
pub async fn thumbnail(who: &Reporting, draft: DraftId, photo: AttachmentId) -> Result<FileKey> {
    let mut tx = who.begin().await?;
    let key = sql::thumbnail(&mut tx, draft, photo).await?;
    tx.done().await?;
    key.ok_or(Error::NotFound)
}

/// The rows are gone already; a file that cannot be deleted now is an orphan without a name, not somebody's lost photo.
pub(super) async fn forget(house: &House, keys: Vec<FileKey>) {
    for key in keys {
        if let Err(error) = house.files().delete(&key).await {
            tracing::warn!(%error, key = key.as_str(), "a removed photo's file stays behind");
        }
    }
}
