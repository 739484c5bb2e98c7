//! Jobs: what follows from a change, done outside of requests, at least once.
//!
//! A job is written in the transaction of the change it follows from. A worker leases it, works outside of
//! any transaction, and finishes it with the token of its lease (fencing): a worker that was too slow finds
//! its token old and changes nothing. Handlers are idempotent; the lease only saves work.
//!
//! Some conditions say the same twice: SQLite uses a partial index only where it finds its condition word for
//! word.

use crate::{Error, Tx};
use shiming_domain::id::EventId;
use shiming_domain::moment::{Span, Timestamp};

/// A job to be written.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its id.
    pub id: EventId,
    /// `checks` for what needs the networks, `work` for the rest.
    pub queue: &'static str,
    /// Which handler.
    pub kind: String,
    /// Ids and numbers as JSON; never personal data.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// While a job with the same text waits or runs, no other is written.
    pub dedupe: Option<String>,
    /// Attempts before it is dead.
    pub attempts_max: u32,
}

/// A job in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Leased {
    /// Its id.
    pub id: String,
    /// Which handler.
    pub kind: String,
    /// As written.
    pub payload: String,
    /// The n-th attempt, from 1.
    pub attempt: i64,
    /// The last attempt before it is dead.
    pub attempts_max: i64,
    /// Of this lease.
    pub lease_token: i64,
}

/// How many jobs there are of a state.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// Queue.
    pub queue: String,
    /// State.
    pub state: String,
    /// How many.
    pub jobs: i64,
}

