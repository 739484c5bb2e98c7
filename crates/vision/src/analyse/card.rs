//! Finds the card of a picture and reads it.

use super::{kind, line_field};
use crate::card::flat::{CARD_MM, Flat, READING_PX_PER_MM};
use crate::card::geometry::{Point, Quad, area, centre, distance, iou, scaled};
use crate::card::locate::{self, ASPECT, Candidate};
use crate::card::refine;
use crate::card::side::{self, Hint};
use crate::face;
use crate::models::Models;
use crate::ocr::{self, DetectOptions, InputSize, LineLogits, Mask, TextBox};
use crate::picture::Picture;
use crate::read::{self, Glyph, Reading, Span, Strip};
use crate::runtime::EngineError;
use crate::warp::Homography;
use image::RgbImage;
use shiming_domain::evidence::{Face, Field, Fields, Kind, Region};

/// Outlines looked at.
const CANDIDATES_MAX: usize = 8;
/// Outlines looked into for a face or an emblem.
const LOOKS_MAX: usize = 5;
/// Outlines read when the first does not say what it is.
const READS_MAX: usize = 2;
/// Lines of one document that are read.
const LINES_MAX: usize = 40;

/// The text detector's input for a flat card: letters are then some 20 pixels high, which it reads as surely as
/// twice that at half the cost.
const DETECT_SIZE: InputSize = InputSize::Exact { width: 640, height: 416 };

/// A card in the picture.
pub(super) struct Located {
    /// Working pixels, reading direction as far as the hint tells it.
    pub(super) corners: Quad,
    pub(super) flat: Flat,
    pub(super) hint: Option<Hint>,
    pub(super) cards: u32,
}

/// What was read on the picture's document.
pub(super) struct CardRead {
    pub(super) located: Option<Located>,
    pub(super) kind: Kind,
    pub(super) fields: Fields,
    pub(super) specimen_mark: bool,
    pub(super) mrz_lines: Vec<Field>,
    /// Rows of text that were read: a document of unknown kind has some, a picture of something else has not.
    pub(super) text_rows: usize,
    /// Words that only another document carries were read: no other outline need be tried.
    says_other: bool,
}

/// The outline that most likely is a card. `None` when nothing in the picture looks like one.
pub(super) fn locate(models: &Models, picture: &Picture) -> Result<Option<Located>, EngineError> {
    Ok(looks(models, picture)?.into_iter().next())
}

/// Candidates, most likely first.
fn looks(models: &Models, picture: &Picture) -> Result<Vec<Located>, EngineError> {
    // Everything up to the final outline needs no more than the search resolution.
    let shrunk = crate::warp::shrink_to_fit(&picture.rgb, locate::SEARCH_SIDE);
    let (small, factor) = shrunk.as_ref().map_or((&picture.rgb, 1.0), |(small, factor)| (small, *factor));
    let candidates = locate::candidates(small, CANDIDATES_MAX);
    let mut hinted: Vec<(usize, Quad, Hint)> = Vec::new();
    for (i, candidate) in candidates.iter().take(LOOKS_MAX).enumerate() {
        if let Some((reading, hint)) = look_into(models, small, &candidate.quad)? {
            hinted.push((i, reading, hint));
            if hinted.len() == 1 && i == 0 {
                break; // the best outline also shows what a card shows
            }
        }
    }
    let mut order: Vec<(usize, Quad, Option<Hint>)> =
        hinted.iter().map(|&(i, quad, hint)| (i, quad, Some(hint))).collect();
    for (i, c) in candidates.iter().enumerate().take(READS_MAX) {
        if order.iter().all(|o| o.0 != i)
            && let Some(&reading) = side::readings(&c.quad).first()
        {
            order.push((i, reading, None));
        }
    }
    let reach = (picture.rgb.width().max(picture.rgb.height()) as f32 / 640.0 * 2.5).max(4.0);
    let mut out = Vec::new();
    for (i, rough, hint) in order {
        let rough = scaled(&rough, 1.0 / factor);
        let frames = candidates[i].frame_sides.iter().any(|&f| f);
        let corners = if frames { rough } else { refine::sides(&picture.rgb, &rough, reach) };
        let cards = 1 + others(models, small, &candidates, i)?;
        if let Some(flat) = Flat::card(&picture.rgb, &corners, READING_PX_PER_MM) {
            out.push(Located { corners, flat, hint, cards });
        }
    }
    Ok(out)
}

