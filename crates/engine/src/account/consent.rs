//! Consents of an account: which were given to which text, taking one back, and giving it again.
//!
//! What may be refused may be taken back without harm: of a face everything is destroyed at once, and an
//! application that does not rest on it yet goes on without. Without the others nothing may be processed: the
//! open application ends, and the account is restricted until they are given again.

use super::{existing, own};
use crate::application;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service, Subject};
use crate::wallet;
use shiming_domain::account::{LiftedBy, Restriction, SetBy};
use shiming_domain::effect::Effect;
use shiming_domain::id::{AccountId, EventId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use shiming_store::Tx;
use shiming_store::account::{self as stored, ConsentState, StoredConsent};
use shiming_store::audit::Audit;
use std::collections::BTreeMap;

/// A consent as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentView {
    /// Which.
    pub kind: Consent,
    /// Nothing can go on without it.
    pub required: bool,
    /// The text that is in force.
    pub current_text: String,
    /// How it stands; none if it was never asked for.
    pub answer: Option<StoredConsent>,
}

impl ConsentView {
    /// It was given to a text that is no longer in force, and is asked for again before anything goes on.
    pub fn is_outdated(&self) -> bool {
        let given = self.answer.as_ref().filter(|answer| answer.state == ConsentState::Given);
        given.is_some_and(|answer| answer.text_version != self.current_text)
    }
}

/// The text in which a consent is asked for now; none if it is not asked for.
pub fn current_text(service: &Service, kind: Consent) -> Option<&str> {
    let section = &service.policy().consents;
    section.kinds.contains(&kind).then(|| section.text_versions.get(&kind).map(String::as_str)).flatten()
}

/// An answer to another text than the one in force is none, and is refused.
pub(crate) fn require_text(service: &Service, kind: Consent, text_version: &str) -> Result<(), Error> {
    match current_text(service, kind) {
        Some(current) if current == text_version => Ok(()),
        Some(current) => {
            let detail = format!("This is not the text in force. Show version `{current}` and ask again.");
            Err(Refused::new(Kind::Conflict, "consent_text_changed", detail).into())
        }
        None => {
            Err(Refused::new(Kind::Unacceptable, "consent_unknown", "Nobody asks for this consent.").into())
        }
    }
}

/// Asked for, and nothing goes on without it.
fn is_required(service: &Service, kind: Consent) -> bool {
    let section = &service.policy().consents;
    section.kinds.contains(&kind) && !section.optional.contains(&kind)
}

/// Whether all these consents of an account are given, as far as the policy asks for them.
pub(crate) async fn are_given(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    kinds: &[Consent],
) -> Result<bool, Error> {
    let answers = stored::consents(tx, account).await?;
    let given = |kind: &Consent| {
        answers.iter().any(|answer| answer.kind == *kind && answer.state == ConsentState::Given)
    };
    let asked = &service.policy().consents.kinds;
    Ok(kinds.iter().filter(|kind| asked.contains(kind)).all(given))
}

/// The consents of whoever asks.
pub async fn consents(service: &Service, caller: &Caller) -> Result<Vec<ConsentView>, Error> {
    let account = own(caller)?;
    let mut tx = service.store().read().await?;
    all(service, &mut tx, account).await
}

async fn all(service: &Service, tx: &mut Tx, account: AccountId) -> Result<Vec<ConsentView>, Error> {
    let answers = stored::consents(tx, account).await?;
    let kinds = service.policy().consents.kinds.iter().copied();
    Ok(kinds
        .map(|kind| ConsentView {
            kind,
            required: is_required(service, kind),
            current_text: current_text(service, kind).unwrap_or_default().to_owned(),
            answer: answers.iter().find(|answer| answer.kind == kind).cloned(),
        })
        .collect())
}

/// Remembers what an application was answered, and lifts what a withdrawal had restricted.
pub(crate) async fn remember(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    answers: &BTreeMap<Consent, Answer>,
    (text_version, locale): (&str, &str),
) -> Result<(), Error> {
    for (kind, answer) in answers {
        let state = match answer {
            Answer::Given => ConsentState::Given,
            Answer::Refused => ConsentState::Refused,
        };
        keep(tx, account, *kind, state, (text_version, locale), service.now()).await?;
    }
    lift(service, tx, account).await
}

