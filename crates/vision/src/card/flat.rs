//! The card seen flat, at a fixed size, and the way back to the picture.

use super::geometry::{Point, Quad};
use crate::picture::Picture;
use crate::warp::{Border, Homography, Sampling, shrink_area, warp_perspective};
use image::RgbImage;
use shiming_domain::evidence::Region;

/// Millimetres of an ID-1 card (ISO/IEC 7810).
pub const CARD_MM: [f32; 2] = [85.6, 53.98];
/// Resolution for reading, pixels per millimetre: a line of 3 mm is 36 pixels high.
pub const READING_PX_PER_MM: f32 = 12.0;

/// A document rectified from a picture.
#[derive(Clone)]
pub struct Flat {
    /// Upright pixels.
    pub rgb: RgbImage,
    /// Pixels per millimetre.
    pub px_per_mm: f32,
    to_picture: Homography,
}

impl Flat {
    /// Flattens an ID-1 card whose corners (reading direction) are given in working pixels. `None` when
    /// the corners are degenerate.
    pub fn card(picture: &RgbImage, corners: &Quad, px_per_mm: f32) -> Option<Self> {
        let size = CARD_MM.map(|mm| (mm * px_per_mm).round());
        Self::new(picture, corners, size, px_per_mm)
    }

    fn new(picture: &RgbImage, corners: &Quad, [w, h]: [f32; 2], px_per_mm: f32) -> Option<Self> {
        let frame = [[-0.5, -0.5], [w - 0.5, -0.5], [w - 0.5, h - 0.5], [-0.5, h - 0.5]];
        let to_picture = Homography::between(&frame, corners)?;
        // Shrinking by interpolation alone would alias thin strokes: average first.
        let side = super::geometry::distance(corners[0], corners[1])
            .max(super::geometry::distance(corners[2], corners[3]));
        let factor = side / w;
        let rgb = if factor > 1.8 {
            let shrink = |n: u32| ((n as f32 / (factor / 1.2)) as u32).max(1);
            let (sw, sh) = (shrink(picture.width()), shrink(picture.height()));
            let small = shrink_area(picture, sw, sh);
            let (kx, ky) = (sw as f32 / picture.width() as f32, sh as f32 / picture.height() as f32);
            let moved = corners.map(|[x, y]| [(x + 0.5) * kx - 0.5, (y + 0.5) * ky - 0.5]);
            let map = Homography::between(&frame, &moved)?;
            warp_perspective(&small, &map, w as u32, h as u32, Sampling::Bilinear, Border::Replicate)
        } else {
            warp_perspective(picture, &to_picture, w as u32, h as u32, Sampling::Bilinear, Border::Replicate)
        };
        Some(Self { rgb, px_per_mm, to_picture })
    }

    /// A point of the flat card (pixels), as a point of the working picture.
    pub fn point_to_picture(&self, p: Point) -> Point {
        self.to_picture.apply(p)
    }

    /// The upright box around a rectangle given in millimetres on the card, in pixels of the original.
    pub fn region(&self, picture: &Picture, [l, t, r, b]: [f32; 4]) -> Region {
        let k = self.px_per_mm;
        let corners = [[l, t], [r, t], [r, b], [l, b]].map(|[x, y]| self.point_to_picture([x * k, y * k]));
        let (mut x0, mut y0, mut x1, mut y1) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for [x, y] in corners {
            (x0, y0, x1, y1) = (x0.min(x), y0.min(y), x1.max(x), y1.max(y));
        }
        picture.to_original(Region { x: x0, y: y0, w: x1 - x0, h: y1 - y0 })
    }
}
