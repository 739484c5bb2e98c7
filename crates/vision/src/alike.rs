//! How a picture looks, in 256 bits: the same photograph again has nearly the same, also after it was encoded
//! anew, resized, brightened or cropped a little.
//!
//! After PDQ (Meta, *The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm*, 2019): the luma
//! reduced to 64 × 64, its cosine transform, of which the 16 × 16 lowest frequencies but the mean say whether
//! they lie above their median. Unlike there the reduction averages areas, because that is at hand.
//!
//! It tells *photographs* apart, not cards: two cards of one design that fill their pictures to the edge look
//! alike. Whoever asks leaves such pictures out ([`fills_picture`]).

use crate::picture::Picture;
use crate::warp::shrink_area;
use image::RgbImage;
use std::f32::consts::PI;
use std::fmt;

/// Bits of a [`Look`].
pub const BITS: u32 = 256;
/// Parts a look is cut into for searching. Of two looks that differ in fewer bits than this, one part is equal.
pub const BANDS: usize = 16;
/// From this share of a picture on a card is all of it, and its design decides how the picture looks.
const FILLS_FROM: f32 = 0.75;

const SIDE: usize = 64;
const FREQUENCIES: usize = 16;
/// A wall or a dark room has no look: its frequencies (root mean square, in grey levels) are noise.
const CONTRAST_MIN: f32 = 2.0;

/// How a picture looks. It shows a coarse picture to whoever holds it, so it is kept sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Look([u8; 32]);

impl Look {
    /// Of a picture; none of one that is smaller than 64 pixels or shows nothing.
    pub fn of(rgb: &RgbImage) -> Option<Self> {
        if rgb.width() < SIDE as u32 || rgb.height() < SIDE as u32 {
            return None;
        }
        let small = shrink_area(rgb, SIDE as u32, SIDE as u32);
        let luma: Vec<f32> = small
            .pixels()
            .map(|p| 0.299 * f32::from(p.0[0]) + 0.587 * f32::from(p.0[1]) + 0.114 * f32::from(p.0[2]))
            .collect();
        let values = lowest(&luma);
        let power = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        if power.sqrt() < CONTRAST_MIN {
            return None;
        }
        let mut sorted = values.clone();
        sorted.sort_by(f32::total_cmp);
        let middle = sorted.len() / 2;
        let median = sorted.get(middle.saturating_sub(1)).copied().unwrap_or(0.0);
        let mut bytes = [0_u8; 32];
        for (byte, eight) in bytes.iter_mut().zip(values.chunks(8)) {
            *byte = eight.iter().fold(0, |bits, value| bits << 1 | u8::from(*value > median));
        }
        Some(Self(bytes))
    }

    /// From where it was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be kept, sealed.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Bits in which two differ.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Its parts, two bytes each: all columns of one row of frequencies.
    pub fn bands(&self) -> [[u8; 2]; BANDS] {
        let mut bands = [[0; 2]; BANDS];
        for (band, bytes) in bands.iter_mut().zip(self.0.as_chunks::<2>().0) {
            *band = *bytes;
        }
        bands
    }
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Look(…)")
    }
}

/// Whether a card with these corners (pixels of the original) is nearly all of its picture.
pub fn fills_picture(corners: &[[f32; 2]; 4], picture: &Picture) -> bool {
    let whole = picture.file.width_px as f32 * picture.file.height_px as f32;
    crate::card::geometry::area(corners).abs() >= FILLS_FROM * whole
}

/// The lowest frequencies of a picture of 64 × 64, vertical ones in rows; the mean is not among them.
fn lowest(luma: &[f32]) -> Vec<f32> {
    let waves: Vec<Vec<f32>> = (1..=FREQUENCIES)
        .map(|k| (0..SIDE).map(|n| (PI * k as f32 * (2 * n + 1) as f32 / (2 * SIDE) as f32).cos()).collect())
        .collect();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let scale = 2.0 / SIDE as f32;
    // Along the rows first, then down the columns.
    let across: Vec<Vec<f32>> =
        waves.iter().map(|wave| luma.chunks_exact(SIDE).map(|row| dot(row, wave)).collect()).collect();
    waves.iter().flat_map(|down| across.iter().map(move |column| dot(column, down) * scale)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patches of light from large to small, as photographs have them; they differ from scene to scene.
    fn scene(seed: u32) -> RgbImage {
        RgbImage::from_fn(640, 480, |x, y| {
            let light = [160, 80, 40, 20].map(|side| {
                let place =
                    (x / side) ^ (y / side).rotate_left(11) ^ side.rotate_left(22) ^ seed.rotate_left(27);
                let mixed = place.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519);
                (mixed >> 24) * 40 / 255
            });
            image::Rgb([40 + light.iter().sum::<u32>() as u8; 3])
        })
    }

    #[test]
    fn light_and_size_change_little_and_another_scene_much() {
        let picture = scene(1);
        let look = Look::of(&picture).unwrap();
        let brighter = RgbImage::from_fn(640, 480, |x, y| {
            picture.get_pixel(x, y).0.map(|v| v.saturating_add(20)).into()
        });
        let smaller = shrink_area(&picture, 300, 225);
        for changed in [brighter, smaller] {
            let distance = look.distance(&Look::of(&changed).unwrap());
            assert!(distance <= 12, "{distance} bits");
        }
        for other in 2..20 {
            let distance = look.distance(&Look::of(&scene(other)).unwrap());
            assert!(distance > 60, "scene {other}: {distance} bits");
        }
    }

    #[test]
    fn half_of_the_bits_are_set_and_a_wall_has_no_look() {
        let look = Look::of(&scene(3)).unwrap();
        let set: u32 = look.as_bytes().iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(set, BITS / 2);
        assert!(Look::of(&RgbImage::from_pixel(640, 480, image::Rgb([200; 3]))).is_none());
        assert!(Look::of(&RgbImage::new(63, 480)).is_none());
    }

    #[test]
    fn fewer_different_bits_than_bands_leave_one_band_equal() {
        let look = Look::from_bytes([0b1010_0101; 32]);
        let mut bytes = *look.as_bytes();
        // One bit in every band but the last.
        for byte in bytes.iter_mut().step_by(2).take(BANDS - 1) {
            *byte ^= 1;
        }
        let other = Look::from_bytes(bytes);
        assert_eq!(look.distance(&other), 15);
        let equal = look.bands().iter().zip(other.bands()).filter(|(a, b)| *a == b).count();
        assert_eq!(equal, 1);
        assert_eq!(format!("{look:?}"), "Look(…)");
    }
}
