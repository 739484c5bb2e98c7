//! Whether the counters are the sums of their uses. Says what differs and corrects nothing.

use super::stored;
use crate::service::{Error, Job, Service};
use serde::{Deserialize, Serialize};
use shiming_domain::limit::{Key, Used};
use shiming_store::audit::{Actor, Audit};
use shiming_store::wallet::Owner;
use std::collections::BTreeSet;

/// Owners looked at in one picture of the database.
const PAGE: u32 = 100;
/// Pages of one job, so that other jobs get their turn.
const PAGES: usize = 20;

/// A counter that is not what its uses add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Whose.
    pub owner: Owner,
    /// Which.
    pub key: Key,
    /// What it shows.
    pub counter: Used,
    /// What the uses hold.
    pub uses: Used,
}

/// What a recount found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    /// Owners looked at.
    pub owners: usize,
    /// Counters looked at.
    pub counters: usize,
    /// Those that differ.
    pub mismatches: Vec<Mismatch>,
}

/// How far a recount by jobs has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The last owner that was looked at; empty at the beginning.
    pub after: String,
    /// Owners looked at.
    pub owners: usize,
    /// Counters that differ.
    pub wrong: usize,
}

/// Adds up every use of everybody and compares. Each page of owners is one consistent picture.
pub async fn audit_counters(service: &Service) -> Result<Recount, Error> {
    let mut recount = Recount::default();
    let mut after = String::new();
    while page(service, &mut after, &mut recount).await? {}
    Ok(recount)
}

/// One job's part of the same, and the job for the next. The end is written down with what was found.
pub(crate) async fn recount(service: &Service, so_far: &Progress) -> Result<(), Error> {
    let mut found = Recount::default();
    let mut after = so_far.after.clone();
    let mut more = true;
    for _ in 0..PAGES {
        more = page(service, &mut after, &mut found).await?;
        if !more {
            break;
        }
    }
    for Mismatch { owner, key, .. } in &found.mismatches {
        tracing::error!(%owner, %key, code = "limit_counter_wrong", "a counter is not the sum of its uses");
    }
    let (owners, wrong) = (so_far.owners + found.owners, so_far.wrong + found.mismatches.len());
    if more {
        let mut tx = service.store().housekeep().await?;
        service.push(&mut tx, &Job::Recount(Progress { after, owners, wrong }), service.now()).await?;
        return Ok(tx.commit().await?);
    }
    metrics::gauge!("shiming_limit_counters_wrong").set(wrong as f64);
    let mut tx = service.store().change().await?;
    let row = Audit::new(&Actor::system(), "limit.recount", "service", crate::service::TENANT);
    tx.audit(&row.with("owners", owners).with("wrong", wrong), service.now()).await?;
    Ok(tx.commit().await?)
}

/// Looks at the owners after one. `false` if there were none.
async fn page(service: &Service, after: &mut String, recount: &mut Recount) -> Result<bool, Error> {
    let mut tx = service.store().read().await?;
    let owners = stored::use_owners(&mut tx, after, PAGE).await?;
    let Some(last) = owners.last() else { return Ok(false) };
    *after = last.to_string();
    for owner in owners {
        let counters = stored::recount(&mut tx, owner).await?;
        let sums = stored::sums(&mut tx, owner).await?;
        let keys: BTreeSet<Key> = counters.iter().chain(sums.iter()).map(|(key, _)| key).collect();
        recount.owners += 1;
        recount.counters += keys.len();
        let differing = keys.into_iter().filter(|key| counters.get(*key) != sums.get(*key));
        let mismatch = |key| Mismatch { owner, key, counter: counters.get(key), uses: sums.get(key) };
        recount.mismatches.extend(differing.map(mismatch));
    }
    Ok(true)
}
