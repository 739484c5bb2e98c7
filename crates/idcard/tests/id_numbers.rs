//! Every case of `vectors/id-numbers.json`. A section, a case field or a code that this test does not know
//! fails it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use shiming_idcard::cross::{self, Printed};
use shiming_idcard::number::{self, NumberKind};
use shiming_idcard::validity::{self, Term, Validity};
use shiming_idcard::{Date, parse_printed_date};

const VECTORS: &str = include_str!("vectors/id-numbers.json");

/// A text member that must be there.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is missing in {value}"))
}

fn date(value: &Value, key: &str) -> Date {
    parse_printed_date(text(value, key)).unwrap_or_else(|| panic!("`{key}` is no date in {value}"))
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text")).collect()
}

/// Fails if the object has members other than these.
fn only_keys(value: &Value, known: &[&str]) {
    for key in value.as_object().expect("an object").keys() {
        assert!(known.contains(&key.as_str()), "unknown member `{key}` in {value}");
    }
}

#[test]
fn every_vector() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(vectors["format"], "shiming-vectors/1");
    let today = date(&vectors, "as_of");
    let max_age = u8::try_from(vectors["max_age_years"].as_u64().unwrap()).unwrap();
    let mut run = 0;
    for (section, content) in vectors.as_object().unwrap() {
        let cases = content.as_array().map_or(&[] as &[Value], Vec::as_slice);
        match section.as_str() {
            "format" | "topic" | "as_of" | "max_age_years" | "timezone" | "recipe" => {}
            "normalisation" => assert_eq!(cases.len(), 6, "a step of the normal form was added"),
            "algorithm" => algorithm(content),
            "reasons" => reasons(content),
            "cases" => cases.iter().for_each(|case| number_case(case, today, max_age)),
            "conversions_15_to_18" => cases.iter().for_each(conversion),
            "cross_field" => cases.iter().for_each(|case| cross_case(case, today, max_age)),
            "card_validity" => cases.iter().for_each(validity_case),
            "detect_type" => cases.iter().for_each(detect_case),
            "check_digit_power" => check_digit_power(content, today, max_age),
            _ => panic!("unknown section `{section}`"),
        }
        run += cases.len();
    }
    assert!(run > 150, "only {run} cases ran");
}

fn algorithm(value: &Value) {
    only_keys(
        value,
        &[
            "mod_11_2_weights",
            "mod_11_2_alphabet",
            "icao_weights",
            "provinces",
            "permit_prefixes",
            "iso3166_numeric_used",
        ],
    );
    // Recomputed from the weights of the file, one digit at a time.
    let alphabet: Vec<char> = text(value, "mod_11_2_alphabet").chars().collect();
    for (at, weight) in value["mod_11_2_weights"].as_array().unwrap().iter().enumerate() {
        let weight = usize::try_from(weight.as_u64().unwrap()).unwrap();
        for digit in 0..10 {
            let number: String =
                (0..17).map(|i| if i == at { char::from_digit(digit, 10).unwrap() } else { '0' }).collect();
            let expected = alphabet[digit as usize * weight % 11];
            assert_eq!(number::mod_11_2_check_char(&number), Some(expected), "{number}");
        }
    }
    for (at, weight) in value["icao_weights"].as_array().unwrap().iter().enumerate() {
        let field = format!("{}1", "0".repeat(at));
        let expected = char::from_digit(u32::try_from(weight.as_u64().unwrap()).unwrap(), 10);
        assert_eq!(number::icao_check_digit(&field), expected);
    }
    let provinces = strings(&value["provinces"]);
    for two in 0..100 {
        let two = format!("{two:02}");
        assert_eq!(shiming_idcard::region::is_province(&two), provinces.contains(&two.as_str()), "{two}");
    }
    for prefix in strings(&value["permit_prefixes"]) {
        let number = format!("{prefix}199408230021");
        assert_eq!(number::detect(&number), [NumberKind::HmtResidencePermit]);
    }
    for (numeric, alpha3) in value["iso3166_numeric_used"].as_object().unwrap() {
        assert_eq!(shiming_idcard::country::alpha3_of_numeric(numeric), alpha3.as_str());
    }
}

