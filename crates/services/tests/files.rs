//! Photos as people send them: what is kept of them, what is never kept, and what is refused in which words.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails with that sentence")]

use std::io::Cursor;

use bytes::Bytes;
use domain::AttachmentId;
use domain::policy::{Act, Role};
use exif::{Field, In, Rational, Tag, Value, experimental::Writer};
use image::{DynamicImage, GenericImageView as _, ImageDecoder as _, ImageEncoder as _, ImageReader, Rgb, RgbImage, Rgba, RgbaImage};
use services::files::{FileKey, FileProblem, FileStore as _, Kind, MAX_BYTES, copies, receive, thumbnails_later};
use sha2::{Digest as _, Sha256};
use testkit::TestApp;

const DEVICE: &str = "Secret Phone 12";

/// EXIF as a phone writes it: device, time, rotation, and where it was.
fn exif_of(rotation: u16, offset: Option<&str>) -> Vec<u8> {
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let degrees = |d: u32| Value::Rational(vec![Rational::from((d, 1)), Rational::from((30, 1)), Rational::from((15, 1))]);
    let ascii = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let mut fields = vec![
        field(Tag::Model, ascii(DEVICE)),
        field(Tag::Orientation, Value::Short(vec![rotation])),
        field(Tag::DateTimeOriginal, ascii("2026:07:14 09:30:15")),
        field(Tag::GPSLatitudeRef, ascii("N")),
        field(Tag::GPSLatitude, degrees(53)),
        field(Tag::GPSLongitudeRef, ascii("W")),
        field(Tag::GPSLongitude, degrees(1)),
    ];
    if let Some(offset) = offset {
        fields.push(field(Tag::OffsetTimeOriginal, ascii(offset)));
    }
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut out = Cursor::new(Vec::new());
    writer.write(&mut out, false).expect("EXIF");
    out.into_inner()
}

/// 40 wide, 30 high, red in its top left corner.
fn picture() -> RgbImage {
    RgbImage::from_fn(40, 30, |x, y| if x < 20 && y < 15 { Rgb([250, 10, 10]) } else { Rgb([10, 10, u8::try_from(x * 5).unwrap_or(0)]) })
}

fn encode(kind: Kind, exif: Option<Vec<u8>>) -> Vec<u8> {
    let (picture, mut out) = (picture(), Vec::new());
    macro_rules! write {
        ($encoder:expr) => {{
            let mut encoder = $encoder;
            if let Some(exif) = exif {
                encoder.set_exif_metadata(exif).expect("takes EXIF");
            }
            encoder.write_image(&picture, 40, 30, image::ExtendedColorType::Rgb8).expect("encodes");
        }};
    }
    match kind {
        Kind::Jpeg => write!(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95)),
        Kind::Png => write!(image::codecs::png::PngEncoder::new(&mut out)),
        Kind::WebP => write!(image::codecs::webp::WebPEncoder::new_lossless(&mut out)),
    }
    out
}

