//! One picture to its evidence: locate, flatten, measure, read, find faces.

mod again;
mod card;
mod faces;
mod heard;
mod kind;
mod live;
mod mrz;
mod wide;
mod words;

pub use card::PORTRAIT_SHARE_MAX;
pub use live::{FRAME_BYTES_MAX, LiveFrame, live};

use crate::card::locate;
use crate::face::Embedding;
use crate::models::Models;
use crate::picture::Picture;
use crate::quality;
use crate::runtime::EngineError;
use crate::warp::shrink_to_fit;
use card::CardRead;
use shiming_domain::evidence::{
    Corners, Field, Fields, ImageEvidence, Kind, Measurement, PictureEvidence, Region,
};
use shiming_domain::personal::Personal;

/// Evidence of one picture, and the embedding of its subject for a comparison in memory. The embedding is
/// never part of stored evidence.
pub struct Seen {
    /// The facts.
    pub evidence: ImageEvidence,
    /// Of the portrait on a card, or of the largest face of a face photo.
    pub embedding: Option<Embedding>,
    /// The card flattened, for a report; `None` when there is no card.
    pub flat: Option<image::RgbImage>,
}

impl Seen {
    /// The evidence as one step's picture.
    pub fn into_evidence(self) -> PictureEvidence {
        PictureEvidence::Seen(Box::new(self.evidence))
    }
}

/// What the gate answers at once, before anything is read.
#[derive(Clone, Debug)]
pub struct GateEvidence {
    /// Corners in pixels of the original; `None` when no card was found.
    pub corners: Option<Corners>,
    /// Number of cards.
    pub cards: u32,
    /// Which side it looks like, from the face or the emblem alone.
    pub side_hint: Option<crate::card::side::Hint>,
    /// All measurements.
    pub measurements: Vec<Measurement>,
}

/// The quality gate of a document step: is there a card, and what is wrong with the picture? Reads nothing.
pub fn gate(models: &Models, picture: &Picture) -> Result<GateEvidence, EngineError> {
    let located = card::locate(models, picture)?;
    Ok(match located {
        Some(l) => GateEvidence {
            corners: Some(to_original(picture, &l.corners)),
            cards: l.cards,
            side_hint: l.hint,
            measurements: quality::measure_card(picture, &l.corners),
        },
        None => GateEvidence {
            corners: None,
            cards: 0,
            side_hint: None,
            measurements: quality::measure_scene(picture),
        },
    })
}

/// Everything about a picture of unknown content.
pub fn inspect(models: &Models, picture: &Picture) -> Result<Seen, EngineError> {
    let read = card::read(models, picture)?;
    // An outline with next to no text in it is a window or a shirt, not a document.
    let is_document =
        |r: &CardRead| r.kind != Kind::Unknown || r.text_rows >= DOCUMENT_ROWS_MIN || r.is_illegible;
    match read {
        Some(read) if is_document(&read) => card_evidence(models, picture, read),
        other => {
            let scene = selfie(models, picture)?;
            Ok(match other {
                Some(read) if scene.evidence.faces.is_empty() => card_evidence(models, picture, read)?,
                _ => scene,
            })
        }
    }
}

/// Rows of text from which on a document is believed even if a face is in the picture.
const DOCUMENT_ROWS_MIN: usize = 3;

/// A picture sent for the selfie step: its faces, and the card if the largest of them is printed on one.
pub fn selfie(models: &Models, picture: &Picture) -> Result<Seen, EngineError> {
    // Both the faces and the outline around one are looked for at this size.
    let shrunk = shrink_to_fit(&picture.rgb, locate::SEARCH_SIDE);
    let small = shrunk.as_ref().map_or((&picture.rgb, 1.0), |(small, factor)| (small, *factor));
    let (faces, embedding) = faces::of_scene(models, picture, small)?;
    let kind = if faces.is_empty() { Kind::Unknown } else { Kind::FacePhoto };
    let card = match faces.first() {
        Some(face) => card::under(models, picture, small, face)?,
        None => None,
    };
    let mut seen = scene_evidence(picture, kind, faces, embedding);
    if let Some(card) = card {
        seen.evidence.cards = 1;
        seen.evidence.corners = Some(to_original(picture, &card));
    }
    Ok(seen)
}

/// As [`selfie`], with what a passive model makes of the largest face, where there is one. For the checks of an attempt:
/// an upload is not judged by it.
pub fn submitted_selfie(models: &Models, picture: &Picture) -> Result<Seen, EngineError> {
    let mut seen = selfie(models, picture)?;
    if let Some(face) = seen.evidence.faces.first_mut() {
        let Region { x, y, w, h } = face.region;
        let [x, y, w, h] = [x, y, w, h].map(|v| v / picture.scale);
        face.living = crate::face::living(models, &picture.rgb, Region { x, y, w, h })?;
    }
    Ok(seen)
}

/// Text lines of a whole picture that may hold a machine-readable zone, from top to bottom.
pub fn mrz_lines(models: &Models, picture: &Picture) -> Result<Vec<Field>, EngineError> {
    mrz::anywhere(models, picture)
}

fn scene_evidence(
    picture: &Picture,
    kind: Kind,
    faces: Vec<shiming_domain::evidence::Face>,
    embedding: Option<Embedding>,
) -> Seen {
    Seen {
        evidence: ImageEvidence {
            file: picture.file.clone(),
            kind,
            cards: 0,
            corners: None,
            measurements: quality::measure_scene(picture),
            fields: Fields::None {},
            faces,
            mrz_lines: Vec::new(),
            specimen_mark: false,
        },
        embedding,
        flat: None,
    }
}

fn card_evidence(models: &Models, picture: &Picture, read: CardRead) -> Result<Seen, EngineError> {
    let CardRead { located, kind, fields, specimen_mark, mrz_lines, .. } = read;
    let Some(located) = located else {
        // A machine-readable zone was read without an outline.
        let mut seen = scene_evidence(picture, kind, Vec::new(), None);
        seen.evidence.mrz_lines = mrz_lines;
        return Ok(seen);
    };
    // No face is printed beside an emblem.
    let (faces, embedding) = match kind {
        Kind::ResidentEmblemSide => Default::default(),
        _ => faces::of_card(models, picture, &located.flat)?,
    };
    Ok(Seen {
        evidence: ImageEvidence {
            file: picture.file.clone(),
            kind,
            cards: located.cards,
            corners: Some(to_original(picture, &located.corners)),
            measurements: quality::measure_card(picture, &located.corners),
            fields,
            faces,
            mrz_lines,
            specimen_mark,
        },
        embedding,
        flat: Some(located.flat.rgb),
    })
}

fn to_original(picture: &Picture, corners: &crate::card::geometry::Quad) -> Corners {
    Corners(corners.map(|p| picture.point_to_original(p)))
}

/// A field that is a whole line of text.
fn line_field(text: String, confidence: f32, region: Region) -> Field {
    Field { text: Personal::new(text), confidence, region: Some(region), alternative: None }
}
