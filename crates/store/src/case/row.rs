//! One case as it is stored.

use super::queue::Audience;
use super::{from_word, json, moment, word};
use crate::{Broken, Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::application::{DocumentProof, FaceProof};
use shiming_domain::case::{Case, CaseType, Priority, State, Verdict};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, CaseId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;
use shiming_domain::sla::SlaClock;
use shiming_domain::verification::DocumentTerm;
use std::collections::BTreeSet;

const TABLE: &str = "case_item";
/// Cases read at once of one account or application.
const OF_ONE_MAX: i64 = 100;

/// A stored case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCase {
    /// Its id.
    pub id: CaseId,
    /// Version of the row; grows with every save, also where [`Case::version`] does not.
    pub version: i64,
    /// The case.
    pub case: Case,
    /// Whose.
    pub account: AccountId,
    /// About which application.
    pub application: Option<ApplicationId>,
    /// The account is frozen.
    pub frozen: bool,
    /// The person's priority.
    pub priority: Priority,
    /// When the promise is due; without one, the target.
    pub due_at: Timestamp,
    /// When we aim to be done.
    pub target_at: Timestamp,
    /// Who had an earlier attempt of it.
    pub known_to: Option<StaffId>,
    /// Most of the promised time is used.
    pub alarmed: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What else belongs to it.
    pub facts: Facts,
}

/// What belongs to a case and no query asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The promise's clock.
    pub promise: Option<SlaClock>,
    /// The target's clock.
    pub target: SlaClock,
    /// Reasons to pre-fill a rejection with.
    pub proposed: Vec<Code>,
    /// What a second look looks at.
    pub reviewed: Option<Reviewed>,
    /// Which classes of fields are to change, for an information change.
    pub changes: BTreeSet<String>,
    /// What an approval rests on, if not on the photos and the live selfie.
    pub proof: Option<(DocumentProof, FaceProof)>,
    /// Until when the document is current, if whoever approved said so.
    pub term: Option<DocumentTerm>,
    /// The date the person was told when the promised one could not be kept.
    pub told_due_us: Option<i64>,
    /// The version that took effect.
    pub published: Option<u64>,
    /// The application that used the permission of an information change up.
    #[serde(default)]
    pub used_by: Option<ApplicationId>,
}

/// What a second look looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// The case that was decided; none if the machine did.
    pub case: Option<CaseId>,
    /// The attempt that was decided; none in what was stored before it was kept.
    #[serde(default)]
    pub attempt: Option<AttemptId>,
    /// What it looks like to whoever takes it.
    pub shown_as: CaseType,
    /// What was decided.
    pub verdict: Verdict,
}

impl Facts {
    /// With clocks only.
    pub fn new(promise: Option<SlaClock>, target: SlaClock) -> Self {
        Self {
            promise,
            target,
            proposed: Vec::new(),
            reviewed: None,
            changes: BTreeSet::new(),
            proof: None,
            term: None,
            told_due_us: None,
            published: None,
            used_by: None,
        }
    }
}

impl StoredCase {
    /// Those who may not take it any more: barred, or having decided it.
    fn kept_away(&self) -> BTreeSet<StaffId> {
        self.case.barred.iter().copied().chain(self.case.opinions.iter().map(|o| o.by)).collect()
    }

    fn ended_us(&self) -> Option<i64> {
        if let State::Closed { at_us, .. } = self.case.state { Some(at_us) } else { None }
    }

    fn broken(&self, column: &'static str) -> Broken {
        Broken::new(TABLE, column, self.id.to_string())
    }
}

/// The stable name of a state, as in the column.
fn state_word(state: &State) -> &'static str {
    match state {
        State::Open => "open",
        State::Claimed { .. } => "claimed",
        State::OnHold { .. } => "on_hold",
        State::SecondReview { .. } => "second_review",
        State::Closed { .. } => "closed",
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    version: i64,
    body: String,
    facts: String,
    account: String,
    application: Option<String>,
    warm: bool,
    priority: i64,
    due_us: i64,
    target_us: i64,
    known_to: Option<String>,
    alarmed: bool,
    opened_us: i64,
}

/// The columns of [`Row`], in queries.
macro_rules! columns {
    () => {
        "id, version, body, facts, account, application, warm, priority, due_us, target_us, known_to, \
         alarmed, opened_us"
    };
}
pub(super) use columns;

impl Row {
    pub(super) fn read(self) -> Result<StoredCase, Error> {
        let broken = |column| Broken::new(TABLE, column, self.id.clone());
        let priority = u8::try_from(self.priority).ok().and_then(Priority::from_number);
        let application = self.application.as_deref().map(str::parse).transpose();
        let known_to = self.known_to.as_deref().map(str::parse).transpose();
        Ok(StoredCase {
            id: self.id.parse().map_err(|_| broken("id"))?,
            version: self.version,
            case: serde_json::from_str(&self.body).map_err(|_| broken("body"))?,
            account: self.account.parse().map_err(|_| broken("account"))?,
            application: application.map_err(|_| broken("application"))?,
            frozen: !self.warm,
            priority: priority.ok_or_else(|| broken("priority"))?,
            due_at: moment(self.due_us, broken("due_us"))?,
            target_at: moment(self.target_us, broken("target_us"))?,
            known_to: known_to.map_err(|_| broken("known_to"))?,
            alarmed: self.alarmed,
            opened_at: moment(self.opened_us, broken("opened_us"))?,
            facts: serde_json::from_str(&self.facts).map_err(|_| broken("facts"))?,
        })
    }
}

