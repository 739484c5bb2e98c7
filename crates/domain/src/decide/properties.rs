//! What must hold for any evidence whatever.

use super::*;
use crate::evidence::{Face, FaceMatch, Fields, ImageEvidence, Kind, Measure, PictureEvidence};
use crate::fixtures::{Case, OTHER_NUMBER, face, set, specimen_number, unusable};
use crate::personal::Personal;
use proptest::prelude::*;

/// A change to the good case. Values are drawn around the bounds and far beyond them.
#[derive(Clone, Debug)]
enum Change {
    Measure { emblem: bool, which: usize, value: f32 },
    Forget { emblem: bool, which: usize },
    Kind { emblem: bool, kind: usize },
    Cards { emblem: bool, cards: u32 },
    Confidence { which: usize, value: f32 },
    NoField { which: usize },
    Text { which: usize, value: usize },
    Declared { name: usize, number: usize },
    Faces { count: usize, second: f32 },
    Face { which: usize, value: f32 },
    PortraitFaces(usize),
    Distance(Option<f32>),
    Unusable(usize),
    Day { days: i64 },
    Earlier { code: usize, times: u32 },
    Live,
    Generic,
    Person,
    Repeated,
}

const MEASURES: [(Measure, bool); 10] = [
    (Measure::Sharpness, true),
    (Measure::Brightness, true),
    (Measure::Clipped, false),
    (Measure::Glare, false),
    (Measure::Shadow, false),
    (Measure::CardWidth, true),
    (Measure::CutOff, false),
    (Measure::Skew, false),
    (Measure::Occlusion, false),
    (Measure::Chroma, true),
];
const KINDS: [Kind; 7] = [
    Kind::ResidentPortraitSide,
    Kind::ResidentEmblemSide,
    Kind::Temporary,
    Kind::FirstGeneration,
    Kind::MrzDocument,
    Kind::FacePhoto,
    Kind::Unknown,
];
const TEXTS: [&str; 8] = ["", "张三", "男", "1990-03-08", "2038-04-01", "长期", OTHER_NUMBER, "汊"];
const NAMES: [&str; 5] = ["张三", "李四", "Zhang", "", "张彡"];

fn fields(case: &mut Case) -> [&mut Option<crate::evidence::Field>; 9] {
    let (portrait, emblem) = (&mut case.evidence.portrait_side, &mut case.evidence.emblem_side);
    let (PictureEvidence::Seen(portrait), PictureEvidence::Seen(emblem)) = (portrait, emblem) else {
        panic!("applied before anything is made unusable");
    };
    let (Fields::Portrait(p), Fields::Emblem(e)) = (&mut portrait.fields, &mut emblem.fields) else {
        panic!("fields keep their side");
    };
    [
        &mut p.name,
        &mut p.sex,
        &mut p.ethnicity,
        &mut p.birth_date,
        &mut p.address,
        &mut p.number,
        &mut e.issuer,
        &mut e.valid_from,
        &mut e.valid_until,
    ]
}

fn side(case: &mut Case, emblem: bool) -> &mut ImageEvidence {
    if emblem { case.emblem() } else { case.portrait() }
}

fn face_value(face: &mut Face, which: usize) -> (&mut f32, bool) {
    // The second value: smaller is worse.
    match which % 6 {
        0 => (&mut face.eye_distance_px, true),
        1 => (&mut face.yaw_ratio, false),
        2 => (&mut face.roll_degrees, false),
        3 => (&mut face.sharpness, true),
        4 => (&mut face.covered, false),
        _ => (&mut face.brightness, true),
    }
}

