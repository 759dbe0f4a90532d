use std::io::Cursor;

use bytes::Bytes;
use image::{ImageDecoder as _, ImageFormat, ImageReader, metadata::Orientation};
use jiff::{SignedDuration, Timestamp, civil};
use sha2::{Digest as _, Sha256};

use super::scrub::scrub;

/// Ten megabytes: a full-size photo of a present-day phone fits (decisions.md).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Fifty megapixels. A small file can claim to be an enormous picture; the claim is read before memory is given to it.
pub const MAX_PIXELS: u64 = 50_000_000;

/// The pictures we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
}

impl Kind {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
    const fn format(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::WebP => ImageFormat::WebP,
        }
    }
}

/// A photo that was looked at and may be stored.
#[derive(Clone, Debug)]
pub struct Received {
    /// Of the bytes as they came: the sender's own file has the same.
    pub sha256: [u8; 32],
    /// Of the bytes that are stored, which lack the hidden notes.
    pub stored_sha256: [u8; 32],
    pub kind: Kind,
    /// As shown, the camera's rotation included.
    pub width: u32,
    pub height: u32,
    /// What the camera's clock said. Where the camera did not say in which zone, London is assumed.
    pub taken_at: Option<Timestamp>,
    /// What is to be stored: the same picture, bit for bit, without position, device and other notes.
    pub bytes: Bytes,
}

/// Why a photo was refused, in words for the person who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    #[error("The selected file is empty. Choose another photo")]
    Empty,
    #[error("The selected photo must be smaller than 10 MB")]
    TooBig,
    #[error("The selected photo has more than 50 million pixels. Send a smaller copy of it")]
    TooManyPixels,
    #[error(
        "We cannot read HEIC photos. Send it as a JPEG: on an iPhone, choose ‘Most Compatible’ under Settings, Camera, Formats, or take a screenshot of the photo"
    )]
    Heic,
    #[error("The selected file must be a photo: a JPEG, PNG or WebP")]
    NotAPhoto,
    #[error("The selected photo is damaged or did not arrive whole. Try sending it again")]
    Damaged,
}

/// Looks at what was sent: its size, what it is by its own bytes, how large a picture it claims to be, when it was taken; and takes
/// out where. Works for some tens of milliseconds on a large photo.
pub fn receive(bytes: &Bytes) -> Result<Received, FileProblem> {
    if bytes.is_empty() {
        return Err(FileProblem::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(FileProblem::TooBig);
    }
    let kind = kind_of(bytes)?;
    let (size, orientation) = header(bytes, kind)?;
    let stored = scrub(bytes, kind, orientation.to_exif()).ok_or(FileProblem::Damaged)?;
    // The scrubbed file is what everybody will see, so it is the one that must be readable.
    if header(&stored, kind)? != (size, orientation) {
        return Err(FileProblem::Damaged);
    }
    let turned =
        matches!(orientation, Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH);
    let (width, height) = if turned { (size.1, size.0) } else { size };
    Ok(Received {
        sha256: Sha256::digest(bytes).into(),
        stored_sha256: Sha256::digest(&stored).into(),
        kind,
        width,
        height,
        taken_at: taken_at(bytes),
        bytes: stored.into(),
    })
}

fn kind_of(bytes: &[u8]) -> Result<Kind, FileProblem> {
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some("image/jpeg") => Ok(Kind::Jpeg),
        Some("image/png") => Ok(Kind::Png),
        Some("image/webp") => Ok(Kind::WebP),
        Some("image/heif" | "image/avif") => Err(FileProblem::Heic),
        // Brands of the same family that the library does not list.
        _ if bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..10).is_some_and(|brand| brand == b"he" || brand == b"mi") => {
            Err(FileProblem::Heic)
        }
        _ => Err(FileProblem::NotAPhoto),
    }
}

/// Width, height and rotation, read without decoding a pixel.
fn header(bytes: &[u8], kind: Kind) -> Result<((u32, u32), Orientation), FileProblem> {
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), kind.format()).into_decoder().map_err(|_| FileProblem::Damaged)?;
    let size = decoder.dimensions();
    if size.0 == 0 || size.1 == 0 {
        return Err(FileProblem::Damaged);
    }
    if u64::from(size.0) * u64::from(size.1) > MAX_PIXELS {
        return Err(FileProblem::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((size, orientation))
}

fn taken_at(bytes: &[u8]) -> Option<Timestamp> {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok()?;
    let ascii = |tag| match exif.get_field(tag, exif::In::PRIMARY).map(|field| &field.value) {
        Some(exif::Value::Ascii(lines)) => lines.first().cloned(),
        _ => None,
    };
    let mut wall = exif::DateTime::from_ascii(&ascii(exif::Tag::DateTimeOriginal)?).ok()?;
    if let Some(offset) = ascii(exif::Tag::OffsetTimeOriginal) {
        // An unreadable offset is as good as none.
        let _ = wall.parse_offset(&offset);
    }
    let [month, day, hour, minute, second] =
        [wall.month, wall.day, wall.hour, wall.minute, wall.second].map(|part| i8::try_from(part).unwrap_or(-1));
    let civil = civil::DateTime::new(i16::try_from(wall.year).ok()?, month, day, hour, minute, second, 0).ok()?;
    // A camera whose clock was never set says 1970 or 1980.
    (civil.year() >= 1995).then_some(())?;
    match wall.offset {
        Some(minutes) => {
            civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().checked_sub(SignedDuration::from_mins(minutes.into())).ok()
        }
        None => domain::time::from_london(civil),
    }
}
