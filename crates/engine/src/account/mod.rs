//! Accounts.

use crate::service::{Caller, Error, Service};
use shiming_domain::id::AccountId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, account: AccountId) -> Result<(), Error> {
    let _ = (service, account);
    Ok(())
}

/// Sends a code.
pub(crate) async fn send_code(service: &Service, request: &str) -> Result<(), Error> {
    let _ = (service, request);
    Ok(())
}

/// Who holds this session token; `None` if nobody does any more.
pub async fn authenticate_session(
    service: &Service,
    token: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    let _ = (service, token, request_id, network);
    Ok(None)
}

/// Whose key this is; `None` if nobody's any more.
pub async fn authenticate_key(
    service: &Service,
    key: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    let _ = (service, key, request_id, network);
    Ok(None)
}
