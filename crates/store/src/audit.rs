//! Audit rows: written with the change they tell of, put in order by one sequencer, hashed into a tree.
//!
//! A row waits in `audit_pending` from its own transaction until [`sequence`] gives it the next index; that is
//! a second at most, and the tree then holds it (RFC 6962, order of commit). [`Audit`] takes identifiers,
//! codes and counts only. Personal data never enter: what must be bound is bound by a commitment.

use crate::{Broken, Error, Store, Tx};
use serde_json::{Map, Value, json};
use shiming_domain::moment::Timestamp;
use shiming_vault::audit::{Entry, Frontier, leaf_hash};
use shiming_vault::digest::Sha256;
use std::collections::BTreeMap;

/// Who did it, how sure we are of that, and within which request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// An id (`acc_…`, `stf_…`, the id of a key), `system` or `clock`.
    pub id: String,
    /// Role: `applicant`, `support`, …, `integrator`, `system`.
    pub role: String,
    /// Strength of the sign-in: `none`, `one_factor`, `two_factors`, `key`.
    pub strength: &'static str,
    /// The request, if there was one.
    pub request_id: Option<String>,
}

impl Actor {
    /// A job of ours.
    pub fn system() -> Self {
        Self { id: "system".into(), role: "system".into(), strength: "none", request_id: None }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Audit {
    actor: Actor,
    action: &'static str,
    object_kind: &'static str,
    object_id: String,
    outcome: &'static str,
    further: Map<String, Value>,
}

impl Audit {
    /// `action` is `noun.verb`, such as `application.submit`; the object is what it was done to.
    #[expect(clippy::needless_pass_by_value, reason = "ids are small, and a caller reads better without `&`")]
    pub fn new(
        actor: &Actor,
        action: &'static str,
        object_kind: &'static str,
        object_id: impl ToString,
    ) -> Self {
        Self {
            actor: actor.clone(),
            action,
            object_kind,
            object_id: object_id.to_string(),
            outcome: "done",
            further: Map::new(),
        }
    }

    /// It was refused; the row tells the attempt.
    #[must_use]
    pub fn refused(mut self, code: &str) -> Self {
        self.outcome = "refused";
        self.further.insert("reason".into(), json!(code));
        self
    }

    /// A fact: an id, a code, a count, a state. Never personal data.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.further.insert(name.to_owned(), value.into());
        self
    }

    fn entry(&self, now: Timestamp) -> Result<Entry, Error> {
        let mut row = self.further.clone();
        for (name, value) in [
            ("at_us", json!(now.unix_us())),
            ("actor", json!(self.actor.id)),
            ("role", json!(self.actor.role)),
            ("strength", json!(self.actor.strength)),
            ("action", json!(self.action)),
            ("object_kind", json!(self.object_kind)),
            ("object_id", json!(self.object_id)),
            ("outcome", json!(self.outcome)),
        ] {
            row.insert(name.to_owned(), value);
        }
        if let Some(request) = &self.actor.request_id {
            row.insert("request_id".into(), json!(request));
        }
        Ok(Entry::of(&Value::Object(row))?)
    }
}

/// A stored entry.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Its place in the tree, from 0.
    pub idx: i64,
    /// Canonical JSON.
    pub entry: Vec<u8>,
}

/// The latest checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredCheckpoint {
    /// Entries it covers.
    pub size: i64,
    /// When it was signed, microseconds UTC.
    pub at_us: i64,
    /// The signed note.
    pub note: String,
}

pub(crate) async fn insert(tx: &mut Tx, row: &Audit, now: Timestamp) -> Result<(), Error> {
    let entry = row.entry(now)?;
    exec_one!(tx, "audit_pending", "INSERT INTO audit_pending (entry) VALUES ($1)", entry.as_bytes())
}

