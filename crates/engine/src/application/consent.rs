//! Answers to consents.

use super::moves::{Happens, apply, event, open};
use super::view::{self, ApplicationView};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use serde_json::json;
use shiming_domain::application::{Application, EventKind, State, WithdrawReason};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::policy::Consent;
use shiming_domain::steps::{Answer, Content, Verdict};
use shiming_store::Tx;
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
    for kind in answers.keys() {
        crate::account::require_consent_text(service, *kind, version)?;
    }
    again!(try_save(service, caller, id, &answers, (version, locale)))
}

/// Whoever asks for a person because of their face refuses its use, as if they had answered so.
pub(super) async fn face_is_refused(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
) -> Result<(), Error> {
    let Some(before) = stored::consents(tx, application.id).await?.remove(&Consent::Face) else {
        return Ok(());
    };
    if before.answer == Answer::Refused {
        return Ok(());
    }
    let refused = Answered { answer: Answer::Refused, at: service.now(), ..before };
    stored::keep_consent(tx, application.id, Consent::Face, &refused).await?;
    let text = (refused.text_version.as_str(), refused.locale.as_str());
    let answers = [(Consent::Face, Answer::Refused)].into();
    crate::account::remember_consents(service, tx, application.account, &answers, text).await
}

/// The owner took a consent back. Without one that is needed the open application ends. Without the face it goes
/// on as long as nothing was submitted that rests on it.
pub(crate) async fn consent_withdrawn(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    account: AccountId,
    kind: Consent,
    required: bool,
) -> Result<(), Error> {
    let Some(found) = stored::open_of(tx, account).await? else { return Ok(()) };
    let id = found.application.id;
    let state = found.application.state();
    let given = state.steps().is_some_and(|steps| steps.consent(kind) == Some(Answer::Given));
    if !required && !given {
        return Ok(());
    }
    let goes_on = !required && matches!(state, State::Draft { .. } | State::Resubmit { .. });
    let what = if goes_on {
        EventKind::SaveStep {
            content: Content::Consents([(kind, Answer::Refused)].into()),
            verdict: Verdict::Accepted,
            counters: BTreeMap::new(),
        }
    } else {
        EventKind::Withdraw(WithdrawReason::ConsentWithdrawn)
    };
    if goes_on && let Some(before) = stored::consents(tx, id).await?.remove(&kind) {
        let refused = Answered { answer: Answer::Refused, at: service.now(), ..before };
        stored::keep_consent(tx, id, kind, &refused).await?;
    }
    let facts = vec![("consent_withdrawn", json!(kind))];
    let happens = Happens { by: &caller.actor(), event: event(service, caller, what)?, facts };
    apply(service, tx, found, happens).await?;
    Ok(())
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
    let account = moved.application.account;
    crate::account::remember_consents(service, &mut tx, account, answers, (version, locale)).await?;
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    Ok(Pending::new(service, tx, view))
}
