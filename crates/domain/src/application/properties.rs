//! What must hold whatever happens.

use super::fixtures::*;
use super::*;
use crate::counters::{Counter, Standing, WhenFull};
use crate::id::{AttemptId, CaseId, EventId};
use crate::moment::Span;
use crate::reason::{Code, Step};
use crate::steps::{Answer, Content, Done, Side, Steps, Verdict};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Something that may happen, with facts that are right or wrong by chance.
#[derive(Clone, Debug)]
struct Happens {
    kind: usize,
    actor: usize,
    facts: u64,
    minutes: u32,
    repeat: bool,
}

fn happens() -> impl Strategy<Value = Happens> {
    let minutes = prop_oneof![5 => 0_u32..5, 2 => 5_u32..2_000, 1 => 2_000_u32..80_000];
    // The usual way is drawn more often, or few sequences would get far.
    let kind = prop_oneof![3 => Just(0_usize), 1 => 0_usize..16];
    (kind, 0_usize..24, any::<u64>(), minutes, proptest::bool::weighted(0.1))
        .prop_map(|(kind, actor, facts, minutes, repeat)| Happens { kind, actor, facts, minutes, repeat })
}

struct Facts(u64);

impl Facts {
    /// One of `n`.
    fn pick(&mut self, n: u64) -> u64 {
        let value = self.0 % n;
        self.0 = (self.0 / n) ^ self.0.rotate_left(17);
        value
    }

    fn usually(&mut self) -> bool {
        self.pick(8) != 0
    }

    fn one<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.pick(all.len() as u64)).unwrap()].clone()
    }
}

/// The next thing on the usual way.
fn usual(world: &World, facts: &mut Facts) -> (Actor, EventKind) {
    let good = good(world);
    let nth = |index: usize| good[index].clone();
    match world.app.state() {
        State::Draft { steps, .. } => match steps.missing(&rules().consents).first() {
            Some(step) => (Actor::Applicant, saved(content(*step, facts))),
            None => nth(2),
        },
        State::Resubmit { asked, redone, .. } => match asked.difference(redone).next() {
            Some(step) => (Actor::Applicant, saved(content(*step, facts))),
            None => nth(2),
        },
        State::Checking { .. } => nth(3 + usize::try_from(facts.pick(4)).unwrap()),
        State::WaitingSource { .. } => nth(7 + usize::try_from(facts.pick(2)).unwrap()),
        State::ManualReview { .. } => nth(10 + usize::try_from(facts.pick(3)).unwrap()),
        State::Rejected { .. } => nth(13),
        _ => nth(14),
    }
}

fn content(step: Step, facts: &mut Facts) -> Content {
    let face = if facts.usually() { Answer::Given } else { Answer::Refused };
    match step {
        Step::Consent => consents(face),
        Step::Form => Content::Form,
        Step::PortraitSide => Content::Side(Side::Portrait, FILE),
        Step::EmblemSide => Content::Side(Side::Emblem, FILE),
        Step::Selfie => Content::Selfie { file: FILE, live: facts.usually() },
        Step::Channel => Content::Channel(crate::id::ChannelProofId::from_bits(1)),
        Step::Evidence => Content::Evidence(FILE),
    }
}

