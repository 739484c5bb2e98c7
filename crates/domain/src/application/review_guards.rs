//! The guards of reviews, spoilt one at a time.

use super::fixtures::*;
use super::*;
use crate::id::{AttemptId, CaseId, StaffId};
use crate::reason::{Code, Step};
use crate::steps::{Answer, Content, Side};

#[test]
fn a_request_to_redo_names_a_step_its_reason_knows() {
    for (asks, expected) in [
        (vec![], "no_step_asked"),
        (vec![Ask { code: Code::ImgBlur, step: Step::Form }], "no_step_asked"),
        (vec![Ask { code: Code::FaceBorderline, step: Step::Selfie }], "no_step_asked"),
        (vec![Ask { code: Code::FormNameMismatch, step: Step::Form }], "done"),
    ] {
        let mut world = World::in_review();
        let kind = EventKind::ReviewResubmit { review: alone(&world), asks };
        assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), kind)), expected);
    }
}

#[test]
fn a_review_needs_a_live_lease_on_the_current_case() {
    type Spoil = fn(&mut Review);
    let spoilt: [(&str, Spoil); 5] = [
        ("case_not_current", |review| review.case = CaseId::from_bits(5)),
        ("lease_lost", |review| review.leased_to = SECOND),
        ("lease_lost", |review| review.leased_until = start()),
        ("case_changed", |review| review.version = 4),
        ("done", |_| {}),
    ];
    for (expected, spoil) in spoilt {
        let mut world = World::in_review();
        let mut review = alone(&world);
        spoil(&mut review);
        assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), approve(review))), expected);
    }
}

#[test]
fn a_rejection_takes_two_people_and_a_reason_that_may_be_final() {
    let reject = |second: Option<(StaffId, bool)>, reasons: Vec<Code>| {
        let mut world = World::in_review();
        let second = second.map(|(by, agrees)| Second { by, agrees });
        let review = Review { second, ..alone(&world) };
        code(world.try_at(start(), Actor::Reviewer(FIRST), EventKind::ReviewReject { review, reasons }))
    };
    assert_eq!(reject(None, vec![Code::DocCopy]), "second_reviewer_needed");
    assert_eq!(reject(Some((FIRST, true)), vec![Code::DocCopy]), "second_reviewer_is_first");
    assert_eq!(reject(Some((SECOND, false)), vec![Code::DocCopy]), "reviewers_differ");
    assert_eq!(reject(Some((SECOND, true)), vec![]), "no_final_reason");
    assert_eq!(reject(Some((SECOND, true)), vec![Code::ImgBlur, Code::SrcUnavailable]), "no_final_reason");
    assert_eq!(reject(Some((SECOND, true)), vec![Code::ImgBlur, Code::DocCopy]), "done");
}

#[test]
fn four_eyes_approve_against_the_checks() {
    let in_person = HumanRoute { route: Route::InPerson, record: FILE, by: FIRST };
    let video = HumanRoute { route: Route::Video, ..in_person };
    let rows = [
        (Code::FaceBorderline, false, FaceProof::LiveMatch, "done"),
        (Code::FaceBorderline, true, FaceProof::LiveMatch, "second_reviewer_needed"),
        (Code::LiveSpoof, false, FaceProof::LiveMatch, "second_reviewer_needed"),
        (Code::DocTampered, false, FaceProof::LiveMatch, "second_reviewer_needed"),
        (Code::DupFace, false, FaceProof::LiveMatch, "second_reviewer_needed"),
        (Code::AccWatchlist, false, FaceProof::LiveMatch, "second_reviewer_needed"),
        (Code::FaceBorderline, false, FaceProof::HumanRoute(video), "done"),
        (Code::FaceBorderline, false, FaceProof::HumanRoute(in_person), "second_reviewer_needed"),
    ];
    for (reason, required_failed, face, expected) in rows {
        let mut world = World::in_review_for(Findings { reasons: vec![reason], required_failed });
        let both = agreed(&world);
        let kind = |review| approve_on(review, Findings::default(), DocumentProof::Photos, face);
        let answer = code(world.try_at(start(), Actor::Reviewer(FIRST), kind(alone(&world))));
        assert_eq!(answer, expected, "{reason} {face:?}");
        if expected != "done" {
            assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), kind(both))), "done", "{reason}");
        }
    }
}

