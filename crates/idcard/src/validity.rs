//! Validity terms of the resident identity card (Resident Identity Card Law, Art. 5) and of the temporary card.

use time::{Date, Duration};

use crate::date::{age_on, anniversaries, calendar_date, date_of_groups, digit_groups, parse_yyyymmdd};

/// The ages, in whole years, at which the term of a new card changes.
const TERM_BOUNDARIES: [i32; 3] = [16, 26, 46];

/// Months that a temporary card lasts (Ministry of Public Security, Order 78 of 2005).
pub const TEMPORARY_MONTHS: u8 = 3;

/// The end of a card's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// Last day on which the card is valid.
    Date(Date),
    /// 长期: valid for life.
    LongTerm,
}

impl Expiry {
    /// Whether the card has ended before `day`; the end date itself is still valid.
    pub fn is_past(self, day: Date) -> bool {
        matches!(self, Self::Date(end) if end < day)
    }
}

/// `YYYY-MM-DD`, or `长期`.
impl std::fmt::Display for Expiry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::LongTerm => f.write_str("长期"),
        }
    }
}

/// First and last day of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    /// First day, printed on the card.
    pub start: Date,
    /// Last day, or 长期.
    pub end: Expiry,
}

/// The term that the law gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// That many years.
    Years(u8),
    /// 长期.
    Long,
}

/// The legal term for a card issued at this age (Art. 5): below 16 five years, to 25 ten, to 45 twenty, then
/// long term.
pub const fn legal_term(age_on_start: i32) -> Term {
    match age_on_start {
        ..16 => Term::Years(5),
        16..26 => Term::Years(10),
        26..46 => Term::Years(20),
        _ => Term::Long,
    }
}

/// A rule that the dates break. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ValidityError {
    /// The start lies before the birth.
    StartBeforeBirth,
    /// The start lies before 2004-01-01, when second-generation cards began.
    StartBeforeFirstIssue,
    /// The start lies after today.
    NotYetValid,
    /// The end is not what the law gives for the age on the start date.
    TermMismatch,
    /// The card has ended.
    Expired,
}

impl ValidityError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StartBeforeBirth => "start_before_birth",
            Self::StartBeforeFirstIssue => "start_before_first_issue",
            Self::NotYetValid => "not_yet_valid",
            Self::TermMismatch => "term_mismatch",
            Self::Expired => "expired",
        }
    }
}

/// What [`check`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidityReport {
    /// Whole years on the start date, negative if it lies before the birth; `None` if the birth is unknown.
    pub age_on_start: Option<i32>,
    /// The term for that age.
    pub legal_term: Option<Term>,
    /// Every broken rule.
    pub errors: Vec<ValidityError>,
    /// The start lies within one day of a birthday at which the term changes: either term is accepted, and a
    /// person may want to look.
    pub boundary: bool,
}

