//! What is kept of a run: a few frames, the steps, and the versions of everything that judged. Sealed under
//! the owner's key for faces, for as long as the policy keeps frames.

use super::RECORD;
use super::run::Run;
use crate::application::removal::Removal;
use crate::service::{Caller, Error, Service};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use shiming_domain::evidence::ModelUse;
use shiming_domain::id::{FileId, LivenessId};
use shiming_domain::liveness::{Action, Limits, Stage, Turn};
use shiming_store::audit::Audit;
use shiming_store::liveness as stored;
use shiming_vault::digest::Sha256;
use shiming_vault::keys::Purpose;
use shiming_vault::seal::Plain;

/// Frames of a run that are kept: the first, and those at which it went on.
pub(super) const FRAMES_MAX: usize = 8;

/// A frame that is kept.
pub(super) struct Kept {
    /// Milliseconds since the connection began.
    pub(super) at_ms: u64,
    /// Where the run was when it came.
    pub(super) during: Stage,
    /// Of the head, from its own frontal pose.
    pub(super) turn: Option<Turn>,
    /// From the face the run began with, where it was compared.
    pub(super) distance: Option<f32>,
    pub(super) jpeg: Vec<u8>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Record {
    schema: u32,
    steps: Vec<Action>,
    more_time: bool,
    limits: Limits,
    policy_label: String,
    policy_sha256: String,
    app_version: String,
    models: Vec<ModelUse>,
    frames: Vec<RecordFrame>,
}

#[derive(Serialize, Deserialize)]
struct RecordFrame {
    at_ms: u64,
    during: Stage,
    yaw_degrees: Option<f32>,
    pitch_degrees: Option<f32>,
    distance: Option<f32>,
    jpeg: String,
}

impl From<&Kept> for RecordFrame {
    fn from(kept: &Kept) -> Self {
        Self {
            at_ms: kept.at_ms,
            during: kept.during,
            yaw_degrees: kept.turn.map(|turn| turn.yaw),
            pitch_degrees: kept.turn.map(|turn| turn.pitch),
            distance: kept.distance,
            jpeg: BASE64_STANDARD.encode(&kept.jpeg),
        }
    }
}

impl Run {
    /// Seals what is kept and puts it on the disk; the row that names it comes later.
    pub(super) async fn keep(&self) -> Result<FileId, Error> {
        let policy = self.service.policy();
        let record = Record {
            schema: 1,
            steps: self.begun.steps.clone(),
            more_time: self.more_time,
            limits: self.limits,
            policy_label: policy.label().to_owned(),
            policy_sha256: Sha256::of(policy.text().as_bytes()).to_string(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            models: self.service.eyes().models(),
            frames: self.kept.iter().map(RecordFrame::from).collect(),
        };
        let text = serde_json::to_vec(&record).map_err(|_| Error::Internal("liveness_json"))?;
        let (owner, place) = (self.begun.account.to_string(), self.begun.id.to_string());
        let mut tx = self.service.store().housekeep().await?;
        let sealed = self.service.seal(&mut tx, &owner, Purpose::Face, RECORD, &place, &text).await?;
        let id = self.service.id(FileId::at);
        shiming_store::begun::begin(&mut tx, id, self.service.now()).await?;
        tx.commit().await?;
        self.service.blobs().put(id, &sealed).await?;
        Ok(id)
    }
}

/// The record of a challenge, opened; none once it was removed or its key destroyed.
pub(super) async fn opened(
    service: &Service,
    owner: &str,
    id: LivenessId,
    record: Option<FileId>,
) -> Result<Option<Plain>, Error> {
    let Some(record) = record else { return Ok(None) };
    let sealed = match service.blobs().get(record).await {
        Err(shiming_store::Error::BlobMissing) => return Ok(None),
        sealed => sealed?,
    };
    let mut tx = service.store().read().await?;
    match service.unseal(&mut tx, owner, Purpose::Face, RECORD, &id.to_string(), &sealed).await {
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        plain => plain.map(Some),
    }
}

/// The frames of a challenge, first to last.
pub(super) async fn frames(
    service: &Service,
    owner: &str,
    id: LivenessId,
    record: Option<FileId>,
) -> Result<Vec<Vec<u8>>, Error> {
    let Some(plain) = opened(service, owner, id, record).await? else { return Ok(Vec::new()) };
    let broken = || Error::Internal("liveness_json");
    let record: Record = serde_json::from_slice(plain.as_bytes()).map_err(|_| broken())?;
    record.frames.iter().map(|frame| BASE64_STANDARD.decode(&frame.jpeg).map_err(|_| broken())).collect()
}

/// Removes all records whose time is over: first the bytes, then the row says so.
pub(crate) async fn remove_records(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut removal = Removal::new(service);
    loop {
        let mut tx = service.store().read().await?;
        let records = stored::records_to_remove(&mut tx, now, removal.page()).await?;
        drop(tx);
        let mut removed_any = false;
        for (id, record) in records {
            if !removal.remove(record).await? {
                continue;
            }
            removed_any = true;
            let mut tx = service.store().change().await?;
            stored::record_removed(&mut tx, id).await?;
            tx.audit(&Audit::new(&Caller::system().actor(), "liveness.remove", "liveness", id), now).await?;
            tx.commit().await?;
        }
        if !removed_any {
            return removal.end();
        }
    }
}