/// Tries the readings of an outline for a face or an emblem in its place.
///
/// Red is looked for first because it costs nothing; but a portrait standing on its head may wear red where
/// the emblem would be, so the other readings are still searched for a face.
fn look_into(models: &Models, picture: &RgbImage, quad: &Quad) -> Result<Option<(Quad, Hint)>, EngineError> {
    let looks: Vec<(Quad, Flat)> = side::readings(quad)
        .into_iter()
        .filter_map(|reading| Some((reading, side::thumbnail(picture, &reading)?)))
        .collect();
    let emblem = looks.iter().position(|(_, small)| side::shows_emblem(small));
    for (i, (reading, small)) in looks.iter().enumerate() {
        if Some(i) != emblem && shows_portrait(models, small)? {
            return Ok(Some((*reading, Hint::Portrait)));
        }
    }
    Ok(emblem.and_then(|i| looks.get(i)).map(|(reading, _)| (*reading, Hint::Emblem)))
}

/// An upright face stands where a portrait is printed.
fn shows_portrait(models: &Models, small: &Flat) -> Result<bool, EngineError> {
    Ok(face::detect(models, &small.rgb)?.into_iter().any(|d| {
        let middle = [d.region.x + d.region.w / 2.0, d.region.y + d.region.h / 2.0];
        let upright = d.points[3][1] > d.points[0][1] && d.points[1][0] > d.points[0][0];
        upright && side::is_portrait_place(middle.map(|v| v / small.px_per_mm))
    }))
}

/// Share of its document that a printed portrait's face takes at most; on the resident card it is about 5 %.
pub const PORTRAIT_SHARE_MAX: f32 = 0.12;

/// The outline of the card that a face is printed on: the face stands where a card has its portrait, is as small
/// as one, and there is text beside it. `None` for a living person, also before a window or a poster.
pub(super) fn under(models: &Models, picture: &Picture, face: &Face) -> Result<Option<Quad>, EngineError> {
    let Region { x, y, w, h } = face.region;
    let (width, height) = (picture.file.width_px as f32, picture.file.height_px as f32);
    if w * h > PORTRAIT_SHARE_MAX * width * height {
        return Ok(None); // larger than any portrait on a card that is seen whole; most selfies end here
    }
    let middle = [x + w / 2.0, y + h / 2.0].map(|v| v / picture.scale);
    let shrunk = crate::warp::shrink_to_fit(&picture.rgb, locate::SEARCH_SIDE);
    let (small, factor) = shrunk.as_ref().map_or((&picture.rgb, 1.0), |(small, factor)| (small, *factor));
    for candidate in locate::candidates(small, LOOKS_MAX) {
        let on_picture = scaled(&candidate.quad, 1.0 / factor);
        let share = w * h / (area(&on_picture).abs() * picture.scale * picture.scale).max(1.0);
        if share > PORTRAIT_SHARE_MAX || !stands_in_portrait_place(&on_picture, middle) {
            continue;
        }
        let Some(&reading) = side::readings(&candidate.quad).first() else { continue };
        let Some(thumbnail) = side::thumbnail(small, &reading) else { continue };
        if ocr::detect(models, &thumbnail.rgb, &GLANCE)?.len() >= TEXTS_MIN {
            return Ok(Some(on_picture));
        }
    }
    Ok(None)
}

/// In one of its readings the outline has its portrait there.
fn stands_in_portrait_place(quad: &Quad, at: Point) -> bool {
    let [w, h] = CARD_MM;
    side::readings(quad).iter().any(|reading| {
        Homography::between(reading, &[[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]])
            .is_some_and(|map| side::is_portrait_place(map.apply(at)))
    })
}

/// How text is looked for on a thumbnail of a card.
const GLANCE: DetectOptions =
    DetectOptions { side_max_px: 448, input: InputSize::Exact { width: 448, height: 288 } };
