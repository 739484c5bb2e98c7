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
use shiming_vision::alike::{Look, fills_picture};
use shiming_vision::analyse;
use shiming_vision::card::geometry::area;
use shiming_vision::card::side::Hint;
use shiming_vision::encode;
use shiming_vision::models::Models;
use shiming_vision::picture::Picture;
use shiming_vision::runtime::EngineError;
use std::time::Instant;

/// JPEG quality of kept pictures: what it takes away is far below what a camera added.
const KEPT_QUALITY: u8 = 92;

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
    Ok(gate_keeping(toolbox, policy, Expected::Any, given, false)?.inspected)
}

/// What the gate found, and the picture to keep.
pub struct Gated {
    /// What was found.
    pub inspected: Inspected,
    /// The upright picture as a JPEG file without metadata, if there is one and it was asked for.
    pub kept: Option<Vec<u8>>,
    /// How the photograph looks, to know it again. Not of a card that fills it: one looks like the other.
    pub look: Option<Look>,
}

/// As [`gate`]; with `keep` the picture is written anew, so that nothing of the file that was sent is kept but
/// what can be seen: no place, no device, no thumbnail, nothing behind its end.
pub(crate) fn gate_keeping(
    toolbox: &Toolbox,
    policy: &Policy,
    expected: Expected,
    given: Given<'_>,
    keep: bool,
) -> Result<Gated, RunError> {
    let start = Instant::now();
    let (decoded, decode) = timed(|| given.decode());
    let (evidence, analyse, kept) = match &decoded {
        Ok(picture) => {
            // Where a selfie is due only a face is looked for: a bright coat is no emblem.
            let look = || match expected {
                Expected::Selfie => Ok(analyse::selfie(&toolbox.models, picture)?.evidence),
                _ => glance(&toolbox.models, picture),
            };
            // Written beside the networks, so that nobody waits for it: most pictures pass.
            let write = || if keep { rewritten(picture) } else { None };
            let ((seen, time), written) = toolbox.models.both(|| timed(look), write);
            (PictureEvidence::Seen(Box::new(seen?)), time, written)
        }
        Err(absent) => (PictureEvidence::Unusable(absent.fault()), Milliseconds::default(), None),
    };
    let mut checks = judge::picture(&evidence, Expected::Any, policy);
    checks.retain(|c| {
        matches!(c.group, Group::Image | Group::Face)
            || matches!(c.name, Check::CardPresent | Check::Photocopy)
    });
    let inspected = Inspected {
        fault: decoded.as_ref().err().map(Absent::explain),
        quality: judge::quality(&checks),
        reasons: judge::reasons(&checks),
        evidence,
        checks,
        timings: InspectTimings { decode, analyse, total: since(start) },
        shown: None,
    };
    let look =
        decoded.as_ref().ok().filter(|_| keep).and_then(|picture| look_of(picture, &inspected.evidence));
    Ok(Gated { inspected, kept, look })
}

fn look_of(picture: &Picture, evidence: &PictureEvidence) -> Option<Look> {
    let corners = match evidence {
        PictureEvidence::Seen(image) => image.corners,
        PictureEvidence::Unusable(_) => None,
    };
    let fills = corners.is_some_and(|corners| fills_picture(&corners.0, picture));
    if fills { None } else { Look::of(&picture.rgb) }
}

/// `None` if the picture is empty.
fn rewritten(picture: &Picture) -> Option<Vec<u8>> {
    encode::jpeg(&picture.rgb, u32::MAX, KEPT_QUALITY).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_picture_carries_nothing_but_pixels() {
        let plain = encode::jpeg(&image_of(200, 100), 400, 90).unwrap();
        let (start, rest) = plain.split_at(2);
        // An application segment as cameras write them, with a place in it, and something behind the end.
        let secret = b"GPS 31.2304N 121.4737E";
        let length = u16::try_from(secret.len() + 2).unwrap().to_be_bytes();
        let sent = [start, &[0xff, 0xe5], &length, secret, rest].concat();
        let picture = Given::Bytes(&sent).decode().unwrap();
        let kept = rewritten(&picture).unwrap();
        assert!(sent.windows(secret.len()).any(|window| window == secret));
        assert!(!kept.windows(4).any(|window| window == b"GPS "));
        assert_eq!(Given::Bytes(&kept).decode().unwrap().rgb.dimensions(), (200, 100));
    }

    fn image_of(width: u32, height: u32) -> shiming_vision::encode::Pixels {
        shiming_vision::encode::Pixels::new(width, height)
    }
}
