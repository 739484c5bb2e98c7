//! Each guard, spoilt one at a time.

use super::fixtures::*;
use super::*;
use crate::counters::{Counter, Standing, WhenFull};
use crate::id::{AttemptId, CaseId, EventId};
use crate::moment::Span;
use crate::policy::Consent;
use crate::reason::{Code, Step};
use crate::steps::{Answer, Content, Side, Verdict};

const LOCKED: Standing = Standing::Full { then: WhenFull::Locked, until: None };
const OFFERED: Standing = Standing::Full { then: WhenFull::PersonOffered, until: None };

fn create(change: impl FnOnce(&mut New)) -> Result<(), Refusal> {
    let mut new = new();
    change(&mut new);
    let event = Event { id: EventId::from_bits(1), by: Actor::Applicant, kind: EventKind::Create(new) };
    Application::create(event, &rules(), start()).map(|_| ()).map_err(|illegal| illegal.why)
}

#[test]
fn an_application_begins_only_where_it_may() {
    assert_eq!(create(|_| {}), Ok(()));
    assert_eq!(create(|new| new.open_applications = 1), Err(Refusal::OtherOpen));
    assert_eq!(create(|new| new.ended = LOCKED), Err(Refusal::TooManyEnded { until: None }));
    assert_eq!(create(|new| new.region_supported = false), Err(Refusal::RegionUnsupported));
    assert_eq!(create(|new| new.needs_guardian = true), Err(Refusal::GuardianNeeded));
}

#[test]
fn nothing_but_create_begins_an_application() {
    for (by, kind) in good(&World::new()).into_iter().skip(1) {
        let event = Event { id: EventId::from_bits(1), by, kind };
        let illegal = Application::create(event, &rules(), start()).unwrap_err();
        assert_eq!((illegal.state, illegal.why), (StateName::None, Refusal::NotListed));
    }
}

#[test]
fn a_step_needs_its_consents_first() {
    let mut world = World::new();
    let refused = world.try_at(start(), Actor::Applicant, saved(Content::Form));
    assert_eq!(refused, Err(Refusal::ConsentMissing([Consent::General].into())));
    let mut world = World::new().save(consents(Answer::Refused));
    let selfie = Content::Selfie { file: FILE, live: true };
    let refused = world.try_at(start(), Actor::Applicant, saved(selfie));
    assert_eq!(refused, Err(Refusal::ConsentMissing([Consent::Face].into())));
}

#[test]
fn a_consent_that_is_needed_is_not_refused_but_the_application_withdrawn() {
    for needed in [Consent::General, Consent::IdImages, Consent::SourceQuery] {
        let answers = || Content::Consents([(needed, Answer::Refused)].into());
        for mut world in [World::new(), World::filled()] {
            let refused = world.try_at(start(), Actor::Applicant, saved(answers()));
            assert_eq!(refused, Err(Refusal::ConsentNeeded([needed].into())));
        }
    }
}

#[test]
fn a_person_is_asked_only_once_the_consents_are_given() {
    let answers = [(Consent::General, Answer::Given)].into();
    let mut world = World::new().save(Content::Consents(answers)).save(Content::Form);
    let ask = AskHuman {
        attempt: AttemptId::from_bits(12),
        case: CaseId::from_bits(1),
        reason: AskReason::Accessibility,
    };
    let refused = world.try_at(start(), Actor::Applicant, EventKind::AskHuman(ask));
    assert_eq!(refused, Err(Refusal::StepsMissing(vec![Step::Consent])));
}

#[test]
fn a_locked_step_stays_locked_and_an_offer_locks_nothing() {
    let photo = || Content::Side(Side::Portrait, FILE);
    let mut world = World::filled();
    let mut save = |verdict, standings: &[(Counter, Standing)]| {
        code(world.try_at(start(), Actor::Applicant, save_as(photo(), verdict, standings)))
    };
    let offered = (Counter::PortraitSideSoft, OFFERED);
    assert_eq!(save(Verdict::Accepted, &[(Counter::PortraitSideTries, LOCKED)]), "step_locked");
    assert_eq!(save(Verdict::Accepted, &[(Counter::EmblemSideTries, LOCKED)]), "done", "another step's");
    assert_eq!(save(Verdict::Accepted, &[offered]), "done");
    assert_eq!(save(Verdict::AcceptedForPerson, &[]), "person_photo_not_offered");
    assert_eq!(
        save(Verdict::AcceptedForPerson, &[(Counter::EmblemSideSoft, OFFERED)]),
        "person_photo_not_offered"
    );
    assert_eq!(save(Verdict::AcceptedForPerson, &[offered]), "done");
}

