//! The shapes of `--json`. They are a contract: keys are added, never renamed or removed.

use crate::lang::Lang;
use serde::Serialize;
use shiming_domain::calibration::{self, FmrEstimate};
use shiming_domain::check::{CheckResult, Status};
use shiming_domain::evidence::{
    Corners, EmblemSideFields, Evidence, Face, Field, Fields, FileFacts, Kind, PictureEvidence,
    PortraitSideFields,
};
use shiming_domain::judge::QualityLine;
use shiming_domain::policy::Policy;
use shiming_domain::reason::{Reason, Text};
use shiming_domain::replay::{PolicyRecord, Record};
use shiming_domain::{Context, Decision, Declared};
use shiming_engine::{
    Comparison, EngineUse, InspectTimings, Inspected, Milliseconds, Verified, VerifyTimings,
};
use std::borrow::Cow;

/// `shiming verify`.
#[derive(Serialize)]
pub(crate) struct VerifyJson<'a> {
    decision: &'a Decision,
    fields: SidesJson<'a>,
    face: FaceJson,
    files: FilesJson<'a>,
    timings_ms: VerifyTimings,
    engine: &'a EngineUse,
    record: RecordJson<'a>,
}

/// What was read on both sides.
#[derive(Serialize)]
pub(crate) struct SidesJson<'a> {
    portrait_side: Cow<'a, PortraitSideFields>,
    emblem_side: Cow<'a, EmblemSideFields>,
}

/// How alike the faces are. All values are null when there was nothing to compare.
#[derive(Serialize)]
pub(crate) struct FaceJson {
    pub(crate) similarity: Option<f32>,
    pub(crate) threshold: f32,
    pub(crate) fmr_at_threshold: Option<f32>,
    pub(crate) borderline: f32,
    pub(crate) status: Option<Status>,
    pub(crate) fmr_ci95: Option<[f32; 2]>,
    pub(crate) fmr_impostor_pairs: Option<u32>,
    pub(crate) calibration: &'static str,
}

/// The three files.
#[derive(Serialize)]
pub(crate) struct FilesJson<'a> {
    portrait_side: FileJson<'a>,
    emblem_side: FileJson<'a>,
    selfie: FileJson<'a>,
}

/// Facts about a file, or why it could not be used.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum FileJson<'a> {
    Facts(&'a FileFacts),
    Fault { fault: &'a str, text: Option<&'a Text> },
}

/// A [`Record`] without its decision, which stands beside it.
#[derive(Serialize)]
pub(crate) struct RecordJson<'a> {
    schema: u32,
    declared: &'a Declared,
    context: &'a Context,
    policy: &'a PolicyRecord,
    evidence: &'a Evidence,
}

impl<'a> VerifyJson<'a> {
    pub(crate) fn new(verified: &'a Verified, policy: &Policy, engine: &'a EngineUse) -> Self {
        let Record { schema, declared, context, policy: policy_record, evidence, decision } =
            &verified.record;
        let faults = &verified.faults;
        Self {
            decision,
            fields: SidesJson {
                portrait_side: portrait_fields(evidence),
                emblem_side: emblem_fields(evidence),
            },
            face: FaceJson::of(evidence.face_match.map(|m| m.distance), policy),
            files: FilesJson {
                portrait_side: FileJson::new(&evidence.portrait_side, faults.portrait_side.as_ref()),
                emblem_side: FileJson::new(&evidence.emblem_side, faults.emblem_side.as_ref()),
                selfie: FileJson::new(&evidence.selfie, faults.selfie.as_ref()),
            },
            timings_ms: verified.timings,
            engine,
            record: RecordJson { schema: *schema, declared, context, policy: policy_record, evidence },
        }
    }
}

/// What stands beside the portrait; all null if that was not seen.
pub(crate) fn portrait_fields(evidence: &Evidence) -> Cow<'_, PortraitSideFields> {
    let fields = evidence.portrait_side.seen().and_then(|image| image.fields.portrait());
    fields.map_or_else(Cow::default, Cow::Borrowed)
}

/// Issuer and dates; all null if they were not seen. Boxes are those of the emblem side's picture, so what stands on
/// the other side has none.
pub(crate) fn emblem_fields(evidence: &Evidence) -> Cow<'_, EmblemSideFields> {
    let on_side = evidence.emblem_side.seen().and_then(|image| image.fields.emblem());
    if let Some(fields) = on_side {
        return Cow::Borrowed(fields);
    }
    let placeless = |field: &Option<Field>| field.clone().map(|field| Field { region: None, ..field });
    evidence.issue().map_or_else(Cow::default, |issue| {
        Cow::Owned(EmblemSideFields {
            issuer: placeless(&issue.issuer),
            valid_from: placeless(&issue.valid_from),
            valid_until: placeless(&issue.valid_until),
        })
    })
}

