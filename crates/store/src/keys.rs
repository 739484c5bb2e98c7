//! Wrapped keys. This module stores them; only `vault` can open them.

use crate::{Broken, Error, Tx};
use shiming_domain::moment::Timestamp;
use shiming_vault::keys::{KeyState, Purpose, WrappedKey};

/// What a key under the root is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Wraps data keys.
    Tenant,
    /// Look-up keys are derived from it.
    Secret,
    /// Signs checkpoints.
    Signing,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Secret => "secret",
            Self::Signing => "signing",
        }
    }
}

/// A stored key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// As wrapped; `None` once destroyed.
    pub wrapped: Option<WrappedKey>,
    /// What it may do.
    pub state: KeyState,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    state: String,
    wrapped: Option<Vec<u8>>,
}

impl Row {
    fn key(self, table: &'static str) -> Result<StoredKey, Error> {
        let broken = |column| Broken::new(table, column, self.id.clone());
        let state = self.state.parse().map_err(|_| broken("state"))?;
        let wrapped = match &self.wrapped {
            Some(bytes) => Some(WrappedKey::from_bytes(bytes).map_err(|_| broken("wrapped"))?),
            None => None,
        };
        Ok(StoredKey { wrapped, state })
    }
}

/// Keeps a new key under the root. `false` if another process was faster.
pub async fn insert(
    tx: &mut Tx,
    role: Role,
    scope: &str,
    key: &WrappedKey,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "key_wrapped",
        "INSERT INTO key_wrapped (id, role, scope, state, wrapped, created_us) \
         VALUES ($1, $2, $3, 'active', $4, $5) ON CONFLICT DO NOTHING",
        key.id().to_string(),
        role.as_str(),
        scope,
        key.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// All keys of a role and scope, oldest first.
pub async fn of_role(tx: &mut Tx, role: Role, scope: &str) -> Result<Vec<StoredKey>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "key_wrapped",
        "SELECT id, state, wrapped FROM key_wrapped WHERE role = $1 AND scope = $2 ORDER BY created_us, id LIMIT 1000",
        role.as_str(),
        scope,
    )?;
    rows.into_iter().map(|row| row.key("key_wrapped")).collect()
}

/// Keeps a new data key of a subject. `false` if another process was faster.
pub async fn insert_data(
    tx: &mut Tx,
    subject: &str,
    purpose: Purpose,
    key: &WrappedKey,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "key_data",
        "INSERT INTO key_data (id, subject, purpose, state, wrapped, created_us) \
         VALUES ($1, $2, $3, 'active', $4, $5) ON CONFLICT DO NOTHING",
        key.id().to_string(),
        subject,
        purpose.as_str(),
        key.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// The key that seals anew for a subject and purpose.
pub async fn active_data(tx: &mut Tx, subject: &str, purpose: Purpose) -> Result<Option<StoredKey>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "key_data",
        "SELECT id, state, wrapped FROM key_data WHERE subject = $1 AND purpose = $2 AND state = 'active'",
        subject,
        purpose.as_str(),
    )?;
    row.map(|row| row.key("key_data")).transpose()
}

/// The key that a sealed value names.
pub async fn data(tx: &mut Tx, id: &str) -> Result<Option<StoredKey>, Error> {
    let row: Option<Row> =
        fetch_optional!(tx, Row, "key_data", "SELECT id, state, wrapped FROM key_data WHERE id = $1", id)?;
    row.map(|row| row.key("key_data")).transpose()
}

/// Destroys every key of a subject and purpose; answers how many. Nothing sealed with them opens again.
pub async fn destroy_data(
    tx: &mut Tx,
    subject: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<u64, Error> {
    exec!(
        tx,
        "key_data",
        "UPDATE key_data SET state = 'destroyed', wrapped = NULL, destroyed_us = $3 \
         WHERE subject = $1 AND purpose = $2 AND state <> 'destroyed'",
        subject,
        purpose.as_str(),
        now.unix_us(),
    )
}
