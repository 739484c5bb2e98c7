//! From evidence to check results. Every function is pure; `inspect`, the upload gate and `decide` call the
//! same code, so a person is never told one thing at upload and another in the decision.
//!
//! Checks of one picture are judged together, so that all its problems are told at once. A *required* image,
//! document or face check that fails blocks what would be judged later from the same picture: nobody is
//! suspected because of a bad photo. An advisory failure blocks nothing, nor does too much light what it cannot
//! change: the colours of a card.

mod absent;
mod card;
mod compared;
mod data;
mod face;
mod form;
mod known;
mod liveness;
mod matching;
mod sheet;

pub(crate) use absent::absent;
pub use compared::{Agreement, Compared, FieldName, Sides, compared};
pub(crate) use data::{Facts, age_policy, data};
pub(crate) use form::form;
pub use form::{Declared, Typed, typed};
pub(crate) use known::known;
pub(crate) use liveness::{liveness, passive};
pub(crate) use matching::face_match;
pub(crate) use sheet::Sheet;

use crate::check::{Basis, Check, CheckResult, Group, Note, Requirement, Status, Subject};
use crate::evidence::{Fields, ImageEvidence, Kind, PictureEvidence, Region};
use crate::policy::Policy;
use crate::reason::{AppliedKind, Code, Reason, collect};
use serde::{Deserialize, Serialize};

/// What a picture was asked to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The side with the portrait.
    PortraitSide,
    /// The side with the emblem.
    EmblemSide,
    /// A selfie.
    Selfie,
    /// Nothing in particular: judge what was found.
    Any,
}

impl Expected {
    fn subject(self, evidence: &ImageEvidence) -> Subject {
        match self {
            Self::PortraitSide => Subject::PortraitSide,
            Self::EmblemSide => Subject::EmblemSide,
            Self::Selfie => Subject::Selfie,
            Self::Any => match (evidence.kind, &evidence.fields) {
                (Kind::ResidentPortraitSide, _)
                | (Kind::Temporary, Fields::Portrait(_) | Fields::OneSided(_)) => Subject::PortraitSide,
                (Kind::ResidentEmblemSide | Kind::Temporary, _) => Subject::EmblemSide,
                (Kind::FacePhoto, _) => Subject::Selfie,
                (Kind::FirstGeneration | Kind::MrzDocument | Kind::Unknown, _) => Subject::Image,
            },
        }
    }
}

/// Judges one picture by itself: image, document, authenticity, face quality, and whether all fields were
/// read. In the order of the table of checks.
pub fn image(evidence: &ImageEvidence, expected: Expected, policy: &Policy) -> Vec<CheckResult> {
    let mut sheet = Sheet::new(policy, false);
    seen(&mut sheet, evidence, expected);
    sheet.into_results()
}

/// As [`image`], for a picture that may have been unusable.
pub fn picture(evidence: &PictureEvidence, expected: Expected, policy: &Policy) -> Vec<CheckResult> {
    let mut sheet = Sheet::new(policy, false);
    judge_picture(&mut sheet, evidence, expected);
    sheet.into_results()
}

/// What a person should be told about one picture: the reasons of its required failures. Nothing here is a
/// suspicion spoken out loud: such reasons carry the neutral public text.
pub fn reasons(results: &[CheckResult]) -> Vec<Reason> {
    collect(results, false, |check, entry| {
        let counts = check.requirement == Requirement::Required && check.status == Status::Fail;
        counts.then(|| if entry.kind.is_retry() { AppliedKind::Retry } else { AppliedKind::Review })
    })
}

/// One line of `inspect`'s quality list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityLine {
    /// The check.
    pub check: Check,
    /// Its verdict.
    pub status: Status,
    /// The value that decided.
    pub value: Option<f32>,
    /// The bound that decided.
    pub threshold: Option<f32>,
    /// Where the fault is.
    #[serde(rename = "box")]
    pub region: Option<Region>,
}

/// The quality of one picture as a flat list: image checks, a copy without colour, the face.
pub fn quality(results: &[CheckResult]) -> Vec<QualityLine> {
    results
        .iter()
        .filter(|r| matches!(r.group, Group::Image | Group::Face) || r.name == Check::Photocopy)
        .map(|r| QualityLine {
            check: r.name,
            status: r.status,
            value: r.score,
            threshold: r.threshold,
            region: r.regions.first().copied(),
        })
        .collect()
}

pub(crate) fn judge_picture(sheet: &mut Sheet<'_>, evidence: &PictureEvidence, expected: Expected) {
    match evidence {
        PictureEvidence::Seen(image) => seen(sheet, image, expected),
        PictureEvidence::Unusable(fault) => {
            let subject = match expected {
                Expected::PortraitSide => Subject::PortraitSide,
                Expected::EmblemSide => Subject::EmblemSide,
                Expected::Selfie => Subject::Selfie,
                Expected::Any => Subject::Image,
            };
            let mut result = sheet.result(Check::FileReadable, subject, Status::Fail);
            result.reasons = vec![Code::ImgUnreadableFile];
            result.rule = Some(fault.code.clone());
            let by = result.reference();
            sheet.push(result);
            for check in of_one_picture(subject).filter(|c| *c != Check::FileReadable) {
                sheet.blocked(check, subject, by);
            }
        }
    }
}

/// The checks that look at one picture alone.
fn of_one_picture(subject: Subject) -> impl Iterator<Item = Check> {
    let alone = |c: &Check| {
        matches!(c.spec().group, Group::Image | Group::Document | Group::Authenticity | Group::Face)
            || *c == Check::FieldsExtracted
    };
    Check::ALL
        .iter()
        .copied()
        .filter(alone)
        .filter(move |c| c.spec().basis == Basis::Judged && c.spec().subjects.contains(&subject))
}

fn seen(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, expected: Expected) {
    let subject = expected.subject(evidence);
    let readable = sheet.result(Check::FileReadable, subject, Status::Pass);
    sheet.push(readable);
    if subject == Subject::Selfie {
        face::selfie(sheet, evidence);
    } else {
        card::card(sheet, evidence, subject, expected);
    }
}

/// For results that could not be measured.
pub(crate) fn not_measured(sheet: &Sheet<'_>, check: Check, subject: Subject) -> CheckResult {
    let mut result = sheet.result(check, subject, Status::Error);
    // The neutral texts say exactly what is true here: we could not confirm it, a person will look.
    result.reasons = vec![match subject {
        Subject::Selfie => Code::SelfieUnconfirmed,
        Subject::PortraitSide | Subject::EmblemSide | Subject::Image => Code::DocUnconfirmed,
        Subject::Form | Subject::Person | Subject::Account => Code::InfoUnconfirmed,
    }];
    result.note = Some(Note::NotMeasured);
    result
}

#[cfg(test)]
mod tests;
