//! Thin colour edges of a small picture.

use image::RgbImage;

/// One edge pixel: a local maximum of the gradient along its own direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Unit normal (direction of the gradient), from dark to bright in the strongest channel.
    pub(crate) nx: f32,
    pub(crate) ny: f32,
    /// Gradient in levels per pixel.
    pub(crate) strength: f32,
}

/// Smooths with a 3×3 binomial, takes the gradient of the channel in which it is largest (Di Zenzo's idea
/// in its simplest form: a card edge may exist in hue only), and keeps its ridge.
pub(crate) fn find(rgb: &RgbImage, strength_min: f32) -> Vec<Edge> {
    let (w, h) = (rgb.width() as usize, rgb.height() as usize);
    if w < 8 || h < 8 {
        return Vec::new();
    }
    let smooth = binomial(rgb, w, h);
    let mut gx = vec![0.0_f32; w * h];
    let mut gy = vec![0.0_f32; w * h];
    let mut mag = vec![0.0_f32; w * h];
    let row = w * 3;
    for y in 1..h - 1 {
        for x in 1..w - 1 {
            let at = y * row + x * 3;
            let mut best = (0.0_f32, 0.0_f32, 0.0_f32);
            for c in 0..3 {
                let p = |i: usize| f32::from(smooth[i + c]);
                let (up, mid, down) = (at - row, at, at + row);
                // Scharr weights: the most isotropic 3×3 derivative.
                let dx = (3.0 * (p(up + 3) - p(up - 3) + p(down + 3) - p(down - 3))
                    + 10.0 * (p(mid + 3) - p(mid - 3)))
                    / 32.0;
                let dy = (3.0 * (p(down - 3) - p(up - 3) + p(down + 3) - p(up + 3))
                    + 10.0 * (p(down) - p(up)))
                    / 32.0;
                let m = dx * dx + dy * dy;
                if m > best.0 {
                    best = (m, dx, dy);
                }
            }
            let i = y * w + x;
            mag[i] = best.0.sqrt();
            gx[i] = best.1;
            gy[i] = best.2;
        }
    }
    let mut edges = Vec::new();
    for y in 2..h - 2 {
        for x in 2..w - 2 {
            let i = y * w + x;
            let m = mag[i];
            if m < strength_min {
                continue;
            }
            let (dx, dy) = (gx[i] / m, gy[i] / m);
            // The neighbours along the gradient, rounded to one of eight.
            let (sx, sy) = (dx.round() as isize, dy.round() as isize);
            let step = sy * w as isize + sx;
            let (ahead, behind) = (mag[(i as isize + step) as usize], mag[(i as isize - step) as usize]);
            if m >= ahead && m > behind {
                // Parabola through the three magnitudes: the ridge to a fraction of a pixel.
                let bend = ahead + behind - 2.0 * m;
                let shift =
                    if bend.abs() < 1e-3 { 0.0 } else { (0.5 * (behind - ahead) / bend).clamp(-0.5, 0.5) };
                edges.push(Edge {
                    x: x as f32 + shift * sx as f32,
                    y: y as f32 + shift * sy as f32,
                    nx: dx,
                    ny: dy,
                    strength: m,
                });
            }
        }
    }
    edges
}

/// 3×3 binomial smoothing, borders copied.
fn binomial(rgb: &RgbImage, w: usize, h: usize) -> Vec<u8> {
    let src = rgb.as_raw();
    let row = w * 3;
    let mut across = src.clone();
    for y in 0..h {
        for i in y * row + 3..(y + 1) * row - 3 {
            across[i] =
                ((u16::from(src[i - 3]) + 2 * u16::from(src[i]) + u16::from(src[i + 3]) + 2) / 4) as u8;
        }
    }
    let mut out = across.clone();
    for i in row..(h - 1) * row {
        out[i] = ((u16::from(across[i - row]) + 2 * u16::from(across[i]) + u16::from(across[i + row]) + 2)
            / 4) as u8;
    }
    out
}
