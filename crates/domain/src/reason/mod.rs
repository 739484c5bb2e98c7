//! Why: the catalogue of reasons and the reasons of one decision.
//!
//! One table, `locales/reasons.toml`, is read by everything that tells a person something. A reason that is
//! a suspicion is never named to the applicant: its text *is* the neutral public text.

mod catalogue;
mod code;
mod kind;
mod text;

pub use catalogue::{Asked, Catalogue, CatalogueError, Entry, PublicUntil, Redo, catalogue};
pub use code::Code;
pub use kind::{AppliedKind, Kind};
pub use text::{Details, Text};

use crate::check::{CheckRef, CheckResult, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// A step of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Consents.
    Consent,
    /// Name and number, typed.
    Form,
    /// Photo of the side with the portrait.
    PortraitSide,
    /// Photo of the side with the emblem.
    EmblemSide,
    /// Selfie.
    Selfie,
    /// An outside channel.
    Channel,
    /// Further papers a reviewer asked for.
    Evidence,
}

impl Step {
    /// Every step, in the order people meet them.
    pub const ALL: [Self; 7] = [
        Self::Consent,
        Self::Form,
        Self::PortraitSide,
        Self::EmblemSide,
        Self::Selfie,
        Self::Channel,
        Self::Evidence,
    ];
}

/// One reason of one decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The code; for staff and, with the right scope, integrators.
    pub code: Code,
    /// The kind that was applied.
    pub kind: AppliedKind,
    /// The step to do again, if there is one: the first of `steps`, the one most likely to help.
    pub step: Option<Step>,
    /// All steps to do again; with `choice` one of them is enough.
    pub steps: Vec<Step>,
    /// One of `steps` is enough.
    #[serde(default, skip_serializing_if = "is_false")]
    pub choice: bool,
    /// What the applicant may read. For a suspicion this is the neutral public text.
    pub text: Text,
    /// The code the applicant may see: `code`, or a neutral one if `code` is a suspicion.
    pub public_code: Code,
    /// The checks that gave this reason.
    pub checks: Vec<CheckRef>,
}

impl Reason {
    /// Its text for the applicant with other values filled in.
    pub(crate) fn reworded(&self, details: &Details) -> Text {
        let subject = self.checks.first().map_or(Subject::Image, |check| check.subject);
        let entry = catalogue().get(self.public_code);
        entry.map_or_else(Text::default, |entry| text::render(catalogue(), &entry.text, subject, details))
    }

    /// One that a person of ours gave, for steps they name.
    pub fn given(code: Code, kind: AppliedKind, steps: Vec<Step>) -> Self {
        let public_code = catalogue().get(code).and_then(|entry| entry.public).unwrap_or(code);
        let subject = match steps.first() {
            Some(Step::PortraitSide) => Subject::PortraitSide,
            Some(Step::EmblemSide) => Subject::EmblemSide,
            Some(Step::Selfie) => Subject::Selfie,
            Some(Step::Form) => Subject::Form,
            _ => Subject::Image,
        };
        let entry = catalogue().get(public_code);
        let details = Details::default();
        let text =
            entry.map(|entry| if kind == AppliedKind::Retry { entry.text_asked() } else { &entry.text });
        let text = text.map(|text| text::render(catalogue(), text, subject, &details));
        let step = steps.first().copied();
        let text = text.unwrap_or_default();
        Self { code, kind, step, steps, choice: false, text, public_code, checks: Vec::new() }
    }

    /// One that a person of ours closed an application with. A suspicion is not named: its neutral text would
    /// say that somebody still looks, so the text for this case stands in, with the last day to appeal.
    pub fn rejected(code: Code, appeal_until: Date) -> Self {
        let given = Self::given(code, AppliedKind::Final, Vec::new());
        if given.public_code == code {
            return given;
        }
        let details = Details { date: Some(appeal_until.to_string()), ..Details::default() };
        let text = text::render(catalogue(), catalogue().final_rejection(), Subject::Image, &details);
        Self { text, ..given }
    }
}

/// How often each reason was already given in this application.
pub type EarlierReasons = BTreeMap<Code, u32>;

/// Collects the reasons of `checks`; `apply` says with which kind a reason counts, or that it does not.
///
/// One reason per code and steps: two checks that ask for the same thing ask once. What weighs most comes
/// first (final, review, retry), then by rank.
pub fn collect<'a>(
    checks: impl IntoIterator<Item = &'a CheckResult>,
    face_matched: bool,
    apply: impl Fn(&CheckResult, &Entry) -> Option<AppliedKind>,
) -> Vec<Reason> {
    let mut found: Vec<(u16, Reason, Details)> = Vec::new();
    for check in checks {
        for entry in check.reasons.iter().filter_map(|&code| catalogue().get(code)) {
            let Some(kind) = apply(check, entry) else { continue };
            let reason = build(entry, kind, check, &check.details, face_matched);
            match found.iter_mut().find(|(_, r, _)| r.code == reason.code && r.steps == reason.steps) {
                Some((_, same, details)) => {
                    same.kind = same.kind.max(kind);
                    same.checks.extend(reason.checks);
                    // All that is missing is named at once.
                    let more = check.details.fields.iter().filter(|f| !details.fields.contains(f));
                    let more: Vec<String> = more.cloned().collect();
                    if !more.is_empty() {
                        details.fields.extend(more);
                        same.text = build(entry, kind, check, details, face_matched).text;
                    }
                }
                None => found.push((entry.rank, reason, check.details.clone())),
            }
        }
    }
    // Stable sort: equal ranks stay in the order of the table of checks.
    found.sort_by_key(|(rank, r, _)| (std::cmp::Reverse(r.kind), *rank));
    found.into_iter().map(|(_, r, _)| r).collect()
}

fn build(
    entry: &Entry,
    kind: AppliedKind,
    check: &CheckResult,
    details: &Details,
    face_matched: bool,
) -> Reason {
    let hidden = match (entry.public, entry.public_until) {
        (Some(public), None) => Some(public),
        (Some(public), Some(PublicUntil::FaceMatched)) if !face_matched => Some(public),
        _ => None,
    };
    let text = match hidden.and_then(|public| catalogue().get(public)) {
        Some(public) => &public.text,
        None => &entry.text,
    };
    let mut steps: Vec<Step> = entry.redo.iter().filter_map(|r| r.step(check.subject)).collect();
    if let Some(likely) = check.likely_step.or(check.subject.step())
        && let Some(at) = steps.iter().position(|s| *s == likely)
    {
        steps.swap(0, at);
    }
    Reason {
        code: entry.code,
        kind,
        step: steps.first().copied(),
        steps,
        choice: entry.redo_any,
        text: text::render(catalogue(), text, check.subject, details),
        public_code: hidden.unwrap_or(entry.code),
        checks: vec![CheckRef { name: check.name, subject: check.subject }],
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests;
