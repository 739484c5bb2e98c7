//! Undoing OCR confusions, only where the position tells the type or the check digits leave one choice.

use time::Date;

use super::layout::{Layout, Span, layout_of};
use super::{MrzReport, parse};

/// Letters read where a digit stands.
const TO_DIGIT: [(char, char); 10] = [
    ('O', '0'),
    ('Q', '0'),
    ('D', '0'),
    ('I', '1'),
    ('L', '1'),
    ('Z', '2'),
    ('S', '5'),
    ('G', '6'),
    ('B', '8'),
    ('T', '7'),
];

/// Digits read where a letter stands.
const TO_LETTER: [(char, char); 6] = [('0', 'O'), ('1', 'I'), ('2', 'Z'), ('5', 'S'), ('6', 'G'), ('8', 'B')];

/// Reads a zone; if a rule is broken, tries to undo OCR confusions.
///
/// Dates and check digits can only be digits, names and states only letters. In the document number, where
/// both may stand, one substitution is tried, and taken only if exactly one satisfies every check digit. A
/// repair is returned only if every rule then holds, and it is marked; else the report is that of
/// [`parse`].
///
/// ```
/// use shiming_idcard::{date::calendar_date, mrz};
/// let lines = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO74O8122F1204159ZE184226B<<<<<10"];
/// let report = mrz::parse_or_repair(&lines, calendar_date(2026, 11, 22).unwrap());
/// assert!(report.is_valid() && report.repaired);
/// assert_eq!(report.raw_lines, lines);
/// ```
pub fn parse_or_repair<S: AsRef<str>>(lines: &[S], today: Date) -> MrzReport {
    let strict = parse(lines, today);
    // Without layout or with foreign characters there are no typed positions to go by.
    if strict.is_valid() || strict.fields.is_none() {
        return strict;
    }
    let lengths: Vec<usize> = strict.lines.iter().map(String::len).collect();
    let first = strict.lines.first().and_then(|line| line.chars().next());
    let Some(layout) = layout_of(&lengths, first) else { return strict };

    let typed = repair_typed_positions(layout, &strict.lines);
    let mut report = parse(&typed, today);
    if !report.is_valid() {
        let mut holding =
            number_candidates(layout, &typed).map(|lines| parse(&lines, today)).filter(MrzReport::is_valid);
        match (holding.next(), holding.next()) {
            (Some(only), None) => report = only,
            _ => return strict,
        }
    }
    report.repaired = true;
    report.raw_lines = strict.raw_lines;
    report
}

fn lookup(table: &[(char, char)], ch: char) -> Option<char> {
    table.iter().find(|(read, _)| *read == ch).map(|(_, meant)| *meant)
}

/// Lines with every position that holds digits only or letters only brought to its type.
fn repair_typed_positions(layout: &Layout, lines: &[String]) -> Vec<String> {
    let letters = [layout.document_code, layout.issuer, layout.nationality, layout.names];
    let digits = [
        Some(layout.birth),
        Some(layout.birth_check),
        Some(layout.expiry),
        Some(layout.expiry_check),
        Some(layout.number_check),
        layout.optional_check,
        layout.composite.map(|(check, _)| check),
    ];
    let mut lines = lines.to_vec();
    for span in letters {
        replace_in(&mut lines, span, |ch| lookup(&TO_LETTER, ch));
    }
    for span in digits.into_iter().flatten() {
        replace_in(&mut lines, span, |ch| lookup(&TO_DIGIT, ch));
    }
    lines
}

fn replace_in(lines: &mut [String], span: Span, replacement: impl Fn(char) -> Option<char>) {
    if let Some(line) = lines.get_mut(span.line) {
        let inside = span.start..span.end;
        *line = line
            .chars()
            .enumerate()
            .map(|(i, ch)| if inside.contains(&i) { replacement(ch).unwrap_or(ch) } else { ch })
            .collect();
    }
}

/// Every way to change one character of the document number by either table.
fn number_candidates<'a>(layout: &'a Layout, lines: &'a [String]) -> impl Iterator<Item = Vec<String>> + 'a {
    let span = layout.number;
    (span.start..span.end).flat_map(move |at| {
        [&TO_DIGIT[..], &TO_LETTER[..]].into_iter().filter_map(move |table| {
            let one = Span { line: span.line, start: at, end: at + 1 };
            let meant = lookup(table, one.char_of(lines))?;
            let mut changed = lines.to_vec();
            replace_in(&mut changed, one, |_| Some(meant));
            Some(changed)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::calendar_date;

    #[test]
    fn ambiguous_numbers_are_left_alone() {
        // Without a composite digit, both 0→O and O→0 at different places may satisfy the one digit there is.
        let today = calendar_date(2026, 11, 22).unwrap();
        let mut ambiguous = 0;
        for first in 'A'..='Z' {
            for check in '0'..='9' {
                let second = format!("{first}0O5S1I2Z{check}XXX4009078F9612109<<<<<<<<");
                let lines = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<".to_owned(), second];
                let report = parse_or_repair(&lines, today);
                assert!(!report.repaired || report.is_valid());
                ambiguous += usize::from(!report.is_valid());
            }
        }
        assert!(ambiguous > 0);
    }
}
