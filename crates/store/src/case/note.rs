//! What staff write about a case. The text is sealed.

use super::row::{known, staff};
use super::{moment, word};
use crate::{Broken, Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::id::{CaseId, EventId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// Notes read at once of one case.
const NOTES_MAX: i64 = 200;

/// For whom a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// For colleagues; never sent.
    Internal,
    /// The applicant reads it with the decision.
    Remark,
}

/// A note.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its id.
    pub id: EventId,
    /// Who wrote it.
    pub author: StaffId,
    /// For whom.
    pub kind: NoteKind,
    /// Sealed for the account.
    pub text: Sealed,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    author: String,
    kind: String,
    text: Vec<u8>,
    at_us: i64,
}

impl Row {
    fn read(self) -> Result<Note, Error> {
        let broken = |column| Broken::new("case_note", column, self.id.clone());
        Ok(Note {
            id: self.id.parse().map_err(|_| broken("id"))?,
            author: staff(&self.author, broken("author"))?,
            kind: known(&self.kind, broken("kind"))?,
            at: moment(self.at_us, broken("at_us"))?,
            text: Sealed::from_bytes(self.text).map_err(|_| Broken::new("case_note", "text", self.id))?,
        })
    }
}

/// Writes a note.
pub async fn insert_note(tx: &mut Tx, case: CaseId, note: &Note) -> Result<(), Error> {
    exec_one!(
        tx,
        "case_note",
        "INSERT INTO case_note (id, case_id, author, kind, text, at_us) VALUES ($1, $2, $3, $4, $5, $6)",
        note.id.to_string(),
        case.to_string(),
        note.author.to_string(),
        word(&note.kind),
        note.text.as_bytes(),
        note.at.unix_us(),
    )
}

/// One note.
pub async fn note(tx: &mut Tx, id: EventId) -> Result<Option<Note>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "case_note",
        "SELECT id, author, kind, text, at_us FROM case_note WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::read).transpose()
}

/// The notes of a case, oldest first.
pub async fn notes(tx: &mut Tx, case: CaseId) -> Result<Vec<Note>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "case_note",
        "SELECT id, author, kind, text, at_us FROM case_note WHERE case_id = $1 ORDER BY at_us, id LIMIT $2",
        case.to_string(),
        NOTES_MAX,
    )?;
    rows.into_iter().map(Row::read).collect()
}