impl ValidityReport {
    /// No rule is broken.
    pub fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Checks the dates of a resident card against the law, the holder's birth and today.
///
/// Without a birth date any legal term is accepted.
///
/// ```
/// use shiming_idcard::{date::calendar_date, validity};
/// let day = |y, m, d| calendar_date(y, m, d).unwrap();
/// let card = validity::parse("2018.04.01-2028.04.01").unwrap();
/// let report = validity::check(card, Some(day(1990, 3, 7)), day(2026, 11, 22));
/// assert_eq!(report.errors, [validity::ValidityError::TermMismatch]); // 28 years old: twenty years
/// ```
pub fn check(card: Validity, birth: Option<Date>, today: Date) -> ValidityReport {
    let age_on_start = birth.map(|birth| age_on(birth, card.start));
    let term = age_on_start.map(legal_term);
    let boundary = birth.and_then(|birth| near_boundary(birth, card.start));
    let accepted = match (boundary, term) {
        (Some(age), _) => vec![legal_term(age - 1), legal_term(age)],
        (None, Some(term)) => vec![term],
        (None, None) => vec![Term::Years(5), Term::Years(10), Term::Years(20), Term::Long],
    };
    let broken = [
        (birth.is_some_and(|birth| card.start < birth), ValidityError::StartBeforeBirth),
        (is_before_first_issue(card.start), ValidityError::StartBeforeFirstIssue),
        (card.start > today, ValidityError::NotYetValid),
        (!accepted.iter().any(|term| ends_after(card, *term)), ValidityError::TermMismatch),
        (card.end.is_past(today), ValidityError::Expired),
    ];
    ValidityReport {
        age_on_start,
        legal_term: term,
        errors: broken.into_iter().filter_map(|(broken, error)| broken.then_some(error)).collect(),
        boundary: boundary.is_some(),
    }
}

/// Checks the dates of a temporary card: `months` (1–12, by law [`TEMPORARY_MONTHS`]) from issue, same day, or
/// the last day of a shorter month, or the day after it.
pub fn check_temporary(card: Validity, months: u8, birth: Option<Date>, today: Date) -> ValidityReport {
    let right_end = match card.end {
        Expiry::Date(end) => temporary_ends(card.start, months).any(|expected| expected == end),
        Expiry::LongTerm => false,
    };
    let broken = [
        (birth.is_some_and(|birth| card.start < birth), ValidityError::StartBeforeBirth),
        (is_before_first_issue(card.start), ValidityError::StartBeforeFirstIssue),
        (card.start > today, ValidityError::NotYetValid),
        (!right_end, ValidityError::TermMismatch),
        (card.end.is_past(today), ValidityError::Expired),
    ];
    ValidityReport {
        age_on_start: birth.map(|birth| age_on(birth, card.start)),
        legal_term: None,
        errors: broken.into_iter().filter_map(|(broken, error)| broken.then_some(error)).collect(),
        boundary: false,
    }
}

/// The age reached on a boundary birthday that is the start date or within one day of it.
fn near_boundary(birth: Date, start: Date) -> Option<i32> {
    let reached = |day: Date| {
        let before = age_on(birth, day.checked_sub(Duration::DAY)?);
        let age = age_on(birth, day);
        (TERM_BOUNDARIES.contains(&age) && before < age).then_some(age)
    };
    days_around(start).find_map(reached)
}

fn days_around(day: Date) -> impl Iterator<Item = Date> {
    [day.checked_sub(Duration::DAY), Some(day), day.checked_add(Duration::DAY)].into_iter().flatten()
}

fn ends_after(card: Validity, term: Term) -> bool {
    match (term, card.end) {
        (Term::Long, Expiry::LongTerm) => true,
        (Term::Years(years), Expiry::Date(end)) => {
            anniversaries(card.start, i32::from(years)).any(|expected| expected == end)
        }
        _ => false,
    }
}

fn is_before_first_issue(start: Date) -> bool {
    start.year() < 2004
}

/// The days so many months after `start` on which a temporary card may end.
fn temporary_ends(start: Date, months: u8) -> impl Iterator<Item = Date> {
    let month = start.month() as u8 + months.clamp(1, 12);
    let (year, month) = if month > 12 { (start.year() + 1, month - 12) } else { (start.year(), month) };
    let same_day = calendar_date(year, month, start.day());
    let clamped = match same_day {
        Some(_) => None,
        None => (28..=30).rev().find_map(|day| calendar_date(year, month, day)),
    };
    let after = clamped.and_then(|last| last.checked_add(Duration::DAY));
    same_day.into_iter().chain(clamped).chain(after)
}

/// Why a printed period cannot be read. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// A character that no printed period has, or a text of unreasonable length.
    #[error("the validity period holds characters that do not belong there")]
    Charset,
    /// Not two dates, nor one date and 长期.
    #[error("the validity period is not two dates, nor a date and 长期")]
    Layout,
    /// One of the dates is not in the calendar.
    #[error("the validity period holds a date that does not exist")]
    Date,
}

