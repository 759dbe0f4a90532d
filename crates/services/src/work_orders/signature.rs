//! A signature's picture, drawn from its strokes: what the screen showed is what is kept, and no file of a stranger's is needed.

use std::io::Cursor;

use bytes::Bytes;
use domain::work_orders::Strokes;
use image::{GrayImage, ImageFormat, Luma};

const WIDTH: u32 = 600;
const HEIGHT: u32 = 200;
/// Half the pen's breadth, in pixels.
const PEN: i64 = 1;

/// Black on white, 600 by 200.
///
/// # Errors
/// When the picture cannot be written, which needs memory alone.
pub(super) fn draw(strokes: &Strokes) -> Result<Bytes, image::ImageError> {
    let mut picture = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
    let place = |(x, y): (i16, i16)| (i64::from(x) * i64::from(WIDTH - 1) / 1_000, i64::from(y) * i64::from(HEIGHT - 1) / 1_000);
    for stroke in &strokes.0 {
        let mut points = stroke.iter().map(|p| place(*p));
        let Some(mut at) = points.next() else { continue };
        dot(&mut picture, at);
        for next in points {
            line(&mut picture, at, next);
            at = next;
        }
    }
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png)?;
    Ok(out.into_inner().into())
}

fn line(picture: &mut GrayImage, from: (i64, i64), to: (i64, i64)) {
    let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
    for step in 0..=steps {
        dot(picture, (from.0 + (to.0 - from.0) * step / steps, from.1 + (to.1 - from.1) * step / steps));
    }
}

fn dot(picture: &mut GrayImage, at: (i64, i64)) {
    for x in at.0 - PEN..=at.0 + PEN {
        for y in at.1 - PEN..=at.1 + PEN {
            if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
                && let Some(pixel) = picture.get_pixel_mut_checked(x, y)
            {
                *pixel = Luma([0]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_there_and_nothing_else() {
        let png = draw(&Strokes(vec![vec![(0, 0), (1_000, 1_000)], vec![(500, 0)]])).expect("draws");
        let picture = image::load_from_memory(&png).expect("a picture").to_luma8();
        assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        let black = |x, y| picture.get_pixel(x, y).0 == [0];
        assert!(black(0, 0) && black(599, 199) && black(299, 99) && black(299, 0));
        assert!(!black(0, 199) && !black(599, 0));
    }
}