/// Boxes of text from which on an outline is believed to be a document.
const TEXTS_MIN: usize = 3;

/// Further cards: outlines apart from the chosen one, as well supported, of a card's shape and of similar
/// size, with text in them.
fn others(
    models: &Models,
    picture: &RgbImage,
    candidates: &[Candidate],
    chosen: usize,
) -> Result<u32, EngineError> {
    let own = &candidates[chosen];
    let size = area(&own.quad).abs();
    let mut found: Vec<Quad> = Vec::new();
    for c in candidates {
        let sides = |i: usize| distance(c.quad[i], c.quad[i + 1]);
        let aspect = (sides(0) / sides(1).max(1.0)).max(sides(1) / sides(0).max(1.0));
        let alike = c.score > 0.72 * own.score
            && (0.35..2.8).contains(&(area(&c.quad).abs() / size))
            && (aspect / ASPECT).ln().abs() < 0.22
            && !c.frame_sides.iter().any(|&f| f);
        let apart =
            |q: &Quad| iou(q, &c.quad) < 0.05 && !contains(q, centre(&c.quad)) && !share_a_side(q, &c.quad);
        if !alike || !apart(&own.quad) || !found.iter().all(apart) {
            continue;
        }
        let Some(&reading) = side::readings(&c.quad).first() else { continue };
        if let Some(small) = side::thumbnail(picture, &reading)
            && ocr::detect(models, &small.rgb, &GLANCE)?.len() >= TEXTS_MIN
        {
            found.push(c.quad);
        }
    }
    Ok(found.len() as u32)
}

/// Two corners in common: a printed rule cuts one sheet in two. Cards that lie flush against each other at
/// both ends look the same and count as one.
fn share_a_side(a: &Quad, b: &Quad) -> bool {
    let near = 0.05 * distance(a[0], a[2]);
    a.iter().filter(|p| b.iter().any(|q| distance(**p, *q) < near)).count() >= 2
}

fn contains(quad: &Quad, p: [f32; 2]) -> bool {
    let tiny = [
        [p[0] - 0.5, p[1] - 0.5],
        [p[0] + 0.5, p[1] - 0.5],
        [p[0] + 0.5, p[1] + 0.5],
        [p[0] - 0.5, p[1] + 0.5],
    ];
    iou(quad, &tiny) > 0.0
}

/// Finds and reads the document of a picture; `None` when there is neither outline nor zone.
pub(super) fn read(models: &Models, picture: &Picture) -> Result<Option<CardRead>, EngineError> {
    let mut fallback: Option<CardRead> = None;
    for located in looks(models, picture)? {
        let read = read_flat(models, picture, located)?;
        if read.kind != Kind::Unknown {
            return Ok(Some(read));
        }
        if read.says_other {
            fallback = Some(read);
            break;
        }
        if read.text_rows > 0 && fallback.is_none() {
            fallback = Some(read);
        }
    }
    let mrz_lines = scene_mrz(models, picture)?;
    if !mrz_lines.is_empty() {
        let located = fallback.and_then(|f| f.located);
        return Ok(Some(CardRead {
            located,
            kind: Kind::MrzDocument,
            fields: Fields::None {},
            specimen_mark: false,
            mrz_lines,
            text_rows: 0,
            says_other: false,
        }));
    }
    Ok(fallback)
}

/// One recognised line: its box on the flat card and what the network said.
struct Heard {
    text: TextBox,
    logits: LineLogits,
}

fn hear(models: &Models, rgb: &RgbImage, boxes: Vec<TextBox>) -> Result<Vec<Heard>, EngineError> {
    let boxes: Vec<TextBox> = boxes.into_iter().take(LINES_MAX).collect();
    let strips: Vec<RgbImage> = boxes.iter().map(|b| ocr::crop_line(rgb, b)).collect();
    let logits = ocr::recognise_logits(models, &strips)?;
    Ok(boxes.into_iter().zip(logits).map(|(text, logits)| Heard { text, logits }).collect())
}

