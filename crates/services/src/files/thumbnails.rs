use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use db::Transactional;
use domain::AttachmentId;
use domain::policy::Act;
use image::{
    DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};
use jobs::{Enqueue as _, Job, JobCx, JobError, Queue, Registry, RegistryError};
use serde::{Deserialize, Serialize};

use super::{FileKey, FileProblem, sql};
use crate::{Cx, Error, House, Result, System};

/// The longest side of the copy people look at, and of the one in lists.
const DISPLAY: u32 = 1280;
const THUMBNAIL: u32 = 320;

/// The copies that pages show, as JPEG without any notes.
pub struct Copies {
    pub display: Bytes,
    pub thumbnail: Bytes,
}

/// Makes the copies: upright, never larger than the picture itself, on white where it was transparent. Takes up to a second and some
/// hundred megabytes for the largest pictures, so it runs in the worker.
pub fn copies(picture: &[u8]) -> Result<Copies, FileProblem> {
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().map_err(|_| FileProblem::Damaged)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(512 * 1024 * 1024);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| FileProblem::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > super::MAX_PIXELS {
        return Err(FileProblem::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| FileProblem::Damaged)?;
    // Shrunk before it is turned: turning copies the whole picture.
    picture = within(picture, DISPLAY);
    picture.apply_orientation(orientation);
    let display = DynamicImage::ImageRgb8(on_white(&picture));
    Ok(Copies { display: jpeg(&display, 82)?, thumbnail: jpeg(&within(display, THUMBNAIL), 76)? })
}

fn within(picture: DynamicImage, side: u32) -> DynamicImage {
    if picture.width() <= side && picture.height() <= side { picture } else { picture.resize(side, side, FilterType::Triangle) }
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut white = image::RgbaImage::from_pixel(picture.width(), picture.height(), image::Rgba([255; 4]));
    image::imageops::overlay(&mut white, &picture.to_rgba8(), 0, 0);
    DynamicImage::ImageRgba8(white).to_rgb8()
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Result<Bytes, FileProblem> {
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).map_err(|_| FileProblem::Damaged)?;
    Ok(out.into())
}

/// Makes and stores the copies of one picture.
#[derive(Debug, Serialize, Deserialize)]
pub struct MakeThumbnails {
    attachment_id: AttachmentId,
}
impl Job for MakeThumbnails {
    const KIND: &'static str = "make-thumbnails";
    const QUEUE: Queue = Queue::Slow;
    const TIMEOUT: Duration = Duration::from_mins(1);
    fn unique_key(&self) -> Option<String> {
        Some(self.attachment_id.to_string())
    }
}

/// Registers this room's jobs.
pub fn register(registry: &mut Registry, house: &House) -> Result<(), RegistryError> {
    let here = house.clone();
    registry.add::<MakeThumbnails, _, _>(move |job, picture| {
        let house = here.clone();
        async move { thumbnails_now(&Cx::system(&house, job.org()?, MakeThumbnails::KIND), &job, picture.attachment_id).await }
    })?;
    Ok(())
}

/// Has the copies of a picture made once `tx`, which wrote its row in `attachments`, has committed.
pub async fn thumbnails_later(tx: &mut impl Transactional, attachment: AttachmentId) -> Result<()> {
    tx.enqueue(&MakeThumbnails { attachment_id: attachment }).await?;
    Ok(())
}

/// Makes the copies and writes their keys. A picture that was removed meanwhile needs none; one that cannot be decoded will never have any.
pub async fn thumbnails_now(cx: &Cx<System>, job: &JobCx, id: AttachmentId) -> Result<(), JobError> {
    let store = cx.house().files();
    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    let key = sql::storage_key(&mut tx, id).await?;
    tx.done().await.map_err(Error::from)?;
    let Some(key) = key else { return Ok(()) };

    let original = store.get(&key).await.map_err(JobError::retry)?.read().await.map_err(JobError::retry)?;
    let copies = tokio::task::spawn_blocking(move || copies(&original)).await.map_err(JobError::retry)?.map_err(JobError::fail)?;
    let (display, thumbnail) = (FileKey::display(cx.org(), id), FileKey::thumbnail(cx.org(), id));
    store.put(&display, copies.display, "image/jpeg").await.map_err(JobError::retry)?;
    store.put(&thumbnail, copies.thumbnail, "image/jpeg").await.map_err(JobError::retry)?;

    let mut tx = cx.begin(Act::DoBackgroundWork).await?;
    sql::set_copies(&mut tx, id, &display, &thumbnail).await?;
    job.finish(&mut tx).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}
