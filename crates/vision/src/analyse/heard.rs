//! Lines of text as they were recognised, and what they are on a flat card.

use crate::card::flat::Flat;
use crate::card::geometry::{centre, distance};
use crate::models::Models;
use crate::ocr::{self, LineLogits, Mask, TextBox};
use crate::read::{self, Glyph, Reading, Span, Strip};
use crate::runtime::EngineError;
use image::RgbImage;

/// Lines of one document that are read.
pub(super) const LINES_MAX: usize = 40;

/// One recognised line: its box on the flat card and what the network said.
pub(super) struct Heard {
    pub(super) text: TextBox,
    pub(super) logits: LineLogits,
}

pub(super) fn hear(models: &Models, rgb: &RgbImage, boxes: Vec<TextBox>) -> Result<Vec<Heard>, EngineError> {
    let boxes: Vec<TextBox> = boxes.into_iter().take(LINES_MAX).collect();
    let strips: Vec<RgbImage> = boxes.iter().map(|b| ocr::crop_line(rgb, b)).collect();
    let logits = ocr::recognise_logits(models, &strips)?;
    Ok(boxes.into_iter().zip(logits).map(|(text, logits)| Heard { text, logits }).collect())
}

/// Reads the longest lines both ways up; the surer way is right.
pub(super) fn is_upside_down(
    models: &Models,
    rgb: &RgbImage,
    boxes: &[TextBox],
) -> Result<bool, EngineError> {
    let mut longest: Vec<&TextBox> = boxes.iter().collect();
    longest.sort_by(|a, b| {
        distance(b.corners[0], b.corners[1]).total_cmp(&distance(a.corners[0], a.corners[1]))
    });
    let strips: Vec<RgbImage> = longest.iter().take(3).map(|b| ocr::crop_line(rgb, b)).collect();
    let turned: Vec<RgbImage> = strips.iter().map(image::imageops::rotate180).collect();
    let sure = |strips: &[RgbImage]| -> Result<f32, EngineError> {
        Ok(ocr::recognise(models, strips, None)?.iter().map(|l| l.confidence).sum())
    };
    Ok(sure(&turned)? > sure(&strips)? + 0.05)
}

/// Reads strips where a field must be printed, in place of what was heard there before.
pub(super) fn hear_again(
    models: &Models,
    flat: &Flat,
    heard: &mut Vec<Heard>,
    strips: &[Strip],
) -> Result<(), EngineError> {
    let k = flat.px_per_mm;
    let boxes: Vec<TextBox> = strips
        .iter()
        .map(|&[l, t, r, b]| TextBox {
            corners: [[l, t], [r, t], [r, b], [l, b]].map(|p| p.map(|v| v * k)),
            score: 1.0,
        })
        .collect();
    heard.retain(|h| {
        let [x, y] = centre(&h.text.corners).map(|v| v / k);
        !strips.iter().any(|&[l, t, r, b]| x > l && x < r && y > t && y < b)
    });
    heard.extend(hear(models, &flat.rgb, boxes)?);
    Ok(())
}

/// Recognised lines as rows of glyphs in millimetres, specimen marks taken out.
pub(super) fn gather(heard: &[Heard], px_per_mm: f32) -> Reading {
    let mut specimen_mark = false;
    let mut lines = Vec::new();
    for (i, h) in heard.iter().enumerate() {
        let line = h.logits.decode();
        if is_specimen_mark(&line.text) {
            specimen_mark = true;
            continue;
        }
        if line.confidence < 0.5 {
            continue;
        }
        lines.push(glyphs(&h.text, &line.chars, i, px_per_mm));
    }
    Reading { rows: read::gather(lines), specimen_mark }
}

/// `样本`, `SPECIMEN` or both, perhaps cut short by the text they cross; not an address that contains 样本.
fn is_specimen_mark(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let latin = letters.trim_start_matches(['样', '本']);
    let han = letters.chars().count() - latin.chars().count();
    let whole = ["SPECIMEN", "SPECIME", "SPECIM", "PECIMEN", "ECIMEN", "SPECI", "CIMEN", "SPEC"];
    (han == 2 && latin.is_empty()) || (whole.contains(&latin) && han <= 2)
}

pub(super) fn glyphs(text: &TextBox, chars: &[ocr::Char], line: usize, px_per_mm: f32) -> Vec<Glyph> {
    let [tl, tr, br, bl] = text.corners;
    let width = distance(tl, tr).max(distance(bl, br)).max(1.0);
    let h = distance(tl, bl).max(distance(tr, br)) / px_per_mm;
    chars
        .iter()
        .filter_map(|ch| {
            let t = (ch.x / width).clamp(0.0, 1.0);
            let mid = |a: [f32; 2], b: [f32; 2], k: usize| a[k] + t * (b[k] - a[k]);
            Some(Glyph {
                c: read::normal(ch.c)?,
                p: ch.p,
                x: f32::midpoint(mid(tl, tr, 0), mid(bl, br, 0)) / px_per_mm,
                y: f32::midpoint(mid(tl, tr, 1), mid(bl, br, 1)) / px_per_mm,
                h,
                line,
            })
        })
        .collect()
}

/// The number's line decoded with figures and X only, its label cut off by place.
pub(super) fn strict_number(heard: &[Heard], plain: Option<&Span>, px_per_mm: f32) -> Option<Span> {
    let plain = plain?;
    let first = plain.glyphs.first()?;
    let mut lines: Vec<usize> = plain.glyphs.iter().map(|g| g.line).collect();
    lines.dedup();
    let mask = Mask::id_number();
    let mut run: Vec<Glyph> = Vec::new();
    for i in lines {
        let h = heard.get(i)?;
        run.extend(glyphs(&h.text, &h.logits.decode_masked(&mask).chars, i, px_per_mm));
    }
    run.retain(|g| g.x > first.x - 0.9);
    run.sort_by(|a, b| a.x.total_cmp(&b.x));
    Span::of(run)
}
