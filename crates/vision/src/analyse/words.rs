//! Words of a resident card anywhere in a picture, and where they put the card.

use super::heard::{LINES_MAX, glyphs, hear};
use crate::card::flat::CARD_MM;
use crate::card::geometry::{Point, Quad, distance, turned};
use crate::models::Models;
use crate::ocr::TextBox;
use crate::picture::Picture;
use crate::read::{self, Anchor, Glyph, Layout};
use crate::runtime::EngineError;

/// A card's corners in millimetres on it.
pub(super) const CARD: Quad = [[0.0, 0.0], [CARD_MM[0], 0.0], CARD_MM, [0.0, CARD_MM[1]]];

/// Length of a line that is looked at for words, of its height: the longest word with a little air.
const WORD_LENGTH: f32 = 9.0;

/// Words of a card anywhere in the picture, in working pixels.
pub(super) fn anywhere(
    models: &Models,
    picture: &Picture,
    texts: &[TextBox],
) -> Result<Vec<Anchor>, EngineError> {
    let mut texts = texts.to_vec();
    // The surest first, should there be more than are read.
    texts.sort_by(|a, b| b.score.total_cmp(&a.score));
    texts.truncate(LINES_MAX);
    let mut best = Vec::new();
    for turn in [0, 2] {
        let boxes = texts.iter().map(|t| TextBox { corners: beginning(&t.corners, turn), ..*t }).collect();
        let heard = hear(models, &picture.rgb, boxes)?;
        let lines: Vec<Vec<Glyph>> = heard
            .iter()
            .enumerate()
            .map(|(i, h)| glyphs(&h.text, &h.logits.decode().chars, i, 1.0))
            .collect();
        for emblem in [false, true] {
            let found = read::anchors(lines.iter().map(Vec::as_slice), emblem);
            if found.len() > best.len() {
                best = found;
            }
        }
        if Layout::of(&best).is_some() {
            break; // a card has one reading direction
        }
    }
    Ok(best)
}

/// The part of a line where a label stands, the line read as it lies or, at `turn` 2, from its other end.
fn beginning(line: &Quad, turn: usize) -> Quad {
    let [tl, tr, _, bl] = *line;
    // Upright lines are read from above, see [`ocr::crop_line`].
    let upright = distance(tl, bl) >= 1.5 * distance(tl, tr);
    let [tl, tr, br, bl] = turned(line, turn + usize::from(upright));
    let share = (WORD_LENGTH * distance(tl, bl) / distance(tl, tr).max(1.0)).min(1.0);
    let cut = |from: Point, to: Point| std::array::from_fn(|k| from[k] + share * (to[k] - from[k]));
    [tl, cut(tl, tr), cut(bl, br), bl]
}
