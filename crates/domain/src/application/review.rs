//! Guards of the decisions people make.

use super::event::{Actor, Ask, Review};
use super::{FaceProof, Findings, Proof, Refusal, Route, Rules};
use crate::id::{CaseId, StaffId};
use crate::moment::Timestamp;
use crate::policy::FourEyes;
use crate::reason::{Code, Redo, Step, catalogue};
use std::collections::BTreeSet;

/// Steps in one request at most; there are no more steps than that.
const ASKS_MAX: usize = 64;

/// The reviewer holds a live lease on the current case, saw its current version, and is not barred.
pub(super) fn holds_case(
    review: &Review,
    by: Actor,
    case: CaseId,
    barred: &BTreeSet<StaffId>,
    now: Timestamp,
) -> Result<StaffId, Refusal> {
    let staff = by.staff().ok_or(Refusal::NotYours)?;
    if review.case != case {
        return Err(Refusal::OtherCase);
    }
    if review.leased_to != staff || review.leased_until <= now {
        return Err(Refusal::LeaseLost);
    }
    if review.version_seen != review.version {
        return Err(Refusal::CaseChanged);
    }
    if barred.contains(&staff) {
        return Err(Refusal::ReviewerBarred);
    }
    Ok(staff)
}

/// Another person decided, and decided the same.
pub(super) fn second_agrees(
    review: &Review,
    first: StaffId,
    barred: &BTreeSet<StaffId>,
) -> Result<StaffId, Refusal> {
    second_does_not_differ(review, first, barred)?;
    review.second.map(|second| second.by).ok_or(Refusal::SecondNeeded)
}

/// Where one person is enough, a second one who was asked must still be another one who agrees.
pub(super) fn second_does_not_differ(
    review: &Review,
    first: StaffId,
    barred: &BTreeSet<StaffId>,
) -> Result<(), Refusal> {
    let Some(second) = review.second else { return Ok(()) };
    if second.by == first {
        return Err(Refusal::SecondIsFirst);
    }
    if barred.contains(&second.by) {
        return Err(Refusal::ReviewerBarred);
    }
    if second.agrees { Ok(()) } else { Err(Refusal::ReviewersDiffer) }
}

/// Four eyes on an approval: against a failed required check, over a suspicion, after a meeting in person.
pub(super) fn approval_needs_second(findings: &Findings, proof: Proof, rules: &Rules) -> bool {
    let found = |codes: &[Code]| findings.reasons.iter().any(|code| codes.contains(code));
    let in_person = matches!(proof.face(), FaceProof::HumanRoute(route) if route.route == Route::InPerson);
    let cases = [
        (FourEyes::ApprovalAgainstFailedCheck, findings.required_failed),
        (FourEyes::SpoofOrTamperEitherWay, found(&[Code::LiveSpoof, Code::DocTampered, Code::DupFace])),
        (FourEyes::ScreeningRelease, found(&[Code::AccWatchlist])),
        (FourEyes::FaceToFaceRecord, in_person),
    ];
    cases.into_iter().any(|(eyes, applies)| applies && rules.four_eyes.contains(&eyes))
}

/// One reason at least is of a kind that a person may close for good.
pub(super) fn may_be_final(reasons: &[Code]) -> Result<(), Refusal> {
    let allows = |code: &Code| catalogue().get(*code).is_some_and(|entry| entry.kind.allows_final());
    if reasons.iter().any(allows) { Ok(()) } else { Err(Refusal::NoFinalReason) }
}

/// The steps to do again: one at least, and each of them one that its reason sends people back to.
pub(super) fn asked(asks: &[Ask]) -> Result<BTreeSet<Step>, Refusal> {
    let fits = |ask: &Ask| {
        let entry = catalogue().get(ask.code);
        entry.is_some_and(|entry| entry.may_ask().any(|redo| leads_to(redo, ask.step)))
    };
    if asks.is_empty() || asks.len() > ASKS_MAX || !asks.iter().all(fits) {
        return Err(Refusal::NoStepAsked);
    }
    Ok(asks.iter().map(|ask| ask.step).collect())
}

/// What is asked for when a person names reasons and steps: every pair that fits. `None` if a step has no
/// reason that sends people back to it, for then nobody could be told why.
pub fn asks(reasons: &[Code], steps: &[Step]) -> Option<Vec<Ask>> {
    let fits = |code: Code, step: Step| {
        catalogue().get(code).is_some_and(|entry| entry.may_ask().any(|redo| leads_to(redo, step)))
    };
    let pairs = steps.iter().flat_map(|step| reasons.iter().map(|code| Ask { code: *code, step: *step }));
    let asks: Vec<Ask> = pairs.filter(|ask| fits(ask.code, ask.step)).collect();
    let all = steps.iter().all(|step| asks.iter().any(|ask| ask.step == *step));
    (all && !asks.is_empty()).then_some(asks)
}

/// Steps a reason may send people back to when a person names it.
pub fn asks_for(code: Code) -> Vec<Step> {
    Step::ALL.into_iter().filter(|step| asks(&[code], &[*step]).is_some()).collect()
}

const fn leads_to(redo: Redo, step: Step) -> bool {
    match redo {
        Redo::Side => matches!(step, Step::PortraitSide | Step::EmblemSide | Step::Selfie),
        Redo::Current => true,
        Redo::Later => false,
        Redo::Consent => matches!(step, Step::Consent),
        Redo::Form => matches!(step, Step::Form),
        Redo::PortraitSide => matches!(step, Step::PortraitSide),
        Redo::EmblemSide => matches!(step, Step::EmblemSide),
        Redo::Selfie => matches!(step, Step::Selfie),
        Redo::Channel => matches!(step, Step::Channel),
        Redo::Evidence => matches!(step, Step::Evidence),
    }
}