fn decode(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("a picture").to_rgb8()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

const KINDS: [Kind; 3] = [Kind::Jpeg, Kind::Png, Kind::WebP];

#[test]
fn every_pixel_is_kept_and_no_place_or_device() {
    for kind in KINDS {
        let sent = Bytes::from(encode(kind, Some(exif_of(6, None))));
        assert!(holds(&sent, DEVICE.as_bytes()), "the test's own picture names its device");
        let received = receive(&sent).expect("is taken");
        assert_eq!(received.kind, kind);
        assert_eq!(received.sha256, <[u8; 32]>::from(Sha256::digest(&sent)), "the hash is of what was sent");
        assert_eq!(received.stored_sha256, <[u8; 32]>::from(Sha256::digest(&received.bytes)));
        assert!(!holds(&received.bytes, DEVICE.as_bytes()), "{kind:?} still names its device");
        assert_eq!(decode(&received.bytes), decode(&sent), "{kind:?} pixels");
        assert_eq!((received.width, received.height), (30, 40), "as shown: turned by a quarter");
        let exif = exif::Reader::new().read_from_container(&mut Cursor::new(&received.bytes)).expect("keeps its rotation");
        assert_eq!(exif.fields().map(|field| field.tag).collect::<Vec<_>>(), [Tag::Orientation], "{kind:?}");
        let mut decoder =
            ImageReader::new(Cursor::new(&received.bytes)).with_guessed_format().expect("reads").into_decoder().expect("decodes");
        assert_eq!(decoder.orientation().expect("says"), image::metadata::Orientation::Rotate90);
    }
}

#[test]
fn an_upright_picture_is_stored_with_no_notes_at_all() {
    for kind in KINDS {
        let received = receive(&encode(kind, Some(exif_of(1, None))).into()).expect("is taken");
        assert!(exif::Reader::new().read_from_container(&mut Cursor::new(&received.bytes)).is_err(), "{kind:?}");
        assert_eq!((received.width, received.height), (40, 30));
    }
}

#[test]
fn the_cameras_clock_is_read_as_londons_unless_it_says_where() {
    for (offset, moment) in [
        (None, "2026-07-14T08:30:15Z"),
        (Some("+02:00"), "2026-07-14T07:30:15Z"),
        (Some("-05:00"), "2026-07-14T14:30:15Z"),
        (Some("rubbish"), "2026-07-14T08:30:15Z"),
    ] {
        let received = receive(&encode(Kind::Jpeg, Some(exif_of(1, offset))).into()).expect("is taken");
        assert_eq!(received.taken_at.map(|at| at.to_string()).as_deref(), Some(moment), "{offset:?}");
    }
    assert_eq!(receive(&encode(Kind::Png, None).into()).expect("is taken").taken_at, None);
}

#[test]
fn notes_hidden_elsewhere_in_a_jpeg_go_too() {
    let mut sent = encode(Kind::Jpeg, Some(exif_of(1, None)));
    let note =
        |marker: u8, text: &[u8]| [&[0xff, marker], u16::try_from(text.len() + 2).expect("short").to_be_bytes().as_slice(), text].concat();
    let notes = [
        note(0xe1, b"http://ns.adobe.com/xap/1.0/\0<GPSLatitude>53</GPSLatitude>"),
        note(0xed, b"Photoshop 3.0\08BIM Leeds"),
        note(0xfe, b"a comment about Leeds"),
        note(0xe2, b"MPF\0 more pictures of Leeds"),
    ]
    .concat();
    sent.splice(2..2, notes);
    sent.extend(b"a film follows, made in Leeds");
    sent.extend(encode(Kind::Jpeg, Some(exif_of(1, None))));
    let received = receive(&sent.clone().into()).expect("is taken");
    for word in [b"Leeds".as_slice(), b"GPSLatitude", DEVICE.as_bytes()] {
        assert!(!holds(&received.bytes, word), "{}", String::from_utf8_lossy(word));
    }
    assert_eq!(decode(&received.bytes), decode(&sent));
}

#[test]
fn what_is_not_a_photo_is_refused_in_words() {
    let heic = |brand: &str| [b"\0\0\0\x18ftyp", brand.as_bytes(), b"\0\0\0\0mif1heic"].concat();
    for (sent, problem) in [
        (vec![], FileProblem::Empty),
        (vec![0; MAX_BYTES + 1], FileProblem::TooBig),
        (heic("heic"), FileProblem::Heic),
        (heic("heix"), FileProblem::Heic),
        (heic("mif1"), FileProblem::Heic),
        (b"%PDF-1.7 report.jpg".to_vec(), FileProblem::NotAPhoto),
        (b"<html><script>alert(1)</script>".to_vec(), FileProblem::NotAPhoto),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(), FileProblem::NotAPhoto),
        (b"MZ\x90\0 an executable".to_vec(), FileProblem::NotAPhoto),
        (b"GIF89a\x01\0\x01\0".to_vec(), FileProblem::NotAPhoto),
        (vec![0xff, 0xd8, 0xff, 0xe0], FileProblem::Damaged),
    ] {
        assert_eq!(receive(&sent.into()).err(), Some(problem));
        let sentence = problem.to_string();
        assert!(sentence.len() > 20 && sentence.starts_with(char::is_uppercase), "{sentence}");
    }
}

#[test]
fn a_picture_that_claims_to_be_enormous_is_refused_by_its_header() {
    let mut png = encode(Kind::Png, None);
    // IHDR: width and height at 16, its checksum at 29.
    png.splice(16..24, [60_000u32.to_be_bytes(), 60_000u32.to_be_bytes()].concat());
    let crc = png.get(12..29).map(crc32).expect("long enough");
    png.splice(29..33, crc.to_be_bytes());
    assert_eq!(receive(&png.into()).err(), Some(FileProblem::TooManyPixels));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1))))
}

