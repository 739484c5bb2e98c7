//! What the challenge before the selfie showed, and what a passive model makes of the selfie.
//!
//! Nothing stands here of attempts without a challenge: that their selfie is not known to be live is said elsewhere
//! ([`crate::known::Known::selfie_not_live`]). What a challenge cannot show, print and screen and mask, stays
//! without evidence unless the operator has switched a passive model on.

use super::sheet::Held;
use super::{Sheet, not_measured};
use crate::calibration::similarity;
use crate::check::{Check, CheckResult, Group, Measured, Note, Reading, Status, Subject};
use crate::evidence::{Evidence, LivenessEvidence};
use crate::liveness::Outcome;
use crate::policy::{Bound, Direction};
use crate::reason::Code;

/// A weak signal: its doubt sends to people, and it vouches for nobody alone. Only beside a passed challenge does a
/// high value count as evidence; without one it is written down for whoever looks. It is judged with the attempt and
/// never at the upload, where one could try fakes until one passes; and no place is shown.
pub(crate) fn passive(sheet: &mut Sheet<'_>, evidence: &Evidence) {
    let selfie = evidence.selfie.seen();
    let Some(living) = selfie.and_then(|seen| seen.faces.first()?.living) else { return };
    let check = Check::LivenessPassive;
    if let Some(by) = sheet.blocker(Subject::Selfie, &[Group::Image, Group::Face]) {
        return sheet.blocked(check, Subject::Selfie, by);
    }
    let held = Held {
        measured: Measured::Living,
        value: living,
        bound: Bound { warn: Some(sheet.policy.liveness.passive_min), fail: None },
        direction: Direction::LowIsBad,
        code: Code::LiveSpoof,
        region: None,
    };
    let mut result = sheet.held(check, Subject::Selfie, vec![held]);
    let challenged = |shown: &LivenessEvidence| shown.outcome == Outcome::Pass && shown.still;
    if result.status == Status::Pass && !evidence.liveness.as_ref().is_some_and(challenged) {
        (result.status, result.note) = (Status::NotApplicable, Some(Note::NoEvidence));
        result.readings.iter_mut().for_each(|reading| reading.status = Status::NotApplicable);
    }
    sheet.push(result);
}

pub(crate) fn liveness(sheet: &mut Sheet<'_>, evidence: &LivenessEvidence) {
    let done = match evidence.outcome {
        // Whoever swapped faces or sent a film has done the steps; what is wrong is told by the next checks.
        Outcome::Pass | Outcome::FaceChanged | Outcome::Injected => None,
        Outcome::Incomplete => Some(Code::LiveIncomplete),
    };
    write(sheet, Check::LivenessChallenge, done);
    let injected = (evidence.outcome == Outcome::Injected).then_some(Code::CaptureInjected);
    write(sheet, Check::CaptureIntegrity, injected);
    if evidence.still && sheet.get(Check::CaptureOrigin, Subject::Selfie).is_none() {
        write(sheet, Check::CaptureOrigin, None);
    }
    same_face(sheet, evidence);
}

/// The face of the still is the one that did the steps.
fn same_face(sheet: &mut Sheet<'_>, evidence: &LivenessEvidence) {
    let check = Check::SameFaceInCapture;
    if evidence.outcome == Outcome::FaceChanged {
        return write(sheet, check, Some(Code::LiveSpoof));
    }
    if !evidence.still {
        return;
    }
    if let Some(by) = sheet.blocker(Subject::Selfie, &[Group::Image, Group::Face]) {
        return sheet.blocked(check, Subject::Selfie, by);
    }
    let distance = evidence.still_distance.filter(|distance| distance.is_finite() && *distance >= 0.0);
    let Some(distance) = distance else {
        // A passed challenge without a comparison proves nothing about this picture.
        let result = not_measured(sheet, check, Subject::Selfie);
        return sheet.push(result);
    };
    let bound = sheet.policy.face_match.warn_distance_max;
    let other = (distance > bound).then_some(Code::LiveSpoof);
    let mut result = judged(sheet, check, other);
    result.score = Some(similarity(distance));
    result.threshold = Some(similarity(bound));
    result.readings = vec![Reading {
        measure: Measured::Similarity,
        value: similarity(distance),
        warn: None,
        fail: Some(similarity(bound)),
        status: result.status,
    }];
    sheet.push(result);
}

fn write(sheet: &mut Sheet<'_>, check: Check, fault: Option<Code>) {
    let result = judged(sheet, check, fault);
    sheet.push(result);
}

