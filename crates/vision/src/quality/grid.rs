//! The card in cells of a millimetre: what every measure but sharpness is computed from.

use super::flat::{Flat, HEIGHT, PX_PER_MM, WIDTH};

/// Pixels of the flat card per cell side.
const CELL: usize = PX_PER_MM as usize;
/// Cells along the card's width, one per millimetre.
pub(super) const COLUMNS: usize = WIDTH / CELL;
/// Cells along the card's height.
pub(super) const ROWS: usize = HEIGHT / CELL;
/// Channel values from here on count as clipped to white.
pub(super) const WHITE: u8 = 251;

/// Statistics of one cell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    /// Mean colour, 0–255.
    pub(super) mean: [f32; 3],
    /// Mean colour of the brighter third: the ground between the strokes, 0–255.
    pub(super) ground: [f32; 3],
    /// Luma of the darkest twentieth of the pixels, 0–255.
    pub(super) dark: f32,
    /// Share of pixels whose channels are all clipped.
    pub(super) white: f32,
    /// The cell was seen: it lies inside the picture.
    pub(super) seen: bool,
}

/// Luma by ITU-R BT.601, 0–255.
pub(super) fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128) >> 8) as u8
}

/// The same of a mean colour.
pub(super) fn luma_of([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// All cells, row by row.
pub(super) fn cells(flat: &Flat) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(COLUMNS * ROWS);
    let mut part = [(0_u8, [0_u8; 3]); CELL * CELL];
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            for (y, line) in part.chunks_exact_mut(CELL).enumerate() {
                let at = ((row * CELL + y) * WIDTH + column * CELL) * 3;
                for (entry, p) in line.iter_mut().zip(flat.rgb[at..at + CELL * 3].chunks_exact(3)) {
                    let rgb = [p[0], p[1], p[2]];
                    *entry = (luma(rgb), rgb);
                }
            }
            let seen = flat.was_seen([column as f32 + 0.5, row as f32 + 0.5]);
            cells.push(Cell { seen, ..summary(&part) });
        }
    }
    cells
}

fn summary(part: &[(u8, [u8; 3]); CELL * CELL]) -> Cell {
    let mut order: [u8; CELL * CELL] = std::array::from_fn(|i| part[i].0);
    let (darker, &mut bright, _) = order.select_nth_unstable(CELL * CELL * 2 / 3);
    let (_, &mut dark, _) = darker.select_nth_unstable(CELL * CELL / 20);
    let mut sum = [0_u32; 3];
    let mut ground = [0_u32; 3];
    let (mut white, mut bright_count) = (0_u32, 0_u32);
    for (l, rgb) in part {
        let is_bright = u32::from(*l >= bright);
        bright_count += is_bright;
        white += u32::from(rgb.iter().all(|v| *v >= WHITE));
        for c in 0..3 {
            sum[c] += u32::from(rgb[c]);
            ground[c] += u32::from(rgb[c]) * is_bright;
        }
    }
    let count = (CELL * CELL) as f32;
    Cell {
        mean: sum.map(|s| s as f32 / count),
        ground: ground.map(|s| s as f32 / bright_count.max(1) as f32),
        dark: f32::from(dark),
        white: white as f32 / count,
        seen: false,
    }
}

/// Cells of a component, and the rectangle around them in cells: left, top, right, bottom (exclusive).
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) cells: Vec<usize>,
    pub(super) bounds: [usize; 4],
}

impl Blob {
    /// The rectangle around it, millimetres on the card.
    pub(super) fn rectangle(&self) -> [f32; 4] {
        self.bounds.map(|v| v as f32)
    }
}

/// 4-connected components of a mask over the cells, largest first.
pub(super) fn blobs(mask: &[bool]) -> Vec<Blob> {
    components(mask, |_, _| true)
}

/// The same where neighbours must also be `joined`.
pub(super) fn components(mask: &[bool], joined: impl Fn(usize, usize) -> bool) -> Vec<Blob> {
    let mut left: Vec<bool> = mask.to_vec();
    let mut found: Vec<Blob> = Vec::new();
    let mut stack = Vec::new();
    for start in 0..left.len() {
        if !std::mem::take(&mut left[start]) {
            continue;
        }
        let mut blob = Blob { cells: Vec::new(), bounds: [COLUMNS, ROWS, 0, 0] };
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % COLUMNS, at / COLUMNS);
            blob.cells.push(at);
            let b = &mut blob.bounds;
            *b = [b[0].min(x), b[1].min(y), b[2].max(x + 1), b[3].max(y + 1)];
            for next in neighbours(at) {
                if left[next] && joined(at, next) {
                    left[next] = false;
                    stack.push(next);
                }
            }
        }
        found.push(blob);
    }
    found.sort_by_key(|b| std::cmp::Reverse(b.cells.len()));
    found
}

/// The cells that share a side with a cell.
pub(super) fn neighbours(at: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (at % COLUMNS, at / COLUMNS);
    [
        (x > 0).then(|| at - 1),
        (x + 1 < COLUMNS).then_some(at + 1),
        (y > 0).then(|| at.wrapping_sub(COLUMNS)),
        (y + 1 < ROWS).then_some(at + COLUMNS),
    ]
    .into_iter()
    .flatten()
}

/// Cells all of whose neighbours within a square of `2·reach + 1` are set; beyond the card counts as set.
pub(super) fn eroded(mask: &[bool], reach: usize) -> Vec<bool> {
    around(mask, reach, true)
}

/// Cells with a set neighbour within a square of `2·reach + 1`.
pub(super) fn dilated(mask: &[bool], reach: usize) -> Vec<bool> {
    around(mask, reach, false)
}

/// Separable minimum (`all`) or maximum over a square.
fn around(mask: &[bool], reach: usize, all: bool) -> Vec<bool> {
    let pick =
        |mut values: std::slice::Iter<'_, bool>| if all { values.all(|v| *v) } else { values.any(|v| *v) };
    let mut across = Vec::with_capacity(mask.len());
    for row in mask.chunks_exact(COLUMNS) {
        across.extend(
            (0..COLUMNS).map(|x| pick(row[x.saturating_sub(reach)..(x + reach + 1).min(COLUMNS)].iter())),
        );
    }
    let mut out = vec![false; mask.len()];
    let mut column = [false; ROWS];
    for x in 0..COLUMNS {
        for (y, c) in column.iter_mut().enumerate() {
            *c = across[y * COLUMNS + x];
        }
        for y in 0..ROWS {
            out[y * COLUMNS + x] = pick(column[y.saturating_sub(reach)..(y + reach + 1).min(ROWS)].iter());
        }
    }
    out
}