/// Gives waiting rows their places, at most `limit` of them; answers how many.
pub async fn sequence(store: &Store, limit: u32) -> Result<usize, Error> {
    let mut tx = store.housekeep().await?;
    // The head is locked first: one sequencer at a time on PostgreSQL, as on SQLite by nature.
    exec_one!(tx, "audit_head", "UPDATE audit_head SET size = size WHERE one = 1")?;
    let waiting: Vec<(i64, Vec<u8>)> = fetch_all!(
        tx,
        (i64, Vec<u8>),
        "audit_pending",
        "SELECT id, entry FROM audit_pending ORDER BY id LIMIT $1",
        i64::from(limit),
    )?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut frontier = head(&mut tx).await?;
    let mut nodes: BTreeMap<(u32, u64), Sha256> = BTreeMap::new();
    for (id, entry) in &waiting {
        let place = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
        let fields: Value = serde_json::from_slice(entry)
            .map_err(|_| Broken::new("audit_pending", "entry", id.to_string()))?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        exec_one!(
            tx,
            "audit_entry",
            "INSERT INTO audit_entry (idx, entry, at_us, action, actor, object_kind, object_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            place,
            entry.as_slice(),
            fields.get("at_us").and_then(Value::as_i64).unwrap_or_default(),
            text("action"),
            text("actor"),
            text("object_kind"),
            text("object_id"),
        )?;
        exec_one!(tx, "audit_pending", "DELETE FROM audit_pending WHERE id = $1", *id)?;
        frontier.push_with(leaf_hash(entry), |level, index, hash| {
            nodes.insert((level, index), hash);
        });
    }
    for ((level, index), hash) in nodes {
        exec_one!(
            tx,
            "audit_node",
            "INSERT INTO audit_node (level, idx, hash) VALUES ($1, $2, $3)",
            i64::from(level),
            i64::try_from(index).unwrap_or(i64::MAX),
            hash.as_bytes().as_slice(),
        )?;
    }
    let peaks: Vec<u8> = frontier.peaks().iter().flat_map(|peak| *peak.as_bytes()).collect();
    let size = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
    exec_one!(tx, "audit_head", "UPDATE audit_head SET size = $1, peaks = $2 WHERE one = 1", size, peaks)?;
    tx.commit().await?;
    Ok(waiting.len())
}

/// The tree as far as it is sequenced.
pub async fn head(tx: &mut Tx) -> Result<Frontier, Error> {
    let row: Option<(i64, Vec<u8>)> = fetch_optional!(
        tx,
        (i64, Vec<u8>),
        "audit_head",
        "SELECT size, peaks FROM audit_head WHERE one = 1"
    )?;
    let broken = || Error::from(Broken::new("audit_head", "peaks", "1"));
    let (size, peaks) = row.ok_or_else(broken)?;
    let hashes = peaks.chunks(32).map(|chunk| chunk.try_into().map(Sha256::from_bytes));
    let peaks = hashes.collect::<Result<Vec<_>, _>>().map_err(|_| broken())?;
    Frontier::resume(u64::try_from(size).map_err(|_| broken())?, peaks).map_err(|_| broken())
}

/// Entries from an index on, in order.
pub async fn entries(tx: &mut Tx, from: i64, limit: u32) -> Result<Vec<Stored>, Error> {
    fetch_all!(
        tx,
        Stored,
        "audit_entry",
        "SELECT idx, entry FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT $2",
        from,
        i64::from(limit),
    )
}

/// Entries about an object, newest first, before an index.
pub async fn about(tx: &mut Tx, object_id: &str, before: i64, limit: u32) -> Result<Vec<Stored>, Error> {
    fetch_all!(
        tx,
        Stored,
        "audit_entry",
        "SELECT idx, entry FROM audit_entry WHERE object_id = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3",
        object_id,
        before,
        i64::from(limit),
    )
}

/// Entries of everybody, newest first, before an index.
pub async fn latest(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Stored>, Error> {
    fetch_all!(
        tx,
        Stored,
        "audit_entry",
        "SELECT idx, entry FROM audit_entry WHERE idx < $1 ORDER BY idx DESC LIMIT $2",
        before,
        i64::from(limit),
    )
}

/// Entries of one who did something, newest first, before an index.
pub async fn by(tx: &mut Tx, actor: &str, before: i64, limit: u32) -> Result<Vec<Stored>, Error> {
    fetch_all!(
        tx,
        Stored,
        "audit_entry",
        "SELECT idx, entry FROM audit_entry WHERE actor = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3",
        actor,
        before,
        i64::from(limit),
    )
}

/// Keeps a signed checkpoint.
pub async fn keep_checkpoint(tx: &mut Tx, size: u64, note: &str, now: Timestamp) -> Result<(), Error> {
    exec!(
        tx,
        "audit_checkpoint",
        "INSERT INTO audit_checkpoint (size, at_us, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        i64::try_from(size).unwrap_or(i64::MAX),
        now.unix_us(),
        note,
    )?;
    Ok(())
}

/// The latest checkpoint.
pub async fn checkpoint(tx: &mut Tx) -> Result<Option<StoredCheckpoint>, Error> {
    fetch_optional!(
        tx,
        StoredCheckpoint,
        "audit_checkpoint",
        "SELECT size, at_us, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1",
    )
}
