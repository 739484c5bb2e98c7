//! Notices.

use crate::service::{Error, Service};
use shiming_domain::id::NoticeId;

/// Does what is due.
pub(crate) async fn send(service: &Service, notice: NoticeId) -> Result<(), Error> {
    let _ = (service, notice);
    Ok(())
}

/// Tells a person: a stand-in.
pub(crate) async fn tell(
    service: &Service,
    tx: &mut shiming_store::Tx,
    account: shiming_domain::id::AccountId,
    notice: shiming_domain::notice::Notice,
    params: std::collections::BTreeMap<&'static str, String>,
    at: shiming_domain::moment::Timestamp,
) -> Result<NoticeId, Error> {
    let id = service.id(NoticeId::at);
    let actor = shiming_store::audit::Actor::system();
    let mut row = shiming_store::audit::Audit::new(&actor, "notice.tell", "account", account);
    row = row.with("notice", notice.as_str());
    for (name, value) in params {
        row = row.with(name, value);
    }
    tx.audit(&row, at).await?;
    Ok(id)
}
