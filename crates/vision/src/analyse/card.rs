//! Finds the card of a picture and reads it.

use super::again::{self, Unread};
use super::heard::{gather, hear, hear_again, is_upside_down, strict_number};
use super::words::CARD;
use super::{kind, mrz, wide};
use crate::card::flat::{Flat, READING_PX_PER_MM};
use crate::card::geometry::{Point, Quad, area, centre, distance, iou, is_convex, scaled, turned};
use crate::card::locate::{self, ASPECT, Candidate};
use crate::card::refine;
use crate::card::side::{self, Hint};
use crate::face;
use crate::models::Models;
use crate::ocr::{self, DetectOptions, InputSize, TextBox};
use crate::picture::Picture;
use crate::read::{self, Layout, Reading};
use crate::runtime::EngineError;
use crate::warp::Homography;
use image::RgbImage;
use shiming_domain::evidence::{Face, Field, Fields, Kind, OneSidedFields, Region};

/// Outlines looked at.
const CANDIDATES_MAX: usize = 8;
/// Outlines looked into for a face or an emblem.
const LOOKS_MAX: usize = 5;
/// Outlines read when the first does not say what it is.
const READS_MAX: usize = 2;

/// The text detector's input for a flat card: letters are then some 20 pixels high, which it reads as surely as
/// twice that at half the cost.
const DETECT_SIZE: InputSize = InputSize::Exact { width: 640, height: 416 };

/// A card in the picture.
#[derive(Clone)]
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
    pub(super) says_other: bool,
    /// It shows what only a card shows, and why nothing can be read on it is known.
    pub(super) is_illegible: bool,
}

impl CardRead {
    pub(super) fn unread(located: Located) -> Self {
        Self {
            located: Some(located),
            kind: Kind::Unknown,
            fields: Fields::None {},
            specimen_mark: false,
            mrz_lines: Vec::new(),
            text_rows: 0,
            says_other: false,
            is_illegible: false,
        }
    }
}

