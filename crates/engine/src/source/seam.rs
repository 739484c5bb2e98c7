//! What sources need of other parts of the service, and tell them.

use super::Identity;
use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, PersonId};
use shiming_domain::personal::Personal;
use shiming_domain::policy::Consent;
use shiming_store::Tx;

/// What an attempt that waits for a source asks about, and whose it is; none if it no longer waits.
pub(super) async fn question(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<(AccountId, Identity)>, Error> {
    crate::application::question(service, application, attempt).await
}

/// A source has answered for an attempt.
pub(super) async fn answered(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    crate::application::answered(service, application, attempt).await
}

/// No source will.
pub(super) async fn gave_up(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    crate::application::gave_up(service, application, attempt).await
}

/// The person an account is verified as, with name and number; none if it is not.
pub(super) async fn verified(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<(PersonId, Personal, Personal)>, Error> {
    let Some((person, declared)) = crate::person::identity(service, tx, account).await? else {
        return Ok(None);
    };
    Ok(Some((person, declared.name, declared.number)))
}

/// What the account may do has to be derived again.
pub(super) async fn recompute_level(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    crate::wallet::recompute_level(service, tx, account).await
}

/// Whether sources may be asked about the person of an account: it is in use, and its owner has consented.
pub(super) async fn may_ask(service: &Service, tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    Ok(crate::account::is_active(tx, account).await?
        && crate::account::consents_given(service, tx, account, &[Consent::General, Consent::SourceQuery])
            .await?)
}
