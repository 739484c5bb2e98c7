//! Second factors: authenticator apps and recovery codes.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;
use shiming_vault::token::RecoveryHash;

/// A stored authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTotp {
    /// Sealed.
    pub secret: Sealed,
    /// The last accepted step.
    pub last_step: Option<u64>,
}

/// The authenticator that is in use, or the one that waits to be tried for the first time.
pub async fn totp(tx: &mut Tx, owner: &str, active: bool) -> Result<Option<StoredTotp>, Error> {
    let row: Option<(Vec<u8>, Option<i64>)> = fetch_optional!(
        tx,
        (Vec<u8>, Option<i64>),
        "totp",
        "SELECT secret, last_step FROM totp WHERE owner = $1 AND state = $2",
        owner,
        state(active),
    )?;
    row.map(|(secret, step)| {
        let cells = Cells { table: "totp", id: owner };
        let last_step = step.map(u64::try_from).transpose().map_err(|_| cells.broken("last_step"))?;
        Ok(StoredTotp { secret: cells.sealed("secret", secret)?, last_step })
    })
    .transpose()
}

/// Keeps a new one that waits to be tried; an earlier one that waits is forgotten.
pub async fn set_totp(tx: &mut Tx, owner: &str, secret: &Sealed, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "totp",
        "INSERT INTO totp (owner, state, secret, created_us) VALUES ($1, 'pending', $2, $3) \
         ON CONFLICT (owner, state) DO UPDATE SET secret = $2, created_us = $3",
        owner,
        secret.as_bytes(),
        now.unix_us(),
    )
}

/// It works: it takes the place of the one in use.
pub async fn activate_totp(tx: &mut Tx, owner: &str, step: u64) -> Result<(), Error> {
    exec!(tx, "totp", "DELETE FROM totp WHERE owner = $1 AND state = 'active'", owner)?;
    exec_one!(
        tx,
        "totp",
        "UPDATE totp SET state = 'active', last_step = $2 WHERE owner = $1 AND state = 'pending'",
        owner,
        i64::try_from(step).unwrap_or(i64::MAX),
    )
}

/// Takes a step, once. `false` if it or a later one was taken before.
pub async fn accept_step(tx: &mut Tx, owner: &str, step: u64) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "totp",
        "UPDATE totp SET last_step = $2 WHERE owner = $1 AND state = 'active' \
         AND (last_step IS NULL OR last_step < $2)",
        owner,
        i64::try_from(step).unwrap_or(i64::MAX),
    )?;
    Ok(rows == 1)
}

/// Replaces all recovery codes of an owner.
pub async fn set_recovery_codes(
    tx: &mut Tx,
    owner: &str,
    hashes: &[RecoveryHash],
    now: Timestamp,
) -> Result<(), Error> {
    exec!(tx, "recovery_code", "DELETE FROM recovery_code WHERE owner = $1", owner)?;
    for hash in hashes {
        exec_one!(
            tx,
            "recovery_code",
            "INSERT INTO recovery_code (owner, hash, created_us) VALUES ($1, $2, $3)",
            owner,
            hash.as_bytes().as_slice(),
            now.unix_us(),
        )?;
    }
    Ok(())
}

/// Uses a code up. `false` if there is no such code or it is used.
pub async fn use_recovery_code(
    tx: &mut Tx,
    owner: &str,
    hash: &RecoveryHash,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "recovery_code",
        "UPDATE recovery_code SET used_us = $3 WHERE owner = $1 AND hash = $2 AND used_us IS NULL",
        owner,
        hash.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// How many are left.
pub async fn recovery_codes_left(tx: &mut Tx, owner: &str) -> Result<i64, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "recovery_code",
        "SELECT COUNT(*) FROM recovery_code WHERE owner = $1 AND used_us IS NULL",
        owner,
    )?;
    Ok(row.map_or(0, |(left,)| left))
}

const fn state(active: bool) -> &'static str {
    if active { "active" } else { "pending" }
}
