//! A wider search for the outline of a card.
//!
//! The ordinary search prefers outlines that look like a card seen whole, and that is what most of them are. Here
//! many more are considered, cut ones and small ones among them, and judged by what stands in them: a portrait's
//! face, the emblem's red, words.

use super::card::{Located, PORTRAIT_SHARE_MAX, shows_portrait};
use super::words::CARD;
use crate::card::flat::{Flat, READING_PX_PER_MM};
use crate::card::geometry::{Point, Quad, area, centre, distance, iou, scaled, turned};
use crate::card::locate::{self, ASPECT, Search};
use crate::card::refine;
use crate::card::side::{self, Hint};
use crate::face;
use crate::models::Models;
use crate::ocr::TextBox;
use crate::picture::Picture;
use crate::runtime::EngineError;
use crate::warp::{Homography, shrink_to_fit};
use image::RgbImage;
use image::imageops::{crop_imm, rotate90, rotate180, rotate270};

/// Outlines handed on to be read.
const READS_MAX: usize = 2;
/// Share of a card that its portrait's face takes at least; about 5 % on the resident card.
const PORTRAIT_SHARE_MIN: f32 = 0.012;
/// What a line of text in an outline adds to its score …
const TEXT_SCORE: f32 = 0.06;
/// … and lines from which on more of them say nothing more.
const TEXTS_MAX: usize = 6;
/// Narrower cards are not read, working pixels: a character would be eight pixels high.
const READABLE_PX: f32 = 220.0;
/// Overlap of an outline with the place that words give the card from which on they are the same.
const SNAP_IOU_MIN: f32 = 0.8;
/// Parts into which each side of the picture is cut for the search of far cards.
const TILES: [u32; 2] = [2, 4];
/// Outlines in tiles that score less are not looked into …
const FAR_SCORE_MIN: f32 = 1.0;
/// … nor are more than these, …
const FAR_LOOKS_MAX: usize = 60;
/// … and a face, which costs more to look for than red, is looked for in so many.
const FAR_FACES_MAX: usize = 16;

/// An outline and why it is believed.
pub(super) struct Found {
    pub(super) located: Located,
    /// It is worth being read.
    pub(super) is_readable: bool,
}

/// A face that is seen so surely is one, and stands the way it was found.
const SURE_FACE: f32 = 0.8;

/// A face at any of four turns, in working pixels.
pub(super) struct FaceClue {
    middle: Point,
    area: f32,
    score: f32,
    /// From the mouth to the eyes.
    up: Point,
}

/// Outlines that show what only a card shows, likeliest first.
pub(super) fn hinted(picture: &Picture, texts: &[TextBox], faces: &[FaceClue]) -> Vec<Found> {
    let shrunk = shrink_to_fit(&picture.rgb, locate::SEARCH_SIDE);
    let (small, factor) = shrunk.as_ref().map_or((&picture.rgb, 1.0), |(small, factor)| (small, *factor));
    let mut ranked: Vec<Ranked> = Vec::new();
    for c in locate::search(small, Search::WIDE) {
        let quad = scaled(&c.quad, 1.0 / factor);
        if let Some((reading, hint)) = hint(small, &c.quad, &quad, faces)
            && !is_belied(&reading, hint, faces)
        {
            let score = c.score + TEXT_SCORE * texts_in(&quad, texts) as f32;
            let is_cut = c.frame_sides.iter().any(|&f| f);
            ranked.push(Ranked { score, reading, hint: Some(hint), is_cut });
        }
    }
    best(picture, ranked)
}

/// Outlines around words of a card, likeliest first.
pub(super) fn around(picture: &Picture, words: &[Point], texts: &[TextBox]) -> Vec<Found> {
    let ranked = locate::search(&picture.rgb, Search::WIDE).into_iter().filter_map(|c| {
        let quad = c.quad;
        let reading = *side::readings(&quad).first()?;
        let score = c.score + TEXT_SCORE * texts_in(&quad, texts) as f32;
        let is_cut = c.frame_sides.iter().any(|&f| f);
        words.iter().all(|&p| is_inside(&quad, p)).then_some(Ranked { score, reading, hint: None, is_cut })
    });
    best(picture, ranked.collect())
}

/// An outline in its reading direction.
struct Ranked {
    score: f32,
    reading: Quad,
    hint: Option<Hint>,
    is_cut: bool,
}

fn best(picture: &Picture, mut ranked: Vec<Ranked>) -> Vec<Found> {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    let reach = (picture.rgb.width().max(picture.rgb.height()) as f32 / 640.0 * 2.5).max(4.0);
    let found = ranked.into_iter().take(READS_MAX).filter_map(|Ranked { reading, hint, is_cut, .. }| {
        let corners = if is_cut { reading } else { refine::sides(&picture.rgb, &reading, reach) };
        let flat = Flat::card(&picture.rgb, &corners, READING_PX_PER_MM)?;
        let is_readable = distance(corners[0], corners[1]) >= READABLE_PX;
        Some(Found { located: Located { corners, flat, hint, cards: 1 }, is_readable })
    });
    found.collect()
}

