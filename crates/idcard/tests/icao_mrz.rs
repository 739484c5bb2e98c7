//! Every case of `vectors/icao-mrz.json`. A section, a case field or an outcome that this test does not know
//! fails it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use shiming_idcard::{Date, mrz, parse_printed_date};

const VECTORS: &str = include_str!("vectors/icao-mrz.json");

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text")).collect()
}

fn only_keys(value: &Value, known: &[&str]) {
    for key in value.as_object().expect("an object").keys() {
        assert!(known.contains(&key.as_str()), "unknown member `{key}` in {value}");
    }
}

#[test]
fn every_vector() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(vectors["format"], "shiming-vectors/1");
    let today = parse_printed_date(vectors["as_of"].as_str().unwrap()).unwrap();
    let mut run = 0;
    for (section, content) in vectors.as_object().unwrap() {
        let cases = content.as_array().map_or(&[] as &[Value], Vec::as_slice);
        match section.as_str() {
            "format" | "topic" | "as_of" | "algorithm" | "century_rule" => {}
            "repair_rule" => repair_rule(content, today),
            "cases" => cases.iter().for_each(|case| parse_case(case, today)),
            "ocr_repair" => cases.iter().for_each(|case| repair_case(case, today)),
            _ => panic!("unknown section `{section}`"),
        }
        run += cases.len();
    }
    assert!(run > 35, "only {run} cases ran");
}

fn parse_case(case: &Value, today: Date) {
    only_keys(case, &["id", "lines", "expect", "source", "note"]);
    let expect = &case["expect"];
    let report = mrz::parse(&strings(&case["lines"]), today);
    assert_eq!(report.is_valid(), expect["ok"].as_bool().unwrap(), "{case}");
    assert_eq!(report.format.map(mrz::Format::code), expect["format"].as_str(), "{case}");
    assert_eq!(report.failed_checks(), strings(&expect["errors"]), "{case}");
    let is_of_content = |code: &&str| ["birth_date", "expiry_date", "sex"].contains(code);
    assert_eq!(report.check_digits_hold(), strings(&expect["errors"]).iter().all(is_of_content), "{case}");
    assert!(!report.repaired, "{case}");

    let fields = report.fields.as_ref();
    for (key, expected) in expect.as_object().unwrap() {
        let fields = || fields.unwrap_or_else(|| panic!("no fields: {case}"));
        let date = |date: Option<Date>| date.map(|date| date.to_string());
        let actual: Option<String> = match key.as_str() {
            "ok" | "format" | "errors" => continue,
            "long_number" => {
                assert_eq!(Some(fields().long_number), expected.as_bool(), "{case}");
                continue;
            }
            "document_code" => Some(fields().document_code.clone()),
            "issuer" => Some(fields().issuer.clone()),
            "number" => Some(fields().number.clone()),
            "nationality" => Some(fields().nationality.clone()),
            "birth" => date(fields().birth),
            "birth_partial" => fields().birth_partial.clone(),
            "sex" => fields().sex.map(|sex| sex.code().to_owned()),
            "expiry" => date(fields().expiry),
            "surname" => Some(fields().surname.clone()),
            "given_names" => Some(fields().given_names.clone()),
            "optional" => Some(fields().optional.clone()),
            _ => panic!("unknown member `{key}` in {case}"),
        };
        assert_eq!(actual.as_deref(), expected.as_str(), "`{key}` of {case}");
    }
    if let Some(fields) = fields {
        assert_eq!(fields.long_number, expect["long_number"].as_bool().unwrap_or(false), "{case}");
        assert_eq!(fields.birth_partial.as_deref(), expect["birth_partial"].as_str(), "{case}");
    }
    // What is right needs no repair, and a text with these lines gives the same answer.
    if report.is_valid() {
        let lines = strings(&case["lines"]);
        assert_eq!(mrz::parse_or_repair(&lines, today), report, "{case}");
        assert_eq!(mrz::read(&lines.join("\n"), today), report, "{case}");
    }
}

fn repair_case(case: &Value, today: Date) {
    only_keys(case, &["id", "lines", "expect", "note", "repaired"]);
    let lines = strings(&case["lines"]);
    let report = mrz::parse_or_repair(&lines, today);
    assert_eq!(report.raw_lines, lines, "{case}");
    match case["expect"].as_str().unwrap() {
        "repaired" => {
            assert!(report.is_valid() && report.repaired, "{case}");
            assert_eq!(report.lines, strings(&case["repaired"]), "{case}");
        }
        "unrepairable" => {
            assert!(!report.is_valid() && !report.repaired, "{case}");
            assert_eq!(report.lines, lines, "{case}");
            assert_eq!(report, mrz::parse(&lines, today), "{case}");
        }
        other => panic!("unknown outcome `{other}`"),
    }
}

/// The tables of the file are the ones in use: every confusion, put into a right zone, is undone.
fn repair_rule(rule: &Value, today: Date) {
    only_keys(rule, &["digits_only_positions", "letters_only_positions", "document_number", "always"]);
    let names = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    for (read, meant) in rule["digits_only_positions"].as_object().unwrap() {
        // A birth date whose year ends in the digit meant; the check digits are computed for it.
        let birth = format!("7{}0812", meant.as_str().unwrap());
        let second = td3_second_line("L898902C3", &birth);
        let broken = format!("{}{read}{}", &second[..14], &second[15..]);
        let report = mrz::parse_or_repair(&[names, &broken], today);
        assert!(report.is_valid() && report.repaired, "{read}");
        assert_eq!(report.lines[1], second, "{read}");
    }
    for (read, meant) in rule["letters_only_positions"].as_object().unwrap() {
        let right = names.replace("ANNA", &format!("A{}NA", meant.as_str().unwrap()));
        let broken = names.replace("ANNA", &format!("A{read}NA"));
        let report = mrz::parse_or_repair(&[broken, td3_second_line("L898902C3", "740812")], today);
        assert!(report.is_valid() && report.repaired, "{read}");
        assert_eq!(report.lines[0], right, "{read}");
    }
}

fn td3_second_line(number: &str, birth: &str) -> String {
    let digit = |field: &str| shiming_idcard::number::icao_check_digit(field).unwrap();
    let (expiry, optional) = ("310101", "<<<<<<<<<<<<<<");
    let tail = format!("{expiry}{}{optional}{}", digit(expiry), digit(optional));
    let covered = format!("{number}{}{birth}{}{tail}", digit(number), digit(birth));
    format!("{number}{}UTO{birth}{}F{tail}{}", digit(number), digit(birth), digit(&covered))
}
