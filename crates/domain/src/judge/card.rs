//! Checks of a picture of a card.

use super::face::scene_light;
use super::sheet::{Held, Sheet};
use super::{Expected, not_measured};
use crate::check::{Check, CheckResult, Group, Measured, Note, Status, Subject};
use crate::evidence::{
    EmblemSideFields, Field, Fields, ImageEvidence, Kind, Measure, Measurement, PortraitSideFields, Region,
};
use crate::policy::{Bound, Direction, DocumentKind, Treatment};
use crate::reason::Code;
use shiming_idcard::number::mod_11_2_check_char;
use shiming_idcard::{Sex, parse_printed_date, validity};

/// Which value each card check holds against its bound, and which reason it gives.
const MEASURED: &[(Check, &[(Measure, Code)])] = &[
    (Check::ImageBlur, &[(Measure::Sharpness, Code::ImgBlur)]),
    (Check::ImageExposure, &[(Measure::Brightness, Code::ImgDark), (Measure::Clipped, Code::ImgOverexposed)]),
    (Check::ImageGlare, &[(Measure::Glare, Code::ImgGlare)]),
    (Check::ImageShadow, &[(Measure::Shadow, Code::ImgShadow)]),
    (Check::CardScale, &[(Measure::CardWidth, Code::ImgTooSmall)]),
    (Check::CardCorners, &[(Measure::CutOff, Code::ImgCornerMissing)]),
    (Check::CardAngle, &[(Measure::Skew, Code::ImgSkewed)]),
    (Check::CardOcclusion, &[(Measure::Occlusion, Code::ImgOccluded)]),
];

pub(super) fn card(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, subject: Subject, expected: Expected) {
    let present = present(sheet, evidence, subject);
    let none = cards(evidence) == 0;
    let by = present.reference();
    sheet.push(present);
    for &(check, measures) in MEASURED {
        if evidence.cards == 0 {
            // Without an outline only the light of the whole picture can have been measured.
            let light = if check == Check::ImageExposure { scene_light(sheet, evidence) } else { Vec::new() };
            match (light.is_empty(), none) {
                (false, _) => {
                    let result = sheet.held(check, subject, light);
                    sheet.push(result);
                }
                (true, true) => sheet.blocked(check, subject, by),
                (true, false) => {
                    let result = not_measured(sheet, check, subject);
                    sheet.push(result);
                }
            }
            continue;
        }
        let held: Vec<Held> =
            measures.iter().filter_map(|&(measure, code)| held(sheet, evidence, measure, code)).collect();
        // A value that is missing is not a pass.
        let result = if held.len() == measures.len() {
            sheet.held(check, subject, held)
        } else {
            not_measured(sheet, check, subject)
        };
        sheet.push(result);
    }
    if none {
        for check in [Check::CardType, Check::CardSide, Check::Photocopy, Check::FieldsExtracted] {
            if check.spec().subjects.contains(&subject) {
                sheet.blocked(check, subject, by);
            }
        }
        return;
    }
    card_type(sheet, evidence, subject);
    if expected != Expected::Any {
        card_side(sheet, evidence, subject);
    }
    photocopy(sheet, evidence, subject);
    if Check::FieldsExtracted.spec().subjects.contains(&subject) {
        fields_extracted(sheet, evidence, subject);
    }
}

fn held(sheet: &Sheet<'_>, evidence: &ImageEvidence, measure: Measure, code: Code) -> Option<Held> {
    let Measurement { value, region, .. } = *evidence.measurements.iter().find(|m| m.measure == measure)?;
    let (bound, direction) = sheet.policy.quality.bound(measure);
    Some(Held { measured: measure.into(), value, bound, direction, code, region })
}

/// A machine-readable zone can be read without an outline having been found; there is a document then.
fn cards(evidence: &ImageEvidence) -> u32 {
    if evidence.kind == Kind::MrzDocument { evidence.cards.max(1) } else { evidence.cards }
}

fn present(sheet: &Sheet<'_>, evidence: &ImageEvidence, subject: Subject) -> CheckResult {
    let cards = cards(evidence);
    let status = if cards == 1 { Status::Pass } else { Status::Fail };
    let mut result = sheet.result(Check::CardPresent, subject, status);
    result.score = Some(cards as f32);
    result.threshold = Some(1.0);
    if status == Status::Fail {
        result.reasons = vec![Code::DocNotFound];
    }
    result
}

