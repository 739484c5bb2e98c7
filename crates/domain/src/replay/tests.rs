use super::*;
use crate::evidence::Measure;
use crate::fixtures::{Case, NUMBER, set};

fn record(case: &Case) -> Record {
    Record::new(
        &case.policy,
        "ab".repeat(32),
        true,
        case.evidence.clone(),
        case.declared.clone(),
        case.context.clone(),
    )
}

#[test]
fn a_record_read_back_decides_the_same_byte_for_byte() {
    let mut case = Case::good();
    // Boxes finer than they are stored must not matter.
    case.selfie().faces[0].region.w = 900.04;
    set(case.portrait(), Measure::Skew, 1.123_456_7);
    let record = record(&case);
    let json = serde_json::to_vec(&record).unwrap();
    let back = Record::from_json(&json).unwrap();
    let difference = replay(&back, &case.policy);
    assert_eq!(difference.changes, []);
    assert!(difference.same);
    let again = serde_json::to_vec(&difference.decision).unwrap();
    assert_eq!(again, serde_json::to_vec(&record.decision).unwrap());
    assert_eq!(back.policy.toml.as_deref(), Some(case.policy.text()));
}

#[test]
fn another_policy_shows_what_would_change() {
    let policy = |bounds: &str, label: &str| {
        let preset = Policy::preset("generic").unwrap();
        let text = format!("{}\n[quality]\nglare = {bounds}\n", preset.text());
        Policy::from_toml(&text.replace(&preset.label, label)).unwrap()
    };
    let mut case = Case::good();
    case.policy = policy("{ warn = 0.5, fail = 0.6 }", "looser");
    set(case.portrait(), Measure::Glare, 0.25);
    let record = record(&case);
    let difference = replay(&record, &policy("{ warn = 0.1, fail = 0.2 }", "stricter"));
    assert!(!difference.same);
    insta::assert_json_snapshot!(difference.changes);
}

#[test]
fn a_tampered_record_shows() {
    let mut record = record(&Case::good());
    record.decision.checks[0].details.fields.push("name".into());
    let policy = Policy::preset("cn_pboc").unwrap();
    let of_check = Change::Detail { key: "checks.portrait_side.file_readable".into() };
    assert_eq!(replay(&record, &policy).changes, std::slice::from_ref(&of_check));
    // A change with a name of its own hides none without.
    record.decision.outcome = Outcome::Review;
    record.decision.level_max = Some(1);
    let changes = replay(&record, &policy).changes;
    assert!(changes.iter().any(|c| matches!(c, Change::Outcome { .. })));
    assert!(changes.contains(&of_check) && changes.contains(&Change::Detail { key: "level_max".into() }));
}

#[test]
fn another_order_or_an_entry_twice_is_not_the_same() {
    let whole = record(&Case::good());
    let policy = Policy::preset("cn_pboc").unwrap();
    let checks = [Change::Detail { key: "checks".into() }];
    let mut record = whole.clone();
    record.decision.checks.swap(0, 1);
    let difference = replay(&record, &policy);
    assert_eq!((difference.same, difference.changes.as_slice()), (false, checks.as_slice()));
    let mut record = whole;
    let first = record.decision.checks[0].clone();
    record.decision.checks.push(first);
    assert_eq!(replay(&record, &policy).changes, checks);
}

#[test]
fn what_is_no_record_is_refused_without_repeating_it() {
    let json = serde_json::to_string(&record(&Case::good())).unwrap();
    let newer = json.replacen("\"schema\":1", "\"schema\":2", 1);
    assert!(matches!(Record::from_json(newer.as_bytes()), Err(RecordError::Schema(2))));
    for broken in [
        String::new(),
        "[]".to_owned(),
        "{\"schema\":1}".to_owned(),
        json.replacen("\"live\":false", "\"live\":\"maybe 张三\"", 1),
        json.replacen("\"context\"", "\"contest\"", 1),
        json.replacen("2026-11-22", "2026-02-30", 1),
        json[..json.len() / 2].to_owned(),
    ] {
        let error = Record::from_json(broken.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(matches!(error, RecordError::Shape { .. }), "{shown}");
        assert!(!shown.contains("张三") && !shown.contains(NUMBER), "{shown}");
    }
}

#[test]
fn debug_of_a_record_shows_no_personal_text() {
    let shown = format!("{:?}", record(&Case::good()));
    for personal in ["张三", NUMBER, "北京市东城区", "1990-03-07"] {
        assert!(!shown.contains(personal), "{personal}");
    }
}

mod any_bytes {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn no_edit_of_a_record_makes_it_panic(at in any::<prop::sample::Index>(), insert in "[\\[\\]{}\"a-z0-9:,.-]{0,6}", cut in 0_usize..8) {
            let mut json = serde_json::to_vec(&record(&Case::good())).unwrap();
            let at = at.index(json.len());
            let end = (at + cut).min(json.len());
            json.splice(at..end, insert.bytes());
            crate::fuzzing::record(&json);
        }
    }
}
