//! Asking identity sources.

use crate::service::{Error, Service};
use shiming_domain::id::{ApplicationId, AttemptId};

/// Asks the sources an attempt needs.
pub(crate) async fn ask(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
    round: u32,
) -> Result<(), Error> {
    let _ = (service, application, attempt, round);
    Ok(())
}
