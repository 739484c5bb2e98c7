//! Properties that hold for every input.

use proptest::prelude::*;
use shiming_idcard::cross::{self, Printed};
use shiming_idcard::date::calendar_date;
use shiming_idcard::number::{self, NumberKind};
use shiming_idcard::{
    Date, LegalName, NameMatch, ethnicity, issuer, mrz, name, parse_printed_date, validity,
};

fn today() -> Date {
    calendar_date(2026, 11, 22).expect("a date")
}

/// 18 characters with a right check character.
fn number_18() -> impl Strategy<Value = String> {
    "[0-9]{17}".prop_map(|first| {
        let check = number::mod_11_2_check_char(&first).expect("17 digits");
        format!("{first}{check}")
    })
}

/// Text of the characters that the parsers care about, and some that they must refuse.
fn near_miss() -> impl Strategy<Value = String> {
    r"[0-9A-Zx<« \-\.年月日一长期张三·公安局\u{200b}\u{3000}\u{ff10}-\u{ff5a}\u{2169}\u{f900}\u{e000}\n]{0,100}"
}

/// A right TD3 or TD2 zone from its parts, with computed digits.
fn zone() -> impl Strategy<Value = [String; 2]> {
    (
        "[A-Z0-9]{9}",
        "[4-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])",
        "[A-Z]{1,10}<<[A-Z]{1,10}",
        any::<bool>(),
        "[A-Z0-9<]{14}",
    )
        .prop_map(|(number, birth, names, td3, personal)| {
            let digit = |field: &str| number::icao_check_digit(field).expect("the alphabet");
            let (width, optional) = if td3 {
                (44, format!("{personal}{}", digit(&personal)))
            } else {
                (36, personal[..7].to_owned())
            };
            let (number, birth) =
                (format!("{number}{}", digit(&number)), format!("{birth}{}", digit(&birth)));
            let expiry = format!("310101{}", digit("310101"));
            let composite = digit(&format!("{number}{birth}{expiry}{optional}"));
            let first = format!("{:<<width$}", format!("P<UTO{names}"));
            [first, format!("{number}UTO{birth}F{expiry}{optional}{composite}")]
        })
}

