//! The checks of an attempt.

use crate::service::{Error, Service};
use shiming_domain::effect::Run;
use shiming_domain::id::{ApplicationId, AttemptId};

/// Runs them.
pub(crate) async fn run(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
    run: Run,
) -> Result<(), Error> {
    let _ = (service, application, attempt, run);
    Ok(())
}
