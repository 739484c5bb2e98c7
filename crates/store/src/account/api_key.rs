//! Keys of machines.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::id::ApiKeyId;
use shiming_domain::moment::Timestamp;
use shiming_vault::token::TokenHash;

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What the operator calls it.
    pub label: String,
    /// Its hash.
    pub hash: TokenHash,
    /// Prefix and last four characters.
    pub hint: String,
    /// Stable names, separated by spaces.
    pub scopes: String,
    /// For real people.
    pub live: bool,
    /// Who made it.
    pub created_by: String,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
}

/// A stored key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What the operator calls it.
    pub label: String,
    /// Prefix and last four characters.
    pub hint: String,
    /// Stable names, separated by spaces.
    pub scopes: String,
    /// For real people.
    pub live: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// Last used, to a minute.
    pub used_at: Option<Timestamp>,
    /// Taken back.
    pub revoked_at: Option<Timestamp>,
    /// The key that takes its place.
    pub replaced_by: Option<ApiKeyId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    label: String,
    hint: String,
    scopes: String,
    live: bool,
    created_us: i64,
    expires_us: i64,
    used_us: Option<i64>,
    revoked_us: Option<i64>,
    replaced_by: Option<String>,
}

impl Row {
    fn key(self) -> Result<StoredApiKey, Error> {
        let cells = Cells { table: "api_key", id: &self.id };
        Ok(StoredApiKey {
            id: cells.parsed("id", &self.id)?,
            live: self.live,
            created_at: cells.time("created_us", self.created_us)?,
            expires_at: cells.time("expires_us", self.expires_us)?,
            used_at: cells.time_option("used_us", self.used_us)?,
            revoked_at: cells.time_option("revoked_us", self.revoked_us)?,
            replaced_by: self.replaced_by.as_deref().map(|t| cells.parsed("replaced_by", t)).transpose()?,
            label: self.label,
            hint: self.hint,
            scopes: self.scopes,
        })
    }
}

/// Keeps a key.
pub async fn insert_api_key(tx: &mut Tx, key: &NewApiKey, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "api_key",
        "INSERT INTO api_key (id, label, hash, hint, scopes, live, created_us, created_by, expires_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        key.id.to_string(),
        key.label.as_str(),
        key.hash.as_bytes().as_slice(),
        key.hint.as_str(),
        key.scopes.as_str(),
        key.live,
        now.unix_us(),
        key.created_by.as_str(),
        key.expires_at.unix_us(),
    )
}

/// The key of a hash, unless it is over.
pub async fn key_by_hash(
    tx: &mut Tx,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<Option<StoredApiKey>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "api_key",
        "SELECT id, label, hint, scopes, live, created_us, expires_us, used_us, revoked_us, replaced_by \
         FROM api_key WHERE hash = $1 AND revoked_us IS NULL AND expires_us > $2",
        hash.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    row.map(Row::key).transpose()
}

/// The key of an id.
pub async fn key_by_id(tx: &mut Tx, id: ApiKeyId) -> Result<Option<StoredApiKey>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "api_key",
        "SELECT id, label, hint, scopes, live, created_us, expires_us, used_us, revoked_us, replaced_by \
         FROM api_key WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::key).transpose()
}

/// All keys, newest first.
pub async fn keys(tx: &mut Tx) -> Result<Vec<StoredApiKey>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "api_key",
        "SELECT id, label, hint, scopes, live, created_us, expires_us, used_us, revoked_us, replaced_by \
         FROM api_key ORDER BY created_us DESC, id DESC LIMIT 1000",
    )?;
    rows.into_iter().map(Row::key).collect()
}

/// It was used. `false` if it was within the last minute already.
pub async fn touch_key(tx: &mut Tx, id: ApiKeyId, before: Timestamp, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "api_key",
        "UPDATE api_key SET used_us = $3 WHERE id = $1 AND (used_us IS NULL OR used_us <= $2)",
        id.to_string(),
        before.unix_us(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Takes it back. `false` if that was so already.
pub async fn revoke_key(tx: &mut Tx, id: ApiKeyId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "api_key",
        "UPDATE api_key SET revoked_us = $2 WHERE id = $1 AND revoked_us IS NULL",
        id.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Another takes its place; it still works for a while. A conflict if that was so already.
pub async fn replace_key(
    tx: &mut Tx,
    id: ApiKeyId,
    by: ApiKeyId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "api_key",
        "UPDATE api_key SET replaced_by = $2, expires_us = $3 \
         WHERE id = $1 AND replaced_by IS NULL AND revoked_us IS NULL",
        id.to_string(),
        by.to_string(),
        expires_at.unix_us(),
    )
}
