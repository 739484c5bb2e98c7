//! What sources need of other parts of the service, and tell them.

use super::Identity;
use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, PersonId};
use shiming_domain::personal::Personal;
use shiming_store::Tx;

/// What an attempt that waits for a source asks about, and whose it is; none if it no longer waits.
pub(super) async fn question(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<(AccountId, Identity)>, Error> {
    let _ = (service, application, attempt);
    Ok(None)
}

/// A source has answered for an attempt.
pub(super) async fn answered(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let _ = (service, application, attempt);
    Ok(())
}

/// No source will.
pub(super) async fn gave_up(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let _ = (service, application, attempt);
    Ok(())
}

/// The person an account is verified as, with name and number; none if it is not.
pub(super) async fn verified(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<(PersonId, Personal, Personal)>, Error> {
    let _ = (service, tx, account);
    Ok(None)
}

/// What the account may do has to be derived again.
pub(super) async fn recompute_level(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    crate::wallet::recompute_level(service, tx, account).await?;
    Ok(())
}
