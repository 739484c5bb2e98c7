//! The remark of a decision: what whoever decided wrote for the person it is about.
//!
//! It is a note of the case like any other, sealed; decisions and answers to appeals name it once they take
//! effect, so a remark beside a decision that was taken back is never read.

use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, EventId, StaffId};
use shiming_domain::personal::Personal;
use shiming_store::Tx;
use shiming_store::case::{self as stored, NoteKind, StoredCase};
use shiming_vault::keys::Purpose;

/// The remark that goes with what these people decided. Where several wrote one, the last opinion's counts: it
/// closed the case.
pub(super) async fn chosen(tx: &mut Tx, case: &StoredCase, by: &[StaffId]) -> Result<Option<EventId>, Error> {
    let notes = stored::notes(tx, case.id).await?;
    let opinions = case.case.opinions.iter().rev().filter(|opinion| by.contains(&opinion.by));
    // What somebody wrote beside an opinion they took back is older than the one that stands.
    let mut remarks = opinions.filter_map(|opinion| {
        notes.iter().rev().find(|note| {
            note.kind == NoteKind::Remark && note.author == opinion.by && note.at.unix_us() >= opinion.at_us
        })
    });
    Ok(remarks.next().map(|note| note.id))
}

/// The text of a remark; none if its key was destroyed.
pub(crate) async fn read(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    remark: Option<EventId>,
) -> Result<Option<Personal>, Error> {
    let Some(id) = remark else { return Ok(None) };
    let note = stored::note(tx, id).await?.ok_or(Error::Internal("remark_without_note"))?;
    let (subject, place) = (account.to_string(), id.to_string());
    match service.unseal(tx, &subject, Purpose::Document, "case_note", &place, &note.text).await {
        Ok(plain) => {
            let text = std::str::from_utf8(plain.as_bytes()).map_err(|_| Error::Internal("note_text"))?;
            Ok(Some(Personal::new(text)))
        }
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        Err(error) => Err(error),
    }
}
