//! The decision: a pure function of policy, evidence, what was typed, and the circumstances.
//!
//! The rules, in this order; the first that applies decides ([`Rule`]):
//!
//! 1. A required check that warns or fails with a reason a *person* must look at (suspicion, doubt, or a fault
//!    repeated too often), a photo accepted for a person, or a wish for one: `review`; `reject` as a proposal if
//!    the reason may be final and its check failed plainly. Suspicion beats retry.
//! 2. A required check that fails with something to fix: `resubmit` with exactly those steps.
//! 3. A required check we could not run: `review`. In live use also one for which there is no detector or no
//!    evidence; outside of it (the command line) such checks are listed as `not_applicable` and claim nothing.
//! 4. A required check outside the groups `image` and `face` that warns: `review`.
//! 5. Everything required holds: `approve`.
//!
//! An *advisory* check never changes the outcome, whatever it finds; its finding is told as a tip. The machine's
//! `reject` is only ever a proposal that a person confirms.
//!
//! The same input gives the same bytes: there is no clock, no randomness, no map with arbitrary order, and
//! boxes are judged as they are stored.

use crate::check::{Check, CheckResult, Group, Note, Requirement, Status};
use crate::evidence::{Evidence, ModelUse};
use crate::judge::{self, Declared, Expected, Facts, Sheet};
use crate::known::Known;
use crate::policy::{FaceMatchBands, FaceQuality, Policy, Quality, Reading};
use crate::reason::{AppliedKind, Code, EarlierReasons, Entry, Reason, Step, catalogue, collect};
use serde::{Deserialize, Serialize};
use time::Date;

/// The circumstances of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The day, in the policy's zone.
    #[serde(with = "iso_date")]
    pub today: Date,
    /// Real people: specimens are refused and nothing may be missing.
    pub live: bool,
    /// What happened before in this application.
    #[serde(default)]
    pub history: History,
}

impl Context {
    /// The circumstances of a command line: no history, not live.
    pub fn offline(today: Date) -> Self {
        Self { today, live: false, history: History::default() }
    }
}

/// What happened before in this application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct History {
    /// How often each reason was already given.
    pub reasons: EarlierReasons,
    /// Photos accepted for a person after repeated soft failures; a person must look at them.
    pub accepted_for_person: Vec<Step>,
    /// The applicant asked for a person.
    pub person_requested: bool,
    /// What is known beyond this application; `None` where nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything holds.
    Approve,
    /// Do the listed steps again.
    Resubmit,
    /// A person must look.
    Review,
    /// A person should confirm a rejection.
    Reject,
}

/// Which rule decided; see the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// 1: a person must look.
    NeedsPerson,
    /// 2: something to fix.
    FixSteps,
    /// 3: something we could not run.
    CouldNotRun,
    /// 4: a required warning.
    RequiredWarning,
    /// 5: everything required holds.
    AllHold,
}

/// What besides checks sends an attempt to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A photo was accepted for a person.
    PhotoAcceptedForPerson,
    /// The applicant asked for one.
    PersonRequested,
}

/// The policy a decision was made under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// Its label.
    pub label: String,
    /// The preset it is a copy of.
    pub preset: String,
}

/// The bounds that were in force, defaults included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Pictures of cards.
    pub quality: Quality,
    /// Faces of selfies.
    pub face_quality: FaceQuality,
    /// Read fields.
    pub reading: Reading,
    /// Comparison of faces.
    pub face_match: FaceMatchBands,
}

/// The decision on one attempt. It holds no personal data but masked values in reason texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What follows.
    pub outcome: Outcome,
    /// Steps to do again, in the order of the flow; only for `resubmit`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Why, most weighty first. Empty for `approve`.
    pub reasons: Vec<Reason>,
    /// Which rule decided.
    pub rule: Rule,
    /// What besides checks decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Findings that did not count: warnings on pictures, advisory checks. Never a suspicion.
    pub tips: Vec<Reason>,
    /// Specimens of this project, not a person's documents.
    pub specimen: bool,
    /// The highest level this can lead to, if the document limits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_max: Option<u8>,
    /// The policy.
    pub policy: PolicyRef,
    /// Version of the reason table.
    pub catalogue_version: String,
    /// The bounds.
    pub thresholds: Thresholds,
    /// Models behind the evidence.
    pub models: Vec<ModelUse>,
    /// Every check, in the order of the table.
    pub checks: Vec<CheckResult>,
}

