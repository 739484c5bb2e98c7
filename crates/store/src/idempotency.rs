//! Answers kept for repeated requests (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! The key is reserved before the work, and the answer is written in the work's own transaction: either both
//! are there or neither. A reservation whose process died can be taken over once its lease is over.

use crate::{Error, Tx};
use shiming_domain::moment::{Span, Timestamp};
use shiming_vault::seal::Sealed;

/// How long an answer is kept.
pub const KEPT: Span = Span::hours(24);
/// How long the first call may take before another may take its place.
const LEASE: Span = Span::minutes(2);

/// A request under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Principal and route.
    pub scope: String,
    /// The caller's key.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub fingerprint: [u8; 32],
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// Nothing: the work may begin.
    Begin,
    /// It was done; this was the answer.
    Done {
        /// HTTP status.
        status: u16,
        /// The sealed body.
        answer: Sealed,
    },
    /// The first call still runs.
    InFlight,
    /// The key was used for another request.
    OtherRequest,
}

#[derive(sqlx::FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    status: Option<i64>,
    answer: Option<Vec<u8>>,
    lease_until_us: i64,
    expires_us: i64,
}

/// Reserves a key, or says what is known of it.
pub async fn reserve(tx: &mut Tx, request: &Request, now: Timestamp) -> Result<Reserved, Error> {
    let (lease, expires) = ((now + LEASE).unix_us(), (now + KEPT).unix_us());
    let inserted = exec!(
        tx,
        "idempotency",
        "INSERT INTO idempotency (scope, idem_key, fingerprint, lease_until_us, expires_us) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        request.scope.as_str(),
        request.key.as_str(),
        request.fingerprint.as_slice(),
        lease,
        expires,
    )?;
    if inserted == 1 {
        return Ok(Reserved::Begin);
    }
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "idempotency",
        "SELECT fingerprint, status, answer, lease_until_us, expires_us FROM idempotency \
         WHERE scope = $1 AND idem_key = $2",
        request.scope.as_str(),
        request.key.as_str(),
    )?;
    let Some(row) = row else { return Ok(Reserved::InFlight) };
    let is_over =
        row.expires_us <= now.unix_us() || (row.status.is_none() && row.lease_until_us <= now.unix_us());
    if is_over {
        let taken = exec!(
            tx,
            "idempotency",
            "UPDATE idempotency SET fingerprint = $3, status = NULL, answer = NULL, lease_until_us = $4, expires_us = $5 \
             WHERE scope = $1 AND idem_key = $2 AND lease_until_us = $6 AND expires_us = $7",
            request.scope.as_str(),
            request.key.as_str(),
            request.fingerprint.as_slice(),
            lease,
            expires,
            row.lease_until_us,
            row.expires_us,
        )?;
        return Ok(if taken == 1 { Reserved::Begin } else { Reserved::InFlight });
    }
    if row.fingerprint != request.fingerprint {
        return Ok(Reserved::OtherRequest);
    }
    match (row.status, row.answer) {
        (Some(status), Some(answer)) => {
            let broken = |column| crate::Broken::new("idempotency", column, request.scope.clone());
            let answer = Sealed::from_bytes(answer).map_err(|_| broken("answer"))?;
            let status = u16::try_from(status).map_err(|_| broken("status"))?;
            Ok(Reserved::Done { status, answer })
        }
        _ => Ok(Reserved::InFlight),
    }
}

/// Keeps the answer, in the transaction of the work.
pub async fn keep(tx: &mut Tx, request: &Request, status: u16, answer: &Sealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "idempotency",
        "UPDATE idempotency SET status = $3, answer = $4 WHERE scope = $1 AND idem_key = $2 AND status IS NULL \
         AND fingerprint = $5",
        request.scope.as_str(),
        request.key.as_str(),
        i64::from(status),
        answer.as_bytes(),
        request.fingerprint.as_slice(),
    )
}

/// The work was refused or failed: the key may be used again.
pub async fn release(tx: &mut Tx, request: &Request) -> Result<u64, Error> {
    exec!(
        tx,
        "idempotency",
        "DELETE FROM idempotency WHERE scope = $1 AND idem_key = $2 AND status IS NULL AND fingerprint = $3",
        request.scope.as_str(),
        request.key.as_str(),
        request.fingerprint.as_slice(),
    )
}

/// Forgets answers older than [`KEPT`].
pub async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    exec!(tx, "idempotency", "DELETE FROM idempotency WHERE expires_us < $1", now.unix_us())
}
