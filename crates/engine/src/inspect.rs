//! One picture of unknown content: what it is, how good it is, what is on it.

use crate::RunError;
use crate::given::{Absent, Given};
use crate::look::look;
use crate::picture::Shown;
use crate::timing::{InspectTimings, Milliseconds, since, timed};
use crate::toolbox::Toolbox;
use shiming_domain::check::{Check, CheckResult, Group};
use shiming_domain::evidence::{Corners, Face, Fields, ImageEvidence, Kind, PictureEvidence};
use shiming_domain::judge::{self, Expected, QualityLine};
use shiming_domain::policy::Policy;
use shiming_domain::reason::{Reason, Text};
use shiming_vision::analyse;
use shiming_vision::card::geometry::area;
use shiming_vision::card::side::Hint;
use shiming_vision::models::Models;
use shiming_vision::picture::Picture;
use shiming_vision::runtime::EngineError;
use std::time::Instant;

/// What was found in a picture and what a person should be told about it.
pub struct Inspected {
    /// The facts.
    pub evidence: PictureEvidence,
    /// Why there is no picture.
    pub fault: Option<Text>,
    /// All judgements, in the order of the table of checks.
    pub checks: Vec<CheckResult>,
    /// The quality as a flat list.
    pub quality: Vec<QualityLine>,
    /// What to do about it.
    pub reasons: Vec<Reason>,
    /// How long it took.
    pub timings: InspectTimings,
    /// The picture, if it was to be kept.
    pub shown: Option<Shown>,
}

/// Looks at everything in a picture.
pub fn inspect(
    toolbox: &Toolbox,
    policy: &Policy,
    given: Given<'_>,
    keep_picture: bool,
) -> Result<Inspected, RunError> {
    let start = Instant::now();
    let seen = look(&toolbox.models, given, analyse::inspect)?;
    let evidence = seen.evidence();
    let checks = judge::picture(&evidence, Expected::Any, policy);
    let timings = InspectTimings { decode: seen.decode, analyse: seen.analyse, total: since(start) };
    Ok(Inspected {
        fault: seen.fault(),
        quality: judge::quality(&checks),
        reasons: judge::reasons(&checks),
        evidence,
        checks,
        timings,
        shown: if keep_picture { seen.shown() } else { None },
    })
}

/// The quality gate of an upload: is there a card or a face, and is the picture good enough?
///
/// The same judgements as in [`inspect`], fewer of them: nothing is read, so there are no fields, and the kind
/// is a guess from a face or an emblem in its place (`unknown` without either).
pub fn gate(toolbox: &Toolbox, policy: &Policy, given: Given<'_>) -> Result<Inspected, RunError> {
    let start = Instant::now();
    let (decoded, decode) = timed(|| given.decode());
    let (evidence, analyse) = match &decoded {
        Ok(picture) => {
            let (seen, time) = timed(|| glance(&toolbox.models, picture));
            (PictureEvidence::Seen(Box::new(seen?)), time)
        }
        Err(absent) => (PictureEvidence::Unusable(absent.fault()), Milliseconds::default()),
    };
    let mut checks = judge::picture(&evidence, Expected::Any, policy);
    checks.retain(|c| {
        matches!(c.group, Group::Image | Group::Face)
            || matches!(c.name, Check::CardPresent | Check::Photocopy)
    });
    Ok(Inspected {
        fault: decoded.as_ref().err().map(Absent::explain),
        quality: judge::quality(&checks),
        reasons: judge::reasons(&checks),
        evidence,
        checks,
        timings: InspectTimings { decode, analyse, total: since(start) },
        shown: None,
    })
}

fn glance(models: &Models, picture: &Picture) -> Result<ImageEvidence, EngineError> {
    let seen = analyse::gate(models, picture)?;
    if seen.side_hint.is_none() {
        // No card, or an outline that shows nothing a card would: a selfie before a window or a picture.
        let faces = analyse::selfie(models, picture)?.evidence;
        if seen.corners.is_none_or(|card| is_larger_than_a_portrait(&faces.faces, &card)) {
            return Ok(faces);
        }
    }
    Ok(ImageEvidence {
        file: picture.file.clone(),
        kind: match seen.side_hint {
            Some(Hint::Portrait) => Kind::ResidentPortraitSide,
            Some(Hint::Emblem) => Kind::ResidentEmblemSide,
            None => Kind::Unknown,
        },
        cards: seen.cards,
        corners: seen.corners,
        measurements: seen.measurements,
        fields: Fields::None {},
        faces: Vec::new(),
        mrz_lines: Vec::new(),
        specimen_mark: false,
    })
}

/// A face this large is not printed on that outline; it is a person.
fn is_larger_than_a_portrait(faces: &[Face], card: &Corners) -> bool {
    let card_area = area(&card.0).abs();
    faces.first().is_some_and(|face| face.region.w * face.region.h > analyse::PORTRAIT_SHARE_MAX * card_area)
}
