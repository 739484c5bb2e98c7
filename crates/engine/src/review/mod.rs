//! Review.

use crate::service::{Error, Service};
use shiming_domain::id::CaseId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, case: CaseId) -> Result<(), Error> {
    let _ = (service, case);
    Ok(())
}

/// A decision takes effect.
pub(crate) async fn publish(service: &Service, case: CaseId, version: u64) -> Result<(), Error> {
    let _ = (service, case, version);
    Ok(())
}