async fn keep(
    tx: &mut Tx,
    account: AccountId,
    kind: Consent,
    state: ConsentState,
    (text_version, locale): (&str, &str),
    at: Timestamp,
) -> Result<(), Error> {
    let (text_version, locale) = (text_version.to_owned(), locale.to_owned());
    Ok(stored::save_consent(tx, account, &StoredConsent { kind, state, text_version, locale, at }).await?)
}

/// Every consent that the account needs is given again.
async fn lift(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    // Of two that are given at once the second sees the first.
    stored::hold(tx, account).await?;
    if existing(tx, account).await?.restrictions.get(Restriction::ConsentWithdrawn).is_none() {
        return Ok(());
    }
    let withdrawn =
        |answer: &StoredConsent| is_required(service, answer.kind) && answer.state != ConsentState::Given;
    if stored::consents(tx, account).await?.iter().any(withdrawn) {
        return Ok(());
    }
    wallet::lift(service, tx, account, Restriction::ConsentWithdrawn, LiftedBy::ConsentGiven).await
}

/// Takes a consent back. Again changes nothing.
pub async fn withdraw_consent(
    service: &Service,
    caller: &Caller,
    kind: Consent,
) -> Result<Pending<Vec<ConsentView>>, Error> {
    again!(try_withdraw(service, caller, kind))
}

async fn try_withdraw(
    service: &Service,
    caller: &Caller,
    kind: Consent,
) -> Result<Pending<Vec<ConsentView>>, Error> {
    let (account, now) = (own(caller)?, service.now());
    let mut tx = service.store().change().await?;
    let answers = stored::consents(&mut tx, account).await?;
    let Some(given) = answers.into_iter().find(|answer| answer.kind == kind) else {
        let detail = "This consent was never given.";
        return Err(Refused::new(Kind::Conflict, "consent_not_given", detail).into());
    };
    if given.state != ConsentState::Given {
        // Nothing to change, so nothing to audit.
        drop(tx);
        let mut tx = service.store().housekeep().await?;
        let views = all(service, &mut tx, account).await?;
        return Ok(Pending::new(service, tx, views));
    }
    let text = (given.text_version.as_str(), given.locale.as_str());
    keep(&mut tx, account, kind, ConsentState::Withdrawn, text, now).await?;
    application::consent_withdrawn(service, &mut tx, caller, account, kind, is_required(service, kind))
        .await?;
    if kind == Consent::Face {
        let subject = Subject { account, application: None };
        service.push_effects(&mut tx, service.id(EventId::at), subject, &[Effect::ShredFaceData]).await?;
    }
    if is_required(service, kind) {
        wallet::restrict(service, &mut tx, account, Restriction::ConsentWithdrawn, SetBy::Person).await?;
    }
    let audit = Audit::new(&caller.actor(), "consent.withdraw", "account", account)
        .with("kind", serde_json::json!(kind))
        .with("text_version", given.text_version.as_str());
    tx.audit(&audit, now).await?;
    let views = all(service, &mut tx, account).await?;
    Ok(Pending::new(service, tx, views))
}

/// Gives a consent without an application that asks for it: again, or to a text that has changed.
pub async fn give_consent(
    service: &Service,
    caller: &Caller,
    kind: Consent,
    (text_version, locale): (&str, &str),
) -> Result<Pending<Vec<ConsentView>>, Error> {
    let (account, now) = (own(caller)?, service.now());
    require_text(service, kind, text_version)?;
    if locale.is_empty() || locale.len() > 32 || !locale.is_ascii() {
        let detail = "Say in which language the text was shown.";
        return Err(Refused::new(Kind::Malformed, "consent_malformed", detail).into());
    }
    let mut tx = service.store().change().await?;
    keep(&mut tx, account, kind, ConsentState::Given, (text_version, locale), now).await?;
    let audit = Audit::new(&caller.actor(), "consent.give", "account", account)
        .with("kind", serde_json::json!(kind))
        .with("text_version", text_version)
        .with("locale", locale);
    tx.audit(&audit, now).await?;
    lift(service, &mut tx, account).await?;
    let views = all(service, &mut tx, account).await?;
    Ok(Pending::new(service, tx, views))
}
