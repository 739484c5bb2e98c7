//! Applications.

pub(crate) mod checks;
pub(crate) mod review;

use crate::service::{Error, Service};
use shiming_domain::id::ApplicationId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, application: ApplicationId) -> Result<(), Error> {
    let _ = (service, application);
    Ok(())
}
