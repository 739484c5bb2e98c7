//! Notices.

use crate::service::{Error, Service};
use shiming_domain::id::NoticeId;

/// Does what is due.
pub(crate) async fn send(service: &Service, notice: NoticeId) -> Result<(), Error> {
    let _ = (service, notice);
    Ok(())
}

/// Tells the owner of an account something.
pub(crate) async fn tell(
    service: &Service,
    tx: &mut shiming_store::Tx,
    account: shiming_domain::id::AccountId,
    notice: shiming_domain::notice::Notice,
    params: std::collections::BTreeMap<&'static str, String>,
    at: shiming_domain::moment::Timestamp,
) -> Result<NoticeId, Error> {
    let _ = (tx, account, notice, params, at);
    Ok(service.id(NoticeId::at))
}
