//! Greedy CTC decoding, once over everything the network said and once over a chosen alphabet.

use super::{Dictionary, Mask};
use std::fmt;

/// Characters whose probability is kept at every step, however small: numbers, dates, machine-readable
/// lines, sexes. A masked decode over these is exact.
const ALWAYS_KEPT: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<年月日长期男女.-";
/// Other candidates kept per step, and the probability below which none is.
const OTHERS_MAX: usize = 24;
const OTHERS_MIN: f32 = 1e-6;
/// Horizontal pixels of the 48-px-high input per step.
const STEP_PX: f32 = 8.0;

/// One read character.
#[derive(Clone, Copy, PartialEq)]
pub struct Char {
    /// The character.
    pub c: char,
    /// Its probability, 0–1.
    pub p: f32,
    /// Horizontal centre, pixels of the strip that was read.
    pub x: f32,
}

/// One read line. It may be somebody's name, so `Debug` shows its length only.
#[derive(Clone, Default, PartialEq)]
pub struct Line {
    /// The characters joined.
    pub text: String,
    /// Mean probability of the characters, 0–1; 0 for an empty line.
    pub confidence: f32,
    /// Each character.
    pub chars: Vec<Char>,
}

impl fmt::Debug for Char {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Char(… {:.3} at {:.1})", self.p, self.x)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} characters, {:.3})", self.chars.len(), self.confidence)
    }
}

/// What the network said about a line, reduced to what decoding needs (the full answer is 75 kB a step).
#[derive(Clone, Default)]
pub struct LineLogits {
    steps: Vec<Step>,
    /// Strip pixels per pixel of the network's input.
    scale: f32,
}

#[derive(Clone)]
struct Step {
    blank: f32,
    /// The best of all classes.
    best: (u32, char, f32),
    /// Candidates, by character.
    kept: Vec<(char, f32)>,
}

const BLANK: u32 = 0;

impl LineLogits {
    /// From `probabilities` (steps × classes, row-major, softmax already applied). Values that are not
    /// finite count as 0.
    pub(super) fn new(probabilities: &[f32], dictionary: &Dictionary, scale: f32) -> Self {
        let always: Vec<(char, usize)> =
            ALWAYS_KEPT.chars().filter_map(|c| dictionary.index(c).map(|i| (c, i as usize))).collect();
        let steps = probabilities
            .chunks_exact(dictionary.classes())
            .map(|row| Step::new(row, dictionary, &always))
            .collect();
        Self { steps, scale }
    }

    /// Every character of the dictionary competes.
    pub fn decode(&self) -> Line {
        let mut line = Collector::new(self.scale);
        for (i, step) in self.steps.iter().enumerate() {
            let (index, c, p) = step.best;
            line.step(i, index, (index != BLANK).then_some(c), p);
        }
        line.finish()
    }

    /// Only the characters of `mask` and the blank compete. Exact for digits, A–Z, `<`, 年月日长期男女 and
    /// date punctuation; another character takes part at the steps where it was among the 24 likeliest.
    pub fn decode_masked(&self, mask: &Mask) -> Line {
        let mut line = Collector::new(self.scale);
        for (i, step) in self.steps.iter().enumerate() {
            let allowed = step.kept.iter().filter(|(c, _)| mask.characters.binary_search(c).is_ok());
            let (c, p) = allowed.fold(
                (None, step.blank),
                |best, &(c, p)| {
                    if p > best.1 { (Some(c), p) } else { best }
                },
            );
            line.step(i, c.map_or(BLANK, |c| u32::from(c) + 1), c, p);
        }
        line.finish()
    }
}

