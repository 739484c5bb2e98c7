//! Levels and limits.

use crate::service::{Error, Service};
use shiming_domain::account::{LiftedBy, Restriction};
use shiming_domain::id::{AccountId, LimitUseId};
use shiming_store::Tx;

/// Does what is due.
pub(crate) async fn expire(service: &Service, limit_use: LimitUseId) -> Result<(), Error> {
    let _ = (service, limit_use);
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
