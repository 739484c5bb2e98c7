//! Objections.

use super::row::known;
use super::{json, moment, word};
use crate::{Broken, Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::account::Restriction;
use shiming_domain::id::{AccountId, AppealId, ApplicationId, CaseId, EventId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::{Code, Step};
use shiming_vault::seal::Sealed;

/// Appeals read at once of one account.
const OF_ONE_MAX: i64 = 100;

/// What is objected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A rejected application.
    Application(ApplicationId),
    /// A restriction of the account; of a verification that was taken back it is `identity_revoked`.
    Restriction(Restriction),
    /// A step of an application that is locked because its tries are used up.
    Lock(ApplicationId, Step),
}

/// Where an appeal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    /// Not answered.
    Open,
    /// It is right.
    Upheld,
    /// In part.
    Partly,
    /// It is not.
    Refused,
    /// There is nothing left to object to.
    Cancelled,
}

/// An appeal.
#[derive(Clone, Debug)]
pub struct Appeal {
    /// Its id.
    pub id: AppealId,
    /// Version of the row.
    pub version: i64,
    /// Whose.
    pub account: AccountId,
    /// Against what.
    pub subject: Subject,
    /// Where it stands.
    pub state: AppealState,
    /// What the person writes, sealed.
    pub text: Sealed,
    /// The case that answers it.
    pub case: CaseId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Why it was answered so.
    pub reasons: Vec<Code>,
    /// The note that was written for the person with the answer.
    pub remark: Option<EventId>,
}

impl Subject {
    /// The stable name of its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Application(_) => "application",
            Self::Restriction(_) => "restriction",
            Self::Lock(..) => "lock",
        }
    }

    /// Its id or name.
    pub fn name(self) -> String {
        match self {
            Self::Application(id) => id.to_string(),
            Self::Restriction(restriction) => restriction.as_str().to_owned(),
            Self::Lock(id, step) => format!("{id}/{}", word(&step)),
        }
    }

    /// Reads both.
    pub fn parse(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "application" => name.parse().ok().map(Self::Application),
            "restriction" => super::from_word(name).map(Self::Restriction),
            "lock" => {
                let (id, step) = name.split_once('/')?;
                Some(Self::Lock(id.parse().ok()?, super::from_word(step)?))
            }
            _ => None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    version: i64,
    account: String,
    subject_kind: String,
    subject: String,
    state: String,
    text: Vec<u8>,
    case_id: String,
    opened_us: i64,
    due_us: i64,
    answered_us: Option<i64>,
    reasons: String,
    remark: Option<String>,
}

impl Row {
    fn read(self) -> Result<Appeal, Error> {
        let broken = |column| Broken::new("appeal", column, self.id.clone());
        let answered = self.answered_us.map(|us| moment(us, broken("answered_us"))).transpose()?;
        Ok(Appeal {
            id: self.id.parse().map_err(|_| broken("id"))?,
            version: self.version,
            account: self.account.parse().map_err(|_| broken("account"))?,
            subject: Subject::parse(&self.subject_kind, &self.subject).ok_or_else(|| broken("subject"))?,
            state: known(&self.state, broken("state"))?,
            case: self.case_id.parse().map_err(|_| broken("case_id"))?,
            opened_at: moment(self.opened_us, broken("opened_us"))?,
            due_at: moment(self.due_us, broken("due_us"))?,
            answered_at: answered,
            reasons: serde_json::from_str(&self.reasons).map_err(|_| broken("reasons"))?,
            remark: self.remark.as_deref().map(str::parse).transpose().map_err(|_| broken("remark"))?,
            text: Sealed::from_bytes(self.text).map_err(|_| Broken::new("appeal", "text", self.id))?,
        })
    }
}

/// Stores a new appeal. `false` if one against the same is open.
pub async fn insert_appeal(tx: &mut Tx, appeal: &Appeal) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "appeal",
        "INSERT INTO appeal (id, version, account, subject_kind, subject, state, text, case_id, opened_us, due_us, answered_us) \
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, NULL) ON CONFLICT DO NOTHING",
        appeal.id.to_string(),
        appeal.account.to_string(),
        appeal.subject.kind(),
        appeal.subject.name(),
        word(&appeal.state),
        appeal.text.as_bytes(),
        appeal.case.to_string(),
        appeal.opened_at.unix_us(),
        appeal.due_at.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Saves the answer: state, time, reasons and remark.
pub async fn save_appeal(tx: &mut Tx, appeal: &mut Appeal) -> Result<(), Error> {
    exec_one!(
        tx,
        "appeal",
        "UPDATE appeal SET version = version + 1, state = $3, answered_us = $4, reasons = $5, remark = $6 \
         WHERE id = $1 AND version = $2",
        appeal.id.to_string(),
        appeal.version,
        word(&appeal.state),
        appeal.answered_at.map(Timestamp::unix_us),
        json(&appeal.reasons, Broken::new("appeal", "reasons", appeal.id.to_string()))?,
        appeal.remark.map(|id| id.to_string()),
    )?;
    appeal.version += 1;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, version, account, subject_kind, subject, state, text, case_id, opened_us, due_us, \
             answered_us, reasons, remark FROM appeal WHERE ",
            $rest
        )
    };
}

/// Reads an appeal.
pub async fn appeal(tx: &mut Tx, id: AppealId) -> Result<Option<Appeal>, Error> {
    let row: Option<Row> = fetch_optional!(tx, Row, "appeal", select!("id = $1"), id.to_string())?;
    row.map(Row::read).transpose()
}

/// The appeal a case answers.
pub async fn appeal_of_case(tx: &mut Tx, case: CaseId) -> Result<Option<Appeal>, Error> {
    let row: Option<Row> = fetch_optional!(tx, Row, "appeal", select!("case_id = $1"), case.to_string())?;
    row.map(Row::read).transpose()
}

/// Whether an appeal of an account waits for its answer.
pub async fn has_open_appeal(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "appeal",
        "SELECT id FROM appeal WHERE account = $1 AND state = 'open' LIMIT 1",
        account.to_string(),
    )?;
    Ok(row.is_some())
}

/// The appeals of an account, newest first.
pub async fn appeals(tx: &mut Tx, account: AccountId) -> Result<Vec<Appeal>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "appeal",
        select!("account = $1 ORDER BY id DESC LIMIT $2"),
        account.to_string(),
        OF_ONE_MAX,
    )?;
    rows.into_iter().map(Row::read).collect()
}
