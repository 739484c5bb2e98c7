//! Levels and limits.

use crate::service::{Error, Service};
use shiming_domain::id::LimitUseId;

/// Does what is due.
pub(crate) async fn expire(service: &Service, limit_use: LimitUseId) -> Result<(), Error> {
    let _ = (service, limit_use);
    Ok(())
}
