//! The portrait side's fields, from rows of glyphs.
//!
//! Labels decide where they were read; where one was not, the card's own drawing does. Nothing depends on
//! the number of lines: bilingual cards add some, long addresses too.

use super::rows::{Glyph, Row, mean, text};
use super::{Reading, Span};

/// Where the portrait begins, millimetres; nothing but the number is printed to the right of it.
const PORTRAIT_LEFT_MM: f32 = 53.5;
/// Labels stand to the left of this.
const LABEL_RIGHT_MM: f32 = 14.8;

/// Glyph runs of each field, not yet judged.
#[derive(Debug, Default)]
pub(crate) struct PortraitSpans {
    pub(crate) name: Option<Span>,
    pub(crate) sex: Option<Span>,
    pub(crate) ethnicity: Option<Span>,
    pub(crate) birth: Option<Span>,
    pub(crate) address: Option<Span>,
    pub(crate) number: Option<Span>,
    /// Labels seen: evidence that this is a portrait side at all, 0–6.
    pub(crate) labels: u32,
    /// 15-digit `编号` and no 18-digit number: a first-generation card's way.
    pub(crate) legacy_number: bool,
}

/// Finds the fields.
pub(crate) fn spans(reading: &Reading) -> PortraitSpans {
    let rows = &reading.rows;
    let mut out = PortraitSpans::default();

    let number_row = rows.iter().rposition(|r| digits_after_label(r).len() >= 12);
    if let Some(i) = number_row {
        let run = digits_after_label(&rows[i]);
        out.legacy_number = run.len() <= 16 && rows[i].text().contains("编号");
        out.number = Span::of(run);
    }
    // One-sided documents print issuer and validity between address and number.
    let one_sided =
        rows.iter().position(|r| ["机关", "签发", "有效", "期限"].iter().any(|l| r.text().contains(l)));
    let end = number_row.unwrap_or(rows.len());
    let before_number = &rows[..one_sided.map_or(end, |i| i.min(end))];

    for row in rows {
        let t = row.text();
        for label in ["姓名", "性别", "民族", "出生", "住址", "公民身份"] {
            out.labels += u32::from(t.contains(label));
        }
    }

    let left: Vec<Row> = before_number
        .iter()
        .map(|r| Row { glyphs: r.glyphs.iter().copied().filter(|g| g.x < PORTRAIT_LEFT_MM).collect() })
        .filter(|r| !r.glyphs.is_empty())
        .collect();

    let name_row = labelled(&left, "姓名", 8.0);
    let sex_row =
        labelled(&left, "性别", 14.3).or_else(|| left.iter().position(|r| r.text().contains("民族")));
    let birth_row = labelled(&left, "出生", 20.8)
        .or_else(|| left.iter().position(|r| r.text().contains('年') && r.text().contains('月')));
    let address_row = labelled(&left, "住址", 28.0);

    if let Some(i) = name_row {
        out.name = Span::of(value_after(&left[i], &['姓', '名']));
    }
    if let Some(i) = sex_row {
        let (sex, ethnicity) = sex_and_ethnicity(&left[i]);
        out.sex = Span::of(sex);
        out.ethnicity = Span::of(ethnicity);
    }
    if let Some(i) = birth_row {
        out.birth = Span::of(value_after(&left[i], &['出', '生']));
    }
    // The address begins on its label's row, or on the first row below the birth date.
    let start = address_row.or_else(|| birth_row.map(|i| i + 1)).filter(|&i| i < left.len());
    if let Some(start) = start {
        out.address = Span::of(address(&left[start..]));
    }
    out
}

/// The row whose text begins with the label (or half of it) or that lies where the label is printed.
fn labelled(rows: &[Row], label: &str, y_mm: f32) -> Option<usize> {
    if let Some(i) = rows.iter().position(|r| r.text().contains(label)) {
        return Some(i);
    }
    let mut half = label.chars();
    let (first, second) = (half.next()?, half.next()?);
    let close = |r: &Row| (r.y() - y_mm).abs() < 4.5;
    rows.iter()
        .position(|r| {
            close(r) && r.glyphs.iter().any(|g| g.x < LABEL_RIGHT_MM && (g.c == first || g.c == second))
        })
        .or_else(|| {
            let (i, r) = rows
                .iter()
                .enumerate()
                .filter(|(_, r)| r.glyphs.iter().any(|g| is_han(g.c)))
                .min_by(|a, b| (a.1.y() - y_mm).abs().total_cmp(&(b.1.y() - y_mm).abs()))?;
            ((r.y() - y_mm).abs() < 2.6).then_some(i)
        })
}

/// Everything after the last label character that stands in the label column.
fn value_after(row: &Row, label: &[char]) -> Vec<Glyph> {
    let from =
        row.glyphs.iter().take(4).rposition(|g| label.contains(&g.c) && g.x < LABEL_RIGHT_MM).map_or_else(
            || row.glyphs.iter().position(|g| g.x >= LABEL_RIGHT_MM - 1.0).unwrap_or(0),
            |i| i + 1,
        );
    trimmed(&row.glyphs[from..])
}

