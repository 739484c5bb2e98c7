//! The parts of a card that are meant to look different from its ground: portrait and emblem.

use super::grid::{COLUMNS, Cell, ROWS, blobs};
use super::paper::Paper;

/// Where the portrait stands on the portrait side, millimetres with two to spare.
const PORTRAIT: [usize; 4] = [52, 4, 84, 43];
/// Where the emblem stands on the emblem side.
const EMBLEM: [usize; 4] = [3, 3, 27, 30];
/// Log₂ of red over green from which on a colour counts as the emblem's red.
const RED: f32 = 2.0;
/// Share of its frame that the coloured parts of a portrait fill at least.
const COLOURED_SHARE: f32 = 0.12;
/// Share of its frame that an emblem without colour fills at least.
const DARK_SHARE: f32 = 0.2;
/// Share of its frame that the emblem's red fills at least.
const RED_SHARE: f32 = 0.1;

/// Cells by what they are.
pub(super) struct Zones {
    /// Belongs to the portrait or the emblem.
    pub(super) own: Vec<bool>,
    /// Is neither ground nor print, wherever it lies.
    pub(super) strange: Vec<bool>,
}

impl Zones {
    pub(super) fn new(cells: &[Cell], paper: &Paper) -> Self {
        let strange = strange(cells, paper);
        let within = |zone: [usize; 4], i: usize| {
            let (x, y) = (i % COLUMNS, i / COLUMNS);
            x >= zone[0] && x < zone[2] && y >= zone[1] && y < zone[3]
        };
        let share = |zone: [usize; 4], of: &dyn Fn(usize) -> bool| {
            let inside: Vec<usize> = (0..cells.len()).filter(|i| within(zone, *i)).collect();
            inside.iter().filter(|i| of(**i)).count() as f32 / inside.len().max(1) as f32
        };
        // The emblem is red; on a copy without colour only its darkness tells. A side without it has the
        // portrait, whatever that looks like.
        let dark = |i: usize| strange[i] || paper.light[i] < 0.5 * paper.bright;
        let red = share(EMBLEM, &|i| paper.tint[i][0] > RED) >= RED_SHARE;
        let coloured = share(PORTRAIT, &|i| strange[i]) >= COLOURED_SHARE;
        let emblem = red || (!coloured && share(EMBLEM, &dark) >= DARK_SHARE);
        let portrait = !emblem;
        let own = (0..COLUMNS * ROWS)
            .map(|i| (portrait && within(PORTRAIT, i)) || (emblem && within(EMBLEM, i)))
            .collect();
        Self { own, strange }
    }
}

/// Cells that are not ground: certain ones, and uncertain ones that run on from them. A dark sleeve's colour
/// drowns in noise here and there.
fn strange(cells: &[Cell], paper: &Paper) -> Vec<bool> {
    let certain: Vec<bool> = (0..cells.len()).map(|i| cells[i].seen && !paper.is_ground(i)).collect();
    let likely: Vec<bool> =
        (0..cells.len()).map(|i| certain[i] || (cells[i].seen && paper.is_doubtful(i))).collect();
    let mut strange = certain.clone();
    for blob in blobs(&likely) {
        let sure = blob.cells.iter().filter(|i| certain[**i]).count();
        if sure * 5 >= blob.cells.len() {
            blob.cells.iter().for_each(|i| strange[*i] = true);
        }
    }
    strange
}
