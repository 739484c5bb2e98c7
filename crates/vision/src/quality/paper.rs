//! The card's ground: its colour, and how much light falls where.

use super::grid::{COLUMNS, Cell, ROWS, luma_of};

/// Distance of a colour from the card's ground up to which it is still ground: tints and gradients of
/// the print stay within it, skin and cloth do not.
const TINT_MAX: f32 = 0.5;
/// The same beside cells that are certainly something else.
const TINT_DOUBTFUL: f32 = 0.3;
/// Light in the deepest shade that is still called one, as a share of the brightest ground.
const SHADE_MIN: f32 = 0.06;

/// What is known about the ground under every cell, in linear light.
pub(super) struct Paper {
    /// Light the ground of each cell sends back, 0–1, strokes of print removed.
    pub(super) light: Vec<f32>,
    /// Colour of each cell's ground against the card's: log₂ of red/green and blue/green.
    pub(super) tint: Vec<[f32; 2]>,
    /// [`Self::light`] and [`Self::tint`] with the strokes of print left in.
    pub(super) raw_light: Vec<f32>,
    /// See [`Self::raw_light`].
    pub(super) raw_tint: Vec<[f32; 2]>,
    /// The same of the card's ground, before the difference was taken: what is neutral here.
    pub(super) cast: [f32; 2],
    /// The brightest ground: 92nd percentile of the light of cells in the card's own colour.
    pub(super) bright: f32,
    /// Luma of the ground, 75th percentile over the card, 0–255.
    pub(super) luma: f32,
}

/// sRGB value 0–255 to linear light 0–1 (IEC 61966-2-1).
pub(super) fn linear(v: f32) -> f32 {
    let v = v / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Linear light 0–1 to an sRGB value 0–255.
pub(super) fn encoded(v: f32) -> f32 {
    let v = v.clamp(0.0, 1.0);
    255.0 * if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

/// Colour as log₂ ratios; a floor of one step in 255 keeps black from being a colour.
pub(super) fn ratios([r, g, b]: [f32; 3]) -> [f32; 2] {
    const FLOOR: f32 = 0.004;
    [((r + FLOOR) / (g + FLOOR)).log2(), ((b + FLOOR) / (g + FLOOR)).log2()]
}

/// The value below which a share of the values lies; `None` of nothing.
pub(super) fn percentile(values: &mut [f32], share: f32) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let at = ((values.len() - 1) as f32 * share) as usize;
    Some(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}

impl Paper {
    /// `None` when nothing of the card was seen.
    pub(super) fn new(cells: &[Cell]) -> Option<Self> {
        let ground = without_print(cells);
        let light: Vec<f32> = ground.iter().map(|g| luma_of(g.map(linear))).collect();
        let raw: Vec<[f32; 2]> = ground.iter().map(|g| ratios(g.map(linear))).collect();
        let seen = |i: &usize| cells[*i].seen;
        let inner: Vec<usize> = (0..cells.len()).filter(seen).filter(|i| is_inner(*i, 2)).collect();

        // The card's ground is most of its brighter half, so the median there is its colour.
        let half = percentile(&mut inner.iter().map(|i| light[*i]).collect::<Vec<_>>(), 0.5)?;
        let median = |k: usize| {
            percentile(
                &mut inner.iter().filter(|i| light[**i] >= half).map(|i| raw[*i][k]).collect::<Vec<_>>(),
                0.5,
            )
        };
        let cast = [median(0)?, median(1)?];
        let tint: Vec<[f32; 2]> = raw.iter().map(|t| [t[0] - cast[0], t[1] - cast[1]]).collect();
        let raw_ground: Vec<[f32; 3]> = cells.iter().map(|c| c.ground.map(linear)).collect();
        let raw_light = raw_ground.iter().map(|g| luma_of(*g)).collect();
        let raw_tint = raw_ground.iter().map(|g| ratios(*g)).collect();
        let own = |i: &&usize| tint[**i][0].hypot(tint[**i][1]) < 0.4;
        let bright = percentile(&mut inner.iter().filter(own).map(|i| light[*i]).collect::<Vec<_>>(), 0.92)?;
        let luma = percentile(&mut inner.iter().map(|i| luma_of(ground[*i])).collect::<Vec<_>>(), 0.75)?;
        Some(Self { light, tint, raw_light, raw_tint, cast, bright: bright.max(1e-4), luma })
    }

    /// The cell may be ground or not.
    pub(super) fn is_doubtful(&self, at: usize) -> bool {
        let [u, v] = self.tint[at];
        u.hypot(v) > TINT_DOUBTFUL
    }

    /// The cell's ground has the card's colour, in light or in shade.
    pub(super) fn is_ground(&self, at: usize) -> bool {
        let [u, v] = self.tint[at];
        u.hypot(v) < TINT_MAX && self.light[at] > SHADE_MIN * self.bright
    }
}

/// A cell at least `margin` cells from the card's edge and outside its rounded corners.
pub(super) fn is_inner(at: usize, margin: usize) -> bool {
    let (x, y) = (at % COLUMNS, at / COLUMNS);
    let (dx, dy) = (x.min(COLUMNS - 1 - x), y.min(ROWS - 1 - y));
    dx >= margin && dy >= margin && dx + dy >= margin * 2 + 2
}

/// Closes thin print: each cell takes the colour of its brightest neighbour, then of the darkest of those.
fn without_print(cells: &[Cell]) -> Vec<[f32; 3]> {
    let grounds: Vec<[f32; 3]> = cells.iter().map(|c| c.ground).collect();
    let brighter = extreme(&grounds, |a, b| a > b);
    extreme(&brighter, |a, b| a < b)
}

/// Each cell takes the colour among its 3 × 3 neighbours that wins by luma.
fn extreme(grounds: &[[f32; 3]], wins: fn(f32, f32) -> bool) -> Vec<[f32; 3]> {
    let keyed: Vec<(f32, [f32; 3])> = grounds.iter().map(|g| (luma_of(*g), *g)).collect();
    let mut across = keyed.clone();
    for (row, out) in keyed.chunks_exact(COLUMNS).zip(across.chunks_exact_mut(COLUMNS)) {
        for x in 0..COLUMNS {
            for n in &row[x.saturating_sub(1)..(x + 2).min(COLUMNS)] {
                if wins(n.0, out[x].0) {
                    out[x] = *n;
                }
            }
        }
    }
    let mut out: Vec<[f32; 3]> = Vec::with_capacity(grounds.len());
    for y in 0..ROWS {
        for x in 0..COLUMNS {
            let mut best = across[y * COLUMNS + x];
            for ny in y.saturating_sub(1)..(y + 2).min(ROWS) {
                let n = across[ny * COLUMNS + x];
                if wins(n.0, best.0) {
                    best = n;
                }
            }
            out.push(best.1);
        }
    }
    out
}
