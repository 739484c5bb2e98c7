//! Machine-readable zones.

use super::heard::{Heard, hear};
use super::line_field;
use crate::card::geometry::{Quad, centre, distance};
use crate::models::Models;
use crate::ocr::{self, DetectOptions, InputSize, Mask, TextBox};
use crate::picture::Picture;
use crate::runtime::EngineError;
use shiming_domain::evidence::{Field, Region};

/// Lines that could belong to a machine-readable zone: long, and of its alphabet only.
pub(super) fn of_lines(heard: &[Heard], to_region: impl Fn([f32; 4]) -> Region) -> Vec<Field> {
    let mut lines: Vec<(f32, Field)> = Vec::new();
    for h in heard {
        let plain = h.logits.decode();
        let fillers = plain.text.chars().filter(|&c| matches!(c, '<' | '«' | '〈' | '‹' | '《')).count();
        let [along, across] = [1, 3].map(|i| distance(h.text.corners[0], h.text.corners[i]));
        let long = along.max(across) > 8.0 * along.min(across);
        let alphabet = plain.text.chars().filter(char::is_ascii_alphanumeric).count() + fillers;
        let length = plain.text.chars().count();
        if !long || length < 20 || alphabet * 10 < length * 9 {
            continue;
        }
        let line = h.logits.decode_masked(&Mask::mrz());
        let is_zone = fillers >= 2 || line.text.contains("<<") || line.text.len() >= 30;
        if !is_zone {
            continue;
        }
        let c = h.text.corners;
        let bound =
            |k: usize, pick: fn(f32, f32) -> f32, start: f32| c.iter().fold(start, |v, p| pick(v, p[k]));
        let region = to_region([
            bound(0, f32::min, f32::MAX),
            bound(1, f32::min, f32::MAX),
            bound(0, f32::max, f32::MIN),
            bound(1, f32::max, f32::MIN),
        ]);
        lines.push((below(&c), line_field(line.text, line.confidence, region)));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    // One line that looks like a zone may be a long serial number; a zone has two or three.
    if lines.len() < 2 { Vec::new() } else { lines.into_iter().map(|l| l.1).collect() }
}

/// How far down the page a line stands, in its own reading direction. A line that stands upright is read
/// from its right side, see [`ocr::crop_line`].
fn below(corners: &Quad) -> f32 {
    let [tl, tr, _, bl] = *corners;
    let upright = distance(tl, bl) >= 1.5 * distance(tl, tr);
    let (from, to) = if upright { (tr, tl) } else { (tl, bl) };
    let length = distance(from, to).max(1.0);
    let middle = centre(corners);
    (0..2).map(|k| middle[k] * (to[k] - from[k]) / length).sum()
}

/// Lines of text anywhere in the picture. For one picture at a time: the network takes 200 MiB for this, and the
/// sides of a card that was not found are looked at together.
pub(super) fn scene_text(models: &Models, picture: &Picture) -> Result<Vec<TextBox>, EngineError> {
    let options = DetectOptions { side_max_px: 1280, input: InputSize::Recipe };
    models.workers.one_at_a_time(|| ocr::detect(models, &picture.rgb, &options))
}

/// A machine-readable zone anywhere in the picture, upright or turned by 90° steps.
pub(super) fn anywhere(models: &Models, picture: &Picture) -> Result<Vec<Field>, EngineError> {
    of_scene(models, picture, &scene_text(models, picture)?)
}

pub(super) fn of_scene(
    models: &Models,
    picture: &Picture,
    texts: &[TextBox],
) -> Result<Vec<Field>, EngineError> {
    let long: Vec<TextBox> = texts
        .iter()
        .copied()
        .filter(|b| {
            let (w, h) = (distance(b.corners[0], b.corners[1]), distance(b.corners[1], b.corners[2]));
            w.max(h) > 8.0 * w.min(h)
        })
        .take(8)
        .collect();
    if long.len() < 2 {
        return Ok(Vec::new());
    }
    let place = |[l, t, r, b]: [f32; 4]| picture.to_original(Region { x: l, y: t, w: r - l, h: b - t });
    let zone = of_lines(&hear(models, &picture.rgb, long.clone())?, place);
    if !zone.is_empty() {
        return Ok(zone);
    }
    // On its head: each line the other way round, and the lines too.
    let turned = long.into_iter().map(|b| {
        let [tl, tr, br, bl] = b.corners;
        TextBox { corners: [br, bl, tl, tr], ..b }
    });
    Ok(of_lines(&hear(models, &picture.rgb, turned.collect())?, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_follow_each_other_in_their_own_reading_direction() {
        let line = |[l, t, r, b]: [f32; 4]| [[l, t], [r, t], [r, b], [l, b]];
        let turned = |[tl, tr, br, bl]: Quad| [br, bl, tl, tr];
        // Two rows of a zone, upright and on its head.
        let (first, second) = (line([0.0, 10.0, 400.0, 30.0]), line([0.0, 40.0, 400.0, 60.0]));
        assert!(below(&first) < below(&second));
        assert!(below(&turned(second)) < below(&turned(first)));
        // The same page on its side: its rows stand upright and are read from their right side.
        let (right, left) = (line([40.0, 0.0, 60.0, 400.0]), line([10.0, 0.0, 30.0, 400.0]));
        assert!(below(&right) < below(&left));
        assert!(below(&turned(left)) < below(&turned(right)));
    }
}
