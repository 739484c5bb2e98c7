//! Selfie against the portrait on the card.

use super::{Sheet, not_measured};
use crate::calibration::similarity;
use crate::check::{Check, CheckRef, Group, Measured, Reading, Status, Subject};
use crate::evidence::{Evidence, PictureEvidence};
use crate::reason::Code;

pub(crate) fn face_match(sheet: &mut Sheet<'_>, evidence: &Evidence) {
    let check = Check::FaceMatchPortrait;
    let picture = &[Group::Image, Group::Document, Group::Face];
    let blocker = sheet
        .blocker(Subject::PortraitSide, picture)
        .or_else(|| sheet.blocker(Subject::Selfie, picture))
        .or_else(|| no_face(evidence));
    if let Some(by) = blocker {
        sheet.blocked(check, Subject::Selfie, by);
        return;
    }
    // Both faces are there and good, so a comparison was due; without one nothing may pass.
    let distance = evidence.face_match.map(|m| m.distance).filter(|d| d.is_finite() && *d >= 0.0);
    let Some(distance) = distance else {
        let result = not_measured(sheet, check, Subject::Selfie);
        sheet.push(result);
        return;
    };
    let bands = sheet.policy.face_match;
    let (status, code, crossed) = if distance <= bands.pass_distance_max {
        (Status::Pass, None, bands.pass_distance_max)
    } else if distance <= bands.warn_distance_max {
        (Status::Warn, Some(Code::FaceBorderline), bands.pass_distance_max)
    } else {
        (Status::Fail, Some(Code::FaceMismatch), bands.warn_distance_max)
    };
    let mut result = sheet.result(check, Subject::Selfie, status);
    result.reasons = code.into_iter().collect();
    result.score = Some(similarity(distance));
    result.threshold = Some(similarity(crossed));
    result.readings = vec![Reading {
        measure: Measured::Similarity,
        value: similarity(distance),
        warn: Some(similarity(bands.pass_distance_max)),
        fail: Some(similarity(bands.warn_distance_max)),
        status,
    }];
    sheet.push(result);
}

/// A picture without a face has nothing to compare; the check that says so may be advisory.
fn no_face(evidence: &Evidence) -> Option<CheckRef> {
    let missing = |picture: &PictureEvidence| match picture {
        PictureEvidence::Seen(image) => image.faces.is_empty(),
        PictureEvidence::Unusable(_) => true,
    };
    if missing(&evidence.portrait_side) {
        Some(CheckRef { name: Check::FieldsExtracted, subject: Subject::PortraitSide })
    } else if missing(&evidence.selfie) {
        Some(CheckRef { name: Check::FaceCount, subject: Subject::Selfie })
    } else {
        None
    }
}
