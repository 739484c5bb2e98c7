//! The settings each kind of process last ran with.

use crate::{Error, Tx};
use shiming_domain::moment::Timestamp;
use std::collections::BTreeMap;

/// What a kind of process last ran with, by name. Empty before its first start.
pub async fn all(tx: &mut Tx, process: &str) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<(String, String)> = fetch_all!(
        tx,
        (String, String),
        "setting",
        "SELECT name, value FROM setting WHERE process = $1 ORDER BY name LIMIT 1000",
        process,
    )?;
    Ok(rows.into_iter().collect())
}

/// Keeps one.
pub async fn keep(tx: &mut Tx, process: &str, name: &str, value: &str, now: Timestamp) -> Result<(), Error> {
    exec!(
        tx,
        "setting",
        "INSERT INTO setting (process, name, value, since_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (process, name) DO UPDATE SET value = excluded.value, since_us = excluded.since_us",
        process,
        name,
        value,
        now.unix_us(),
    )?;
    Ok(())
}

/// Forgets one that there is no more.
pub async fn forget(tx: &mut Tx, process: &str, name: &str) -> Result<(), Error> {
    exec!(tx, "setting", "DELETE FROM setting WHERE process = $1 AND name = $2", process, name)?;
    Ok(())
}
