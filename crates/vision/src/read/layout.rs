//! Where a resident card prints its labels, and what that says about where the card lies.
//!
//! An outline can be wrong and still hold most of the text: a strap across the card looks like its edge, the
//! border of the picture hides a third of it. What is printed stands at known places, so the labels that were
//! read tell where the whole card must be.

use super::Glyph;
use crate::card::geometry::Point;

/// A label, the shortest part of it that is not part of another, and the middles of its first and last
/// characters on the card, millimetres.
struct Label {
    text: &'static str,
    part_min: usize,
    first: Point,
    last: Point,
}

const fn label(text: &'static str, part_min: usize, first: Point, last: Point) -> Label {
    Label { text, part_min, first, last }
}

/// Rows of a card with a second script stand up to 2 mm lower.
const PORTRAIT: [Label; 6] = [
    label("姓名", 2, [7.1, 8.3], [10.5, 8.3]),
    label("性别", 2, [7.1, 15.4], [10.3, 15.4]),
    label("民族", 2, [24.5, 15.4], [28.3, 15.4]),
    label("出生", 2, [7.1, 22.3], [10.5, 22.3]),
    label("住址", 2, [7.1, 29.6], [10.5, 29.6]),
    label("公民身份号码", 4, [7.0, 47.6], [20.8, 47.6]),
];
const EMBLEM: [Label; 4] = [
    label("中华人民共和国", 4, [31.0, 11.5], [70.6, 11.5]),
    label("居民身份证", 4, [31.8, 22.8], [72.8, 22.8]),
    label("签发机关", 3, [25.5, 40.5], [34.4, 40.5]),
    label("有效期限", 3, [25.3, 47.2], [34.1, 47.2]),
];

/// Characters between the ends of the labels must be this far apart on the card, across and down: nearer ones
/// say too little about the card's far end. Millimetres.
const SPREAD_MIN: Point = [12.0, 9.0];
/// Mean distance of labels from their places up to which they are believed, millimetres.
const ERROR_MAX: f32 = 2.0;

/// A label's end as it was read and as it is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    pub(crate) seen: Point,
    printed: Point,
    label: &'static str,
}

/// The labels of one side, `emblem` or portrait, among lines of glyphs.
pub(crate) fn anchors<'a>(lines: impl Iterator<Item = &'a [Glyph]>, emblem: bool) -> Vec<Anchor> {
    let labels: &'static [Label] = if emblem { &EMBLEM } else { &PORTRAIT };
    let mut out: Vec<Anchor> = Vec::new();
    for line in lines {
        for label in labels {
            if out.iter().any(|a| a.label == label.text) {
                continue;
            }
            let Some((from, to, at)) = longest_part(line, label) else { continue };
            let steps = label.text.chars().count() - 1;
            let place = |i: usize| -> Point {
                let t = i as f32 / steps.max(1) as f32;
                std::array::from_fn(|k| label.first[k] + t * (label.last[k] - label.first[k]))
            };
            let count = to - from;
            for i in [0, count - 1] {
                let glyph = line[at + i];
                out.push(Anchor { seen: [glyph.x, glyph.y], printed: place(from + i), label: label.text });
            }
        }
    }
    out
}

/// The longest part of a label that stands in a line: its first and one past its last character in the label,
/// and where it begins in the line.
fn longest_part(line: &[Glyph], label: &Label) -> Option<(usize, usize, usize)> {
    let chars: Vec<char> = label.text.chars().collect();
    for length in (label.part_min..=chars.len()).rev() {
        for from in 0..=chars.len() - length {
            let part = &chars[from..from + length];
            let at = line.windows(length).position(|w| w.iter().zip(part).all(|(g, c)| g.c == *c));
            if let Some(at) = at {
                return Some((from, from + length, at));
            }
        }
    }
    None
}

/// Where a place of the card, in millimetres, was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout([[f32; 3]; 2]);

