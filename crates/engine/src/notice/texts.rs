//! The texts of notices and of letters about accounts, read from `locales/notices.toml`.

use serde::Deserialize;
use shiming_domain::account::Locale;
use shiming_domain::notice::Notice;
use shiming_domain::reason::Text;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../locales/notices.toml");

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    // The table is compiled in and every test reads it, so this cannot depend on any input.
    toml::from_str(TABLE).expect("the embedded table of notices is read by every test")
});

/// What a letter about an account says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountLetter {
    /// A code that shows that a contact is one's own.
    ConfirmContact,
    /// A code that sets a new password.
    ResetPassword,
    /// A code that confirms something that asks for one more factor.
    StepUp,
    /// Somebody registered with a contact that has an account.
    AlreadyRegistered,
    /// The contact has changed; goes to the old one.
    ContactChanged,
    /// The password was set anew.
    PasswordChanged,
}

/// A title and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) title: Text,
    pub(super) body: Text,
}

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    #[serde(rename = "schema")]
    _schema: u32,
    pub(super) words: Words,
    account: BTreeMap<AccountLetter, Entry>,
    notice: BTreeMap<Notice, Entry>,
}

/// Words that are filled in, and the frame of a letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) steps: BTreeMap<String, Text>,
    pub(super) action: BTreeMap<String, Text>,
    pub(super) letter: Frame,
}

/// What every letter begins and ends with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frame {
    pub(super) greeting: Text,
    #[serde(rename = "where")]
    pub(super) place: Text,
    pub(super) closing: Text,
}

/// The table.
pub(super) fn texts() -> &'static Texts {
    &TEXTS
}

impl Texts {
    /// Of a notice.
    pub(super) fn notice(&self, notice: Notice) -> Option<&Entry> {
        self.notice.get(&notice)
    }

    /// Of a letter about an account.
    pub(super) fn account(&self, letter: AccountLetter) -> Option<&Entry> {
        self.account.get(&letter)
    }
}

/// The text in a language.
pub(super) fn pick(text: &Text, locale: Locale) -> &str {
    match locale {
        Locale::ZhCn => &text.zh_cn,
        Locale::En => &text.en,
    }
}

/// Fills a text. What is not known becomes `…`, never a raw placeholder.
pub(super) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(value(name).as_deref().unwrap_or("…"));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::AccountLetter::{
        AlreadyRegistered, ConfirmContact, ContactChanged, PasswordChanged, ResetPassword, StepUp,
    };
    use super::*;
    use shiming_domain::reason::Step::{Channel, Consent, EmblemSide, Evidence, Form, PortraitSide, Selfie};
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    fn checked(texts: &Text, known: &[&str], what: &str) {
        assert!(!texts.zh_cn.trim().is_empty() && !texts.en.trim().is_empty(), "{what} has a text missing");
        assert_eq!(placeholders(&texts.zh_cn), placeholders(&texts.en), "{what}");
        let known: BTreeSet<&str> = known.iter().copied().collect();
        assert!(placeholders(&texts.en).is_subset(&known), "{what} uses an unknown placeholder");
        assert!(texts.en.is_ascii(), "{what} in English holds something else");
    }

    #[test]
    fn every_notice_has_a_text_in_both_languages() {
        let texts: Texts = toml::from_str(TABLE).unwrap();
        for notice in Notice::ALL {
            let entry = texts.notice(*notice).unwrap_or_else(|| panic!("{} has no text", notice.as_str()));
            checked(&entry.title, super::super::params::KEYS, notice.as_str());
            checked(&entry.body, &[], notice.as_str());
            assert!(entry.title.zh_cn.chars().count() <= 40, "{} is no short message", notice.as_str());
        }
        assert_eq!(texts.notice.len(), Notice::ALL.len());
        for text in texts.words.steps.values().chain(texts.words.action.values()) {
            checked(text, &[], "a word");
        }
        let frame = &texts.words.letter;
        checked(&frame.greeting, &[], "greeting");
        checked(&frame.place, &["product", "link"], "where");
        checked(&frame.closing, &[], "closing");
    }

    #[test]
    fn every_letter_about_an_account_has_a_text_in_both_languages() {
        let texts: Texts = toml::from_str(TABLE).unwrap();
        let entry = |letter| {
            let entry = texts.account(letter).unwrap();
            checked(&entry.title, &[], "a title of a letter");
            entry
        };
        for letter in [ConfirmContact, ResetPassword, StepUp] {
            let body = &entry(letter).body;
            checked(body, &["code", "valid"], "a text of a code");
            assert!(body.en.contains("{code}") && body.en.contains("{valid}"));
        }
        for letter in [AlreadyRegistered, ContactChanged, PasswordChanged] {
            let body = &entry(letter).body;
            checked(body, &["link"], "a text of a letter");
            assert!(body.en.contains("{link}"));
        }
        assert_eq!(texts.account.len(), 6);
    }

    #[test]
    fn every_step_has_a_word() {
        let texts = texts();
        for step in [Consent, Form, PortraitSide, EmblemSide, Selfie, Channel, Evidence] {
            let name = serde_json::to_value(step).unwrap();
            assert!(texts.words.steps.contains_key(name.as_str().unwrap()), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_is_left_out_and_nothing_raw_is_shown() {
        let value = |name: &str| (name == "a").then(|| "{b}".to_owned());
        assert_eq!(fill("x {a} y {b} z", value), "x {b} y … z");
        assert_eq!(fill("x {a", value), "x {b}");
    }
}