impl FaceJson {
    pub(crate) fn of(distance: Option<f32>, policy: &Policy) -> Self {
        // Thresholds do not depend on what was measured.
        let comparison = Comparison::of(distance.unwrap_or(f32::NAN), policy);
        let Comparison { similarity, threshold, borderline, status, fmr_at_threshold } = comparison;
        let measured = distance.is_some();
        Self {
            similarity: measured.then_some(similarity),
            threshold,
            fmr_at_threshold: fmr_at_threshold.map(|fmr| fmr.rate),
            borderline,
            status: measured.then_some(status),
            fmr_ci95: fmr_at_threshold.map(|FmrEstimate { ci95_low, ci95_high, .. }| [ci95_low, ci95_high]),
            fmr_impostor_pairs: fmr_at_threshold.map(|fmr| fmr.impostor_pairs),
            calibration: calibration::SOURCE,
        }
    }

    pub(crate) fn is_match(&self) -> bool {
        self.status == Some(Status::Pass)
    }
}

impl<'a> FileJson<'a> {
    pub(crate) fn new(evidence: &'a PictureEvidence, fault: Option<&'a Text>) -> Self {
        match evidence {
            PictureEvidence::Seen(image) => Self::Facts(&image.file),
            PictureEvidence::Unusable(found) => Self::Fault { fault: &found.code, text: fault },
        }
    }
}

/// `shiming inspect`.
#[derive(Serialize)]
pub(crate) struct InspectJson<'a> {
    kind: Kind,
    corners: Option<Corners>,
    quality: &'a [QualityLine],
    fields: &'a Fields,
    faces: &'a [Face],
    reasons: &'a [Reason],
    cards: u32,
    mrz_lines: &'a [Field],
    specimen_mark: bool,
    checks: &'a [CheckResult],
    file: FileJson<'a>,
    timings_ms: InspectTimings,
    engine: &'a EngineUse,
}

impl<'a> InspectJson<'a> {
    pub(crate) fn new(inspected: &'a Inspected, engine: &'a EngineUse) -> Self {
        let Inspected { evidence, fault, checks, quality, reasons, timings, shown: _ } = inspected;
        let image = match evidence {
            PictureEvidence::Seen(image) => Some(image.as_ref()),
            PictureEvidence::Unusable(_) => None,
        };
        Self {
            kind: image.map_or(Kind::Unknown, |i| i.kind),
            corners: image.and_then(|i| i.corners),
            quality,
            fields: image.map_or(&Fields::None {}, |i| &i.fields),
            faces: image.map_or(&[], |i| &i.faces),
            reasons,
            cards: image.map_or(0, |i| i.cards),
            mrz_lines: image.map_or(&[], |i| &i.mrz_lines),
            specimen_mark: image.is_some_and(|i| i.specimen_mark),
            checks,
            file: FileJson::new(evidence, fault.as_ref()),
            timings_ms: *timings,
            engine,
        }
    }
}

/// `shiming compare`.
#[derive(Serialize)]
pub(crate) struct CompareJson<'a> {
    #[serde(rename = "match")]
    pub(crate) is_match: bool,
    #[serde(flatten)]
    pub(crate) face: FaceJson,
    pub(crate) faces: [usize; 2],
    pub(crate) reasons: Vec<CompareReasonJson<'a>>,
    pub(crate) files: [FileJson<'a>; 2],
    pub(crate) timings_ms: TotalJson,
    pub(crate) engine: &'a EngineUse,
}

/// A reason and the picture it is about: 1, 2, or null for both together.
#[derive(Serialize)]
pub(crate) struct CompareReasonJson<'a> {
    #[serde(flatten)]
    pub(crate) reason: &'a Reason,
    pub(crate) picture: Option<usize>,
}

/// Only how long it took in all.
#[derive(Serialize)]
pub(crate) struct TotalJson {
    pub(crate) total: Milliseconds,
}

/// A reason outside the catalogue's steps: code and text only.
#[derive(Serialize)]
pub(crate) struct PlainReasonJson {
    pub(crate) code: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) step: Option<&'static str>,
    pub(crate) text: Text,
}

/// A text in both languages.
pub(crate) fn text(zh_cn: &str, en: &str) -> Text {
    Text { zh_cn: zh_cn.to_owned(), en: en.to_owned() }
}

impl PlainReasonJson {
    /// Input that cannot be used.
    pub(crate) fn retry(code: &'static str, text: Text) -> Self {
        Self { code, kind: "retry", step: None, text }
    }
}

impl FaceJson {
    /// What the threshold is worth, in words that claim no more than was measured.
    pub(crate) fn fmr_words(&self, lang: Lang) -> String {
        let (Some(rate), Some([_, high]), Some(pairs)) =
            (self.fmr_at_threshold, self.fmr_ci95, self.fmr_impostor_pairs)
        else {
            return lang
                .pick("此阈值处的误配率未曾测量", "the false-match rate here was never measured")
                .to_owned();
        };
        let percent = |v: f32| format!("{} %", ((v * 10_000.0).round() / 100.0));
        match lang {
            Lang::ZhCn => {
                format!("{pairs} 对不同人中误配 {}，真实值可能高达 {}（95 %）", percent(rate), percent(high))
            }
            Lang::En => format!(
                "{} false matches in {pairs} pairs of different people; the true rate may be up to {} (95 %)",
                percent(rate),
                percent(high)
            ),
        }
    }
}
