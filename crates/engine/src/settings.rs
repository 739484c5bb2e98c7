//! Changes of settings, in the audit log.
//!
//! An operator changes a file and starts the program again, so that is when a change is found: what a process
//! runs with is compared with what its kind ran with last. Secrets are never among the values.

use crate::service::{Caller, Error, Service};
use shiming_store::audit::Audit;
use shiming_store::setting;
use std::collections::BTreeMap;

/// Notes what a process (`serve`, `worker`) runs with: one row in the audit log for each setting that changed,
/// appeared or went, and one for all of them at the first start. Answers how many rows.
pub async fn note(
    service: &Service,
    process: &str,
    settings: &BTreeMap<String, String>,
) -> Result<usize, Error> {
    again!(note_once(service, process, settings))
}

async fn note_once(
    service: &Service,
    process: &str,
    settings: &BTreeMap<String, String>,
) -> Result<usize, Error> {
    let now = service.now();
    let actor = Caller::system().actor();
    let mut tx = service.store().change().await?;
    let before = setting::all(&mut tx, process).await?;
    let changed = settings.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    let gone = before.keys().filter(|name| !settings.contains_key(*name));
    let mut rows = Vec::new();
    for (name, value) in changed {
        setting::keep(&mut tx, process, name, value, now).await?;
        let row = Audit::new(&actor, "setting.change", "setting", name).with("to", value.as_str());
        rows.push(before.get(name).map_or(row.clone(), |from| row.with("from", from.as_str())));
    }
    for name in gone {
        setting::forget(&mut tx, process, name).await?;
        rows.push(Audit::new(&actor, "setting.remove", "setting", name));
    }
    if before.is_empty() && !rows.is_empty() {
        let count = rows.len();
        rows = vec![Audit::new(&actor, "setting.first", "setting", process).with("count", count)];
    }
    if rows.is_empty() {
        return Ok(0);
    }
    for row in &rows {
        tx.audit(&row.clone().with("process", process), now).await?;
    }
    tx.commit().await?;
    Ok(rows.len())
}