fn apply(case: &mut Case, change: &Change) {
    match change {
        Change::Measure { emblem, which, value } => {
            let measure = MEASURES[which % 10].0;
            let image = side(case, *emblem);
            if image.measurements.iter().any(|m| m.measure == measure) {
                set(image, measure, *value);
            }
        }
        Change::Forget { emblem, which } => {
            side(case, *emblem).measurements.retain(|m| m.measure != MEASURES[which % 10].0);
        }
        Change::Kind { emblem, kind } => side(case, *emblem).kind = KINDS[kind % 7],
        Change::Cards { emblem, cards } => side(case, *emblem).cards = *cards,
        Change::Confidence { which, value } => {
            if let Some(field) = &mut fields(case)[which % 9] {
                field.confidence = *value;
            }
        }
        Change::NoField { which } => *fields(case)[which % 9] = None,
        Change::Text { which, value } => {
            if let Some(field) = &mut fields(case)[which % 9] {
                field.text = Personal::new(TEXTS[value % 8]);
            }
        }
        Change::Declared { name, number } => {
            case.declared.name = Personal::new(NAMES[name % 5]);
            match number % 5 {
                0 => case.declared.number = Personal::new(OTHER_NUMBER),
                1 => case.both_numbers_if_read(&specimen_number()),
                2 => case.declared.number = Personal::new("1101011990030799640"),
                3 => case.declared.number = Personal::default(),
                _ => {}
            }
        }
        Change::Faces { count, second } => {
            case.selfie().faces = (0..*count).map(|i| face(if i == 0 { 900.0 } else { *second })).collect();
        }
        Change::Face { which, value } => {
            if let Some(face) = case.selfie().faces.first_mut() {
                *face_value(face, *which).0 = *value;
            }
        }
        Change::PortraitFaces(count) => case.portrait().faces = vec![face(400.0); *count],
        Change::Distance(distance) => {
            case.evidence.face_match = distance.map(|distance| FaceMatch { distance });
        }
        Change::Day { days } => {
            let moved = case.context.today.checked_add(time::Duration::days(*days));
            case.context.today = moved.unwrap_or(Date::MAX);
        }
        Change::Earlier { code, times } => case.earlier(Code::ALL[code % Code::ALL.len()], *times),
        Change::Live => case.context.live = true,
        Change::Generic => case.policy = Policy::preset("generic").unwrap(),
        Change::Person => case.context.history.person_requested = true,
        Change::Repeated => {
            case.evidence.face_match = Some(FaceMatch { distance: 0.9 });
            case.earlier(Code::FaceMismatch, 2);
        }
        // Last, see `changes`: later changes need the picture.
        Change::Unusable(which) => match which % 3 {
            0 => case.evidence.portrait_side = unusable(),
            1 => case.evidence.emblem_side = unusable(),
            _ => case.evidence.selfie = unusable(),
        },
    }
}

impl Case {
    fn both_numbers_if_read(&mut self, number: &str) {
        self.declared.number = Personal::new(number);
        if let Some(field) = &mut fields(self)[5] {
            field.text = Personal::new(number);
        }
    }
}

fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        6 => 0.0_f32..1.2,
        4 => 0.0_f32..400.0,
        1 => Just(f32::NAN),
        1 => Just(f32::INFINITY),
        1 => Just(-1.0_f32),
        1 => any::<f32>(),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let n = 0_usize..100;
    prop_oneof![
        6 => (any::<bool>(), n.clone(), value())
            .prop_map(|(emblem, which, value)| Change::Measure { emblem, which, value }),
        1 => (any::<bool>(), n.clone()).prop_map(|(emblem, which)| Change::Forget { emblem, which }),
        2 => (any::<bool>(), n.clone()).prop_map(|(emblem, kind)| Change::Kind { emblem, kind }),
        1 => (any::<bool>(), 0_u32..4).prop_map(|(emblem, cards)| Change::Cards { emblem, cards }),
        3 => (n.clone(), value()).prop_map(|(which, value)| Change::Confidence { which, value }),
        2 => n.clone().prop_map(|which| Change::NoField { which }),
        2 => (n.clone(), n.clone()).prop_map(|(which, value)| Change::Text { which, value }),
        2 => (n.clone(), n.clone()).prop_map(|(name, number)| Change::Declared { name, number }),
        2 => (0_usize..4, 0.0_f32..900.0).prop_map(|(count, second)| Change::Faces { count, second }),
        4 => (n.clone(), value()).prop_map(|(which, value)| Change::Face { which, value }),
        1 => (0_usize..3).prop_map(Change::PortraitFaces),
        3 => proptest::option::weighted(0.9, value()).prop_map(Change::Distance),
        1 => n.clone().prop_map(Change::Unusable),
        2 => (-20_000_i64..20_000).prop_map(|days| Change::Day { days }),
        2 => (n, 0_u32..5).prop_map(|(code, times)| Change::Earlier { code, times }),
        1 => Just(Change::Live),
        1 => Just(Change::Generic),
        1 => Just(Change::Person),
        1 => Just(Change::Repeated),
    ]
}

/// The changes rather than the case they make: a failure then shows what matters.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    proptest::collection::vec(change(), 0..5).prop_map(|mut changes| {
        changes.sort_by_key(|c| matches!(c, Change::Unusable(_)));
        changes
    })
}

