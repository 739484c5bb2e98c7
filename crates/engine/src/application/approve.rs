//! What an approval fixes in its own transaction: whose number it is, and until when the card is current.

use super::identity_change;
use crate::service::{Error, Service};
use shiming_domain::account::Life;
use shiming_domain::application::Application;
use shiming_domain::counters::IdIndex;
use shiming_domain::evidence::{Evidence, Kind};
use shiming_domain::id::{AccountId, ApplicationId, PersonId};
use shiming_domain::moment::Day;
use shiming_domain::policy::DocumentKind;
use shiming_domain::verification::DocumentTerm;
use shiming_idcard::{Expiry, validity};
use shiming_store::{Tx, account as accounts, application as applications, person as stored};

/// Accounts of one person where the policy names no number.
const ACCOUNTS_MAX: u32 = 1;

/// Whether a number is free for an account.
pub(super) enum Claim {
    /// The account is the person's now.
    Linked,
    /// The account is a person's who is known by another number or name, or the number was another person's before:
    /// people decide that, the former only after a change of information that support opened.
    OtherIdentity,
    /// The person has so many other accounts, as many as they may.
    TooMany(u32),
}

/// Takes an ID number for an account. Nobody else takes it at the same time: the person's row is held until
/// the transaction ends, so of many approvals of one number the first wins and the others see it.
pub(super) async fn claim(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    number: IdIndex,
) -> Result<Claim, Error> {
    if identity_change::changes_identity(service, tx, application, number).await?
        || (stored::of_account(tx, application.account).await?.is_none()
            && identity_change::is_former(service, tx, number).await?)
    {
        return Ok(Claim::OtherIdentity);
    }
    let person = stored::claim(tx, number, service.id(PersonId::at), service.now()).await?;
    let others = other_accounts(tx, person, application.account).await?;
    if others >= accounts_max(service, application.requested_level) {
        return Ok(Claim::TooMany(others));
    }
    link(service, tx, application.account, person).await?;
    Ok(Claim::Linked)
}

/// Takes it although the person has other accounts: people decided so. Where the account's person was known by
/// another number, they are linked.
pub(super) async fn claim_by_people(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    number: IdIndex,
) -> Result<(), Error> {
    let changes = identity_change::changes_identity(service, tx, application, number).await?;
    if changes && !identity_change::is_permitted(tx, application).await? {
        return Err(identity_change::needed());
    }
    let own = stored::of_account(tx, application.account).await?;
    if own.is_none() && identity_change::is_former(service, tx, number).await? {
        identity_change::release(service, tx, application, number).await?;
    }
    let person = stored::claim(tx, number, service.id(PersonId::at), service.now()).await?;
    match own {
        Some(own) => identity_change::link_people(service, tx, application, person, own).await,
        None => link(service, tx, application.account, person).await,
    }
}

/// Whether an approval would take a number from a person who had it before.
pub(crate) async fn takes_former_number(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
) -> Result<bool, Error> {
    let Some(found) = applications::load(tx, id).await? else { return Ok(false) };
    let application = found.application;
    if stored::of_account(tx, application.account).await?.is_some() {
        return Ok(false);
    }
    match super::form::declared(service, tx, &application).await? {
        Some((_, number)) => identity_change::is_former(service, tx, number).await,
        None => Ok(false),
    }
}

async fn link(service: &Service, tx: &mut Tx, account: AccountId, person: PersonId) -> Result<(), Error> {
    stored::link(tx, account, person, service.now()).await?;
    crate::account::set_person(tx, account, person).await?;
    crate::wallet::merge(tx, account, person).await?;
    Ok(())
}

/// Other accounts of a person that are in use.
pub(super) async fn other_accounts(tx: &mut Tx, person: PersonId, own: AccountId) -> Result<u32, Error> {
    let mut others = 0;
    for account in stored::accounts(tx, person).await? {
        if account != own && is_open(tx, account).await? {
            others += 1;
        }
    }
    Ok(others)
}

/// Not closed for good; one that is about to close may still be kept open.
async fn is_open(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let found = accounts::load(tx, account).await?;
    Ok(found.is_some_and(|found| !matches!(found.life, Life::Closed { .. })))
}

/// Accounts a person may have at a level.
pub(super) fn accounts_max(service: &Service, level: u8) -> u32 {
    let level = service.policy().levels.iter().find(|l| l.id == level);
    level.and_then(|level| level.accounts_per_person_max).unwrap_or(ACCOUNTS_MAX)
}

/// Until when the card on the pictures is current, if that was read.
pub(super) fn term(evidence: &Evidence) -> Option<DocumentTerm> {
    let until = evidence.issue()?.valid_until.as_ref()?;
    Some(match validity::parse_expiry(until.text.reveal())? {
        Expiry::LongTerm => DocumentTerm::Unlimited,
        Expiry::Date(date) if is_temporary(evidence) => DocumentTerm::TemporaryUntil(Day::new(date)),
        Expiry::Date(date) => DocumentTerm::Until(Day::new(date)),
    })
}

/// What kind of card the pictures show.
pub(crate) fn document(evidence: &Evidence) -> DocumentKind {
    if is_temporary(evidence) { DocumentKind::TemporaryCard } else { DocumentKind::ResidentCard }
}

fn is_temporary(evidence: &Evidence) -> bool {
    let sides = [&evidence.portrait_side, &evidence.emblem_side];
    sides.into_iter().filter_map(|picture| picture.seen()).any(|image| image.kind == Kind::Temporary)
}
