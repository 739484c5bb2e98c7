//! A picture kept for a person to look at.

use shiming_vision::analyse::Seen;
use shiming_vision::encode;
use shiming_vision::picture::Picture;

/// Longest side of a picture in a report, pixels: sharp on a phone and in print, and a page of all pictures
/// stays under a few megabytes.
const REPORT_SIDE_PX: u32 = 1400;
/// Longest side of a flattened card in a report, pixels.
const FLAT_SIDE_PX: u32 = 900;
const QUALITY: u8 = 82;

/// A picture for a report: shrunk, without metadata, and the size its evidence speaks about.
pub struct Shown {
    /// JPEG file.
    pub jpeg: Vec<u8>,
    /// Width of the upright original, pixels.
    pub width_px: u32,
    /// Height of the upright original, pixels.
    pub height_px: u32,
    /// The card flattened, JPEG file.
    pub flat_jpeg: Option<Vec<u8>>,
}

impl Shown {
    /// `None` if the picture is empty.
    pub(crate) fn new(picture: &Picture, seen: &Seen) -> Option<Self> {
        Some(Self {
            jpeg: encode::jpeg(&picture.rgb, REPORT_SIDE_PX, QUALITY).ok()?,
            width_px: picture.file.width_px,
            height_px: picture.file.height_px,
            flat_jpeg: seen.flat.as_ref().and_then(|flat| encode::jpeg(flat, FLAT_SIDE_PX, QUALITY).ok()),
        })
    }
}
