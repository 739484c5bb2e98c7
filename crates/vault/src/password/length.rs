//! How long a password must and may be. There are no other rules: no composition, no expiry, no hints.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Characters of a password beside which a second factor is asked (SP 800-63B-4).
pub const CHARS_MIN_WITH_FACTOR: usize = 8;
/// Characters of a password that stands alone.
pub const CHARS_MIN_ALONE: usize = 15;
/// Characters of any password. Nothing is ever cut off.
pub const CHARS_MAX: usize = 128;
/// Bytes beyond which a text is not even normalised. A composed character of 4 bytes comes from 9 at most,
/// so no allowed password is near it.
const BYTES_MAX: usize = 4_096;

/// The password is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    /// Fewer characters than needed.
    #[error("a password has at least {min} characters")]
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More than [`CHARS_MAX`] characters.
    #[error("a password has at most {CHARS_MAX} characters")]
    TooLong,
}

/// Whether a new password is long enough. Characters are Unicode scalar values after NFC, so every way of
/// typing an accented letter counts the same.
pub fn check_length(password: &str, with_second_factor: bool) -> Result<(), LengthError> {
    let min = if with_second_factor { CHARS_MIN_WITH_FACTOR } else { CHARS_MIN_ALONE };
    let normal = normal_form(password)?;
    if normal.chars().count() < min { Err(LengthError::TooShort { min }) } else { Ok(()) }
}

/// NFC, refused if too long.
pub(super) fn normal_form(password: &str) -> Result<Zeroizing<String>, LengthError> {
    if password.len() > BYTES_MAX {
        return Err(LengthError::TooLong);
    }
    // Room for the longest normal form at once: a growing string would leave copies behind.
    let mut normal = Zeroizing::new(String::with_capacity(3 * BYTES_MAX));
    normal.extend(password.nfc());
    if normal.chars().count() > CHARS_MAX { Err(LengthError::TooLong) } else { Ok(normal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_hold_at_the_lengths() {
        let of = |count| "p".repeat(count);
        assert_eq!(check_length(&of(7), true), Err(LengthError::TooShort { min: 8 }));
        assert_eq!(check_length(&of(8), true), Ok(()));
        assert_eq!(check_length(&of(14), false), Err(LengthError::TooShort { min: 15 }));
        assert_eq!(check_length(&of(15), false), Ok(()));
        assert_eq!(check_length(&of(128), false), Ok(()));
        assert_eq!(check_length(&of(129), false), Err(LengthError::TooLong));
        assert_eq!(check_length(&of(1_000_000), true), Err(LengthError::TooLong));
        assert_eq!(check_length("", true), Err(LengthError::TooShort { min: 8 }));
    }

    #[test]
    fn characters_count_not_bytes_or_keystrokes() {
        assert_eq!(check_length(&"🔑".repeat(128), false), Ok(()));
        assert_eq!(check_length(&"口".repeat(8), true), Ok(()));
        // A letter and a combining mark are one character.
        assert_eq!(check_length(&"e\u{301}".repeat(7), true), Err(LengthError::TooShort { min: 8 }));
        assert_eq!(check_length(&"e\u{301}".repeat(128), false), Ok(()));
        assert_eq!(check_length(&"e\u{301}".repeat(129), false), Err(LengthError::TooLong));
    }
}