/// Any event at all, its facts turned by chance.
fn anything(world: &World, kind: usize, facts: &mut Facts) -> (Actor, EventKind) {
    let (by, mut event) = good(world).swap_remove(kind);
    let standings = [
        None,
        Some(Standing::Free { left: 1 }),
        Some(Standing::Full { then: WhenFull::Locked, until: None }),
        Some(Standing::Full { then: WhenFull::PersonOffered, until: None }),
    ];
    let other = AttemptId::from_bits(u128::from(facts.pick(4)));
    match &mut event {
        EventKind::SaveStep { content: saved, verdict, counters } => {
            let step = facts.one(&Step::ALL);
            *saved = content(step, facts);
            let refused = Verdict::Refused(vec![facts.one(Code::ALL)]);
            *verdict = facts.one(&[Verdict::Accepted, Verdict::AcceptedForPerson, refused]);
            let stand = |counter: &Counter| facts.one(&standings).map(|standing| (*counter, standing));
            *counters = Counter::of_step(step).iter().filter_map(stand).collect();
        }
        EventKind::Submit { attempt } => *attempt = other,
        EventKind::ChecksPassed { attempt, face_matched } => {
            *face_matched = facts.usually();
            if !facts.usually() {
                *attempt = other;
            }
        }
        EventKind::ChecksRetry { asks, .. } | EventKind::ReviewResubmit { asks, .. } => {
            let ask = |facts: &mut Facts| Ask { code: facts.one(Code::ALL), step: facts.one(&Step::ALL) };
            *asks = (0..facts.pick(4)).map(|_| ask(facts)).collect();
        }
        EventKind::ReviewApprove { review, document, face, .. } => {
            let route = facts.one(&[Route::Video, Route::InPerson, Route::Documents]);
            let route = FaceProof::HumanRoute(HumanRoute { route, record: FILE, by: FIRST });
            *document = facts.one(&[DocumentProof::Photos, DocumentProof::Sighted { record: FILE }]);
            *face = facts.one(&[FaceProof::LiveMatch, route]);
            review.second = facts.one(&seconds());
        }
        EventKind::ReviewReject { review, reasons } => {
            *reasons = vec![facts.one(Code::ALL)];
            review.second = facts.one(&seconds());
        }
        EventKind::AskHuman(ask) => {
            let full = AskReason::StepLocked(Standing::Full { then: WhenFull::Locked, until: None });
            ask.reason =
                facts.one(&[AskReason::TriesFailed, AskReason::Accessibility, AskReason::FaceRefused, full]);
            ask.case = CaseId::from_bits(u128::from(facts.pick(4)));
        }
        EventKind::TimeOut { upload_in_flight } => *upload_in_flight = !facts.usually(),
        _ => {}
    }
    (by, event)
}

fn seconds() -> [Option<Second>; 4] {
    [None, Some((FIRST, true)), Some((SECOND, true)), Some((SECOND, false))]
        .map(|second| second.map(|(by, agrees)| Second { by, agrees }))
}

fn actor(usual: Actor, index: usize) -> Actor {
    match index {
        0 => Actor::Applicant,
        1 => Actor::Support(FOURTH),
        2 => Actor::Reviewer(SECOND),
        3 => Actor::System,
        4 => Actor::Clock,
        _ => usual,
    }
}

fn is_final(state: &State) -> bool {
    matches!(state, State::Approved { .. } | State::Expired { .. } | State::Withdrawn { .. })
}

fn done(steps: &Steps, step: Step) -> Option<&Done> {
    steps.get(step)
}

/// What must hold between a state and the next.
fn check(before: &State, moved: &Moved, rules: &Rules) -> Result<(), TestCaseError> {
    let after = moved.next.state();
    prop_assert!(!is_final(before), "{:?} moved", before.name());
    if let State::Rejected { .. } = before {
        prop_assert_eq!(moved.row, Some(Row::Reopen));
    }
    if let State::Approved { proof, .. } = after {
        let steps = before.steps().unwrap();
        prop_assert!(steps.has_form());
        let sighted = proof.document() != DocumentProof::Photos;
        let with_a_person = proof.face() != FaceProof::LiveMatch;
        prop_assert!(steps.has_document() || sighted);
        prop_assert!(steps.has_live_selfie() || with_a_person);
        let by_machine = moved.row == Some(Row::ChecksPassed);
        prop_assert!(!by_machine || !steps.needs_person());
        prop_assert!(!by_machine || proof.face() == FaceProof::LiveMatch);
    }
    if let State::Rejected { reviewers, reasons, .. } = after {
        let two: BTreeSet<_> = reviewers.iter().collect();
        prop_assert!(two.len() >= 2 && !reasons.is_empty());
    }
    if let State::Checking { attempt, .. } = after {
        prop_assert!(attempt.number <= rules.attempts_max);
    }
    if let (State::Resubmit { steps: old, asked, .. }, State::Resubmit { steps: new, asked: still, .. }) =
        (before, after)
    {
        prop_assert_eq!(asked, still);
        for step in Step::ALL.into_iter().filter(|step| !asked.contains(step)) {
            // Refusing the use of the face takes the selfie with it.
            let gone = step == Step::Selfie && new.face_refused();
            // And that may be refused at any time.
            let taken_back = step == Step::Consent && new.face_refused();
            prop_assert!(gone || taken_back || done(old, step) == done(new, step), "{step:?} changed");
        }
    }
    if let (State::Resubmit { asked, redone, steps, .. }, Some(Row::SubmitAgain)) = (before, moved.row) {
        let left: Vec<_> = asked.difference(redone).collect();
        prop_assert!(left.is_empty() || (left == [&Step::Selfie] && steps.face_refused()));
        prop_assert_eq!(after.steps(), Some(steps), "carried over");
    }
    if let State::Resubmit { asked, redone, .. } = after {
        prop_assert!(!asked.is_empty() && redone.is_subset(asked));
    }
    // The clock of the verification date stands still exactly while the applicant waits for us.
    let change = |state: &State| state.name().waits_for_us();
    let deadline = |effect: &Effect| match effect {
        Effect::Deadline(change) => Some(*change),
        _ => None,
    };
    let moves: Vec<_> = moved.effects.iter().filter_map(deadline).collect();
    let expected = match (change(before), change(after), after) {
        (_, _, State::Approved { .. }) => vec![crate::effect::DeadlineChange::Meet],
        (false, true, _) => vec![crate::effect::DeadlineChange::Pause],
        (true, false, _) => vec![crate::effect::DeadlineChange::Resume],
        _ => vec![],
    };
    prop_assert_eq!(moves, expected);
    Ok(())
}

