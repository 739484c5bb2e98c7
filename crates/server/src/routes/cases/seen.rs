//! What the holder of a case compares, on the wire.

use super::body::word;
use crate::when::When;
use serde::Serialize;
use shiming_engine::review::{AttemptLine, Duplicate, FieldLine, ScoreLine};

/// One field of the document on every side. Values are masked; `reveal` shows them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Compared {
    /// `name`, `number`, `birth_date`, `sex`, `ethnicity`, `address`, `issuer`, `valid_from` or `valid_until`.
    field: String,
    /// As typed; birth date and sex as the typed number says. `null` if nobody types it.
    declared: Option<String>,
    /// As read from the pictures.
    read: Option<String>,
    /// `confirmed`, `mismatch`, `no_record`, `document_invalid` or `unavailable`. Of name and number it never
    /// says which is wrong.
    source: Option<String>,
    /// `match`, `mismatch`, `absent` (a side is missing, nothing was compared) or `uncertain`.
    verdict: String,
    /// How sure the reading is, 0–1.
    confidence: Option<f32>,
}

/// One value of a check, with all that is needed to draw it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Score {
    check: String,
    /// What it ran on: `portrait_side`, `emblem_side`, `selfie` and others.
    subject: String,
    /// What was measured.
    measure: String,
    value: f32,
    /// The bound that explains the verdict.
    threshold: Option<f32>,
    /// `share`, `px`, `ratio`, `degrees`, `of_255`, `per_mm`, `index` or `count`.
    unit: &'static str,
    /// `low_is_bad` or `high_is_bad`.
    direction: &'static str,
    /// Both ends of the scale.
    range: [f32; 2],
    /// `pass`, `warn` or `fail`; `not_applicable` for a value that counts as evidence for nobody.
    verdict: String,
}

/// One submission and what became of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CaseAttempt {
    number: u32,
    submitted_at: When,
    /// `approve`, `resubmit`, `review` or `reject` (of the machine: a proposal). `null` while nothing is decided,
    /// and of the attempt whoever looks at it again must not know about.
    outcome: Option<String>,
    /// Codes, inner ones too.
    reasons: Vec<String>,
    decided_at: Option<When>,
    /// `machine` or `person`.
    by: Option<&'static str>,
}

/// The same document or picture on another account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Twin {
    /// `document_number`, `same_picture`, `similar_picture` or `face`.
    kind: &'static str,
    /// Where it was seen.
    application: String,
    /// Who was verified on that account, if anybody.
    person: Option<String>,
    /// How alike, 0–1.
    similarity: f32,
}

impl From<FieldLine> for Compared {
    fn from(line: FieldLine) -> Self {
        Self {
            field: word(&line.field),
            declared: line.declared,
            read: line.read,
            source: line.source.as_ref().map(word),
            verdict: word(&line.verdict),
            confidence: line.confidence,
        }
    }
}

impl From<&ScoreLine> for Score {
    fn from(line: &ScoreLine) -> Self {
        Self {
            check: line.check.to_string(),
            subject: line.subject.as_str().to_owned(),
            measure: word(&line.measure),
            value: line.value,
            threshold: line.threshold,
            unit: line.measure.unit(),
            direction: if line.low_is_bad { "low_is_bad" } else { "high_is_bad" },
            range: [line.range.0, line.range.1],
            verdict: word(&line.verdict),
        }
    }
}

impl From<&AttemptLine> for CaseAttempt {
    fn from(line: &AttemptLine) -> Self {
        let decided = line.decided.as_ref();
        Self {
            number: line.number,
            submitted_at: When(line.submitted_at),
            outcome: decided.map(|decided| word(&decided.outcome)),
            reasons: decided.map(|decided| decided.reasons.iter().map(word).collect()).unwrap_or_default(),
            decided_at: decided.map(|decided| When(decided.at)),
            by: decided.map(|decided| if decided.by_person { "person" } else { "machine" }),
        }
    }
}

impl From<&Duplicate> for Twin {
    fn from(duplicate: &Duplicate) -> Self {
        Self {
            kind: duplicate.kind.as_str(),
            application: duplicate.application.to_string(),
            person: duplicate.person.map(|person| person.to_string()),
            similarity: duplicate.similarity,
        }
    }
}