/// Without punctuation at either end: dirt and frame lines are read as dots and dashes.
fn trimmed(glyphs: &[Glyph]) -> Vec<Glyph> {
    let keep = |g: &Glyph| g.c.is_alphanumeric() || is_han(g.c);
    match (glyphs.iter().position(keep), glyphs.iter().rposition(keep)) {
        (Some(a), Some(b)) => glyphs[a..=b].to_vec(),
        _ => Vec::new(),
    }
}

/// `性别 男  民族 汉`: the glyph after 别, the glyphs after 族.
fn sex_and_ethnicity(row: &Row) -> (Vec<Glyph>, Vec<Glyph>) {
    let g = &row.glyphs;
    let at = |c: char, from: usize| g.iter().skip(from).position(|x| x.c == c).map(|i| i + from);
    // 民 may be misread; 族 may be part of a long ethnic name (穿青人 has none, 族 is not printed after names).
    let nation = at('民', 0)
        .and_then(|i| g.get(i + 1).filter(|x| x.c == '族').map(|_| (i, i + 2)).or(Some((i, i + 1))))
        .or_else(|| at('族', 0).map(|i| (i.saturating_sub(1), i + 1)));
    let sex_end = nation.map_or(g.len(), |(i, _)| i);
    let sex = at('别', 0)
        .filter(|&i| i + 1 < sex_end)
        .map(|i| i + 1)
        .or_else(|| g[..sex_end].iter().position(|x| x.c == '男' || x.c == '女'))
        .or_else(|| g[..sex_end].iter().position(|x| x.x > LABEL_RIGHT_MM - 1.0));
    let sex = sex.and_then(|i| g.get(i)).map(|g| vec![*g]).unwrap_or_default();
    let ethnicity = nation.map(|(_, from)| trimmed(&g[from.min(g.len())..])).unwrap_or_default();
    (sex, ethnicity)
}

/// All address lines: rows of the label row's letter height that hold Chinese text or figures, right of the
/// label column. Lines of a second script between them are left out.
fn address(rows: &[Row]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::new();
    let mut height = 0.0_f32;
    let mut bottom = f32::NEG_INFINITY;
    for (i, row) in rows.iter().enumerate() {
        let value = if i == 0 {
            value_after(row, &['住', '址'])
        } else {
            trimmed(&row.glyphs.iter().copied().filter(|g| g.x > LABEL_RIGHT_MM - 2.5).collect::<Vec<_>>())
        };
        if value.is_empty() {
            continue;
        }
        let printed = value.iter().filter(|g| is_han(g.c) || g.c.is_ascii_digit()).count();
        let sure = mean(value.iter().map(|g| g.p));
        let h = mean(value.iter().map(|g| g.h));
        if printed * 10 < value.len() * 6 || sure < 0.5 || (height > 0.0 && h < 0.62 * height) {
            continue;
        }
        // The paragraph ends where a gap of more than two lines opens.
        let y = mean(value.iter().map(|g| g.y));
        if !out.is_empty() && y - bottom > 9.5 {
            break;
        }
        height = height.max(h);
        bottom = y;
        out.extend(value);
    }
    out
}

/// The run of digits (and X) of the number row, without its label.
fn digits_after_label(row: &Row) -> Vec<Glyph> {
    let is_digit = |g: &Glyph| g.c.is_ascii_digit() || matches!(g.c, 'X' | 'x');
    let Some(first) = row.glyphs.iter().position(is_digit) else { return Vec::new() };
    // From the first digit on, whatever it was taken for: a misread digit must not shorten the number.
    let run: Vec<Glyph> =
        row.glyphs[first..].iter().copied().filter(|g| g.c.is_ascii_alphanumeric()).collect();
    if run.iter().filter(|g| is_digit(g)).count() * 10 >= run.len() * 8 { run } else { Vec::new() }
}

/// A CJK ideograph, any block.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF | 0x3007)
}

/// The birth date's three numbers, in whatever way the separators were read: by 年 月 日 where they are
/// there, else by the gaps between groups of figures.
pub(crate) fn birth_text(span: &Span) -> Option<String> {
    let mut groups: Vec<(String, f32)> = Vec::new();
    let mut last: Option<&Glyph> = None;
    for g in &span.glyphs {
        if let Some(d) = as_digit(g.c) {
            let apart = last.is_none_or(|l| g.x - l.x > 1.15 * g.h);
            match groups.last_mut() {
                Some((s, _)) if !apart => s.push(d),
                _ => groups.push((d.to_string(), g.x)),
            }
            last = Some(g);
        } else {
            last = None;
        }
    }
    let numbers: Vec<&str> = groups.iter().map(|(s, _)| s.as_str()).collect();
    match numbers.as_slice() {
        [y, m, d] if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => Some(format!("{y}年{m}月{d}日")),
        _ => {
            let t = text(&span.glyphs);
            (t.contains('年') && t.contains('月')).then_some(t)
        }
    }
}

/// Letters that a recogniser reports for a figure standing between figures.
fn as_digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        'O' | 'o' | '〇' => Some('0'),
        'l' | 'I' | '|' => Some('1'),
        _ => None,
    }
}
