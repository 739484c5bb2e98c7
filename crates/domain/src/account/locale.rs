//! The language a person reads.

use serde::{Deserialize, Serialize};

/// A language in which texts exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// The tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// From its tag.
    pub fn of(tag: &str) -> Option<Self> {
        [Self::ZhCn, Self::En].into_iter().find(|locale| locale.as_str() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_one_tag() {
        for locale in [Locale::ZhCn, Locale::En] {
            assert_eq!(Locale::of(locale.as_str()), Some(locale));
            assert_eq!(serde_json::to_value(locale).unwrap(), locale.as_str());
        }
        assert_eq!(Locale::of("fr"), None);
    }
}
