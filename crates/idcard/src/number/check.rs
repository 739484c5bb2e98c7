//! The rules themselves (GB 11643-1999 and the rules of the other documents).

use time::Date;

use super::shape::check_shape;
use super::{NormalNumber, NumberError, NumberKind, NumberReport, NumberWarning, Sex, normalize};
use crate::check_digit::{icao_check_digit, mod_11_2_check_char};
use crate::country;
use crate::date::{age_on, parse_yyyymmdd};
use crate::region::{self, Region, RegionStatus};

/// Prefixes of the residence permits of Hong Kong, Macao and Taiwan.
const PERMIT_PREFIXES: [&str; 3] = ["810000", "820000", "830000"];

/// Checks a number against every rule of its kind.
///
/// With `kind` `None` the kind is found from the shape; a text that fits none is reported as the kind it is
/// closest to. `today` is the reference date for [`NumberError::Future`] and [`NumberError::Age`];
/// `max_age_years` is in whole years, inclusive.
///
/// ```
/// use shiming_idcard::{number, number::{NumberKind, NumberError, Sex}};
/// let today = shiming_idcard::date::calendar_date(2026, 11, 22).unwrap();
///
/// let report = number::check("11010519491231002X", Some(NumberKind::Resident), today, 130);
/// assert!(report.is_valid());
/// assert_eq!(report.sex, Some(Sex::Female));
///
/// let report = number::check("110105194912310027", Some(NumberKind::Resident), today, 130);
/// assert_eq!(report.errors, [NumberError::Check]);
/// ```
pub fn check(input: &str, kind: Option<NumberKind>, today: Date, max_age_years: u8) -> NumberReport {
    let normalized = normalize(input);
    let text = normalized.reveal();
    let kind = kind.unwrap_or_else(|| closest_kind(text));
    if let Err(error) = check_shape(kind, text) {
        return NumberReport::failed(kind, error);
    }
    let mut report = NumberReport::new(kind);
    report.warnings.extend_from_slice(normalized.warnings());
    report.normalized = Some(NormalNumber::new(text));
    let limits = Limits { today, max_age_years };
    match kind {
        NumberKind::Resident => resident(&mut report, text, limits),
        NumberKind::HmtResidencePermit => hmt_permit(&mut report, text, limits),
        NumberKind::ForeignPr2023 => foreign_2023(&mut report, text, limits),
        NumberKind::ForeignPr2017 => foreign_2017(&mut report, text, limits),
        NumberKind::CnPassport => passport(&mut report, text),
        // No check digit and no structure beyond the shape.
        NumberKind::HmTravelPermit | NumberKind::TwTravelPermit => {}
    }
    report.sorted()
}

/// Every kind whose shape and fixed prefix the text has, after normalisation. Digits are not checked.
///
/// ```
/// use shiming_idcard::number::{NumberKind, detect};
/// assert_eq!(detect("H12345678"), [NumberKind::HmTravelPermit]);
/// assert!(detect("ABC").is_empty());
/// ```
pub fn detect(input: &str) -> Vec<NumberKind> {
    let normalized = normalize(input);
    let text = normalized.reveal();
    let mut kinds: Vec<_> =
        NumberKind::ALL.into_iter().filter(|kind| check_shape(*kind, text).is_ok()).collect();
    kinds.retain(|kind| match kind {
        NumberKind::Resident => region::is_province(prefix(text, 2)),
        NumberKind::HmtResidencePermit => PERMIT_PREFIXES.contains(&prefix(text, 6)),
        NumberKind::ForeignPr2023 => has_foreign_prefix(text),
        _ => true,
    });
    kinds
}

/// The 18-character form of a 15-digit number (inserts `19`, appends the check character).
///
/// A number that already has the 18-character shape comes back unchanged; its check character is not judged.
/// `None` if the text, after normalisation, has neither shape. For sequences 996–999 the century is a guess:
/// [`check`] reports it.
///
/// ```
/// use shiming_idcard::number::to_18;
/// assert_eq!(to_18("110105491231002").unwrap().reveal(), "11010519491231002X");
/// ```
pub fn to_18(input: &str) -> Option<NormalNumber> {
    let normalized = normalize(input);
    let text = normalized.reveal();
    check_shape(NumberKind::Resident, text).ok()?;
    if text.len() == 18 {
        return Some(NormalNumber::new(text));
    }
    widen(text).map(NormalNumber::new)
}

