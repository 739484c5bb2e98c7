//! What review asks of the other parts, in one place.

use super::reveal::Element;
use crate::service::{Error, Service};
use crate::{account, application};
use shiming_domain::account::{Restriction, RestrictionEffect};
use shiming_domain::application::{Findings, State};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Step;
use shiming_store::application::StoredAttempt;
use shiming_store::case::StoredCase;
use shiming_store::{Tx, account as accounts, application as applications};

/// How a person stands, as far as urgency depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Level.
    pub(crate) level: u8,
    /// The account is frozen.
    pub(crate) frozen: bool,
}

/// How the person of an account stands.
pub(crate) async fn standing(tx: &mut Tx, account: AccountId) -> Result<Standing, Error> {
    let Some(account) = accounts::load(tx, account).await? else { return Ok(Standing::default()) };
    let frozen = account.restrictions.strongest() >= Some(RestrictionEffect::Frozen);
    Ok(Standing { level: account.level, frozen })
}

/// What the checks left for the person who decides.
pub(super) async fn findings(tx: &mut Tx, application: ApplicationId) -> Result<Findings, Error> {
    let found = applications::load(tx, application).await?;
    Ok(match found.as_ref().map(|found| found.application.state()) {
        Some(State::ManualReview { findings, .. }) => findings.clone(),
        _ => Findings::default(),
    })
}

/// The attempt a case is about: the one a second look looks at again, otherwise the last.
pub(super) async fn attempt(tx: &mut Tx, case: &StoredCase) -> Result<Option<StoredAttempt>, Error> {
    let Some(application) = case.application else { return Ok(None) };
    if let Some(attempt) = case.facts.reviewed.and_then(|reviewed| reviewed.attempt) {
        return Ok(applications::attempt(tx, attempt).await?);
    }
    Ok(applications::attempts(tx, application).await?.pop())
}

/// Since when a restriction is in force.
pub(super) async fn restricted_since(
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
) -> Result<Option<Timestamp>, Error> {
    let account = accounts::load(tx, account).await?;
    Ok(account.and_then(|account| account.restrictions.get(restriction)).map(|held| held.since))
}

/// One element of the data a case is about, in clear.
pub(super) async fn element(
    service: &Service,
    case: &StoredCase,
    element: Element,
) -> Result<Option<Vec<u8>>, Error> {
    let step = match element {
        Element::Contact => return contact(service, case.account).await,
        Element::Name | Element::IdNumber | Element::Fields => {
            return fields(service, case, element).await;
        }
        Element::Challenge => return challenge(service, case).await,
        Element::PortraitSide => Step::PortraitSide,
        Element::EmblemSide => Step::EmblemSide,
        Element::Selfie => Step::Selfie,
        Element::Evidence => Step::Evidence,
    };
    let mut tx = service.store().read().await?;
    let Some(attempt) = attempt(&mut tx, case).await? else { return Ok(None) };
    drop(tx);
    application::submitted_picture(service, attempt.application, attempt.attempt.id, step).await
}

async fn challenge(service: &Service, case: &StoredCase) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = service.store().read().await?;
    let Some(attempt) = attempt(&mut tx, case).await? else { return Ok(None) };
    drop(tx);
    application::liveness::submitted_challenge(service, attempt.application, attempt.attempt.id).await
}

async fn contact(service: &Service, account: AccountId) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = service.store().read().await?;
    let contacts = account::contacts(service, &mut tx, account).await?;
    let lines: Vec<String> = contacts.iter().map(|contact| contact.value().reveal().to_owned()).collect();
    Ok((!lines.is_empty()).then(|| lines.join("\n").into_bytes()))
}

/// Name and number as typed, or everything that was read beside them, as JSON.
async fn fields(service: &Service, case: &StoredCase, element: Element) -> Result<Option<Vec<u8>>, Error> {
    let Some(id) = case.application else { return Ok(None) };
    let mut tx = service.store().read().await?;
    let Some(found) = applications::load(&mut tx, id).await? else { return Ok(None) };
    let Some((declared, _)) = application::declared(service, &mut tx, &found.application).await? else {
        return Ok(None);
    };
    match element {
        Element::Name => Ok(Some(declared.name.reveal().as_bytes().to_vec())),
        Element::IdNumber => Ok(Some(declared.number.reveal().as_bytes().to_vec())),
        _ => {
            let Some(attempt) = attempt(&mut tx, case).await? else { return Ok(None) };
            let record = application::review::record_of(service, &mut tx, id, attempt.attempt.id).await?;
            let evidence = record.map(|record| serde_json::to_vec(&record.evidence)).transpose();
            evidence.map_err(|_| Error::Internal("evidence_json"))
        }
    }
}
