//! Takes the hidden notes out of a picture and leaves every pixel as it is.
//!
//! Photos carry where they were taken, with which device, sometimes by whom, in more places than one (EXIF, XMP, IPTC, comments,
//! whole second pictures and films behind the end). So nothing is removed by name: each format's parts that make up the picture
//! are copied, and the rest is left behind. Only the camera's rotation is written anew, for without it the picture lies on its side.

use super::receive::Kind;

/// The same picture without notes, or `None` where the file does not hold together.
pub(super) fn scrub(bytes: &[u8], kind: Kind, rotation: u8) -> Option<Vec<u8>> {
    match kind {
        Kind::Jpeg => jpeg(bytes, rotation),
        Kind::Png => png(bytes, rotation),
        Kind::WebP => webp(bytes, rotation),
    }
}

/// EXIF that says the rotation (1 to 8) and nothing else.
fn exif(rotation: u8) -> [u8; 26] {
    [
        b'M', b'M', 0, 42, 0, 0, 0, 8, // big-endian TIFF, first directory at 8
        0, 1, // one entry:
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, rotation, 0, 0, // orientation, one short
        0, 0, 0, 0, // no further directory
    ]
}

const UPRIGHT: u8 = 1;

fn jpeg(bytes: &[u8], rotation: u8) -> Option<Vec<u8>> {
    const START: u8 = 0xd8;
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut rest = bytes.strip_prefix(&[0xff, START])?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend([0xff, START]);
    if rotation != UPRIGHT {
        let tiff = exif(rotation);
        out.extend([0xff, 0xe1, 0, 34]);
        out.extend(b"Exif\0\0");
        out.extend(tiff);
    }
    loop {
        let marker = jpeg_marker(&mut rest)?;
        if marker == END {
            // What lies behind (a film, a second picture with a position of its own) is not part of this picture.
            out.extend([0xff, END]);
            return Some(out);
        }
        if marker == 0x01 || (0xd0..=0xd7).contains(&marker) {
            out.extend([0xff, marker]);
            continue;
        }
        let length = usize::from(u16::from_be_bytes(rest.first_chunk().copied()?));
        let segment = take(&mut rest, length)?;
        let content = segment.get(2..)?;
        let keep = match marker {
            0xe0 => content.starts_with(b"JFIF\0"),
            0xe2 => content.starts_with(b"ICC_PROFILE\0"),
            // How the colours are coded; without it some pictures turn green.
            0xee => content.starts_with(b"Adobe"),
            0xe1 | 0xe3..=0xed | 0xef | 0xfe => false,
            _ => true,
        };
        if keep {
            out.extend([0xff, marker]);
            out.extend(segment);
        }
        if marker == SCAN {
            let length = scan_length(rest)?;
            out.extend(take(&mut rest, length)?);
        }
    }
}

/// The next marker's code; any number of 0xff may stand before it.
fn jpeg_marker(rest: &mut &[u8]) -> Option<u8> {
    let (0xff, mut after) = rest.split_first().map(|(first, after)| (*first, after))? else { return None };
    loop {
        let (code, next) = after.split_first()?;
        after = next;
        if *code != 0xff {
            *rest = after;
            return Some(*code);
        }
    }
}

/// How far the coded pixels reach: up to the next marker that is neither a stuffed zero nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| matches!(pair, [0xff, code] if *code != 0 && *code != 0xff && !(0xd0..=0xd7).contains(code)))
}

fn png(bytes: &[u8], rotation: u8) -> Option<Vec<u8>> {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(SIGNATURE);
    loop {
        let length = usize::try_from(u32::from_be_bytes(rest.first_chunk().copied()?)).ok()?;
        let chunk = take(&mut rest, length.checked_add(12)?)?;
        let name: [u8; 4] = chunk.get(4..8)?.first_chunk().copied()?;
        // A capital first letter means that the picture cannot be read without it. Animation is not kept.
        let needed = name.first().is_some_and(u8::is_ascii_uppercase);
        if needed || matches!(&name, b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP" | b"cICP" | b"sBIT" | b"bKGD" | b"pHYs") {
            out.extend(chunk);
        }
        if &name == b"IHDR" && rotation != UPRIGHT {
            let tiff = exif(rotation);
            out.extend(u32::try_from(tiff.len()).ok()?.to_be_bytes());
            let covered = [b"eXIf".as_slice(), &tiff].concat();
            out.extend(&covered);
            out.extend(crc32(&covered).to_be_bytes());
        }
        if &name == b"IEND" {
            return Some(out);
        }
    }
}

/// The checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1))))
}

fn webp(bytes: &[u8], rotation: u8) -> Option<Vec<u8>> {
    const NOTES: u8 = 0b0000_1100;
    const EXIF: u8 = 0b0000_1000;
    let mut rest = bytes.strip_prefix(b"RIFF")?;
    let length = usize::try_from(u32::from_le_bytes(take(&mut rest, 4)?.first_chunk().copied()?)).ok()?;
    let mut rest = rest.get(..length)?.strip_prefix(b"WEBP")?;
    let mut body = b"WEBP".to_vec();
    let mut extended = false;
    while !rest.is_empty() {
        let name: [u8; 4] = take(&mut rest, 4)?.first_chunk().copied()?;
        let size = u32::from_le_bytes(take(&mut rest, 4)?.first_chunk().copied()?);
        let content = take(&mut rest, usize::try_from(size).ok()?)?;
        if size % 2 == 1 {
            // Some writers leave the last padding out.
            let padding = rest.len().min(1);
            take(&mut rest, padding)?;
        }
        let mut content = content.to_vec();
        match &name {
            b"VP8X" => {
                extended = true;
                let flags = content.first_mut()?;
                *flags = (*flags & !NOTES) | if rotation == UPRIGHT { 0 } else { EXIF };
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => {}
            _ => continue,
        }
        webp_chunk(&mut body, name, &content)?;
    }
    if rotation != UPRIGHT && extended {
        webp_chunk(&mut body, *b"EXIF", &exif(rotation))?;
    }
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    out.extend(body);
    Some(out)
}

fn webp_chunk(body: &mut Vec<u8>, name: [u8; 4], content: &[u8]) -> Option<()> {
    body.extend(name);
    body.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
    body.extend(content);
    if content.len() % 2 == 1 {
        body.push(0);
    }
    Some(())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}
