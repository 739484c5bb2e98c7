//! Challenges before selfies: drawn, run once, ended or replaced.

use crate::application::columns::{Place, word};
use crate::{Error, Tx};
use shiming_domain::id::{AccountId, ApplicationId, FileId, LivenessId};
use shiming_domain::liveness::{Action, Outcome};
use shiming_domain::moment::Timestamp;
use shiming_vault::token::TokenHash;

/// A challenge that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChallenge {
    /// Its id.
    pub id: LivenessId,
    /// Before the selfie of which application.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// Of what opens it.
    pub ticket: TokenHash,
    /// What to do, in this order.
    pub steps: Vec<Action>,
    /// Until when the ticket is good.
    pub expires_at: Timestamp,
}

/// A challenge that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: LivenessId,
    /// Before the selfie of which application.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// What to do, in this order.
    pub steps: Vec<Action>,
}

/// A challenge that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub id: LivenessId,
    /// What there was to do.
    pub steps: Vec<Action>,
    /// How it ended.
    pub outcome: Outcome,
    /// The sealed file with its frames, unless it was removed.
    pub record: Option<FileId>,
}

/// What is written at the end.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// SHA-256 of the still that was promised.
    pub still: Option<&'a [u8; 32]>,
    /// The sealed file, and when it goes.
    pub record: Option<(FileId, Timestamp)>,
}

#[derive(sqlx::FromRow)]
struct BegunRow {
    application: String,
    account: String,
    steps: String,
}

#[derive(sqlx::FromRow)]
struct EndedRow {
    id: String,
    steps: String,
    outcome: String,
    record: Option<String>,
}

impl EndedRow {
    fn ended(self) -> Result<Ended, Error> {
        let place = Place { table: "liveness", id: &self.id };
        Ok(Ended {
            id: place.parse("id", &self.id)?,
            steps: place.value("steps", &self.steps)?,
            outcome: place.word("outcome", &self.outcome)?,
            record: self.record.as_deref().map(|record| place.parse("record", record)).transpose()?,
        })
    }
}

/// Takes the place of what waits or runs for the application; answers how many that were.
pub async fn replace(tx: &mut Tx, application: ApplicationId) -> Result<u64, Error> {
    exec!(
        tx,
        "liveness",
        "UPDATE liveness SET state = 'replaced' WHERE application = $1 AND state IN ('waiting', 'running')",
        application.to_string(),
    )
}

/// Ends what waits or runs for an account: its owner no longer lets their face be used. Answers how many.
pub async fn replace_of(tx: &mut Tx, account: AccountId) -> Result<u64, Error> {
    exec!(
        tx,
        "liveness",
        "UPDATE liveness SET state = 'replaced' WHERE account = $1 AND state IN ('waiting', 'running')",
        account.to_string(),
    )
}

/// Writes a challenge. A unique violation if another came between.
pub async fn insert(tx: &mut Tx, new: &NewChallenge, now: Timestamp) -> Result<(), Error> {
    let id = new.id.to_string();
    let steps = Place { table: "liveness", id: &id }.json("steps", &new.steps)?;
    exec_one!(
        tx,
        "liveness",
        "INSERT INTO liveness (id, application, account, ticket, steps, state, created_us, expires_us) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7)",
        id.as_str(),
        new.application.to_string(),
        new.account.to_string(),
        new.ticket.as_bytes().as_slice(),
        steps,
        now.unix_us(),
        new.expires_at.unix_us(),
    )
}

/// Uses a ticket up. `None` if it is not this challenge's, is over, or was used before.
pub async fn begin(
    tx: &mut Tx,
    id: LivenessId,
    ticket: &TokenHash,
    now: Timestamp,
) -> Result<Option<Begun>, Error> {
    let text = id.to_string();
    let row: Option<BegunRow> = fetch_optional!(
        tx,
        BegunRow,
        "liveness",
        "UPDATE liveness SET state = 'running' WHERE id = $1 AND ticket = $2 AND state = 'waiting' \
         AND expires_us > $3 RETURNING application, account, steps",
        text.as_str(),
        ticket.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    let place = Place { table: "liveness", id: &text };
    row.map(|row| {
        Ok(Begun {
            id,
            application: place.parse("application", &row.application)?,
            account: place.parse("account", &row.account)?,
            steps: place.value("steps", &row.steps)?,
        })
    })
    .transpose()
}

/// Whether it still runs: no newer one took its place.
pub async fn is_running(tx: &mut Tx, id: LivenessId) -> Result<bool, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "liveness",
        "SELECT id FROM liveness WHERE id = $1 AND state = 'running'",
        id.to_string(),
    )?;
    Ok(row.is_some())
}

