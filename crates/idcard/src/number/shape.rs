//! Lengths and characters of each kind: what must hold before a number has a normal form at all.

use super::{NumberError, NumberKind};

/// What may stand at one position.
#[derive(Clone, Copy)]
enum Slot {
    Digit,
    DigitOrX,
    Letter,
    DigitOrLetter,
    OneOf(&'static [char]),
}

impl Slot {
    fn allows(self, ch: char) -> bool {
        match self {
            Self::Digit => ch.is_ascii_digit(),
            Self::DigitOrX => ch.is_ascii_digit() || ch == 'X',
            Self::Letter => ch.is_ascii_uppercase(),
            Self::DigitOrLetter => ch.is_ascii_digit() || ch.is_ascii_uppercase(),
            Self::OneOf(set) => set.contains(&ch),
        }
    }
}

/// What a kind asks for at `index` of a number of `len` characters; `None` if no number is that long.
fn slot(kind: NumberKind, len: usize, index: usize) -> Option<Slot> {
    use NumberKind as K;
    match (kind, len) {
        (K::Resident | K::HmtResidencePermit | K::ForeignPr2023, 18) => {
            Some(if index == 17 { Slot::DigitOrX } else { Slot::Digit })
        }
        (K::Resident, 15) | (K::TwTravelPermit, 8) => Some(Slot::Digit),
        (K::ForeignPr2017, 15) => Some(if index < 3 { Slot::Letter } else { Slot::Digit }),
        (K::HmTravelPermit, 9 | 11) => Some(if index == 0 { Slot::OneOf(&['H', 'M']) } else { Slot::Digit }),
        (K::CnPassport, 9) => Some(match index {
            0 => Slot::OneOf(&['E']),
            1 => Slot::DigitOrLetter,
            _ => Slot::Digit,
        }),
        _ => None,
    }
}

/// Checks length and characters of a normalised text.
pub(super) fn check_shape(kind: NumberKind, text: &str) -> Result<(), NumberError> {
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let len = text.chars().count();
    for (index, ch) in text.chars().enumerate() {
        let slot = slot(kind, len, index).ok_or(NumberError::Length)?;
        if !slot.allows(ch) {
            return Err(NumberError::Charset);
        }
    }
    Ok(())
}
