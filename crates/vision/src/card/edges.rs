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
    // Gradients of one row, per sample, ×32: whole numbers, and loops the compiler turns into vectors.
    let (mut dx, mut dy) = (vec![0_i16; row], vec![0_i16; row]);
    for y in 1..h - 1 {
        let [up, mid, down] = [y - 1, y, y + 1].map(|y| &smooth[y * row..(y + 1) * row]);
        scharr(up, mid, down, &mut dx, &mut dy);
        let out = y * w..(y + 1) * w;
        let steps = dx.as_chunks::<3>().0.iter().zip(dy.as_chunks::<3>().0);
        for (((dx, dy), gx), (gy, mag)) in
            steps.zip(&mut gx[out.clone()]).zip(gy[out.clone()].iter_mut().zip(&mut mag[out]))
        {
            let square = |c: usize| i32::from(dx[c]) * i32::from(dx[c]) + i32::from(dy[c]) * i32::from(dy[c]);
            let squares = [square(0), square(1), square(2)];
            let mut best = usize::from(squares[1] > squares[0]);
            if squares[2] > squares[best] {
                best = 2;
            }
            *mag = (squares[best] as f32).sqrt() / 32.0;
            *gx = f32::from(dx[best]) / 32.0;
            *gy = f32::from(dy[best]) / 32.0;
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

/// Scharr's derivatives across and down, ×32: the most isotropic of size 3×3 (Scharr 2000). The first and
/// last pixel of a row keep 0. |value| ≤ 16 · 255 fits 16 bits.
fn scharr(up: &[u8], mid: &[u8], down: &[u8], dx: &mut [i16], dy: &mut [i16]) {
    let inner = 3..up.len() - 3;
    let at = |row: &[u8], i: usize| i16::from(row[i]);
    let left = 0..up.len() - 6;
    let [ul, uc, ur] = [left.clone(), inner.clone(), 6..up.len()].map(|r| &up[r]);
    let [ml, mr] = [left.clone(), 6..mid.len()].map(|r| &mid[r]);
    let [dl, dc, dr] = [left, inner.clone(), 6..down.len()].map(|r| &down[r]);
    for (i, (dx, dy)) in dx[inner.clone()].iter_mut().zip(&mut dy[inner]).enumerate() {
        *dx = 3 * (at(ur, i) - at(ul, i) + at(dr, i) - at(dl, i)) + 10 * (at(mr, i) - at(ml, i));
        *dy = 3 * (at(dl, i) - at(ul, i) + at(dr, i) - at(ur, i)) + 10 * (at(dc, i) - at(uc, i));
    }
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
