//! Levels and limits.

use crate::service::{Error, Service};
use shiming_domain::account::{LiftedBy, Restriction, SetBy};
use shiming_domain::effect::DeadlineChange;
use shiming_domain::id::{AccountId, ApplicationId, LimitUseId, PersonId};
use shiming_store::Tx;

/// Does what is due.
pub(crate) async fn expire(service: &Service, limit_use: LimitUseId) -> Result<(), Error> {
    let _ = (service, limit_use);
    Ok(())
}

/// Derives the level again.
pub(crate) async fn recompute_level(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let _ = (service, tx, account);
    Ok(())
}

/// Sets a restriction.
pub(crate) async fn restrict(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
    by: SetBy,
) -> Result<(), Error> {
    let _ = (service, tx, account, restriction, by);
    Ok(())
}

/// Lifts a restriction.
pub(crate) async fn lift(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
    by: LiftedBy,
) -> Result<(), Error> {
    let _ = (service, tx, account, restriction, by);
    Ok(())
}

/// Moves the clock of the verification date.
pub(crate) async fn deadline(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    change: DeadlineChange,
    application: Option<ApplicationId>,
) -> Result<(), Error> {
    let _ = (service, tx, account, change, application);
    Ok(())
}

/// What an account used before its person was known joins what the person used.
pub(crate) async fn merge(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<usize, Error> {
    let _ = (tx, account, person);
    Ok(0)
}