fn assert_repair_is_honest(report: &mrz::MrzReport) {
    if report.repaired {
        assert!(report.is_valid());
        // Read again without any repair, the repaired lines hold.
        assert!(mrz::parse(&report.lines, today()).is_valid());
        assert_ne!(report.lines, report.raw_lines);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn check_character_sees_every_wrong_digit(number in number_18(), at in 0_usize..17, digit in 0_u8..10) {
        let mut changed = number.clone().into_bytes();
        changed[at] = b'0' + digit;
        let changed = String::from_utf8(changed).expect("ASCII");
        let check = number::mod_11_2_check_char(&changed[..17]);
        prop_assert_eq!(check == number.chars().last(), changed == number);
    }

    #[test]
    fn check_character_sees_every_swap_of_neighbours(number in number_18(), at in 0_usize..17) {
        let mut changed = number.clone().into_bytes();
        changed.swap(at, at + 1);
        let changed = String::from_utf8(changed).expect("ASCII");
        // A swap can bring X before the end; then there is no check character at all.
        let holds = number::mod_11_2_check_char(&changed[..17]) == changed.chars().last();
        prop_assert_eq!(holds, changed == number);
    }

    #[test]
    fn fifteen_and_eighteen_digits_are_one_number(
        region in "[1-6][1-5][0-9]{4}", yymmdd in "[0-9]{6}", sequence in 0_u16..996,
    ) {
        let short = format!("{region}{yymmdd}{sequence:03}");
        let wide = number::to_18(&short).expect("15 digits");
        let wide = wide.reveal();
        prop_assert_eq!(format!("{}{}", &wide[..6], &wide[8..17]), short.clone());
        prop_assert_eq!(&wide[6..8], "19");
        let again = number::to_18(wide).expect("18 characters");
        prop_assert_eq!(again.reveal(), wide);
        let (a, b) = (number::check(&short, None, today(), 130), number::check(wide, None, today(), 130));
        prop_assert_eq!(a.normalized, b.normalized);
        prop_assert_eq!(a.errors, b.errors);
        prop_assert_eq!((a.birth, a.sex, a.region), (b.birth, b.sex, b.region));
    }

    #[test]
    fn normal_form_is_stable(text in prop_oneof![any::<String>(), near_miss()]) {
        let once = number::normalize(&text);
        let twice = number::normalize(once.reveal());
        prop_assert_eq!(once.reveal(), twice.reveal());
    }

    #[test]
    fn a_valid_number_keeps_its_verdict(number in number_18()) {
        let report = number::check(&number, None, today(), 130);
        let spaced = format!("\u{3000}{} {}-{} ", &number[..6], &number[6..14], &number[14..]);
        let other = number::check(&spaced.to_lowercase(), None, today(), 130);
        prop_assert_eq!(&report.errors, &other.errors);
        prop_assert_eq!(&report.normalized, &other.normalized);
        if let Some(id) = report.id_number() {
            prop_assert!(report.birth.is_some() && report.sex.is_some());
            prop_assert!(number::detect(&number).contains(&id.kind()));
            prop_assert_eq!(id.reveal(), number);
            let shown = format!("{id:?} {report:?}");
            prop_assert!(!shown.contains(&id.reveal()[6..14]));
        }
    }

    #[test]
    fn nothing_panics(text in prop_oneof![any::<String>(), near_miss()]) {
        for kind in NumberKind::ALL.into_iter().map(Some).chain([None]) {
            let report = number::check(&text, kind, today(), 130);
            prop_assert_eq!(report.is_valid(), report.id_number().is_some());
            prop_assert!(report.errors.is_sorted() && report.warnings.is_sorted());
            let printed = Printed { birth: Some(&text), sex: Some(&text), ethnicity: Some(&text), issuer: Some(&text) };
            let _ = cross::check(&report, printed);
            let _ = report.normalized.map(|number| number.masked());
        }
        let _ = (number::to_18(&text), number::detect(&text), parse_printed_date(&text), validity::parse(&text));
        let _ = (validity::parse_expiry(&text), LegalName::parse(&text), ethnicity::Ethnicity::parse(&text));
        let _ = (issuer::provinces(&text), issuer::is_public_security(&text));
        assert_repair_is_honest(&mrz::read(&text, today()));
        let lines: Vec<&str> = text.lines().collect();
        assert_repair_is_honest(&mrz::parse_or_repair(&lines, today()));
    }

    #[test]
    fn folding_twice_is_folding_once(text in prop_oneof![any::<String>(), near_miss(), r"\p{Han}{1,8}"]) {
        let once = name::fold(&text);
        prop_assert_eq!(name::fold(&once), once);
    }

    #[test]
    fn comparison_is_symmetric(a in r"\p{Han}{1,4}", b in r"\p{Han}{1,4}") {
        prop_assert_eq!(name::compare(&a, &b), name::compare(&b, &a));
        prop_assert_ne!(name::compare(&a, &a), NameMatch::Different);
    }

    #[test]
    fn a_name_keeps_its_text(text in r"[一-龥]{1,20}(·[一-龥]{1,20})?") {
        let parsed = LegalName::parse(&text).expect("a name");
        prop_assert_eq!(parsed.reveal(), &text);
        let shown = format!("{parsed:?}");
        prop_assert!(!shown.contains(&text));
        prop_assert_eq!(LegalName::parse(parsed.reveal()), Ok(parsed));
    }

    #[test]
    fn validity_never_panics(
        days in prop::array::uniform4(-3_000_000_i32..=3_000_000),
        long in any::<bool>(),
        months in any::<u8>(),
    ) {
        let day = |n: i32| Date::from_julian_day(1_721_426 + n.clamp(-3_600_000, 3_600_000)).unwrap_or(Date::MAX);
        for edge in [Date::MIN, Date::MAX, day(days[3])] {
            let end = if long { validity::Expiry::LongTerm } else { validity::Expiry::Date(day(days[0])) };
            let card = validity::Validity { start: edge, end };
            let _ = validity::check(card, Some(day(days[1])), day(days[2]));
            let _ = validity::check_temporary(card, months, Some(edge), day(days[2]));
        }
    }

    #[test]
    fn right_zones_are_read(zone in zone()) {
        let report = mrz::parse(&zone, today());
        prop_assert!(report.is_valid(), "{:?}", report);
        prop_assert_eq!(mrz::read(&zone.join("\n"), today()), report);
    }

    #[test]
    fn repair_is_honest(zone in zone(), line in 0_usize..2, at in 0_usize..36, to in "[A-Z0-9<]") {
        let mut broken = zone.clone();
        broken[line].replace_range(at..=at, &to);
        let report = mrz::parse_or_repair(&broken, today());
        assert_repair_is_honest(&report);
        prop_assert_eq!(&report.raw_lines[..], &broken[..]);
        assert_repair_is_honest(&mrz::read(&broken.join("\n"), today()));
    }
}
