//! People: verifications, levels, restrictions.

use crate::service::{Error, Service};
use shiming_domain::id::VerificationId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, verification: VerificationId) -> Result<(), Error> {
    let _ = (service, verification);
    Ok(())
}
