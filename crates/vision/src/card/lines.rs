//! Straight lines through edge pixels: a Hough transform restricted to each edge's own direction.

use super::edges::Edge;
use super::geometry::Point;
use std::f32::consts::PI;

/// A line `x·nx + y·ny = rho` with the record of where along it edges were seen.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) nx: f32,
    pub(crate) ny: f32,
    pub(crate) rho: f32,
    /// Prefix sums of edge presence per pixel along the line; index = t + `origin`.
    hits: Vec<u32>,
    origin: f32,
    /// The border of the picture, not an edge in it.
    pub(crate) is_frame: bool,
}

const THETA_BINS: usize = 180;
const RHO_STEP: f32 = 1.5;
/// Neighbouring direction bins that share a vote; edge directions are noisy to about ±2°.
const SPREAD: isize = 2;
/// An edge belongs to a line within this distance, pixels …
const NEAR_PX: f32 = 1.8;
/// … and within about 12° of its direction.
const ALIGNED_MIN: f32 = 0.978;
/// Only edges within about 6° take part in the fit: a grid crossing the line at a small angle must not turn it.
const FIT_ALIGNED_MIN: f32 = 0.9945;

/// At most so many lines of one direction (within 8°) are kept.
const ALIKE_MAX: usize = 26;
const ALIKE_MIN: f32 = 0.990;

impl Line {
    /// Position along the line of the foot of `p`.
    pub(crate) fn along(&self, p: Point) -> f32 {
        -self.ny * p[0] + self.nx * p[1]
    }

    /// Where this line meets another; `None` when nearly parallel (< 6°).
    pub(crate) fn meet(&self, other: &Self) -> Option<Point> {
        let cross = self.nx * other.ny - self.ny * other.nx;
        if cross.abs() < 0.1 {
            return None;
        }
        Some([
            (self.rho * other.ny - other.rho * self.ny) / cross,
            (self.nx * other.rho - other.nx * self.rho) / cross,
        ])
    }

    /// Share of the stretch `from..to` (positions along the line) that shows an edge, 0–1.
    pub(crate) fn support(&self, from: f32, to: f32) -> f32 {
        let (a, b) = if from <= to { (from, to) } else { (to, from) };
        let index = |t: f32| ((t + self.origin).max(0.0) as usize).min(self.hits.len() - 1);
        let (i, j) = (index(a), index(b));
        if j <= i { 0.0 } else { (self.hits[j] - self.hits[i]) as f32 / (j - i) as f32 }
    }

    /// One border of the picture. It counts as unsupported everywhere.
    pub(crate) fn frame(nx: f32, ny: f32, rho: f32) -> Self {
        Self { nx, ny, rho, hits: vec![0], origin: 0.0, is_frame: true }
    }
}

/// The `count_max` best supported lines, strongest first.
pub(crate) fn find(edges: &[Edge], width: u32, height: u32, count_max: usize) -> Vec<Line> {
    let diagonal = (width as f32).hypot(height as f32);
    let rho_bins = (2.0 * diagonal / RHO_STEP) as usize + 3;
    let mut votes = vec![0.0_f32; THETA_BINS * rho_bins];
    let table: Vec<(f32, f32)> =
        (0..THETA_BINS).map(|t| (t as f32 * PI / THETA_BINS as f32).sin_cos()).collect();
    for e in edges {
        let theta = e.ny.atan2(e.nx).rem_euclid(PI);
        let bin = (theta * THETA_BINS as f32 / PI).round() as isize;
        // Saturating: a faint card edge must not drown beside a black-and-white checkerboard.
        let weight = (e.strength / 12.0).min(1.0);
        for d in -SPREAD..=SPREAD {
            let t = (bin + d).rem_euclid(THETA_BINS as isize) as usize;
            let (sin, cos) = table[t];
            let pos = (e.x * cos + e.y * sin + diagonal) / RHO_STEP;
            let (r, f) = (pos as usize, pos.fract());
            if r + 1 < rho_bins {
                votes[t * rho_bins + r] += weight * (1.0 - f);
                votes[t * rho_bins + r + 1] += weight * f;
            }
        }
    }
    let votes_min = 0.06 * width.min(height) as f32;
    let mut peaks: Vec<(f32, usize, usize)> = Vec::new();
    for t in 0..THETA_BINS {
        for r in 1..rho_bins - 1 {
            let v = votes[t * rho_bins + r];
            if v >= votes_min && v >= votes[t * rho_bins + r - 1] && v > votes[t * rho_bins + r + 1] {
                peaks.push((v, t, r));
            }
        }
    }
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let middle = [width as f32 / 2.0, height as f32 / 2.0];
    let mut lines: Vec<Line> = Vec::new();
    let mut tried = 0;
    for (_, t, r) in peaks {
        if lines.len() >= count_max || tried >= 6 * count_max {
            break;
        }
        let (sin, cos) = table[t];
        let rough = (cos, sin, r as f32 * RHO_STEP - diagonal);
        // Stripes, floorboards or a grid must not take every place.
        let alike = lines.iter().filter(|l| (l.nx * cos + l.ny * sin).abs() > ALIKE_MIN).count();
        if alike >= ALIKE_MAX || lines.iter().any(|l| same(l, rough, middle)) {
            continue;
        }
        tried += 1;
        if let Some(line) = refine(edges, rough, diagonal)
            && !lines.iter().any(|l| same(l, (line.nx, line.ny, line.rho), middle))
        {
            lines.push(line);
        }
    }
    lines
}

