//! What identity sources were asked, what they answered, and what stands confirmed.

use crate::{Broken, Error, Tx};
use serde_json::Value;
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, ChannelProofId, EventId, PersonId};
use shiming_domain::level::Proof;
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::ChannelKind;

/// Rows read at once; an application or account never comes near it.
const ROWS_MAX: i64 = 500;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Asked; nothing is known yet.
    Asked,
    /// Name and number belong together.
    Confirmed,
    /// They do not.
    Mismatch,
    /// Nothing is known of them.
    NoRecord,
    /// The document is not current.
    DocumentInvalid,
    /// No answer.
    Unavailable,
    /// An answer that is none.
    Unusable,
    /// The source will not answer this.
    Refused,
}

impl Outcome {
    const ALL: [Self; 8] = [
        Self::Asked,
        Self::Confirmed,
        Self::Mismatch,
        Self::NoRecord,
        Self::DocumentInvalid,
        Self::Unavailable,
        Self::Unusable,
        Self::Refused,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Mismatch => "mismatch",
            Self::NoRecord => "no_record",
            Self::DocumentInvalid => "document_invalid",
            Self::Unavailable => "unavailable",
            Self::Unusable => "unusable",
            Self::Refused => "refused",
        }
    }

    /// The source said something about the person.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Confirmed | Self::Mismatch | Self::NoRecord | Self::DocumentInvalid)
    }
}

/// For whom a source was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Account.
    pub account: AccountId,
    /// Application and attempt; none for a channel added later.
    pub attempt: Option<(ApplicationId, AttemptId)>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCall {
    /// Its id.
    pub id: EventId,
    /// For whom.
    pub asker: Asker,
    /// Name of the source.
    pub source: String,
    /// The n-th time for this attempt.
    pub round: u32,
    /// Blind index of the question.
    pub subject: [u8; 32],
    /// What came of it.
    pub outcome: Outcome,
    /// The organisation's reference.
    pub reference: Option<String>,
    /// The call whose answer this is.
    pub reused_from: Option<EventId>,
    /// When it was asked.
    pub asked: Timestamp,
    /// When the answer came.
    pub answered: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account: String,
    application: Option<String>,
    attempt: Option<String>,
    source: String,
    round: i64,
    subject: Vec<u8>,
    outcome: String,
    reference: Option<String>,
    reused_from: Option<String>,
    asked_us: i64,
    answered_us: Option<i64>,
}

impl TryFrom<Row> for StoredCall {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let broken = |column| Broken::new("source_call", column, row.id.clone());
        let time = |us, column| Timestamp::from_unix_us(us).map_err(|_| broken(column));
        let attempt = match (&row.application, &row.attempt) {
            (Some(application), Some(attempt)) => Some((
                application.parse().map_err(|_| broken("application"))?,
                attempt.parse().map_err(|_| broken("attempt"))?,
            )),
            _ => None,
        };
        Ok(Self {
            id: row.id.parse().map_err(|_| broken("id"))?,
            asker: Asker { account: row.account.parse().map_err(|_| broken("account"))?, attempt },
            round: u32::try_from(row.round).map_err(|_| broken("round"))?,
            subject: row.subject.as_slice().try_into().map_err(|_| broken("subject"))?,
            outcome: Outcome::ALL
                .into_iter()
                .find(|outcome| outcome.as_str() == row.outcome)
                .ok_or_else(|| broken("outcome"))?,
            reused_from: match &row.reused_from {
                Some(id) => Some(id.parse().map_err(|_| broken("reused_from"))?),
                None => None,
            },
            asked: time(row.asked_us, "asked_us")?,
            answered: row.answered_us.map(|us| time(us, "answered_us")).transpose()?,
            source: row.source,
            reference: row.reference,
        })
    }
}

fn calls(rows: Vec<Row>) -> Result<Vec<StoredCall>, Error> {
    rows.into_iter().map(StoredCall::try_from).collect()
}

