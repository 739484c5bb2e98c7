//! The emblem side's fields, from rows of glyphs.

use super::portrait::is_han;
use super::rows::{Glyph, Row, mean};
use super::{Reading, Span};

/// Glyph runs of each field, not yet judged.
#[derive(Debug, Default)]
pub(crate) struct EmblemSpans {
    pub(crate) issuer: Option<Span>,
    pub(crate) validity: Option<Span>,
    /// Labels and titles seen: evidence that this is an emblem side, 0–4.
    pub(crate) labels: u32,
}

/// Finds the fields by their labels, else by their place on the card (issuer about 40 mm down, validity 46).
pub(crate) fn spans(reading: &Reading) -> EmblemSpans {
    let rows = &reading.rows;
    let mut out = EmblemSpans::default();
    for row in rows {
        let t = row.text();
        for label in ["中华人民共和国", "居民身份证", "签发机关", "有效期限"] {
            out.labels += u32::from(t.contains(label));
        }
    }
    let validity_row = rows
        .iter()
        .position(|r| has_any(r, "有效期限", 3))
        .or_else(|| rows.iter().rposition(|r| digits(r) >= 6));
    let issuer_row = rows.iter().position(|r| has_any(r, "签发机关", 3)).or_else(|| {
        let end = validity_row.unwrap_or(rows.len());
        rows[..end].iter().rposition(|r| r.text().contains("公安") || r.text().ends_with("分局"))
    });
    if let Some(i) = issuer_row {
        out.issuer = Span::of(issuer(rows, i, validity_row));
    }
    if let Some(i) = validity_row {
        let value = after(&rows[i], "有效期限");
        // The dash between the dates is often read as the Chinese figure one.
        let dashed = value.into_iter().map(|g| if g.c == '一' { Glyph { c: '-', ..g } } else { g });
        out.validity = Span::of(dashed.filter(|g| is_validity_char(g.c)).collect());
    }
    out
}

/// The same fields of a document that prints them between address and number.
pub(crate) fn issue_spans(reading: &Reading) -> EmblemSpans {
    let rows = &reading.rows;
    let labels = ["签发机关", "有效期限"];
    let is_labelled = |row: &Row| labels.iter().any(|label| has_any(row, label, 3));
    let (Some(first), Some(last)) = (rows.iter().position(is_labelled), rows.iter().rposition(is_labelled))
    else {
        return EmblemSpans::default();
    };
    spans(&Reading { rows: rows[first..=last].to_vec(), specimen_mark: reading.specimen_mark })
}

/// How far a wrapped issuer's lines may lie from its label, millimetres.
const ISSUER_REACH_MM: f32 = 7.0;

/// The issuer's lines. A long one wraps, and its label may stand beside the first line or between two; lines of
/// a second script in the same column are left out.
fn issuer(rows: &[Row], label_row: usize, validity_row: Option<usize>) -> Vec<Glyph> {
    let row = &rows[label_row];
    let count = "签发机关".chars().count();
    let label: Vec<&Glyph> = row.glyphs.iter().take(count + 1).filter(|g| "签发机关".contains(g.c)).collect();
    let (right, y) = match label.last() {
        Some(last) => (last.x + 0.6 * last.h, last.y),
        None => (row.glyphs.first().map_or(0.0, |g| g.x - g.h), row.y()),
    };
    let height = row.height();
    let mut out = Vec::new();
    for (i, r) in rows.iter().enumerate() {
        let value: Vec<Glyph> = r.glyphs.iter().copied().filter(|g| g.x > right).collect();
        let han = value.iter().filter(|g| is_han(g.c)).count();
        let near = (r.y() - y).abs() < ISSUER_REACH_MM && Some(i) != validity_row;
        let above_validity = validity_row.is_none_or(|v| i < v);
        let alike = (0.6..1.5).contains(&(mean(value.iter().map(|g| g.h)) / height.max(0.1)));
        if i == label_row || (near && above_validity && alike && han * 10 >= value.len() * 7 && han > 0) {
            out.extend(value.into_iter().filter(|g| is_han(g.c) || "·()".contains(g.c)));
        }
    }
    out
}

fn digits(row: &Row) -> usize {
    row.glyphs.iter().filter(|g| g.c.is_ascii_digit()).count()
}

/// At least `count_min` of the label's characters stand in the row.
fn has_any(row: &Row, label: &str, count_min: usize) -> bool {
    label.chars().filter(|&c| row.glyphs.iter().any(|g| g.c == c)).count() >= count_min
}

/// The glyphs behind the label; all of them when the label was not read.
fn after(row: &Row, label: &str) -> Vec<Glyph> {
    let count = label.chars().count();
    let last = row.glyphs.iter().take(count + 1).rposition(|g| label.contains(g.c));
    let from = last.map_or(0, |i| i + 1);
    let value = &row.glyphs[from..];
    let start = value.iter().position(|g| is_han(g.c) || g.c.is_ascii_digit()).unwrap_or(value.len());
    value[start..].iter().copied().filter(|g| g.c.is_alphanumeric() || "-.·()".contains(g.c)).collect()
}

fn is_validity_char(c: char) -> bool {
    c.is_ascii_digit() || ".-长期年月日".contains(c)
}
