//! Names on Chinese identity documents: what a name may consist of, and when two spellings are one name.
//!
//! Folding serves comparison only; the original is always kept. Nothing is ever transliterated to decide.

mod compare;
mod fold;
mod han;
mod tables;

pub use compare::{NameMatch, compare};
pub use fold::fold;
pub use han::{is_han, is_private_use, is_rare, is_standard};

/// Longest name, in characters without spaces.
pub const MAX_CHARS: usize = 60;

/// Why a text cannot be a name. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NameError {
    /// Nothing but space.
    #[error("the name is empty")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error("the name is longer than 60 characters")]
    TooLong,
    /// A character that no resident card prints in a name: Latin letters, digits, punctuation, emoji.
    #[error("the name holds a character that is not a Chinese character")]
    Charset,
    /// A middle dot at an end, or two in a row.
    #[error("the middle dot stands at an end of the name or twice in a row")]
    Dot,
}

impl NameError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Charset => "charset",
            Self::Dot => "dot",
        }
    }
}

/// A name as typed or printed, checked to be one. Redacted in `Debug`, without `Display`.
///
/// Equality is that of the text; whether two spellings are one name is for [`LegalName::compare`].
///
/// ```
/// use shiming_idcard::{LegalName, NameMatch};
/// let typed = LegalName::parse("买买提 • 吐尔逊").unwrap();
/// let printed = LegalName::parse("买买提·吐尔逊").unwrap();
/// assert_eq!(typed.compare(&printed), NameMatch::Same);
/// assert_eq!(format!("{typed:?}"), "LegalName(redacted)");
/// assert!(LegalName::parse("Zhang San").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LegalName(String);

impl LegalName {
    /// Takes a name. White space and glyph selectors are dropped, any middle dot becomes `·`, and radicals that
    /// copied texts hold in place of characters (`⻢`) become those; nothing else is changed.
    ///
    /// Private-use characters, which old bank systems carry for rare characters, are let in: a person must
    /// look at them, see [`has_private_use`](Self::has_private_use).
    ///
    /// # Errors
    /// [`NameError`] says which rule the text breaks.
    pub fn parse(input: &str) -> Result<Self, NameError> {
        let mut name = String::new();
        let mut count = 0;
        for ch in input.chars() {
            if ch.is_whitespace() {
                continue;
            }
            // A selector only chooses the glyph of the character before it.
            if han::is_variation_selector(ch) && count > 0 {
                continue;
            }
            count += 1;
            if count > MAX_CHARS {
                return Err(NameError::TooLong);
            }
            let ch = fold::unified_radical(fold::fold_dot(ch));
            if ch != fold::DOT && !is_han(ch) && !is_private_use(ch) {
                return Err(NameError::Charset);
            }
            name.push(ch);
        }
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.starts_with(fold::DOT) || name.ends_with(fold::DOT) || name.contains("··") {
            return Err(NameError::Dot);
        }
        Ok(Self(name))
    }

    /// The whole name, in clear.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A mask of fixed width that keeps no character: ends and length alone identify most Chinese names.
    pub fn masked(&self) -> &'static str {
        "***"
    }

    /// Whether a person must look because a character has no public meaning.
    pub fn has_private_use(&self) -> bool {
        self.0.chars().any(is_private_use)
    }

    /// Whether a character is outside what OCR usually knows.
    pub fn has_rare(&self) -> bool {
        fold(&self.0).chars().any(is_rare)
    }

    /// Compares with another name; see [`compare`].
    pub fn compare(&self, other: &Self) -> NameMatch {
        compare(&self.0, &other.0)
    }
}

impl std::fmt::Debug for LegalName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegalName(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_kinds() {
        for text in [
            "张三",
            "欧阳修",
            "王",
            "买买提·吐尔逊",
            "王𬀩",
            "〇",
            "李㛃",
            "\u{e000}",
            "赵\u{30edd}",
            "刘\u{323b0}",
            "葛\u{e0100}",
        ] {
            assert!(LegalName::parse(text).is_ok(), "{text}");
        }
        assert_eq!(LegalName::parse(" 张　三 ").unwrap().reveal(), "张三");
        assert_eq!(LegalName::parse("⻢⽅").unwrap().reveal(), "马方");
        assert_eq!(LegalName::parse("阿・卜").unwrap().reveal(), "阿·卜");
        assert!(LegalName::parse(&"张".repeat(60)).is_ok());
    }

    #[test]
    fn what_is_no_name() {
        for (text, error) in [
            ("", NameError::Empty),
            (" \u{3000}", NameError::Empty),
            ("张San", NameError::Charset),
            ("张3", NameError::Charset),
            ("张😀", NameError::Charset),
            ("张\u{200b}三", NameError::Charset),
            ("\u{e0100}张", NameError::Charset),
            ("ไทย", NameError::Charset),
            ("·张", NameError::Dot),
            ("张·", NameError::Dot),
            ("张··三", NameError::Dot),
            ("张·•三", NameError::Dot),
        ] {
            assert_eq!(LegalName::parse(text), Err(error), "{text}");
        }
        assert_eq!(LegalName::parse(&"张".repeat(61)), Err(NameError::TooLong));
    }

    #[test]
    fn mask_shows_neither_ends_nor_length() {
        assert_eq!(LegalName::parse("张三").unwrap().masked(), "***");
        assert_eq!(LegalName::parse("买买提·吐尔逊").unwrap().masked(), "***");
    }
}
