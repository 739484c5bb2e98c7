//! The aligned chip: a face turned, scaled and cut to 150 × 150 by its five points.

use crate::warp::{Reader, shrink_area};
use image::RgbImage;
use std::borrow::Cow;

/// Side of the chip, pixels.
pub const CHIP_PX: usize = 150;
/// dlib's mean face with padding 0.25 at 150 px: eye centres, nose tip, mouth corners.
const TEMPLATE: [[f64; 2]; 5] =
    [[47.73, 47.12], [100.28, 47.12], [74.01, 76.56], [50.41, 103.02], [97.61, 103.02]];
/// Below this scale the picture is shrunk by area averaging before sampling.
const SCALE_MIN: f64 = 0.5;

/// An aligned face, planar RGB, 0…255. It is somebody's face, so it has no `Debug`.
#[derive(Clone)]
pub struct Chip(pub(super) Vec<f32>);

impl Chip {
    /// 3 × 150 × 150 values, planar RGB.
    pub fn planes(&self) -> &[f32] {
        &self.0
    }

    pub(super) fn plane(&self, channel: usize) -> &[f32] {
        let n = CHIP_PX * CHIP_PX;
        self.0.get(channel * n..(channel + 1) * n).unwrap_or(&[])
    }

    /// Luma (ITU-R BT.601), 150 × 150 values.
    pub(super) fn luma(&self) -> Vec<f32> {
        let rgb = self.plane(0).iter().zip(self.plane(1)).zip(self.plane(2));
        rgb.map(|((r, g), b)| 0.299 * r + 0.587 * g + 0.114 * b).collect()
    }

    /// Left and right exchanged.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let mut planes = self.0.clone();
        planes.chunks_exact_mut(CHIP_PX).for_each(<[f32]>::reverse);
        Self(planes)
    }
}

/// A similarity without reflection: q = M p + t with M = [[a, −b], [b, a]].
#[derive(Clone, Copy)]
struct Similarity {
    a: f64,
    b: f64,
    t: [f64; 2],
}

impl Similarity {
    /// Least squares, closed form. `None` if the points coincide or are not finite.
    fn to_template(points: &[[f64; 2]; 5]) -> Option<Self> {
        let mean = |p: &[[f64; 2]; 5]| {
            let sum = p.iter().fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
            sum.map(|v| v / 5.0)
        };
        let (p_mean, q_mean) = (mean(points), mean(&TEMPLATE));
        let (mut a, mut b, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in points.iter().zip(&TEMPLATE) {
            let d = [p[0] - p_mean[0], p[1] - p_mean[1]];
            let e = [q[0] - q_mean[0], q[1] - q_mean[1]];
            a += d[0] * e[0] + d[1] * e[1];
            b += d[0] * e[1] - d[1] * e[0];
            spread += d[0] * d[0] + d[1] * d[1];
        }
        let (a, b) = (a / spread, b / spread);
        let t = [q_mean[0] - (a * p_mean[0] - b * p_mean[1]), q_mean[1] - (b * p_mean[0] + a * p_mean[1])];
        let scale = a.hypot(b);
        let usable = scale.is_finite() && scale > 1e-6 && t[0].is_finite() && t[1].is_finite();
        usable.then_some(Self { a, b, t })
    }

    fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// The part of a picture the chip shows, with room for what its outermost pixels mix in; `None` if the chip
    /// lies outside.
    fn shown(&self, picture: &RgbImage) -> Option<Part> {
        let last = (CHIP_PX - 1) as f64;
        let corners = [[0.0, 0.0], [last, 0.0], [last, last], [0.0, last]].map(|[u, v]| self.back(u, v));
        let room = 3.0 / self.scale();
        let range = |axis: usize, size: u32| {
            let places = corners.iter().map(|corner| corner[axis]);
            let from = places.clone().fold(f64::INFINITY, f64::min) - room;
            let to = places.fold(f64::NEG_INFINITY, f64::max) + room;
            let clip = |v: f64| v.clamp(0.0, f64::from(size)) as u32; // NaN becomes 0
            let (from, to) = (clip(from.floor()), clip(to.ceil()));
            (to > from).then_some((from, to - from))
        };
        let ((x, width), (y, height)) = (range(0, picture.width())?, range(1, picture.height())?);
        Some(Part { x, y, width, height })
    }

    /// Where the chip's pixel (u, v) comes from.
    fn back(&self, u: f64, v: f64) -> [f64; 2] {
        let (x, y) = (u - self.t[0], v - self.t[1]);
        let n = self.a * self.a + self.b * self.b;
        [(self.a * x + self.b * y) / n, (self.a * y - self.b * x) / n]
    }
}

/// A part of a picture, pixels.
struct Part {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Part {
    fn view<'a>(&self, picture: &'a RgbImage) -> image::SubImage<&'a RgbImage> {
        image::imageops::crop_imm(picture, self.x, self.y, self.width, self.height)
    }
}

