use super::*;
use crate::id::FileId;
use crate::policy::Policy;

fn rules() -> ConsentRules {
    ConsentRules::from(&Policy::preset("cn_pboc").unwrap().consents)
}

fn now() -> Timestamp {
    Timestamp::from_unix_s(1_764_057_600).unwrap()
}

fn save(steps: &mut Steps, content: Content) {
    steps.save(content, &Verdict::Accepted, &rules(), now());
}

fn answers(face: Answer) -> Content {
    let given = [Consent::General, Consent::IdImages, Consent::SourceQuery].map(|c| (c, Answer::Given));
    Content::Consents(given.into_iter().chain([(Consent::Face, face)]).collect())
}

const FILE: FileId = FileId::from_bits(1);

#[test]
fn everything_is_missing_at_first() {
    use Step::{Channel, Consent, EmblemSide, Form, PortraitSide, Selfie};
    assert_eq!(Steps::new(false).missing(&rules()), [Consent, Form, PortraitSide, EmblemSide, Selfie]);
    let all = [Consent, Form, PortraitSide, EmblemSide, Selfie, Channel];
    assert_eq!(Steps::new(true).missing(&rules()), all);
}

#[test]
fn refusing_the_face_takes_the_selfie_out() {
    let mut steps = Steps::new(false);
    save(&mut steps, answers(Answer::Given));
    save(&mut steps, Content::Selfie { file: FILE, live: true });
    assert!(steps.has_live_selfie());
    save(&mut steps, answers(Answer::Refused));
    assert!(!steps.has_live_selfie());
    assert_eq!(steps.get(Step::Selfie), None, "what is not consented to is not used");
    assert_eq!(steps.missing(&rules()), [Step::Form, Step::PortraitSide, Step::EmblemSide]);
    assert!(steps.is_done(Step::Consent, &rules()));
}

#[test]
fn each_step_needs_its_own_consents() {
    let steps = Steps::new(true);
    let needs = |step| steps.consents_missing(step, &rules()).into_iter().collect::<Vec<_>>();
    assert_eq!(needs(Step::Consent), []);
    assert_eq!(needs(Step::Form), [Consent::General]);
    assert_eq!(needs(Step::PortraitSide), [Consent::General, Consent::IdImages]);
    assert_eq!(needs(Step::Selfie), [Consent::General, Consent::Face]);
    assert_eq!(needs(Step::Channel), [Consent::General, Consent::SourceQuery]);
}

#[test]
fn a_refused_required_consent_leaves_the_step_open() {
    let mut steps = Steps::new(false);
    save(&mut steps, Content::Consents([(Consent::General, Answer::Refused)].into()));
    assert!(!steps.is_done(Step::Consent, &rules()));
    assert!(steps.consents_missing(Step::Form, &rules()).contains(&Consent::General));
}

#[test]
fn a_refused_try_changes_nothing_but_its_count() {
    let mut steps = Steps::new(false);
    save(&mut steps, Content::Side(Side::Portrait, FILE));
    let before = steps.get(Step::PortraitSide).cloned();
    let other = Content::Side(Side::Portrait, FileId::from_bits(2));
    steps.save(other, &Verdict::Refused(vec![crate::reason::Code::ImgBlur]), &rules(), now());
    assert_eq!(steps.get(Step::PortraitSide).cloned(), before);
    assert_eq!(steps.tries_refused(), 1);
}

#[test]
fn a_selfie_from_a_folder_is_not_live() {
    let mut steps = Steps::new(false);
    save(&mut steps, answers(Answer::Given));
    save(&mut steps, Content::Selfie { file: FILE, live: false });
    assert!(!steps.has_live_selfie());
    assert_eq!(steps.missing(&rules()), [Step::Form, Step::PortraitSide, Step::EmblemSide]);
}

#[test]
fn a_photo_for_a_person_is_remembered_until_it_is_replaced() {
    let mut steps = Steps::new(false);
    steps.save(Content::Side(Side::Emblem, FILE), &Verdict::AcceptedForPerson, &rules(), now());
    assert!(steps.needs_person());
    save(&mut steps, Content::Side(Side::Emblem, FILE));
    assert!(!steps.needs_person());
    assert_eq!(steps.get(Step::EmblemSide).map(|done| done.version), Some(2));
}

#[test]
fn a_consent_to_an_older_text_is_asked_for_again_and_a_refusal_is_not() {
    let mut steps = Steps::new(false);
    save(&mut steps, answers(Answer::Refused));
    let mut next = rules();
    next.texts.insert(Consent::Face, "2027-01".to_owned());
    assert!(steps.is_done(Step::Consent, &next) && steps.outdated(&next).is_empty());
    next.texts.insert(Consent::IdImages, "2027-01".to_owned());
    assert_eq!(steps.outdated(&next), [Consent::IdImages].into());
    assert_eq!(steps.consents_missing(Step::PortraitSide, &next), [Consent::IdImages].into());
    assert!(steps.consents_missing(Step::Form, &next).is_empty());
    assert!(!steps.is_done(Step::Consent, &next));
    steps.save(answers(Answer::Given), &Verdict::Accepted, &next, now());
    assert!(steps.is_done(Step::Consent, &next));
    // An optional one that was given counts as well.
    next.texts.insert(Consent::Face, "2027-02".to_owned());
    assert!(!steps.is_done(Step::Consent, &next));
}
