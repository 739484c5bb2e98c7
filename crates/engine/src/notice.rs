//! Notices.

use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, NoticeId};
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use std::collections::BTreeMap;

/// Tells a person something, now or later.
pub(crate) async fn tell(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    notice: Notice,
    params: BTreeMap<&'static str, String>,
    at: Timestamp,
) -> Result<NoticeId, Error> {
    let _ = (tx, account, notice, params, at);
    Ok(service.id(NoticeId::at))
}

/// Does what is due.
pub(crate) async fn send(service: &Service, notice: NoticeId) -> Result<(), Error> {
    let _ = (service, notice);
    Ok(())
}