fn read_flat(models: &Models, picture: &Picture, mut located: Located) -> Result<CardRead, EngineError> {
    let options = DetectOptions { side_max_px: 1024, input: DETECT_SIZE };
    let mut boxes = ocr::detect(models, &located.flat.rgb, &options)?;
    if located.hint.is_none() && !boxes.is_empty() && is_upside_down(models, &located.flat.rgb, &boxes)? {
        located.corners = crate::card::geometry::turned(&located.corners, 2);
        if let Some(flat) = Flat::card(&picture.rgb, &located.corners, READING_PX_PER_MM) {
            located.flat = flat;
            boxes = ocr::detect(models, &located.flat.rgb, &options)?;
        }
    }
    if located.hint == Some(Hint::Portrait) {
        boxes.retain(|b| !in_portrait(b, located.flat.px_per_mm));
    }
    let mut heard = hear(models, &located.flat.rgb, boxes)?;
    let px_per_mm = located.flat.px_per_mm;
    let mrz_lines = mrz_of(&heard, |r| located.flat.region(picture, r.map(|v| v / px_per_mm)));
    let mut reading = gather(&heard, px_per_mm);
    let mut portrait = read::portrait_spans(&reading);
    let mut emblem = read::emblem_spans(&reading);
    let missing = if emblem.labels > portrait.labels {
        read::emblem_strips(&reading, &emblem)
    } else {
        read::portrait_strips(&reading, &portrait)
    };
    if !missing.is_empty() {
        look_again(models, &located.flat, &mut heard, &missing)?;
        reading = gather(&heard, px_per_mm);
        portrait = read::portrait_spans(&reading);
        emblem = read::emblem_spans(&reading);
    }
    let text_rows = reading.rows.iter().filter(|r| r.glyphs.len() >= 3).count();
    let said = if mrz_lines.is_empty() {
        kind::of_text(&reading, &portrait, &emblem, located.hint)
    } else {
        Some(Kind::MrzDocument)
    };
    let kind = said.unwrap_or(Kind::Unknown);
    let fields = match kind {
        Kind::ResidentPortraitSide => {
            let strict = strict_number(&heard, portrait.number.as_ref(), px_per_mm);
            Fields::Portrait(read::portrait_fields(&portrait, strict.as_ref(), &located.flat, picture))
        }
        Kind::ResidentEmblemSide => Fields::Emblem(read::emblem_fields(&emblem, &located.flat, picture)),
        Kind::Temporary | Kind::FirstGeneration if portrait.labels >= 2 => {
            Fields::Portrait(read::portrait_fields(&portrait, None, &located.flat, picture))
        }
        _ => Fields::None {},
    };
    let specimen_mark = reading.specimen_mark;
    let says_other = said == Some(Kind::Unknown);
    Ok(CardRead { located: Some(located), kind, fields, specimen_mark, mrz_lines, text_rows, says_other })
}

/// Reads strips where a field must be printed, in place of what was heard there before.
fn look_again(
    models: &Models,
    flat: &Flat,
    heard: &mut Vec<Heard>,
    strips: &[Strip],
) -> Result<(), EngineError> {
    let k = flat.px_per_mm;
    let boxes: Vec<TextBox> = strips
        .iter()
        .map(|&[l, t, r, b]| TextBox {
            corners: [[l, t], [r, t], [r, b], [l, b]].map(|p| p.map(|v| v * k)),
            score: 1.0,
        })
        .collect();
    heard.retain(|h| {
        let [x, y] = centre(&h.text.corners).map(|v| v / k);
        !strips.iter().any(|&[l, t, r, b]| x > l && x < r && y > t && y < b)
    });
    heard.extend(hear(models, &flat.rgb, boxes)?);
    Ok(())
}