/// Writes a call before it is made, or one whose answer is known already.
pub async fn insert(tx: &mut Tx, call: &StoredCall) -> Result<(), Error> {
    let (application, attempt) = match call.asker.attempt {
        Some((application, attempt)) => (Some(application.to_string()), Some(attempt.to_string())),
        None => (None, None),
    };
    exec_one!(
        tx,
        "source_call",
        "INSERT INTO source_call (id, account, application, attempt, source, round, subject, outcome, \
         reference, reused_from, asked_us, answered_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        call.id.to_string(),
        call.asker.account.to_string(),
        application,
        attempt,
        call.source.as_str(),
        i64::from(call.round),
        call.subject.as_slice(),
        call.outcome.as_str(),
        call.reference.as_deref(),
        call.reused_from.map(|id| id.to_string()),
        call.asked.unix_us(),
        call.answered.map(Timestamp::unix_us),
    )
}

/// Writes what came of a call.
pub async fn settle(
    tx: &mut Tx,
    id: EventId,
    outcome: Outcome,
    reference: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "source_call",
        "UPDATE source_call SET outcome = $2, reference = $3, answered_us = $4 \
         WHERE id = $1 AND outcome = 'asked'",
        id.to_string(),
        outcome.as_str(),
        reference,
        now.unix_us(),
    )
}

/// The calls for an attempt, in the order they were made.
pub async fn of_attempt(tx: &mut Tx, attempt: AttemptId) -> Result<Vec<StoredCall>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "source_call",
        "SELECT id, account, application, attempt, source, round, subject, outcome, reference, reused_from, \
         asked_us, answered_us FROM source_call WHERE attempt = $1 ORDER BY asked_us, id LIMIT $2",
        attempt.to_string(),
        ROWS_MAX,
    )?;
    calls(rows)
}

/// When this asker's calls that cost something were made, since a moment: those that were answered. An
/// application has its own count, and so have the channels that an account adds.
pub async fn paid(tx: &mut Tx, asker: Asker, since: Timestamp) -> Result<Vec<Timestamp>, Error> {
    const ANSWERED: &str = "SELECT asked_us FROM source_call WHERE application = $1 AND asked_us >= $2 \
        AND reused_from IS NULL AND outcome IN ('confirmed', 'mismatch', 'no_record', 'document_invalid') \
        ORDER BY asked_us LIMIT $3";
    const ADDED: &str = "SELECT asked_us FROM source_call WHERE account = $1 AND application IS NULL \
        AND asked_us >= $2 AND reused_from IS NULL \
        AND outcome IN ('confirmed', 'mismatch', 'no_record', 'document_invalid') \
        ORDER BY asked_us LIMIT $3";
    let (sql, key) = match asker.attempt {
        Some((application, _)) => (ANSWERED, application.to_string()),
        None => (ADDED, asker.account.to_string()),
    };
    let rows: Vec<(i64,)> =
        fetch_all!(tx, (i64,), "source_call", sql, key.as_str(), since.unix_us(), ROWS_MAX)?;
    let time = |(us,): (i64,)| {
        Timestamp::from_unix_us(us).map_err(|_| Broken::new("source_call", "asked_us", key.clone()).into())
    };
    rows.into_iter().map(time).collect()
}

/// The newest real answer of a source to the same question, since a moment.
pub async fn known(
    tx: &mut Tx,
    source: &str,
    subject: &[u8; 32],
    since: Timestamp,
) -> Result<Option<StoredCall>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "source_call",
        "SELECT id, account, application, attempt, source, round, subject, outcome, reference, reused_from, \
         asked_us, answered_us FROM source_call \
         WHERE source = $1 AND subject = $2 AND answered_us >= $3 AND reused_from IS NULL \
         AND outcome IN ('confirmed', 'mismatch', 'no_record', 'document_invalid') \
         ORDER BY answered_us DESC, id DESC LIMIT 1",
        source,
        subject.as_slice(),
        since.unix_us(),
    )?;
    row.map(StoredCall::try_from).transpose()
}

/// A confirmation of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProof {
    /// Its id.
    pub id: ChannelProofId,
    /// Whose account.
    pub account: AccountId,
    /// With which attempt it came; none for a channel added later.
    pub attempt: Option<AttemptId>,
    /// Whose it is, once that is established; until then it counts for nobody.
    pub person: Option<PersonId>,
    /// Name of the source.
    pub source: String,
    /// The organisation's reference.
    pub reference: String,
    /// What levels are derived from.
    pub proof: Proof,
}

