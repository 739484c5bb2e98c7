//! Which effects were carried out.

use crate::{Error, Tx};
use shiming_domain::id::EventId;
use shiming_domain::moment::Timestamp;

/// Marks an effect as carried out, in the transaction that does it. `false` if it was before.
pub async fn first_time(tx: &mut Tx, event: EventId, number: u32, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "effect_done",
        "INSERT INTO effect_done (event, number, done_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        event.to_string(),
        i64::from(number),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Forgets marks older than that; their jobs are long gone.
pub async fn forget_effects(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "effect_done", "DELETE FROM effect_done WHERE done_us < $1", before.unix_us())
}
