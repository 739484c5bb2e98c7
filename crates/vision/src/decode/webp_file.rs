//! WebP: structure check, whole-picture decode, shrink.

use super::error::DecodeError;
use super::png_file::rgba_over_white;
use super::shrink::{Plan, Shrinker};
use super::{Decoded, Limits, check_size, exif, trailer};
use image_webp::{DecodingError, WebPDecoder};
use std::io::Cursor;

const DAMAGED: DecodeError = DecodeError::Damaged;

/// What the chunks say.
#[derive(Default)]
struct Header {
    size: Option<(u32, u32)>,
    orientation: Option<u8>,
    pictures: u32,
}

/// Walks the chunks (RFC 9649 §2) without decoding anything.
fn read_chunks(bytes: &[u8]) -> Result<(Header, usize), DecodeError> {
    let riff = bytes.get(4..8).and_then(|b| b.first_chunk::<4>()).ok_or(DecodeError::Truncated)?;
    let end = 8 + u32::from_le_bytes(*riff) as usize;
    let file = bytes.get(..end).ok_or(DecodeError::Truncated)?;
    let mut header = Header::default();
    let mut at = 12;
    while at < file.len() {
        let head = file.get(at..).and_then(|r| r.first_chunk::<8>()).ok_or(DAMAGED)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = file.get(at + 8..at + 8 + length).ok_or(DAMAGED)?;
        match &head[..4] {
            b"VP8X" => {
                let &[flags, _, _, _, w0, w1, w2, h0, h1, h2, ..] = body else { return Err(DAMAGED) };
                if flags & 0b10 != 0 {
                    return Err(DecodeError::Animated);
                }
                let side = |b: [u8; 3]| u32::from_le_bytes([b[0], b[1], b[2], 0]) + 1;
                header.size = Some((side([w0, w1, w2]), side([h0, h1, h2])));
            }
            b"ANIM" | b"ANMF" => return Err(DecodeError::Animated),
            b"VP8 " | b"VP8L" => {
                header.pictures += 1;
                let inner = if &head[..4] == b"VP8 " { lossy_size(body) } else { lossless_size(body) };
                let inner = inner.ok_or(DAMAGED)?;
                // The canvas and its only picture must agree.
                if header.size.is_some_and(|canvas| canvas != inner) {
                    return Err(DAMAGED);
                }
                header.size = Some(inner);
            }
            b"EXIF" => {
                // Some writers keep the JPEG prefix.
                let tiff = body.strip_prefix(b"Exif\0\0").unwrap_or(body);
                header.orientation = header.orientation.or_else(|| exif::orientation(tiff));
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    if header.pictures == 1 { Ok((header, end)) } else { Err(DAMAGED) }
}

/// RFC 6386 §9.1: three bytes of frame tag, start code, then 14 bits for each side.
fn lossy_size(body: &[u8]) -> Option<(u32, u32)> {
    let &[tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = body else { return None };
    let is_key_frame = tag & 1 == 0;
    is_key_frame.then(|| {
        (u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF), u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF))
    })
}

/// RFC 9649 §3.4: signature byte, then 14 bits for each side less one.
fn lossless_size(body: &[u8]) -> Option<(u32, u32)> {
    let &[0x2f, b0, b1, b2, b3, ..] = body else { return None };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
}

fn from_webp(error: &DecodingError) -> DecodeError {
    match error {
        DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
        _ => DecodeError::Damaged,
    }
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let (header, end) = read_chunks(bytes)?;
    let (width, height) = header.size.ok_or(DAMAGED)?;
    check_size(width, height, limits)?;
    if !trailer::is_padding(&bytes[end..]) {
        return Err(DecodeError::TrailingData);
    }
    let mut decoder = WebPDecoder::new(Cursor::new(&bytes[..end])).map_err(|e| from_webp(&e))?;
    // Five bytes a pixel: the planes of the codec and its output.
    decoder.set_memory_limit((width as usize * height as usize).saturating_mul(5).saturating_add(1 << 20));
    if decoder.is_animated() || decoder.dimensions() != (width, height) {
        return Err(DAMAGED);
    }
    let alpha = decoder.has_alpha();
    let mut whole = vec![0; decoder.output_buffer_size().ok_or(DAMAGED)?];
    decoder.read_image(&mut whole).map_err(|e| from_webp(&e))?;

    let orientation = header.orientation.unwrap_or(1);
    let plan = Plan::new(width, height, limits.working_side_max);
    let mut shrinker = Shrinker::<3>::new(plan, orientation);
    let width = width as usize;
    if alpha {
        let mut opaque = vec![0; width * 3];
        for row in whole.chunks_exact(width * 4) {
            rgba_over_white(row, &mut opaque);
            shrinker.push(&opaque);
        }
    } else {
        whole.chunks_exact(width * 3).for_each(|row| shrinker.push(row));
    }
    let rgb = shrinker.finish().ok_or(DecodeError::Truncated)?;
    Ok(Decoded { rgb, plan, grey: false, orientation })
}
