//! Answers to consents.

use super::moves::{Happens, apply, event, open};
use super::view::{self, ApplicationView};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use serde_json::json;
use shiming_domain::application::EventKind;
use shiming_domain::id::ApplicationId;
use shiming_domain::policy::Consent;
use shiming_domain::steps::{Answer, Content, Verdict};
use shiming_store::application::{self as stored, Answered};
use std::collections::BTreeMap;

/// Saves answers to consents, each of its own, with the version of the text and the language it was read in.
pub async fn save_consent(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    answers: BTreeMap<Consent, Answer>,
    text: (&str, &str),
) -> Result<Pending<ApplicationView>, Error> {
    let (version, locale) = text;
    let short = |text: &str| !text.is_empty() && text.len() <= 32 && text.is_ascii();
    if answers.is_empty() || !short(version) || !short(locale) {
        let detail = "Answer at least one consent, and say which text was shown in which language.";
        return Err(Refused::new(Kind::Malformed, "consent_malformed", detail).into());
    }
    again!(try_save(service, caller, id, &answers, (version, locale)))
}

async fn try_save(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    answers: &BTreeMap<Consent, Answer>,
    (version, locale): (&str, &str),
) -> Result<Pending<ApplicationView>, Error> {
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    let kind = EventKind::SaveStep {
        content: Content::Consents(answers.clone()),
        verdict: Verdict::Accepted,
        counters: BTreeMap::new(),
    };
    // The audit row is the record of the consent: who, what, which text, when.
    let facts = vec![
        ("step", json!("consent")),
        ("answers", json!(answers)),
        ("text_version", json!(version)),
        ("locale", json!(locale)),
    ];
    let happens = Happens { by: &caller.actor(), event: event(service, caller, kind)?, facts };
    let moved = apply(service, &mut tx, found, happens).await?;
    for (kind, answer) in answers {
        let (text_version, locale) = (version.to_owned(), locale.to_owned());
        let answered = Answered { answer: *answer, text_version, locale, at: service.now() };
        stored::keep_consent(&mut tx, id, *kind, &answered).await?;
    }
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    Ok(Pending::new(service, tx, view))
}
