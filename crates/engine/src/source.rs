//! Asking identity sources.

use crate::outside::Finding;
use crate::service::{Error, Service};
use shiming_domain::id::{ApplicationId, AttemptId};
use shiming_store::Tx;

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

/// What the sources said about an attempt, if they have answered.
pub(crate) async fn answer_for(
    tx: &mut Tx,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<Finding>, Error> {
    let _ = (tx, application, attempt);
    Ok(None)
}
