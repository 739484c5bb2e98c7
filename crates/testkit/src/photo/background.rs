//! What documents lie on.

use image::RgbImage;

use crate::canvas::Canvas;
use crate::geometry::Rect;
use crate::rng::Rng;

/// A kind of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// One colour with a trace of unevenness.
    Plain,
    /// From one colour to another.
    Gradient,
    /// Boards with grain.
    Wood,
    /// Checked cloth or tiles.
    Checker,
    /// A desk with papers, books and print.
    Clutter,
    /// Pile with strong fine noise.
    Carpet,
}

impl Background {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Plain, Self::Gradient, Self::Wood, Self::Checker, Self::Clutter, Self::Carpet];
}

/// Paints a ground for a picture of that size, at half its resolution (what lies under the card
/// is never in better focus than the card).
pub fn paint(kind: Background, width: u32, height: u32, rng: &mut Rng) -> RgbImage {
    let (w, h) = (width.div_ceil(2).max(2), height.div_ceil(2).max(2));
    // Units: the long side is 100, so patterns look the same at every size.
    let scale = w.max(h) as f32 / 100.0;
    let mut c = Canvas::new(w as f32 / scale, h as f32 / scale, scale, [128; 3]);
    let seed = rng.bits();
    match kind {
        Background::Plain => {
            let base = muted(rng);
            c.fill_with(|x, y| {
                base.map(|v| {
                    v + 6.0 * (noise(seed, x * 0.05, y * 0.05) - 0.5)
                        + 3.0 * (noise(seed, x * 8.0, y * 8.0) - 0.5)
                })
            });
        }
        Background::Gradient => {
            let (a, b) = (muted(rng), muted(rng));
            let (sin, cos) = rng.range(0.0, 6.3).sin_cos();
            c.fill_with(|x, y| {
                let t = (((x - 50.0) * cos + (y - 37.0) * sin) / 110.0 + 0.5).clamp(0.0, 1.0);
                std::array::from_fn(|k| {
                    a[k] + (b[k] - a[k]) * t + 2.0 * (noise(seed, x * 9.0, y * 9.0) - 0.5)
                })
            });
        }
        Background::Wood => wood(&mut c, seed, rng),
        Background::Checker => {
            let (a, b) = (muted(rng), muted(rng));
            let size = rng.range(4.0, 12.0);
            let (sin, cos) = rng.range(0.0, 1.57).sin_cos();
            c.fill_with(|x, y| {
                let (u, v) = ((x * cos + y * sin) / size, (y * cos - x * sin) / size);
                let odd = (u.floor() + v.floor()).rem_euclid(2.0) >= 1.0;
                let base = if odd { a } else { b };
                base.map(|p| p + 8.0 * (noise(seed, x * 6.0, y * 6.0) - 0.5))
            });
        }
        Background::Clutter => clutter(&mut c, seed, rng),
        Background::Carpet => {
            let base = muted(rng);
            let accent = muted(rng);
            c.fill_with(|x, y| {
                let pile = noise(seed, x * 5.0, y * 5.0) * 0.6 + noise(seed ^ 1, x * 14.0, y * 14.0) * 0.4;
                let patch = noise(seed ^ 2, x * 0.12, y * 0.12);
                std::array::from_fn(|k| {
                    let tone = base[k] + (accent[k] - base[k]) * patch * 0.4;
                    tone * (0.62 + 0.7 * pile)
                })
            });
        }
    }
    c.image
}

/// A believable table or cloth colour.
fn muted(rng: &mut Rng) -> [f32; 3] {
    let light = rng.range(45.0, 205.0);
    let tint = rng.range(0.0, 0.22);
    let hue = rng.range(0.0, std::f32::consts::TAU);
    std::array::from_fn(|k| light * (1.0 + tint * (hue + 2.094 * k as f32).cos()))
}

