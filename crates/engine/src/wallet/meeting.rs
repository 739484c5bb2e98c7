//! Staff meets a person: recorded by one, confirmed by another.

use super::{level, stored};
use crate::four_eyes;
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::case::{self, Role};
use shiming_domain::id::{PersonId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::FaceToFaceRecord;
use shiming_store::audit::Audit;
use shiming_store::wallet::StoredMeeting;
use shiming_store::{Tx, person as people};
use shiming_vault::keys::Purpose;

/// Who meets people.
const ROLES: &[Role] = &[Role::Support, Role::Reviewer, Role::Supervisor];
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
    /// Which of the person's records this is; whoever confirms it names it.
    pub version: i64,
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
    fn of(person: PersonId, stored: &StoredMeeting, meeting: Meeting) -> Self {
        Self {
            person,
            version: stored.version,
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

/// Records a meeting. It counts once another member of staff has confirmed it, where the policy asks for that; a
/// meeting that was confirmed before stays in force until then.
pub async fn record_meeting(
    service: &Service,
    caller: &Caller,
    person: PersonId,
    meeting: &Meeting,
) -> Result<Pending<MeetingLine>, Error> {
    match recorded(service, caller, person, meeting).await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            Err(remember_refusal(service, caller, "face_to_face.record", ("person", person), error).await)
        }
    }
}

async fn recorded(
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
    let text = serde_json::json!(parts.map(|(_, text)| text)).to_string();
    let now = service.now();
    let mut tx = service.store().change().await?;
    let person = held(&mut tx, person).await?;
    if people::accounts(&mut tx, person).await?.is_empty() {
        return Err(Error::not_found());
    }
    let earlier = stored::meetings(&mut tx, person).await?;
    let version = earlier.iter().map(|meeting| meeting.version).max().unwrap_or(0) + 1;
    let id = person.to_string();
    let record = service.seal(&mut tx, &id, Purpose::Wallet, "face_to_face", &id, text.as_bytes()).await?;
    let new =
        StoredMeeting { person, version, holds, recorded_by: staff, recorded_at: now, confirmed_by: None };
    stored::record_meeting(&mut tx, &new, &record).await?;
    let audit = Audit::new(&caller.actor(), "face_to_face.record", "person", person);
    tx.audit(&audit.with("parts", new.holds.len()).with("version", version), now).await?;
    derive_all(service, &mut tx, person).await?;
    let line = MeetingLine::of(person, &new, meeting.clone());
    Ok(Pending::new(service, tx, line))
}

/// Another member of staff confirms a record, by the version that was read: of a newer one nobody but its author
/// knows what it says.
pub async fn confirm_meeting(
    service: &Service,
    caller: &Caller,
    person: PersonId,
    version: i64,
) -> Result<Pending<MeetingLine>, Error> {
    match confirmed(service, caller, person, version).await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            Err(remember_refusal(service, caller, "face_to_face.confirm", ("person", person), error).await)
        }
    }
}

async fn confirmed(
    service: &Service,
    caller: &Caller,
    person: PersonId,
    version: i64,
) -> Result<Pending<MeetingLine>, Error> {
    let staff = staff(service, caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let person = held(&mut tx, person).await?;
    let meeting = last(&mut tx, person).await?;
    if meeting.recorded_by == staff {
        let detail = "Another member of staff confirms a record.";
        return Err(Refused::new(Kind::Forbidden, "second_person_needed", detail).into());
    }
    if meeting.version != version {
        let detail = "The meeting was recorded anew since you read it; nothing was confirmed.";
        return Err(Refused::new(Kind::Conflict, "record_stale", detail).into());
    }
    if meeting.confirmed_by.is_some() {
        let detail = "This record is confirmed already.";
        return Err(Refused::new(Kind::Conflict, "record_confirmed", detail).into());
    }
    let until_us = meeting.recorded_at.unix_us().saturating_add(case::PROPOSAL_LASTS_US);
    if now.unix_us() >= until_us || !four_eyes::still_works(&mut tx, meeting.recorded_by, ROLES).await? {
        let detail = "The record waited for more than a day, or its author does not meet people any more.";
        return Err(Refused::new(Kind::Conflict, "proposal_over", detail).into());
    }
    stored::confirm_meeting(&mut tx, person, &meeting, staff, now).await?;
    let audit = Audit::new(&caller.actor(), "face_to_face.confirm", "person", person)
        .with("recorded_by", meeting.recorded_by.to_string())
        .with("version", version);
    tx.audit(&audit, now).await?;
    derive_all(service, &mut tx, person).await?;
    let recorded = read(service, &mut tx, &meeting).await?;
    let line = MeetingLine::of(person, &StoredMeeting { confirmed_by: Some(staff), ..meeting }, recorded);
    Ok(Pending::new(service, tx, line))
}

/// The last record of a meeting, for whoever confirms it. The look leaves a row.
pub async fn meeting(service: &Service, caller: &Caller, person: PersonId) -> Result<MeetingLine, Error> {
    if let Err(error) = role(caller) {
        return Err(remember_refusal(service, caller, "face_to_face.read", ("person", person), error).await);
    }
    let mut tx = service.store().change().await?;
    let person = people::resolve(&mut tx, person).await?.ok_or_else(Error::not_found)?;
    let meeting = last(&mut tx, person).await?;
    let recorded = read(service, &mut tx, &meeting).await?;
    let row = Audit::new(&caller.actor(), "face_to_face.read", "person", person).with("purpose", "four_eyes");
    tx.audit(&row, service.now()).await?;
    tx.commit().await?;
    Ok(MeetingLine::of(person, &meeting, recorded))
}

/// The person an id leads to, held: records of one person come one after the other, and nobody is linked meanwhile.
async fn held(tx: &mut Tx, id: PersonId) -> Result<PersonId, Error> {
    let person = people::resolve(tx, id).await?.ok_or_else(Error::not_found)?;
    people::hold(tx, person).await?;
    Ok(person)
}

async fn last(tx: &mut Tx, person: PersonId) -> Result<StoredMeeting, Error> {
    stored::meetings(tx, person).await?.into_iter().next().ok_or_else(Error::not_found)
}

/// Opens a record with the key it was sealed with: that of its own person, whoever that one leads to.
async fn read(service: &Service, tx: &mut Tx, meeting: &StoredMeeting) -> Result<Meeting, Error> {
    let id = meeting.person.to_string();
    let sealed = stored::meeting_record(tx, meeting).await?.ok_or_else(Error::not_found)?;
    let plain = service.unseal(tx, &id, Purpose::Wallet, "face_to_face", &id, &sealed).await?;
    let parts: [String; 3] =
        serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("meeting_record"))?;
    let [place, agent, chip_reader_reference] = parts;
    Ok(Meeting { place, agent, chip_reader_reference })
}

/// A meeting is a fact of every account of the person.
async fn derive_all(service: &Service, tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    for account in people::accounts(tx, person).await? {
        level::recompute_level(service, tx, account).await?;
    }
    Ok(())
}

/// Who meets people, with a factor shown a short while ago.
fn staff(service: &Service, caller: &Caller) -> Result<StaffId, Error> {
    let staff = role(caller)?;
    four_eyes::stepped_up(service, caller)?;
    Ok(staff)
}

fn role(caller: &Caller) -> Result<StaffId, Error> {
    match caller.staff() {
        Some((staff, role)) if ROLES.contains(&role) => Ok(staff),
        _ => Err(Refused::new(Kind::Forbidden, "role_missing", "Staff who meet people record it.").into()),
    }
}