/// Reads the longest lines both ways up; the surer way is right.
fn is_upside_down(models: &Models, rgb: &RgbImage, boxes: &[TextBox]) -> Result<bool, EngineError> {
    let mut longest: Vec<&TextBox> = boxes.iter().collect();
    longest.sort_by(|a, b| {
        distance(b.corners[0], b.corners[1]).total_cmp(&distance(a.corners[0], a.corners[1]))
    });
    let strips: Vec<RgbImage> = longest.iter().take(3).map(|b| ocr::crop_line(rgb, b)).collect();
    let turned: Vec<RgbImage> = strips.iter().map(image::imageops::rotate180).collect();
    let sure = |strips: &[RgbImage]| -> Result<f32, EngineError> {
        Ok(ocr::recognise(models, strips, None)?.iter().map(|l| l.confidence).sum())
    };
    Ok(sure(&turned)? > sure(&strips)? + 0.05)
}

/// Nothing is printed inside the portrait; what is found there is hair and collars.
fn in_portrait(text: &TextBox, px_per_mm: f32) -> bool {
    let [x, y] = centre(&text.corners).map(|v| v / px_per_mm);
    x > 54.0 && y < 40.5
}

/// Recognised lines as rows of glyphs in millimetres, specimen marks taken out.
fn gather(heard: &[Heard], px_per_mm: f32) -> Reading {
    let mut specimen_mark = false;
    let mut lines = Vec::new();
    for (i, h) in heard.iter().enumerate() {
        let line = h.logits.decode();
        if is_specimen_mark(&line.text) {
            specimen_mark = true;
            continue;
        }
        if line.confidence < 0.5 {
            continue;
        }
        lines.push(glyphs(&h.text, &line.chars, i, px_per_mm));
    }
    Reading { rows: read::gather(lines), specimen_mark }
}

/// `样本`, `SPECIMEN` or both, perhaps cut short by the text they cross; not an address that contains 样本.
fn is_specimen_mark(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let latin = letters.trim_start_matches(['样', '本']);
    let han = letters.chars().count() - latin.chars().count();
    let whole = ["SPECIMEN", "SPECIME", "SPECIM", "PECIMEN", "ECIMEN", "SPECI", "CIMEN", "SPEC"];
    (han == 2 && latin.is_empty()) || (whole.contains(&latin) && han <= 2)
}

fn glyphs(text: &TextBox, chars: &[ocr::Char], line: usize, px_per_mm: f32) -> Vec<Glyph> {
    let [tl, tr, br, bl] = text.corners;
    let width = distance(tl, tr).max(distance(bl, br)).max(1.0);
    let h = distance(tl, bl).max(distance(tr, br)) / px_per_mm;
    chars
        .iter()
        .filter_map(|ch| {
            let t = (ch.x / width).clamp(0.0, 1.0);
            let mid = |a: [f32; 2], b: [f32; 2], k: usize| a[k] + t * (b[k] - a[k]);
            Some(Glyph {
                c: read::normal(ch.c)?,
                p: ch.p,
                x: f32::midpoint(mid(tl, tr, 0), mid(bl, br, 0)) / px_per_mm,
                y: f32::midpoint(mid(tl, tr, 1), mid(bl, br, 1)) / px_per_mm,
                h,
                line,
            })
        })
        .collect()
}

/// The number's line decoded with figures and X only, its label cut off by place.
fn strict_number(heard: &[Heard], plain: Option<&Span>, px_per_mm: f32) -> Option<Span> {
    let plain = plain?;
    let first = plain.glyphs.first()?;
    let mut lines: Vec<usize> = plain.glyphs.iter().map(|g| g.line).collect();
    lines.dedup();
    let mask = Mask::id_number();
    let mut run: Vec<Glyph> = Vec::new();
    for i in lines {
        let h = heard.get(i)?;
        run.extend(glyphs(&h.text, &h.logits.decode_masked(&mask).chars, i, px_per_mm));
    }
    run.retain(|g| g.x > first.x - 0.9);
    run.sort_by(|a, b| a.x.total_cmp(&b.x));
    Span::of(run)
}