fn case_of(changes: &[Change]) -> Case {
    let mut case = Case::good();
    for change in changes {
        apply(&mut case, change);
    }
    case
}

/// Changes that can only make evidence worse.
#[derive(Clone, Debug)]
enum Worse {
    Measure { emblem: bool, which: usize, by: f32 },
    Confidence { which: usize, by: f32 },
    NoField { which: usize },
    Distance(f32),
    NoComparison,
    Face { which: usize, by: f32 },
    SecondFace,
    NoFace,
    NoCard { emblem: bool },
    Unusable(usize),
    Earlier { code: usize },
    Person,
}

fn worse() -> impl Strategy<Value = Worse> {
    let n = 0_usize..100;
    prop_oneof![
        (any::<bool>(), n.clone(), 0.0_f32..300.0).prop_map(|(emblem, which, by)| Worse::Measure {
            emblem,
            which,
            by
        }),
        (n.clone(), 0.0_f32..1.0).prop_map(|(which, by)| Worse::Confidence { which, by }),
        n.clone().prop_map(|which| Worse::NoField { which }),
        (0.0_f32..1.0).prop_map(Worse::Distance),
        Just(Worse::NoComparison),
        (n.clone(), 0.0_f32..300.0).prop_map(|(which, by)| Worse::Face { which, by }),
        Just(Worse::SecondFace),
        Just(Worse::NoFace),
        any::<bool>().prop_map(|emblem| Worse::NoCard { emblem }),
        n.clone().prop_map(Worse::Unusable),
        n.prop_map(|code| Worse::Earlier { code }),
        Just(Worse::Person),
    ]
}

fn seen(picture: &mut PictureEvidence) -> Option<&mut ImageEvidence> {
    match picture {
        PictureEvidence::Seen(image) => Some(image),
        PictureEvidence::Unusable(_) => None,
    }
}

fn worsen(case: &mut Case, worse: &Worse) {
    let e = &mut case.evidence;
    let both_seen = seen(&mut e.portrait_side).is_some_and(|i| matches!(i.fields, Fields::Portrait(_)))
        && seen(&mut e.emblem_side).is_some_and(|i| matches!(i.fields, Fields::Emblem(_)));
    match worse {
        Worse::Measure { emblem, which, by } => {
            let (measure, low) = MEASURES[which % 10];
            let e = &mut case.evidence;
            let image = seen(if *emblem { &mut e.emblem_side } else { &mut e.portrait_side });
            for m in image.into_iter().flat_map(|i| &mut i.measurements).filter(|m| m.measure == measure) {
                m.value += if low { -by } else { *by };
            }
        }
        Worse::Confidence { which, by } if both_seen => {
            if let Some(field) = &mut fields(case)[which % 9] {
                field.confidence -= by;
            }
        }
        Worse::NoField { which } if both_seen => *fields(case)[which % 9] = None,
        Worse::Distance(by) => {
            if let Some(m) = &mut case.evidence.face_match {
                m.distance += by;
            }
        }
        Worse::NoComparison => case.evidence.face_match = None,
        Worse::Face { which, by } => {
            if let Some(face) = seen(&mut case.evidence.selfie).and_then(|i| i.faces.first_mut()) {
                let (value, low) = face_value(face, *which);
                // Away from zero is worse for angles; brightness has two ends, only darker is tried.
                *value += if low || *value < 0.0 { -by } else { *by };
            }
        }
        Worse::SecondFace => {
            if let Some(image) = seen(&mut case.evidence.selfie)
                && let Some(first) = image.faces.first().cloned()
            {
                image.faces.insert(1, first);
            }
        }
        Worse::NoFace => {
            if let Some(image) = seen(&mut case.evidence.selfie) {
                image.faces.clear();
            }
        }
        Worse::NoCard { emblem } => {
            let e = &mut case.evidence;
            if let Some(image) = seen(if *emblem { &mut e.emblem_side } else { &mut e.portrait_side }) {
                (image.cards, image.kind, image.fields) = (0, Kind::Unknown, Fields::None {});
            }
        }
        Worse::Unusable(which) => match which % 3 {
            0 => case.evidence.portrait_side = unusable(),
            1 => case.evidence.emblem_side = unusable(),
            _ => case.evidence.selfie = unusable(),
        },
        Worse::Earlier { code } => {
            *case.context.history.reasons.entry(Code::ALL[code % Code::ALL.len()]).or_default() += 1;
        }
        Worse::Person => case.context.history.person_requested = true,
        Worse::Confidence { .. } | Worse::NoField { .. } => {}
    }
}