/// Every code of the file is one of ours and of the kind it says.
fn reasons(value: &Value) {
    use number::{NumberError as E, NumberWarning as W};
    let errors = [
        E::Age,
        E::Charset,
        E::Check,
        E::Country,
        E::Date,
        E::Empty,
        E::Format,
        E::Future,
        E::LegacyCentury,
        E::Length,
        E::Province,
        E::RegionType,
    ]
    .map(E::code);
    let warnings = [
        W::Legacy15,
        W::NormalizedCase,
        W::NormalizedRomanX,
        W::NormalizedSpace,
        W::NormalizedWidth,
        W::RegionRetired,
        W::RegionUnlisted,
    ]
    .map(W::code);
    assert!(errors.is_sorted() && warnings.is_sorted());
    for (code, meaning) in value.as_object().unwrap() {
        match meaning[0].as_str().unwrap() {
            "error" => assert!(errors.contains(&code.as_str()), "{code}"),
            "warning" => assert!(warnings.contains(&code.as_str()), "{code}"),
            other => panic!("unknown severity `{other}`"),
        }
    }
    assert_eq!(value.as_object().unwrap().len(), errors.len() + warnings.len());
}

fn number_case(case: &Value, today: Date, max_age: u8) {
    only_keys(case, &["id", "type", "input", "expect", "source", "note"]);
    let expect = &case["expect"];
    let known =
        ["ok", "normalized", "errors", "warnings", "birth", "sex", "region", "nationality", "birth_yymmdd"];
    only_keys(expect, &known);
    let id = text(case, "id");
    let kind = NumberKind::from_code(text(case, "type")).unwrap_or_else(|| panic!("unknown type in {case}"));
    let report = number::check(text(case, "input"), Some(kind), today, max_age);

    assert_eq!(report.kind, kind, "{id}");
    assert_eq!(report.is_valid(), expect["ok"].as_bool().unwrap(), "{id}: {report:?}");
    assert_eq!(
        report.normalized.as_ref().map(number::NormalNumber::reveal),
        expect["normalized"].as_str(),
        "{id}"
    );
    let errors: Vec<_> = report.errors.iter().map(|error| error.code()).collect();
    assert_eq!(errors, strings(&expect["errors"]), "{id}");
    let warnings: Vec<_> = report.warnings.iter().map(|warning| warning.code()).collect();
    assert_eq!(warnings, strings(&expect["warnings"]), "{id}");
    // An absent member means there is nothing to tell.
    assert_eq!(report.birth.map(|date| date.to_string()).as_deref(), expect["birth"].as_str(), "{id}");
    assert_eq!(report.sex.map(number::Sex::code), expect["sex"].as_str(), "{id}");
    assert_eq!(report.nationality.as_deref(), expect["nationality"].as_str(), "{id}");
    assert_eq!(report.birth_yymmdd.as_deref(), expect["birth_yymmdd"].as_str(), "{id}");
    let region = report.region.as_ref().map(|region| (region.code(), region.status().code()));
    let expected_region = expect.get("region").filter(|region| !region.is_null());
    assert_eq!(region, expected_region.map(|region| (text(region, "code"), text(region, "status"))), "{id}");
    assert_eq!(report.id_number().is_some(), report.is_valid(), "{id}");
}

fn conversion(case: &Value) {
    only_keys(case, &["from", "to", "source"]);
    let wide = number::to_18(text(case, "from")).expect("a 15-digit number");
    assert_eq!(wide.reveal(), text(case, "to"));
}

fn cross_case(case: &Value, today: Date, max_age: u8) {
    only_keys(case, &["id", "number", "printed", "expect", "note"]);
    only_keys(&case["printed"], &["birth", "sex", "ethnicity", "issuer"]);
    only_keys(&case["expect"], &["ok", "errors", "warnings"]);
    let number = number::check(text(case, "number"), Some(NumberKind::Resident), today, max_age);
    assert!(number.is_valid(), "{case}");
    let printed = &case["printed"];
    let report = cross::check(
        &number,
        Printed {
            birth: printed["birth"].as_str(),
            sex: printed["sex"].as_str(),
            ethnicity: printed["ethnicity"].as_str(),
            issuer: printed["issuer"].as_str(),
        },
    );
    let errors: Vec<_> = report.errors.iter().map(|error| error.code()).collect();
    let warnings: Vec<_> = report.warnings.iter().map(|warning| warning.code()).collect();
    assert_eq!(errors, strings(&case["expect"]["errors"]), "{case}");
    assert_eq!(warnings, strings(&case["expect"]["warnings"]), "{case}");
    assert_eq!(report.is_ok(), case["expect"]["ok"].as_bool().unwrap(), "{case}");
}

