//! Applications: the state of each, its attempts, forms, files and counters.

mod attempt;
pub(crate) mod columns;
mod consent;
mod counter;
mod effect;
mod elsewhere;
mod file;
mod form;
mod handoff;
mod look;

pub use attempt::{
    Capture, FileUsed, MadeWith, NewDecision, StoredAttempt, StoredDecision, attempt, attempts, decision,
    decisions, insert_attempt, insert_decision, keep_record, keep_term, latest_decision, number_and_attempts,
};
pub use consent::{Answered, consents, keep_consent};
pub use counter::{end_row, keep_tally, lock_tally, tallies};
pub use effect::{first_time, forget_effects};
pub use elsewhere::Elsewhere;
pub use file::{
    Seen, StoredFile, file, file_removed, files_to_remove, image_seen, insert_file, is_file_over, keep_again,
    picture_elsewhere, remember_image, remove_selfies, replace_files, shorten_retention,
    shorten_retention_of,
};
pub use form::{
    IdUse, StoredForm, accounts_by_number, first_id, form, ids_seen, keep_form, number_elsewhere, remember_id,
};
pub use handoff::{
    NewHandoff, StoredHandoff, claim_handoff, end_handoffs, forget_handoffs, handoff, handoff_by_link,
    handoff_by_phone, insert_handoff, open_handoff,
};
pub use look::{BAND_BYTES, Candidate, candidates, insert_look, look};

use crate::{Error, Tx};
use columns::{Place, word};
use shiming_domain::application::{Application, StateName};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::moment::Timestamp;

/// An application and the version it was read in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredApplication {
    /// The application.
    pub application: Application,
    /// Counts its changes, from 1.
    pub version: u64,
    /// What was due until then has been done.
    pub clocked_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    body: String,
    version: i64,
    clocked_us: i64,
}

impl Row {
    fn stored(self) -> Result<StoredApplication, Error> {
        let place = Place { table: "application", id: &self.id };
        Ok(StoredApplication {
            application: place.value("body", &self.body)?,
            version: place.number("version", self.version)?,
            clocked_at: place.time("clocked_us", self.clocked_us)?,
        })
    }
}

/// Writes a new application. A second open one of an account is refused by a unique index.
pub async fn insert(tx: &mut Tx, application: &Application, now: Timestamp) -> Result<(), Error> {
    let id = application.id.to_string();
    let body = Place { table: "application", id: &id }.json("body", application)?;
    exec_one!(
        tx,
        "application",
        "INSERT INTO application (id, account, purpose, requested_level, state, body, version, created_us, \
         changed_us, clocked_us) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $7)",
        id.as_str(),
        application.account.to_string(),
        word(&application.purpose),
        i64::from(application.requested_level),
        application.state().name().as_str(),
        body,
        now.unix_us(),
    )
}

/// Reads an application.
pub async fn load(tx: &mut Tx, id: ApplicationId) -> Result<Option<StoredApplication>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "application",
        "SELECT id, body, version, clocked_us FROM application WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// Writes what became of an application, if it still has this version.
pub async fn save(tx: &mut Tx, application: &Application, version: u64, now: Timestamp) -> Result<(), Error> {
    let id = application.id.to_string();
    let place = Place { table: "application", id: &id };
    exec_one!(
        tx,
        "application",
        "UPDATE application SET state = $2, body = $3, changed_us = $4, version = version + 1 \
         WHERE id = $1 AND version = $5",
        id.as_str(),
        application.state().name().as_str(),
        place.json("body", application)?,
        now.unix_us(),
        i64::try_from(version).map_err(|_| place.broken("version"))?,
    )
}

/// An account's applications begun before, newest first.
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<StoredApplication>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "application",
        "SELECT id, body, version, clocked_us FROM application WHERE account = $1 AND created_us < $2 \
         ORDER BY created_us DESC, id DESC LIMIT $3",
        account.to_string(),
        before.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter().map(Row::stored).collect()
}

/// The open application of an account.
pub async fn open_of(tx: &mut Tx, account: AccountId) -> Result<Option<StoredApplication>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "application",
        "SELECT id, body, version, clocked_us FROM application WHERE account = $1 \
         AND state IN ('draft', 'checking', 'waiting_source', 'manual_review', 'resubmit')",
        account.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// When applications of an account ended rejected or expired, since a moment. One that was opened again does
/// not count, because it is no longer in such a state.
pub async fn ended_badly(tx: &mut Tx, account: AccountId, since: Timestamp) -> Result<Vec<Timestamp>, Error> {
    let id = account.to_string();
    let rows: Vec<(i64,)> = fetch_all!(
        tx,
        (i64,),
        "application",
        "SELECT changed_us FROM application WHERE account = $1 AND state IN ($2, $3) AND changed_us >= $4 LIMIT 1000",
        id.as_str(),
        StateName::Rejected.as_str(),
        StateName::Expired.as_str(),
        since.unix_us(),
    )?;
    let place = Place { table: "application", id: &id };
    rows.into_iter().map(|(us,)| place.time("changed_us", us)).collect()
}

/// Moves the mark up to which everything due was done. `false` if another worker moved it.
pub async fn advance_clock(
    tx: &mut Tx,
    id: ApplicationId,
    from: Timestamp,
    to: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "application",
        "UPDATE application SET clocked_us = $3 WHERE id = $1 AND clocked_us = $2",
        id.to_string(),
        from.unix_us(),
        to.unix_us(),
    )?;
    Ok(rows == 1)
}
