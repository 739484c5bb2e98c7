//! JPEG: structure check, decode, shrink.

use super::error::DecodeError;
use super::shrink::{Plan, Shrinker};
use super::{Decoded, Limits, check_size, jpeg_markers, trailer};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let header = jpeg_markers::read(bytes)?;
    check_size(header.width, header.height, limits)?;
    let (picture, rest) = bytes.split_at(header.end.min(bytes.len()));
    if !trailer::after_jpeg(rest, header.motion_photo) {
        return Err(DecodeError::TrailingData);
    }
    let grey = header.components == 1;
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(header.width as usize)
        .set_max_height(header.height as usize)
        .jpeg_set_max_scans(jpeg_markers::SCANS_MAX)
        .jpeg_set_out_colorspace(if grey { ColorSpace::Luma } else { ColorSpace::RGB });
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(picture), options);
    let whole = decoder.decode().map_err(|_| DecodeError::Damaged)?;
    let plan = Plan::new(header.width, header.height, limits.working_side_max);
    let width = header.width as usize;
    let rgb = if grey {
        let mut shrinker = Shrinker::<1>::new(plan, header.orientation);
        whole.chunks_exact(width).for_each(|row| shrinker.push(row));
        shrinker.finish()
    } else {
        let mut shrinker = Shrinker::<3>::new(plan, header.orientation);
        whole.chunks_exact(width * 3).for_each(|row| shrinker.push(row));
        shrinker.finish()
    };
    let rgb = rgb.ok_or(DecodeError::Truncated)?;
    Ok(Decoded { rgb, plan, grey, orientation: header.orientation })
}
