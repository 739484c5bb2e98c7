//! What sources need of other parts of the service, and tell them.

use super::Identity;
use crate::service::{Error, Service};
use crate::{application, person, wallet};
use shiming_domain::application::State;
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, PersonId};
use shiming_domain::judge::Declared;
use shiming_domain::level;
use shiming_domain::personal::Personal;
use shiming_idcard::number::normalize;
use shiming_store::Tx;
use shiming_store::application as stored;

/// What an attempt that waits for a source asks about, and whose it is; none if it no longer waits.
pub(super) async fn question(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<(AccountId, Identity)>, Error> {
    let mut tx = service.store().read().await?;
    let Some(found) = stored::load(&mut tx, application).await? else { return Ok(None) };
    let found = found.application;
    let waits =
        matches!(found.state(), State::WaitingSource { attempt: current, .. } if current.id == attempt);
    if !waits {
        return Ok(None);
    }
    let declared = application::declared(service, &mut tx, &found).await?;
    let (declared, _) = declared.ok_or(Error::Internal("form_missing"))?;
    let (name, number) = plain(&declared);
    Ok(Some((found.account, Identity { name, number, phone: None, bank_card: None })))
}

/// A source has answered for an attempt.
pub(super) async fn answered(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    // Not a `change`: an attempt that waits no longer is left as it is, without an audit row.
    let mut tx = service.store().housekeep().await?;
    application::source_answered(service, &mut tx, application, attempt).await?;
    tx.commit().await?;
    service.wake();
    Ok(())
}

/// No source will: the application's own clock hands it to a person once its time is over.
pub(super) async fn gave_up(service: &Service, application: ApplicationId) -> Result<(), Error> {
    application::clock(service, application).await
}

/// The person an account is verified as, with name and number; none if it is not.
pub(super) async fn verified(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<(PersonId, Personal, Personal)>, Error> {
    let facts = person::facts(tx, account).await?;
    let current =
        facts.filter(|facts| matches!(facts.identity, level::Identity::Valid | level::Identity::Grace));
    let Some(person) = current.map(|facts| facts.person) else { return Ok(None) };
    let Some(declared) = person::declared(service, tx, person).await? else { return Ok(None) };
    let (name, number) = plain(&declared);
    Ok(Some((person, name, number)))
}

/// What the account may do has to be derived again.
pub(super) async fn recompute_level(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    wallet::recompute_level(service, tx, account).await?;
    Ok(())
}

/// Name and number as sources know them.
fn plain(declared: &Declared) -> (Personal, Personal) {
    let name = Personal::new(declared.name.reveal().trim());
    (name, Personal::new(normalize(declared.number.reveal()).reveal()))
}
