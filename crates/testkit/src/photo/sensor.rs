//! Light falling on the sensor, exposure, white balance and noise.

use image::RgbImage;

use super::{Look, by_rows};
use crate::rng::Rng;

/// Pixels per cell of the light map.
const CELL: u32 = 8;

/// Light over the picture on a coarse grid: a factor and an addition (mirror reflections), linear
/// light with 1.0 = white.
pub(super) struct Light {
    columns: usize,
    gain: Vec<f32>,
    glare: Vec<f32>,
}

impl Light {
    /// A light map from functions of the pixel place.
    pub(super) fn from_fn(width: u32, height: u32, at: impl Fn(f32, f32) -> (f32, f32)) -> Self {
        let columns = (width / CELL + 2) as usize;
        let rows = (height / CELL + 2) as usize;
        let (gain, glare) = (0..rows * columns)
            .map(|i| at((i % columns) as f32 * CELL as f32, (i / columns) as f32 * CELL as f32))
            .unzip();
        Self { columns, gain, glare }
    }

    /// Vignette and falloff alone.
    pub(super) fn ordinary(look: &Look, width: u32, height: u32) -> Self {
        Self::from_fn(width, height, |x, y| (base(look, width, height, x, y), 0.0))
    }
}

/// Vignette and falloff at a pixel.
pub(super) fn base(look: &Look, width: u32, height: u32, x: f32, y: f32) -> f32 {
    let (u, v) = (x / width as f32 - 0.5, y / height as f32 - 0.5);
    let (sin, cos) = look.falloff_to.sin_cos();
    (1.0 - look.vignette * (u * u + v * v) * 2.0) * (1.0 - look.falloff * (u * cos + v * sin))
}

fn to_linear(v: f32) -> f32 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

fn from_linear(v: f32) -> f32 {
    if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

const STEPS: usize = 4096;

/// Exposes the picture: linear light × gain + glare, clipped, shot and read noise, sRGB curve.
pub(super) fn expose(image: &mut RgbImage, look: &Look, light: &Light, noise_gain: f32, seed: u64) {
    let linear: Vec<f32> = (0..256).map(|i| to_linear(i as f32 / 255.0)).collect();
    let curve: Vec<f32> = (0..STEPS).map(|i| from_linear(i as f32 / (STEPS - 1) as f32) * 255.0).collect();
    // Noise in linear light grows with the root of the signal; seen through the sRGB curve it is
    // strongest in the shadows. Scaled so that it is `noise` levels at mid grey.
    let deviation: Vec<f32> = (0..STEPS)
        .map(|i| {
            let v = i as f32 / (STEPS - 1) as f32;
            let slope = (from_linear(v + 0.002) - from_linear(v.max(0.002) - 0.002)) / 0.004;
            let mid = (0.18_f32 + 0.01).sqrt() * 1.05;
            (v + 0.01).sqrt() * slope.min(6.0) / mid
                * look.noise
                * noise_gain
                * if i + 1 == STEPS { 0.2 } else { 1.0 }
        })
        .collect();
    let mut rng = Rng::new(seed);
    let bell: Vec<f32> = (0..4096).map(|_| rng.normal()).collect();
    let exposure = look.exposure_ev.exp2();
    let balance = [1.0 + look.warmth, 1.0, 1.0 - look.warmth].map(|b| b * exposure);
    let width = image.width() as usize;
    by_rows(image, |first, rows| {
        for (r, row) in rows.chunks_exact_mut(width * 3).enumerate() {
            let y = first + r;
            let mut state = seed ^ (y as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let (cy, fy) = (y / CELL as usize, (y % CELL as usize) as f32 / CELL as f32);
            let at = |map: &[f32], cx: usize| {
                let (a, b) = (map[cy * light.columns + cx], map[(cy + 1) * light.columns + cx]);
                a + (b - a) * fy
            };
            for (cell, part) in row.chunks_mut(3 * CELL as usize).enumerate() {
                let (g0, g1) = (at(&light.gain, cell), at(&light.gain, cell + 1));
                let (s0, s1) = (at(&light.glare, cell), at(&light.glare, cell + 1));
                for (i, pixel) in part.chunks_exact_mut(3).enumerate() {
                    let t = i as f32 / CELL as f32;
                    let (gain, glare) = (g0 + (g1 - g0) * t, s0 + (s1 - s0) * t);
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    // Neighbouring colours share most of their noise after demosaicing.
                    let common = bell[(state >> 52) as usize];
                    for k in 0..3 {
                        let v = linear[pixel[k] as usize] * gain * balance[k] + glare * exposure.min(1.0);
                        let step = ((v * (STEPS - 1) as f32) as usize).min(STEPS - 1);
                        let own = bell[(state >> (4 + 12 * k)) as usize & 4095];
                        let noise = (0.8 * common + 0.6 * own) * deviation[step];
                        pixel[k] = (curve[step] + noise + 0.5).clamp(0.0, 255.0) as u8;
                    }
                }
            }
        }
    });
}

/// Takes the colour away after exposure, as a photo app's black-and-white filter does.
pub(super) fn drain_colour(image: &mut RgbImage) {
    by_rows(image, |_, rows| {
        for pixel in rows.chunks_exact_mut(3) {
            let grey =
                0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2]);
            pixel.fill((grey + 0.5) as u8);
        }
    });
}