impl Layout {
    /// The affine map that brings the labels to where they were seen; `None` when there are too few of them or
    /// they do not stand as on a resident card.
    pub(crate) fn of(anchors: &[Anchor]) -> Option<Self> {
        let spread = |k: usize| {
            let at = anchors.iter().map(|a| a.printed[k]);
            at.clone().fold(f32::MIN, f32::max) - at.fold(f32::MAX, f32::min)
        };
        if anchors.len() < 4 || spread(0) < SPREAD_MIN[0] || spread(1) < SPREAD_MIN[1] {
            return None;
        }
        let map = Self([least_squares(anchors, 0)?, least_squares(anchors, 1)?]);
        let [[a, b, _], [c, d, _]] = map.0;
        let det = a * d - b * c;
        // Seen units per millimetre: a mirrored card, or one much longer than high, is none.
        let (across, down) = (a.hypot(c), b.hypot(d));
        if det <= 0.0 || det < 0.7 * across * down {
            return None;
        }
        let scale = det.sqrt();
        let error = anchors.iter().map(|n| {
            let [x, y] = map.place(n.printed);
            (x - n.seen[0]).hypot(y - n.seen[1]) / scale
        });
        (error.sum::<f32>() / anchors.len() as f32 <= ERROR_MAX).then_some(map)
    }

    /// Where a place of the card was seen.
    pub(crate) fn place(&self, [x, y]: Point) -> Point {
        self.0.map(|[a, b, c]| a * x + b * y + c)
    }
}

/// Coefficients (x, y, 1) of the plane through one coordinate of what was seen.
fn least_squares(anchors: &[Anchor], k: usize) -> Option<[f32; 3]> {
    let n = anchors.len() as f64;
    let mean = |of: &dyn Fn(&Anchor) -> f32| anchors.iter().map(|a| f64::from(of(a))).sum::<f64>() / n;
    let (mx, my, mv) = (mean(&|a| a.printed[0]), mean(&|a| a.printed[1]), mean(&|a| a.seen[k]));
    let (mut xx, mut xy, mut yy, mut xv, mut yv) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for a in anchors {
        let (x, y) = (f64::from(a.printed[0]) - mx, f64::from(a.printed[1]) - my);
        let v = f64::from(a.seen[k]) - mv;
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xv += x * v;
        yv += y * v;
    }
    let det = xx * yy - xy * xy;
    if det < 1e-3 * xx * yy {
        return None;
    }
    let (a, b) = ((xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det);
    Some([a as f32, b as f32, (mv - a * mx - b * my) as f32])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of characters `pitch` apart.
    fn row(text: &str, x: f32, y: f32, pitch: f32) -> Vec<Glyph> {
        let glyph = |(i, c)| Glyph { c, p: 0.99, x: x + pitch * i as f32, y, h: 3.0, line: 0 };
        text.chars().enumerate().map(glyph).collect()
    }

    fn fitted(rows: &[Vec<Glyph>], emblem: bool) -> Option<Layout> {
        Layout::of(&anchors(rows.iter().map(Vec::as_slice), emblem))
    }

    #[test]
    fn an_outline_that_ends_too_soon_is_noticed_by_its_labels() {
        // The card's left 60 % taken for the whole: everything stands 1/0.6 as far to the right.
        let k = 1.0 / 0.6;
        let rows = [
            row("姓名王样本", 7.0 * k, 8.0, 3.3 * k),
            row("性别女", 7.0 * k, 15.5, 3.3 * k),
            row("公民身份号码0000", 7.0 * k, 47.5, 2.76 * k),
        ];
        let layout = fitted(&rows, false).expect("enough labels");
        let [x, y] = layout.place([85.6, 54.0]);
        assert!((x - 85.6 * k).abs() < 6.0 && (y - 54.0).abs() < 1.5, "{x} {y}");
    }

    #[test]
    fn labels_that_stand_elsewhere_are_of_another_document() {
        let rows = [
            row("姓名王样本", 40.0, 40.0, 3.3),
            row("性别女", 7.0, 8.0, 3.3),
            row("住址样本市", 70.0, 15.0, 3.3),
            row("公民身份号码0000", 7.0, 20.5, 2.76),
        ];
        assert!(fitted(&rows, false).is_none());
    }

    #[test]
    fn part_of_a_label_counts_unless_it_may_be_of_another() {
        assert_eq!(anchors([row("公民身份", 7.0, 47.0, 2.8).as_slice()].into_iter(), false).len(), 2);
        assert!(anchors([row("民身份", 7.0, 47.0, 2.8).as_slice()].into_iter(), true).is_empty());
    }
}