#[test]
fn every_counter_of_a_step_must_have_room_and_be_known() {
    let contents = [
        Content::Form,
        Content::Side(Side::Portrait, FILE),
        Content::Side(Side::Emblem, FILE),
        Content::Selfie { file: FILE, live: true },
    ];
    for content in contents {
        for counter in Counter::of_step(content.step()) {
            let kind = save_as(content.clone(), Verdict::Accepted, &[(*counter, LOCKED)]);
            let answer = World::filled().try_at(start(), Actor::Applicant, kind);
            assert_eq!(code(answer), "step_locked", "{counter:?}");
            let mut kind = save_as(content.clone(), Verdict::Accepted, &[]);
            if let EventKind::SaveStep { counters, .. } = &mut kind {
                counters.remove(counter);
            }
            let answer = World::filled().try_at(start(), Actor::Applicant, kind);
            assert_eq!(answer, Err(Refusal::CounterUnknown(*counter)));
        }
    }
}

#[test]
fn further_papers_are_taken_only_when_asked_for() {
    let mut world = World::filled();
    let refused = world.try_at(start(), Actor::Applicant, saved(Content::Evidence(FILE)));
    assert_eq!(refused, Err(Refusal::StepClosed(Step::Evidence)));
    let world = World::in_review();
    let review = alone(&world);
    let asks = vec![Ask { code: Code::AccMoreEvidence, step: Step::Evidence }];
    let world = world.then(Actor::Reviewer(FIRST), EventKind::ReviewResubmit { review, asks });
    let mut world = world.save(Content::Evidence(FILE));
    let submit = EventKind::Submit { attempt: AttemptId::from_bits(12) };
    assert_eq!(world.try_at(start(), Actor::Applicant, submit), Ok(Row::SubmitAgain));
}

#[test]
fn a_refused_try_is_counted_and_changes_no_step() {
    let mut world = World::filled();
    let before = world.app.state().steps().unwrap().clone();
    let content = Content::Side(Side::Emblem, FILE);
    let kind = save_as(content, Verdict::Refused(vec![Code::ImgBlur]), &[]);
    world.try_at(start(), Actor::Applicant, kind).unwrap();
    let expected = [Effect::Count(Counter::EmblemSideTries), Effect::Count(Counter::EmblemSideSoft)];
    assert_eq!(world.effects, expected);
    let after = world.app.state().steps().unwrap();
    assert_eq!(after.get(Step::EmblemSide), before.get(Step::EmblemSide));
}

#[test]
fn nothing_incomplete_is_submitted() {
    let submit = EventKind::Submit { attempt: AttemptId::from_bits(12) };
    let mut world = World::new().save(consents(Answer::Given)).save(Content::Form);
    let missing = vec![Step::PortraitSide, Step::EmblemSide, Step::Selfie];
    assert_eq!(world.try_at(start(), Actor::Applicant, submit.clone()), Err(Refusal::StepsMissing(missing)));
    let mut world = World::resubmit();
    let missing = Refusal::StepsMissing(vec![Step::PortraitSide]);
    assert_eq!(world.try_at(start(), Actor::Applicant, submit), Err(missing));
}

#[test]
fn only_listed_steps_are_done_again() {
    let mut world = World::resubmit();
    let others = [
        Content::Form,
        consents(Answer::Given),
        Content::Side(Side::Emblem, FILE),
        Content::Selfie { file: FILE, live: true },
    ];
    for content in others {
        let step = content.step();
        let refused = world.try_at(start(), Actor::Applicant, saved(content));
        assert_eq!(refused, Err(Refusal::StepClosed(step)));
    }
}

