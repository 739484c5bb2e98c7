//! Staff meets a person: recorded by one, confirmed by another.

use super::{level, stored};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::case::Role;
use shiming_domain::id::{PersonId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::FaceToFaceRecord;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::wallet::StoredMeeting;
use shiming_vault::keys::Purpose;

/// The longest part of a record, characters.
const PART_MAX: usize = 200;

/// What is recorded of a meeting; empty parts are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// Where.
    pub place: String,
    /// The agent who met the person.
    pub agent: String,
    /// The reference of the chip reader.
    pub chip_reader_reference: String,
}

/// A record as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingLine {
    /// Whom.
    pub person: PersonId,
    /// What is recorded.
    pub meeting: Meeting,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When.
    pub recorded_at: Timestamp,
    /// Who confirmed it.
    pub confirmed_by: Option<StaffId>,
}

impl MeetingLine {
    fn of(stored: &StoredMeeting, meeting: Meeting) -> Self {
        Self {
            person: stored.person,
            meeting,
            recorded_by: stored.recorded_by,
            recorded_at: stored.recorded_at,
            confirmed_by: stored.confirmed_by,
        }
    }
}

impl Meeting {
    fn parts(&self) -> [(FaceToFaceRecord, &str); 3] {
        [
            (FaceToFaceRecord::Place, self.place.trim()),
            (FaceToFaceRecord::Agent, self.agent.trim()),
            (FaceToFaceRecord::ChipReaderReference, self.chip_reader_reference.trim()),
        ]
    }
}

/// Records a meeting. It counts once another member of staff has confirmed it, where the policy asks for that.
pub async fn record_meeting(
    service: &Service,
    caller: &Caller,
    person: PersonId,
    meeting: &Meeting,
) -> Result<Pending<MeetingLine>, Error> {
    let staff = staff(service, caller)?;
    let parts = meeting.parts();
    if parts.iter().any(|(_, text)| text.chars().count() > PART_MAX) {
        let detail = "Each part of the record has up to 200 characters.";
        return Err(Refused::new(Kind::TooLarge, "record_too_long", detail).into());
    }
    if meeting.place.trim().is_empty() || meeting.agent.trim().is_empty() {
        let detail = "Say where the person was met, and by whom.";
        return Err(Refused::new(Kind::Unacceptable, "record_malformed", detail).into());
    }
    let holds = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(part, _)| *part).collect();
    let text = serde_json::json!(parts.map(|(_, text)| text));
    let now = service.now();
    let mut tx = service.store().change().await?;
    if shiming_store::person::accounts(&mut tx, person).await?.is_empty() {
        return Err(Error::not_found());
    }
    let id = person.to_string();
    let text = text.to_string();
    let record = service.seal(&mut tx, &id, Purpose::Wallet, "face_to_face", &id, text.as_bytes()).await?;
    let new =
        StoredMeeting { person, version: 0, holds, recorded_by: staff, recorded_at: now, confirmed_by: None };
    stored::record_meeting(&mut tx, &new, &record).await?;
    let audit = Audit::new(&caller.actor(), "face_to_face.record", "person", person);
    tx.audit(&audit.with("parts", new.holds.len()), now).await?;
    derive_all(service, &mut tx, person).await?;
    let line = MeetingLine::of(&new, meeting.clone());
    Ok(Pending::new(service, tx, line))
}

/// Another member of staff confirms a record.
pub async fn confirm_meeting(
    service: &Service,
    caller: &Caller,
    person: PersonId,
) -> Result<Pending<MeetingLine>, Error> {
    let staff = staff(service, caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let meeting = stored::load_meeting(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    if meeting.recorded_by == staff {
        let detail = "Another member of staff confirms a record.";
        return Err(Refused::new(Kind::Forbidden, "second_person_needed", detail).into());
    }
    if meeting.confirmed_by.is_some() {
        let detail = "This record is confirmed already.";
        return Err(Refused::new(Kind::Conflict, "record_confirmed", detail).into());
    }
    stored::confirm_meeting(&mut tx, &meeting, staff, now).await?;
    let audit = Audit::new(&caller.actor(), "face_to_face.confirm", "person", person);
    tx.audit(&audit.with("recorded_by", meeting.recorded_by.to_string()), now).await?;
    derive_all(service, &mut tx, person).await?;
    let recorded = read(service, &mut tx, person).await?;
    let line = MeetingLine::of(&StoredMeeting { confirmed_by: Some(staff), ..meeting }, recorded);
    Ok(Pending::new(service, tx, line))
}

/// The record of a meeting, for whoever confirms it. The look leaves a row.
pub async fn meeting(service: &Service, caller: &Caller, person: PersonId) -> Result<MeetingLine, Error> {
    role(caller)?;
    let mut tx = service.store().change().await?;
    let stored = stored::load_meeting(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    let recorded = read(service, &mut tx, person).await?;
    let row = Audit::new(&caller.actor(), "face_to_face.read", "person", person).with("purpose", "four_eyes");
    tx.audit(&row, service.now()).await?;
    tx.commit().await?;
    Ok(MeetingLine::of(&stored, recorded))
}

async fn read(service: &Service, tx: &mut Tx, person: PersonId) -> Result<Meeting, Error> {
    let id = person.to_string();
    let sealed = stored::meeting_record(tx, person).await?.ok_or_else(Error::not_found)?;
    let plain = service.unseal(tx, &id, Purpose::Wallet, "face_to_face", &id, &sealed).await?;
    let parts: [String; 3] =
        serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("meeting_record"))?;
    let [place, agent, chip_reader_reference] = parts;
    Ok(Meeting { place, agent, chip_reader_reference })
}

/// A meeting is a fact of every account of the person.
async fn derive_all(service: &Service, tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    for account in shiming_store::person::accounts(tx, person).await? {
        level::recompute_level(service, tx, account).await?;
    }
    Ok(())
}

/// Who meets people, with a factor shown a short while ago.
fn staff(service: &Service, caller: &Caller) -> Result<StaffId, Error> {
    let staff = role(caller)?;
    crate::four_eyes::stepped_up(service, caller)?;
    Ok(staff)
}

fn role(caller: &Caller) -> Result<StaffId, Error> {
    match caller.staff() {
        Some((staff, Role::Support | Role::Reviewer | Role::Supervisor)) => Ok(staff),
        _ => Err(Refused::new(Kind::Forbidden, "role_missing", "Staff who meet people record it.").into()),
    }
}
