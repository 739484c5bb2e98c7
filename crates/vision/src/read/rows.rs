//! Recognised text as glyphs with a place on the flat card, gathered into rows.
//!
//! Places are millimetres on the card (ISO/IEC 7810 ID-1: 85.6 × 53.98), so layout knowledge reads like the
//! card's own drawing and does not depend on any picture's resolution.

use unicode_normalization::UnicodeNormalization;

/// One recognised character.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    /// Probability of the character, 0–1.
    pub(crate) p: f32,
    /// Centre, millimetres.
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Height of the line it stands in, millimetres.
    pub(crate) h: f32,
    /// Index of the recognised line it came from, to find that line's picture again.
    pub(crate) line: usize,
}

/// Glyphs on one height, left to right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) glyphs: Vec<Glyph>,
}

impl Row {
    /// The row's characters.
    pub(crate) fn text(&self) -> String {
        text(&self.glyphs)
    }

    pub(crate) fn y(&self) -> f32 {
        mean(self.glyphs.iter().map(|g| g.y))
    }

    pub(crate) fn height(&self) -> f32 {
        mean(self.glyphs.iter().map(|g| g.h))
    }
}

pub(crate) fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (mut n, mut sum) = (0.0, 0.0);
    for v in values {
        n += 1.0;
        sum += v;
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

pub(crate) fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|g| g.c).collect()
}

/// Unifies the forms in which one printed character may be reported: full width, middle dots, dashes.
/// `None` drops it (spaces carry no meaning on a card).
pub(crate) fn normal(c: char) -> Option<char> {
    let c = match c {
        '•' | '・' | '‧' | '･' | '∙' | '⋅' => '·',
        '—' | '–' | '―' | '‐' | '‑' | '−' => '-',
        _ => {
            let mut folded = std::iter::once(c).nfkc();
            match (folded.next(), folded.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    };
    (!c.is_whitespace()).then_some(c)
}

/// Gathers glyphs into rows from top to bottom. A line joins a row when their middles are closer than
/// half the smaller height; a bilingual card's small extra line between two rows stays on its own.
pub(crate) fn gather(mut lines: Vec<Vec<Glyph>>) -> Vec<Row> {
    lines.retain(|l| !l.is_empty());
    lines.sort_by(|a, b| a[0].y.total_cmp(&b[0].y));
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        let (y, h) = (mean(line.iter().map(|g| g.y)), mean(line.iter().map(|g| g.h)));
        // Compare with the glyphs nearest in x, not with the row's mean: rows on a badly flattened card slope.
        let nearest = rows
            .iter_mut()
            .map(|row| ((row.y() - y).abs() / row.height().min(h).max(0.1), row))
            .filter(|(d, _)| *d < 0.5)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((_, row)) => row.glyphs.extend(line),
            None => rows.push(Row { glyphs: line }),
        }
    }
    for row in &mut rows {
        row.glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    rows.sort_by(|a, b| a.y().total_cmp(&b.y()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, x: f32, y: f32, h: f32) -> Vec<Glyph> {
        let glyph = |(i, c)| Glyph { c, p: 0.9, x: x + i as f32 * h, y, h, line: 0 };
        text.chars().enumerate().map(glyph).collect()
    }

    #[test]
    fn boxes_on_one_height_become_one_row_in_reading_order() {
        let rows = gather(vec![
            line("汉", 37.0, 14.4, 3.0),
            line("姓名", 5.0, 8.0, 3.0),
            line("性别男民族", 5.0, 14.0, 3.0),
        ]);
        let texts: Vec<_> = rows.iter().map(Row::text).collect();
        assert_eq!(texts, ["姓名", "性别男民族汉"]);
    }

    #[test]
    fn full_width_and_dots_are_one_form() {
        assert_eq!(normal('Ｘ'), Some('X'));
        assert_eq!(normal('・'), Some('·'));
        assert_eq!(normal('\u{3000}'), None);
        assert_eq!(normal('一'), Some('一'));
    }
}
