//! Finding the zone in a text, as OCR or a person delivers it.

use time::Date;

use super::layout::SIZES;
use super::parse::is_mrz_char;
use super::{MrzError, MrzReport, parse_or_repair};

/// Lines looked at that could belong to a zone, the last ones; a document page has far fewer.
const MAX_LINES: usize = 64;

/// Longest line looked at: all lines of a zone joined, with room for what is dropped.
const MAX_LINE_CHARS: usize = 200;

/// Stray characters (dots, dust) that a line may hold and still be taken.
const MAX_STRAY: usize = 2;

/// Fillers that may be missing or too many in a line: OCR miscounts long runs.
const MAX_FILLER_ERROR: usize = 6;

/// Finds and reads a zone in a text.
///
/// Line breaks of any kind separate lines; a zone in one piece is split. Spaces are dropped, letters raised,
/// `«` and other lookalikes of the filler mapped, runs of fillers brought to the right length, and OCR
/// confusions undone as by [`parse_or_repair`]. If several places could be a zone, the one with the fewest
/// broken rules is reported; with none, the report has no format and the one error
/// [`Layout`](MrzError::Layout).
///
/// ```
/// use shiming_idcard::{date::calendar_date, mrz};
/// let text = "Passport\nP<UTOERIKSSON««ANNA<MARIA<<<<<<<<<<<<<<<<<\nl898902c36uto7408122f1204159ze184226b<<<<<10\n";
/// assert!(mrz::read(text, calendar_date(2026, 11, 22).unwrap()).is_valid());
/// ```
pub fn read(text: &str, today: Date) -> MrzReport {
    // A zone stands at the foot of its page.
    let mut lines: Vec<String> = text.lines().filter_map(clean).collect();
    lines.drain(..lines.len().saturating_sub(MAX_LINES));
    let lines: Vec<String> = lines.into_iter().flat_map(split_joined).collect();
    let mut best: Option<MrzReport> = None;
    for (count, width) in SIZES {
        for window in lines.windows(count) {
            let Some(report) = read_window(window, width, today) else { continue };
            if best.as_ref().is_none_or(|best| report.errors.len() < best.errors.len()) {
                best = Some(report);
            }
        }
    }
    best.unwrap_or_else(|| MrzReport::failed(None, MrzError::Layout, Vec::new()))
}

/// Reads lines of about the right width.
fn read_window(window: &[String], width: usize, today: Date) -> Option<MrzReport> {
    // Names end in fillers, so every zone holds some, though not every line: the lower line of a passport may
    // be full. Words of prose hold none.
    if !window.iter().any(|line| line.contains('<')) {
        return None;
    }
    let fitted: Vec<String> = window.iter().map(|line| fit(line, width)).collect::<Option<_>>()?;
    let mut report = parse_or_repair(&fitted, today);
    if fitted.as_slice() != window {
        // A changed length is a guess that only right check digits justify.
        if !report.is_valid() {
            return None;
        }
        report.repaired = true;
        report.raw_lines = window.to_vec();
    }
    Some(report)
}

/// The line in the alphabet of a zone; `None` if it cannot be part of one.
fn clean(line: &str) -> Option<String> {
    let mut cleaned = String::new();
    let mut stray = 0;
    for (index, ch) in line.chars().enumerate() {
        if index >= MAX_LINE_CHARS {
            return None;
        }
        let ch = crate::date::fold_width(ch).to_ascii_uppercase();
        match ch {
            _ if is_mrz_char(ch) => cleaned.push(ch),
            _ if ch.is_whitespace() => {}
            '«' | '《' | '≪' | '⟪' => cleaned.push_str("<<"),
            '‹' | '〈' | '⟨' | '≤' | '﹤' | 'く' | 'ㄑ' => cleaned.push('<'),
            _ => {
                stray += 1;
                if stray > MAX_STRAY {
                    return None;
                }
            }
        }
    }
    (cleaned.len() >= 30 - MAX_FILLER_ERROR).then_some(cleaned)
}

