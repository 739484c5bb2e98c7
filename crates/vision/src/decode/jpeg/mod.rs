//! JPEG: structure check, decode at full or half size, shrink.
//!
//! A decoder of our own, for three reasons measured in `docs/adr/0003-decode.md`: it decodes straight to
//! half size row by row, which takes a fraction of the time and memory of a full picture; and it notices
//! when coded data ends before the picture does, where lenient decoders go on in grey.

mod bits;
mod blocks;
mod colour;
mod dct;
mod markers;
mod scan;
mod tables;

pub(super) use markers::end_of_stream;

use super::error::DecodeError;
use super::shrink::{Plan, Shrinker};
use super::{Decoded, Limits, check_size, trailer};
use colour::Conversion;
use scan::Frame;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let header = markers::read(bytes)?;
    check_size(header.width, header.height, limits)?;
    let (picture, rest) = bytes.split_at(header.end.min(bytes.len()));
    if !trailer::after_jpeg(rest, header.motion_photo) {
        return Err(DecodeError::TrailingData);
    }
    let plan = Plan::new(header.width, header.height, limits.working_side_max);
    let halved = plan.scale >= 2.0;
    let frame = Frame::new(&header, halved);
    // What is left to shrink after the transform has halved the picture.
    let rest = if halved { Plan { stored: frame.size, scale: plan.scale / 2.0, ..plan } } else { plan };
    let grey = header.components.len() == 1;
    let rgb = if grey {
        let mut shrinker = Shrinker::<1>::new(rest, header.orientation);
        scan::decode(picture, &header, &frame, |rows| {
            for y in 0..rows.count {
                shrinker.push(rows.channel_row(0, y));
            }
        })?;
        shrinker.finish()
    } else {
        let conversion = Conversion::of(&header);
        let mut shrinker = Shrinker::<3>::new(rest, header.orientation);
        let mut line = vec![0; frame.size.0 * 3];
        let mut scratch = colour::Scratch::new(&frame);
        scan::decode(picture, &header, &frame, |rows| {
            for y in 0..rows.count {
                colour::draw_row(rows, y, conversion, &mut scratch, &mut line);
                shrinker.push(&line);
            }
        })?;
        shrinker.finish()
    };
    let rgb = rgb.ok_or(DecodeError::Truncated)?;
    Ok(Decoded { rgb, plan, grey, orientation: header.orientation })
}
