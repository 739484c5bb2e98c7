//! A decoded picture at working resolution.

use image::RgbImage;
use shiming_domain::evidence::{FileFacts, Region};

/// A picture, upright, at the resolution all later steps work on.
///
/// The pixels are never printed: `Debug` shows sizes only.
#[derive(Clone)]
pub struct Picture {
    /// Upright 8-bit RGB pixels, longest side at most [`crate::decode::Limits::working_side_max`].
    pub rgb: RgbImage,
    /// Pixels of the upright original per working pixel, ≥ 1, the same in both directions up to the
    /// rounding of the last row and column.
    pub scale: f32,
    /// Facts about the stored file; its width and height are those of the upright original.
    pub file: FileFacts,
    /// The file itself has one colour channel. A colour file may still show a grey copy: see
    /// [`shiming_domain::evidence::Measure::Chroma`].
    pub grey_file: bool,
    /// EXIF orientation that was applied, 1–8; 1 when the file carries none or an invalid one.
    pub orientation: u8,
}

impl Picture {
    /// A box in working pixels, as a box in pixels of the upright original.
    pub fn to_original(&self, region: Region) -> Region {
        let (x1, y1) = (region.x + region.w, region.y + region.h);
        let right = self.file.width_px as f32;
        let bottom = self.file.height_px as f32;
        let x = (region.x * self.scale).clamp(0.0, right);
        let y = (region.y * self.scale).clamp(0.0, bottom);
        Region { x, y, w: (x1 * self.scale).clamp(x, right) - x, h: (y1 * self.scale).clamp(y, bottom) - y }
    }

    /// A point in working pixels, as a point in pixels of the upright original. Not clipped: corners
    /// may lie outside the picture.
    pub fn point_to_original(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [x * self.scale, y * self.scale]
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture")
            .field("working", &self.rgb.dimensions())
            .field("scale", &self.scale)
            .field("file", &self.file)
            .field("grey_file", &self.grey_file)
            .field("orientation", &self.orientation)
            .finish()
    }
}