#[test]
fn a_photo_cut_off_or_garbled_anywhere_never_ends_the_process() {
    for kind in KINDS {
        let whole = encode(kind, Some(exif_of(6, Some("+01:00"))));
        for cut in 0..whole.len() {
            let sent: Bytes = whole.get(..cut).expect("shorter").to_vec().into();
            assert!(receive(&sent).is_err(), "{kind:?} cut at {cut}");
            let mut garbled = whole.clone();
            garbled.get_mut(cut).map(|byte| *byte ^= 0xff).expect("within");
            if let Ok(received) = receive(&garbled.into()) {
                let _ = copies(&received.bytes);
            }
        }
    }
}

#[test]
fn copies_are_upright_small_enough_and_tell_nothing() {
    let mut sent = Vec::new();
    let large = DynamicImage::ImageRgb8(picture()).resize_exact(2000, 1500, image::imageops::FilterType::Nearest);
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut sent, 90);
    encoder.set_exif_metadata(exif_of(6, None)).expect("takes EXIF");
    large.write_with_encoder(encoder).expect("encodes");
    let received = receive(&sent.into()).expect("is taken");
    let made = copies(&received.bytes).expect("decodes");
    for (copy, size) in [(&made.display, (960, 1280)), (&made.thumbnail, (240, 320))] {
        let picture = decode(copy);
        assert_eq!(picture.dimensions(), size);
        // A quarter turn clockwise brings the top left corner to the top right.
        let Rgb([red, ..]) = *picture.get_pixel(size.0 - 10, 10);
        assert!(red > 200, "{red}");
        assert!(exif::Reader::new().read_from_container(&mut Cursor::new(copy)).is_err());
    }
}

#[test]
fn a_small_picture_is_not_blown_up_and_what_is_transparent_is_white() {
    let mut sent = Cursor::new(Vec::new());
    RgbaImage::from_pixel(20, 10, Rgba([0, 0, 0, 0])).write_to(&mut sent, image::ImageFormat::Png).expect("encodes");
    let received = receive(&sent.into_inner().into()).expect("is taken");
    let made = copies(&received.bytes).expect("decodes");
    let display = image::load_from_memory(&made.display).expect("a picture");
    assert_eq!(display.dimensions(), (20, 10));
    assert_eq!(display.get_pixel(5, 5), Rgba([255, 255, 255, 255]));
}

#[tokio::test]
async fn the_worker_makes_the_copies_of_an_attached_photo() {
    let app = TestApp::new().await;
    let oak = app.org("Oak Homes").await;
    let olive = oak.staff("Olive", Role::Coordinator).await;
    let attach = async |content: Bytes| {
        let id: AttachmentId = app.house.new_id();
        let key = FileKey::original(oak.id, id);
        app.files.put(&key, content, "image/jpeg").await.expect("is stored");
        let mut tx = olive.begin(Act::UpdateTicket).await.expect("begins");
        sqlx::query(
            "insert into attachments (org_id, id, purpose, file_name, content_type, bytes, sha256, storage_key, created_at)
             values (app.org_id(), $1, 'ticket', 'tap.jpg', 'image/jpeg', 1, '\\x00', $2, app.now())",
        )
        .bind(id.uuid())
        .bind(key.as_str())
        .execute(tx.conn())
        .await
        .expect("is written");
        thumbnails_later(&mut tx, id).await.expect("is enqueued");
        tx.commit().await.expect("commits");
        id
    };
    let photo = receive(&encode(Kind::Jpeg, None).into()).expect("is taken").bytes;
    let id = attach(photo.clone()).await;
    assert_eq!(app.run_jobs().await.completed, 1);
    let (display, thumb): (String, String) =
        sqlx::query_as("select display_key, thumb_key from attachments").fetch_one(app.behind()).await.expect("has its copies");
    for key in [display, thumb] {
        let copy = app.files.get(&FileKey::parse(&key).expect("a key")).await.expect("is there").read().await.expect("reads");
        assert_eq!(decode(&copy).dimensions(), (40, 30));
    }
    assert_eq!(
        app.files.get(&FileKey::original(oak.id, id)).await.expect("is there").read().await.expect("reads"),
        photo,
        "the original stays"
    );

    attach(Bytes::from_static(b"\xff\xd8\xff not a picture after all")).await;
    assert_eq!(app.run_jobs().await.dead, 1, "what cannot be decoded is not tried again");
    let removed = attach(photo).await;
    sqlx::query("update attachments set deleted_at = now() where id = $1")
        .bind(removed.uuid())
        .execute(app.behind())
        .await
        .expect("is removed");
    assert_eq!(app.run_jobs().await.completed, 1, "a removed photo needs no copies");
    assert_eq!(app.files.keys().len(), 5);
}
