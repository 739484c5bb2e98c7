//! Checks of a selfie.

use super::sheet::{Held, Sheet};
use crate::check::{Check, Measured, Status, Subject};
use crate::evidence::{Corners, Face, ImageEvidence, Measure, Region};
use crate::policy::{Bound, Direction, face_bound};
use crate::reason::Code;

const SELFIE: Subject = Subject::Selfie;

pub(super) fn selfie(sheet: &mut Sheet<'_>, evidence: &ImageEvidence) {
    let subject_face = evidence.faces.first().filter(|f| !is_on_card(f, evidence));
    let count = count(sheet, evidence, subject_face);
    let by = count.reference();
    sheet.push(count);
    let Some(face) = subject_face else {
        // Too dark or too bright may be why there is no face; the rest needs one.
        let light = scene_light(sheet, evidence);
        if light.is_empty() {
            sheet.blocked(Check::ImageExposure, SELFIE, by);
        } else {
            let result = sheet.held(Check::ImageExposure, SELFIE, light);
            sheet.push(result);
        }
        for check in [Check::ImageBlur, Check::FaceFraming, Check::FacePose, Check::FaceUncovered] {
            sheet.blocked(check, SELFIE, by);
        }
        return;
    };
    let one = |sheet: &Sheet<'_>, measured, value, code| single(sheet, face, measured, value, code);
    let q = sheet.policy.face_quality;

    let blur = one(sheet, Measured::FaceSharpness, face.sharpness, Code::ImgBlur);
    let mean = |bound, direction, code| {
        Some(held(face, Measured::FaceBrightness, face.brightness, bound, direction, code))
    };
    let light = vec![
        mean(q.brightness_low, Direction::LowIsBad, Code::ImgDark),
        one(sheet, Measured::FaceHighlights, face.highlights, Code::ImgDark),
        mean(q.brightness_high, Direction::HighIsBad, Code::ImgOverexposed),
        one(sheet, Measured::FaceClipped, face.clipped, Code::ImgOverexposed),
    ];
    let pose = vec![
        one(sheet, Measured::Yaw, face.yaw_ratio.abs(), Code::FacePose),
        Some(held(face, Measured::Pitch, face.pitch_ratio, q.pitch_low, Direction::LowIsBad, Code::FacePose)),
        Some(held(
            face,
            Measured::Pitch,
            face.pitch_ratio,
            q.pitch_high,
            Direction::HighIsBad,
            Code::FacePose,
        )),
        one(sheet, Measured::Roll, face.roll_degrees.abs(), Code::FacePose),
    ];
    let covered = one(sheet, Measured::Covered, face.covered, Code::FaceCovered);

    for (check, held) in [
        (Check::ImageBlur, blur.into_iter().collect()),
        (Check::ImageExposure, light.into_iter().flatten().collect()),
        (Check::FacePose, pose.into_iter().flatten().collect::<Vec<_>>()),
        (Check::FaceUncovered, covered.into_iter().collect()),
    ] {
        let result = sheet.held(check, SELFIE, held);
        sheet.push(result);
    }
    framing(sheet, face);
}

fn count(
    sheet: &Sheet<'_>,
    evidence: &ImageEvidence,
    subject_face: Option<&Face>,
) -> crate::check::CheckResult {
    let Some(first) = subject_face else {
        let mut result = sheet.result(Check::FaceCount, SELFIE, Status::Fail);
        result.reasons = vec![Code::FaceNone];
        return result;
    };
    let largest = area(first);
    let second = evidence.faces.get(1);
    // A face without area is a detector's slip; it cannot be of comparable size.
    let share = second.map_or(0.0, |f| if largest > 0.0 { area(f) / largest } else { 0.0 });
    let bound = sheet.policy.face_quality.second_face_share;
    let held = Held {
        measured: Measured::SecondFaceShare,
        value: share,
        bound,
        direction: Direction::HighIsBad,
        code: Code::FaceMultiple,
        region: second.map(|f| f.region),
    };
    sheet.held(Check::FaceCount, SELFIE, vec![held])
}

fn framing(sheet: &mut Sheet<'_>, face: &Face) {
    let held = single(sheet, face, Measured::EyeDistance, face.eye_distance_px, Code::FaceSmall);
    let mut result = sheet.held(Check::FaceFraming, SELFIE, held.into_iter().collect());
    if !face.inside {
        if result.status == Status::Error {
            result.note = None;
            result.reasons.clear();
        }
        result.status = Status::Fail;
        result.reasons.push(Code::FaceCutOff);
        result.regions = vec![face.region.rounded()];
    }
    sheet.push(result);
}

fn single(sheet: &Sheet<'_>, face: &Face, measured: Measured, value: f32, code: Code) -> Option<Held> {
    let (bound, direction) = face_bound(&sheet.policy.face_quality, measured)?;
    Some(held(face, measured, value, bound, direction, code))
}

fn held(face: &Face, measured: Measured, value: f32, bound: Bound, direction: Direction, code: Code) -> Held {
    Held { measured, value, bound, direction, code, region: Some(face.region) }
}

/// The light of a picture in which nothing was found, as far as it was measured.
pub(super) fn scene_light(sheet: &Sheet<'_>, evidence: &ImageEvidence) -> Vec<Held> {
    let brightness = sheet.policy.face_quality.scene_brightness();
    let clipped = sheet.policy.quality.bound(Measure::Clipped);
    let rows =
        [(Measure::Brightness, Code::ImgDark, brightness), (Measure::Clipped, Code::ImgOverexposed, clipped)];
    rows.into_iter()
        .filter_map(|(measure, code, (bound, direction))| {
            let m = evidence.measurements.iter().find(|m| m.measure == measure)?;
            Some(Held { measured: measure.into(), value: m.value, bound, direction, code, region: m.region })
        })
        .collect()
}

/// Area of the face's box, taken as it is stored, so that a replay from the record computes the same.
fn area(face: &Face) -> f32 {
    let [_, _, w, h] = <[f32; 4]>::from(face.region);
    (w * h).max(0.0)
}

/// A card held up instead of a face: the largest face lies inside the card.
fn is_on_card(face: &Face, evidence: &ImageEvidence) -> bool {
    let Region { x, y, w, h } = face.region.rounded();
    evidence.cards > 0 && evidence.corners.is_some_and(|c| contains(&c, [x + w / 2.0, y + h / 2.0]))
}

/// Whether a convex quadrilateral contains a point: it lies on the same side of all four edges.
fn contains(corners: &Corners, [px, py]: [f32; 2]) -> bool {
    let c = corners.0;
    let sides: Vec<f32> = c
        .iter()
        .zip(c.iter().cycle().skip(1))
        .map(|([ax, ay], [bx, by])| (bx - ax) * (py - ay) - (by - ay) * (px - ax))
        .collect();
    sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0)
}
