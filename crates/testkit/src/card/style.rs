//! What all specimen documents share: inks, grounds, the mark that says it is not genuine.

use crate::canvas::{Canvas, Colour, Type};
use crate::fonts::{Face, Fonts};
use crate::geometry::{Point, Rect};

/// Ink of labels such as 姓名.
pub(super) const LABEL: Colour = [58, 112, 168];
/// Ink of values.
pub(super) const VALUE: Colour = [28, 27, 30];
/// Ink of the specimen mark.
pub(super) const MARK: Colour = [196, 40, 48];

/// A soft horizontal tint from `left` over `middle` to `right`. Deliberately no guilloche, no
/// picture: the ground of a genuine card is a security feature and is not imitated.
pub(super) fn tint(canvas: &mut Canvas, left: Colour, middle: Colour, right: Colour) {
    let (w, h) = (canvas.width(), canvas.height());
    let [left, middle, right] = [left, middle, right].map(|c| c.map(f32::from));
    canvas.fill_with(|x, y| {
        let t = x / w * 2.0;
        let shade = 1.0 - 0.02 * (y / h - 0.5);
        std::array::from_fn(|k| {
            let v = if t < 1.0 {
                left[k] + (middle[k] - left[k]) * t
            } else {
                middle[k] + (right[k] - middle[k]) * (t - 1.0)
            };
            v * shade
        })
    });
}

/// The diagonal mark over the whole document, pale enough to read through.
pub(super) fn diagonal_mark(canvas: &mut Canvas, fonts: &Fonts, alpha: f32) {
    let (w, h) = (canvas.width(), canvas.height());
    slanted_mark(canvas, fonts, [w * 0.47, h * 0.52], h * 0.17, alpha);
}

/// The diagonal mark with its middle and size chosen, to keep clear of a face.
pub(super) fn slanted_mark(canvas: &mut Canvas, fonts: &Fonts, centre: Point, em: f32, alpha: f32) {
    let angle = (canvas.height() / canvas.width()).atan().to_degrees() * 0.8;
    let style = Type::new(Face::SansBold, em, MARK).faded(alpha).tracked(0.06);
    canvas.text_turned(fonts, style, centre, angle, "样本 SPECIMEN");
}

/// A printed line that says the same, opaque, where no field is.
pub(super) fn printed_mark(canvas: &mut Canvas, fonts: &Fonts, at: Point, em: f32) {
    canvas.text(fonts, Type::new(Face::SansBold, em, MARK), at, "样本 SPECIMEN");
}

/// Breaks `text` into lines of at most `per_line` characters. Latin counts half.
pub(super) fn wrap(text: &str, per_line: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for c in text.chars() {
        let width = if c.is_ascii() { 0.56 } else { 1.0 };
        if used + width > per_line + 1e-3 {
            lines.push(String::new());
            used = 0.0;
        }
        used += width;
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    lines
}

/// Sets several lines under each other and gives the box around all.
pub(super) fn block(
    canvas: &mut Canvas,
    fonts: &Fonts,
    style: Type,
    at: Point,
    pitch: f32,
    lines: &[String],
) -> Rect {
    let mut area: Option<Rect> = None;
    for (i, line) in lines.iter().enumerate() {
        let (ink, _) = canvas.text(fonts, style, [at[0], at[1] + pitch * i as f32], line);
        area = Some(area.map_or(ink, |a| a.union(ink)));
    }
    area.unwrap_or_default()
}
