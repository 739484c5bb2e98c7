use super::*;
use crate::check::{Check, Requirement};
use proptest::prelude::*;

/// A preset with one text replaced; the replaced text must be there.
fn edited(preset: &str, from: &str, to: &str) -> Result<Policy, PolicyError> {
    let text = preset_text(preset).unwrap();
    assert!(text.contains(from), "{from} is not in {preset}");
    Policy::from_toml(&text.replacen(from, to, 1))
}

fn refusal(preset: &str, from: &str, to: &str) -> String {
    match edited(preset, from, to) {
        Ok(_) => panic!("accepted: {to}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn both_presets_are_valid_and_keep_their_exact_text() {
    for name in PRESETS {
        let policy = Policy::preset(name).unwrap();
        assert_eq!(policy.text(), preset_text(name).unwrap());
        assert_eq!(policy.rules().preset, *name);
        assert!(policy.label().starts_with(name));
    }
    assert!(Policy::preset("other").is_err());
}

#[test]
fn an_unknown_key_is_an_error_wherever_it_stands() {
    for name in PRESETS {
        let text = preset_text(name).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let headers = lines.iter().enumerate().filter(|(_, l)| l.starts_with('['));
        for (at, header) in headers {
            let mut spoilt = lines.clone();
            spoilt.insert(at + 1, "no_such_key = 1");
            let error = Policy::from_toml(&spoilt.join("\n")).unwrap_err();
            assert_eq!(error.line, Some(at + 2), "{header}: {error}");
            assert!(error.key.as_ref().is_some_and(|k| k.ends_with("no_such_key")), "{header}: {error}");
        }
        for (at, line) in lines.iter().enumerate().filter(|(_, l)| l.contains(" = {")) {
            let mut spoilt = lines.clone();
            let with = line.replacen('{', "{ no_such_key = 1,", 1);
            spoilt[at] = &with;
            let error = Policy::from_toml(&spoilt.join("\n")).unwrap_err();
            assert_eq!(error.line, Some(at + 1), "{line}: {error}");
        }
        let error = Policy::from_toml(&format!("no_such_key = 1\n{text}")).unwrap_err();
        assert_eq!((error.line, error.key.as_deref()), (Some(1), Some("no_such_key")));
    }
}

#[test]
fn every_key_is_needed_or_has_a_stated_default() {
    // Keys that may be left out; everything else missing is an error.
    let optional = [
        "advisory",
        "off",
        "accounts_per_person_max",
        "contact_confirmed",
        "channels_min",
        "selfie_match",
        "first_account_of_person",
        "face_to_face_replaces_channels",
        "own_bank_withdrawal_counts",
        "needs_any",
        "factors_min",
        "institution_bears_losses",
        "single_payment_min",
        "two_way_30_days_min",
        "day_out_max",
        "year_out_max",
        "lifetime_out_max",
        // Newer than policies that stored decisions hold.
        "text_versions",
        "uploads_per_application_minute_max",
        "uploads_per_account_day_max",
        "upload_mib_per_account_day_max",
    ];
    let text = preset_text("generic").unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((key, _)) = line.split_once(" = ") else { continue };
        if line.starts_with('#') || optional.contains(&key.trim()) {
            continue;
        }
        let mut spoilt = lines.clone();
        spoilt.remove(at);
        assert!(Policy::from_toml(&spoilt.join("\n")).is_err(), "`{line}` can be left out unnoticed");
    }
}

#[test]
fn errors_name_line_and_key_and_say_what_would_be_right() {
    let q = "\n[quality]\n";
    let with = |section: &str| {
        let text = format!("{}{q}{section}", preset_text("generic").unwrap());
        Policy::from_toml(&text).unwrap_err().to_string()
    };
    let all = [
        refusal("cn_pboc", "min_validity_days = 0", "min_valid_days = 0"),
        refusal("cn_pboc", "min_validity_days = 0", "min_validity_days = \"0\""),
        refusal("cn_pboc", "min_validity_days = 0", "min_validity_days = -1"),
        refusal("cn_pboc", "currency = \"CNY\"", "currency = \"RMB\""),
        refusal("cn_pboc", "year_out_max = \"100000.00\"", "year_out_max = \"100000.001\""),
        refusal("cn_pboc", "year_out_max = \"100000.00\"", "year_out_max = 100000"),
        refusal("cn_pboc", "\"staff_role_change\"", "\"staff_roll_change\""),
        refusal("cn_pboc", "\"layout_match\"", "\"layout_matches\""),
        refusal("cn_pboc", "advisory = [\"layout_match\"", "advisory = [\"duplicate_face\""),
        refusal("cn_pboc", "zone = \"Asia/Shanghai\"", "zone = \"\""),
        refusal("cn_pboc", "year_starts = \"01-01\"", "year_starts = \"02-29\""),
        refusal("cn_pboc", "opens = \"09:00\"", "opens = \"9:00\""),
        refusal("cn_pboc", "closes = \"18:00\"", "closes = \"08:00\""),
        refusal("cn_pboc", "id = 2", "id = 3"),
        refusal("cn_pboc", "match_pass_fmr = 1e-4", "match_pass_fmr = 1e-2"),
        refusal("cn_pboc", "refused = [\"first_generation_card\"]", "refused = []"),
        refusal("cn_pboc", "accepted = [\"resident_card\"]", "accepted = [\"resident_card\", \"passport\"]"),
        refusal("cn_pboc", "auto_approved_sample_percent = 5", "auto_approved_sample_percent = 500"),
        refusal("generic", "day_out_percent_of_level = 10\n", ""),
        refusal("generic", "schema = 1", "schema = 2"),
        refusal("generic", "schema = 1", "schema = = 1"),
        with("glare = { warn = 0.5, fail = 0.2 }"),
        with("glare = { warn = 0.5, fail = 2.0 }"),
        with("glare = {}"),
        with("glare = 0.5"),
        with("sharpness = { warn = 5.0, fail = 10.0 }"),
        with("glue = { warn = 0.5 }"),
        with("glare = { warn = nan }"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_copy_of_a_ceiling_may_be_stricter_never_looser() {
    let stricter = [
        ("year_out_max = \"200000.00\"", "year_out_max = \"199999.99\""),
        ("channels_min = 5", "channels_min = 6"),
        ("min_validity_days = 0", "min_validity_days = 30"),
        ("day_out_max = \"5000.00\"", "day_out_max = \"1.00\""),
        ("advisory = [\"layout_match\", ", "advisory = ["),
        ("temporary_card_level_max = 1", "temporary_card_level_max = 0"),
        ("review_only = [\"temporary_card\", ", "review_only = ["),
        ("identity_years = 10", "identity_years = 20"),
        ("match_pass_fmr = 1e-4", "match_pass_fmr = 1e-5"),
    ];
    for (from, to) in stricter {
        if let Err(error) = edited("cn_pboc", from, to) {
            panic!("{to}: {error}");
        }
    }
    let looser = [
        ("year_out_max = \"200000.00\"", "year_out_max = \"200000.01\""),
        ("year_out_max = \"200000.00\"\n", ""),
        ("lifetime_out_max = \"1000.00\"\n", ""),
        ("accounts_per_person_max = 1 ", "accounts_per_person_max = 2 "),
        ("channels_min = 5", "channels_min = 4"),
        ("day_out_max = \"5000.00\"", "day_out_max = \"5000.01\""),
        ("needs_any = [\"certificate\", \"e_signature\"]", "needs_any = [\"totp\"]"),
        ("mode = \"ceiling\"", "mode = \"free\""),
        ("advisory = [\"layout_match\", ", "advisory = [\"image_glare\", \"layout_match\", "),
        ("temporary_card_level_max = 1", "temporary_card_level_max = 2"),
        (
            "accepted = [\"resident_card\"]\nreview_only = [\"temporary_card\", ",
            "accepted = [\"resident_card\", \"temporary_card\"]\nreview_only = [",
        ),
        ("expired_grace_days = 90", "expired_grace_days = 91"),
        ("term_mismatch = \"fail\"", "term_mismatch = \"ignore\""),
        ("under_18 = \"review\"", "under_18 = \"accept\""),
        ("match_pass_fmr = 1e-4", "match_pass_fmr = 2e-4"),
        ("store_template = false", "store_template = true"),
        ("\"final_rejection\", ", ""),
        ("\"cn_terror\", ", ""),
        ("identity_years = 10", "identity_years = 9"),
        ("in_house_checks_count = false", "in_house_checks_count = true"),
        (
            "uses = [\"consume\", \"transfer\", \"withdraw_own_bank\"]",
            "uses = [\"consume\", \"transfer\", \"withdraw_own_bank\", \"invest\"]",
        ),
    ];
    for (from, to) in looser {
        let error = refusal("cn_pboc", from, to);
        assert!(error.contains("ceiling"), "{to}: {error}");
    }
    for bound in [
        "quality]\nchroma = { fail = 0.0 }",
        "quality]\nglare = { fail = 1.0 }",
        "face_quality]\nyaw = { fail = 0.9 }",
        "reading]\nconfidence = { fail = 0.0 }",
    ] {
        let text = format!("{}\n[{bound}\n", preset_text("cn_pboc").unwrap());
        let error = Policy::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains("ceiling"), "{bound}: {error}");
    }
    let bands = format!("{}\n[face_match]\npass_distance_max = 0.55\n", preset_text("cn_pboc").unwrap());
    assert!(Policy::from_toml(&bands).unwrap_err().to_string().contains("ceiling"));
    // Where figures are free they may go either way.
    edited("generic", "year_out_max = \"200000.00\"", "year_out_max = \"900000.00\"").unwrap();
}

#[test]
fn the_core_of_an_identity_cannot_be_switched_off() {
    for (from, to) in [
        ("off = [\"duplicate_face\"]", "off = [\"duplicate_face\", \"face_match_portrait\"]"),
        ("default = \"required\"", "default = \"advisory\""),
        ("default = \"required\"", "default = \"off\""),
    ] {
        for preset in PRESETS {
            let error = refusal(preset, from, to);
            assert!(error.contains("must stay required"), "{preset} {to}: {error}");
        }
    }
}

#[test]
fn day_caps_double_only_by_an_explicit_switch() {
    let text = preset_text("cn_pboc").unwrap();
    let raised = text.replace("day_out_max = \"5000.00\"", "day_out_max = \"10000.00\"");
    assert!(Policy::from_toml(&raised).is_err());
    let switched = raised.replace("day_caps_doubled = false", "day_caps_doubled = true");
    Policy::from_toml(&switched).unwrap();
    let too_far = switched.replace("day_out_max = \"10000.00\"", "day_out_max = \"10000.01\"");
    assert!(Policy::from_toml(&too_far).is_err());
}

#[test]
fn optional_sections_have_defaults_and_can_be_set_key_by_key() {
    let base = Policy::preset("generic").unwrap();
    let text = format!("{}\n[quality]\nglare = {{ fail = 0.3 }}\n\n[reading]\n", base.text());
    let own = Policy::from_toml(&text).unwrap();
    assert_eq!(own.quality.glare, Bound::fail(0.3));
    assert_eq!(own.quality.sharpness, base.quality.sharpness);
    assert_eq!(own.reading, base.reading);
}

#[test]
fn requirements_come_from_the_file_and_then_from_the_table() {
    let policy = Policy::preset("cn_pboc").unwrap();
    for (check, expected) in [
        (Check::ImageGlare, Requirement::Required),
        (Check::ImageShadow, Requirement::Advisory),
        (Check::CardCondition, Requirement::Advisory),
        (Check::FieldsPlausible, Requirement::Advisory),
        (Check::ChannelCount, Requirement::Advisory),
        (Check::LayoutMatch, Requirement::Advisory),
        (Check::DuplicateFace, Requirement::Off),
        (Check::SourceIdentity, Requirement::Required),
    ] {
        assert_eq!(policy.requirement(check), expected, "{check}");
    }
    let generic = Policy::preset("generic").unwrap();
    assert_eq!(generic.requirement(Check::SourceIdentity), Requirement::Advisory);
    let raised =
        edited("cn_pboc", "default = \"required\"", "default = \"required\"\nrequired = [\"image_shadow\"]");
    assert_eq!(raised.unwrap().requirement(Check::ImageShadow), Requirement::Required);
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let error = Policy::from_toml(&" ".repeat(TEXT_BYTES_MAX + 1)).unwrap_err();
    assert!(error.to_string().contains("bytes"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        crate::fuzzing::policy(&data);
    }

    #[test]
    fn no_edit_of_a_preset_makes_it_panic(
        which in 0_u8..2,
        at in any::<u16>(),
        insert in "[\\[\\]{}=\"'#.,a-z0-9\\n -]{0,12}",
    ) {
        let mut data = vec![which];
        data.extend(at.to_be_bytes());
        data.extend(insert.bytes());
        crate::fuzzing::policy(&data);
    }

    #[test]
    fn no_lost_line_makes_it_panic(which in 0_usize..2, skip in 0_usize..400) {
        let text = preset_text(PRESETS[which]).unwrap();
        let kept: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i != skip).map(|(_, l)| l).collect();
        let _ = Policy::from_toml(&kept.join("\n"));
    }
}
