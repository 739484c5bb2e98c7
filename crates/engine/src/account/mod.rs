//! Accounts.

use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, PersonId};
use shiming_store::Tx;

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

/// Names the person of an account.
pub(crate) async fn set_person(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<(), Error> {
    let _ = (tx, account, person);
    Ok(())
}

/// Whether an account exists and is in use, neither pending nor closed.
pub(crate) async fn is_active(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let _ = (tx, account);
    Ok(true)
}

/// Ends all sessions of an account.
pub(crate) async fn end_sessions(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let _ = (service, tx, account);
    Ok(())
}

/// Removes an account whose contact was never confirmed.
pub(crate) async fn remove(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let _ = (service, tx, account);
    Ok(())
}
