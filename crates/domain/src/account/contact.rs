//! Where a person is reached: an e-mail address or a phone number, in one normal form each, so that every
//! spelling of one contact is one contact.

use crate::personal::Personal;

/// Characters of a mail address (RFC 5321: 256 for a path with its brackets).
const MAIL_CHARS_MAX: usize = 254;
/// Characters before the `@`.
const MAIL_LOCAL_CHARS_MAX: usize = 64;
/// Figures of a phone number (ITU-T E.164).
const PHONE_FIGURES: std::ops::RangeInclusive<usize> = 8..=15;

/// What kind of contact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// An address for mail.
    Email,
    /// A number for short messages.
    Phone,
}

/// A contact in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    kind: ContactKind,
    value: Personal,
}

/// The text is neither a mail address nor a phone number. It is not repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is neither a mail address nor a phone number with its country code")]
pub struct NotAContact;

impl ContactKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// From its stable name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Email, Self::Phone].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Contact {
    /// Reads what a person typed. A number without a country code is a mobile number of the mainland, which
    /// is told by its shape.
    pub fn parse(typed: &str) -> Result<Self, NotAContact> {
        let typed = typed.trim();
        if typed.contains('@') { mail(typed) } else { phone(typed) }.ok_or(NotAContact)
    }

    /// From a normal form that was stored.
    pub fn stored(kind: ContactKind, normal_form: &str) -> Self {
        Self { kind, value: Personal::new(normal_form) }
    }

    /// What kind it is.
    pub const fn kind(&self) -> ContactKind {
        self.kind
    }

    /// The normal form.
    pub const fn value(&self) -> &Personal {
        &self.value
    }

    /// To recognise it by: the first letter and the domain of a mail address, the first three and last two
    /// figures of a number.
    pub fn masked(&self) -> String {
        let text = self.value.reveal();
        match self.kind {
            ContactKind::Email => {
                let first: String = text.chars().take(1).collect();
                let domain = text.rsplit_once('@').map_or("", |(_, domain)| domain);
                format!("{first}***@{domain}")
            }
            ContactKind::Phone => {
                let national = text.strip_prefix("+86").or_else(|| text.strip_prefix('+')).unwrap_or(text);
                let first: String = national.chars().take(3).collect();
                let last =
                    national.len().checked_sub(2).and_then(|at| national.get(at..)).unwrap_or_default();
                format!("{first}******{last}")
            }
        }
    }
}

/// Lower case throughout: no provider that matters tells `A@` from `a@`, and two accounts of one mailbox
/// would be two limits.
fn mail(typed: &str) -> Option<Contact> {
    let (local, domain) = typed.rsplit_once('@')?;
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),:;<>[\\]@".contains(&b))
    };
    let dots = |text: &str| !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let fits = typed.len() <= MAIL_CHARS_MAX && local.len() <= MAIL_LOCAL_CHARS_MAX;
    let good = fits && plain(local) && dots(local) && domain.contains('.') && domain.split('.').all(label);
    good.then(|| Contact { kind: ContactKind::Email, value: Personal::new(typed.to_ascii_lowercase()) })
}

fn phone(typed: &str) -> Option<Contact> {
    let mut text: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    if let Some(rest) = text.strip_prefix("00") {
        text = format!("+{rest}");
    }
    let is_mobile = |t: &str| t.len() == 11 && t.starts_with('1') && !t.starts_with("10") && figures(t);
    if is_mobile(&text) {
        text = format!("+86{text}");
    }
    let national = text.strip_prefix('+')?;
    let good = PHONE_FIGURES.contains(&national.len()) && figures(national) && !national.starts_with('0');
    let good = good && national.strip_prefix("86").is_none_or(is_mobile);
    good.then(|| Contact { kind: ContactKind::Phone, value: Personal::new(text) })
}

fn figures(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(typed: &str) -> Option<(ContactKind, String)> {
        let contact = Contact::parse(typed).ok()?;
        Some((contact.kind(), contact.value().reveal().to_owned()))
    }

    #[test]
    fn every_spelling_of_a_contact_is_one() {
        for typed in ["13800138000", "+86 138 0013 8000", "0086-138-0013-8000", " (138)00138000 "] {
            assert_eq!(normal(typed), Some((ContactKind::Phone, "+8613800138000".to_owned())), "{typed}");
        }
        for typed in ["Wang.Fang@Example.ORG", " wang.fang@example.org "] {
            assert_eq!(normal(typed), Some((ContactKind::Email, "wang.fang@example.org".to_owned())));
        }
        assert_eq!(normal("+1 (415) 555-0100").unwrap().1, "+14155550100");
    }

    #[test]
    fn what_cannot_be_reached_is_no_contact() {
        let long = format!("{}@example.org", "a".repeat(65));
        for typed in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@example.org",
            "a..b@example.org",
            "a@-b.org",
            "a@b..org",
            "a@b.org>",
            "a@b.org\r\nBcc: c@d.e",
            "名@example.org",
            "12345",
            "+8610012345678",
            "110",
            "+0123456789",
            "+1234567890123456",
            "138001380000",
            &long,
        ] {
            assert_eq!(normal(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_mask_shows_what_one_recognises() {
        let masked = |typed: &str| Contact::parse(typed).unwrap().masked();
        assert_eq!(masked("13800138000"), "138******00");
        assert_eq!(masked("wang.fang@example.org"), "w***@example.org");
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own_normal_form(typed in "[ -~]{0,40}|1[3-9][0-9]{9}|[a-z.]{1,9}@[a-z.]{1,9}") {
            if let Ok(contact) = Contact::parse(&typed) {
                prop_assert_eq!(Contact::parse(contact.value().reveal()).unwrap(), contact);
            }
        }
    }
}
