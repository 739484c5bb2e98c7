//! What lies on the card: fingers, sleeves, stickers.

use super::grid::{Blob, COLUMNS, Cell, ROWS, blobs, components, dilated, eroded, luma_of};
use super::light::Found;
use super::paper::{Paper, is_inner, percentile};
use super::zones::Zones;

/// Smallest strange thing counted, cells (square millimetres).
const AREA_MIN: usize = 16;
/// Smallest thing in the ground's own colour counted: the ground inside a large closed character is less.
const SHEET_MIN: usize = 40;
/// Cells from the card's edge that do not count by themselves: corners may be a millimetre off, and then
/// the table shows there.
const RIM: usize = 3;
/// Steps between neighbouring cells up to which ground continues: of colour (log₂ ratios) …
const TINT_STEP_MAX: f32 = 0.08;
/// … and of light (ratio).
const LIGHT_STEP_MAX: f32 = 1.07;

/// Share of the seen card that is neither ground, print, portrait nor emblem.
pub(super) fn occlusion(cells: &[Cell], paper: &Paper, zones: &Zones) -> Found {
    let mut covered = strange_things(zones);
    for (c, sheet) in covered.iter_mut().zip(sheets(cells, paper, zones)) {
        *c |= sheet;
    }
    let seen = cells.iter().filter(|c| c.seen).count().max(1);
    let share = covered.iter().filter(|c| **c).count() as f32 / seen as f32;
    (share, blobs(&covered).first().map(Blob::rectangle))
}

/// Things of another colour than the ground, or black.
fn strange_things(zones: &Zones) -> Vec<bool> {
    // Opening removes what is thin, such as bold print that the ground could not be seen through.
    let opened: Vec<bool> =
        dilated(&eroded(&zones.strange, 1), 1).iter().zip(&zones.strange).map(|(d, s)| *d && *s).collect();
    let mut covered = vec![false; opened.len()];
    // A thing counts when it shows outside the portrait and the emblem, or reaches in over the card's
    // edge, which these never touch. What of it lies on them then counts too.
    for blob in blobs(&opened) {
        let deep = blob.cells.iter().filter(|i| is_inner(**i, RIM)).count();
        let outside = blob.cells.iter().filter(|i| is_inner(**i, RIM) && !zones.own[**i]).count();
        let at_edge = blob.cells.iter().filter(|i| is_edge(**i)).count();
        if deep >= AREA_MIN && (outside >= AREA_MIN || at_edge >= 4) {
            blob.cells.iter().for_each(|i| covered[*i] = true);
        }
    }
    covered
}

/// One of the two outermost cells on a side.
fn is_edge(at: usize) -> bool {
    let (x, y) = (at % COLUMNS, at / COLUMNS);
    x <= 1 || y <= 1 || x + 2 >= COLUMNS || y + 2 >= ROWS
}

/// Pale things of nearly the ground's colour, such as a paper sticker: patches that the ground does not run
/// into smoothly, told by an edge all around them.
fn sheets(cells: &[Cell], paper: &Paper, zones: &Zones) -> Vec<bool> {
    let mut covered = vec![false; cells.len()];
    let usable: Vec<bool> =
        (0..cells.len()).map(|i| cells[i].seen && !zones.strange[i] && !zones.own[i]).collect();
    // The first is the card's ground.
    // The first is the card's ground.
    for patch in components(&usable, |a, b| is_smooth(paper, a, b)).into_iter().skip(1) {
        if patch.cells.len() < SHEET_MIN {
            break;
        }
        let deep = patch.cells.iter().filter(|i| is_inner(**i, RIM)).count();
        if deep >= SHEET_MIN && is_sheet(&patch, cells, paper, &usable) {
            patch.cells.iter().for_each(|i| covered[*i] = true);
        }
    }
    covered
}

/// Ground, or whatever it is, runs on from one cell to the next.
fn is_smooth(paper: &Paper, a: usize, b: usize) -> bool {
    let (la, lb) = (paper.raw_light[a], paper.raw_light[b]);
    let (ta, tb) = (paper.raw_tint[a], paper.raw_tint[b]);
    la.max(lb) <= la.min(lb) * LIGHT_STEP_MAX && (ta[0] - tb[0]).hypot(ta[1] - tb[1]) <= TINT_STEP_MAX
}

/// A patch with an edge around it is a sheet of something, not shade or a reflection.
fn is_sheet(patch: &Blob, cells: &[Cell], paper: &Paper, usable: &[bool]) -> bool {
    let median = |at: &[usize], of: &dyn Fn(usize) -> f32| {
        percentile(&mut at.iter().map(|i| of(*i)).collect::<Vec<_>>(), 0.5)
    };
    let light = |i: usize| paper.raw_light[i];
    let share = |of: &dyn Fn(&usize) -> bool| {
        patch.cells.iter().filter(|i| of(i)).count() as f32 / patch.cells.len() as f32
    };
    let inside = median(&patch.cells, &light).unwrap_or(0.0);
    let mut own = vec![false; cells.len()];
    patch.cells.iter().for_each(|i| own[*i] = true);
    // Where print shows, it is the card: lit or shaded differently, but not covered. Print makes holes in
    // the patch or dark spots inside it; its outermost cells may show what surrounds it.
    let (inner, filled) = (eroded(&own, 1), eroded(&dilated(&own, 2), 2));
    let is_print = |i: usize| {
        let dark = cells[i].dark < 0.72 * luma_of(cells[i].ground) || light(i) < 0.75 * inside;
        dark && (inner[i] || (filled[i] && !own[i]))
    };
    if (0..cells.len()).filter(|i| is_print(*i)).count() * 14 > patch.cells.len() {
        return false;
    }
    let is_white = share(&|i| cells[*i].white > 0.5) > 0.3;
    let ring = |from: usize, to: usize| -> Vec<usize> {
        let (inner, outer) = (dilated(&own, from), dilated(&own, to));
        (0..cells.len()).filter(|i| outer[*i] && !inner[*i] && usable[*i] && is_inner(*i, 1)).collect()
    };
    let (near, far) = (ring(1, 2), ring(4, 6));
    let (Some(near_light), Some(far_light)) = (median(&near, &light), median(&far, &light)) else {
        return false;
    };
    let is_alike = inside < 1.25 * far_light && far_light < 1.25 * inside;
    if is_alike && !is_white {
        return true;
    }
    // Reflections and most shades fade out over millimetres; a sheet ends within two.
    let is_hard = (near_light - far_light).abs() <= 0.25 * (inside - far_light).abs();
    if is_white {
        return is_hard && inside > 1.015 * far_light;
    }
    // Shade leaves the ground its colour, as it is on both sides of the edge.
    let core = eroded(&own, 3);
    let edge: Vec<usize> = patch.cells.iter().copied().filter(|i| !core[*i]).collect();
    let beyond = ring(1, 3);
    let tint = |at: &[usize], k: usize| median(at, &|i| paper.raw_tint[i][k]).unwrap_or(0.0);
    let other_colour = (tint(&edge, 0) - tint(&beyond, 0)).hypot(tint(&edge, 1) - tint(&beyond, 1));
    is_hard && other_colour > 0.05
}
