//! The parts of a card that are meant to look different from its ground: portrait and emblem.

use super::grid::{COLUMNS, Cell, ROWS};
use super::paper::Paper;

/// Where the portrait stands on the portrait side, millimetres with two to spare.
const PORTRAIT: [usize; 4] = [52, 4, 84, 43];
/// Where the emblem stands on the emblem side.
const EMBLEM: [usize; 4] = [3, 3, 26, 26];
/// Log₂ of red over green from which on a colour counts as the emblem's red.
const RED: f32 = 2.2;

/// Cells by what they are.
pub(super) struct Zones {
    /// Belongs to the portrait or the emblem.
    pub(super) own: Vec<bool>,
    /// Is neither ground nor print, wherever it lies.
    pub(super) strange: Vec<bool>,
}

impl Zones {
    pub(super) fn new(cells: &[Cell], paper: &Paper) -> Self {
        let strange: Vec<bool> = (0..cells.len()).map(|i| cells[i].seen && !paper.is_ground(i)).collect();
        let within = |zone: [usize; 4], i: usize| {
            let (x, y) = (i % COLUMNS, i / COLUMNS);
            x >= zone[0] && x < zone[2] && y >= zone[1] && y < zone[3]
        };
        let share = |zone: [usize; 4]| {
            let inside: Vec<usize> = (0..cells.len()).filter(|i| within(zone, *i)).collect();
            inside.iter().filter(|i| strange[**i]).count() as f32 / inside.len().max(1) as f32
        };
        // A portrait fills a good part of its frame; without one this is not the portrait side.
        let portrait = share(PORTRAIT) >= 0.2;
        let own = (0..COLUMNS * ROWS)
            .map(|i| {
                (portrait && within(PORTRAIT, i))
                    || (!portrait && within(EMBLEM, i) && paper.tint[i][0] > RED)
            })
            .collect();
        Self { own, strange }
    }
}
