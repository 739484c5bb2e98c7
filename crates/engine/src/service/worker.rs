//! Workers: lease a job, run it outside of any transaction, finish it with the token of the lease.

use super::{Error, Job, Service};
use futures_util::FutureExt as _;
use shiming_domain::moment::Span;
use shiming_store::audit;
use shiming_store::queue::{self, Leased};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;

/// How long a worker may take before another may take its job.
const LEASE: Span = Span::minutes(2);
/// How often it says that it is still at it.
const RENEW_EVERY: Duration = Duration::from_secs(40);
/// Rows the sequencer places at once.
const SEQUENCE_MAX: u32 = 500;
/// Steps after which draining gives up: something makes new work for ever.
const DRAIN_MAX: usize = 10_000;

/// How a worker works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Names this process in leases.
    pub owner: String,
    /// Longest pause between two looks at the queue.
    pub poll: Duration,
}

/// Works on the queues until told to stop.
pub struct Worker {
    service: Service,
    options: WorkerOptions,
}

/// What draining did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Jobs that ended well.
    pub done: usize,
    /// Jobs that failed and wait, or are dead.
    pub failed: usize,
}

impl Worker {
    /// A worker for all queues.
    pub fn new(service: Service, options: WorkerOptions) -> Self {
        Self { service, options }
    }

    /// Works until `stop` turns true; finishes what it has begun.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            // Registered before looking, or work that comes in between would wait for the next poll.
            let woken = self.service.inner.work.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let worked = match self.step().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::error!(code = error.code(), error = %chain(&error), "a worker could not work");
                    false
                }
            };
            if worked {
                continue;
            }
            tokio::select! {
                () = &mut woken => {}
                () = tokio::time::sleep(self.options.poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// One look at everything: the audit sequencer, then one job of each queue. Answers whether there was work.
    async fn step(&self) -> Result<bool, Error> {
        let mut worked = audit::sequence(self.service.store(), SEQUENCE_MAX).await? > 0;
        for name in ["work", "checks"] {
            if let Some(leased) = self.claim(name).await? {
                self.work(&leased).await?;
                worked = true;
            }
        }
        Ok(worked)
    }

    async fn claim(&self, queue: &str) -> Result<Option<Leased>, Error> {
        let now = self.service.now();
        let mut tx = self.service.store().housekeep().await?;
        let mut jobs = queue::claim(&mut tx, queue, &self.options.owner, LEASE, 1, now).await?;
        if jobs.is_empty() {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(jobs.pop())
    }

    /// Runs a job and says how it ended. `true` if it ended well.
    async fn work(&self, leased: &Leased) -> Result<bool, Error> {
        let outcome = match serde_json::from_str::<Job>(&leased.payload) {
            Ok(job) => {
                let run = AssertUnwindSafe(self.service.run(&job)).catch_unwind();
                tokio::pin!(run);
                loop {
                    tokio::select! {
                        outcome = &mut run => break outcome.unwrap_or(Err(Error::Internal("panic"))),
                        () = tokio::time::sleep(RENEW_EVERY) => self.renew(leased).await?,
                    }
                }
            }
            // A job of a newer or older program: nothing this one could do helps.
            Err(_) => Err(Error::Internal("job_unknown")),
        };
        let now = self.service.now();
        let mut tx = self.service.store().housekeep().await?;
        let well = match outcome {
            Ok(()) => {
                queue::finish(&mut tx, leased, now).await?;
                true
            }
            Err(error) => {
                let retry_at = error.is_passing().then(|| now + backoff(leased.attempt));
                tracing::warn!(
                    job = leased.kind,
                    id = leased.id,
                    attempt = leased.attempt,
                    code = error.code(),
                    error = %chain(&error),
                    retries = retry_at.is_some(),
                    "a job failed"
                );
                queue::fail(&mut tx, leased, error.code(), retry_at, now).await?;
                false
            }
        };
        tx.commit().await?;
        metrics::counter!("shiming_jobs_total", "kind" => leased.kind.clone(), "outcome" => if well { "done" } else { "failed" })
            .increment(1);
        Ok(well)
    }

    async fn renew(&self, leased: &Leased) -> Result<(), Error> {
        let mut tx = self.service.store().housekeep().await?;
        queue::renew(&mut tx, leased, LEASE, self.service.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// 1 s, 2 s, 4 s … up to an hour.
fn backoff(attempt: i64) -> Span {
    let doublings = u32::try_from(attempt.clamp(1, 12) - 1).unwrap_or(0);
    Span::seconds((1_u32 << doublings).min(3600))
}

/// An error with everything beneath it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl Service {
    /// Runs every job that is due now until none is left. For tests and for `xtask run`; the clock stands
    /// still meanwhile.
    pub async fn run_until_idle(&self) -> Result<Drained, Error> {
        let options = WorkerOptions { owner: "drain".to_owned(), poll: Duration::from_millis(1) };
        let worker = Worker::new(self.clone(), options);
        let mut drained = Drained::default();
        for _ in 0..DRAIN_MAX {
            let mut worked = false;
            for name in ["work", "checks"] {
                if let Some(leased) = worker.claim(name).await? {
                    worked = true;
                    if worker.work(&leased).await? { drained.done += 1 } else { drained.failed += 1 }
                }
            }
            if !worked {
                while audit::sequence(self.store(), SEQUENCE_MAX).await? > 0 {}
                return Ok(drained);
            }
        }
        Err(Error::Internal("drain_never_ends"))
    }
}
