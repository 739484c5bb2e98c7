//! One picture for one step: the gate, and keeping what passes it.
//!
//! The picture is looked at before anything is written, outside of any transaction; its sealed bytes are on
//! the disk before the row that names them. Whoever goes away in between leaves a file that a sweep removes.

use super::counting::Counters;
use super::gate::{Judged, expected, judge, verdict};
use super::handoff;
use super::moves::{Happens, apply, event, file_of, number, open, rules};
use super::refusal::refused;
use super::view::{self, ApplicationView};
use super::{liveness, quota, twins};
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Service};
use crate::{Gated, Given};
use serde_json::json;
use shiming_domain::application::{Application, EventKind, State};
use shiming_domain::check::CheckResult;
use shiming_domain::counters::Counter;
use shiming_domain::evidence::PictureEvidence;
use shiming_domain::id::{ApplicationId, FileId};
use shiming_domain::reason::{AppliedKind, Code, Reason, Step, Text};
use shiming_domain::steps::{Content, Side, Verdict};
use shiming_store::Tx;
use shiming_store::application::{self as stored, Seen, StoredFile};
use shiming_vault::digest::Sha256;
use shiming_vault::keys::Purpose;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// A picture that was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// For which step.
    pub step: Step,
    /// The file.
    pub bytes: Vec<u8>,
    /// Of a selfie: the client says that it was taken live. A claim, never evidence; whether it counts is the
    /// policy's to say.
    pub live: bool,
}

/// What the gate says, at once.
#[derive(Clone, Debug)]
pub struct FileAnswer {
    /// The file, if it was taken.
    pub file: Option<FileId>,
    /// It was taken although it is not good, for a person to look at.
    pub for_person: bool,
    /// What is wrong with it.
    pub reasons: Vec<Reason>,
    /// It is no picture that can be opened: why, in words.
    pub unreadable: Option<Text>,
    /// The gate's checks, with boxes in pixels of the upright original.
    pub checks: Vec<CheckResult>,
    /// Width and height of the upright original.
    pub size_px: Option<(u32, u32)>,
    /// The application.
    pub application: ApplicationView,
}

/// What a picture is kept as, in addresses of sealed values.
pub(super) const FILE: &str = "file";

/// Looks at a picture and keeps it if it is good enough. The same bytes again change nothing.
pub async fn put_file(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    upload: Upload,
) -> Result<Pending<FileAnswer>, Error> {
    if u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX) > Given::bytes_max() {
        let detail = "A picture has 10 MiB at most. Send the photo as the camera made it.";
        return Err(Refused::new(Kind::TooLarge, "file_too_large", detail).into());
    }
    // A phone was handed the pictures and nothing else.
    if matches!(caller.principal, Principal::Phone { .. }) && !handoff::PICTURES.contains(&upload.step) {
        return Err(Error::not_found());
    }
    let sha256 = *Sha256::of(&upload.bytes).as_bytes();
    let mut upload = upload;
    if upload.step == Step::Selfie {
        upload.live = liveness::counts_as_live(service, id, &sha256, upload.live).await?;
    }
    if let Some(known) = known_already(service, caller, id, &upload, sha256).await? {
        return Ok(known);
    }
    // A slot first: what nobody looks at is no upload that counts.
    let slot = slot(service)?;
    quota::count(service, id, upload.bytes.len()).await?;
    let Upload { step, bytes, live } = upload;
    let gated = look(service, slot, step, bytes).await?;
    let judged = judge(service.policy(), &gated, step);
    let looked = Looked { step, live, sha256, gated, judged };
    let mut kept = None;
    let answer = again!(take(service, caller, id, &looked, &mut kept));
    let named = answer.as_ref().is_ok_and(|answer| answer.value.file.is_some());
    if let Some(Kept { id, .. }) = kept.filter(|_| !named) {
        service.blobs().remove(id).await?;
    }
    answer
}

/// A picture the gate has looked at.
struct Looked {
    step: Step,
    live: bool,
    sha256: [u8; 32],
    gated: Gated,
    judged: Judged,
}

/// A sealed picture on the disk.
#[derive(Clone, Copy)]
struct Kept {
    id: FileId,
    sha256: [u8; 32],
    bytes: u64,
}

