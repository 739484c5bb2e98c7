//! Meetings of staff with people. Each record is a row: what was confirmed stays until a later record is.

use super::{In, json};
use crate::{Broken, Error, Tx};
use shiming_domain::id::{PersonId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::FaceToFaceRecord;
use shiming_vault::seal::Sealed;

/// Staff met a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMeeting {
    /// Under whose key it is sealed; this number may lead to another person by now.
    pub person: PersonId,
    /// Counts the records of the person, whichever number they stand under.
    pub version: i64,
    /// Which parts the record has.
    pub holds: Vec<FaceToFaceRecord>,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When.
    pub recorded_at: Timestamp,
    /// Who confirmed it.
    pub confirmed_by: Option<StaffId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    person: String,
    version: i64,
    holds: String,
    recorded_by: String,
    recorded_us: i64,
    confirmed_by: Option<String>,
}

impl Row {
    fn read(self) -> Result<StoredMeeting, Error> {
        let at = In { table: "face_to_face", id: &self.person };
        Ok(StoredMeeting {
            person: at.text("person", &self.person)?,
            version: self.version,
            holds: at.json("holds", &self.holds)?,
            recorded_by: at.text("recorded_by", &self.recorded_by)?,
            recorded_at: at.time("recorded_us", self.recorded_us)?,
            confirmed_by: self.confirmed_by.as_deref().map(|by| at.text("confirmed_by", by)).transpose()?,
        })
    }
}

/// The records of a person, under whichever number, newest first: at most one waits for a second person.
pub async fn meetings(tx: &mut Tx, person: PersonId) -> Result<Vec<StoredMeeting>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "face_to_face",
        "SELECT person, version, holds, recorded_by, recorded_us, confirmed_by FROM face_to_face \
         WHERE person IN (SELECT $1 UNION ALL SELECT id FROM person WHERE linked_to = $1) \
         ORDER BY recorded_us DESC, version DESC, person LIMIT 100",
        person.to_string(),
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// What was recorded, sealed under the key of the record's own person.
pub async fn meeting_record(tx: &mut Tx, meeting: &StoredMeeting) -> Result<Option<Sealed>, Error> {
    let id = meeting.person.to_string();
    let row: Option<(Vec<u8>,)> = fetch_optional!(
        tx,
        (Vec<u8>,),
        "face_to_face",
        "SELECT record FROM face_to_face WHERE person = $1 AND version = $2",
        id.as_str(),
        meeting.version,
    )?;
    row.map(|(bytes,)| Sealed::from_bytes(bytes))
        .transpose()
        .map_err(|_| Broken::new("face_to_face", "record", id).into())
}

/// Records a meeting in place of one that still waits; a confirmed one stays.
pub async fn record_meeting(tx: &mut Tx, meeting: &StoredMeeting, record: &Sealed) -> Result<(), Error> {
    let id = meeting.person.to_string();
    exec!(
        tx,
        "face_to_face",
        "DELETE FROM face_to_face WHERE confirmed_by IS NULL \
         AND (person = $1 OR person IN (SELECT id FROM person WHERE linked_to = $1))",
        id.as_str(),
    )?;
    exec_one!(
        tx,
        "face_to_face",
        "INSERT INTO face_to_face (person, version, record, holds, recorded_by, recorded_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        id.as_str(),
        meeting.version,
        record.as_bytes(),
        json("face_to_face", "holds", &meeting.holds)?,
        meeting.recorded_by.to_string(),
        meeting.recorded_at.unix_us(),
    )
}

/// Another member of staff confirms what was read. Earlier records of the person have done their part.
pub async fn confirm_meeting(
    tx: &mut Tx,
    person: PersonId,
    meeting: &StoredMeeting,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "face_to_face",
        "UPDATE face_to_face SET confirmed_by = $3, confirmed_us = $4 \
         WHERE person = $1 AND version = $2 AND confirmed_by IS NULL",
        meeting.person.to_string(),
        meeting.version,
        by.to_string(),
        now.unix_us(),
    )?;
    exec!(
        tx,
        "face_to_face",
        "DELETE FROM face_to_face WHERE NOT (person = $2 AND version = $3) \
         AND (person = $1 OR person IN (SELECT id FROM person WHERE linked_to = $1))",
        person.to_string(),
        meeting.person.to_string(),
        meeting.version,
    )?;
    Ok(())
}
