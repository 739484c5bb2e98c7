//! PNG: structure check, then rows straight into the shrinker.

use super::error::DecodeError;
use super::shrink::{Plan, Shrinker};
use super::sniff::PNG_SIGNATURE;
use super::{Decoded, Limits, check_size, exif, trailer};
use png::{BitDepth, ColorType, Decoder, DecodingError, Transformations};
use std::io::Cursor;

/// What the chunks say.
struct Header {
    width: u32,
    height: u32,
    orientation: u8,
    interlaced: bool,
    /// Only the chunks that pixels depend on; text, profiles and other expandable data stay behind.
    critical: Vec<u8>,
}

const DAMAGED: DecodeError = DecodeError::Damaged;

/// Walks the chunks (ISO/IEC 15948 §5.3) without inflating anything.
fn read_chunks(bytes: &[u8]) -> Result<(Header, usize), DecodeError> {
    let mut at = PNG_SIGNATURE.len();
    let mut header: Option<Header> = None;
    let mut has_data = false;
    loop {
        let head = bytes.get(at..).and_then(|r| r.first_chunk::<8>()).ok_or(DecodeError::Truncated)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length > i32::MAX as usize {
            return Err(DAMAGED);
        }
        let kind = &head[4..8];
        let end = at + 12 + length;
        let whole = bytes.get(at..end).ok_or(DecodeError::Truncated)?;
        let body = &whole[8..8 + length];
        if (kind == b"IHDR") != header.is_none() {
            return Err(DAMAGED);
        }
        match kind {
            b"IHDR" => {
                let &[w3, w2, w1, w0, h3, h2, h1, h0, _, _, _, _, interlace] = body else {
                    return Err(DAMAGED);
                };
                header = Some(Header {
                    width: u32::from_be_bytes([w3, w2, w1, w0]),
                    height: u32::from_be_bytes([h3, h2, h1, h0]),
                    orientation: 1,
                    interlaced: interlace != 0,
                    critical: PNG_SIGNATURE.to_vec(),
                });
            }
            b"acTL" => return Err(DecodeError::Animated),
            _ => {}
        }
        let Some(header) = &mut header else { return Err(DAMAGED) };
        match kind {
            b"IHDR" | b"PLTE" | b"tRNS" => header.critical.extend_from_slice(whole),
            b"IDAT" => {
                has_data = true;
                header.critical.extend_from_slice(whole);
            }
            b"eXIf" => header.orientation = exif::orientation(body).unwrap_or(1),
            b"IEND" => {
                header.critical.extend_from_slice(whole);
                break;
            }
            // An unknown chunk whose name begins with a capital is needed to show the picture.
            _ if kind[0].is_ascii_uppercase() => return Err(DAMAGED),
            _ => {}
        }
        at = end;
    }
    match header {
        Some(header) if has_data => Ok((header, at + 12)),
        _ => Err(DAMAGED),
    }
}

fn from_png(error: &DecodingError) -> DecodeError {
    match error {
        DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
        _ => DecodeError::Damaged,
    }
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    // The size stands at a fixed place; check it before anything is copied.
    if let Some(&[w3, w2, w1, w0, h3, h2, h1, h0]) = bytes.get(16..24).and_then(|b| b.first_chunk::<8>())
        && bytes.get(12..16) == Some(b"IHDR")
    {
        check_size(u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]), limits)?;
    }
    let (header, end) = read_chunks(bytes)?;
    check_size(header.width, header.height, limits)?;
    if !trailer::is_padding(&bytes[end..]) {
        return Err(DecodeError::TrailingData);
    }
    let plan = Plan::new(header.width, header.height, limits.working_side_max);

    let mut decoder = Decoder::new(Cursor::new(header.critical.as_slice()));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|e| from_png(&e))?;
    let (colour, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(DAMAGED);
    }
    let grey = matches!(colour, ColorType::Grayscale | ColorType::GrayscaleAlpha);
    let channels = colour.samples();
    let width = header.width as usize;
    let mut sink = Sink::new(plan, header.orientation, colour);
    if header.interlaced {
        let size = reader.output_buffer_size().ok_or(DAMAGED)?;
        let mut whole = vec![0; size];
        reader.next_frame(&mut whole).map_err(|e| from_png(&e))?;
        for row in whole.chunks_exact(width * channels) {
            sink.push(row);
        }
    } else {
        for _ in 0..header.height {
            let row = reader.next_row().map_err(|e| from_png(&e))?.ok_or(DecodeError::Truncated)?;
            sink.push(row.data());
        }
    }
    let rgb = sink.finish().ok_or(DecodeError::Truncated)?;
    Ok(Decoded { rgb, plan, grey, orientation: header.orientation })
}

/// Removes transparency by putting the picture on white, then shrinks.
enum Sink {
    Grey(Shrinker<1>, Vec<u8>),
    Colour(Shrinker<3>, Vec<u8>, bool),
}

impl Sink {
    fn new(plan: Plan, orientation: u8, colour: ColorType) -> Self {
        match colour {
            ColorType::Grayscale => Self::Grey(Shrinker::new(plan, orientation), Vec::new()),
            ColorType::GrayscaleAlpha => Self::Grey(Shrinker::new(plan, orientation), vec![0; plan.stored.0]),
            ColorType::Rgba => {
                Self::Colour(Shrinker::new(plan, orientation), vec![0; plan.stored.0 * 3], true)
            }
            ColorType::Rgb | ColorType::Indexed => {
                Self::Colour(Shrinker::new(plan, orientation), Vec::new(), false)
            }
        }
    }

    fn push(&mut self, row: &[u8]) {
        match self {
            Self::Grey(shrinker, opaque) if opaque.is_empty() => shrinker.push(row),
            Self::Grey(shrinker, opaque) => {
                for (o, p) in opaque.iter_mut().zip(row.chunks_exact(2)) {
                    *o = over_white(p[0], p[1]);
                }
                shrinker.push(opaque);
            }
            Self::Colour(shrinker, _, false) => shrinker.push(row),
            Self::Colour(shrinker, opaque, true) => {
                rgba_over_white(row, opaque);
                shrinker.push(opaque);
            }
        }
    }

    fn finish(self) -> Option<image::RgbImage> {
        match self {
            Self::Grey(shrinker, _) => shrinker.finish(),
            Self::Colour(shrinker, ..) => shrinker.finish(),
        }
    }
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (v, a) = (u16::from(value), u16::from(alpha));
    ((v * a + 255 * (255 - a) + 127) / 255) as u8
}

/// Composites RGBA pixels on white.
pub(super) fn rgba_over_white(rgba: &[u8], rgb: &mut [u8]) {
    for (o, p) in rgb.chunks_exact_mut(3).zip(rgba.chunks_exact(4)) {
        for c in 0..3 {
            o[c] = over_white(p[c], p[3]);
        }
    }
}