/// Decides.
pub fn decide(policy: &Policy, evidence: &Evidence, declared: &Declared, context: &Context) -> Decision {
    let mut sheet = Sheet::new(policy, context.live);
    judge::judge_picture(&mut sheet, &evidence.portrait_side, Expected::PortraitSide);
    judge::judge_picture(&mut sheet, &evidence.emblem_side, Expected::EmblemSide);
    judge::judge_picture(&mut sheet, &evidence.selfie, Expected::Selfie);
    let facts = Facts::new(&sheet, evidence, context.today);
    judge::data(&mut sheet, &facts);
    let typed = judge::form(&mut sheet, &facts, declared);
    judge::face_match(&mut sheet, evidence);
    judge::age_policy(&mut sheet, &facts, Some(&typed));
    if let Some(known) = &context.history.known {
        judge::known(&mut sheet, known);
    }
    if let Some(liveness) = &evidence.liveness {
        judge::liveness(&mut sheet, liveness);
    }
    judge::passive(&mut sheet, evidence);
    judge::absent(&mut sheet);
    let temporary = facts.is_temporary();
    let specimen = !context.live && (typed.is_specimen() || facts.is_specimen());
    let checks = sheet.into_results();

    let verdict = Verdict { checks: &checks, context, face_matched: face_matched(&checks) };
    let (outcome, rule, reasons, triggers) = verdict.apply();
    let steps = if outcome == Outcome::Resubmit { steps_of(&reasons) } else { Vec::new() };
    let tips = verdict.tips();
    let level_max = temporary.then_some(policy.document.temporary_card_level_max);
    Decision {
        outcome,
        steps,
        reasons,
        rule,
        triggers,
        tips,
        specimen,
        level_max,
        policy: PolicyRef { label: policy.label().to_owned(), preset: policy.rules().preset.clone() },
        catalogue_version: catalogue().version.clone(),
        thresholds: Thresholds {
            quality: policy.quality,
            face_quality: policy.face_quality,
            reading: policy.reading,
            face_match: policy.face_match,
        },
        models: evidence.models.clone(),
        checks,
    }
}

fn face_matched(checks: &[CheckResult]) -> bool {
    checks.iter().any(|c| c.name == Check::FaceMatchPortrait && c.status == Status::Pass)
}

struct Verdict<'a> {
    checks: &'a [CheckResult],
    context: &'a Context,
    face_matched: bool,
}

type Applied = (Outcome, Rule, Vec<Reason>, Vec<Trigger>);

