//! How steep the edges of print are, in every direction.

use super::flat::{Flat, HEIGHT, PX_PER_MM, WIDTH};
use super::grid::luma;
use image::RgbImage;

/// Longest rise counted, pixels of the flat card.
const RISE_MAX_PX: usize = 48;
/// Bins of the rise histogram per pixel.
const BINS_PER_PX: usize = 8;
/// An edge must span this share of the contrast between ground and print.
const SPAN_MIN: f32 = 0.35;
/// The share of edges that are steeper than the one reported: the steep ones are print, the others are
/// the portrait, shading and edges met at a slant.
const SHARE: f32 = 0.35;
/// The card's own edge and rounded corners are not print, pixels.
const MARGIN: usize = (2.5 * PX_PER_MM) as usize;
/// Fewer edges than this say nothing; a side has thousands.
const EDGES_MIN: u32 = 30;

/// Reciprocal of the 20–80 % rise distance of print edges in the weakest of four directions, per
/// millimetre of the card. 0 when no edges are left.
///
/// In four directions, because a moving camera leaves the edges along its movement sharp. A step along a
/// diagonal is √2 pixels long and crosses upright and level strokes at 45°, which makes their rise √2
/// longer: counted in steps the two cancel. Rise distances rather than energies, because they depend neither
/// on how much text there is nor on how dark it is, and noise hardly moves a crossing.
pub(super) fn sharpness(flat: &Flat) -> f32 {
    let lumas: Vec<u8> = flat.rgb.chunks_exact(3).map(|p| luma([p[0], p[1], p[2]])).collect();
    let Some(contrast) = contrast(&lumas) else { return 0.0 };
    let sheet = Sheet { lumas: &lumas, width: WIDTH, height: HEIGHT };
    weakest_rise(&sheet, contrast).map_or(0.0, |px| PX_PER_MM / px.max(0.25))
}

/// The same of a picture without a card, as if a card filled three quarters of its longest side. `None`
/// when it has no edges to judge by: a blank wall is not blurred.
pub(super) fn scene_sharpness(picture: &RgbImage) -> Option<f32> {
    let factor = picture.width().max(picture.height()) as f32 / (WIDTH as f32 / 0.75);
    let side = |n: u32| ((n as f32 / factor.max(1.0)) as usize).max(1);
    let (width, height) = (side(picture.width()), side(picture.height()));
    if width <= 4 * MARGIN || height <= 4 * MARGIN {
        return None;
    }
    let lumas = shrunk_lumas(picture, width, height);
    let contrast = contrast(&lumas)?;
    let sheet = Sheet { lumas: &lumas, width, height };
    // A picture below that size is seen enlarged, so its edges rise over fewer pixels than they should.
    let px_per_mm = PX_PER_MM * factor.min(1.0);
    weakest_rise(&sheet, contrast).map(|px| px_per_mm / px.max(0.25))
}

/// Luma at a smaller size, each pixel the mean of four places spread over its footprint.
fn shrunk_lumas(picture: &RgbImage, width: usize, height: usize) -> Vec<u8> {
    let (sx, sy) = (picture.width() as f32 / width as f32, picture.height() as f32 / height as f32);
    let raw = picture.as_raw();
    let stride = picture.width() as usize * 3;
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows = [0.25, 0.75].map(|f| ((y as f32 + f) * sy) as usize * stride);
        for x in 0..width {
            let columns = [0.25, 0.75].map(|f| ((x as f32 + f) * sx) as usize * 3);
            let mut sum = 0_u32;
            for row in rows {
                for column in columns {
                    if let Some(&[r, g, b]) = raw.get(row + column..row + column + 3) {
                        sum += u32::from(luma([r, g, b]));
                    }
                }
            }
            out.push((sum / 4) as u8);
        }
    }
    out
}

/// A picture of lumas.
struct Sheet<'a> {
    lumas: &'a [u8],
    width: usize,
    height: usize,
}

/// The longest of the rise distances in four directions, pixels; `None` when one has too few edges.
fn weakest_rise(sheet: &Sheet<'_>, contrast: f32) -> Option<f32> {
    let turned = transposed(sheet);
    let down = Sheet { lumas: &turned, width: sheet.height, height: sheet.width };
    let rises = [
        rise(&Lines::Rows(sheet), contrast),
        rise(&Lines::Rows(&down), contrast),
        rise(&Lines::Diagonals { sheet, falling: true }, contrast),
        rise(&Lines::Diagonals { sheet, falling: false }, contrast),
    ];
    rises.into_iter().try_fold(0.0_f32, |worst, r| r.map(|r| worst.max(r)))
}

/// Ground minus print, levels; `None` when there is no print to see.
fn contrast(lumas: &[u8]) -> Option<f32> {
    let mut histogram = [0_usize; 256];
    for l in lumas {
        histogram[usize::from(*l)] += 1;
    }
    let level = |share: f32| {
        let wanted = (lumas.len() as f32 * share) as usize;
        let mut below = 0;
        histogram.iter().position(|n| {
            below += n;
            below > wanted
        })
    };
    let contrast = level(0.75)? as f32 - level(0.02)? as f32;
    (contrast >= 12.0).then_some(contrast)
}

fn transposed(sheet: &Sheet<'_>) -> Vec<u8> {
    /// A tile of each picture fits the first cache.
    const TILE: usize = 16;
    let (width, height) = (sheet.width, sheet.height);
    let mut out = vec![0; sheet.lumas.len()];
    for y0 in (0..height).step_by(TILE) {
        for x0 in (0..width).step_by(TILE) {
            for y in y0..(y0 + TILE).min(height) {
                for x in x0..(x0 + TILE).min(width) {
                    out[x * height + y] = sheet.lumas[y * width + x];
                }
            }
        }
    }
    out
}

