//! Photos of what went wrong, painted: plaster with mould, stains, cracks, and water on a floor.

use bytes::Bytes;
use domain::AttachmentId;
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::dice::Dice;
use super::estate::World;
use super::lives::Year;
use crate::files::{FileKey, receive};
use crate::{Error, House, Result};

const WIDTH: u32 = 400;
const HEIGHT: u32 = 300;
/// How many reports of an organisation come with photos.
const PHOTOS: usize = 6;

/// Paints, stores and lists the photos of the latest reports that can be painted.
pub(super) async fn hang(house: &House, world: &World<'_>, year: &Year, dice: &mut Dice) -> Result<Vec<Value>> {
    let mut rows = Vec::new();
    for told in year.told.iter().rev() {
        let (Some(painter), Some(reporter)) = (Painter::of(&told.room, &told.item), &told.reporter) else { continue };
        if rows.len() >= PHOTOS {
            break;
        }
        let id: AttachmentId = dice.id(told.at);
        let (picture, small) = painter.paint(dice)?;
        let bytes = Bytes::from(picture);
        let received = receive(&bytes).map_err(|e| Error::internal(anyhow::anyhow!("the demo's photo: {e}")))?;
        // No larger than what pages show, so it is its own copy to look at.
        let (original, thumbnail) = (FileKey::original(world.org, id), FileKey::thumbnail(world.org, id));
        let length = bytes.len();
        for (key, content) in [(&original, bytes), (&thumbnail, Bytes::from(small))] {
            house.files().put(key, content, "image/jpeg").await.map_err(|e| Error::Unavailable(e.into()))?;
        }
        rows.push(json!({
            "org_id": world.org, "id": id, "ticket_id": told.id, "purpose": "report", "uploader_membership_id": reporter.membership,
            "uploader_contact_id": reporter.contact, "visibility": "public", "file_name": format!("IMG_{}.jpg", dice.between(1_200, 9_400)),
            "content_type": "image/jpeg", "bytes": length, "sha256": format!("\\x{}", hex::encode(received.sha256)), "width": WIDTH, "height": HEIGHT,
            "taken_at": told.at - SignedDuration::from_mins(9), "storage_key": original.as_str(), "display_key": original.as_str(),
            "thumb_key": thumbnail.as_str(), "created_at": told.at,
        }));
    }
    Ok(rows)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Painter {
    Mould,
    Stain,
    Crack,
    Puddle,
}

impl Painter {
    /// What a photo of this would show, where we can paint it.
    fn of(room: &str, item: &str) -> Option<Self> {
        match (room, item) {
            (_, "mould" | "damp") => Some(Self::Mould),
            (_, "ceiling" | "leak-above" | "roof") => Some(Self::Stain),
            ("walls", "walls") | ("outside", "outside-walls") => Some(Self::Crack),
            (_, "sink" | "toilet" | "pipes" | "bath" | "shower" | "basin" | "washing-machine") | ("heating", "radiator" | "boiler") => {
                Some(Self::Puddle)
            }
            _ => None,
        }
    }

    /// The photo and its half-size copy for lists.
    fn paint(self, dice: &mut Dice) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut canvas = if self == Self::Puddle { Canvas::floor(dice) } else { Canvas::plaster(dice) };
        match self {
            Self::Mould => canvas.mould(dice),
            Self::Stain => canvas.stain(dice),
            Self::Crack => canvas.crack(dice),
            Self::Puddle => canvas.puddle(dice),
        }
        canvas.grain(dice);
        let small = RgbImage::from_fn(WIDTH / 2, HEIGHT / 2, |x, y| *canvas.picture.get_pixel(2 * x, 2 * y));
        Ok((jpeg(&canvas.picture)?, jpeg(&small)?))
    }
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 80).encode_image(picture).map_err(Error::internal)?;
    Ok(out)
}

struct Canvas {
    picture: RgbImage,
}

