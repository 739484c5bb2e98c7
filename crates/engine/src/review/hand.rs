//! Who has a case: taken, kept, given back, passed up, put aside.

use super::act;
use super::line::Line;
use super::open::look_at;
use super::rights::{may_choose, refused, remember_refusal, staff, stale};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::case::{Event, HoldReason, Staff, State};
use shiming_domain::id::{CaseId, EventId};
use shiming_store::Tx;
use shiming_store::case::{self as stored, Note, NoteKind, StoredCase};
use shiming_vault::keys::Purpose;

/// Characters of a note or remark.
const NOTE_CHARS_MAX: usize = 4000;

/// The most urgent case the caller may take, taken. Two who ask at the same moment get two cases.
pub async fn next(service: &Service, caller: &Caller) -> Result<Option<Pending<Line>>, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().change().await?;
    stored::lock_worker(&mut tx, by.id).await?;
    let held = stored::held(&mut tx, by.id, service.now()).await?;
    let Some(mut case) = stored::next(&mut tx, by.id, by.role, service.now()).await? else {
        return Ok(None);
    };
    let event = Event::Claim { by, held };
    act::apply(service, &mut tx, &mut case, &event, &caller.actor(), "case.claim").await?;
    let line = Line::of(service, &case, by)?;
    Ok(Some(Pending::new(service, tx, line)))
}

/// Takes a case of one's choice. For everybody but supervisors only the one they had until just now.
pub async fn claim(service: &Service, caller: &Caller, id: CaseId) -> Result<Pending<Line>, Error> {
    let make = |case: &StoredCase, by: Staff, held| {
        let had = matches!(&case.case.state, State::Claimed { lease } | State::SecondReview { lease: Some(lease) }
            if lease.holder == by.id);
        if !had {
            may_choose(by)?;
        }
        Ok(Event::Claim { by, held })
    };
    handle(service, caller, id, "case.claim", None, make).await
}

/// The holder is active. Nobody's state changes, so no audit row is written.
pub async fn renew(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    token: u64,
) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().housekeep().await?;
    let mut case = load(&mut tx, id, by).await?;
    let event = Event::Renew { by: by.id, token };
    let (rules, now_us) = (&service.policy().rules().review, service.now().unix_us());
    case.case = case.case.apply(&event, rules, now_us).map_err(|why| refused(&why))?.next;
    stored::save(&mut tx, &mut case).await.map_err(stale)?;
    if let Some(lease) = case.case.lease() {
        look_at(service, &mut tx, id, act::moment(lease.until_us)?).await?;
    }
    let line = Line::of(service, &case, by)?;
    Ok(Pending::new(service, tx, line))
}

/// Gives it back.
pub async fn release(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    token: u64,
) -> Result<Pending<Line>, Error> {
    let make = |_: &StoredCase, by: Staff, _| Ok(Event::Release { by: by.id, token });
    handle(service, caller, id, "case.release", None, make).await
}

/// Takes it from the holder, with a reason. A supervisor's right.
pub async fn take_over(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    reason: String,
) -> Result<Pending<Line>, Error> {
    let note = reason.clone();
    let make = |_: &StoredCase, by: Staff, held| {
        may_choose(by)?;
        Ok(Event::TakeOver { by, held, reason })
    };
    handle(service, caller, id, "case.take_over", Some(note), make).await
}

/// Puts it aside. Only waiting for the applicant stops the promise's clock.
pub async fn hold(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    (token, version): (u64, u64),
    reason: HoldReason,
) -> Result<Pending<Line>, Error> {
    let make = |_: &StoredCase, by: Staff, _| Ok(Event::Hold { by: by.id, token, version, reason });
    handle(service, caller, id, "case.hold", None, make).await
}

/// Goes on with it: whoever put it aside, or a supervisor.
pub async fn resume(service: &Service, caller: &Caller, id: CaseId) -> Result<Pending<Line>, Error> {
    let make = |case: &StoredCase, by: Staff, held| {
        if !matches!(&case.case.state, State::OnHold { by: who, .. } if *who == by.id) {
            may_choose(by)?;
        }
        Ok(Event::Resume { by, held })
    };
    handle(service, caller, id, "case.resume", None, make).await
}

/// Passes it up, with a reason.
pub async fn escalate(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    (token, version): (u64, u64),
    reason: String,
) -> Result<Pending<Line>, Error> {
    let note = reason.clone();
    let make = |_: &StoredCase, by: Staff, _| Ok(Event::Escalate { by: by.id, token, version, reason });
    handle(service, caller, id, "case.escalate", Some(note), make).await
}

/// One event of one person on one case; a written reason becomes a sealed note of it.
async fn handle(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    action: &'static str,
    reason: Option<String>,
    make: impl FnOnce(&StoredCase, Staff, u32) -> Result<Event, Error>,
) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().change().await?;
    let done = async {
        stored::lock_worker(&mut tx, by.id).await?;
        let held = stored::held(&mut tx, by.id, service.now()).await?;
        let mut case = load(&mut tx, id, by).await?;
        let event = make(&case, by, held)?;
        act::apply(service, &mut tx, &mut case, &event, &caller.actor(), action).await?;
        if let Some(reason) = reason {
            write_note(service, &mut tx, &case, by, NoteKind::Internal, &reason).await?;
        }
        Line::of(service, &case, by)
    };
    match done.await {
        Ok(line) => Ok(Pending::new(service, tx, line)),
        Err(error) => {
            drop(tx);
            Err(remember_refusal(service, caller, action, ("case", id), error).await)
        }
    }
}

/// A case that this role may see; for everybody else there is none.
pub(super) async fn load(tx: &mut Tx, id: CaseId, by: Staff) -> Result<StoredCase, Error> {
    let case = stored::load(tx, id).await?.ok_or_else(Error::not_found)?;
    if super::rights::sees(by.role, case.case.kind) { Ok(case) } else { Err(Error::not_found()) }
}

/// Writes a sealed note.
pub(super) async fn write_note(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    by: Staff,
    kind: NoteKind,
    text: &str,
) -> Result<(), Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NOTE_CHARS_MAX {
        let detail = format!("A note has 1 to {NOTE_CHARS_MAX} characters.");
        return Err(Refused::new(Kind::Unacceptable, "note_length", detail).into());
    }
    let id = service.id(EventId::at);
    let (subject, place) = (case.account.to_string(), id.to_string());
    let sealed = service.seal(tx, &subject, Purpose::Document, "case_note", &place, text.as_bytes()).await?;
    let note = Note { id, author: by.id, kind, text: sealed, at: service.now() };
    Ok(stored::insert_note(tx, case.id, &note).await?)
}