fn card_type(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, subject: Subject) {
    let treatment = match evidence.kind {
        Kind::ResidentPortraitSide | Kind::ResidentEmblemSide => {
            sheet.policy.document.treatment(DocumentKind::ResidentCard)
        }
        Kind::Temporary => sheet.policy.document.treatment(DocumentKind::TemporaryCard),
        // Other documents have no reader here, whatever the policy says about them.
        Kind::FirstGeneration | Kind::MrzDocument | Kind::FacePhoto | Kind::Unknown => Treatment::Refuse,
    };
    // A bad photo of the right card must not be called the wrong card.
    if matches!(evidence.kind, Kind::Unknown | Kind::FacePhoto)
        && let Some(by) = sheet.blocker(subject, &[Group::Image])
    {
        sheet.blocked(Check::CardType, subject, by);
        return;
    }
    let specimen_refused = sheet.live && evidence.specimen_mark;
    let (status, reason) = match treatment {
        _ if specimen_refused => (Status::Fail, Some(Code::DocUnsupported)),
        Treatment::Accept => (Status::Pass, None),
        Treatment::Review if evidence.kind == Kind::Temporary => (Status::Warn, Some(Code::DocTemporary)),
        Treatment::Review | Treatment::Refuse => (Status::Fail, Some(Code::DocUnsupported)),
    };
    let mut result = sheet.result(Check::CardType, subject, status);
    result.reasons = reason.into_iter().collect();
    result.rule = specimen_refused.then(|| "specimen".to_owned());
    sheet.push(result);
}

fn card_side(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, subject: Subject) {
    let shown = match (evidence.kind, &evidence.fields) {
        // Of a temporary card the data side stands for the portrait side, the title side for the other.
        (Kind::ResidentPortraitSide, _) | (Kind::Temporary, Fields::Portrait(_) | Fields::OneSided(_)) => {
            Subject::PortraitSide
        }
        (Kind::ResidentEmblemSide | Kind::Temporary, _) => Subject::EmblemSide,
        _ => {
            let by =
                sheet.failed(Check::CardType, subject).or_else(|| sheet.blocker(subject, &[Group::Image]));
            if let Some(by) = by {
                sheet.blocked(Check::CardSide, subject, by);
            } else {
                // Only with the type check switched off: the side of an unknown thing is unknown.
                let result = not_measured(sheet, Check::CardSide, subject);
                sheet.push(result);
            }
            return;
        }
    };
    let status = if shown == subject { Status::Pass } else { Status::Fail };
    let mut result = sheet.result(Check::CardSide, subject, status);
    if status == Status::Fail {
        result.reasons = vec![Code::DocWrongSide];
    }
    sheet.push(result);
}

fn photocopy(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, subject: Subject) {
    if let Some(by) = sheet.blocker_but(subject, &[Group::Image, Group::Document], is_too_much_light) {
        sheet.blocked(Check::Photocopy, subject, by);
        return;
    }
    // A temporary card is printed without colour.
    if evidence.kind == Kind::Temporary {
        sheet.absent(Check::Photocopy, subject, Note::NotAsked);
        return;
    }
    let held: Vec<Held> = held(sheet, evidence, Measure::Chroma, Code::DocCopy).into_iter().collect();
    let result = sheet.held(Check::Photocopy, subject, held);
    sheet.push(result);
}

/// Too much light turns ground white and leaves portrait and emblem their colour, so a bright picture without
/// any colour still shows a copy; toner and paper clip sooner than a card does. Too little light, blur or
/// distance do drown colour and keep a card from being suspected.
fn is_too_much_light(result: &CheckResult) -> bool {
    match result.name {
        Check::ImageGlare => true,
        Check::ImageExposure => !result.reasons.contains(&Code::ImgDark),
        _ => false,
    }
}

