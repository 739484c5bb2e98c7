//! What happened, counted for those who run the service. No row here names a person.

use crate::application::columns::Place;
use crate::{Error, Tx};
use shiming_domain::Outcome;
use shiming_domain::application::StateName;
use shiming_domain::case::CaseType;
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::{Code, Reason};

/// One decision and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// When its attempt was submitted.
    pub submitted_at: Timestamp,
    /// By a person.
    pub by_staff: bool,
    /// What follows.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Code>,
}

/// One case and whether its promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    /// What it is about.
    pub kind: CaseType,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the promise is or was due.
    pub due_at: Timestamp,
    /// When it was done.
    pub ended_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct DecidedRow {
    id: String,
    at_us: i64,
    submitted_us: i64,
    made_by: String,
    outcome: String,
    reasons: String,
}

#[derive(sqlx::FromRow)]
struct WorkedRow {
    id: String,
    kind: String,
    opened_us: i64,
    due_us: i64,
    ended_us: Option<i64>,
}

/// Where the applications begun since then stand.
pub async fn standing(tx: &mut Tx, since: Timestamp) -> Result<Vec<(StateName, i64)>, Error> {
    let rows: Vec<(String, i64)> = fetch_all!(
        tx,
        (String, i64),
        "application",
        "SELECT state, COUNT(*) FROM application WHERE created_us >= $1 GROUP BY state LIMIT 50",
        since.unix_us(),
    )?;
    let place = Place { table: "application", id: "" };
    rows.iter().map(|(state, count)| Ok((place.word("state", state)?, *count))).collect()
}

/// How many of them were submitted at least once.
pub async fn submitted(tx: &mut Tx, since: Timestamp) -> Result<i64, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "attempt",
        "SELECT COUNT(*) FROM application p WHERE p.created_us >= $1 \
         AND EXISTS (SELECT 1 FROM attempt a WHERE a.application = p.id)",
        since.unix_us(),
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Decisions since then, newest first.
pub async fn decided(tx: &mut Tx, since: Timestamp, limit: u32) -> Result<Vec<Decided>, Error> {
    let rows: Vec<DecidedRow> = fetch_all!(
        tx,
        DecidedRow,
        "decision",
        "SELECT d.id, d.at_us, a.submitted_us, d.made_by, d.outcome, d.reasons FROM decision d \
         JOIN attempt a ON a.id = d.attempt WHERE d.at_us >= $1 ORDER BY d.at_us DESC, d.id DESC LIMIT $2",
        since.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter().map(DecidedRow::read).collect()
}

/// Cases opened since then and those that are open still, newest first; no watch-list hits.
pub async fn worked(tx: &mut Tx, since: Timestamp, limit: u32) -> Result<Vec<Worked>, Error> {
    let rows: Vec<WorkedRow> = fetch_all!(
        tx,
        WorkedRow,
        "case_item",
        "SELECT id, kind, opened_us, due_us, ended_us FROM case_item \
         WHERE calm AND (opened_us >= $1 OR state <> 'closed') ORDER BY opened_us DESC, id DESC LIMIT $2",
        since.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter().map(WorkedRow::read).collect()
}

impl DecidedRow {
    fn read(self) -> Result<Decided, Error> {
        let place = Place { table: "decision", id: &self.id };
        let reasons: Vec<Reason> = place.value("reasons", &self.reasons)?;
        Ok(Decided {
            at: place.time("at_us", self.at_us)?,
            submitted_at: place.time("submitted_us", self.submitted_us)?,
            by_staff: self.made_by == "staff",
            outcome: place.word("outcome", &self.outcome)?,
            reasons: reasons.iter().map(|reason| reason.code).collect(),
        })
    }
}

impl WorkedRow {
    fn read(self) -> Result<Worked, Error> {
        let place = Place { table: "case_item", id: &self.id };
        Ok(Worked {
            kind: place.word("kind", &self.kind)?,
            opened_at: place.time("opened_us", self.opened_us)?,
            due_at: place.time("due_us", self.due_us)?,
            ended_at: self.ended_us.map(|us| place.time("ended_us", us)).transpose()?,
        })
    }
}