/// What the rules need to know about the outside.
#[derive(Clone, Copy)]
struct Limits {
    today: Date,
    max_age_years: u8,
}

fn widen(fifteen: &str) -> Option<String> {
    let (region, rest) = fifteen.split_at_checked(6)?;
    let mut wide = format!("{region}19{rest}");
    wide.push(mod_11_2_check_char(&wide)?);
    Some(wide)
}

/// The first `n` characters; empty if there are fewer.
fn prefix(text: &str, n: usize) -> &str {
    text.get(..n).unwrap_or_default()
}

/// `9` and a province: the permanent resident card of 2023.
fn has_foreign_prefix(text: &str) -> bool {
    text.starts_with('9') && text.get(1..3).is_some_and(region::is_province)
}

/// The kind to report on when nobody says which: the detected one, else by length and first character.
fn closest_kind(text: &str) -> NumberKind {
    if let Some(kind) = detect(text).first() {
        return *kind;
    }
    let first = text.chars().next().unwrap_or_default();
    match (text.chars().count(), first) {
        (8, _) => NumberKind::TwTravelPermit,
        (9, 'E') => NumberKind::CnPassport,
        (9 | 11, 'H' | 'M') => NumberKind::HmTravelPermit,
        (15, 'A'..='Z') => NumberKind::ForeignPr2017,
        _ => NumberKind::Resident,
    }
}

fn resident(report: &mut NumberReport, text: &str, limits: Limits) {
    let wide = if text.len() == 15 {
        report.warnings.push(NumberWarning::Legacy15);
        // Sequences 996–999 of the short form were kept for people born before 1900.
        if text.get(12..).is_some_and(|sequence| sequence >= "996") {
            report.errors.push(NumberError::LegacyCentury);
        }
        widen(text).unwrap_or_default()
    } else {
        check_mod_11_2(report, text);
        text.to_owned()
    };
    report.normalized = Some(NormalNumber::new(wide.as_str()));
    let code = prefix(&wide, 6);
    if PERMIT_PREFIXES.contains(&code) || has_foreign_prefix(&wide) {
        report.errors.push(NumberError::RegionType);
        report.region = Some(Region::with_status(code, RegionStatus::Unknown));
    } else {
        set_region(report, code);
    }
    birth_and_sex(report, &wide, limits);
}

fn hmt_permit(report: &mut NumberReport, text: &str, limits: Limits) {
    check_mod_11_2(report, text);
    let code = prefix(text, 6);
    let status = if PERMIT_PREFIXES.contains(&code) {
        RegionStatus::Fixed
    } else {
        report.errors.push(NumberError::RegionType);
        RegionStatus::Unknown
    };
    report.region = Some(Region::with_status(code, status));
    birth_and_sex(report, text, limits);
}

fn foreign_2023(report: &mut NumberReport, text: &str, limits: Limits) {
    check_mod_11_2(report, text);
    if !text.starts_with('9') {
        report.errors.push(NumberError::Format);
    }
    set_region(report, text.get(1..3).unwrap_or_default());
    match text.get(3..6).and_then(country::alpha3_of_numeric) {
        Some(alpha3) => report.nationality = Some(alpha3.to_owned()),
        None => report.errors.push(NumberError::Country),
    }
    birth_and_sex(report, text, limits);
}

fn foreign_2017(report: &mut NumberReport, text: &str, limits: Limits) {
    let (body, last) = text.split_at_checked(14).unwrap_or_default();
    if icao_check_digit(body) != last.chars().next() {
        report.errors.push(NumberError::Check);
    }
    let letters = prefix(text, 3);
    if !country::is_alpha3(letters) {
        report.errors.push(NumberError::Country);
    }
    report.nationality = Some(letters.to_owned());
    set_region(report, text.get(3..7).unwrap_or_default());
    let yymmdd = text.get(7..13).unwrap_or_default();
    report.birth_yymmdd = Some(yymmdd.to_owned());
    // The century is not printed: the date is wrong only if no century makes it a past calendar date.
    let plausible =
        ["20", "19"].into_iter().filter_map(|century| parse_yyyymmdd(&format!("{century}{yymmdd}")));
    if !plausible.into_iter().any(|date| date <= limits.today) {
        report.errors.push(NumberError::Date);
    }
}

