//! Counters of how often something was tried lately, shared by all processes.
//!
//! Fixed windows: at the border of two of them up to twice the limit may pass in one window's time, which the
//! documented limits allow for. The bucket is a keyed hash, so no address and no account stands here.

use crate::{Error, Tx};
use shiming_domain::moment::{Span, Timestamp};

/// Counts one try in the window that `now` lies in; answers how many there were, this one included, and when
/// the window ends.
pub async fn hit(tx: &mut Tx, bucket: &str, window: Span, now: Timestamp) -> Result<(i64, Timestamp), Error> {
    add(tx, bucket, 1, window, now).await
}

/// The same for something that counts more than once, such as bytes.
pub async fn add(
    tx: &mut Tx,
    bucket: &str,
    more: i64,
    window: Span,
    now: Timestamp,
) -> Result<(i64, Timestamp), Error> {
    let span_us = window.us().max(1);
    let start = now.unix_us().div_euclid(span_us) * span_us;
    let ends = start.saturating_add(span_us);
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "rate",
        "INSERT INTO rate (bucket, window_us, used, expires_us) VALUES ($1, $2, $4, $3) \
         ON CONFLICT (bucket, window_us) DO UPDATE SET used = rate.used + $4 RETURNING used",
        bucket,
        start,
        ends,
        more,
    )?;
    let used = row.map_or(more, |(used,)| used);
    Ok((used, Timestamp::from_unix_us(ends).unwrap_or(Timestamp::MAX)))
}

/// How many there were in the window that `now` lies in.
pub async fn used(tx: &mut Tx, bucket: &str, window: Span, now: Timestamp) -> Result<i64, Error> {
    let span_us = window.us().max(1);
    let start = now.unix_us().div_euclid(span_us) * span_us;
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "rate",
        "SELECT used FROM rate WHERE bucket = $1 AND window_us = $2",
        bucket,
        start,
    )?;
    Ok(row.map_or(0, |(used,)| used))
}

/// A success forgives the failures of this window.
pub async fn forgive(tx: &mut Tx, bucket: &str) -> Result<u64, Error> {
    exec!(tx, "rate", "DELETE FROM rate WHERE bucket = $1", bucket)
}

/// Forgets windows that are over.
pub async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    exec!(tx, "rate", "DELETE FROM rate WHERE expires_us < $1", now.unix_us())
}
