//! From a decision to the event it is for its application.

use super::Findings;
use super::event::{Ask, EventKind, ReviewCause};
use crate::check::{Check, Requirement, Status};
use crate::id::{AttemptId, CaseId};
use crate::{Decision, Outcome};

impl EventKind {
    /// What a decision on an attempt means for its application. `case` is the id of the case that is opened
    /// if a person must look.
    ///
    /// A source that gave no answer is not seen here: who asks it says `source_pending` instead.
    pub fn decided(attempt: AttemptId, case: CaseId, decision: &Decision) -> Self {
        match decision.outcome {
            Outcome::Approve => Self::ChecksPassed { attempt, face_matched: face_matched(decision) },
            Outcome::Resubmit => Self::ChecksRetry { attempt, asks: asks(decision) },
            Outcome::Review | Outcome::Reject => {
                let mut reasons: Vec<_> = decision.reasons.iter().map(|reason| reason.code).collect();
                // A reason stands once per step; here it is the code that matters.
                let mut seen = std::collections::BTreeSet::new();
                reasons.retain(|code| seen.insert(*code));
                let findings = Findings { reasons, required_failed: required_failed(decision) };
                let rejection_proposed = decision.outcome == Outcome::Reject;
                let cause = ReviewCause::Decided { findings, rejection_proposed };
                Self::ChecksReview { attempt, case, cause }
            }
        }
    }
}

/// Of the steps that would answer a reason, those the decision asks for.
fn asks(decision: &Decision) -> Vec<Ask> {
    let asked = |step| decision.steps.contains(&step);
    decision
        .reasons
        .iter()
        .flat_map(|reason| reason.steps.iter().map(|step| Ask { code: reason.code, step: *step }))
        .filter(|ask| asked(ask.step))
        .collect()
}

fn face_matched(decision: &Decision) -> bool {
    let matched = |name: Check, status: Status| name == Check::FaceMatchPortrait && status == Status::Pass;
    decision.checks.iter().any(|check| matched(check.name, check.status))
}

fn required_failed(decision: &Decision) -> bool {
    let mut checks = decision.checks.iter();
    checks.any(|check| check.requirement == Requirement::Required && check.status == Status::Fail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::fixtures::World;
    use crate::application::{Actor, Refusal, Row, State};
    use crate::evidence::Measure;
    use crate::fixtures::{Case, set, unusable};
    use crate::reason::Step;

    /// Decides a case and lets its application move accordingly.
    fn moved(case: &Case) -> (Outcome, Result<Row, Refusal>, World) {
        let mut world = World::checking();
        let decision = case.decide();
        let kind = EventKind::decided(world.attempt(), CaseId::from_bits(1), &decision);
        let row = world.try_at(crate::application::fixtures::start(), Actor::System, kind);
        (decision.outcome, row, world)
    }

    #[test]
    fn what_holds_is_approved() {
        let (outcome, row, _) = moved(&Case::good());
        assert_eq!((outcome, row), (Outcome::Approve, Ok(Row::ChecksPassed)));
    }

    #[test]
    fn what_can_be_fixed_goes_back_with_exactly_its_steps() {
        let mut case = Case::good();
        set(case.portrait(), Measure::Sharpness, 0.0);
        case.evidence.emblem_side = unusable();
        let (outcome, row, world) = moved(&case);
        assert_eq!((outcome, row), (Outcome::Resubmit, Ok(Row::ChecksRetry)));
        let State::Resubmit { asked, .. } = world.app.state() else { panic!("{:?}", world.app.state()) };
        assert_eq!(asked.iter().copied().collect::<Vec<_>>(), case.decide().steps);
        assert_eq!(case.decide().steps, [Step::PortraitSide, Step::EmblemSide]);
    }

    #[test]
    fn one_of_two_steps_is_asked_for_where_one_is_enough() {
        let mut case = Case::good();
        case.declared.name = crate::personal::Personal::new("李四");
        let (outcome, row, world) = moved(&case);
        assert_eq!((outcome, row), (Outcome::Resubmit, Ok(Row::ChecksRetry)));
        let State::Resubmit { asked, .. } = world.app.state() else { panic!("{:?}", world.app.state()) };
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn a_wish_for_a_person_is_one() {
        let mut case = Case::good();
        case.context.history.person_requested = true;
        let (outcome, row, _) = moved(&case);
        assert_eq!((outcome, row), (Outcome::Review, Ok(Row::ChecksReview)));
    }
}