impl Step {
    fn new(row: &[f32], dictionary: &Dictionary, always: &[(char, usize)]) -> Self {
        let clean = |p: f32| if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        let blank = clean(row.first().copied().unwrap_or(0.0));
        let mut candidates: Vec<(usize, f32)> = Vec::new();
        // Nearly all blocks hold nothing but zeros: look inside only where the largest is worth it.
        for (block, values) in row.chunks(32).enumerate() {
            let mut lanes = [0.0_f32; 8];
            for part in values.chunks(8) {
                for (lane, &v) in lanes.iter_mut().zip(part) {
                    *lane = if v > *lane { v } else { *lane };
                }
            }
            if lanes.iter().any(|&v| v > OTHERS_MIN) {
                let found = values.iter().enumerate().filter(|(_, p)| **p > OTHERS_MIN);
                candidates.extend(found.map(|(i, p)| (block * 32 + i, clean(*p))));
            }
        }
        let mut best = (BLANK, ' ', blank);
        for &(index, p) in &candidates {
            if p > best.2
                && let Some(c) = dictionary.character(index)
            {
                best = (index as u32, c, p);
            }
        }
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        candidates.truncate(OTHERS_MAX);
        let mut kept: Vec<(char, f32)> =
            always.iter().map(|&(c, i)| (c, clean(row.get(i).copied().unwrap_or(0.0)))).collect();
        for (index, p) in candidates {
            if let Some(c) = dictionary.character(index)
                && !kept.iter().any(|(k, _)| *k == c)
            {
                kept.push((c, p));
            }
        }
        Self { blank, best, kept }
    }
}

/// Drops repeats and blanks.
struct Collector {
    line: Line,
    previous: u32,
    scale: f32,
}

impl Collector {
    fn new(scale: f32) -> Self {
        Self { line: Line::default(), previous: BLANK, scale }
    }

    fn step(&mut self, i: usize, index: u32, c: Option<char>, p: f32) {
        if let Some(c) = c
            && index != self.previous
        {
            self.line.text.push(c);
            self.line.chars.push(Char { c, p, x: (i as f32 + 0.5) * STEP_PX * self.scale });
        }
        self.previous = index;
    }

    fn finish(mut self) -> Line {
        let n = self.line.chars.len();
        if n > 0 {
            self.line.confidence = self.line.chars.iter().map(|c| c.p).sum::<f32>() / n as f32;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dictionary() -> Dictionary {
        Dictionary::for_tests(&['0', '1', 'X', 'O', '甲'])
    }

    /// Classes: blank, 0, 1, X, O, 甲, space.
    fn row(pairs: &[(usize, f32)]) -> [f32; 7] {
        let mut row = [0.0; 7];
        for &(i, p) in pairs {
            row[i] = p;
        }
        row
    }

    #[test]
    fn repeats_collapse_and_blanks_separate() {
        let d = dictionary();
        let rows = [
            row(&[(2, 0.9)]),
            row(&[(2, 0.8)]),
            row(&[(0, 1.0)]),
            row(&[(2, 0.6)]),
            row(&[(5, 0.6), (0, 0.4)]),
            row(&[(6, 0.5)]),
        ]
        .concat();
        let line = LineLogits::new(&rows, &d, 0.5).decode();
        assert_eq!(line.text, "11甲 ");
        assert!((line.confidence - (0.9 + 0.6 + 0.6 + 0.5) / 4.0).abs() < 1e-6);
        assert!((line.chars[1].x - 3.5 * 8.0 * 0.5).abs() < 1e-6);
        assert!(!format!("{line:?} {:?}", line.chars).contains('甲'));
    }

    #[test]
    fn the_mask_lets_the_runner_up_win() {
        let d = dictionary();
        let rows =
            [row(&[(4, 0.99), (1, 1e-8), (0, 1e-9)]), row(&[(0, 0.7), (3, 0.3)]), row(&[(3, 0.9)])].concat();
        let logits = LineLogits::new(&rows, &d, 1.0);
        assert_eq!(logits.decode().text, "OX");
        assert_eq!(logits.decode_masked(&Mask::id_number()).text, "0X");
        assert_eq!(LineLogits::new(&[], &d, 1.0).decode(), Line::default());
    }

    proptest! {
        #[test]
        fn any_numbers_are_survived(values in proptest::collection::vec(proptest::num::f32::ANY, 0..70)) {
            let logits = LineLogits::new(&values, &dictionary(), 1.0);
            for line in [logits.decode(), logits.decode_masked(&Mask::mrz())] {
                prop_assert!((0.0..=1.0).contains(&line.confidence));
                prop_assert_eq!(line.text.chars().count(), line.chars.len());
            }
        }
    }
}
