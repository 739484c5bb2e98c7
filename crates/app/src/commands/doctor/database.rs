//! The database: reachable, of this program's schema, durable, and its audit log fixed by checkpoints.

use super::{Findings, Status};
use crate::config::Config;
use crate::service::clock::SystemClock;
use shiming_engine::service::Clock as _;
use shiming_store::{Health, Store, audit};
use std::cmp::Ordering;

/// Age of a checkpoint, while entries wait for the next, from which on something is wrong.
const CHECKPOINT_MINUTES_MAX: i64 = 15;

pub(super) async fn check(config: &Config, found: &mut Findings) {
    if config.database.url.is_none() && !config.data.join("shiming.db").is_file() {
        return found.ok("database", "SQLite, made at the first start");
    }
    let store = match crate::service::database(config).await {
        Ok(store) => store,
        Err(failure) => return found.fail("database", failure.text()),
    };
    match store.health().await {
        Err(error) => found.fail("database", chain(&error)),
        Ok(health) => {
            schema(&store, &health, found);
            if health.schema > 0 {
                audit_log(&store, found).await;
            }
        }
    }
    store.close().await;
}

fn schema(store: &Store, health: &Health, found: &mut Findings) {
    let (name, has, wanted) = (store.dialect(), health.schema, store.schema_wanted());
    let (status, detail) = match has.cmp(&wanted) {
        Ordering::Equal => (Status::Ok, format!("{name}, schema {wanted}")),
        Ordering::Less => (
            Status::Warn,
            format!("{name} has schema {has}, this program brings {wanted}; run: shiming migrate"),
        ),
        Ordering::Greater => {
            (Status::Fail, format!("{name} has schema {has}, newer than this program's {wanted}; update it"))
        }
    };
    found.add("database", status, detail);
    if health.durable && health.journal.as_deref().is_none_or(|word| word == "wal") {
        found.ok("durability", "what was acknowledged survives a power cut");
    } else {
        let what = "acknowledged writes may be lost; PostgreSQL needs fsync and synchronous_commit on";
        found.fail("durability", what);
    }
}

async fn audit_log(store: &Store, found: &mut Findings) {
    let read = async {
        let mut tx = store.read().await?;
        Ok::<_, shiming_store::Error>((audit::head(&mut tx).await?.size(), audit::checkpoint(&mut tx).await?))
    };
    let (size, last) = match read.await {
        Ok(read) => read,
        Err(error) => return found.fail("audit log", chain(&error)),
    };
    let signed = last.as_ref().map_or(0, |last| u64::try_from(last.size).unwrap_or(0));
    let minutes = last.as_ref().map_or(0, |last| (SystemClock.now().unix_us() - last.at_us) / 60_000_000);
    match last {
        None if size > 0 => found
            .warn("audit log", format!("{size} entries and no checkpoint; run: shiming audit checkpoint")),
        Some(_) if minutes < 0 => {
            found.fail("audit log", "the last checkpoint is of the future: the clock went back");
        }
        Some(_) if signed < size && minutes > CHECKPOINT_MINUTES_MAX => found.warn(
            "audit log",
            format!("{size} entries, and no checkpoint for {minutes} minutes: does the service run?"),
        ),
        _ => found.ok("audit log", format!("{size} entries, {signed} of them under a checkpoint")),
    }
}

/// An error with everything beneath it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