/// Refuses at once what the state refuses, and knows bytes that were sent before.
async fn known_already(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    upload: &Upload,
    sha256: [u8; 32],
) -> Result<Option<Pending<FileAnswer>>, Error> {
    let mut tx = service.store().housekeep().await?;
    let found = open(&mut tx, caller, id).await?;
    let application = &found.application;
    let content = content(upload.step, FileId::from_bits(0), upload.live)?;
    let counters = standings(service, &mut tx, application, upload.step).await?;
    let offered = person_offered(&counters);
    let kind = EventKind::SaveStep { content, verdict: Verdict::Accepted, counters };
    let trial = application.clone().apply(event(service, caller, kind)?, &rules(service), service.now());
    trial.map_err(|illegal| refused(&illegal))?;
    let mut unreadable = None;
    let (file, reasons, for_person) = match stored::image_seen(&mut tx, id, upload.step, sha256).await? {
        // It was taken once and a person asks for another one: the same is none.
        Some(Seen { accepted: true, .. }) if is_asked_again(application.state(), upload.step) => {
            if offered {
                return Ok(None);
            }
            let again = Reason::given(Code::ImgAlreadyRejected, AppliedKind::Retry, vec![upload.step]);
            (None, vec![again], false)
        }
        Some(Seen { accepted: true, .. }) => {
            let Some(held) = file_of(application.state(), upload.step) else { return Ok(None) };
            let file = stored::file(&mut tx, held).await?.filter(|file| file.sha256 == sha256);
            let Some(file) = file else { return Ok(None) };
            (Some(file.id), Vec::new(), file.for_person)
        }
        Some(Seen { accepted: false, codes }) if codes.contains(&Code::ImgUnreadableFile) => {
            let again = no_picture(upload.step);
            unreadable = Some(again.text.clone());
            (None, vec![again], false)
        }
        // Once a person is offered, the picture at hand may be the one they should see.
        Some(Seen { accepted: false, .. }) if !offered => {
            let again = Reason::given(Code::ImgAlreadyRejected, AppliedKind::Retry, vec![upload.step]);
            (None, vec![again], false)
        }
        _ => return Ok(None),
    };
    let view = view::of(service, &mut tx, caller, application, found.version).await?;
    let (checks, size_px) = (Vec::new(), None);
    let answer = FileAnswer { file, for_person, reasons, unreadable, checks, size_px, application: view };
    Ok(Some(Pending::new(service, tx, answer)))
}

/// Whether a step is to be done again and has not been.
fn is_asked_again(state: &State, step: Step) -> bool {
    matches!(state, State::Resubmit { asked, redone, .. } if asked.contains(&step) && !redone.contains(&step))
}

/// A slot for looking. Without a free one the client keeps its picture and comes back.
fn slot(service: &Service) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(service.inference()).try_acquire_owned().map_err(|_| {
        let detail =
            "All slots for looking at pictures are taken. Keep the photo and send it again in a moment.";
        let at = service.now() + shiming_domain::moment::Span::seconds(2);
        Refused::new(Kind::Busy, "gate_busy", detail).until(Some(at)).into()
    })
}

/// The gate, in a slot of its own.
async fn look(
    service: &Service,
    slot: OwnedSemaphorePermit,
    step: Step,
    bytes: Vec<u8>,
) -> Result<Gated, Error> {
    let expected = expected(step);
    let (eyes, looking) = (Arc::clone(service.eyes()), service.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let gated = eyes.gate(looking.policy(), expected, &bytes);
        drop(slot);
        gated
    });
    Ok(looked.await.map_err(|_| Error::Internal("gate_panicked"))??)
}