fn judged(sheet: &Sheet<'_>, check: Check, fault: Option<Code>) -> CheckResult {
    let status = if fault.is_some() { Status::Fail } else { Status::Pass };
    let mut result = sheet.result(check, Subject::Selfie, status);
    result.reasons = fault.into_iter().collect();
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::Case;
    use crate::liveness::Action;
    use crate::{Decision, Outcome as Follows};

    fn decided(change: impl FnOnce(&mut LivenessEvidence, &mut Case)) -> Decision {
        let mut case = Case::good();
        let mut evidence = LivenessEvidence {
            outcome: Outcome::Pass,
            steps: vec![Action::Nod, Action::TurnLeft],
            still: true,
            still_distance: Some(0.3),
        };
        change(&mut evidence, &mut case);
        case.evidence.liveness = Some(evidence);
        case.decide()
    }

    fn codes(decision: &Decision) -> Vec<Code> {
        decision.reasons.iter().map(|reason| reason.code).collect()
    }

    fn status(decision: &Decision, check: Check) -> Status {
        decision.checks.iter().find(|result| result.name == check).unwrap().status
    }

    #[test]
    fn a_passed_challenge_is_evidence_and_says_nothing_of_masks() {
        let decision = decided(|_, _| {});
        assert_eq!(decision.outcome, Follows::Approve);
        for check in [
            Check::LivenessChallenge,
            Check::SameFaceInCapture,
            Check::CaptureOrigin,
            Check::CaptureIntegrity,
        ] {
            assert_eq!(status(&decision, check), Status::Pass, "{check}");
        }
        assert_eq!(status(&decision, Check::LivenessPassive), Status::NotApplicable);
    }

    #[test]
    fn every_suspicion_goes_to_a_person_under_a_neutral_name() {
        type Change = fn(&mut LivenessEvidence);
        let cases: [(Code, Change); 4] = [
            (Code::LiveSpoof, |e| e.outcome = Outcome::FaceChanged),
            (Code::LiveSpoof, |e| e.still_distance = Some(0.9)),
            (Code::CaptureInjected, |e| e.outcome = Outcome::Injected),
            // Of a challenge before another selfie.
            (Code::LiveSpoof, |e| {
                (e.outcome, e.still, e.still_distance) = (Outcome::FaceChanged, false, None);
            }),
        ];
        for (code, change) in cases {
            let decision = decided(|evidence, _| change(evidence));
            assert_eq!(codes(&decision), [code]);
            assert_eq!(decision.reasons[0].public_code, Code::SelfieUnconfirmed);
            assert!(matches!(decision.outcome, Follows::Review | Follows::Reject), "{:?}", decision.outcome);
        }
    }

    #[test]
    fn a_still_that_could_not_be_compared_is_no_proof() {
        for distance in [None, Some(f32::NAN), Some(-1.0)] {
            let decision = decided(|evidence, _| evidence.still_distance = distance);
            assert_eq!(
                (decision.outcome, codes(&decision)),
                (Follows::Review, vec![Code::SelfieUnconfirmed])
            );
        }
    }

    #[test]
    fn nobody_is_suspected_because_of_a_bad_photo() {
        let decision = decided(|evidence, case| {
            evidence.still_distance = Some(0.9);
            case.selfie().faces.clear();
        });
        assert_eq!(codes(&decision), [Code::FaceNone]);
        assert_eq!(decision.outcome, Follows::Resubmit);
    }

    fn challenged() -> LivenessEvidence {
        LivenessEvidence {
            outcome: Outcome::Pass,
            steps: vec![Action::Nod, Action::TurnLeft],
            still: true,
            still_distance: Some(0.3),
        }
    }

    fn passive(living: f32, change: impl FnOnce(&mut Case)) -> Decision {
        let mut case = Case::good();
        case.selfie().faces[0].living = Some(living);
        change(&mut case);
        case.decide()
    }

    #[test]
    fn what_looks_like_a_print_goes_to_people_under_a_neutral_name() {
        for challenge in [None, Some(challenged())] {
            let decision = passive(0.89, |case| case.evidence.liveness = challenge);
            assert_eq!(decision.outcome, Follows::Review);
            let told: Vec<_> = decision.reasons.iter().map(|r| (r.code, r.public_code)).collect();
            assert_eq!(told, [(Code::LiveSpoof, Code::SelfieUnconfirmed)]);
            let check = decision.checks.iter().find(|check| check.name == Check::LivenessPassive).unwrap();
            assert!(check.status == Status::Warn && check.regions.is_empty() && check.score == Some(0.89));
        }
    }

    #[test]
    fn a_passive_model_vouches_for_nobody_alone() {
        let alone = passive(0.9, |_| {});
        let check = alone.checks.iter().find(|check| check.name == Check::LivenessPassive).unwrap();
        let shown: Vec<_> = check.readings.iter().map(|reading| (reading.value, reading.status)).collect();
        assert_eq!(shown, [(0.9, Status::NotApplicable)]);
        assert_eq!((check.status, check.note), (Status::NotApplicable, Some(Note::NoEvidence)));
        let beside = passive(0.9, |case| case.evidence.liveness = Some(challenged()));
        assert_eq!(status(&beside, Check::LivenessPassive), Status::Pass);
    }

    #[test]
    fn a_passive_model_suspects_nobody_because_of_a_bad_photo() {
        let decision = passive(0.1, |case| case.selfie().faces[0].sharpness = 0.0);
        assert_eq!((decision.outcome, codes(&decision)), (Follows::Resubmit, vec![Code::ImgBlur]));
        assert_eq!(status(&decision, Check::LivenessPassive), Status::NotApplicable);
    }

    #[test]
    fn a_passive_model_that_says_nothing_sensible_vouches_for_nobody() {
        assert_eq!(passive(f32::NAN, |_| {}).outcome, Follows::Review);
    }

    #[test]
    fn steps_that_were_not_done_are_done_again() {
        let decision = decided(|evidence, _| {
            (evidence.outcome, evidence.still) = (Outcome::Incomplete, false);
        });
        assert_eq!((decision.outcome, codes(&decision)), (Follows::Resubmit, vec![Code::LiveIncomplete]));
    }
}