impl PeriodError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Charset => "charset",
            Self::Layout => "layout",
            Self::Date => "date",
        }
    }
}

/// Parses a printed period: `2018.04.01-2038.04.01`, `2018.04.01-长期`, with any spacing, width and dash, and
/// with lost points, as OCR returns them.
///
/// # Errors
/// [`PeriodError`] if it is not exactly one period.
///
/// ```
/// use shiming_idcard::validity::{Expiry, parse};
/// assert_eq!(parse("2018. 04.01一长期").unwrap().end, Expiry::LongTerm);
/// ```
pub fn parse(text: &str) -> Result<Validity, PeriodError> {
    let (dates, long_term) = split_long_term(text);
    let groups = digit_groups(dates).ok_or(PeriodError::Charset)?;
    let digits = groups.concat();
    if long_term {
        let start = match groups.as_slice() {
            [year, month, day] => date_of_groups(year, month, day),
            _ => None,
        };
        let start = start.or_else(|| parse_yyyymmdd(&digits));
        let layout_fits = groups.len() == 3 || digits.len() == 8;
        return match start {
            Some(start) => Ok(Validity { start, end: Expiry::LongTerm }),
            None if layout_fits => Err(PeriodError::Date),
            None => Err(PeriodError::Layout),
        };
    }
    let pair = match groups.as_slice() {
        [y1, m1, d1, y2, m2, d2] => date_of_groups(y1, m1, d1).zip(date_of_groups(y2, m2, d2)),
        _ => None,
    };
    // Points and dashes get lost; sixteen digits still say it.
    let pair = pair.or_else(|| {
        let (first, second) = digits.split_at_checked(8)?;
        parse_yyyymmdd(first).zip(parse_yyyymmdd(second))
    });
    let layout_fits = groups.len() == 6 || digits.len() == 16;
    match pair {
        Some((start, end)) => Ok(Validity { start, end: Expiry::Date(end) }),
        None if layout_fits => Err(PeriodError::Date),
        None => Err(PeriodError::Layout),
    }
}

/// Parses the printed end alone: a date or 长期.
pub fn parse_expiry(text: &str) -> Option<Expiry> {
    let (rest, long_term) = split_long_term(text);
    if long_term {
        return rest.trim().is_empty().then_some(Expiry::LongTerm);
    }
    crate::date::parse_printed_date(text).map(Expiry::Date)
}

