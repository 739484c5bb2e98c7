//! The same document or picture on other accounts.
//!
//! Bytes are told by their hash. A photograph that was encoded anew, resized or brightened is told by how it
//! looks: 256 bits, kept sealed beside the file, whose sixteen parts are blind indices. Two looks that differ in
//! fewer bits than that share a part, so they are found; then both are opened and compared.
//!
//! Cards that fill their picture have no look: their design would be found, not their photograph.

use super::file::purpose;
use crate::service::{Error, Service};
use shiming_domain::counters::IdIndex;
use shiming_domain::id::{AccountId, FileId};
use shiming_domain::reason::Step;
use shiming_store::application::{self as stored, BAND_BYTES, Elsewhere, StoredAttempt};
use shiming_store::{Tx, person};
use shiming_vision::alike::{BITS, Look};

/// The place of a sealed look.
const LOOK: &str = "look";

/// In what another application is alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alike {
    /// The same number was typed.
    DocumentNumber,
    /// The same bytes were sent.
    SamePicture,
    /// The same photograph was sent as another file.
    SimilarPicture,
}

impl Alike {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document_number",
            Self::SamePicture => "same_picture",
            Self::SimilarPicture => "similar_picture",
        }
    }
}

/// Something that was seen on another account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Twin {
    /// In what they are alike.
    pub(crate) kind: Alike,
    /// Where it was seen.
    pub(crate) at: Elsewhere,
    /// Of which step of ours.
    pub(crate) step: Step,
    /// How alike, 0–1.
    pub(crate) similarity: f32,
}

/// Keeps how a picture looks, beside its file.
pub(super) async fn keep_look(
    service: &Service,
    tx: &mut Tx,
    (file, account, step): (FileId, AccountId, Step),
    look: &Look,
) -> Result<(), Error> {
    let (owner, place) = (account.to_string(), file.to_string());
    let sealed = service.seal(tx, &owner, purpose(step), LOOK, &place, look.as_bytes()).await?;
    let mut bands = Vec::new();
    for (n, [high, low]) in look.bands().into_iter().enumerate() {
        // The number of the part is in the field, so that equal parts in other places are not equal.
        let index = service.blind_index(&format!("picture_part_{n:02}"), &format!("{high:02x}{low:02x}"))?;
        let short = index.first_chunk::<BAND_BYTES>().ok_or(Error::Internal("picture_part"))?;
        bands.push(*short);
    }
    Ok(stored::insert_look(tx, file, account, &sealed, &bands).await?)
}

/// Everything an attempt shares with applications of other accounts.
pub(crate) async fn twins(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    attempt: &StoredAttempt,
) -> Result<Vec<Twin>, Error> {
    let mut twins = Vec::new();
    if let Some(form) = stored::form(tx, attempt.application).await? {
        for at in stored::number_elsewhere(tx, account, form.number_index).await? {
            twins.push(Twin { kind: Alike::DocumentNumber, at, step: Step::Form, similarity: 1.0 });
        }
    }
    for (step, file) in &attempt.files {
        let Some(file) = stored::file(tx, file.id).await? else { continue };
        for at in stored::picture_elsewhere(tx, account, file.sha256).await? {
            twins.push(Twin { kind: Alike::SamePicture, at, step: *step, similarity: 1.0 });
        }
        for (at, similarity) in similar(service, tx, account, file.id, *step).await? {
            let same = |twin: &Twin| twin.step == *step && twin.at.application == at.application;
            if !twins.iter().any(same) {
                twins.push(Twin { kind: Alike::SimilarPicture, at, step: *step, similarity });
            }
        }
    }
    Ok(twins)
}

/// Steps whose picture somebody else sent. The same person may have sent it on an account they had before: it
/// is the number that tells, and of several accounts of one person another check speaks.
pub(super) async fn of_others(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    (attempt, number): (&StoredAttempt, IdIndex),
) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for twin in twins(service, tx, account, attempt).await? {
        if twin.kind == Alike::DocumentNumber || steps.contains(&twin.step) {
            continue;
        }
        let theirs = stored::form(tx, twin.at.application).await?.map(|form| form.number_index);
        if !is_one_person(tx, theirs, number).await? {
            steps.push(twin.step);
        }
    }
    Ok(steps)
}

/// Two numbers are one, or one was lawfully changed into the other.
async fn is_one_person(tx: &mut Tx, theirs: Option<IdIndex>, ours: IdIndex) -> Result<bool, Error> {
    let Some(theirs) = theirs.filter(|theirs| *theirs != ours) else { return Ok(theirs.is_some()) };
    let person = person::by_number(tx, theirs).await?;
    Ok(person.is_some() && person == person::by_number(tx, ours).await?)
}

async fn similar(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    file: FileId,
    step: Step,
) -> Result<Vec<(Elsewhere, f32)>, Error> {
    let Some(own) = opened(service, tx, account, file, step).await? else { return Ok(Vec::new()) };
    let limit = service.policy().rules().likeness.picture_bits_max;
    let mut found = Vec::new();
    for candidate in stored::candidates(tx, file, account).await? {
        let (whose, at) = (candidate.account, candidate.application);
        let Some(theirs) = opened(service, tx, whose, candidate.file, candidate.step).await? else {
            continue;
        };
        let bits = own.distance(&theirs);
        if bits <= limit {
            let similarity = 1.0 - bits as f32 / BITS as f32;
            found.push((Elsewhere { application: at, account: whose }, similarity));
        }
    }
    Ok(found)
}

/// How a file looks, unless that was never kept or its key was destroyed.
async fn opened(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    file: FileId,
    step: Step,
) -> Result<Option<Look>, Error> {
    let Some(sealed) = stored::look(tx, file).await? else { return Ok(None) };
    let (owner, place) = (account.to_string(), file.to_string());
    match service.unseal(tx, &owner, purpose(step), LOOK, &place, &sealed).await {
        Ok(plain) => {
            let bytes = plain.as_bytes().first_chunk::<32>().ok_or(Error::Internal("picture_look"))?;
            Ok(Some(Look::from_bytes(*bytes)))
        }
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        Err(error) => Err(error),
    }
}
