//! Accounts.

use crate::service::{Error, Service};
use shiming_domain::id::AccountId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, account: AccountId) -> Result<(), Error> {
    crate::wallet::clock(service, account).await
}

/// Sends a code.
pub(crate) async fn send_code(service: &Service, request: &str) -> Result<(), Error> {
    let _ = (service, request);
    Ok(())
}
