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

/// What outside sources confirmed of a person: a stand-in.
pub(crate) async fn proofs(
    tx: &mut shiming_store::Tx,
    person: shiming_domain::id::PersonId,
) -> Result<Vec<shiming_domain::level::Proof>, Error> {
    Ok(shiming_store::person::stand_in(tx, person).await?.proofs)
}
