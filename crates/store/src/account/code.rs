//! Codes that were asked for.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::id::{CodeId, ContactId};
use shiming_domain::moment::Timestamp;
use shiming_vault::token::CodeMac;

/// A code to be sent.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// Its id.
    pub id: CodeId,
    /// What for.
    pub purpose: &'static str,
    /// Whose; nobody's if whoever asked must not learn that there is nobody.
    pub owner: Option<String>,
    /// Where it goes.
    pub contact: Option<ContactId>,
    /// Counts what is sent there.
    pub bucket: String,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
}

/// A stored request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCode {
    /// Its id.
    pub id: CodeId,
    /// What for.
    pub purpose: String,
    /// Whose.
    pub owner: Option<String>,
    /// Where it goes.
    pub contact: Option<ContactId>,
    /// Counts what is sent there.
    pub bucket: String,
    /// The code, once it was made.
    pub mac: Option<CodeMac>,
    /// Tries so far.
    pub tries: i64,
    /// How often it was sent or is to be sent.
    pub sends: i64,
    /// When it was last asked for.
    pub asked_at: Timestamp,
    /// When it went out.
    pub sent_at: Option<Timestamp>,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// Used, or tried too often.
    pub over: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    purpose: String,
    owner: Option<String>,
    contact_id: Option<String>,
    bucket: String,
    mac: Option<Vec<u8>>,
    tries: i64,
    sends: i64,
    asked_us: i64,
    sent_us: Option<i64>,
    expires_us: i64,
    over: bool,
}

impl Row {
    fn code(self) -> Result<StoredCode, Error> {
        let cells = Cells { table: "code_request", id: &self.id };
        let mac = self.mac.map(|bytes| cells.hash("mac", &bytes)).transpose()?;
        Ok(StoredCode {
            id: cells.parsed("id", &self.id)?,
            contact: self.contact_id.as_deref().map(|text| cells.parsed("contact_id", text)).transpose()?,
            mac: mac.map(CodeMac::from_bytes),
            tries: self.tries,
            sends: self.sends,
            asked_at: cells.time("asked_us", self.asked_us)?,
            sent_at: cells.time_option("sent_us", self.sent_us)?,
            expires_at: cells.time("expires_us", self.expires_us)?,
            over: self.over,
            purpose: self.purpose,
            bucket: self.bucket,
            owner: self.owner,
        })
    }
}

/// Keeps a request.
pub async fn insert_code(tx: &mut Tx, code: &NewCode, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "code_request",
        "INSERT INTO code_request (id, purpose, owner, contact_id, bucket, tries, sends, asked_us, expires_us, over) \
         VALUES ($1, $2, $3, $4, $5, 0, 1, $6, $7, FALSE)",
        code.id.to_string(),
        code.purpose,
        code.owner.as_deref(),
        code.contact.map(|id| id.to_string()),
        code.bucket.as_str(),
        now.unix_us(),
        code.expires_at.unix_us(),
    )
}

/// A request by its id.
pub async fn code(tx: &mut Tx, id: CodeId) -> Result<Option<StoredCode>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "code_request",
        "SELECT id, purpose, owner, contact_id, bucket, mac, tries, sends, asked_us, sent_us, expires_us, over \
         FROM code_request WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::code).transpose()
}

/// The code that is about to be sent.
pub async fn set_code(tx: &mut Tx, id: CodeId, mac: &CodeMac) -> Result<u64, Error> {
    exec!(
        tx,
        "code_request",
        "UPDATE code_request SET mac = $2 WHERE id = $1 AND over = FALSE AND sent_us IS NULL",
        id.to_string(),
        mac.as_bytes().as_slice(),
    )
}

/// It went out.
pub async fn code_sent(tx: &mut Tx, id: CodeId, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "code_request",
        "UPDATE code_request SET sent_us = $2 WHERE id = $1 AND sent_us IS NULL",
        id.to_string(),
        now.unix_us(),
    )
}

/// It is to be sent once more. `false` if somebody else asked for that in the same moment.
pub async fn again(
    tx: &mut Tx,
    code: &StoredCode,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "code_request",
        "UPDATE code_request SET sent_us = NULL, mac = NULL, sends = sends + 1, asked_us = $3, expires_us = $4 \
         WHERE id = $1 AND sends = $2 AND over = FALSE",
        code.id.to_string(),
        code.sends,
        now.unix_us(),
        expires_at.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Counts a try before it is looked at, so that no number of tries at once is more than the limit. Nothing is
/// counted, and there is nothing to look at, when it is over.
pub async fn count_try(tx: &mut Tx, id: CodeId, tries_max: u32) -> Result<u64, Error> {
    exec!(
        tx,
        "code_request",
        "UPDATE code_request SET tries = tries + 1 WHERE id = $1 AND over = FALSE AND tries < $2",
        id.to_string(),
        i64::from(tries_max),
    )
}

/// It was used. A conflict if somebody else was faster.
pub async fn end_code(tx: &mut Tx, id: CodeId) -> Result<(), Error> {
    exec_one!(
        tx,
        "code_request",
        "UPDATE code_request SET over = TRUE WHERE id = $1 AND over = FALSE",
        id.to_string(),
    )
}

/// Ends every code of an owner.
pub async fn end_codes(tx: &mut Tx, owner: &str) -> Result<u64, Error> {
    exec!(
        tx,
        "code_request",
        "UPDATE code_request SET over = TRUE WHERE owner = $1 AND over = FALSE AND mac IS NOT NULL",
        owner
    )
}

/// Forgets what is over.
pub async fn forget_codes(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "code_request", "DELETE FROM code_request WHERE expires_us < $1", before.unix_us())
}