/// Stores a new case. `false` if it is there already.
pub async fn insert(tx: &mut Tx, stored: &StoredCase) -> Result<bool, Error> {
    let (case, lease) = (&stored.case, stored.case.lease());
    let rows = exec!(
        tx,
        "case_item",
        "INSERT INTO case_item (id, version, kind, queue, state, audience, body, facts, account, application, \
         calm, warm, priority, due_us, target_us, known_to, lease_owner, lease_until_us, alarmed, opened_us, ended_us) \
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT DO NOTHING",
        stored.id.to_string(),
        word(&case.kind),
        word(&case.queue),
        state_word(&case.state),
        Audience::of(case.kind, case.queue).as_str(),
        json(case, stored.broken("body"))?,
        json(&stored.facts, stored.broken("facts"))?,
        stored.account.to_string(),
        stored.application.map(|id| id.to_string()),
        case.kind != CaseType::Screening,
        !stored.frozen,
        i64::from(stored.priority.number()),
        stored.due_at.unix_us(),
        stored.target_at.unix_us(),
        stored.known_to.map(|id| id.to_string()),
        lease.map(|lease| lease.holder.to_string()),
        lease.map_or(0, |lease| lease.until_us),
        stored.alarmed,
        stored.opened_at.unix_us(),
        stored.ended_us(),
    )?;
    if rows == 1 {
        keep_away(tx, stored).await?;
    }
    Ok(rows == 1)
}

/// Saves a case that nobody else has saved since it was read; afterwards `version` is the row's new one.
pub async fn save(tx: &mut Tx, stored: &mut StoredCase) -> Result<(), Error> {
    let (case, lease) = (&stored.case, stored.case.lease());
    exec_one!(
        tx,
        "case_item",
        "UPDATE case_item SET version = version + 1, queue = $3, state = $4, audience = $5, body = $6, facts = $7, \
         warm = $8, priority = $9, due_us = $10, target_us = $11, lease_owner = $12, lease_until_us = $13, \
         alarmed = $14, ended_us = $15 WHERE id = $1 AND version = $2",
        stored.id.to_string(),
        stored.version,
        word(&case.queue),
        state_word(&case.state),
        Audience::of(case.kind, case.queue).as_str(),
        json(case, stored.broken("body"))?,
        json(&stored.facts, stored.broken("facts"))?,
        !stored.frozen,
        i64::from(stored.priority.number()),
        stored.due_at.unix_us(),
        stored.target_at.unix_us(),
        lease.map(|lease| lease.holder.to_string()),
        lease.map_or(0, |lease| lease.until_us),
        stored.alarmed,
        stored.ended_us(),
    )?;
    keep_away(tx, stored).await?;
    stored.version += 1;
    Ok(())
}

async fn keep_away(tx: &mut Tx, stored: &StoredCase) -> Result<(), Error> {
    let id = stored.id.to_string();
    exec!(tx, "case_barred", "DELETE FROM case_barred WHERE case_id = $1", id.as_str())?;
    for staff in stored.kept_away() {
        exec_one!(
            tx,
            "case_barred",
            "INSERT INTO case_barred (case_id, staff) VALUES ($1, $2)",
            id.as_str(),
            staff.to_string(),
        )?;
    }
    Ok(())
}

/// Reads a case.
pub async fn load(tx: &mut Tx, id: CaseId) -> Result<Option<StoredCase>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "case_item",
        concat!("SELECT ", columns!(), " FROM case_item WHERE id = $1"),
        id.to_string(),
    )?;
    row.map(Row::read).transpose()
}

/// The cases of an application, oldest first.
pub async fn of_application(tx: &mut Tx, id: ApplicationId) -> Result<Vec<StoredCase>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "case_item",
        concat!(
            "SELECT ",
            columns!(),
            " FROM case_item WHERE application = $1 ORDER BY opened_us, id LIMIT $2"
        ),
        id.to_string(),
        OF_ONE_MAX,
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// The cases of a kind about an account, newest first.
pub async fn of_account(tx: &mut Tx, id: AccountId, kind: CaseType) -> Result<Vec<StoredCase>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "case_item",
        concat!(
            "SELECT ",
            columns!(),
            " FROM case_item WHERE account = $1 AND kind = $2 ORDER BY opened_us DESC, id LIMIT $3"
        ),
        id.to_string(),
        word(&kind),
        OF_ONE_MAX,
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// A staff id of a column.
pub(super) fn staff(text: &str, broken: Broken) -> Result<StaffId, Error> {
    text.parse().map_err(|_| broken.into())
}

/// A word of a column.
pub(super) fn known<T: serde::de::DeserializeOwned>(text: &str, broken: Broken) -> Result<T, Error> {
    from_word(text).ok_or_else(|| broken.into())
}