/// Splits a zone that came in one piece.
fn split_joined(line: String) -> Vec<String> {
    let size = SIZES.iter().find(|(count, width)| line.len() == count * width);
    match size {
        // Only ASCII is left, so bytes are characters.
        Some((_, width)) => {
            line.as_bytes().chunks(*width).map(|part| String::from_utf8_lossy(part).into()).collect()
        }
        None => vec![line],
    }
}

/// The line with its longest run of fillers lengthened or shortened to reach `width`.
fn fit(line: &str, width: usize) -> Option<String> {
    if line.len() == width {
        return Some(line.to_owned());
    }
    if line.len().abs_diff(width) > MAX_FILLER_ERROR {
        return None;
    }
    let (start, len) = longest_filler_run(line);
    let wanted = (len + width).checked_sub(line.len())?;
    if len < 2 || wanted < 1 {
        return None;
    }
    let (before, after) = (line.get(..start)?, line.get(start + len..)?);
    Some(format!("{before}{}{after}", "<".repeat(wanted)))
}

/// Start and length of the longest run of fillers, the last one of equals.
fn longest_filler_run(line: &str) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), (0, 0));
    for (index, ch) in line.char_indices() {
        run = match (ch, run.1) {
            ('<', 0) => (index, 1),
            ('<', len) => (run.0, len + 1),
            _ => (0, 0),
        };
        if run.1 >= best.1 && run.1 > 0 {
            best = run;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::calendar_date;
    use crate::mrz::Format;

    fn today() -> Date {
        calendar_date(2026, 11, 22).unwrap()
    }

    #[test]
    fn finds_zones_in_text() {
        let td3 =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        let joined = td3.replace('\n', "");
        let spaced = td3.replace("<<<<", "<< <<").replace('\n', "\r\n\r\n");
        let short = td3.replace("<<<<<<<<<<<<<<<<<<<", "<<<<<<<<<<<<<<");
        let long = td3.replace("<<<<<10", "<<<<<<<<10");
        let around = format!("护照 PASSPORT\nSurname <name>\n{td3}\nthe end");
        let wide: String = td3.chars().map(|ch| if ch == 'U' { 'Ｕ' } else { ch }).collect();
        for text in [
            td3,
            &joined,
            &spaced,
            &short,
            &long,
            &around,
            &wide,
            &td3.to_lowercase(),
            &td3.replace("<<", "«"),
        ] {
            let report = read(text, today());
            assert!(report.is_valid() && report.format == Some(Format::Td3), "{text}: {report:?}");
            assert_eq!(report.lines.join("\n"), td3);
        }
        let td1 =
            "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
        assert_eq!(read(td1, today()).format, Some(Format::Td1));
        assert_eq!(read(&td1.replace('\n', ""), today()).format, Some(Format::Td1));
    }

    #[test]
    fn a_full_line_without_fillers_is_part_of_a_zone() {
        // Optional data fill the whole lower line, as on Chinese passports.
        let td3 =
            "P<CHNZHENGJIAN<<YANGBEN<<<<<<<<<<<<<<<<<<<<<\nE123456782CHN9003071F3001019LFPCLBLHMBNEA924";
        let page = format!("{}{td3}", "a line of prose that says nothing at all\n".repeat(70));
        for text in [td3, &page, &td3.replace('\n', "")] {
            let report = read(text, today());
            assert!(report.is_valid() && report.format == Some(Format::Td3), "{text}: {report:?}");
        }
    }

    #[test]
    fn marks_what_it_changed() {
        let text = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        let report = read(text, today());
        assert!(report.repaired);
        assert_eq!(report.raw_lines.join("\n"), text);
    }

    #[test]
    fn reports_the_broken_zone_rather_than_none() {
        let text =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<11";
        assert_eq!(read(text, today()).failed_checks(), ["composite_check"]);
        for text in ["", "\n\n", "hello", &"<".repeat(44), &"<\n".repeat(9_999), &"<".repeat(99_999)] {
            let report = read(text, today());
            assert!(!report.is_valid() && report.format.is_none(), "{report:?}");
        }
    }
}
