//! The two languages of text output.

use crate::cli::LangName;
use shiming_domain::reason::Text;

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    ZhCn,
    En,
}

impl Lang {
    /// What was asked for, else what the environment says, else English.
    pub(crate) fn choose(asked: Option<LangName>, variable: impl Fn(&str) -> Option<String>) -> Self {
        match asked {
            Some(LangName::ZhCn) => Self::ZhCn,
            Some(LangName::En) => Self::En,
            // POSIX: the first of these that is set and not empty decides.
            None => ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()))
                .map_or(Self::En, |value| if value.starts_with("zh") { Self::ZhCn } else { Self::En }),
        }
    }

    /// Picks the text of this language.
    pub(crate) fn of(self, text: &Text) -> &str {
        match self {
            Self::ZhCn => &text.zh_cn,
            Self::En => &text.en,
        }
    }

    /// Picks one of two words.
    pub(crate) fn pick<'a>(self, zh_cn: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::ZhCn => zh_cn,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |pairs: &'static [(&str, &str)]| {
            Lang::choose(None, |name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Lang::ZhCn);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Lang::En);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Lang::ZhCn);
        assert_eq!(of(&[]), Lang::En);
        assert_eq!(Lang::choose(Some(LangName::En), |_| Some("zh_CN".into())), Lang::En);
    }
}
