//! Attempts: what was submitted, the sealed record of how it was judged, and the decisions on it.

use super::columns::{Place, word};
use super::consent::Answered;
use crate::{Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::application::Attempt;
use shiming_domain::counters::IdIndex;
use shiming_domain::id::{ApplicationId, AttemptId, DecisionId, EventId, FileId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Consent;
use shiming_domain::reason::{Reason, Step};
use shiming_domain::verification::DocumentTerm;
use shiming_domain::{Decision, Outcome};
use shiming_vault::seal::Sealed;
use std::collections::BTreeMap;

/// A file as an attempt used it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUsed {
    /// Which.
    pub id: FileId,
    /// SHA-256 of the bytes that were sent.
    pub sha256: String,
    /// SHA-256 of the picture that was kept.
    pub stored_sha256: String,
}

/// How a selfie was taken, as the client said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// By a camera, in the flow.
    Live,
    /// Chosen as a file, or nobody said.
    File,
}

/// What an attempt was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeWith {
    /// Answers to consents, with the version of the text that was read.
    pub consents: BTreeMap<Consent, Answered>,
    /// How the selfie was taken, if there is one.
    pub selfie: Option<Capture>,
}

/// A stored attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAttempt {
    /// Id, number and time.
    pub attempt: Attempt,
    /// Of which application.
    pub application: ApplicationId,
    /// The files as submitted.
    pub files: BTreeMap<Step, FileUsed>,
    /// Label and SHA-256 of the policy it was judged under.
    pub policy: Option<(String, String)>,
    /// The sealed record.
    pub record: Option<Sealed>,
    /// Until when the document is current, once approved.
    pub term: Option<DocumentTerm>,
    /// What it was made with; none of attempts from before that was kept.
    pub made_with: Option<MadeWith>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    application: String,
    number: i64,
    submitted_us: i64,
    files: String,
    policy_label: Option<String>,
    policy_sha: Option<String>,
    record: Option<Vec<u8>>,
    term: Option<String>,
    made_with: Option<String>,
}

impl Row {
    fn stored(self) -> Result<StoredAttempt, Error> {
        let place = Place { table: "attempt", id: &self.id };
        Ok(StoredAttempt {
            attempt: Attempt {
                id: place.parse("id", &self.id)?,
                number: place.number("number", self.number)?,
                submitted_at: place.time("submitted_us", self.submitted_us)?,
            },
            application: place.parse("application", &self.application)?,
            files: place.value("files", &self.files)?,
            policy: self.policy_label.zip(self.policy_sha),
            record: self.record.map(|bytes| place.sealed("record", bytes)).transpose()?,
            term: self.term.map(|text| place.value("term", &text)).transpose()?,
            made_with: self.made_with.map(|text| place.value("made_with", &text)).transpose()?,
        })
    }
}

/// Writes an attempt as it was submitted.
pub async fn insert_attempt(
    tx: &mut Tx,
    application: ApplicationId,
    attempt: &Attempt,
    files: &BTreeMap<Step, FileUsed>,
    (made_with, app_version): (&MadeWith, &str),
) -> Result<(), Error> {
    let id = attempt.id.to_string();
    let files = Place { table: "attempt", id: &id }.json("files", files)?;
    let made_with = Place { table: "attempt", id: &id }.json("made_with", made_with)?;
    exec_one!(
        tx,
        "attempt",
        "INSERT INTO attempt (id, application, number, submitted_us, app_version, files, made_with) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id.as_str(),
        application.to_string(),
        i64::from(attempt.number),
        attempt.submitted_at.unix_us(),
        app_version,
        files,
        made_with,
    )
}

/// Reads an attempt.
pub async fn attempt(tx: &mut Tx, id: AttemptId) -> Result<Option<StoredAttempt>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "attempt",
        "SELECT id, application, number, submitted_us, files, policy_label, policy_sha, record, term, made_with \
         FROM attempt WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// The attempts of an application, first to last.
pub async fn attempts(tx: &mut Tx, application: ApplicationId) -> Result<Vec<StoredAttempt>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "attempt",
        "SELECT id, application, number, submitted_us, files, policy_label, policy_sha, record, term, made_with \
         FROM attempt WHERE application = $1 ORDER BY number LIMIT 100",
        application.to_string(),
    )?;
    rows.into_iter().map(Row::stored).collect()
}

/// The blind index of the number in an application's form, if it has one, and how many attempts it has: in one
/// statement, because every look at an application asks for both.
pub async fn number_and_attempts(
    tx: &mut Tx,
    application: ApplicationId,
) -> Result<(Option<IdIndex>, u32), Error> {
    let id = application.to_string();
    let row: Option<(Option<Vec<u8>>, i64)> = fetch_optional!(
        tx,
        (Option<Vec<u8>>, i64),
        "form",
        "SELECT (SELECT number_index FROM form WHERE application = $1), \
                (SELECT COUNT(*) FROM attempt WHERE application = $1)",
        id.as_str(),
    )?;
    let Some((index, attempts)) = row else { return Ok((None, 0)) };
    let place = Place { table: "form", id: &id };
    let index = index.map(|bytes| place.hash("number_index", bytes).map(IdIndex)).transpose()?;
    Ok((index, u32::try_from(attempts).unwrap_or(u32::MAX)))
}

