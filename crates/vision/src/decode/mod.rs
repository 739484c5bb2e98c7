//! From bytes to an upright picture at working resolution, under limits of bytes, pixels and memory.
//!
//! The order is fixed: size of the file, format by content, structure and dimensions from the headers
//! alone, and only then pixels. Metadata is read for the orientation and dropped. Colour profiles are
//! ignored: every consumer of these pixels works on samples as stored.

mod error;
mod exif;
mod jpeg;
mod png_file;
mod shrink;
mod sniff;
mod trailer;
mod webp_file;

pub use error::{Advice, DecodeError, Foreign};

use crate::picture::Picture;
use image::RgbImage;
use shiming_domain::evidence::FileFacts;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a file may be at most. All are checked before any pixel is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes_max: u64,
    /// Width × height of the stored picture.
    pub pixels_max: u64,
    /// Longest side of the working picture, pixels. Larger pictures are shrunk to it by averaging.
    pub working_side_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes_max: 10 << 20, pixels_max: 25_000_000, working_side_max: 2048 }
    }
}

/// Longest side accepted, pixels: beyond what phones take, panoramas aside.
const SIDE_MAX_PX: u32 = 8000;
/// Shortest side that can show anything, pixels.
const SIDE_MIN_PX: u32 = 32;

/// What the format modules hand back.
struct Decoded {
    rgb: RgbImage,
    plan: shrink::Plan,
    grey: bool,
    orientation: u8,
}

/// Decodes a JPEG, PNG or WebP file, told by its content.
///
/// Pure: the same bytes give the same pixels. Never panics; time and memory are bounded by the limits.
/// Transparent pixels are put on white, 16-bit samples become 8-bit, CMYK becomes RGB, animations are
/// refused, and so is anything that follows the picture except what phones are known to append.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, DecodeError> {
    let size_bytes = bytes.len() as u64;
    if size_bytes > limits.bytes_max {
        return Err(DecodeError::TooManyBytes { bytes: size_bytes, bytes_max: limits.bytes_max });
    }
    let format = sniff::sniff(bytes)?;
    trailer::refuse_second_format(bytes)?;
    // The codecs are other people's code fed with other people's files: should one of them panic, the
    // file is damaged and the program goes on. Nothing outlives the call, so no state can be torn.
    let decoded = catch_unwind(AssertUnwindSafe(|| match format {
        sniff::Format::Jpeg => jpeg::decode(bytes, limits),
        sniff::Format::Png => png_file::decode(bytes, limits),
        sniff::Format::WebP => webp_file::decode(bytes, limits),
    }))
    .unwrap_or(Err(DecodeError::Damaged))?;

    let (stored_width, stored_height) = (decoded.plan.stored.0 as u32, decoded.plan.stored.1 as u32);
    let (width_px, height_px) =
        if decoded.orientation >= 5 { (stored_height, stored_width) } else { (stored_width, stored_height) };
    Ok(Picture {
        rgb: decoded.rgb,
        scale: decoded.plan.scale as f32,
        file: FileFacts { format: format.name().to_owned(), size_bytes, width_px, height_px },
        grey_file: decoded.grey,
        orientation: decoded.orientation,
    })
}

/// Dimensions within the limits.
fn check_size(width_px: u32, height_px: u32, limits: &Limits) -> Result<(), DecodeError> {
    if u64::from(width_px) * u64::from(height_px) > limits.pixels_max {
        return Err(DecodeError::TooManyPixels { width_px, height_px, pixels_max: limits.pixels_max });
    }
    if width_px.max(height_px) > SIDE_MAX_PX {
        return Err(DecodeError::SideTooLong { width_px, height_px, side_max: SIDE_MAX_PX });
    }
    if width_px.min(height_px) < SIDE_MIN_PX {
        return Err(DecodeError::TooFewPixels { width_px, height_px });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_and_pixels_are_accepted_up_to_their_limits_and_no_further() {
        let of = |w, h| check_size(w, h, &Limits::default());
        assert_eq!(
            (of(SIDE_MAX_PX, 3125), of(SIDE_MAX_PX, SIDE_MIN_PX), of(5000, 5000)),
            (Ok(()), Ok(()), Ok(()))
        );
        for (w, h) in [(SIDE_MAX_PX + 1, 100), (100, SIDE_MAX_PX + 1)] {
            assert_eq!(of(w, h).map_err(|e| e.code()), Err("side_too_long"), "{w} × {h}");
        }
        assert_eq!(of(5000, 5001).map_err(|e| e.code()), Err("too_many_pixels"));
        assert_eq!(of(SIDE_MAX_PX, SIDE_MIN_PX - 1).map_err(|e| e.code()), Err("too_few_pixels"));
    }
}
