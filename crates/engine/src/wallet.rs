//! Levels and limits.

use crate::service::{Error, Service};
use shiming_domain::id::LimitUseId;

/// Does what is due.
pub(crate) async fn expire(service: &Service, limit_use: LimitUseId) -> Result<(), Error> {
    let _ = (service, limit_use);
    Ok(())
}

/// Does what is due for an account: the date to be verified by, dormancy.
pub(crate) async fn account_clock(
    service: &Service,
    account: shiming_domain::id::AccountId,
) -> Result<(), Error> {
    let _ = (service, account);
    Ok(())
}