/// Keeps the sealed record of how an attempt was judged.
pub async fn keep_record(
    tx: &mut Tx,
    id: AttemptId,
    policy: (&str, &str),
    record: &Sealed,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "attempt",
        "UPDATE attempt SET policy_label = $2, policy_sha = $3, record = $4 WHERE id = $1",
        id.to_string(),
        policy.0,
        policy.1,
        record.as_bytes(),
    )
}

/// Keeps until when the document of an approved attempt is current.
pub async fn keep_term(tx: &mut Tx, id: AttemptId, term: DocumentTerm) -> Result<(), Error> {
    let text = id.to_string();
    let term = Place { table: "attempt", id: &text }.json("term", &term)?;
    exec_one!(tx, "attempt", "UPDATE attempt SET term = $2 WHERE id = $1", text.as_str(), term)
}

/// A decision to be written. Rows are never changed afterwards.
#[derive(Clone, Debug)]
pub struct NewDecision<'a> {
    /// Its id.
    pub id: DecisionId,
    /// On which application.
    pub application: ApplicationId,
    /// On which attempt.
    pub attempt: AttemptId,
    /// When.
    pub at: Timestamp,
    /// By a person.
    pub by_staff: bool,
    /// What follows.
    pub outcome: Outcome,
    /// Why, without anything that was typed or read.
    pub reasons: &'a [Reason],
    /// Steps to do again.
    pub steps: &'a [Step],
    /// The machine's whole decision, bare.
    pub body: Option<&'a Decision>,
    /// The note that was written for the applicant with it.
    pub remark: Option<EventId>,
}

/// A stored decision.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDecision {
    /// Its id.
    pub id: DecisionId,
    /// On which application.
    pub application: ApplicationId,
    /// On which attempt.
    pub attempt: AttemptId,
    /// When.
    pub at: Timestamp,
    /// By a person.
    pub by_staff: bool,
    /// What follows.
    pub outcome: Outcome,
    /// Why, without anything that was typed or read.
    pub reasons: Vec<Reason>,
    /// Steps to do again.
    pub steps: Vec<Step>,
    /// The machine's whole decision, bare.
    pub body: Option<Decision>,
    /// The note that was written for the applicant with it.
    pub remark: Option<EventId>,
}

#[derive(sqlx::FromRow)]
struct DecisionRow {
    id: String,
    application: String,
    attempt: String,
    at_us: i64,
    made_by: String,
    outcome: String,
    reasons: String,
    steps: String,
    body: Option<String>,
    remark: Option<String>,
}

impl DecisionRow {
    fn stored(self) -> Result<StoredDecision, Error> {
        let place = Place { table: "decision", id: &self.id };
        Ok(StoredDecision {
            id: place.parse("id", &self.id)?,
            application: place.parse("application", &self.application)?,
            attempt: place.parse("attempt", &self.attempt)?,
            at: place.time("at_us", self.at_us)?,
            by_staff: self.made_by == "staff",
            outcome: place.word("outcome", &self.outcome)?,
            reasons: place.value("reasons", &self.reasons)?,
            steps: place.value("steps", &self.steps)?,
            body: self.body.map(|text| place.value("body", &text)).transpose()?,
            remark: self.remark.map(|text| place.parse("remark", &text)).transpose()?,
        })
    }
}

/// Writes a decision.
pub async fn insert_decision(tx: &mut Tx, new: &NewDecision<'_>) -> Result<(), Error> {
    let id = new.id.to_string();
    let place = Place { table: "decision", id: &id };
    exec_one!(
        tx,
        "decision",
        "INSERT INTO decision (id, application, attempt, at_us, made_by, outcome, reasons, steps, body, remark) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.as_str(),
        new.application.to_string(),
        new.attempt.to_string(),
        new.at.unix_us(),
        if new.by_staff { "staff" } else { "system" },
        word(&new.outcome),
        place.json("reasons", &new.reasons)?,
        place.json("steps", &new.steps)?,
        new.body.map(|body| place.json("body", body)).transpose()?,
        new.remark.map(|id| id.to_string()),
    )
}

/// Reads a decision.
pub async fn decision(tx: &mut Tx, id: DecisionId) -> Result<Option<StoredDecision>, Error> {
    let row: Option<DecisionRow> = fetch_optional!(
        tx,
        DecisionRow,
        "decision",
        "SELECT id, application, attempt, at_us, made_by, outcome, reasons, steps, body, remark FROM decision \
         WHERE id = $1",
        id.to_string(),
    )?;
    row.map(DecisionRow::stored).transpose()
}

/// The decisions on an application, first to last.
pub async fn decisions(tx: &mut Tx, application: ApplicationId) -> Result<Vec<StoredDecision>, Error> {
    let rows: Vec<DecisionRow> = fetch_all!(
        tx,
        DecisionRow,
        "decision",
        "SELECT id, application, attempt, at_us, made_by, outcome, reasons, steps, body, remark FROM decision \
         WHERE application = $1 ORDER BY at_us, id LIMIT 200",
        application.to_string(),
    )?;
    rows.into_iter().map(DecisionRow::stored).collect()
}

/// The last decision on an application.
pub async fn latest_decision(
    tx: &mut Tx,
    application: ApplicationId,
) -> Result<Option<StoredDecision>, Error> {
    let row: Option<DecisionRow> = fetch_optional!(
        tx,
        DecisionRow,
        "decision",
        "SELECT id, application, attempt, at_us, made_by, outcome, reasons, steps, body, remark FROM decision \
         WHERE application = $1 ORDER BY at_us DESC, id DESC LIMIT 1",
        application.to_string(),
    )?;
    row.map(DecisionRow::stored).transpose()
}