#[derive(sqlx::FromRow)]
struct ProofRow {
    id: String,
    account: String,
    attempt: Option<String>,
    person: Option<String>,
    source: String,
    kind: String,
    organisation: String,
    reference: String,
    simulated: bool,
    confirmed_us: i64,
    valid_until_us: Option<i64>,
}

impl TryFrom<ProofRow> for StoredProof {
    type Error = Error;

    fn try_from(row: ProofRow) -> Result<Self, Error> {
        let broken = |column| Broken::new("channel_proof", column, row.id.clone());
        Ok(Self {
            id: row.id.parse().map_err(|_| broken("id"))?,
            account: row.account.parse().map_err(|_| broken("account"))?,
            attempt: match &row.attempt {
                Some(id) => Some(id.parse().map_err(|_| broken("attempt"))?),
                None => None,
            },
            person: match &row.person {
                Some(id) => Some(id.parse().map_err(|_| broken("person"))?),
                None => None,
            },
            proof: Proof {
                kind: serde_json::from_value(Value::String(row.kind.clone())).map_err(|_| broken("kind"))?,
                organisation: row.organisation,
                simulated: row.simulated,
                confirmed_us: row.confirmed_us,
                valid_until_us: row.valid_until_us,
            },
            source: row.source,
            reference: row.reference,
        })
    }
}

fn kind_text(kind: ChannelKind) -> Result<String, Error> {
    match serde_json::to_value(kind) {
        Ok(Value::String(text)) => Ok(text),
        _ => Err(Broken::new("channel_proof", "kind", "").into()),
    }
}

/// Keeps a proof. `false` if the attempt has one of this source.
pub async fn insert_proof(tx: &mut Tx, proof: &StoredProof) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "channel_proof",
        "INSERT INTO channel_proof (id, account, attempt, person, source, kind, organisation, reference, \
         simulated, confirmed_us, valid_until_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        proof.id.to_string(),
        proof.account.to_string(),
        proof.attempt.map(|id| id.to_string()),
        proof.person.map(|id| id.to_string()),
        proof.source.as_str(),
        kind_text(proof.proof.kind)?,
        proof.proof.organisation.as_str(),
        proof.reference.as_str(),
        proof.proof.simulated,
        proof.proof.confirmed_us,
        proof.proof.valid_until_us,
    )?;
    Ok(rows == 1)
}

/// The attempt was approved: its proofs are this person's from now on. Answers how many.
pub async fn bind_proofs(tx: &mut Tx, attempt: AttemptId, person: PersonId) -> Result<u64, Error> {
    exec!(
        tx,
        "channel_proof",
        "UPDATE channel_proof SET person = $2 WHERE attempt = $1",
        attempt.to_string(),
        person.to_string(),
    )
}

/// Whose proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Those that came with one account.
    Account(AccountId),
    /// Those of a person, whichever account they came with.
    Person(PersonId),
}

/// The proofs that count for somebody, oldest first.
pub async fn proofs(tx: &mut Tx, owner: Owner) -> Result<Vec<StoredProof>, Error> {
    const OF_ACCOUNT: &str = "SELECT id, account, attempt, person, source, kind, organisation, reference, \
        simulated, confirmed_us, valid_until_us FROM channel_proof \
        WHERE account = $1 AND person IS NOT NULL ORDER BY confirmed_us, id LIMIT $2";
    const OF_PERSON: &str = "SELECT id, account, attempt, person, source, kind, organisation, reference, \
        simulated, confirmed_us, valid_until_us FROM channel_proof \
        WHERE person = $1 ORDER BY confirmed_us, id LIMIT $2";
    let (sql, id) = match owner {
        Owner::Account(id) => (OF_ACCOUNT, id.to_string()),
        Owner::Person(id) => (OF_PERSON, id.to_string()),
    };
    let rows: Vec<ProofRow> = fetch_all!(tx, ProofRow, "channel_proof", sql, id, ROWS_MAX)?;
    rows.into_iter().map(StoredProof::try_from).collect()
}
