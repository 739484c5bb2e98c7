//! What the gate says about a picture for a step, and what follows from that.

use crate::Gated;
use shiming_domain::check::{Check, CheckResult, Group};
use shiming_domain::judge::{self, Expected};
use shiming_domain::policy::Policy;
use shiming_domain::reason::{Code, Reason, Step, catalogue};
use shiming_domain::steps::Verdict;

/// The gate's judgement on a picture that was sent for a step.
pub(super) struct Judged {
    /// Why it is refused; never a suspicion.
    pub(super) reasons: Vec<Reason>,
    /// The checks behind it.
    pub(super) checks: Vec<CheckResult>,
}

/// What the picture of a step should show.
pub(super) const fn expected(step: Step) -> Expected {
    match step {
        Step::PortraitSide => Expected::PortraitSide,
        Step::EmblemSide => Expected::EmblemSide,
        Step::Selfie => Expected::Selfie,
        Step::Consent | Step::Form | Step::Channel | Step::Evidence => Expected::Any,
    }
}

/// Judges what the gate saw for the step it was sent for. Suspicions are not told here: the picture is taken,
/// and a person looks after submitting, so that nobody can practise against the detectors.
pub(super) fn judge(policy: &Policy, gated: &Gated, step: Step) -> Judged {
    let mut checks = judge::picture(&gated.inspected.evidence, expected(step), policy);
    if step == Step::Evidence {
        // A paper may be anything that can be seen.
        checks.retain(|check| check.name == Check::FileReadable);
    }
    checks.retain(|check| {
        matches!(check.group, Group::Image | Group::Face)
            || matches!(check.name, Check::CardPresent | Check::CardSide)
    });
    let told = |reason: &Reason| {
        let entry = catalogue().get(reason.code);
        entry.is_some_and(|entry| entry.kind.is_retry() && entry.public.is_none())
    };
    let reasons = judge::reasons(&checks).into_iter().filter(told).collect();
    Judged { reasons, checks }
}

/// What a judgement means for the step. After soft failures in a row a picture that fails softly again is
/// taken all the same, for a person to look at.
pub(super) fn verdict(reasons: &[Reason], person_offered: bool) -> Verdict {
    let codes: Vec<Code> = reasons.iter().map(|reason| reason.code).collect();
    if codes.is_empty() {
        Verdict::Accepted
    } else if person_offered && codes.iter().all(|code| code.is_soft()) {
        Verdict::AcceptedForPerson
    } else {
        Verdict::Refused(codes)
    }
}
