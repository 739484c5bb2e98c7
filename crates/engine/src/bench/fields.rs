//! How often a printed value is read exactly, and whether the confidence means anything.

use super::labels::{Picture, Value};
use super::stats::Share;
use serde::Serialize;
use shiming_domain::evidence::{Field, Fields, ImageEvidence};
use std::collections::BTreeMap;

/// The fields, in the order in which they are shown.
pub const FIELDS: [&str; 9] =
    ["name", "sex", "ethnicity", "birth_date", "address", "number", "issuer", "valid_from", "valid_until"];

/// Those of the emblem side.
const EMBLEM_FIELDS: [&str; 3] = ["issuer", "valid_from", "valid_until"];

/// Bins of confidence.
const BINS: usize = 10;

/// One field under one condition.
#[derive(Clone, Debug, Serialize)]
pub struct FieldAccuracy {
    /// Field name.
    pub field: &'static str,
    /// Condition of the picture, for example `photo`.
    pub condition: String,
    /// Read exactly as printed.
    pub exact: Share,
    /// Not read at all; part of what was not exact.
    pub missing: u32,
}

/// Readings of about one confidence: how many were right?
#[derive(Clone, Debug, Serialize)]
pub struct ReliabilityBin {
    /// Lowest confidence of the bin.
    pub from: f64,
    /// Mean confidence in the bin.
    pub mean_confidence: f64,
    /// Right readings.
    pub right: Share,
}

/// A reading that was not exact; the text is not kept.
#[derive(Clone, Debug, Serialize)]
pub struct Misread {
    /// Picture, path inside the folder.
    pub file: String,
    /// Field.
    pub field: &'static str,
    /// Confidence, 0–1; null when nothing was read.
    pub confidence: Option<f32>,
}

#[derive(Default)]
pub(super) struct Tally {
    /// (place of the field, condition) → (right, all, missing).
    counts: BTreeMap<(usize, String), [u32; 3]>,
    bins: [(u32, u32, f64); BINS],
    misread: Vec<Misread>,
}

impl Tally {
    /// Compares what was read on one picture with the truth.
    pub(super) fn add(&mut self, truth: &Picture, seen: Option<&ImageEvidence>) {
        // A temporary card prints both sides' fields on one; evidence of one picture is that of one side.
        let one_sided = truth.fields.contains_key("number");
        for (place, field) in FIELDS.into_iter().enumerate() {
            if one_sided && EMBLEM_FIELDS.contains(&field) {
                continue;
            }
            let Some(Value::Text(printed)) = truth.fields.get(field) else { continue };
            let read = seen.and_then(|image| of(&image.fields, field));
            let right = read.is_some_and(|f| f.text.reveal() == printed.reveal());
            let count = self.counts.entry((place, truth.condition.clone())).or_default();
            count[0] += u32::from(right);
            count[1] += 1;
            count[2] += u32::from(read.is_none());
            if let Some(read) = read {
                let confidence = f64::from(read.confidence).clamp(0.0, 1.0);
                let bin = &mut self.bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
                *bin = (bin.0 + u32::from(right), bin.1 + 1, bin.2 + confidence);
            }
            if !right {
                self.misread.push(Misread {
                    file: truth.file.display().to_string(),
                    field,
                    confidence: read.map(|f| f.confidence),
                });
            }
        }
    }

    pub(super) fn finish(self) -> (Vec<FieldAccuracy>, Vec<ReliabilityBin>, Vec<Misread>) {
        let accuracy = self
            .counts
            .into_iter()
            .map(|((place, condition), [right, all, missing])| FieldAccuracy {
                field: FIELDS[place],
                condition,
                exact: Share::wilson(right, all),
                missing,
            })
            .collect();
        let bins = self.bins.iter().enumerate().filter(|(_, bin)| bin.1 > 0);
        let reliability = bins
            .map(|(i, &(right, all, sum))| ReliabilityBin {
                from: i as f64 / BINS as f64,
                mean_confidence: (sum / f64::from(all) * 1e4).round() / 1e4,
                right: Share::wilson(right, all),
            })
            .collect();
        (accuracy, reliability, self.misread)
    }
}

fn of<'a>(fields: &'a Fields, name: &str) -> Option<&'a Field> {
    match name {
        "name" => fields.portrait()?.name.as_ref(),
        "sex" => fields.portrait()?.sex.as_ref(),
        "ethnicity" => fields.portrait()?.ethnicity.as_ref(),
        "birth_date" => fields.portrait()?.birth_date.as_ref(),
        "address" => fields.portrait()?.address.as_ref(),
        "number" => fields.portrait()?.number.as_ref(),
        "issuer" => fields.emblem()?.issuer.as_ref(),
        "valid_from" => fields.emblem()?.valid_from.as_ref(),
        "valid_until" => fields.emblem()?.valid_until.as_ref(),
        _ => None,
    }
}