/// The outline that runs along edges where a card is known to lie, or the place as it is known when none does:
/// labels place a card to a few millimetres, its edges to a fraction of one.
pub(super) fn snapped(picture: &Picture, place: &Quad) -> Quad {
    let near = locate::search(&picture.rgb, Search::WIDE).into_iter().filter_map(|c| {
        let overlap = iou(&c.quad, place);
        (overlap > SNAP_IOU_MIN).then_some((c.score + 2.0 * overlap, c.quad))
    });
    let Some((_, quad)) = near.max_by(|a, b| a.0.total_cmp(&b.0)) else { return *place };
    // In the known reading direction.
    let same = |steps: &usize| {
        let q = turned(&quad, *steps);
        (0..4).map(|i| distance(q[i], place[i])).sum::<f32>()
    };
    let steps = (0..4).min_by(|a, b| same(a).total_cmp(&same(b))).unwrap_or(0);
    turned(&quad, steps)
}

/// A card in a small part of the picture. Outlines of its size are everywhere, so only one that shows what a card
/// shows is believed.
pub(super) fn far_away(
    models: &Models,
    picture: &Picture,
    faces: &[FaceClue],
) -> Result<Option<Located>, EngineError> {
    let mut faces_left = FAR_FACES_MAX;
    let [w, h] = [picture.rgb.width(), picture.rgb.height()].map(|side| (side / TILES[0]) as f32);
    // No outline is larger than the largest tile; most portraits end here.
    if is_behind_somebody(&[[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]], faces) {
        return Ok(None);
    }
    for quad in small_outlines(&picture.rgb) {
        if is_behind_somebody(&quad, faces) {
            continue;
        }
        for reading in side::readings(&quad) {
            let Some(look) = side::thumbnail(&picture.rgb, &reading) else { continue };
            let hint = if side::shows_emblem(&look) {
                Hint::Emblem
            } else if faces_left > 0 {
                faces_left -= 1;
                if !shows_portrait(models, &look)? {
                    continue;
                }
                Hint::Portrait
            } else {
                continue;
            };
            let corners = refine::sides(&picture.rgb, &reading, 3.0);
            let flat = Flat::card(&picture.rgb, &corners, READING_PX_PER_MM);
            return Ok(flat.map(|flat| Located { corners, flat, hint: Some(hint), cards: 1 }));
        }
    }
    Ok(None)
}

