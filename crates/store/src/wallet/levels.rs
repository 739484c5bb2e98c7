//! Levels as they were last derived.

use super::{In, word};
use crate::{Error, Tx};
use shiming_domain::account::RestrictionEffect;
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;

/// What the facts gave when they were last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLevel {
    /// Of this account.
    pub account: AccountId,
    /// Of this row; 0 if it was never written.
    pub version: i64,
    /// The level; `None` until a contact is confirmed.
    pub level: Option<u8>,
    /// The identity is verified and current.
    pub verified: bool,
    /// What follows from a verification that ended.
    pub ended: Option<RestrictionEffect>,
    /// Label of the policy it was derived with.
    pub policy: String,
    /// Since when.
    pub since: Timestamp,
    /// When it may change by time alone.
    pub recompute_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    level: Option<i64>,
    verified: bool,
    ended: Option<String>,
    policy: String,
    since_us: i64,
    recompute_us: Option<i64>,
}

/// The level of an account, if it was ever derived.
pub async fn load_level(tx: &mut Tx, account: AccountId) -> Result<Option<StoredLevel>, Error> {
    let id = account.to_string();
    let row = fetch_optional!(
        tx,
        Row,
        "account_level",
        "SELECT version, level, verified, ended, policy, since_us, recompute_us FROM account_level \
         WHERE account = $1",
        id.as_str(),
    )?;
    let Some(row) = row else { return Ok(None) };
    let at = In { table: "account_level", id: &id };
    Ok(Some(StoredLevel {
        account,
        version: row.version,
        level: row.level.map(|n| u8::try_from(n).map_err(|_| at.broken("level"))).transpose()?,
        verified: row.verified,
        ended: row.ended.map(|text| at.word("ended", text)).transpose()?,
        policy: row.policy,
        since: at.time("since_us", row.since_us)?,
        recompute_at: at.time_or_none("recompute_us", row.recompute_us)?,
    }))
}

/// Writes a level over the one that was read.
pub async fn save_level(tx: &mut Tx, new: &StoredLevel) -> Result<(), Error> {
    exec_one!(
        tx,
        "account_level",
        "INSERT INTO account_level (account, version, level, verified, ended, policy, since_us, \
         recompute_us) VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (account) DO UPDATE SET version = excluded.version, \
         level = excluded.level, verified = excluded.verified, ended = excluded.ended, \
         policy = excluded.policy, since_us = excluded.since_us, recompute_us = excluded.recompute_us \
         WHERE account_level.version = $2",
        new.account.to_string(),
        new.version,
        new.level.map(i64::from),
        new.verified,
        new.ended.as_ref().map(|effect| word("account_level", "ended", effect)).transpose()?,
        new.policy.as_str(),
        new.since.unix_us(),
        new.recompute_at.map(Timestamp::unix_us),
    )
}
