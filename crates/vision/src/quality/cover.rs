//! What lies on the card: fingers, sleeves, stickers.

use super::grid::{Blob, Cell, blobs, dilated, eroded};
use super::light::Found;
use super::zones::Zones;

/// Smallest thing counted, cells (square millimetres).
const AREA_MIN: usize = 16;

/// Share of the seen card that is neither ground, print, portrait nor emblem.
pub(super) fn occlusion(cells: &[Cell], zones: &Zones) -> Found {
    let mask: Vec<bool> = zones.strange.iter().zip(&zones.own).map(|(s, o)| *s && !*o).collect();
    // Opening removes what is thin, such as bold print that the ground could not be seen through.
    let opened: Vec<bool> = dilated(&eroded(&mask, 1), 1).iter().zip(&mask).map(|(d, m)| *d && *m).collect();
    let things: Vec<Blob> = blobs(&opened).into_iter().filter(|b| b.cells.len() >= AREA_MIN).collect();
    let covered: usize = things.iter().map(|b| b.cells.len()).sum();
    let seen = cells.iter().filter(|c| c.seen).count().max(1);
    (covered as f32 / seen as f32, things.first().map(Blob::rectangle))
}
