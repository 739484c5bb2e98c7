//! Two pictures: do they show the same face?

use crate::RunError;
use crate::given::Given;
use crate::look::{Look, look};
use crate::timing::{Milliseconds, since};
use crate::toolbox::Toolbox;
use shiming_domain::calibration::{FmrEstimate, fmr_at, similarity};
use shiming_domain::check::{Check, Status};
use shiming_domain::evidence::{Face, PictureEvidence};
use shiming_domain::judge::{self, Expected};
use shiming_domain::policy::Policy;
use shiming_domain::reason::{Code, Reason, Text, catalogue};
use shiming_vision::analyse::{self, Seen};
use shiming_vision::card::side::Hint;
use shiming_vision::models::Models;
use shiming_vision::picture::Picture;
use shiming_vision::runtime::EngineError;
use std::time::Instant;

/// How alike two faces are, against the policy's bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// `1 − distance`, 0–1. Not a probability.
    pub similarity: f32,
    /// From here on the faces agree.
    pub threshold: f32,
    /// From here on, up to `threshold`, a person must look.
    pub borderline: f32,
    /// `pass`, `warn` (a person must look) or `fail`.
    pub status: Status,
    /// What is known about false matches at `threshold`.
    pub fmr_at_threshold: Option<FmrEstimate>,
}

impl Comparison {
    /// Judges a distance of two embeddings.
    pub fn of(distance: f32, policy: &Policy) -> Self {
        let bands = policy.face_match;
        let status = if distance <= bands.pass_distance_max {
            Status::Pass
        } else if distance <= bands.warn_distance_max {
            Status::Warn
        } else {
            Status::Fail // also what is not a number
        };
        Self {
            similarity: similarity(distance),
            threshold: similarity(bands.pass_distance_max),
            borderline: similarity(bands.warn_distance_max),
            status,
            fmr_at_threshold: fmr_at(bands.pass_distance_max),
        }
    }
}

/// What came of comparing two pictures.
pub struct Compared {
    /// Distance of the two faces; `None` when a picture is unusable or shows no face.
    pub distance: Option<f32>,
    /// All faces of each picture, largest first; the largest was compared.
    pub faces: [Vec<Face>; 2],
    /// What was seen in each picture, or why there is none. **Personal data in clear** if a card was given.
    pub evidence: [PictureEvidence; 2],
    /// Why a file gave no picture.
    pub faults: [Option<Text>; 2],
    /// What stands in the way, with the place of the picture it is about (0 or 1); `None` for both together.
    pub reasons: Vec<(Option<usize>, Reason)>,
    /// From bytes to answer.
    pub total: Milliseconds,
}

/// Compares the largest face of one picture with the largest of another. A card's portrait counts as its face.
pub fn compare(toolbox: &Toolbox, policy: &Policy, pictures: [Given<'_>; 2]) -> Result<Compared, RunError> {
    let start = Instant::now();
    let [first, second] = pictures;
    let models = &toolbox.models;
    let (first, second) =
        models.both(|| look(models, first, face_or_card), || look(models, second, face_or_card));
    let looks = [first?, second?];
    let distance = match [looks[0].embedding(), looks[1].embedding()] {
        [Some(a), Some(b)] => Some(a.distance(b)),
        _ => None,
    };
    let faces = [faces(&looks[0]), faces(&looks[1])];
    let mut reasons: Vec<(Option<usize>, Reason)> = Vec::new();
    for (place, look) in looks.iter().enumerate() {
        reasons.extend(of_picture(look, policy).into_iter().map(|reason| (Some(place), reason)));
    }
    let code = match distance.map(|d| Comparison::of(d, policy).status) {
        Some(Status::Warn) => Some(Code::FaceBorderline),
        Some(Status::Fail) => Some(Code::FaceMismatch),
        _ => None,
    };
    reasons.extend(code.and_then(of_pair).map(|reason| (None, reason)));
    let faults = [looks[0].fault(), looks[1].fault()];
    let evidence = [looks[0].evidence(), looks[1].evidence()];
    Ok(Compared { distance, faces, evidence, faults, reasons, total: since(start) })
}

/// Distance of the largest faces of two pictures that show people and no cards; `None` if one shows none.
pub(crate) fn face_distance(toolbox: &Toolbox, pictures: [Given<'_>; 2]) -> Result<Option<f32>, RunError> {
    let [first, second] = pictures;
    let first = look(&toolbox.models, first, analyse::selfie)?;
    let second = look(&toolbox.models, second, analyse::selfie)?;
    Ok(first.embedding().zip(second.embedding()).map(|(a, b)| a.distance(b)))
}

/// A card is read for the sake of its portrait only when there is one; any other picture is searched for faces.
fn face_or_card(models: &Models, picture: &Picture) -> Result<Seen, EngineError> {
    if analyse::gate(models, picture)?.side_hint == Some(Hint::Portrait) {
        let seen = analyse::inspect(models, picture)?;
        if seen.embedding.is_some() {
            return Ok(seen);
        }
    }
    analyse::selfie(models, picture)
}

/// Is it a picture, and is there exactly one face to compare? Nothing else about it matters here; the faces
/// around a card's portrait are nobody's business.
fn of_picture(look: &Look, policy: &Policy) -> Vec<Reason> {
    let evidence = look.evidence();
    let is_card = matches!(&evidence, PictureEvidence::Seen(image) if image.cards > 0);
    if is_card && look.embedding().is_some() {
        return Vec::new();
    }
    let mut checks = judge::picture(&evidence, Expected::Selfie, policy);
    checks.retain(|c| matches!(c.name, Check::FileReadable | Check::FaceCount));
    judge::reasons(&checks).into_iter().map(without_step).collect()
}

fn of_pair(code: Code) -> Option<Reason> {
    let entry = catalogue().get(code)?;
    Some(Reason {
        code,
        kind: entry.kind.applied(0),
        step: None,
        steps: Vec::new(),
        choice: false,
        text: entry.text.clone(),
        public_code: entry.public.unwrap_or(code),
        checks: Vec::new(),
    })
}

/// There are no steps here: nobody is going through a flow.
fn without_step(reason: Reason) -> Reason {
    Reason { step: None, steps: Vec::new(), choice: false, ..reason }
}

fn faces(look: &Look) -> Vec<Face> {
    match look.evidence() {
        PictureEvidence::Seen(image) => image.faces,
        PictureEvidence::Unusable(_) => Vec::new(),
    }
}