fn validity_case(case: &Value) {
    only_keys(case, &["id", "birth", "start", "end", "today", "expect", "note"]);
    let expect = &case["expect"];
    only_keys(expect, &["age_on_start", "legal_term", "ok", "errors", "boundary"]);
    let end = validity::parse_expiry(text(case, "end")).expect("an end");
    let card = Validity { start: date(case, "start"), end };
    let report = validity::check(card, Some(date(case, "birth")), date(case, "today"));

    assert_eq!(report.age_on_start.map(i64::from), expect["age_on_start"].as_i64(), "{case}");
    let term = if let Some(years) = expect["legal_term"].as_u64() {
        Term::Years(u8::try_from(years).unwrap())
    } else {
        assert_eq!(expect["legal_term"], "long", "{case}");
        Term::Long
    };
    assert_eq!(report.legal_term, Some(term), "{case}");
    // This section lists errors by time, not by letter.
    let mut errors: Vec<_> = report.errors.iter().map(|error| error.code()).collect();
    let mut expected = strings(&expect["errors"]);
    errors.sort_unstable();
    expected.sort_unstable();
    assert_eq!(errors, expected, "{case}");
    assert_eq!(report.is_ok(), expect["ok"].as_bool().unwrap(), "{case}");
    assert_eq!(report.boundary, expect["boundary"].as_bool().unwrap_or(false), "{case}");
}

fn detect_case(case: &Value) {
    only_keys(case, &["input", "types"]);
    let kinds: Vec<_> = number::detect(text(case, "input")).into_iter().map(NumberKind::code).collect();
    assert_eq!(kinds, strings(&case["types"]), "{case}");
}

fn check_digit_power(value: &Value, today: Date, max_age: u8) {
    only_keys(
        value,
        &[
            "number",
            "single_digit_substitutions_tried",
            "single_digit_substitutions_missed",
            "adjacent_transpositions_tried",
            "adjacent_transpositions_missed",
            "blind_spot",
        ],
    );
    let holds = |number: &str| {
        let (body, check) = number.split_at(17);
        number::mod_11_2_check_char(body) == check.chars().next()
    };
    let number: Vec<char> = text(value, "number").chars().collect();
    let (mut tried, mut missed) = (0, 0);
    for at in 0..17 {
        for digit in ('0'..='9').filter(|digit| *digit != number[at]) {
            let mut changed = number.clone();
            changed[at] = digit;
            tried += 1;
            missed += u64::from(holds(&changed.iter().collect::<String>()));
        }
    }
    assert_eq!(Some(tried), value["single_digit_substitutions_tried"].as_u64());
    assert_eq!(Some(missed), value["single_digit_substitutions_missed"].as_u64());
    let (mut tried, mut missed) = (0, 0);
    for at in 0..16 {
        let mut changed = number.clone();
        changed.swap(at, at + 1);
        if changed != number {
            tried += 1;
            missed += u64::from(holds(&changed.iter().collect::<String>()));
        }
    }
    assert_eq!(Some(tried), value["adjacent_transpositions_tried"].as_u64());
    assert_eq!(Some(missed), value["adjacent_transpositions_missed"].as_u64());

    let blind = &value["blind_spot"];
    only_keys(blind, &["why", "number", "swapped"]);
    assert!(number::check(text(blind, "number"), None, today, max_age).is_valid());
    for swapped in blind["swapped"].as_array().unwrap() {
        only_keys(swapped, &["positions", "number"]);
        let mut changed: Vec<char> = text(blind, "number").chars().collect();
        let at = |i: usize| usize::try_from(swapped["positions"][i].as_u64().unwrap()).unwrap() - 1;
        changed.swap(at(0), at(1));
        assert_eq!(changed.iter().collect::<String>(), text(swapped, "number"));
        assert!(holds(text(swapped, "number")));
    }
}