fn wood(c: &mut Canvas, seed: u64, rng: &mut Rng) {
    let base =
        rng.pick(&[[150.0, 104.0, 62.0], [196.0, 158.0, 112.0], [96.0, 62.0, 40.0], [176.0, 150.0, 124.0]]);
    let board = rng.range(9.0, 26.0);
    let upright = rng.chance(0.5);
    c.fill_with(|x, y| {
        let (along, across) = if upright { (y, x) } else { (x, y) };
        let plank = (across / board).floor();
        let shift = noise(seed ^ 7, plank * 3.7, 0.5) * 60.0;
        let warp = noise(seed, (along + shift) * 0.06, across * 0.35) * 5.0;
        let rings = ((across * 2.2 + warp * 3.0 + shift).sin() * 0.5 + 0.5).powi(2);
        let fibre = noise(seed ^ 3, (along + shift) * 0.5, across * 12.0);
        let tone = 0.84 + 0.12 * noise(seed ^ 9, plank * 1.3, 2.0) + 0.1 * rings + 0.1 * fibre;
        let gap = (across / board - plank) * board;
        let joint = if gap < 0.12 { 0.45 } else { 1.0 };
        base.map(|v| v * tone * joint)
    });
}

/// Papers, books and objects: plain rectangles with rows of dark strokes for print.
fn clutter(c: &mut Canvas, seed: u64, rng: &mut Rng) {
    let base = muted(rng);
    c.fill_with(|x, y| base.map(|v| v + 5.0 * (noise(seed, x * 4.0, y * 4.0) - 0.5)));
    let (w, h) = (c.width(), c.height());
    for _ in 0..rng.int(9, 16) {
        let tone = if rng.chance(0.5) { [rng.range(190.0, 240.0); 3] } else { muted(rng) };
        let colour = tone.map(|v| v.clamp(0.0, 255.0) as u8);
        let (rw, rh) = (rng.range(8.0, 46.0), rng.range(6.0, 34.0));
        let rect = Rect::new(rng.range(-8.0, w), rng.range(-8.0, h), rw, rh);
        let shadow = Rect::new(rect.x + 0.5, rect.y + 0.6, rect.w, rect.h);
        c.rect(shadow, 0.5, [20, 20, 20], 0.35);
        c.rect(rect, 0.3, colour, 1.0);
        if rng.chance(0.6) {
            print(c, rect, rng);
        }
    }
    for _ in 0..rng.int(0, 3) {
        // Pens.
        let (x, y) = (rng.range(0.0, w), rng.range(0.0, h));
        let (sin, cos) = rng.range(0.0, 6.3).sin_cos();
        let colour = muted(rng).map(|v| v.clamp(0.0, 255.0) as u8);
        c.line([x, y], [x + cos * 26.0, y + sin * 26.0], 1.4, colour, 1.0);
    }
}

/// Rows of word-like strokes.
fn print(c: &mut Canvas, sheet: Rect, rng: &mut Rng) {
    let size = rng.range(0.7, 1.5);
    let mut y = sheet.y + 2.0;
    while y + size < sheet.y + sheet.h - 1.0 {
        let mut x = sheet.x + 1.5;
        while x < sheet.x + sheet.w - 4.0 {
            let word = rng.range(0.8, 2.8) * size;
            let letters = (word / size * 2.0) as usize + 1;
            for i in 0..letters {
                let left = x + word * i as f32 / letters as f32;
                let top = y + rng.range(0.0, 0.3) * size;
                c.line(
                    [left, top],
                    [left + rng.range(-0.2, 0.2) * size, y + size],
                    0.14 * size,
                    [40, 40, 46],
                    0.85,
                );
                c.line([left, top], [left + 0.3 * size, top], 0.12 * size, [40, 40, 46], 0.85);
            }
            x += word + 0.6 * size;
        }
        y += size * 2.0;
    }
}

/// Value noise in 0–1, smooth between the points of a unit lattice.
fn noise(seed: u64, x: f32, y: f32) -> f32 {
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    let (fx, fy) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
    let at = |dx: i64, dy: i64| {
        let mut h = seed ^ ((x0 as i64 + dx) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        h = (h ^ ((y0 as i64 + dy) as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F))
            .wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        ((h ^ (h >> 33)) >> 40) as f32 / (1_u64 << 24) as f32
    };
    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
    let low = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
    top + (low - top) * fy
}