#[test]
fn after_five_attempts_only_a_person_is_left() {
    let mut world = World::checking();
    for n in 2..=5 {
        let attempt = world.attempt();
        let asks = vec![Ask { code: Code::ImgBlur, step: Step::PortraitSide }];
        world = world.then(Actor::System, EventKind::ChecksRetry { attempt, asks });
        world = world.save(Content::Side(Side::Portrait, FILE));
        let attempt = AttemptId::from_bits(100 + n);
        world = world.then(Actor::Applicant, EventKind::Submit { attempt });
        assert_eq!(world.app.state().attempt().map(|attempt| u128::from(attempt.number)), Some(n));
    }
    let attempt = world.attempt();
    let asks = vec![Ask { code: Code::ImgBlur, step: Step::PortraitSide }];
    world = world.then(Actor::System, EventKind::ChecksRetry { attempt, asks });
    world = world.save(Content::Side(Side::Portrait, FILE));
    let submit = EventKind::Submit { attempt: AttemptId::from_bits(106) };
    assert_eq!(world.try_at(start(), Actor::Applicant, submit), Err(Refusal::NoAttemptLeft));
    let ask = AskHuman {
        attempt: AttemptId::from_bits(106),
        case: CaseId::from_bits(1),
        reason: AskReason::TriesFailed,
    };
    assert_eq!(world.try_at(start(), Actor::Applicant, EventKind::AskHuman(ask)), Ok(Row::AskHuman));
}

#[test]
fn a_result_of_an_old_attempt_is_refused() {
    let old = AttemptId::from_bits(77);
    let mut world = World::checking();
    let kind = EventKind::ChecksPassed { attempt: old, face_matched: true };
    assert_eq!(world.try_at(start(), Actor::System, kind), Err(Refusal::OtherAttempt));
    let mut world = World::waiting();
    let kind = EventKind::SourceAnswered { attempt: old };
    assert_eq!(world.try_at(start(), Actor::System, kind), Err(Refusal::OtherAttempt));
}

#[test]
fn the_machine_approves_only_a_live_face_that_matched() {
    let mut world = World::checking();
    let attempt = world.attempt();
    let kind = EventKind::ChecksPassed { attempt, face_matched: false };
    assert_eq!(world.try_at(start(), Actor::System, kind), Err(Refusal::NoLiveMatch));
    let submit = EventKind::Submit { attempt: AttemptId::from_bits(12) };
    let from_folder = World::filled().save(Content::Selfie { file: FILE, live: false });
    let without_face = World::filled().save(consents(Answer::Refused));
    for world in [from_folder, without_face] {
        let mut world = world.then(Actor::Applicant, submit.clone());
        let kind = EventKind::ChecksPassed { attempt: world.attempt(), face_matched: true };
        assert_eq!(world.try_at(start(), Actor::System, kind), Err(Refusal::NoLiveMatch));
    }
}

#[test]
fn a_photo_taken_for_a_person_is_never_approved_by_the_machine() {
    let content = Content::Side(Side::Portrait, FILE);
    let kind = save_as(content, Verdict::AcceptedForPerson, &[(Counter::PortraitSideSoft, OFFERED)]);
    let world = World::filled().then(Actor::Applicant, kind);
    let mut world = world.then(Actor::Applicant, EventKind::Submit { attempt: AttemptId::from_bits(12) });
    let kind = EventKind::ChecksPassed { attempt: world.attempt(), face_matched: true };
    assert_eq!(world.try_at(start(), Actor::System, kind), Err(Refusal::PersonMustLook));
}