/// Nearly the same line: within 2.5° and, where it passes the middle of the picture, 4 px (the two edges of
/// one printed stroke stay apart).
fn same(l: &Line, (nx, ny, rho): (f32, f32, f32), middle: Point) -> bool {
    let away = l.rho - l.nx * middle[0] - l.ny * middle[1];
    let foot = [middle[0] + away * l.nx, middle[1] + away * l.ny];
    (l.nx * nx + l.ny * ny).abs() > 0.999 && (nx * foot[0] + ny * foot[1] - rho).abs() < 4.0
}

/// Least squares through the edges near a rough line, twice, then the record of hits along it.
fn refine(edges: &[Edge], rough: (f32, f32, f32), diagonal: f32) -> Option<Line> {
    let (mut nx, mut ny, mut rho) = rough;
    for width in [1.7 * NEAR_PX, NEAR_PX] {
        let (mut n, mut sx, mut sy, mut sxx, mut sxy, mut syy) = (0.0_f64, 0.0, 0.0, 0.0, 0.0, 0.0);
        for e in edges {
            if (e.x * nx + e.y * ny - rho).abs() < width && (e.nx * nx + e.ny * ny).abs() > FIT_ALIGNED_MIN {
                let (x, y) = (f64::from(e.x), f64::from(e.y));
                n += 1.0;
                sx += x;
                sy += y;
                sxx += x * x;
                sxy += x * y;
                syy += y * y;
            }
        }
        if n < 12.0 {
            return None;
        }
        let (mx, my) = (sx / n, sy / n);
        let (cxx, cxy, cyy) = (sxx / n - mx * mx, sxy / n - mx * my, syy / n - my * my);
        // Direction of least variance is the normal.
        let angle = 0.5 * (2.0 * cxy).atan2(cxx - cyy) + std::f64::consts::FRAC_PI_2;
        let (s, c) = angle.sin_cos();
        let turn = (c * f64::from(nx) + s * f64::from(ny)).signum();
        nx = (c * turn) as f32;
        ny = (s * turn) as f32;
        rho = (mx * f64::from(nx) + my * f64::from(ny)) as f32;
    }
    let origin = diagonal;
    let mut seen = vec![false; 2 * diagonal as usize + 4];
    for e in edges {
        if (e.x * nx + e.y * ny - rho).abs() < NEAR_PX && (e.nx * nx + e.ny * ny).abs() > ALIGNED_MIN {
            let at = (-ny * e.x + nx * e.y + origin) as usize;
            for i in at.saturating_sub(1)..=at + 1 {
                if let Some(s) = seen.get_mut(i) {
                    *s = true;
                }
            }
        }
    }
    let mut total = 0;
    let hits = std::iter::once(0)
        .chain(seen.into_iter().map(|s| {
            total += u32::from(s);
            total
        }))
        .collect();
    Some(Line { nx, ny, rho, hits, origin, is_frame: false })
}
