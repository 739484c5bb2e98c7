//! Light on the card: how bright, clipped, reflecting, shaded, and whether there is colour.

use super::flat::Flat;
use super::grid::{Blob, COLUMNS, Cell, ROWS, blobs, dilated, eroded};
use super::paper::{Paper, encoded, is_inner, linear, percentile};
use super::zones::Zones;

/// A value and where it is worst, millimetres on the card (left, top, right, bottom).
pub(super) type Found = (f32, Option<[f32; 4]>);

/// Share of the seen card clipped to white.
pub(super) fn clipped(cells: &[Cell]) -> Found {
    let seen: Vec<&Cell> = cells.iter().filter(|c| c.seen).collect();
    let share = seen.iter().map(|c| c.white).sum::<f32>() / seen.len().max(1) as f32;
    let mask: Vec<bool> = cells.iter().map(|c| c.seen && c.white > 0.5).collect();
    (share, blobs(&mask).first().map(Blob::rectangle))
}

/// A reflection's core is at least this many cells (square millimetres).
const CORE_MIN: usize = 4;
/// Light outside a reflection, where its soft border has ended, as a share of clipped white: above it
/// the card is simply bright there.
const RIM_LIGHT_MAX: f32 = 0.965;

/// Share of the seen card under reflections: clipped patches that stand out from the ground around.
///
/// Clipping alone is no reflection, since the ground of a brightly lit card clips too, but that fades out
/// over centimetres. A reflection ends within millimetres, so the ground a few cells outside is darker.
pub(super) fn glare(cells: &[Cell], paper: &Paper, zones: &Zones) -> Found {
    let core: Vec<bool> = cells.iter().map(|c| c.seen && c.white >= 0.5).collect();
    let seen = cells.iter().filter(|c| c.seen).count().max(1);
    let mut share = 0.0;
    let mut worst: Option<Blob> = None;
    for blob in blobs(&core) {
        if blob.cells.len() < CORE_MIN {
            break;
        }
        let mut own = vec![false; cells.len()];
        blob.cells.iter().for_each(|i| own[*i] = true);
        let (near, far) = (dilated(&own, 3), dilated(&own, 5));
        let rim: Vec<usize> = (0..cells.len())
            .filter(|i| far[*i] && !near[*i] && cells[*i].seen && is_inner(*i, 1) && !core[*i])
            .collect();
        // On the portrait the rim may be hair and clothes, which say nothing about the ground.
        let tells =
            |i: &&usize| paper.is_ground(**i) && (!zones.own[**i] || paper.light[**i] > 0.5 * paper.bright);
        let mut ground: Vec<f32> = rim.iter().filter(tells).map(|i| paper.light[*i]).collect();
        let needed = (rim.len() / 4).max(3);
        let stands_out =
            ground.len() >= needed && percentile(&mut ground, 0.5).is_some_and(|light| light < RIM_LIGHT_MAX);
        if stands_out {
            share += blob.cells.len() as f32 / seen as f32;
            if worst.as_ref().is_none_or(|w| w.cells.len() < blob.cells.len()) {
                worst = Some(blob);
            }
        }
    }
    (share, worst.map(|b| b.rectangle()))
}

/// One minus the light of the darkest tenth of the ground over that of the brightest.
pub(super) fn shadow(cells: &[Cell], paper: &Paper, zones: &Zones) -> Found {
    let ground: Vec<usize> = (0..cells.len())
        .filter(|i| cells[*i].seen && is_inner(*i, 2) && !zones.own[*i] && paper.is_ground(*i))
        .collect();
    let mut lights: Vec<f32> = ground.iter().map(|i| paper.light[*i]).collect();
    let (Some(dark), Some(bright)) = (percentile(&mut lights, 0.06), percentile(&mut lights, 0.92)) else {
        return (0.0, None);
    };
    let depth = 1.0 - dark / bright.max(1e-4);
    let middle = (dark * bright).sqrt();
    let mut mask = vec![false; cells.len()];
    for i in ground {
        mask[i] = paper.light[i] < middle;
    }
    (depth.clamp(0.0, 1.0), blobs(&dilated(&eroded(&mask, 1), 1)).first().map(Blob::rectangle))
}

/// Chroma of the most colourful sixtieth of the card once its ground is taken as neutral, 0–255.
///
/// A black-and-white copy under coloured light has a cast, but the same one everywhere: relative to its
/// ground nothing on it has colour.
pub(super) fn chroma(cells: &[Cell], paper: &Paper) -> f32 {
    let gains = [(-paper.cast[0]).exp2(), 1.0, (-paper.cast[1]).exp2()];
    let mut values: Vec<f32> = cells
        .iter()
        .enumerate()
        .filter(|(i, c)| c.seen && is_inner(*i, 2))
        .map(|(_, c)| {
            let mut balanced = [0.0; 3];
            for k in 0..3 {
                balanced[k] = encoded(linear(c.mean[k]) * gains[k]);
            }
            let [r, g, b] = balanced;
            r.max(g).max(b) - r.min(g).min(b)
        })
        .collect();
    percentile(&mut values, 0.985).unwrap_or(0.0)
}

/// The whole card, millimetres.
pub(super) const WHOLE: [f32; 4] = [0.0, 0.0, COLUMNS as f32, ROWS as f32];

/// The part of the card a rectangle covers, as a region of the working picture.
pub(super) fn place(flat: &Flat, found: Option<[f32; 4]>) -> Option<shiming_domain::evidence::Region> {
    found.and_then(|rectangle| flat.region(rectangle))
}