/// Writes a job. `false` if one with the same dedupe text waits already.
pub async fn push(tx: &mut Tx, job: &NewJob, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "job",
        "INSERT INTO job (id, queue, kind, payload, state, dedupe, run_at_us, attempt, attempts_max, \
         lease_until_us, lease_token, created_us) \
         VALUES ($1, $2, $3, $4, 'ready', $5, $6, 0, $7, 0, 0, $8) ON CONFLICT DO NOTHING",
        job.id.to_string(),
        job.queue,
        job.kind.as_str(),
        job.payload.as_str(),
        job.dedupe.as_deref(),
        job.run_at.unix_us(),
        i64::from(job.attempts_max),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Leases up to `limit` jobs that are due, those of dead workers included.
pub async fn claim(
    tx: &mut Tx,
    queue: &str,
    owner: &str,
    lease: Span,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Leased>, Error> {
    // Each half by an index of its own. Asked for with OR, PostgreSQL reads all jobs of all times: of the many that
    // wait it expects as many to be due as there are done, and those that wait for next year are the most.
    const SQLITE: &str = "UPDATE job SET state = 'leased', attempt = attempt + 1, lease_owner = $2, \
        lease_until_us = $3, lease_token = lease_token + 1 \
        WHERE id IN (\
            SELECT id FROM (SELECT id FROM job WHERE queue = $1 AND state = 'leased' AND lease_until_us < $4 \
                ORDER BY lease_until_us LIMIT $5) \
            UNION ALL \
            SELECT id FROM (SELECT id FROM job WHERE queue = $1 AND state = 'ready' AND run_at_us <= $4 \
                ORDER BY run_at_us, id LIMIT $5) \
            LIMIT $5) \
        RETURNING id, kind, payload, attempt, attempts_max, lease_token";
    // An array, because the planner takes one for short.
    const POSTGRES: &str = "UPDATE job SET state = 'leased', attempt = attempt + 1, lease_owner = $2, \
        lease_until_us = $3, lease_token = lease_token + 1 \
        WHERE id = ANY (ARRAY(\
            SELECT id FROM (SELECT id FROM job WHERE queue = $1 AND state = 'leased' AND lease_until_us < $4 \
                ORDER BY lease_until_us LIMIT $5 FOR UPDATE SKIP LOCKED) AS dead \
            UNION ALL \
            SELECT id FROM (SELECT id FROM job WHERE queue = $1 AND state = 'ready' AND run_at_us <= $4 \
                ORDER BY run_at_us, id LIMIT $5 FOR UPDATE SKIP LOCKED) AS due \
            LIMIT $5)) \
        RETURNING id, kind, payload, attempt, attempts_max, lease_token";
    let sql = if tx.is_postgres() { POSTGRES } else { SQLITE };
    let until = (now + lease).unix_us();
    let mut jobs: Vec<Leased> =
        fetch_all!(tx, Leased, "job", sql, queue, owner, until, now.unix_us(), i64::from(limit))?;
    // RETURNING promises no order.
    jobs.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(jobs)
}

/// The worker is still at it. `false` if the lease is another's by now.
pub async fn renew(tx: &mut Tx, job: &Leased, lease: Span, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "job",
        "UPDATE job SET lease_until_us = $3 WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        job.id.as_str(),
        job.lease_token,
        (now + lease).unix_us(),
    )?;
    Ok(rows == 1)
}

/// Done. `false` if the lease is another's by now; then nothing changed.
pub async fn finish(tx: &mut Tx, job: &Leased, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "job",
        "UPDATE job SET state = 'done', ended_us = $3 WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        job.id.as_str(),
        job.lease_token,
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Failed: waits for `retry_at`, or is dead when its attempts are used up or nothing helps (`None`).
pub async fn fail(
    tx: &mut Tx,
    job: &Leased,
    code: &str,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, Error> {
    let retry_at = retry_at.filter(|_| job.attempt < job.attempts_max);
    let (state, run_at, ended) = match retry_at {
        Some(at) => ("ready", at.unix_us(), None),
        None => ("dead", now.unix_us(), Some(now.unix_us())),
    };
    let rows = exec!(
        tx,
        "job",
        "UPDATE job SET state = $3, run_at_us = $4, ended_us = $5, error_code = $6 \
         WHERE id = $1 AND lease_token = $2 AND state = 'leased'",
        job.id.as_str(),
        job.lease_token,
        state,
        run_at,
        ended,
        code,
    )?;
    Ok(rows == 1)
}

/// Takes waiting jobs out whose dedupe text begins with this, because what they work on is gone.
pub async fn cancel(tx: &mut Tx, dedupe_prefix: &str, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "job",
        "UPDATE job SET state = 'done', error_code = 'cancelled', ended_us = $3 \
         WHERE state IN ('ready', 'leased') AND state = 'ready' AND dedupe >= $1 AND dedupe < $2",
        dedupe_prefix,
        format!("{dedupe_prefix}\u{7f}"),
        now.unix_us(),
    )
}

/// A dead job is tried once more.
pub async fn requeue(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "job",
        "UPDATE job SET state = 'ready', run_at_us = $2, attempt = 0, ended_us = NULL WHERE id = $1 AND state = 'dead'",
        id,
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Forgets jobs that ended before, at most `limit` of them.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, Error> {
    exec!(
        tx,
        "job",
        "DELETE FROM job WHERE id IN (SELECT id FROM job \
         WHERE state IN ('done', 'dead') AND state = 'done' AND ended_us < $1 ORDER BY ended_us LIMIT $2)",
        before.unix_us(),
        i64::from(limit),
    )
}

/// When the next waiting job of a queue is due.
pub async fn next_due(tx: &mut Tx, queue: &str) -> Result<Option<Timestamp>, Error> {
    let row: Option<(Option<i64>,)> = fetch_optional!(
        tx,
        (Option<i64>,),
        "job",
        "SELECT MIN(CASE WHEN state = 'ready' THEN run_at_us ELSE lease_until_us END) FROM job \
         WHERE queue = $1 AND state IN ('ready', 'leased')",
        queue,
    )?;
    Ok(row.and_then(|(at,)| at).and_then(|us| Timestamp::from_unix_us(us).ok()))
}

/// Jobs that wait, run or are dead.
pub async fn counts(tx: &mut Tx) -> Result<Vec<Count>, Error> {
    fetch_all!(
        tx,
        Count,
        "job",
        "SELECT queue, state, COUNT(*) AS jobs FROM job WHERE state <> 'done' \
         GROUP BY queue, state ORDER BY queue, state LIMIT 100",
    )
}