impl Canvas {
    /// A wall or ceiling, lit from one side by a window or a telephone.
    fn plaster(dice: &mut Dice) -> Self {
        let tint = [float(dice, 205, 232), float(dice, 200, 226), float(dice, 186, 214)];
        let (from_x, from_y) = (float(dice, 0, 400), float(dice, -80, 100));
        let waves = [float(dice, 20, 50), float(dice, 30, 80)];
        let edge = dice.percent(60).then(|| float(dice, 50, 350));
        let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
            let (x, y) = (f64::from(x), f64::from(y));
            let light = 1.0 - 0.42 * ((x - from_x).hypot(y - from_y) / 520.0).min(1.0);
            let relief = 0.012 * ((x / waves[0]).sin() * (y / waves[1]).cos());
            // Where two walls meet, the second lies in its own light.
            let turn = edge.map_or(1.0, |e| if x > e + y * 0.04 { 0.86 } else { 1.0 - 0.10 * (-((x - e - y * 0.04) / 9.0).powi(2)).exp() });
            Rgb(tint.map(|channel| shade(channel * (light + relief) * turn)))
        });
        Self { picture }
    }

    /// Tiles seen from above.
    fn floor(dice: &mut Dice) -> Self {
        let tint = [float(dice, 150, 205), float(dice, 148, 196), float(dice, 138, 186)];
        let (size, lean) = (float(dice, 70, 110), float(dice, -20, 20) / 100.0);
        let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
            let (x, y) = (f64::from(x), f64::from(y));
            let depth = 1.0 + y / 500.0;
            let (u, v) = ((x - 200.0) / depth + y * lean + 960.0, y * 1.5 / depth + 600.0);
            let joint = (u % size).min(size - u % size).min((v % size).min(size - v % size));
            let light = 0.72 + 0.30 * (y / 300.0);
            let grout = if joint < 1.8 { 0.72 } else { 1.0 };
            Rgb(tint.map(|channel| shade(channel * light * grout)))
        });
        Self { picture }
    }

    /// Colonies of dark specks, densest in a corner.
    fn mould(&mut self, dice: &mut Dice) {
        let (corner_x, corner_y) = (float(dice, 40, 360), float(dice, 0, 100));
        for _ in 0..dice.between(26, 60) {
            let (distance, angle) = (float(dice, 0, 230) * float(dice, 20, 100) / 100.0, float(dice, 0, 628) / 100.0);
            let (x, y) = (corner_x + distance * angle.cos() * 1.3, corner_y + (distance * angle.sin()).abs());
            self.darken(x, y, float(dice, 10, 34), 0.15, [0.92, 0.96, 0.90]);
            for _ in 0..dice.between(5, 16) {
                let (dx, dy) = (float(dice, -22, 22), float(dice, -22, 22));
                self.darken(x + dx, y + dy, float(dice, 1, 5), 0.55, [0.86, 0.95, 0.84]);
            }
        }
    }

    /// Rings of brown where water has dried again and again.
    fn stain(&mut self, dice: &mut Dice) {
        let (x, y, size) = (float(dice, 120, 280), float(dice, 100, 200), float(dice, 50, 100));
        let lobes = [float(dice, 0, 628) / 100.0, float(dice, 0, 628) / 100.0];
        for (px, py, pixel) in self.picture.enumerate_pixels_mut() {
            let (dx, dy) = (f64::from(px) - x, (f64::from(py) - y) * 1.3);
            let angle = dy.atan2(dx);
            let rim = size * (1.0 + 0.14 * (3.0 * angle + lobes[0]).sin() + 0.07 * (7.0 * angle + lobes[1]).sin());
            let at = dx.hypot(dy) / rim;
            let strength = if at > 1.06 {
                0.0
            } else {
                0.10 + 0.34 * (-((at - 0.98) / 0.035).powi(2)).exp() + 0.20 * (-((at - 0.62) / 0.05).powi(2)).exp()
            };
            tint(pixel, strength, [0.60, 0.42, 0.22]);
        }
    }

    /// A line that wanders downwards and forks.
    fn crack(&mut self, dice: &mut Dice) {
        let mut ends = vec![(float(dice, 100, 300), 0.0, 1.7)];
        while let Some((mut x, mut y, mut width)) = ends.pop() {
            let lean = float(dice, -60, 60) / 100.0;
            while y < f64::from(HEIGHT) && width > 0.7 {
                self.darken(x, y, width, 0.85, [1.0, 0.98, 0.95]);
                x += lean + float(dice, -220, 220) / 100.0;
                y += 1.1;
                width -= 0.002;
                if ends.len() < 3 && dice.between(1, 160) == 1 {
                    ends.push((x, y, width * 0.6));
                }
            }
        }
    }

    /// Standing water: darker, with the light of a window in it.
    fn puddle(&mut self, dice: &mut Dice) {
        let (x, y, size) = (float(dice, 140, 260), float(dice, 140, 200), float(dice, 75, 125));
        let lobes = [float(dice, 0, 628) / 100.0, float(dice, 0, 628) / 100.0];
        for (px, py, pixel) in self.picture.enumerate_pixels_mut() {
            let (dx, dy) = (f64::from(px) - x, (f64::from(py) - y) * 1.9);
            let angle = dy.atan2(dx);
            let at = dx.hypot(dy) / (size * (1.0 + 0.16 * (2.0 * angle + lobes[0]).sin() + 0.08 * (5.0 * angle + lobes[1]).sin()));
            if at < 1.0 {
                tint(pixel, 0.34, [0.45, 0.50, 0.55]);
                let glare = (-(((dx + dy * 0.6 + size * 0.25) / 16.0).powi(2))).exp() * (1.0 - at);
                pixel.0 = pixel.0.map(|channel| shade(f64::from(channel) + 120.0 * glare));
            } else if at < 1.03 {
                pixel.0 = pixel.0.map(|channel| shade(f64::from(channel) * 1.12));
            }
        }
    }

    /// A soft dark spot; `colour` is how much of each channel goes with it.
    fn darken(&mut self, x: f64, y: f64, radius: f64, strength: f64, colour: [f64; 3]) {
        let near = |centre: f64, limit: u32| -> std::ops::Range<u32> {
            let (low, high) = (pixel_at(centre - 2.0 * radius), pixel_at(centre + 2.0 * radius + 1.0));
            low.min(limit)..high.min(limit)
        };
        for py in near(y, HEIGHT) {
            for px in near(x, WIDTH) {
                let distance = (f64::from(px) - x).hypot(f64::from(py) - y) / radius;
                let dark = strength * (-distance * distance).exp();
                let pixel = self.picture.get_pixel_mut(px, py);
                for (channel, share) in pixel.0.iter_mut().zip(colour) {
                    *channel = shade(f64::from(*channel) * (1.0 - dark * share));
                }
            }
        }
    }

    /// A telephone's sensor in a dim room.
    fn grain(&mut self, dice: &mut Dice) {
        let mut noise = 0;
        for (nth, pixel) in self.picture.pixels_mut().enumerate() {
            if nth % 16 == 0 {
                noise = dice.next();
            }
            let lighter = u8::try_from(noise & 15).unwrap_or(0);
            noise >>= 4;
            pixel.0 = pixel.0.map(|channel| channel.saturating_add(lighter).saturating_sub(8));
        }
    }
}

/// Draws a pixel towards `colour` times itself.
fn tint(pixel: &mut Rgb<u8>, strength: f64, colour: [f64; 3]) {
    for (channel, towards) in pixel.0.iter_mut().zip(colour) {
        *channel = shade(f64::from(*channel) * (1.0 - strength * (1.0 - towards)));
    }
}

fn float(dice: &mut Dice, low: i64, high: i64) -> f64 {
    i32::try_from(dice.between(low, high)).map_or(0.0, f64::from)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of the type just before")]
fn shade(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of the type just before")]
fn pixel_at(value: f64) -> u32 {
    value.clamp(0.0, 65_535.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn painted_photos_are_photos_we_would_take() {
        for painter in [Painter::Mould, Painter::Stain, Painter::Crack, Painter::Puddle] {
            let (photo, small) = painter.paint(&mut Dice::seeded("a photo")).expect("paints");
            assert!(small.len() < photo.len());
            assert_eq!(receive(&photo.into()).expect("taken").width, WIDTH, "{painter:?}");
        }
    }
}