/// The lines along which rises are measured.
enum Lines<'a> {
    /// Rows of a picture (or columns, of a transposed one).
    Rows(&'a Sheet<'a>),
    /// Diagonals at 45°, down to the right (`falling`) or up to the right.
    Diagonals { sheet: &'a Sheet<'a>, falling: bool },
}

impl Lines<'_> {
    /// Calls `each` with every second or third line; what lies between adds nothing.
    fn each(&self, mut each: impl FnMut(&[f32])) {
        let mut line: Vec<f32> = Vec::with_capacity(WIDTH);
        match *self {
            Self::Rows(&Sheet { lumas, width, height }) => {
                for y in (MARGIN..height - MARGIN).step_by(2) {
                    line.clear();
                    // Noise is lowered across the direction of measurement, which leaves rises as they are.
                    let row = |y: usize| &lumas[y * width + MARGIN..(y + 1) * width - MARGIN];
                    let three = row(y - 1).iter().zip(row(y)).zip(row(y + 1));
                    line.extend(three.map(|((a, b), c)| mean(*a, *b, *c)));
                    each(&line);
                }
            }
            Self::Diagonals { sheet: &Sheet { lumas, width: pitch, height }, falling } => {
                let (width, height) = (pitch - 2 * MARGIN, height - 2 * MARGIN);
                // A diagonal by where it meets the line of the upper (or lower) margin.
                for start in (-(height as isize)..width as isize).step_by(3) {
                    line.clear();
                    for step in 0..height {
                        let x = start + step as isize;
                        if x < 0 || x >= width as isize {
                            continue;
                        }
                        let y = if falling { step } else { height - 1 - step };
                        let at = (y + MARGIN) * pitch + x as usize + MARGIN;
                        // The two neighbours across the diagonal.
                        let (a, c) = if falling {
                            (at - pitch + 1, at + pitch - 1)
                        } else {
                            (at - pitch - 1, at + pitch + 1)
                        };
                        line.push(mean(lumas[a], lumas[at], lumas[c]));
                    }
                    each(&line);
                }
            }
        }
    }
}

fn mean(a: u8, b: u8, c: u8) -> f32 {
    (f32::from(a) + 2.0 * f32::from(b) + f32::from(c)) / 4.0
}

/// The typical rise distance along lines, pixels; `None` when there are too few edges.
fn rise(lines: &Lines<'_>, contrast: f32) -> Option<f32> {
    let mut histogram = vec![0_u32; RISE_MAX_PX * BINS_PER_PX + 1];
    lines.each(|line| scan(line, contrast, &mut histogram));
    let total: u32 = histogram.iter().sum();
    if total < EDGES_MIN {
        return None;
    }
    let wanted = (total as f32 * SHARE) as u32;
    let mut below = 0;
    let bin = histogram.iter().position(|n| {
        below += n;
        below > wanted
    })?;
    Some((bin as f32 + 0.5) / BINS_PER_PX as f32)
}

/// Splits a line into rises and falls between turning points, ignoring turns smaller than a fraction of
/// the contrast, and enters the 20–80 % distance of each large one.
fn scan(line: &[f32], contrast: f32, histogram: &mut [u32]) {
    let (turn, span_min) = (contrast * 0.15, contrast * SPAN_MIN);
    let (mut low, mut high) = (0, 0);
    let mut rising: Option<bool> = None;
    for i in 1..line.len() {
        let v = line[i];
        match rising {
            None => {
                if v < line[low] {
                    low = i;
                }
                if v > line[high] {
                    high = i;
                }
                if v - line[low] > turn {
                    rising = Some(true);
                    high = i;
                } else if line[high] - v > turn {
                    rising = Some(false);
                    low = i;
                }
            }
            Some(true) => {
                if v > line[high] {
                    high = i;
                } else if line[high] - v > turn {
                    enter(&line[low..=high], span_min, histogram);
                    rising = Some(false);
                    low = i;
                }
            }
            Some(false) => {
                if v < line[low] {
                    low = i;
                } else if v - line[low] > turn {
                    enter(&line[high..=low], span_min, histogram);
                    rising = Some(true);
                    high = i;
                }
            }
        }
    }
}

/// Enters the distance between the 20 % and 80 % crossings of a passage from one extreme to the next.
fn enter(passage: &[f32], span_min: f32, histogram: &mut [u32]) {
    let (Some(&from), Some(&to)) = (passage.first(), passage.last()) else { return };
    let span = (to - from).abs();
    if span < span_min {
        return;
    }
    let share = |v: f32| (v - from) / (to - from);
    // The first time 80 % is reached, then back to where 20 % was left.
    let Some(upper) = passage.iter().position(|v| share(*v) >= 0.8) else { return };
    let Some(lower) = passage[..upper].iter().rposition(|v| share(*v) <= 0.2) else { return };
    let crossing = |i: usize, level: f32| {
        let (a, b) = (share(passage[i]), share(passage[i + 1]));
        i as f32 + if b > a { ((level - a) / (b - a)).clamp(0.0, 1.0) } else { 0.5 }
    };
    let distance = crossing(upper - 1, 0.8) - crossing(lower, 0.2);
    let bin = (distance.max(0.0) * BINS_PER_PX as f32) as usize;
    histogram[bin.min(RISE_MAX_PX * BINS_PER_PX)] += 1;
}