/// Outlines of a card's proportions in parts of the picture, likeliest first.
fn small_outlines(rgb: &RgbImage) -> Vec<Quad> {
    let mut found: Vec<(f32, Quad)> = Vec::new();
    for (tile, [x, y]) in TILES.iter().flat_map(|&parts| tiles(rgb, parts)) {
        for c in locate::search(&tile, Search::TILE) {
            let sides = |i: usize| distance(c.quad[i], c.quad[i + 1]);
            let aspect = (sides(0) / sides(1).max(1.0)).max(sides(1) / sides(0).max(1.0));
            if (aspect / ASPECT).ln().abs() < 0.25 && c.score > FAR_SCORE_MIN {
                found.push((c.score, c.quad.map(|p| [p[0] + x, p[1] + y])));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<Quad> = Vec::new();
    for (_, quad) in found {
        if kept.len() < FAR_LOOKS_MAX && kept.iter().all(|k| iou(k, &quad) < 0.6) {
            kept.push(quad);
        }
    }
    kept
}

/// The picture in overlapping tiles, `parts` of them and the halves between along each side.
fn tiles(rgb: &RgbImage, parts: u32) -> impl Iterator<Item = (RgbImage, Point)> + '_ {
    let (w, h) = (rgb.width() / parts, rgb.height() / parts);
    let steps = 2 * parts - 1;
    (0..steps * steps).map(move |i| {
        let (x, y) = (i % steps * w / 2, i / steps * h / 2);
        (crop_imm(rgb, x, y, w, h).to_image(), [x as f32, y as f32])
    })
}

/// The reading in which the outline has a face where a portrait is printed, or red where the emblem is.
/// `quad` is in working pixels, `on_small` the same in those of `small`.
fn hint(small: &RgbImage, on_small: &Quad, quad: &Quad, faces: &[FaceClue]) -> Option<(Quad, Hint)> {
    let readings = side::readings(quad);
    for reading in &readings {
        if faces.iter().any(|face| is_portrait_of(reading, face)) {
            return Some((*reading, Hint::Portrait));
        }
    }
    let red = side::readings(on_small)
        .iter()
        .position(|reading| side::thumbnail(small, reading).is_some_and(|look| side::shows_emblem(&look)))?;
    readings.get(red).map(|reading| (*reading, Hint::Emblem))
}

/// A person is in the picture, not a card: the surest face in the outline is none that is printed on such a card, or
/// one is larger than that.
pub(super) fn shows_a_person(located: &Located, faces: &[FaceClue]) -> bool {
    located.hint.is_some_and(|hint| is_belied(&located.corners, hint, faces))
}

/// The faces of the picture, whichever way round it lies.
pub(super) fn faces(models: &Models, picture: &Picture) -> Result<Vec<FaceClue>, EngineError> {
    let shrunk = shrink_to_fit(&picture.rgb, locate::SEARCH_SIDE);
    let (small, factor) = shrunk.as_ref().map_or((&picture.rgb, 1.0), |(small, factor)| (small, *factor));
    faces_at_any_turn(models, small, factor)
}

/// The faces of the picture contradict the hint that made this outline a card.
fn is_belied(reading: &Quad, hint: Hint, faces: &[FaceClue]) -> bool {
    let sure = || faces.iter().filter(|face| face.score >= SURE_FACE);
    let inside = sure().filter(|face| is_inside(reading, face.middle));
    let surest = inside.max_by(|a, b| a.score.total_cmp(&b.score));
    let is_strange = surest.is_some_and(|face| match hint {
        // A card has one portrait; people come in pairs.
        Hint::Portrait => !is_portrait_of(reading, face) || sure().any(|other| is_company(face, other)),
        Hint::Emblem => true,
    });
    is_strange || is_behind_somebody(reading, faces)
}

/// Another face, not much smaller.
fn is_company(face: &FaceClue, other: &FaceClue) -> bool {
    distance(face.middle, other.middle) > face.area.sqrt() && other.area > 0.5 * face.area
}

/// A face in the picture is larger than a portrait on the outline could be: a flag, a sleeve, a curtain.
fn is_behind_somebody(quad: &Quad, faces: &[FaceClue]) -> bool {
    let most = PORTRAIT_SHARE_MAX * area(quad).abs();
    faces.iter().any(|face| face.score >= SURE_FACE && face.area > most)
}

fn is_portrait_of(reading: &Quad, face: &FaceClue) -> bool {
    let share = face.area / area(reading).abs().max(1.0);
    let Some(map) = Homography::between(reading, &CARD) else { return false };
    let (from, to) =
        (map.apply(face.middle), map.apply([face.middle[0] + face.up[0], face.middle[1] + face.up[1]]));
    let up = [to[0] - from[0], to[1] - from[1]];
    (PORTRAIT_SHARE_MIN..PORTRAIT_SHARE_MAX).contains(&share)
        && side::is_portrait_place(from)
        && up[1] < 0.0
        && up[0].abs() < 0.6 * up[1].abs()
}

/// Faces of the picture as it stands and turned: a card may lie any way round.
fn faces_at_any_turn(models: &Models, small: &RgbImage, factor: f32) -> Result<Vec<FaceClue>, EngineError> {
    let (w, h) = (small.width() as f32 - 1.0, small.height() as f32 - 1.0);
    let mut out = Vec::new();
    for turn in 0..4 {
        let turned = match turn {
            0 => small.clone(),
            1 => rotate90(small),
            2 => rotate180(small),
            _ => rotate270(small),
        };
        let back = |[x, y]: Point| match turn {
            0 => [x, y],
            1 => [y, h - x],
            2 => [w - x, h - y],
            _ => [w - y, x],
        };
        for d in face::detect(models, &turned)? {
            let r = d.region;
            let [left, right, _, mouth_left, mouth_right] = d.points.map(back).map(|p| p.map(|v| v / factor));
            let middle = back([r.x + r.w / 2.0, r.y + r.h / 2.0]).map(|v| v / factor);
            let up = std::array::from_fn(|k| (left[k] + right[k] - mouth_left[k] - mouth_right[k]) / 2.0);
            out.push(FaceClue { middle, score: d.score, area: r.w * r.h / (factor * factor), up });
        }
    }
    Ok(out)
}

/// Lines of text in the outline, up to a limit, that run along its long or short side.
fn texts_in(quad: &Quad, texts: &[TextBox]) -> usize {
    let direction = |a: Point, b: Point| {
        let length = distance(a, b).max(1.0);
        [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
    };
    let reading = side::readings(quad)[0];
    let along = direction(reading[0], reading[1]);
    let runs_along = |t: &TextBox| {
        let c = t.corners;
        let long = if distance(c[0], c[1]) >= distance(c[1], c[2]) {
            direction(c[0], c[1])
        } else {
            direction(c[1], c[2])
        };
        (long[0] * along[0] + long[1] * along[1]).abs() > 0.97
    };
    let inside = texts.iter().filter(|t| is_inside(quad, centre(&t.corners)) && runs_along(t));
    inside.count().min(TEXTS_MAX)
}

/// Candidates run clockwise.
fn is_inside(quad: &Quad, p: Point) -> bool {
    (0..4).all(|i| {
        let (a, b) = (quad[i], quad[(i + 1) % 4]);
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) >= 0.0
    })
}
