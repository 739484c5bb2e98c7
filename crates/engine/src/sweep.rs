//! Forgetting what is over.

use crate::service::{Error, Service};
use shiming_domain::moment::Span;
use shiming_store::{idempotency, queue, rate};

/// Done jobs are kept so long, for whoever asks what happened.
const JOBS_KEPT: Span = Span::days(7);
/// Jobs forgotten at once.
const JOBS_MAX: u32 = 1000;

/// Forgets rates, kept answers and done jobs that are over; sends what an outage left behind.
pub(crate) async fn run(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().housekeep().await?;
    rate::forget(&mut tx, now).await?;
    idempotency::forget(&mut tx, now).await?;
    queue::forget(&mut tx, now - JOBS_KEPT, JOBS_MAX).await?;
    tx.commit().await?;
    crate::notice::resend(service).await
}
