//! What staff put on record: a meeting with a person, the reason of a hold.

use super::{In, json};
use crate::{Broken, Error, Tx};
use shiming_domain::id::{AccountId, PersonId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::FaceToFaceRecord;
use shiming_vault::seal::Sealed;

/// Staff met a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMeeting {
    /// Whom.
    pub person: PersonId,
    /// Of this row.
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
struct MeetingRow {
    person: String,
    version: i64,
    holds: String,
    recorded_by: String,
    recorded_us: i64,
    confirmed_by: Option<String>,
}

/// The record of a meeting, if there is one; of a person with several numbers also one under an earlier key.
pub async fn load_meeting(tx: &mut Tx, person: PersonId) -> Result<Option<StoredMeeting>, Error> {
    let id = person.to_string();
    let row = fetch_optional!(
        tx,
        MeetingRow,
        "face_to_face",
        "SELECT person, version, holds, recorded_by, recorded_us, confirmed_by FROM face_to_face \
         WHERE person = $1 OR person IN (SELECT id FROM person WHERE linked_to = $1) \
         ORDER BY CASE WHEN person = $1 THEN 0 ELSE 1 END, recorded_us DESC LIMIT 1",
        id.as_str(),
    )?;
    let Some(row) = row else { return Ok(None) };
    let at = In { table: "face_to_face", id: &id };
    Ok(Some(StoredMeeting {
        person: at.text("person", &row.person)?,
        version: row.version,
        holds: at.json("holds", &row.holds)?,
        recorded_by: at.text("recorded_by", &row.recorded_by)?,
        recorded_at: at.time("recorded_us", row.recorded_us)?,
        confirmed_by: row.confirmed_by.map(|text| at.text("confirmed_by", &text)).transpose()?,
    }))
}

/// What was recorded of a meeting, sealed.
pub async fn meeting_record(tx: &mut Tx, person: PersonId) -> Result<Option<Sealed>, Error> {
    let id = person.to_string();
    let row: Option<(Vec<u8>,)> = fetch_optional!(
        tx,
        (Vec<u8>,),
        "face_to_face",
        "SELECT record FROM face_to_face WHERE person = $1",
        id.as_str(),
    )?;
    row.map(|(bytes,)| Sealed::from_bytes(bytes))
        .transpose()
        .map_err(|_| Broken::new("face_to_face", "record", id).into())
}

/// Records a meeting. A later one takes the place of an earlier one and must be confirmed anew.
pub async fn record_meeting(tx: &mut Tx, meeting: &StoredMeeting, record: &Sealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "face_to_face",
        "INSERT INTO face_to_face (person, version, record, holds, recorded_by, recorded_us) \
         VALUES ($1, 1, $2, $3, $4, $5) \
         ON CONFLICT (person) DO UPDATE SET version = face_to_face.version + 1, record = excluded.record, \
         holds = excluded.holds, recorded_by = excluded.recorded_by, recorded_us = excluded.recorded_us, \
         confirmed_by = NULL, confirmed_us = NULL",
        meeting.person.to_string(),
        record.as_bytes(),
        json("face_to_face", "holds", &meeting.holds)?,
        meeting.recorded_by.to_string(),
        meeting.recorded_at.unix_us(),
    )
}

/// Another member of staff confirms what was read.
pub async fn confirm_meeting(
    tx: &mut Tx,
    meeting: &StoredMeeting,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "face_to_face",
        "UPDATE face_to_face SET version = version + 1, confirmed_by = $3, confirmed_us = $4 \
         WHERE person = $1 AND version = $2 AND confirmed_by IS NULL",
        meeting.person.to_string(),
        meeting.version,
        by.to_string(),
        now.unix_us(),
    )
}

/// A hold of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHold {
    /// On this account.
    pub account: AccountId,
    /// Who set it.
    pub set_by: StaffId,
    /// The second person.
    pub second: Option<StaffId>,
    /// When.
    pub set_at: Timestamp,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// When it went to a supervisor by itself.
    pub escalated_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct HoldRow {
    set_by: String,
    second: Option<String>,
    set_us: i64,
    review_us: i64,
    escalated_us: Option<i64>,
}

/// The hold on an account, if there is one.
pub async fn load_hold(tx: &mut Tx, account: AccountId) -> Result<Option<StoredHold>, Error> {
    let id = account.to_string();
    let row = fetch_optional!(
        tx,
        HoldRow,
        "staff_hold",
        "SELECT set_by, second, set_us, review_us, escalated_us FROM staff_hold WHERE account = $1",
        id.as_str(),
    )?;
    let Some(row) = row else { return Ok(None) };
    let at = In { table: "staff_hold", id: &id };
    Ok(Some(StoredHold {
        account,
        set_by: at.text("set_by", &row.set_by)?,
        second: row.second.map(|text| at.text("second", &text)).transpose()?,
        set_at: at.time("set_us", row.set_us)?,
        review_at: at.time("review_us", row.review_us)?,
        escalated_at: at.time_or_none("escalated_us", row.escalated_us)?,
    }))
}

/// Writes a hold, over an older one.
pub async fn save_hold(tx: &mut Tx, hold: &StoredHold, reason: &Sealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "staff_hold",
        "INSERT INTO staff_hold (account, version, reason, set_by, second, set_us, review_us) \
         VALUES ($1, 1, $2, $3, $4, $5, $6) \
         ON CONFLICT (account) DO UPDATE SET version = staff_hold.version + 1, reason = excluded.reason, \
         set_by = excluded.set_by, second = excluded.second, set_us = excluded.set_us, \
         review_us = excluded.review_us, escalated_us = NULL",
        hold.account.to_string(),
        reason.as_bytes(),
        hold.set_by.to_string(),
        hold.second.map(|staff| staff.to_string()),
        hold.set_at.unix_us(),
        hold.review_at.unix_us(),
    )
}

/// A hold past its review goes to a supervisor, once. `false` if it went before.
pub async fn escalate_hold(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "staff_hold",
        "UPDATE staff_hold SET version = version + 1, escalated_us = $2 \
         WHERE account = $1 AND escalated_us IS NULL AND review_us <= $2",
        account.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// The hold was lifted.
pub async fn end_hold(tx: &mut Tx, account: AccountId) -> Result<u64, Error> {
    exec!(tx, "staff_hold", "DELETE FROM staff_hold WHERE account = $1", account.to_string())
}