#[test]
fn what_the_checks_find_later_needs_four_eyes_too() {
    let ask = AskHuman {
        attempt: AttemptId::from_bits(12),
        case: CaseId::from_bits(21),
        reason: AskReason::Accessibility,
    };
    let mut world = World::filled().then(Actor::Applicant, EventKind::AskHuman(ask));
    let found = Findings { reasons: vec![Code::DocTampered], required_failed: false };
    let review = alone(&world);
    let late = approve_on(review, found, DocumentProof::Photos, FaceProof::LiveMatch);
    assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), late)), "second_reviewer_needed");
    assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), approve(review))), "done");
}

#[test]
fn whoever_rejected_stays_barred_in_later_attempts() {
    let case = CaseId::from_bits(30);
    let reopen = EventKind::Reopen { case, cause: ReopenCause::OwnError };
    let world = World::rejected().then(Actor::Supervisor(THIRD), reopen);
    let asks = vec![Ask { code: Code::ImgBlur, step: Step::PortraitSide }];
    let review = Review { leased_to: FOURTH, ..alone(&world) };
    let world = world.then(Actor::Reviewer(FOURTH), EventKind::ReviewResubmit { review, asks });
    let world = world.save(Content::Side(Side::Portrait, FILE));
    let attempt = AttemptId::from_bits(12);
    let world = world.then(Actor::Applicant, EventKind::Submit { attempt });
    let mut world = world.then(Actor::System, review_wanted(attempt, Findings::default()));
    let opened =
        |effect: &Effect| matches!(effect, Effect::OpenCase { barred, .. } if *barred == [FIRST, SECOND]);
    assert!(world.effects.iter().any(opened));
    let review = alone(&world);
    assert_eq!(code(world.try_at(start(), Actor::Reviewer(FIRST), approve(review))), "reviewer_barred");
}

#[test]
fn whoever_rejected_does_not_look_again() {
    let reopen = EventKind::Reopen { case: CaseId::from_bits(30), cause: ReopenCause::AppealUpheld };
    let mut world = World::rejected().then(Actor::Supervisor(THIRD), reopen);
    let lease = |staff, second| Review {
        leased_to: staff,
        second: Some(Second { by: second, agrees: true }),
        case: CaseId::from_bits(30),
        ..alone(&World::new())
    };
    let mut approve_by =
        |staff, second| code(world.try_at(start(), Actor::Reviewer(staff), approve(lease(staff, second))));
    assert_eq!(approve_by(FIRST, FOURTH), "reviewer_barred");
    assert_eq!(approve_by(FOURTH, SECOND), "reviewer_barred");
    assert_eq!(approve_by(FOURTH, THIRD), "done");
}

#[test]
fn a_person_approves_only_on_a_document_and_a_face() {
    let ask = AskHuman {
        attempt: AttemptId::from_bits(12),
        case: CaseId::from_bits(21),
        reason: AskReason::FaceRefused,
    };
    let world = World::new().save(consents(Answer::Given)).save(Content::Form);
    let mut world = world.then(Actor::Support(THIRD), EventKind::AskHuman(ask));
    let route = FaceProof::HumanRoute(HumanRoute { route: Route::Video, record: FILE, by: FIRST });
    let sighted = DocumentProof::Sighted { record: FILE };
    let review = alone(&world);
    let mut approve = |document, face| {
        let kind = approve_on(review, Findings::default(), document, face);
        code(world.try_at(start(), Actor::Reviewer(FIRST), kind))
    };
    assert_eq!(approve(DocumentProof::Photos, route), "document_missing");
    assert_eq!(approve(sighted, FaceProof::LiveMatch), "live_match_missing");
    assert_eq!(approve(sighted, route), "done");
}

#[test]
fn reasons_and_steps_become_pairs_or_nothing() {
    let pairs = asks(&[Code::ImgBlur, Code::FormNameMismatch], &[Step::PortraitSide]);
    assert!(
        pairs.is_some_and(|pairs| pairs.contains(&Ask { code: Code::ImgBlur, step: Step::PortraitSide }))
    );
    assert_eq!(asks(&[Code::ImgBlur], &[Step::Form]), None);
    assert_eq!(asks(&[Code::ImgBlur], &[]), None);
}
