//! `id-number` and `mrz` on text: no models needed.

use crate::run::{shiming, shiming_with};
use crate::shape::has_keys;
use serde_json::json;

const TODAY: [&str; 3] = ["--json", "--today", "2026-11-22"];
const ZONE: &str =
    r"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

#[test]
fn a_valid_number_tells_everything_it_holds() {
    let run = shiming(["id-number", "11010519491231002x"].into_iter().chain(TODAY));
    insta::assert_json_snapshot!(run.json(0));
    assert_eq!(run.stderr, "");
}

#[test]
fn an_invalid_number_is_an_answer_that_names_the_rule() {
    for (number, rule) in [
        ("110105194912310021", "check"),
        ("11010519490230002X", "check"),
        ("123", "length"),
        ("hello", "length"),
        ("-1", "length"),
        ("--", "empty"),
    ] {
        let run = shiming(["id-number", "--json", "--today", "2026-11-22", "--", number]);
        let answer = run.json(if rule == "empty" { 3 } else { 0 });
        assert_eq!(answer["valid"], false, "{number}");
        let rules = answer["failed_rules"].as_array().unwrap();
        assert!(rules.contains(&json!(rule)), "{number}: {answer}");
        assert_eq!(answer["failed_rule"], rules[0], "{number}");
    }
}

#[test]
fn no_number_is_unusable_input_in_the_same_shape() {
    for run in [
        shiming(["id-number", "", "--json"]),
        shiming(["id-number", "   ", "--json"]),
        shiming(["id-number", "-", "--json"]),
        shiming_with(["id-number", "-", "--json"], &[], b"\n"),
    ] {
        let answer = run.json(3);
        has_keys(&answer, &["valid", "kind", "birth_date", "sex", "region", "failed_rule", "reasons"]);
        assert_eq!(answer["failed_rule"], "empty");
        assert_eq!(answer["reasons"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_number_comes_from_standard_input_too() {
    let piped = shiming_with(["id-number", "-", "--json"], &[], b"11010519491231002X\n");
    assert_eq!(piped.json(0)["valid"], true);
    let raw = shiming_with(["id-number", "-", "--json"], &[], &[0xff, 0xfe, 0x00]);
    assert_eq!(raw.json(0)["valid"], false);
}

#[test]
fn a_zone_is_read_from_text_file_and_pipe() {
    let typed = shiming(["mrz", ZONE].into_iter().chain(TODAY));
    insta::assert_json_snapshot!(typed.json(0));
    let two_lines = ZONE.replace(r"\n", "\n");
    let piped = shiming_with(["mrz", "-"].into_iter().chain(TODAY), &[], two_lines.as_bytes());
    assert_eq!(piped.stdout, typed.stdout);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("zone.txt");
    std::fs::write(&file, two_lines).unwrap();
    let from_file = shiming(["mrz", file.to_str().unwrap()].into_iter().chain(TODAY));
    assert_eq!(from_file.stdout, typed.stdout);
}

#[test]
fn a_broken_zone_is_an_answer_and_names_the_check() {
    let broken = ZONE.replace("L898902C36", "L898902C37");
    let answer = shiming(["mrz", &broken].into_iter().chain(TODAY)).json(0);
    assert_eq!((&answer["valid"], &answer["format"]), (&json!(false), &json!("TD3")));
    assert!(answer["failed_checks"].as_array().unwrap().contains(&json!("number_check")), "{answer}");
    let none = shiming(["mrz", "hello world", "--json"]).json(0);
    assert_eq!((&none["valid"], &none["format"]), (&json!(false), &json!(null)));
}

#[test]
fn a_mistyped_file_is_unusable_input_in_the_same_shape() {
    for name in ["no-such-file.jpg", "no/such/file", ""] {
        let answer = shiming(["mrz", name, "--json"]).json(3);
        has_keys(&answer, &["valid", "format", "lines", "fields", "failed_checks", "reasons"]);
        assert_eq!(answer["reasons"].as_array().map(Vec::len), Some(1));
    }
}
