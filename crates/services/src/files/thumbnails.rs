use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation};

use super::FileProblem;

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
