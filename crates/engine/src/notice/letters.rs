//! Letters and short messages: notices outside of the product, and what is written about an account.

use super::texts::{self, AccountLetter, fill, pick};
use crate::outside::outbox::{self, Posted};
use crate::outside::{Letter, ShortMessage};
use crate::service::{Error, Service};
use shiming_domain::account::{Contact, ContactKind, Locale};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;

/// Sends a letter. An outage is a passing error; the same `message_id` is the same letter.
pub async fn letter(
    service: &Service,
    to: Personal,
    subject: &str,
    text: &str,
    message_id: String,
) -> Result<Posted, Error> {
    let subject = format!("[{}] {subject}", service.settings().product_name);
    outbox::mail(service, Letter { to, subject, text: text.to_owned(), message_id }).await
}

/// Sends a letter about an account to a contact by its own way: with a code that is good for so long, or without.
pub(crate) async fn account_letter(
    service: &Service,
    contact: &Contact,
    about: AccountLetter,
    code: Option<(&str, Span)>,
    locale: Locale,
    message_id: String,
) -> Result<Posted, Error> {
    let entry = texts::texts().account(about).ok_or(Error::Internal("account_text"))?;
    let body = fill(pick(&entry.body, locale), |name| match name {
        "code" => code.map(|(code, _)| code.to_owned()),
        "valid" => code.map(|(_, valid)| lasting(valid, locale)),
        "link" => Some(service.settings().public_url.clone()),
        _ => None,
    });
    let to = contact.value().clone();
    match contact.kind() {
        ContactKind::Email => {
            let frame = &texts::texts().words.letter;
            let text = paragraphs(&[pick(&frame.greeting, locale), &body, pick(&frame.closing, locale)]);
            letter(service, to, pick(&entry.title, locale), &text, message_id).await
        }
        ContactKind::Phone => {
            let text = message_text(service, &body, locale);
            outbox::sms(service, ShortMessage { to, text, message_id }).await
        }
    }
}

/// The text of a letter around what it says.
pub(super) fn letter_text(service: &Service, body: &str, locale: Locale) -> String {
    let frame = &texts::texts().words.letter;
    let settings = service.settings();
    let place = fill(pick(&frame.place, locale), |name| match name {
        "product" => Some(settings.product_name.clone()),
        "link" => Some(settings.public_url.clone()),
        _ => None,
    });
    paragraphs(&[pick(&frame.greeting, locale), body, &place, pick(&frame.closing, locale)])
}

/// The text of a short message: who says it, then what, in the form that gateways ask for in Chinese.
pub(super) fn message_text(service: &Service, text: &str, locale: Locale) -> String {
    let product = &service.settings().product_name;
    match locale {
        Locale::ZhCn => format!("【{product}】{text}"),
        Locale::En => format!("{product}: {text}"),
    }
}

fn paragraphs(parts: &[&str]) -> String {
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

/// A length of time in words: whole hours as hours, the rest as minutes.
fn lasting(span: Span, locale: Locale) -> String {
    let minutes = span.us() / Span::minutes(1).us();
    let (n, is_hours) =
        if minutes >= 60 && minutes % 60 == 0 { (minutes / 60, true) } else { (minutes, false) };
    match (locale, is_hours) {
        (Locale::ZhCn, true) => format!("{n} 小时"),
        (Locale::ZhCn, false) => format!("{n} 分钟"),
        (Locale::En, true) => format!("{n} hour{}", if n == 1 { "" } else { "s" }),
        (Locale::En, false) => format!("{n} minute{}", if n == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_in_words() {
        assert_eq!(lasting(Span::minutes(10), Locale::ZhCn), "10 分钟");
        assert_eq!(lasting(Span::hours(24), Locale::En), "24 hours");
        assert_eq!(lasting(Span::minutes(90), Locale::En), "90 minutes");
        assert_eq!(lasting(Span::minutes(1), Locale::En), "1 minute");
    }
}
