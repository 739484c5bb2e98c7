//! Strict reading of a zone.

use time::Date;

use super::layout::{Layout, Span, layout_of};
use super::{MrzError, MrzFields, MrzReport, MrzSex};
use crate::check_digit::icao_check_digit;
use crate::date::parse_yyyymmdd;

/// Reads a zone as it stands: no trimming, no case folding, no repair.
///
/// `today` decides the century of the birth: the latest year that is not after it. Expiry years 00–69 are
/// 20xx, 70–99 are 19xx.
///
/// ```
/// use shiming_idcard::{date::calendar_date, mrz};
/// let report = mrz::parse(
///     &["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"],
///     calendar_date(2026, 11, 22).unwrap(),
/// );
/// assert!(report.is_valid());
/// assert_eq!(report.fields.unwrap().surname, "ERIKSSON");
/// ```
pub fn parse<S: AsRef<str>>(lines: &[S], today: Date) -> MrzReport {
    // More lines than any layout has are kept out, so that a report is never larger than a zone.
    let lines: Vec<String> = lines.iter().take(4).map(|line| line.as_ref().to_owned()).collect();
    let lengths: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
    let first = lines.first().and_then(|line| line.chars().next());
    let Some(layout) = layout_of(&lengths, first) else {
        return MrzReport::failed(None, MrzError::Layout, lines);
    };
    if !lines.iter().all(|line| line.chars().all(is_mrz_char)) {
        return MrzReport::failed(Some(layout.format), MrzError::Charset, lines);
    }
    let (fields, errors) = read_fields(layout, &lines, today);
    MrzReport {
        format: Some(layout.format),
        errors,
        fields: Some(fields),
        raw_lines: lines.clone(),
        lines,
        repaired: false,
    }
}

pub(super) fn is_mrz_char(ch: char) -> bool {
    matches!(ch, '0'..='9' | 'A'..='Z' | '<')
}

fn read_fields(layout: &Layout, lines: &[String], today: Date) -> (MrzFields, Vec<MrzError>) {
    let mut errors = Vec::new();
    let letters_only = [layout.document_code, layout.issuer, layout.nationality, layout.names];
    if letters_only.iter().any(|span| span.of(lines).contains(|ch: char| ch.is_ascii_digit())) {
        errors.push(MrzError::Charset);
    }

    let (number, long_number) = match long_number(layout, lines) {
        Some(long) => (long, true),
        None => (layout.number.of(lines).to_owned(), false),
    };
    let number_check =
        if long_number { long_number_check(layout, lines) } else { layout.number_check.char_of(lines) };
    if icao_check_digit(&number) != Some(number_check) {
        errors.push(MrzError::NumberCheck);
    }
    if !digit_holds(layout.birth, layout.birth_check, lines) {
        errors.push(MrzError::BirthCheck);
    }
    if !digit_holds(layout.expiry, layout.expiry_check, lines) {
        errors.push(MrzError::ExpiryCheck);
    }
    if layout.optional_check.is_some_and(|check| !optional_digit_holds(layout.optional, check, lines)) {
        errors.push(MrzError::OptionalCheck);
    }
    if let Some((check, covered)) = layout.composite {
        let text: String = covered.iter().map(|span| span.of(lines)).collect();
        if icao_check_digit(&text) != Some(check.char_of(lines)) {
            errors.push(MrzError::CompositeCheck);
        }
    }

    let birth_text = layout.birth.of(lines);
    let birth_partial = is_partial_date(birth_text).then(|| birth_text.to_owned());
    let birth = birth_date(birth_text, today);
    if birth.is_none() && birth_partial.is_none() {
        errors.push(MrzError::BirthDate);
    }
    let expiry = expiry_date(layout.expiry.of(lines));
    if expiry.is_none() {
        errors.push(MrzError::ExpiryDate);
    }
    let sex = match layout.sex.char_of(lines) {
        'M' => Some(MrzSex::Male),
        'F' => Some(MrzSex::Female),
        '<' | 'X' => Some(MrzSex::Unspecified),
        _ => None,
    };
    if sex.is_none() {
        errors.push(MrzError::Sex);
    }
    errors.sort_unstable();

    let (surname, given_names) = names(layout.names.of(lines));
    let text = |span: Span| span.of(lines).trim_end_matches('<').to_owned();
    let fields = MrzFields {
        document_code: text(layout.document_code),
        issuer: text(layout.issuer),
        number: number.trim_end_matches('<').to_owned(),
        long_number,
        nationality: text(layout.nationality),
        birth,
        birth_partial,
        sex,
        expiry,
        surname,
        given_names,
        optional: text(layout.optional),
        optional_2: layout.optional_2.map(text),
    };
    (fields, errors)
}

fn digit_holds(field: Span, check: Span, lines: &[String]) -> bool {
    icao_check_digit(field.of(lines)) == Some(check.char_of(lines))
}

/// An empty optional field may carry `0` or `<` (Doc 9303 part 4, 4.2.2.2).
fn optional_digit_holds(field: Span, check: Span, lines: &[String]) -> bool {
    let empty = field.of(lines).chars().all(|ch| ch == '<');
    digit_holds(field, check, lines) || (empty && check.char_of(lines) == '<')
}

/// What follows the nine characters of a long number in the optional field: its rest, then its check digit.
fn long_number_tail<'a>(layout: &Layout, lines: &'a [String]) -> Option<&'a str> {
    let full = !layout.number.of(lines).contains('<');
    if !layout.long_numbers || !full || layout.number_check.char_of(lines) != '<' {
        return None;
    }
    let tail = layout.optional.of(lines).split('<').next()?;
    (tail.len() >= 2).then_some(tail)
}

fn long_number(layout: &Layout, lines: &[String]) -> Option<String> {
    let tail = long_number_tail(layout, lines)?;
    let rest = tail.get(..tail.len() - 1)?;
    Some(format!("{}{rest}", layout.number.of(lines)))
}

fn long_number_check(layout: &Layout, lines: &[String]) -> char {
    long_number_tail(layout, lines).and_then(|tail| tail.chars().last()).unwrap_or('<')
}

/// Latest century in which the date exists and is not after today.
fn birth_date(yymmdd: &str, today: Date) -> Option<Date> {
    let century = today.year().div_euclid(100);
    (century - 1..=century).rev().find_map(|century| {
        let date = parse_yyyymmdd(&format!("{century:02}{yymmdd}"))?;
        (date <= today).then_some(date)
    })
}

fn expiry_date(yymmdd: &str) -> Option<Date> {
    let year: u8 = yymmdd.get(..2)?.parse().ok()?;
    let century = if year < 70 { 20 } else { 19 };
    parse_yyyymmdd(&format!("{century}{yymmdd}"))
}

/// Day, day and month, or all stated as unknown by fillers (Doc 9303 part 3, 4.8).
fn is_partial_date(yymmdd: &str) -> bool {
    let Some((year, rest)) = yymmdd.split_at_checked(2) else { return false };
    let Some((month, day)) = rest.split_at_checked(2) else { return false };
    let year_known = year.bytes().all(|b| b.is_ascii_digit());
    let month_known = matches!(month.parse::<u8>(), Ok(1..=12));
    day == "<<" && ((year_known && (month_known || month == "<<")) || (year == "<<" && month == "<<"))
}

/// Primary and secondary identifier, separated by two fillers.
fn names(field: &str) -> (String, String) {
    let spaced = |part: &str| part.split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match field.split_once("<<") {
        Some((surname, given)) => (spaced(surname), spaced(given)),
        None => (spaced(field), String::new()),
    }
}
