use super::*;
use crate::check::Subject;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../../../../locales/reasons.toml");

#[test]
fn the_table_has_63_reasons_and_3_public_codes() {
    let all: Vec<_> = catalogue().entries().collect();
    assert_eq!(all.len(), Code::ALL.len());
    assert_eq!(all.len(), 63 + 3);
}

#[test]
fn a_faulty_table_is_refused() {
    let broken = |from: &str, to: &str| {
        assert!(TABLE.contains(from), "{from}");
        Catalogue::from_toml(&TABLE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let blur = "en = \"Your {side} photo is a bit blurry. Wipe the lens, hold still, wait for focus and retake it.\"\n";
    assert!(broken(blur, "").contains("IMG_BLUR: a text is missing"));
    assert!(broken(blur, "en = \" \"\n").contains("IMG_BLUR: a text is missing"));
    assert!(broken("code = \"IMG_BLUR\"", "code = \"IMG_BLURR\"").contains("unknown variant `IMG_BLURR`"));
    assert!(broken("redo = [\"form\"]", "redo = [\"from\"]").contains("unknown variant `from`"));
    assert!(broken("kind = \"retry\"", "kind = \"retries\"").contains("unknown kind"));
    assert!(broken("Your {side} photo", "Your {slide} photo").contains("same placeholders"));
    assert!(broken("rank = 50", "rank = 50\ncolour = 1").contains("unknown field `colour`"));
    let asked = "asked = { redo = [\"selfie\"]";
    assert!(broken(asked, "asked = { redo = []").contains("CAPTURE_NOT_LIVE: `asked` needs a step"));
    assert!(broken(asked, "redo = [\"selfie\"]\nasked = { redo = [\"selfie\"]").contains("has no `redo`"));
    assert!(
        broken(asked, "public = \"SELFIE_UNCONFIRMED\"\nasked = { redo = [\"selfie\"]").contains("suspicion")
    );
    assert!(
        broken(", en = \"Please take the selfie again", ", en = \"{slide} again")
            .contains("same placeholders")
    );
    assert!(
        broken("code = \"IMG_BLUR\"", "code = \"IMG_DARK\"").contains("IMG_DARK: stands in the table twice")
    );
}

#[test]
fn a_suspicion_has_no_text_of_its_own() {
    for entry in catalogue().entries() {
        if let (Some(public), None) = (entry.public, entry.public_until) {
            assert_eq!(entry.text, catalogue().get(public).unwrap().text, "{}", entry.code);
        }
    }
}

#[test]
fn ranks_follow_framing_light_glare_covered_blur_wrong_side() {
    let order = [
        Code::ImgCornerMissing,
        Code::ImgDark,
        Code::ImgGlare,
        Code::ImgOccluded,
        Code::ImgBlur,
        Code::DocWrongSide,
    ];
    let ranks: Vec<_> = order.iter().map(|c| catalogue().get(*c).unwrap().rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
    let distinct: BTreeSet<_> = catalogue().entries().map(|e| e.rank).collect();
    assert_eq!(distinct.len(), Code::ALL.len(), "two reasons share a rank: the order would be arbitrary");
}

#[test]
fn texts_are_filled_in_both_languages() {
    let text = |code, subject, details: &Details| {
        text::render(catalogue(), &catalogue().get(code).unwrap().text, subject, details)
    };
    let details = Details { fields: vec!["name".into(), "number".into()], ..Details::default() };
    let t = text(Code::DocFieldUnreadable, Subject::PortraitSide, &details);
    assert_eq!(t.zh_cn, "看不清以下内容：姓名、公民身份号码。请在均匀光线下重拍人像面。");
    assert_eq!(t.en, "We can't read: name, ID number. Please retake the portrait side in even light.");
    let t = text(Code::ImgBlur, Subject::Image, &Details::default());
    assert_eq!(t.en, "Your photo is a bit blurry. Wipe the lens, hold still, wait for focus and retake it.");
    assert_eq!(t.zh_cn, "照片有些模糊，请擦净镜头、拿稳手机，对焦清晰后重拍。");
    let t = text(Code::AccMoreEvidence, Subject::Form, &Details::default());
    assert_eq!(t.en, "Please add: see the note of whoever looked.");
    assert_eq!(t.zh_cn, "请补充：见审核人员的说明。");
}

#[test]
fn who_is_asked_for_a_live_selfie_is_not_told_to_wait() {
    let asked = Reason::given(Code::CaptureNotLive, AppliedKind::Retry, vec![Step::Selfie]);
    assert!(asked.text.en.starts_with("Please take the selfie again, live"), "{}", asked.text.en);
    assert!(asked.text.zh_cn.contains("现场再拍"), "{}", asked.text.zh_cn);
    let waits = Reason::given(Code::CaptureNotLive, AppliedKind::Review, Vec::new());
    assert!(waits.text.en.contains("our staff must check it"), "{}", waits.text.en);
    // By itself it sends nobody back.
    assert!(catalogue().get(Code::CaptureNotLive).unwrap().redo.is_empty());
    assert_eq!(crate::application::asks_for(Code::CaptureNotLive), [Step::Selfie]);
}

#[test]
fn no_placeholder_is_ever_left_standing() {
    for &code in Code::ALL {
        let entry = catalogue().get(code).unwrap();
        for text in [&entry.text, entry.text_asked()] {
            let t = text::render(catalogue(), text, Subject::Form, &Details::default());
            assert!(!t.zh_cn.contains(['{', '}']) && !t.en.contains(['{', '}']), "{code}");
        }
    }
}

#[test]
fn a_rejection_for_a_suspicion_says_that_it_is_over_and_until_when_to_appeal() {
    let until = crate::fixtures::day(2027, 1, 24);
    let plain = Reason::rejected(Code::DocCopy, until);
    assert_eq!(
        (plain.public_code, &plain.text),
        (Code::DocCopy, &catalogue().get(Code::DocCopy).unwrap().text)
    );
    let hidden = Reason::rejected(Code::DocTampered, until);
    assert_eq!(hidden.public_code, Code::DocUnconfirmed);
    assert!(hidden.text.en.contains("You may appeal until 2027-01-24"), "{}", hidden.text.en);
    assert!(hidden.text.zh_cn.contains("2027-01-24"), "{}", hidden.text.zh_cn);
}
