use super::*;
use crate::evidence::{Kind, Measure};
use crate::fixtures::{Case, face, seen, set, unusable};

fn judged(
    case: &mut Case,
    pick: fn(&mut Case) -> &mut ImageEvidence,
    expected: Expected,
) -> Vec<CheckResult> {
    let evidence = pick(case).clone();
    image(&evidence, expected, &case.policy)
}

fn picture_of(case: &mut Case) -> ImageEvidence {
    case.portrait().clone()
}

#[test]
fn inspect_and_decide_judge_a_picture_alike() {
    let mut case = Case::good();
    set(case.portrait(), Measure::Glare, 0.2);
    set(case.portrait(), Measure::Brightness, 10.0);
    let alone = image(&picture_of(&mut case), Expected::PortraitSide, &case.policy);
    let decision = case.decide();
    for check in &alone {
        assert!(decision.checks.contains(check), "{}", check.name);
    }
}

#[test]
fn without_an_expected_side_what_was_found_is_judged() {
    let mut case = Case::good();
    let policy = case.policy.clone();
    let subject = |image_evidence: &ImageEvidence| {
        let results = image(image_evidence, Expected::Any, &policy);
        assert!(results.iter().all(|r| r.name != Check::CardSide), "no side was asked for");
        results.first().map(|r| r.subject)
    };
    assert_eq!(subject(case.portrait()), Some(Subject::PortraitSide));
    assert_eq!(subject(case.emblem()), Some(Subject::EmblemSide));
    assert_eq!(subject(case.selfie()), Some(Subject::Selfie));
    case.portrait().kind = Kind::FirstGeneration;
    assert_eq!(subject(case.portrait()), Some(Subject::Image));
    let told = reasons(&image(case.portrait(), Expected::Any, &policy));
    assert_eq!(told.iter().map(|r| r.code).collect::<Vec<_>>(), [Code::DocUnsupported]);
}

#[test]
fn the_quality_list_has_value_threshold_and_box_of_each_fault() {
    let mut case = Case::good();
    set(case.portrait(), Measure::Glare, 0.2);
    let lines = quality(&judged(&mut case, Case::portrait, Expected::Any));
    let names: Vec<_> = lines.iter().map(|l| l.check.as_str()).collect();
    assert_eq!(
        names,
        [
            "file_readable",
            "image_blur",
            "image_exposure",
            "image_glare",
            "image_shadow",
            "card_scale",
            "card_corners",
            "card_angle",
            "card_occlusion",
            "photocopy",
        ]
    );
    let glare = lines.iter().find(|l| l.check == Check::ImageGlare).unwrap();
    assert_eq!((glare.status, glare.value), (Status::Fail, Some(0.2)));
    assert_eq!(glare.threshold, case.policy.quality.glare.fail);
    assert!(glare.region.is_some());
    let blur = lines.iter().find(|l| l.check == Check::ImageBlur).unwrap();
    assert_eq!((blur.status, blur.threshold), (Status::Pass, case.policy.quality.sharpness.warn));
    assert_eq!(blur.region, None, "nothing to point at");
    let faces = quality(&judged(&mut case, Case::selfie, Expected::Any));
    assert!(faces.iter().any(|l| l.check == Check::FacePose));
}

#[test]
fn exposure_is_one_check_with_two_measures() {
    let mut case = Case::good();
    set(case.portrait(), Measure::Brightness, 10.0);
    set(case.portrait(), Measure::Clipped, 0.9);
    let results = judged(&mut case, Case::portrait, Expected::Any);
    let exposure = results.iter().find(|r| r.name == Check::ImageExposure).unwrap();
    assert_eq!(exposure.reasons, [Code::ImgDark, Code::ImgOverexposed]);
    assert_eq!(exposure.readings.len(), 2);
}

#[test]
fn a_copy_shows_in_too_much_light_but_not_in_a_picture_that_drowns_colour() {
    let is_suspected = |measure, value| {
        let mut case = Case::good();
        set(case.portrait(), Measure::Chroma, 0.5);
        set(case.portrait(), measure, value);
        let results = judged(&mut case, Case::portrait, Expected::PortraitSide);
        results.iter().any(|r| r.reasons.contains(&Code::DocCopy))
    };
    assert!(is_suspected(Measure::Glare, 0.2));
    assert!(is_suspected(Measure::Clipped, 0.9));
    for (measure, value) in
        [(Measure::Brightness, 10.0), (Measure::Sharpness, 0.5), (Measure::CardWidth, 100.0)]
    {
        assert!(!is_suspected(measure, value), "{measure:?}");
    }
}

#[test]
fn a_dark_picture_without_a_card_says_both() {
    let mut case = Case::good();
    let image_evidence = case.portrait();
    (image_evidence.cards, image_evidence.kind) = (0, Kind::Unknown);
    image_evidence.measurements.retain(|m| matches!(m.measure, Measure::Brightness | Measure::Clipped));
    set(image_evidence, Measure::Brightness, 5.0);
    let told = reasons(&judged(&mut case, Case::portrait, Expected::PortraitSide));
    assert_eq!(told.iter().map(|r| r.code).collect::<Vec<_>>(), [Code::DocNotFound, Code::ImgDark]);
}

#[test]
fn an_unusable_file_blocks_what_would_be_seen_in_it() {
    let case = Case::good();
    for expected in [Expected::PortraitSide, Expected::EmblemSide, Expected::Selfie, Expected::Any] {
        let results = picture(&unusable(), expected, &case.policy);
        let (first, rest) = results.split_first().unwrap();
        assert_eq!((first.name, first.status), (Check::FileReadable, Status::Fail));
        assert_eq!(first.rule.as_deref(), Some("too_many_pixels"));
        assert!(!rest.is_empty());
        for check in rest {
            assert_eq!(check.blocked_by, Some(first.reference()), "{}", check.name);
        }
    }
}

#[test]
fn bounds_hold_at_one_below_and_one_above() {
    let mut case = Case::good();
    let bound = case.policy.quality.glare;
    let (warn, fail) = (bound.warn.unwrap(), bound.fail.unwrap());
    for (value, expected) in [
        (warn, Status::Pass),
        (warn.next_up(), Status::Warn),
        (fail, Status::Warn),
        (fail.next_up(), Status::Fail),
        (f32::INFINITY, Status::Error),
    ] {
        set(seen(&mut case.evidence.portrait_side), Measure::Glare, value);
        let results = judged(&mut case, Case::portrait, Expected::Any);
        let glare = results.iter().find(|r| r.name == Check::ImageGlare).unwrap();
        assert_eq!(glare.status, expected, "{value}");
    }
}

#[test]
fn a_second_face_counts_from_a_quarter_of_the_first() {
    let mut case = Case::good();
    for (w, expected) in [(440.0, Status::Pass), (460.0, Status::Fail)] {
        case.selfie().faces = vec![face(900.0), face(w)];
        let results = judged(&mut case, Case::selfie, Expected::Selfie);
        assert_eq!(results.iter().find(|r| r.name == Check::FaceCount).unwrap().status, expected, "{w}");
    }
}

#[test]
fn an_advisory_failure_blocks_nothing() {
    let mut case = Case::good();
    case.policy = Policy::preset("generic").unwrap();
    case.policy_edit("advisory = [", "advisory = [\"image_glare\", ");
    set(case.portrait(), Measure::Glare, 0.9);
    let results = judged(&mut case, Case::portrait, Expected::PortraitSide);
    assert!(results.iter().all(|r| r.blocked_by.is_none()));
}