/// Cuts a final 长期 (also 長期, 长期有效, spaced) off; says whether it was there.
fn split_long_term(text: &str) -> (&str, bool) {
    let Some(at) = text.find(['长', '長']) else {
        return (text, false);
    };
    let (dates, tail) = text.split_at(at);
    let tail: String = tail.chars().filter(|ch| !ch.is_whitespace()).take(8).collect();
    if matches!(tail.as_str(), "长期" | "長期" | "长期有效" | "長期有效") {
        (dates, true)
    } else {
        (text, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u8, d: u8) -> Date {
        calendar_date(y, m, d).unwrap()
    }

    #[test]
    fn periods_as_ocr_returns_them() {
        let expected = Validity { start: day(2018, 4, 1), end: Expiry::Date(day(2038, 4, 1)) };
        for text in [
            "2018.04.01-2038.04.01",
            "2018.04.01—2038.04.01",
            "2018.04.01一2038.04.01",
            " 2018 . 04 . 01 - 2038 . 04 . 01 ",
            "2018.04.012038.04.01",
            "20180401-20380401",
            "2018,04,01-2038.04.01",
            "２０１８．０４．０１－２０３８．０４．０１",
            "2018.4.1至2038.4.1",
            "2018年4月1日-2038年4月1日",
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        for text in ["2018.04.01-长期", "2018.04.01 - 长 期", "20180401长期", "2018.04.01-長期有效"]
        {
            assert_eq!(parse(text), Ok(Validity { start: day(2018, 4, 1), end: Expiry::LongTerm }), "{text}");
        }
    }

    #[test]
    fn unreadable_periods_say_why() {
        for (text, error) in [
            ("", PeriodError::Layout),
            ("2018.04.01", PeriodError::Layout),
            ("长期", PeriodError::Layout),
            ("2018.04.01-长", PeriodError::Charset),
            ("2018.04.01-2038.04.0I", PeriodError::Charset),
            ("2018.04.01-2038.04.31", PeriodError::Date),
            ("2018.13.01-长期", PeriodError::Date),
            ("2018.04.01-2038.04.01-2039.04.01", PeriodError::Layout),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn either_neighbour_is_accepted_at_a_boundary() {
        // The birthday itself, one day before and after: ten or twenty years, and marked.
        for start in [day(2024, 3, 6), day(2024, 3, 7), day(2024, 3, 8)] {
            for years in [10, 20] {
                let end = Expiry::Date(calendar_date(start.year() + years, 3, start.day()).unwrap());
                let report = check(Validity { start, end }, Some(day(1998, 3, 7)), day(2026, 11, 22));
                assert!(report.is_ok() && report.boundary, "{start} {years}");
            }
        }
        let start = day(2024, 3, 9);
        let end = Expiry::Date(day(2034, 3, 9));
        let report = check(Validity { start, end }, Some(day(1998, 3, 7)), day(2026, 11, 22));
        assert_eq!((report.errors, report.boundary), (vec![ValidityError::TermMismatch], false));
    }

    #[test]
    fn first_issue_and_unknown_birth() {
        let card = Validity { start: day(2003, 12, 31), end: Expiry::LongTerm };
        let report = check(card, Some(day(1940, 1, 1)), day(2026, 11, 22));
        assert_eq!(report.errors, [ValidityError::StartBeforeFirstIssue]);
        let card = Validity { start: day(2020, 1, 1), end: Expiry::Date(day(2030, 1, 1)) };
        assert!(check(card, None, day(2026, 11, 22)).is_ok());
        let card = Validity { start: day(2020, 1, 1), end: Expiry::Date(day(2031, 1, 1)) };
        assert_eq!(check(card, None, day(2026, 11, 22)).errors, [ValidityError::TermMismatch]);
    }

    #[test]
    fn temporary_cards_last_three_months() {
        let today = day(2026, 11, 22);
        let card = |start, end| Validity { start, end: Expiry::Date(end) };
        assert!(
            check_temporary(card(day(2026, 10, 1), day(2027, 1, 1)), TEMPORARY_MONTHS, None, today).is_ok()
        );
        assert!(
            check_temporary(card(day(2026, 9, 30), day(2026, 12, 30)), TEMPORARY_MONTHS, None, today).is_ok()
        );
        let leap = |end| {
            check_temporary(card(day(2023, 11, 30), end), TEMPORARY_MONTHS, None, day(2024, 1, 1)).is_ok()
        };
        assert!(leap(day(2024, 2, 29)) && leap(day(2024, 3, 1)));
        assert!(!leap(day(2024, 2, 28)) && !leap(day(2024, 3, 2)));
        let long = Validity { start: day(2026, 10, 1), end: Expiry::LongTerm };
        assert_eq!(
            check_temporary(long, TEMPORARY_MONTHS, None, today).errors,
            [ValidityError::TermMismatch]
        );
        let past = check_temporary(card(day(2026, 7, 1), day(2026, 10, 1)), TEMPORARY_MONTHS, None, today);
        assert_eq!(past.errors, [ValidityError::Expired]);
    }

    #[test]
    fn boundary_birthday_on_29_february() {
        // Reaches 26 on 1 March 2026; both neighbours of the missing day count.
        let birth = Some(day(2000, 2, 29));
        let start = day(2026, 2, 28);
        let report = check(Validity { start, end: Expiry::Date(day(2046, 2, 28)) }, birth, day(2026, 11, 22));
        assert!(report.is_ok() && report.boundary);
    }
}