/// How far random sequences get; a property nobody reaches proves nothing.
fn run(sequence: &[Happens]) -> Result<BTreeSet<StateName>, TestCaseError> {
    let rules = rules();
    let mut world = World::new();
    let (mut now, mut last) = (start(), None::<Event>);
    let mut reached = BTreeSet::new();
    for happens in sequence {
        now = now + Span::minutes(happens.minutes);
        let mut facts = Facts(happens.facts);
        if let Some(event) = last.clone().filter(|_| happens.repeat) {
            let repeated = world.app.clone().apply(event, &rules, now);
            let repeated = repeated.map_err(|illegal| TestCaseError::fail(illegal.to_string()))?;
            prop_assert_eq!(&repeated.next, &world.app);
            prop_assert!(repeated.effects.is_empty() && repeated.row.is_none());
            continue;
        }
        let (by, mut kind) = match happens.kind {
            0 => usual(&world, &mut facts),
            kind => anything(&world, kind, &mut facts),
        };
        if let EventKind::Submit { attempt } = &mut kind {
            *attempt = AttemptId::from_bits(u128::from(happens.facts));
        }
        let event = world.event(actor(by, happens.actor), kind);
        let before = world.app.state().clone();
        if let Ok(moved) = world.app.clone().apply(event.clone(), &rules, now) {
            check(&before, &moved, &rules)?;
            reached.insert(moved.next.state().name());
            world.app = moved.next;
            last = Some(event);
        }
    }
    Ok(reached)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_happens_the_invariants_hold(sequence in proptest::collection::vec(happens(), 1..60)) {
        run(&sequence)?;
    }

    /// An event that was applied does nothing a second time, whatever came in between.
    #[test]
    fn an_old_event_is_never_applied_twice(sequence in proptest::collection::vec(happens(), 1..60), which in any::<prop::sample::Index>()) {
        let mut world = World::new();
        let mut applied = Vec::new();
        for happens in &sequence {
            let (by, kind) = usual(&world, &mut Facts(happens.facts));
            let event = world.event(by, kind);
            if let Ok(moved) = world.app.clone().apply(event.clone(), &rules(), late()) {
                world.app = moved.next;
                applied.push(event);
            }
        }
        prop_assume!(!applied.is_empty());
        let again = world.app.clone().apply(which.get(&applied).clone(), &rules(), late());
        if let Ok(moved) = again {
            prop_assert_eq!(moved.next, world.app);
            prop_assert!(moved.effects.is_empty());
        }
    }
}

/// The generator reaches every state, so that the properties above are about all of them.
#[test]
fn random_sequences_reach_every_state() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = proptest::collection::vec(happens(), 30..60);
    let mut reached = BTreeSet::new();
    for _ in 0..1_000 {
        let sequence = strategy.new_tree(&mut runner).unwrap().current();
        reached.extend(run(&sequence).unwrap());
    }
    let all: BTreeSet<StateName> = StateName::ALL.iter().copied().filter(|s| *s != StateName::None).collect();
    assert_eq!(reached, all);
}

#[test]
fn an_event_id_is_what_makes_an_event_the_same() {
    let mut world = World::filled();
    let submit = EventKind::Submit { attempt: AttemptId::from_bits(12) };
    let event = world.event(Actor::Applicant, submit);
    world.app = world.app.clone().apply(event.clone(), &rules(), start()).unwrap().next;
    let again = world.app.clone().apply(event.clone(), &rules(), start()).unwrap();
    assert_eq!((again.next, again.effects, again.row), (world.app.clone(), vec![], None));
    let other = Event { id: EventId::from_bits(1 << 90), ..event };
    assert_eq!(world.app.apply(other, &rules(), start()).unwrap_err().why, Refusal::NotListed);
}