fn passport(report: &mut NumberReport, text: &str) {
    // Letters I and O are not used after E: they read as digits.
    if text.get(1..2).is_some_and(|second| matches!(second, "I" | "O")) {
        report.errors.push(NumberError::Format);
    }
}

fn check_mod_11_2(report: &mut NumberReport, text: &str) {
    let (body, last) = text.split_at_checked(17).unwrap_or_default();
    if mod_11_2_check_char(body) != last.chars().next() {
        report.errors.push(NumberError::Check);
    }
}

/// Looks the code up and notes what its status means. Codes have two, four or six digits.
fn set_region(report: &mut NumberReport, code: &str) {
    let region = region::lookup(code);
    match region.status() {
        RegionStatus::Unknown => report.errors.push(NumberError::Province),
        RegionStatus::Retired => report.warnings.push(NumberWarning::RegionRetired),
        RegionStatus::Unlisted => report.warnings.push(NumberWarning::RegionUnlisted),
        RegionStatus::Listed | RegionStatus::Fixed => {}
    }
    report.region = Some(region);
}

/// Birth date and sex of the 18-character forms.
fn birth_and_sex(report: &mut NumberReport, text: &str, limits: Limits) {
    let sequence_digit = text.chars().nth(16).and_then(|ch| ch.to_digit(10));
    report.sex = sequence_digit.map(|digit| if digit % 2 == 1 { Sex::Male } else { Sex::Female });
    report.birth = text.get(6..14).and_then(parse_yyyymmdd);
    match report.birth {
        None => report.errors.push(NumberError::Date),
        Some(birth) if birth > limits.today => report.errors.push(NumberError::Future),
        Some(birth) if age_on(birth, limits.today) > i32::from(limits.max_age_years) => {
            report.errors.push(NumberError::Age);
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::calendar_date;

    fn today() -> Date {
        calendar_date(2026, 11, 22).unwrap()
    }

    /// A resident number with a right check character.
    fn number(first_17: &str) -> String {
        format!("{first_17}{}", mod_11_2_check_char(first_17).unwrap())
    }

    #[test]
    fn specimen_region_is_marked_but_not_valid() {
        let report = check(&number("00000019900307001"), None, today(), 130);
        assert!(report.is_specimen() && !report.is_valid());
        assert_eq!(report.failed_rule(), Some("province"));
        assert!(report.id_number().is_none());
        assert!(report.id_number_or_specimen().is_some());
        // A specimen must be right in everything else.
        assert!(!check(&number("00000019901307001"), None, today(), 130).is_specimen());
        assert!(!check("000000199003070019", None, today(), 130).is_specimen());
        assert!(!check(&number("99000019900101001"), None, today(), 130).is_specimen());
    }

    #[test]
    fn debug_shows_no_personal_data() {
        let shown = format!("{:?}", check("11010519491231002X", None, today(), 130));
        assert!(!shown.contains("1949") && !shown.contains("110105"), "{shown}");
        assert!(!format!("{:?}", normalize("11010519491231002X")).contains("1949"));
    }

    #[test]
    fn undetectable_text_is_reported_as_what_it_resembles() {
        let cases = [
            ("", NumberKind::Resident, "empty"),
            ("O10101199003079964", NumberKind::Resident, "charset"),
            ("EÄ1234567", NumberKind::CnPassport, "charset"),
            ("DE1440183060924", NumberKind::ForeignPr2017, "charset"),
            ("1234567", NumberKind::Resident, "length"),
        ];
        for (input, kind, rule) in cases {
            let report = check(input, None, today(), 130);
            assert_eq!((report.kind, report.failed_rule()), (kind, Some(rule)), "{input}");
        }
    }

    #[test]
    fn masks_keep_recognisable_ends_only() {
        let masked = |input| check(input, None, today(), 130).normalized.unwrap().masked();
        assert_eq!(masked("11010519491231002X"), "1101**********002X");
        assert_eq!(masked("KAZ110090123105"), "KAZ1*******3105");
        assert_eq!(masked("H12345678"), "H1*****78");
    }
}