/// A source prepared for sampling.
struct Aligner<'a> {
    picture: Cow<'a, RgbImage>,
    map: Similarity,
}

impl<'a> Aligner<'a> {
    fn new(picture: &'a RgbImage, points: &[[f32; 2]; 5]) -> Option<Self> {
        if picture.width() == 0 || picture.height() == 0 {
            return None;
        }
        let points = points.map(|p| p.map(f64::from));
        let map = Similarity::to_template(&points)?;
        let scale = map.scale();
        if scale >= SCALE_MIN {
            return Some(Self { picture: Cow::Borrowed(picture), map });
        }
        // Only what the chip shows is shrunk: a face is a small part of most pictures.
        let shown = map.shown(picture)?;
        let cut = shown.view(picture).to_image();
        let side = |n: u32| ((f64::from(n) * scale).round() as u32).max(1);
        let small = shrink_area(&cut, side(cut.width()), side(cut.height()));
        let factor = [
            f64::from(small.width()) / f64::from(cut.width()),
            f64::from(small.height()) / f64::from(cut.height()),
        ];
        let origin = [f64::from(shown.x), f64::from(shown.y)];
        // Pixel centres, not edges: the first centre moves from ½ to ½·factor.
        let points = points.map(|p| std::array::from_fn(|i| (p[i] - origin[i] + 0.5) * factor[i] - 0.5));
        let map = Similarity::to_template(&points)?;
        Some(Self { picture: Cow::Owned(small), map })
    }

    /// Black outside the picture.
    fn chip(&self) -> Chip {
        let reader = Reader::new(&self.picture);
        let n = CHIP_PX * CHIP_PX;
        let mut planes = vec![0.0_f32; 3 * n];
        for i in 0..n {
            let (u, v) = ((i % CHIP_PX) as f64, (i / CHIP_PX) as f64);
            let [x, y] = self.map.back(u, v).map(|c| c as f32);
            if !reader.outside(x, y) {
                for (c, value) in reader.bilinear(x, y).into_iter().enumerate() {
                    planes[c * n + i] = value;
                }
            }
        }
        Chip(planes)
    }
}

/// The chip of a face; `None` if its points coincide, are not finite or lie far outside the picture.
pub fn align(picture: &RgbImage, points: &[[f32; 2]; 5]) -> Option<Chip> {
    Some(Aligner::new(picture, points)?.chip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use proptest::prelude::*;

    #[test]
    fn template_points_align_to_themselves() {
        let picture = RgbImage::from_fn(150, 150, |x, y| Rgb([x as u8, y as u8, 7]));
        let points = TEMPLATE.map(|p| p.map(|v| v as f32));
        let chip = align(&picture, &points).unwrap();
        for (i, (&r, &g)) in chip.plane(0).iter().zip(chip.plane(1)).enumerate() {
            assert!((r - (i % 150) as f32).abs() < 0.01 && (g - (i / 150) as f32).abs() < 0.01);
        }
        assert!((chip.mirrored().plane(0)[0] - 149.0).abs() < 0.01);
    }

    #[test]
    fn a_large_turned_face_is_brought_upright() {
        // A picture whose red rises along a direction turned by 30° and five times as long as in the chip.
        let (s, c) = 30.0_f64.to_radians().sin_cos();
        let place = |p: [f64; 2]| {
            let (x, y) = (5.0 * p[0], 5.0 * p[1]);
            [(500.0 + c * x - s * y) as f32, (200.0 + s * x + c * y) as f32]
        };
        let picture = RgbImage::from_fn(1300, 1300, |x, y| {
            let (x, y) = (f64::from(x) - 500.0, f64::from(y) - 200.0);
            Rgb([((c * x + s * y) / 5.0).clamp(0.0, 255.0) as u8, 0, 0])
        });
        let chip = align(&picture, &TEMPLATE.map(place)).unwrap();
        for (i, &r) in chip.plane(0).iter().enumerate() {
            let (u, v) = (i % 150, i / 150);
            if (20..130).contains(&u) && (20..130).contains(&v) {
                assert!((r - u as f32).abs() < 1.6, "{r} at {u}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_points_panic(p in proptest::collection::vec(proptest::num::f32::ANY, 10)) {
            let picture = RgbImage::from_pixel(20, 20, Rgb([9; 3]));
            let points = std::array::from_fn(|i| [p[2 * i], p[2 * i + 1]]);
            if let Some(chip) = align(&picture, &points) {
                prop_assert!(chip.planes().iter().all(|v| v.is_finite()));
            }
        }
    }
}
