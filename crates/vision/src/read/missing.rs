//! Where to look again: strips of the card on which a field is printed that the text detector did not see.
//!
//! A watermark, a scratch or a fold across a line can hide it from the detector while the recogniser would
//! still read it. The rows that were seen tell where the others must be.

use super::portrait::birth_text;
use super::{EmblemSpans, PortraitSpans, Reading};

/// Left, top, right, bottom, millimetres.
pub(crate) type Strip = [f32; 4];

/// Half the height of a strip: a line of text with a little air.
const HALF_MM: f32 = 2.3;
/// Printed rows of the portrait side: label and the height at which the card's drawing has it.
const PORTRAIT_ROWS: [(&str, f32); 5] =
    [("姓名", 8.0), ("性别", 14.3), ("出生", 20.8), ("住址", 28.0), ("公民身份", 46.5)];
/// Left end of the labels and right end of the text beside the portrait.
const TEXT_MM: [f32; 2] = [4.5, 53.0];
/// Right end of the number.
const NUMBER_RIGHT_MM: f32 = 81.0;

/// Strips of the portrait side that should be read again.
pub(crate) fn portrait_strips(reading: &Reading, spans: &PortraitSpans) -> Vec<Strip> {
    let seen: Vec<Option<f32>> = PORTRAIT_ROWS.iter().map(|(label, _)| row_of(reading, label)).collect();
    // With fewer than two rows there is nothing to place the others by.
    if seen.iter().flatten().count() < 2 {
        return Vec::new();
    }
    let strip = |row: usize, right: f32| {
        let y = seen[row].unwrap_or_else(|| place(&seen, row));
        [TEXT_MM[0], y - HALF_MM, right, y + HALF_MM]
    };
    let mut out = Vec::new();
    if spans.name.is_none() {
        out.push(strip(0, TEXT_MM[1]));
    }
    if spans.sex.is_none() || spans.ethnicity.is_none() {
        out.push(strip(1, TEXT_MM[1]));
    }
    if spans.birth.as_ref().and_then(birth_text).is_none() {
        out.push(strip(2, TEXT_MM[1]));
    }
    let complete = |n: usize| n == 18 || n == 15;
    if spans.number.as_ref().is_none_or(|n| !complete(n.glyphs.len())) {
        out.push(strip(4, NUMBER_RIGHT_MM));
    }
    out
}

/// Strips of the emblem side that should be read again.
pub(crate) fn emblem_strips(reading: &Reading, spans: &EmblemSpans) -> Vec<Strip> {
    let around = |y: f32| [20.0, y - HALF_MM, 84.0, y + HALF_MM];
    let (issuer, validity) = (row_of(reading, "签发机关"), row_of(reading, "有效期限"));
    let mut out = Vec::new();
    if spans.issuer.is_none() {
        out.push(around(issuer.or(validity.map(|y| y - 6.5)).unwrap_or(40.0)));
    }
    let figures = |s: &super::Span| s.glyphs.iter().filter(|g| g.c.is_ascii_digit()).count();
    if spans.validity.as_ref().is_none_or(|s| figures(s) < 8) {
        out.push(around(validity.or(issuer.map(|y| y + 6.5)).unwrap_or(46.5)));
    }
    out
}

/// Height of the row that carries a label, if the label was read.
fn row_of(reading: &Reading, label: &str) -> Option<f32> {
    let row = reading.rows.iter().find(|r| r.text().contains(label))?;
    let first = label.chars().next()?;
    row.glyphs.iter().find(|g| g.c == first).map(|g| g.y)
}

/// A row between, above or below the rows that were seen, by the drawing's proportions.
fn place(seen: &[Option<f32>], row: usize) -> f32 {
    let nominal = |i: usize| PORTRAIT_ROWS[i].1;
    let known = |i: &usize| seen[*i].is_some();
    let above = (0..row).rev().find(known);
    let below = (row + 1..seen.len()).find(known);
    let pair = match (above, below) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => (0..a).rev().find(known).map(|b| (a, b)),
        (None, Some(a)) => (a + 1..seen.len()).find(known).map(|b| (a, b)),
        (None, None) => None,
    };
    let Some((a, b)) = pair else { return nominal(row) };
    let (ya, yb) = (seen[a].unwrap_or_default(), seen[b].unwrap_or_default());
    ya + (nominal(row) - nominal(a)) * (yb - ya) / (nominal(b) - nominal(a))
}

#[cfg(test)]
mod tests {
    use super::super::rows::Glyph;
    use super::super::{gather, portrait_spans};
    use super::*;

    fn line(text: &str, x: f32, y: f32) -> Vec<Glyph> {
        let glyph = |(i, c)| Glyph { c, p: 0.9, x: x + i as f32 * 3.5, y, h: 3.5, line: 0 };
        text.chars().enumerate().map(glyph).collect()
    }

    #[test]
    fn a_row_the_detector_missed_is_sought_between_its_neighbours() {
        let lines = vec![
            line("姓名张三", 7.0, 8.0),
            line("性别男民族汉", 7.0, 16.0),
            line("住址某地", 7.0, 30.0),
            line("000000197512275812", 28.0, 48.0),
        ];
        let reading = Reading { rows: gather(lines), specimen_mark: false };
        let strips = portrait_strips(&reading, &portrait_spans(&reading));
        let [[_, top, _, bottom]] = strips.as_slice() else { panic!("one strip, not {strips:?}") };
        assert!((f32::midpoint(*top, *bottom) - 22.7).abs() < 0.5, "{strips:?}");
    }

    #[test]
    fn nothing_is_sought_where_nothing_was_seen() {
        let reading = Reading::default();
        assert!(portrait_strips(&reading, &portrait_spans(&reading)).is_empty());
    }
}
