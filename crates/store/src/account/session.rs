//! Sessions: found by the hash of their token, which only their owner has.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::id::SessionId;
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;
use shiming_vault::token::TokenHash;

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Of its token.
    pub token: TokenHash,
    /// An account or a member of staff.
    pub owner: String,
    /// `one_factor` or `two_factors`.
    pub two_factors: bool,
    /// All factors that the owner needs were shown.
    pub complete: bool,
    /// Coarse words for the device, sealed, and their index.
    pub device: Option<(Sealed, [u8; 32])>,
    /// Ends then unless used before.
    pub idle_until: Timestamp,
    /// Ends then.
    pub until: Timestamp,
}

/// A stored session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its id.
    pub id: SessionId,
    /// An account or a member of staff.
    pub owner: String,
    /// Two factors were shown.
    pub two_factors: bool,
    /// All factors that the owner needs were shown.
    pub complete: bool,
    /// Coarse words for the device, sealed.
    pub device: Option<Sealed>,
    /// A factor was last shown.
    pub verified_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to a minute.
    pub seen_at: Timestamp,
    /// Ends then unless used before.
    pub idle_until: Timestamp,
    /// Ends then.
    pub until: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    owner: String,
    strength: String,
    complete: bool,
    device: Option<Vec<u8>>,
    verified_us: i64,
    created_us: i64,
    seen_us: i64,
    idle_until_us: i64,
    until_us: i64,
}

impl Row {
    fn session(self) -> Result<StoredSession, Error> {
        let cells = Cells { table: "session", id: &self.id };
        Ok(StoredSession {
            id: cells.parsed("id", &self.id)?,
            two_factors: match self.strength.as_str() {
                ONE => false,
                TWO => true,
                _ => return Err(cells.broken("strength")),
            },
            complete: self.complete,
            device: self.device.map(|bytes| cells.sealed("device", bytes)).transpose()?,
            verified_at: cells.time("verified_us", self.verified_us)?,
            created_at: cells.time("created_us", self.created_us)?,
            seen_at: cells.time("seen_us", self.seen_us)?,
            idle_until: cells.time("idle_until_us", self.idle_until_us)?,
            until: cells.time("until_us", self.until_us)?,
            owner: self.owner,
        })
    }
}

const ONE: &str = "one_factor";
const TWO: &str = "two_factors";

const fn strength(two_factors: bool) -> &'static str {
    if two_factors { TWO } else { ONE }
}

/// Begins a session.
pub async fn insert_session(tx: &mut Tx, session: &NewSession, now: Timestamp) -> Result<(), Error> {
    let (device, index) =
        session.device.as_ref().map(|(sealed, index)| (sealed.as_bytes(), &index[..])).unzip();
    exec_one!(
        tx,
        "session",
        "INSERT INTO session (id, token_hash, owner, strength, complete, device, device_idx, verified_us, \
         created_us, seen_us, idle_until_us, until_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $9, $10)",
        session.id.to_string(),
        session.token.as_bytes().as_slice(),
        session.owner.as_str(),
        strength(session.two_factors),
        session.complete,
        device,
        index,
        now.unix_us(),
        session.idle_until.unix_us(),
        session.until.unix_us(),
    )
}

/// The session of a token, unless it is over.
pub async fn session_by_hash(
    tx: &mut Tx,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<StoredSession>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "session",
        "SELECT id, owner, strength, complete, device, verified_us, created_us, seen_us, idle_until_us, until_us \
         FROM session WHERE token_hash = $1 AND ended_us IS NULL AND idle_until_us > $2 AND until_us > $2",
        token.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    row.map(Row::session).transpose()
}

/// The sessions of an owner that are not over, newest first.
pub async fn sessions(tx: &mut Tx, owner: &str, now: Timestamp) -> Result<Vec<StoredSession>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "session",
        "SELECT id, owner, strength, complete, device, verified_us, created_us, seen_us, idle_until_us, until_us \
         FROM session WHERE owner = $1 AND ended_us IS NULL AND idle_until_us > $2 AND until_us > $2 \
         ORDER BY created_us DESC, id DESC LIMIT 100",
        owner,
        now.unix_us(),
    )?;
    rows.into_iter().map(Row::session).collect()
}

/// Whether the owner has signed in with such a device before, and whether ever.
pub async fn device_is_known(tx: &mut Tx, owner: &str, index: &[u8; 32]) -> Result<(bool, bool), Error> {
    let row: Option<(i64, i64)> = fetch_optional!(
        tx,
        (i64, i64),
        "session",
        "SELECT COUNT(*), COUNT(CASE WHEN device_idx = $2 THEN 1 END) FROM session WHERE owner = $1",
        owner,
        index.as_slice(),
    )?;
    Ok(row.map_or((false, false), |(all, same)| (same > 0, all > 0)))
}

/// It was used.
pub async fn touch_session(
    tx: &mut Tx,
    id: SessionId,
    idle_until: Timestamp,
    now: Timestamp,
) -> Result<u64, Error> {
    exec!(
        tx,
        "session",
        "UPDATE session SET seen_us = $3, idle_until_us = $2 WHERE id = $1 AND ended_us IS NULL AND seen_us < $3",
        id.to_string(),
        idle_until.unix_us(),
        now.unix_us(),
    )
}

/// A second factor was shown: a new token, the old one is worth nothing. `complete` if it was all that the owner
/// needs. A conflict if it was so already.
pub async fn rotate_session(
    tx: &mut Tx,
    id: SessionId,
    from: &TokenHash,
    to: &TokenHash,
    complete: bool,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "session",
        "UPDATE session SET token_hash = $3, strength = $4, complete = $5, verified_us = $6 \
         WHERE id = $1 AND token_hash = $2 AND ended_us IS NULL",
        id.to_string(),
        from.as_bytes().as_slice(),
        to.as_bytes().as_slice(),
        TWO,
        complete,
        now.unix_us(),
    )
}

/// Ends one session of an owner.
pub async fn end_session(tx: &mut Tx, owner: &str, id: SessionId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "session",
        "UPDATE session SET ended_us = $3 WHERE id = $1 AND owner = $2 AND ended_us IS NULL",
        id.to_string(),
        owner,
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Ends all sessions of an owner but one.
pub async fn end_sessions(
    tx: &mut Tx,
    owner: &str,
    except: Option<SessionId>,
    now: Timestamp,
) -> Result<u64, Error> {
    exec!(
        tx,
        "session",
        "UPDATE session SET ended_us = $3 WHERE owner = $1 AND id <> $2 AND ended_us IS NULL",
        owner,
        except.map_or_else(String::new, |id| id.to_string()),
        now.unix_us(),
    )
}

/// Forgets sessions that were over long ago. They are kept until then to tell new devices from known ones.
pub async fn forget_sessions(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "session", "DELETE FROM session WHERE until_us < $1", before.unix_us())
}
