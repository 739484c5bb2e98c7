//! Forgetting what is over.

use crate::service::{Error, Job, Service, chain};
use crate::wallet::Progress;
use shiming_domain::moment::Span;
use shiming_store::{account, application, channel, idempotency, proposal, queue, rate};

/// The counters of limits are compared with their uses about once in so long.
const RECOUNT_EVERY: Span = Span::days(1);
/// Done jobs are kept so long, for whoever asks what happened.
const JOBS_KEPT: Span = Span::days(7);
/// Jobs forgotten in one transaction: others write in between.
const JOBS_MAX: u32 = 1000;
/// Marks of effects outlive their jobs, dead ones that somebody tries again included.
const EFFECTS_KEPT: Span = Span::days(60);
/// Sessions that are over are kept so long: by them a new device is told from a known one.
const SESSIONS_KEPT: Span = Span::days(90);
/// Codes that are over are kept so long, so that a late letter can be explained.
const CODES_KEPT: Span = Span::days(7);
/// Requests to sources that are still open so long after they were to be given up.
const REQUESTS_LOST: Span = Span::days(1);
/// Hand-offs are over within the hour; they are kept so long for whoever still looks at one.
const HANDOFFS_KEPT: Span = Span::days(1);
/// Proposals that are over are kept so long, for whoever asks what came of one.
const PROPOSALS_KEPT: Span = Span::days(7);

/// Asks for a sweep. While one waits or runs, no other is added, whichever process asks.
pub async fn plan(service: &Service) -> Result<(), Error> {
    let mut tx = service.store().housekeep().await?;
    service.push(&mut tx, &Job::Sweep, service.now()).await?;
    tx.commit().await?;
    service.wake();
    Ok(())
}

/// Forgets rates, kept answers, done jobs, hand-offs, proposals, sessions, codes, challenges and devices that are over;
/// sends what an outage left behind.
pub(crate) async fn run(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().housekeep().await?;
    rate::forget(&mut tx, now).await?;
    idempotency::forget(&mut tx, now).await?;
    application::forget_effects(&mut tx, now - EFFECTS_KEPT).await?;
    application::forget_handoffs(&mut tx, now - HANDOFFS_KEPT).await?;
    proposal::forget(&mut tx, now - PROPOSALS_KEPT).await?;
    account::forget_sessions(&mut tx, now - SESSIONS_KEPT).await?;
    account::forget_codes(&mut tx, now - CODES_KEPT).await?;
    account::forget_challenges(&mut tx, now).await?;
    // A job ends each; one whose job died would keep its source from being asked again.
    let lost = Span::hours(service.policy().channels.give_up_after_h) + REQUESTS_LOST;
    channel::give_up(&mut tx, now - lost, now).await?;
    account::forget_devices(&mut tx, now - crate::account::DEVICE_LASTS).await?;
    // The one that waits already stays; so there is always one, and a day between two.
    service.push(&mut tx, &Job::Recount(Progress::default()), now + RECOUNT_EVERY).await?;
    tx.commit().await?;
    // Whatever one of them cannot do, the others are done.
    let done = [
        forget_jobs(service).await,
        crate::application::remove_files(service).await,
        crate::application::liveness::remove_records(service).await,
        crate::application::remove_abandoned(service).await,
        crate::notice::resend(service).await,
    ];
    // After what is over has gone: what remains is what is looked for.
    let last = service.store().gather_statistics().await.map_err(Error::from);
    let mut failed = done.into_iter().chain([last]).filter_map(Result::err);
    let first = failed.next();
    for error in failed {
        tracing::warn!(code = error.code(), error = %chain(&error), "this part of a sweep failed, too");
    }
    first.map_or(Ok(()), Err)
}

/// All of them, however many a busy week has left: a table that only grows makes every look at it slower.
async fn forget_jobs(service: &Service) -> Result<(), Error> {
    let before = service.now() - JOBS_KEPT;
    loop {
        let mut tx = service.store().housekeep().await?;
        let forgotten = queue::forget(&mut tx, before, JOBS_MAX).await?;
        tx.commit().await?;
        if forgotten < u64::from(JOBS_MAX) {
            return Ok(());
        }
    }
}