/// Writes how it ended. A conflict if it does not run any more.
pub async fn end(tx: &mut Tx, id: LivenessId, end: &End<'_>, now: Timestamp) -> Result<(), Error> {
    let (record, remove_at) = end.record.unzip();
    if let Some(record) = record {
        crate::begun::settle(tx, record).await?;
    }
    exec_one!(
        tx,
        "liveness",
        "UPDATE liveness SET state = 'ended', ended_us = $2, outcome = $3, still = $4, record = $5, \
         remove_us = $6 WHERE id = $1 AND state = 'running'",
        id.to_string(),
        now.unix_us(),
        word(&end.outcome),
        end.still.map(<[u8; 32]>::as_slice),
        record.map(|record| record.to_string()),
        remove_at.map(Timestamp::unix_us),
    )
}

/// The challenge that asked for this picture and ended at `since` or later. Failed ones asked for none.
pub async fn of_still(
    tx: &mut Tx,
    application: ApplicationId,
    sha256: &[u8; 32],
    since: Timestamp,
) -> Result<Option<Ended>, Error> {
    let row: Option<EndedRow> = fetch_optional!(
        tx,
        EndedRow,
        "liveness",
        "SELECT id, steps, outcome, record FROM liveness WHERE application = $1 AND state = 'ended' \
         AND ended_us >= $2 AND still = $3 AND outcome <> 'incomplete' ORDER BY ended_us DESC, id DESC LIMIT 1",
        application.to_string(),
        since.unix_us(),
        sha256.as_slice(),
    )?;
    row.map(EndedRow::ended).transpose()
}

/// A challenge of the application after `since` that showed something a person must look at; the last of them.
pub async fn suspected(
    tx: &mut Tx,
    application: ApplicationId,
    since: Timestamp,
) -> Result<Option<Ended>, Error> {
    let row: Option<EndedRow> = fetch_optional!(
        tx,
        EndedRow,
        "liveness",
        "SELECT id, steps, outcome, record FROM liveness WHERE application = $1 AND state = 'ended' \
         AND ended_us > $2 AND outcome IN ('face_changed', 'injected') ORDER BY ended_us DESC, id DESC LIMIT 1",
        application.to_string(),
        since.unix_us(),
    )?;
    row.map(EndedRow::ended).transpose()
}

/// Files of frames whose time is over.
pub async fn records_to_remove(
    tx: &mut Tx,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(LivenessId, FileId)>, Error> {
    let rows: Vec<(String, String)> = fetch_all!(
        tx,
        (String, String),
        "liveness",
        "SELECT id, record FROM liveness WHERE record IS NOT NULL AND remove_us <= $1 \
         ORDER BY remove_us LIMIT $2",
        now.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter()
        .map(|(id, record)| {
            let place = Place { table: "liveness", id: &id };
            Ok((place.parse("id", &id)?, place.parse("record", &record)?))
        })
        .collect()
}

/// The file of a challenge is gone.
pub async fn record_removed(tx: &mut Tx, id: LivenessId) -> Result<(), Error> {
    exec_one!(tx, "liveness", "UPDATE liveness SET record = NULL WHERE id = $1", id.to_string())
}

/// Records of an account go now: its owner no longer lets their face be used. Answers how many.
pub async fn remove_records_of(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "liveness",
        "UPDATE liveness SET remove_us = $2 WHERE account = $1 AND record IS NOT NULL AND remove_us > $2",
        account.to_string(),
        now.unix_us(),
    )
}
