//! Staff meets a person: recorded by one, confirmed by another.

use super::{level, stored};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::{PersonId, StaffId};
use shiming_domain::policy::FaceToFaceRecord;
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
) -> Result<Pending<()>, Error> {
    let staff = staff(caller)?;
    let parts = meeting.parts();
    if parts.iter().any(|(_, text)| text.chars().count() > PART_MAX) {
        let detail = "Each part of the record has up to 200 characters.";
        return Err(Refused::new(Kind::TooLarge, "record_too_long", detail).into());
    }
    let holds = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(part, _)| *part).collect();
    let text = serde_json::json!(parts.map(|(_, text)| text));
    let now = service.now();
    let mut tx = service.store().change().await?;
    let id = person.to_string();
    let text = text.to_string();
    let record = service.seal(&mut tx, &id, Purpose::Wallet, "face_to_face", &id, text.as_bytes()).await?;
    let new =
        StoredMeeting { person, version: 0, holds, recorded_by: staff, recorded_at: now, confirmed_by: None };
    stored::record_meeting(&mut tx, &new, &record).await?;
    let audit = Audit::new(&caller.actor(), "face_to_face.record", "person", person);
    tx.audit(&audit.with("parts", new.holds.len()), now).await?;
    derive_all(service, &mut tx, person).await?;
    Ok(Pending::new(service, tx, ()))
}

/// Another member of staff confirms a record.
pub async fn confirm_meeting(
    service: &Service,
    caller: &Caller,
    person: PersonId,
) -> Result<Pending<()>, Error> {
    let staff = staff(caller)?;
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
    Ok(Pending::new(service, tx, ()))
}

/// A meeting is a fact of every account of the person.
async fn derive_all(service: &Service, tx: &mut shiming_store::Tx, person: PersonId) -> Result<(), Error> {
    for account in shiming_store::person::accounts(tx, person).await? {
        level::recompute_level(service, tx, account).await?;
    }
    Ok(())
}

fn staff(caller: &Caller) -> Result<StaffId, Error> {
    let staff = caller.staff().map(|(staff, _)| staff);
    staff.ok_or_else(|| Refused::new(Kind::Forbidden, "role_missing", "Staff records meetings.").into())
}
