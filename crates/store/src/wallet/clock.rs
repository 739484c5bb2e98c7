//! What the clock of an account has done.

use super::In;
use crate::{Error, Tx};
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;

/// What the clock of an account has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredClock {
    /// Of this account.
    pub account: AccountId,
    /// Of this row; 0 if it was never written.
    pub version: i64,
    /// The latest reminder that was due and is done.
    pub reminded: Timestamp,
    /// The dormancy a warning was sent for.
    pub warned: Timestamp,
    /// A job waits for then.
    pub next: Option<Timestamp>,
}

impl StoredClock {
    /// One that has done nothing.
    pub const fn new(account: AccountId) -> Self {
        let never = Timestamp::MIN;
        Self { account, version: 0, reminded: never, warned: never, next: None }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    reminded_us: i64,
    warned_us: i64,
    next_us: Option<i64>,
}

/// Reads one; a new one if there is none.
pub async fn load_clock(tx: &mut Tx, account: AccountId) -> Result<StoredClock, Error> {
    let id = account.to_string();
    let row = fetch_optional!(
        tx,
        Row,
        "account_clock",
        "SELECT version, reminded_us, warned_us, next_us FROM account_clock WHERE account = $1",
        id.as_str(),
    )?;
    let Some(row) = row else { return Ok(StoredClock::new(account)) };
    let at = In { table: "account_clock", id: &id };
    Ok(StoredClock {
        account,
        version: row.version,
        reminded: at.time("reminded_us", row.reminded_us)?,
        warned: at.time("warned_us", row.warned_us)?,
        next: at.time_or_none("next_us", row.next_us)?,
    })
}

/// Writes one over the one that was read.
pub async fn save_clock(tx: &mut Tx, clock: &StoredClock) -> Result<(), Error> {
    exec_one!(
        tx,
        "account_clock",
        "INSERT INTO account_clock (account, version, reminded_us, warned_us, next_us) \
         VALUES ($1, $2 + 1, $3, $4, $5) \
         ON CONFLICT (account) DO UPDATE SET version = excluded.version, reminded_us = excluded.reminded_us, \
         warned_us = excluded.warned_us, next_us = excluded.next_us \
         WHERE account_clock.version = $2",
        clock.account.to_string(),
        clock.version,
        clock.reminded.unix_us(),
        clock.warned.unix_us(),
        clock.next.map(Timestamp::unix_us),
    )
}