/// Lines that could belong to a machine-readable zone: long, and of its alphabet only.
fn mrz_of(heard: &[Heard], to_region: impl Fn([f32; 4]) -> Region) -> Vec<Field> {
    let mut lines: Vec<(f32, Field)> = Vec::new();
    for h in heard {
        let plain = h.logits.decode();
        let fillers = plain.text.chars().filter(|&c| matches!(c, '<' | '«' | '〈' | '‹' | '《')).count();
        let [along, across] = [1, 3].map(|i| distance(h.text.corners[0], h.text.corners[i]));
        let long = along.max(across) > 8.0 * along.min(across);
        let alphabet = plain.text.chars().filter(char::is_ascii_alphanumeric).count() + fillers;
        let length = plain.text.chars().count();
        if !long || length < 20 || alphabet * 10 < length * 9 {
            continue;
        }
        let line = h.logits.decode_masked(&Mask::mrz());
        let is_zone = fillers >= 2 || line.text.contains("<<") || line.text.len() >= 30;
        if !is_zone {
            continue;
        }
        let c = h.text.corners;
        let bound =
            |k: usize, pick: fn(f32, f32) -> f32, start: f32| c.iter().fold(start, |v, p| pick(v, p[k]));
        let region = to_region([
            bound(0, f32::min, f32::MAX),
            bound(1, f32::min, f32::MAX),
            bound(0, f32::max, f32::MIN),
            bound(1, f32::max, f32::MIN),
        ]);
        lines.push((below(&c), line_field(line.text, line.confidence, region)));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    // One line that looks like a zone may be a long serial number; a zone has two or three.
    if lines.len() < 2 { Vec::new() } else { lines.into_iter().map(|l| l.1).collect() }
}

/// How far down the page a line stands, in its own reading direction. A line that stands upright is read
/// from its right side, see [`ocr::crop_line`].
fn below(corners: &Quad) -> f32 {
    let [tl, tr, _, bl] = *corners;
    let upright = distance(tl, bl) >= 1.5 * distance(tl, tr);
    let (from, to) = if upright { (tr, tl) } else { (tl, bl) };
    let length = distance(from, to).max(1.0);
    let middle = centre(corners);
    (0..2).map(|k| middle[k] * (to[k] - from[k]) / length).sum()
}

/// A machine-readable zone anywhere in the picture, upright or turned by 90° steps.
pub(super) fn scene_mrz(models: &Models, picture: &Picture) -> Result<Vec<Field>, EngineError> {
    let options = DetectOptions { side_max_px: 1280, input: InputSize::Recipe };
    let boxes = ocr::detect(models, &picture.rgb, &options)?;
    let long: Vec<TextBox> = boxes
        .into_iter()
        .filter(|b| {
            let (w, h) = (distance(b.corners[0], b.corners[1]), distance(b.corners[1], b.corners[2]));
            w.max(h) > 8.0 * w.min(h)
        })
        .take(8)
        .collect();
    if long.len() < 2 {
        return Ok(Vec::new());
    }
    let place = |[l, t, r, b]: [f32; 4]| picture.to_original(Region { x: l, y: t, w: r - l, h: b - t });
    let zone = mrz_of(&hear(models, &picture.rgb, long.clone())?, place);
    if !zone.is_empty() {
        return Ok(zone);
    }
    // On its head: each line the other way round, and the lines too.
    let turned = long.into_iter().map(|b| {
        let [tl, tr, br, bl] = b.corners;
        TextBox { corners: [br, bl, tl, tr], ..b }
    });
    Ok(mrz_of(&hear(models, &picture.rgb, turned.collect())?, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_follow_each_other_in_their_own_reading_direction() {
        let line = |[l, t, r, b]: [f32; 4]| [[l, t], [r, t], [r, b], [l, b]];
        let turned = |[tl, tr, br, bl]: Quad| [br, bl, tl, tr];
        // Two rows of a zone, upright and on its head.
        let (first, second) = (line([0.0, 10.0, 400.0, 30.0]), line([0.0, 40.0, 400.0, 60.0]));
        assert!(below(&first) < below(&second));
        assert!(below(&turned(second)) < below(&turned(first)));
        // The same page on its side: its rows stand upright and are read from their right side.
        let (right, left) = (line([40.0, 0.0, 60.0, 400.0]), line([10.0, 0.0, 30.0, 400.0]));
        assert!(below(&right) < below(&left));
        assert!(below(&turned(left)) < below(&turned(right)));
    }
}