fn bytes(decision: &Decision) -> Vec<u8> {
    serde_json::to_vec(decision).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn the_same_input_gives_the_same_bytes(changes in changes()) {
        let case = case_of(&changes);
        let first = bytes(&case.decide());
        prop_assert_eq!(&first, &bytes(&case.clone().decide()));
        // Also after the record was stored and read, unless it holds what JSON cannot.
        let evidence = serde_json::to_string(&case.evidence).unwrap();
        if let Ok(evidence) = serde_json::from_str(&evidence) {
            let again = Case { evidence, ..case };
            prop_assert_eq!(first, bytes(&again.decide()));
        }
    }

    #[test]
    fn an_approval_rests_on_every_required_check(changes in changes()) {
        let case = case_of(&changes);
        let decision = case.decide();
        if decision.outcome == Outcome::Approve {
            prop_assert!(decision.reasons.is_empty() && decision.triggers.is_empty());
            for check in decision.checks.iter().filter(|c| c.requirement == Requirement::Required) {
                let holds = match (check.status, check.note) {
                    (Status::Warn, None) => matches!(check.group, Group::Image | Group::Face),
                    (Status::Pass, None) | (Status::NotApplicable, Some(Note::NotAsked)) => true,
                    (Status::NotApplicable, Some(Note::NoDetector | Note::NoEvidence)) => !case.context.live,
                    _ => false,
                };
                prop_assert!(holds, "approved with {:?}", check);
            }
        }
    }

    #[test]
    fn worse_evidence_never_turns_into_an_approval(changes in changes(), worse in proptest::collection::vec(worse(), 1..4)) {
        let case = case_of(&changes);
        let before = case.decide();
        let mut spoilt = case.clone();
        for w in &worse {
            worsen(&mut spoilt, w);
        }
        if before.outcome != Outcome::Approve {
            prop_assert_ne!(spoilt.decide().outcome, Outcome::Approve);
        }
    }

    #[test]
    fn nothing_fails_silently_and_no_suspicion_is_spoken(changes in changes()) {
        let case = case_of(&changes);
        let decision = case.decide();
        for check in &decision.checks {
            let needs_reason = matches!(check.status, Status::Warn | Status::Fail | Status::Error);
            prop_assert_eq!(needs_reason, !check.reasons.is_empty(), "{:?}", check);
            let neutral = [Code::DocUnconfirmed, Code::SelfieUnconfirmed, Code::InfoUnconfirmed];
            for code in &check.reasons {
                let own = check.name.spec().reasons.contains(code);
                prop_assert!(own || (check.status == Status::Error && neutral.contains(code)), "{:?}", check);
            }
            prop_assert!(check.score.is_none_or(f32::is_finite) && check.threshold.is_none_or(f32::is_finite));
            prop_assert_eq!(check.blocked_by.is_some(), check.note == Some(Note::Blocked));
        }
        prop_assert_eq!(decision.outcome == Outcome::Approve, decision.reasons.is_empty() && decision.triggers.is_empty());
        prop_assert_eq!(decision.outcome == Outcome::Resubmit, !decision.steps.is_empty());
        for reason in decision.reasons.iter().chain(&decision.tips) {
            let public = catalogue().get(reason.public_code).unwrap();
            prop_assert!(public.public.is_none() || public.public_until.is_some());
            prop_assert!(!reason.text.en.contains(['{', '…']) && !reason.text.zh_cn.contains(['{', '…']), "{:?}", reason.text);
        }
        if decision.outcome == Outcome::Resubmit {
            for reason in &decision.reasons {
                prop_assert!(reason.steps.iter().any(|s| decision.steps.contains(s)), "nothing answers {}", reason.code);
            }
        }
    }
}

#[test]
fn the_cases_cover_every_outcome() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..600 {
        let case = case_of(&changes().new_tree(&mut runner).unwrap().current());
        *counts.entry(format!("{:?}", case.decide().outcome)).or_default() += 1;
    }
    assert_eq!(counts.len(), 4, "{counts:?}");
    assert!(counts.values().all(|n| *n >= 6), "too lopsided to mean anything: {counts:?}");
}
