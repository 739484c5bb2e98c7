//! Notices.

use crate::service::{Error, Service};
use shiming_domain::id::NoticeId;

/// Does what is due.
pub(crate) async fn send(service: &Service, notice: NoticeId) -> Result<(), Error> {
    let _ = (service, notice);
    Ok(())
}