#[test]
fn a_person_is_offered_after_two_failed_tries_or_at_once_for_good_reason() {
    let ask = |reason| {
        EventKind::AskHuman(AskHuman {
            attempt: AttemptId::from_bits(12),
            case: CaseId::from_bits(1),
            reason,
        })
    };
    let tried = |times: usize| {
        let mut world = World::filled();
        for _ in 0..times {
            let content = Content::Side(Side::Emblem, FILE);
            let kind = save_as(content, Verdict::Refused(vec![Code::ImgDark]), &[]);
            world.try_at(start(), Actor::Applicant, kind).unwrap();
        }
        code(world.try_at(start(), Actor::Applicant, ask(AskReason::TriesFailed)))
    };
    assert_eq!([0, 1, 2, 3].map(tried), ["person_not_offered", "person_not_offered", "done", "done"]);
    for (reason, expected) in [
        (AskReason::Accessibility, "done"),
        (AskReason::FaceRefused, "done"),
        (AskReason::StepLocked(LOCKED), "done"),
        (AskReason::StepLocked(Standing::Free { left: 1 }), "person_not_offered"),
    ] {
        let mut world = World::filled();
        assert_eq!(code(world.try_at(start(), Actor::Applicant, ask(reason))), expected, "{reason:?}");
        let steps = world.app.state().steps().unwrap();
        assert_eq!(steps.face_refused(), reason == AskReason::FaceRefused);
    }
    let mut world = World::new();
    let refused = world.try_at(start(), Actor::Applicant, ask(AskReason::Accessibility));
    assert_eq!(refused, Err(Refusal::FormMissing));
}

/// The case was opened before the checks had run; what they find afterwards counts all the same.
/// At its last microsecond a timer has not run out; at its end it has.
#[test]
fn timers_run_out_on_time() {
    let out = EventKind::TimeOut { upload_in_flight: false };
    let gave_up =
        |world: &World| EventKind::SourceGaveUp { attempt: world.attempt(), case: CaseId::from_bits(1) };
    let slow = |world: &World| EventKind::ChecksReview {
        attempt: world.attempt(),
        case: CaseId::from_bits(1),
        cause: ReviewCause::Timer,
    };
    let waiting = World::waiting();
    let checking = World::checking();
    let rows = [
        (World::filled(), Actor::Clock, out.clone(), Span::days(30)),
        (World::resubmit(), Actor::Clock, out, Span::days(14)),
        (World::waiting(), Actor::System, gave_up(&waiting), Span::hours(24)),
        (World::checking(), Actor::Clock, slow(&checking), Span::minutes(10)),
    ];
    for (mut world, by, kind, span) in rows {
        let at = start() + span;
        let early = Timestamp::from_unix_us(at.unix_us() - 1).unwrap();
        assert_eq!(world.try_at(early, by, kind.clone()), Err(Refusal::TooEarly { at }), "{kind:?}");
        assert!(world.try_at(at, by, kind.clone()).is_ok(), "{kind:?}");
    }
}

#[test]
fn nothing_times_out_during_an_upload() {
    let mut world = World::filled();
    let kind = EventKind::TimeOut { upload_in_flight: true };
    assert_eq!(world.try_at(late(), Actor::Clock, kind), Err(Refusal::UploadInFlight));
}

/// An answer in between does not start the day of waiting anew, and the applicant is told once.
#[test]
fn a_source_that_answers_now_and_then_is_given_up_all_the_same() {
    let mut world = World::waiting();
    assert_eq!(world.effects.len(), 1);
    let attempt = world.attempt();
    let half = start() + Span::hours(12);
    world.try_at(half, Actor::System, EventKind::SourceAnswered { attempt }).unwrap();
    world.try_at(half, Actor::System, EventKind::SourcePending { attempt }).unwrap();
    assert_eq!(world.effects, []);
    let kind = EventKind::SourceGaveUp { attempt, case: CaseId::from_bits(1) };
    assert_eq!(world.try_at(start() + Span::hours(24), Actor::System, kind), Ok(Row::SourceGaveUp));
}

#[test]
fn a_wrong_number_found_after_submitting_is_counted() {
    let mut world = World::checking();
    let attempt = world.attempt();
    let asks = vec![Ask { code: Code::SrcMismatch, step: Step::Form }];
    world.try_at(start(), Actor::System, EventKind::ChecksRetry { attempt, asks }).unwrap();
    let counted = [Effect::Count(Counter::FormTries), Effect::Count(Counter::FormTriesPerId)];
    assert_eq!(world.effects.get(..2), Some(&counted[..]));
}

#[test]
fn a_refusal_is_shown_with_state_event_and_code() {
    let mut world = World::approved();
    let event = world.event(Actor::Applicant, saved(Content::Form));
    let illegal = world.app.apply(event, &rules(), start()).unwrap_err();
    insta::assert_snapshot!(illegal, @"`save_step` is not possible in `approved`: transition_not_listed");
}