fn fields_extracted(sheet: &mut Sheet<'_>, evidence: &ImageEvidence, subject: Subject) {
    if let Some(by) = sheet.blocker(subject, &[Group::Image, Group::Document]) {
        sheet.blocked(Check::FieldsExtracted, subject, by);
        return;
    }
    let (no_portrait, no_emblem) = (PortraitSideFields::default(), EmblemSideFields::default());
    let fields = &evidence.fields;
    let read = match subject {
        Subject::PortraitSide => {
            portrait_fields(fields.portrait().unwrap_or(&no_portrait), !evidence.faces.is_empty())
        }
        // The title side of a temporary card carries no fields.
        Subject::EmblemSide if evidence.kind == Kind::Temporary && fields.emblem().is_none() => {
            sheet.absent(Check::FieldsExtracted, subject, Note::NotAsked);
            return;
        }
        _ => emblem_fields(fields.emblem().unwrap_or(&no_emblem)),
    };
    let bound = sheet.policy.reading.confidence;
    let mut result = sheet.result(Check::FieldsExtracted, subject, Status::Pass);
    let mut lowest: Option<f32> = None;
    for (name, field) in read {
        let confidence = field.map_or(0.0, |r| r.confidence);
        // A confidence that is no number is no confidence.
        let confidence = if confidence.is_finite() { confidence } else { 0.0 };
        let status = match field {
            None => Status::Fail,
            Some(_) => bound.judge(confidence, Direction::LowIsBad),
        };
        if status != Status::Pass {
            if !result.details.fields.iter().any(|f| f == name) {
                result.details.fields.push(name.to_owned());
            }
            result.regions.extend(field.and_then(|r| r.field).and_then(|f| f.region).map(Region::rounded));
        }
        if status.severity() > result.status.severity() {
            result.status = status;
        }
        if lowest.is_none_or(|l| confidence < l) {
            lowest = Some(confidence);
        }
    }
    if result.status != Status::Pass {
        result.reasons = vec![Code::DocFieldUnreadable];
    }
    result.score = lowest;
    result.threshold = bound.explaining(result.status);
    result.readings.extend(lowest.map(|value| reading(value, bound, result.status)));
    sheet.push(result);
}

fn reading(value: f32, bound: Bound, status: Status) -> crate::check::Reading {
    crate::check::Reading { measure: Measured::Confidence, value, warn: bound.warn, fail: bound.fail, status }
}

/// A field that could be read.
#[derive(Clone, Copy)]
struct Readable<'a> {
    field: Option<&'a Field>,
    confidence: f32,
}

type Named<'a> = (&'static str, Option<Readable<'a>>);

fn portrait_fields(fields: &PortraitSideFields, portrait: bool) -> Vec<Named<'_>> {
    vec![
        ("name", readable(fields.name.as_ref(), |_| true)),
        ("sex", readable(fields.sex.as_ref(), |t| Sex::parse_printed(t).is_some())),
        ("ethnicity", readable(fields.ethnicity.as_ref(), |_| true)),
        ("birth_date", readable(fields.birth_date.as_ref(), |t| parse_printed_date(t).is_some())),
        ("address", readable(fields.address.as_ref(), |_| true)),
        ("number", readable(fields.number.as_ref(), |_| true)),
        ("portrait", portrait.then_some(Readable { field: None, confidence: 1.0 })),
    ]
}

fn emblem_fields(fields: &EmblemSideFields) -> Vec<Named<'_>> {
    vec![
        ("issuer", readable(fields.issuer.as_ref(), |_| true)),
        ("validity", readable(fields.valid_from.as_ref(), |t| parse_printed_date(t).is_some())),
        ("validity", readable(fields.valid_until.as_ref(), |t| validity::parse_expiry(t).is_some())),
    ]
}

/// A field counts as read if it says something and that is of the right kind.
fn readable(field: Option<&Field>, makes_sense: impl Fn(&str) -> bool) -> Option<Readable<'_>> {
    let field = field?;
    let text = field.text.reveal().trim();
    (!text.is_empty() && makes_sense(text))
        .then_some(Readable { field: Some(field), confidence: trust(field) })
}

/// How far a reading is trusted: its confidence, less if a second reading differs.
///
/// The number is read twice. If the readings differ the first is trusted much less, unless its check character
/// holds and the other's does not. It is never replaced by the second one.
pub(super) fn trust(field: &Field) -> f32 {
    match field.alternative.as_ref().filter(|other| **other != field.text) {
        None => field.confidence,
        Some(other) => {
            let settled =
                check_character_holds(field.text.reveal()) && !check_character_holds(other.reveal());
            field.confidence * if settled { 0.9 } else { 0.5 }
        }
    }
}

fn check_character_holds(number: &str) -> bool {
    let body: String = number.chars().take(17).collect();
    number.chars().count() == 18 && mod_11_2_check_char(&body) == number.chars().last()
}