impl Verdict<'_> {
    fn apply(&self) -> Applied {
        self.needs_person()
            .or_else(|| self.fix_steps())
            .or_else(|| self.could_not_run())
            .or_else(|| self.required_warning())
            .unwrap_or((Outcome::Approve, Rule::AllHold, Vec::new(), Vec::new()))
    }

    fn required(&self) -> impl Iterator<Item = &CheckResult> {
        self.checks.iter().filter(|c| c.requirement == Requirement::Required)
    }

    /// Who fixes it, given how often it was already asked for.
    fn kind(&self, entry: &Entry) -> AppliedKind {
        entry.kind.applied(self.context.history.reasons.get(&entry.code).copied().unwrap_or(0))
    }

    fn needs_person(&self) -> Option<Applied> {
        let reasons = collect(self.required(), self.face_matched, |check, entry| {
            let judged = matches!(check.status, Status::Warn | Status::Fail);
            match self.kind(entry) {
                AppliedKind::Review if judged => {
                    let plain = check.status == Status::Fail && entry.kind.allows_final();
                    Some(if plain { AppliedKind::Final } else { AppliedKind::Review })
                }
                // What the applicant could fix stays in the list, for the person who looks.
                AppliedKind::Retry if check.status == Status::Fail => Some(AppliedKind::Retry),
                _ => None,
            }
        });
        let history = &self.context.history;
        let mut triggers = Vec::new();
        if !history.accepted_for_person.is_empty() {
            triggers.push(Trigger::PhotoAcceptedForPerson);
        }
        if history.person_requested {
            triggers.push(Trigger::PersonRequested);
        }
        let heaviest = reasons.iter().map(|r| r.kind).max();
        let outcome = match heaviest {
            Some(AppliedKind::Final) => Outcome::Reject,
            Some(AppliedKind::Review) => Outcome::Review,
            _ if triggers.is_empty() => return None,
            _ => Outcome::Review,
        };
        Some((outcome, Rule::NeedsPerson, reasons, triggers))
    }

    fn fix_steps(&self) -> Option<Applied> {
        let reasons = collect(self.required(), self.face_matched, |check, _| {
            (check.status == Status::Fail).then_some(AppliedKind::Retry)
        });
        (!reasons.is_empty()).then_some((Outcome::Resubmit, Rule::FixSteps, reasons, Vec::new()))
    }

    /// Required checks that neither ran nor were legitimately left out.
    fn could_not_run(&self) -> Option<Applied> {
        let gaps: Vec<CheckResult> = self
            .required()
            .filter(|c| self.is_gap(c))
            .map(|c| {
                let mut gap = c.clone();
                if gap.reasons.is_empty() {
                    gap.reasons = vec![unconfirmed(&gap)];
                }
                gap
            })
            .collect();
        if gaps.is_empty() {
            return None;
        }
        let reasons = collect(&gaps, self.face_matched, |_, _| Some(AppliedKind::Review));
        Some((Outcome::Review, Rule::CouldNotRun, reasons, Vec::new()))
    }

    fn is_gap(&self, check: &CheckResult) -> bool {
        match (check.status, check.note) {
            (Status::Pass | Status::Warn | Status::Fail, _)
            | (Status::NotApplicable, Some(Note::SwitchedOff | Note::NotAsked)) => false,
            (Status::NotApplicable, Some(Note::NoDetector | Note::NoEvidence)) => self.context.live,
            // Also what was blocked by something that did not itself count: it was never looked at, so it
            // cannot be taken for a pass.
            (Status::NotApplicable | Status::Error, _) => true,
        }
    }

    fn required_warning(&self) -> Option<Applied> {
        let reasons = collect(self.required(), self.face_matched, |check, _| {
            let counts = check.status == Status::Warn && !matches!(check.group, Group::Image | Group::Face);
            counts.then_some(AppliedKind::Review)
        });
        (!reasons.is_empty()).then_some((Outcome::Review, Rule::RequiredWarning, reasons, Vec::new()))
    }

    fn tips(&self) -> Vec<Reason> {
        collect(self.checks, self.face_matched, |check, entry| {
            let shown = match check.requirement {
                Requirement::Required => {
                    check.status == Status::Warn && matches!(check.group, Group::Image | Group::Face)
                }
                Requirement::Advisory => matches!(check.status, Status::Warn | Status::Fail),
                Requirement::Off => false,
            };
            (shown && entry.public.is_none() && entry.kind.is_retry()).then_some(AppliedKind::Retry)
        })
    }
}

/// The neutral code for something we could not confirm.
fn unconfirmed(check: &CheckResult) -> Code {
    use crate::check::Subject;
    match check.subject {
        Subject::Selfie => Code::SelfieUnconfirmed,
        Subject::PortraitSide | Subject::EmblemSide | Subject::Image => Code::DocUnconfirmed,
        Subject::Form | Subject::Person | Subject::Account => Code::InfoUnconfirmed,
    }
}

/// The fewest steps that answer all reasons. Where one of several steps is enough and none of them is asked
/// for anyway, the more likely one is.
fn steps_of(reasons: &[Reason]) -> Vec<Step> {
    let mut steps: Vec<Step> = reasons.iter().filter(|r| !r.choice).flat_map(|r| r.steps.clone()).collect();
    for reason in reasons.iter().filter(|r| r.choice) {
        if !reason.steps.iter().any(|s| steps.contains(s)) {
            steps.extend(reason.step);
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// `#[serde(with = "iso_date")]`: a calendar date as `YYYY-MM-DD`.
pub mod iso_date {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use time::{Date, Month};

    /// Writes `YYYY-MM-DD`.
    pub fn serialize<S: Serializer>(date: &Date, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&date.to_string())
    }

    /// Reads `YYYY-MM-DD`.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Date, D::Error> {
        let text = String::deserialize(d)?;
        parse(&text).ok_or_else(|| D::Error::custom("a date is written YYYY-MM-DD"))
    }

    /// Reads `YYYY-MM-DD`, years 0000 to 9999.
    pub fn parse(text: &str) -> Option<Date> {
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
    }
}

mod bare;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
