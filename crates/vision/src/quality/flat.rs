//! The card seen flat at the one size all measures work at.
//!
//! Always eight pixels per millimetre, whatever the picture: a bound then means the same on every card.
//! Fields are read from a finer picture; a fault a person would notice shows at this size.

use crate::warp::Homography;
use image::RgbImage;
use shiming_domain::evidence::Region;

/// Pixels per millimetre of an ID-1 card (ISO/IEC 7810: 85.60 × 53.98 mm).
pub(super) const PX_PER_MM: f32 = 8.0;
/// Width of the flat card, pixels: 86 mm.
pub(super) const WIDTH: usize = 688;
/// Height of the flat card, pixels: 54 mm.
pub(super) const HEIGHT: usize = 432;

/// The flat card and the way back.
pub(super) struct Flat {
    /// Interleaved RGB.
    pub(super) rgb: Vec<u8>,
    to_working: Homography,
    working: (f32, f32),
}

impl Flat {
    /// `None` when the corners span no area.
    pub(super) fn new(picture: &RgbImage, corners: &[[f32; 2]; 4]) -> Option<Self> {
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        let to_working = Homography::between(&[[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]], corners)?;
        let side = |a: usize, b: usize| (corners[a][0] - corners[b][0]).hypot(corners[a][1] - corners[b][1]);
        let factor = (side(0, 1).max(side(2, 3)) / w).max(side(1, 2).max(side(3, 0)) / h);
        if !factor.is_finite() || picture.width() == 0 || picture.height() == 0 {
            return None;
        }
        let rgb = if factor > 1.25 {
            // Several taps spread over the pixel's footprint, so that noise and moiré average out.
            draw_averaged(picture, &to_working, (factor.ceil() as usize).clamp(2, 4))
        } else {
            draw_bilinear(picture, &to_working)
        };
        Some(Self { rgb, to_working, working: (picture.width() as f32, picture.height() as f32) })
    }

    /// Where a place on the flat card, in millimetres, lies in working pixels.
    pub(super) fn working_place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        self.to_working.apply([x * PX_PER_MM, y * PX_PER_MM])
    }

    /// A place on the card, in millimetres, was inside the picture.
    pub(super) fn was_seen(&self, at: [f32; 2]) -> bool {
        let [x, y] = self.working_place(at);
        x >= 0.0 && y >= 0.0 && x < self.working.0 && y < self.working.1
    }

    /// The box around a rectangle of the card (millimetres), in working pixels, clipped to the picture.
    pub(super) fn region(&self, [x0, y0, x1, y1]: [f32; 4]) -> Option<Region> {
        let places = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(|p| self.working_place(p));
        bounding(&places, self.working)
    }
}

/// The box around points, clipped to a picture; `None` when nothing of it is left.
pub(super) fn bounding(points: &[[f32; 2]], (w, h): (f32, f32)) -> Option<Region> {
    let fold = |k: usize, of: fn(f32, f32) -> f32, start: f32| points.iter().map(|p| p[k]).fold(start, of);
    let left = fold(0, f32::min, f32::INFINITY).max(0.0);
    let top = fold(1, f32::min, f32::INFINITY).max(0.0);
    let right = fold(0, f32::max, f32::NEG_INFINITY).min(w);
    let bottom = fold(1, f32::max, f32::NEG_INFINITY).min(h);
    (right > left && bottom > top).then_some(Region { x: left, y: top, w: right - left, h: bottom - top })
}

/// Source coordinates of a row of flat pixels.
fn row_places(map: &Homography, y: f32, places: &mut [[f32; 2]], step: f32, start: f32) {
    let h = map.0.map(|v| v as f32);
    let (bx, by, bw) = (h[1] * y + h[2], h[4] * y + h[5], h[7] * y + h[8]);
    for (i, place) in places.iter_mut().enumerate() {
        let x = start + step * i as f32;
        let w = 1.0 / (h[6] * x + bw);
        *place = [(h[0] * x + bx) * w, (h[3] * x + by) * w];
    }
}

fn draw_bilinear(picture: &RgbImage, map: &Homography) -> Vec<u8> {
    let mut out = vec![0; WIDTH * HEIGHT * 3];
    let raw = picture.as_raw();
    let stride = picture.width() as usize * 3;
    // One pixel less, so that the right and lower neighbours exist.
    let (max_x, max_y) = (picture.width() as f32 - 1.001, picture.height() as f32 - 1.001);
    if max_x < 1.0 || max_y < 1.0 {
        return out;
    }
    let mut places = vec![[0.0; 2]; WIDTH];
    for (y, row) in out.chunks_exact_mut(WIDTH * 3).enumerate() {
        row_places(map, y as f32 + 0.5, &mut places, 1.0, 0.5);
        for (pixel, [x, y]) in row.chunks_exact_mut(3).zip(&places) {
            // `max` before `min` also turns NaN into 0.
            let (x, y) = ((x - 0.5).max(0.0).min(max_x), (y - 0.5).max(0.0).min(max_y));
            let (ix, iy) = (x as i32 as usize, y as i32 as usize); // a cast to i32 is one instruction
            let ax = ((x - ix as f32) * 256.0) as i32 as u32;
            let ay = ((y - iy as f32) * 256.0) as i32 as u32;
            let at = iy * stride + ix * 3;
            let (Some(upper), Some(lower)) = (raw.get(at..at + 6), raw.get(at + stride..at + stride + 6))
            else {
                continue;
            };
            for c in 0..3 {
                let top = u32::from(upper[c]) * (256 - ax) + u32::from(upper[c + 3]) * ax;
                let bottom = u32::from(lower[c]) * (256 - ax) + u32::from(lower[c + 3]) * ax;
                pixel[c] = ((top * (256 - ay) + bottom * ay + 32768) >> 16) as u8;
            }
        }
    }
    out
}

fn draw_averaged(picture: &RgbImage, map: &Homography, taps: usize) -> Vec<u8> {
    let mut out = vec![0; WIDTH * HEIGHT * 3];
    let raw = picture.as_raw();
    let stride = picture.width() as usize * 3;
    let (max_x, max_y) = (picture.width() as f32 - 1.0, picture.height() as f32 - 1.0);
    let step = 1.0 / taps as f32;
    let mut places = vec![[0.0; 2]; WIDTH * taps];
    let mut sums = vec![0_u16; WIDTH * 3];
    let share = 65536 / (taps * taps) as u32;
    for (y, row) in out.chunks_exact_mut(WIDTH * 3).enumerate() {
        sums.fill(0);
        for tap in 0..taps {
            row_places(map, y as f32 + (tap as f32 + 0.5) * step, &mut places, step, step / 2.0);
            for (sum, taps) in sums.as_chunks_mut::<3>().0.iter_mut().zip(places.chunks_exact(taps)) {
                for &[x, y] in taps {
                    let (ix, iy) =
                        (x.max(0.0).min(max_x) as i32 as usize, y.max(0.0).min(max_y) as i32 as usize);
                    let at = iy * stride + ix * 3;
                    if let Some(p) = raw.get(at..).and_then(|r| r.first_chunk::<3>()) {
                        for c in 0..3 {
                            sum[c] += u16::from(p[c]);
                        }
                    }
                }
            }
        }
        for (o, &s) in row.iter_mut().zip(&sums) {
            *o = ((u32::from(s) * share + 32768) >> 16).min(255) as u8;
        }
    }
    out
}