/// The outline that most likely is a card. `None` when nothing in the picture looks like one.
///
/// When none shows a portrait or an emblem, the wider search is made that reading would make too: what the gate
/// says about a picture should be what is said about it later.
pub(super) fn locate(models: &Models, picture: &Picture) -> Result<Option<Located>, EngineError> {
    let likeliest = looks(models, picture)?.into_iter().next();
    if likeliest.as_ref().is_some_and(|located| located.hint.is_some()) {
        return Ok(likeliest);
    }
    let faces = wide::faces(models, picture)?;
    if let Some(found) = wide::hinted(picture, &[], &faces).into_iter().next() {
        return Ok(Some(found.located));
    }
    Ok(wide::far_away(models, picture, &faces)?.or(likeliest))
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
pub(super) fn shows_portrait(models: &Models, small: &Flat) -> Result<bool, EngineError> {
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
pub(super) fn under(
    models: &Models,
    picture: &Picture,
    (small, factor): (&RgbImage, f32),
    face: &Face,
) -> Result<Option<Quad>, EngineError> {
    let Region { x, y, w, h } = face.region;
    let (width, height) = (picture.file.width_px as f32, picture.file.height_px as f32);
    if w * h > PORTRAIT_SHARE_MAX * width * height {
        return Ok(None); // larger than any portrait on a card that is seen whole; most selfies end here
    }
    let middle = [x + w / 2.0, y + h / 2.0].map(|v| v / picture.scale);
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
    side::readings(quad).iter().any(|reading| {
        Homography::between(reading, &CARD).is_some_and(|map| side::is_portrait_place(map.apply(at)))
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
    let mut unread = Unread::default();
    for located in looks(models, picture)? {
        let read = read_flat(models, picture, located)?;
        if read.kind != Kind::Unknown {
            return Ok(Some(read));
        }
        if read.says_other {
            unread = Unread { illegible: None, document: Some(read) };
            break;
        }
        unread.add(picture, read);
    }
    let texts = mrz::scene_text(models, picture)?;
    let mrz_lines = mrz::of_scene(models, picture, &texts)?;
    if !mrz_lines.is_empty() {
        let located = unread.document.and_then(|f| f.located);
        return Ok(Some(CardRead {
            located,
            kind: Kind::MrzDocument,
            fields: Fields::None {},
            specimen_mark: false,
            mrz_lines,
            text_rows: 0,
            says_other: false,
            is_illegible: false,
        }));
    }
    if unread.document.as_ref().is_some_and(|read| read.says_other) {
        return Ok(unread.document);
    }
    let faces = wide::faces(models, picture)?;
    if unread.illegible.is_none()
        && let Some(read) = again::read(models, picture, &texts, &faces, &mut unread)?
    {
        return Ok(Some(read));
    }
    if let Some(located) = unread.illegible.as_ref().and_then(|read| read.located.as_ref())
        && wide::shows_a_person(located, &faces)
    {
        unread.illegible = None;
    }
    Ok(unread.illegible.or(unread.document))
}

/// Reads an outline, and once more where its labels say that the card really lies.
pub(super) fn read_flat(
    models: &Models,
    picture: &Picture,
    located: Located,
) -> Result<CardRead, EngineError> {
    let (first, whole) = read_once(models, picture, located)?;
    let Some(corners) = whole.map(|whole| wide::snapped(picture, &whole)) else { return Ok(first) };
    let Some(flat) = Flat::card(&picture.rgb, &corners, READING_PX_PER_MM) else { return Ok(first) };
    let hint = first.located.as_ref().and_then(|l| l.hint);
    // What was counted as another card may have been a part of this one.
    let located = Located { corners, flat, hint, cards: 1 };
    let (second, _) = read_once(models, picture, located.clone())?;
    // Fewer words may be left where a part of the card is covered or cut off; what they said still holds.
    Ok(if second.kind == first.kind { second } else { CardRead { located: Some(located), ..first } })
}

/// Overlap with the place where its labels put the card below which an outline is wrong.
const LAYOUT_IOU_MIN: f32 = 0.82;

/// Where the card must lie by its labels, if that is not where it was thought to.
fn whole_card(reading: &Reading, located: &Located, kind: Kind) -> Option<Quad> {
    let is_resident = matches!(kind, Kind::ResidentPortraitSide | Kind::ResidentEmblemSide);
    let rows = reading.rows.iter().map(|row| row.glyphs.as_slice());
    let layout = Layout::of(&read::anchors(rows.filter(|_| is_resident), kind == Kind::ResidentEmblemSide))?;
    let k = located.flat.px_per_mm;
    let corners = CARD.map(|p| located.flat.point_to_picture(layout.place(p).map(|v| v * k)));
    (is_convex(&corners) && iou(&corners, &located.corners) < LAYOUT_IOU_MIN).then_some(corners)
}

/// The reading, and the true outline if the one given was wrong.
fn read_once(
    models: &Models,
    picture: &Picture,
    mut located: Located,
) -> Result<(CardRead, Option<Quad>), EngineError> {
    let options = DetectOptions { side_max_px: 1024, input: DETECT_SIZE };
    let mut boxes = ocr::detect(models, &located.flat.rgb, &options)?;
    if located.hint.is_none() && !boxes.is_empty() && is_upside_down(models, &located.flat.rgb, &boxes)? {
        located.corners = turned(&located.corners, 2);
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
    let mrz_lines = mrz::of_lines(&heard, |r| located.flat.region(picture, r.map(|v| v / px_per_mm)));
    let mut reading = gather(&heard, px_per_mm);
    let mut portrait = read::portrait_spans(&reading);
    let mut emblem = read::emblem_spans(&reading);
    let missing = if emblem.labels > portrait.labels {
        read::emblem_strips(&reading, &emblem)
    } else {
        read::portrait_strips(&reading, &portrait)
    };
    if !missing.is_empty() {
        hear_again(models, &located.flat, &mut heard, &missing)?;
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
        Kind::Temporary if portrait.labels >= 2 => Fields::OneSided(OneSidedFields {
            person: read::portrait_fields(&portrait, None, &located.flat, picture),
            issue: read::emblem_fields(&read::issue_spans(&reading), &located.flat, picture),
        }),
        Kind::FirstGeneration if portrait.labels >= 2 => {
            Fields::Portrait(read::portrait_fields(&portrait, None, &located.flat, picture))
        }
        _ => Fields::None {},
    };
    let specimen_mark = reading.specimen_mark;
    let says_other = said == Some(Kind::Unknown);
    let whole = whole_card(&reading, &located, kind);
    let unread = CardRead::unread(located);
    Ok((CardRead { kind, fields, specimen_mark, mrz_lines, text_rows, says_other, ..unread }, whole))
}

/// Nothing is printed inside the portrait; what is found there is hair and collars.
fn in_portrait(text: &TextBox, px_per_mm: f32) -> bool {
    let [x, y] = centre(&text.corners).map(|v| v / px_per_mm);
    x > 54.0 && y < 40.5
}