/// Writes what the gate's judgement makes of the step.
async fn take(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    looked: &Looked,
    kept: &mut Option<Kept>,
) -> Result<Pending<FileAnswer>, Error> {
    let Looked { step, live, sha256, gated, judged } = looked;
    if kept.is_none() && may_be_taken(judged) {
        *kept = keep(service, caller, id, *step, gated).await?;
    }
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    let (account, before) = (found.application.account, found.application.clone());
    let counters = standings(service, &mut tx, &before, *step).await?;
    let mut verdict = verdict(&judged.reasons, person_offered(&counters));
    if kept.is_none() && !matches!(verdict, Verdict::Refused(_)) {
        verdict = Verdict::Refused(vec![Code::ImgUnreadableFile]);
    }
    let codes = match &verdict {
        Verdict::Refused(codes) => codes.clone(),
        Verdict::Accepted | Verdict::AcceptedForPerson => Vec::new(),
    };
    let accepted = !matches!(verdict, Verdict::Refused(_));
    let for_person = verdict == Verdict::AcceptedForPerson;
    let file = kept.filter(|_| accepted);
    let file_id = file.map_or(FileId::from_bits(0), |file| file.id);
    let mut reasons = judged.reasons.clone();
    let mut unreadable = None;
    if codes.contains(&Code::ImgUnreadableFile) {
        let told = no_picture(*step);
        unreadable = Some(gated.inspected.fault.clone().unwrap_or_else(|| told.text.clone()));
        if reasons.is_empty() {
            reasons.push(told);
        }
    }
    let facts = vec![
        ("step", json!(step)),
        ("accepted", json!(accepted)),
        ("for_person", json!(for_person)),
        ("codes", json!(codes)),
        ("file", json!(file.map(|file| file.id))),
    ];
    let kind = EventKind::SaveStep { content: content(*step, file_id, *live)?, verdict, counters };
    let happens = Happens { by: &caller.actor(), event: event(service, caller, kind)?, facts };
    let moved = apply(service, &mut tx, found, happens).await?;
    if let Some(Kept { id: file, sha256: stored_sha256, bytes }) = file {
        let row = StoredFile {
            id: file,
            application: id,
            account,
            step: *step,
            sha256: *sha256,
            stored_sha256,
            stored_bytes: bytes,
            for_person,
        };
        stored::insert_file(&mut tx, &row, now).await?;
        // The one it takes the place of was never submitted: nobody needs it.
        stored::replace_files(&mut tx, id, *step, file, now).await?;
        if let Some(look) = &gated.look {
            twins::keep_look(service, &mut tx, (file, account, *step), look).await?;
        }
    }
    let seen = Seen { accepted, codes };
    stored::remember_image(&mut tx, (id, account, *step), *sha256, &seen, now).await?;
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    let answer = FileAnswer {
        file: file.map(|file| file.id),
        for_person,
        reasons,
        unreadable,
        checks: judged.checks.clone(),
        size_px: size(gated),
        application: view,
    };
    Ok(Pending::new(service, tx, answer))
}

fn no_picture(step: Step) -> Reason {
    Reason::given(Code::ImgUnreadableFile, AppliedKind::Retry, vec![step])
}

/// It is good, or so nearly that a person might look at it.
fn may_be_taken(judged: &Judged) -> bool {
    judged.reasons.iter().all(|reason| reason.code.is_soft())
}

/// Seals the picture under the owner's key for its purpose and puts it on the disk.
async fn keep(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    step: Step,
    gated: &Gated,
) -> Result<Option<Kept>, Error> {
    let Some(picture) = &gated.kept else { return Ok(None) };
    let file = service.id(FileId::at);
    let mut tx = service.store().housekeep().await?;
    let owner = open(&mut tx, caller, id).await?.application.account.to_string();
    let sealed = service.seal(&mut tx, &owner, purpose(step), FILE, &file.to_string(), picture).await?;
    shiming_store::begun::begin(&mut tx, file, service.now()).await?;
    tx.commit().await?;
    service.blobs().put(file, &sealed).await?;
    let bytes = u64::try_from(picture.len()).unwrap_or(u64::MAX);
    Ok(Some(Kept { id: file, sha256: *Sha256::of(picture).as_bytes(), bytes }))
}

/// Faces have a key of their own, so that they can be destroyed alone.
pub(super) const fn purpose(step: Step) -> Purpose {
    if matches!(step, Step::Selfie) { Purpose::Face } else { Purpose::Document }
}

async fn standings(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    step: Step,
) -> Result<std::collections::BTreeMap<Counter, shiming_domain::counters::Standing>, Error> {
    let number = number(tx, application.id).await?;
    Counters { service, application, number }.of_step(tx, step).await
}

/// The counter of soft failures is full.
fn person_offered(
    counters: &std::collections::BTreeMap<Counter, shiming_domain::counters::Standing>,
) -> bool {
    let soft = [Counter::PortraitSideSoft, Counter::EmblemSideSoft];
    soft.iter().any(|counter| counters.get(counter).is_some_and(|standing| standing.is_full()))
}

fn content(step: Step, file: FileId, live: bool) -> Result<Content, Error> {
    Ok(match step {
        Step::PortraitSide => Content::Side(Side::Portrait, file),
        Step::EmblemSide => Content::Side(Side::Emblem, file),
        Step::Selfie => Content::Selfie { file, live },
        Step::Evidence => Content::Evidence(file),
        Step::Consent | Step::Form | Step::Channel => {
            let detail = "Pictures belong to `portrait_side`, `emblem_side`, `selfie` or `evidence`.";
            return Err(Refused::new(Kind::Malformed, "step_without_picture", detail).into());
        }
    })
}

fn size(gated: &Gated) -> Option<(u32, u32)> {
    match &gated.inspected.evidence {
        PictureEvidence::Seen(image) => Some((image.file.width_px, image.file.height_px)),
        PictureEvidence::Unusable(_) => None,
    }
}
