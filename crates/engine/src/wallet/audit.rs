//! Whether the counters are the sums of their uses. Says what differs and corrects nothing.

use super::stored;
use crate::service::{Error, Service};
use shiming_domain::limit::{Key, Used};
use shiming_store::wallet::Owner;
use std::collections::BTreeSet;

/// Owners looked at in one picture of the database.
const PAGE: u32 = 100;

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

/// Adds up every use of everybody and compares. Each page of owners is one consistent picture.
pub async fn audit_counters(service: &Service) -> Result<Recount, Error> {
    let mut recount = Recount::default();
    let mut after = String::new();
    loop {
        let mut tx = service.store().read().await?;
        let owners = stored::use_owners(&mut tx, &after, PAGE).await?;
        let Some(last) = owners.last() else { break };
        after = last.to_string();
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
    }
    metrics::gauge!("shiming_limit_counters_wrong").set(recount.mismatches.len() as f64);
    if !recount.mismatches.is_empty() {
        tracing::error!(counters = recount.mismatches.len(), "counters are not the sums of their uses");
    }
    Ok(recount)
}
