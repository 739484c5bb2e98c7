//! Calendar helpers: whole years, and dates as they are printed on cards.

use time::{Date, Month};

/// Whole years reached on `day`; negative before birth.
///
/// A year is reached on the birthday; who was born on 29 February reaches it on 1 March where the year has
/// no such day.
pub fn age_on(birth: Date, day: Date) -> i32 {
    let years = day.year() - birth.year();
    let before_birthday = (day.month() as u8, day.day()) < (birth.month() as u8, birth.day());
    if before_birthday { years - 1 } else { years }
}

/// The date `year`-`month`-`day`, if the calendar has it.
pub fn calendar_date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// Eight digits `yyyymmdd`.
pub(crate) fn parse_yyyymmdd(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    let month = text.get(4..6)?.parse().ok()?;
    let day = text.get(6..)?.parse().ok()?;
    calendar_date(year, month, day)
}

/// The same day `years` later: one date, or both neighbours where 29 February is missing.
pub(crate) fn anniversaries(start: Date, years: i32) -> impl Iterator<Item = Date> {
    let year = start.year() + years;
    let (month, day) = (start.month() as u8, start.day());
    let same_day = calendar_date(year, month, day);
    // Only 29 February can be missing from a year; its two neighbours stand in for it.
    let neighbours = match same_day {
        Some(_) => [None, None],
        None => [calendar_date(year, 2, 28), calendar_date(year, 3, 1)],
    };
    same_day.into_iter().chain(neighbours.into_iter().flatten())
}

/// Parses a date as printed on a card or typed in a form.
///
/// Accepts `1990年3月7日`, `1990.03.07`, `1990-03-07`, `1990/3/7`, `19900307`, with any spacing and full-width
/// digits, as OCR and people produce them. Anything but one calendar date of years 1800–2999 is `None`.
///
/// ```
/// let date = shiming_idcard::parse_printed_date("1990 年 3 月 7 日").unwrap();
/// assert_eq!((date.year(), date.month() as u8, date.day()), (1990, 3, 7));
/// assert!(shiming_idcard::parse_printed_date("1990年13月7日").is_none());
/// ```
pub fn parse_printed_date(text: &str) -> Option<Date> {
    let groups = digit_groups(text)?;
    let date = match groups.as_slice() {
        [single] => parse_yyyymmdd(single),
        [year, month, day] => date_of_groups(year, month, day),
        // Spaces inside one number are OCR's; the digits alone still say it if there are eight.
        _ => parse_yyyymmdd(&groups.concat()),
    }?;
    (1800..3000).contains(&date.year()).then_some(date)
}

/// A date from its three printed parts; the year must have four digits.
pub(crate) fn date_of_groups(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    calendar_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Splits a printed date into its runs of ASCII digits. `None` if a character cannot belong to a date.
///
/// Spaces alone do not end a run: OCR puts them inside numbers as freely as between them.
pub(crate) fn digit_groups(text: &str) -> Option<Vec<String>> {
    let mut groups = vec![String::new()];
    let mut chars = 0;
    for ch in text.chars() {
        chars += 1;
        if chars > 64 {
            return None; // longer than any printed date; bounds the work
        }
        let ch = fold_width(ch);
        match ch {
            '0'..='9' => groups.last_mut()?.push(ch),
            ' ' | '\t' | '\u{3000}' | '\u{a0}' => {}
            _ if is_separator(ch) => groups.push(String::new()),
            _ => return None,
        }
    }
    groups.retain(|group| !group.is_empty());
    Some(groups)
}

/// Full-width ASCII (U+FF01–U+FF5E) to ASCII.
pub(crate) fn fold_width(ch: char) -> char {
    match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0).unwrap_or(ch),
        _ => ch,
    }
}

/// Marks between the parts of a date or of a period, with what OCR makes of them.
fn is_separator(ch: char) -> bool {
    matches!(ch, '.' | ',' | '-' | '/' | '_' | '~' | ':' | '\'' | '·' | '・' | '•' | '。' | '、' | '，')
        || matches!(ch, '年' | '月' | '日' | '至' | '到' | '一' | 'ー' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        parse_printed_date(text).map(|d| d.to_string())
    }

    #[test]
    fn printed_forms() {
        for text in [
            "1990年3月7日",
            "1990 年 3 月 7 日",
            "1990-03-07",
            "1990.03.07",
            "1990/3/7",
            "19900307",
            "１９９０年３月７日",
            "19 90年 3月7 日",
            "1990 03 07",
        ] {
            assert_eq!(date(text).as_deref(), Some("1990-03-07"), "{text}");
        }
    }

    #[test]
    fn refused_forms() {
        for text in
            ["", "1990", "1990年3月", "1990年2月30日", "90年3月7日", "1990年3月7日8", "abc", "0000.01.01"]
        {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(date(&"1".repeat(10_000)), None);
    }

    #[test]
    fn age_counts_birthdays() {
        let d = |y, m, day| calendar_date(y, m, day).unwrap();
        assert_eq!(age_on(d(1990, 3, 7), d(2016, 3, 6)), 25);
        assert_eq!(age_on(d(1990, 3, 7), d(2016, 3, 7)), 26);
        assert_eq!(age_on(d(2000, 2, 29), d(2018, 2, 28)), 17);
        assert_eq!(age_on(d(2000, 2, 29), d(2018, 3, 1)), 18);
        assert_eq!(age_on(d(2010, 3, 7), d(2009, 1, 1)), -2);
    }
}
