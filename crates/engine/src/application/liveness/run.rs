//! One run of a challenge, independent of how frames come in.
//!
//! The transport reads frames and says what it is told to; looking happens on threads of its own, one frame
//! of a run at a time, so that a slow machine drops frames instead of piling them up.

use super::record::{FRAMES_MAX, Kept};
use crate::service::{Caller, Error, Kind, Principal, Refused, Service, Strength};
use shiming_domain::id::LivenessId;
use shiming_domain::liveness::{Action, Frame, Limits, Outcome, Say, Session, Stage};
use shiming_domain::moment::Timestamp;
use shiming_store::audit::Audit;
use shiming_store::liveness::{self as stored, Begun};
use shiming_vault::token::Token;
use shiming_vision::analyse::LiveFrame;
use shiming_vision::face::Embedding;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// A frame as it came in.
#[derive(Clone, Debug)]
pub struct FrameIn {
    /// Number that the client gave it.
    pub seq: u32,
    /// Milliseconds on the client's clock when it was taken.
    pub captured_ms: u64,
    /// When it came in.
    pub received_at: Timestamp,
    /// The picture.
    pub jpeg: Vec<u8>,
}

/// A frame that was looked at.
pub struct Looked {
    frame: FrameIn,
    seen: LiveFrame,
}

/// What is needed to look at a frame, apart from the run that waits for it.
pub struct Looking {
    service: Service,
    with_embedding: bool,
}

/// A run of a challenge. Dropping it ends it without an outcome: a lost connection is nobody's fault.
pub struct Run {
    pub(super) service: Service,
    pub(super) begun: Begun,
    pub(super) limits: Limits,
    pub(super) more_time: bool,
    pub(super) kept: Vec<Kept>,
    pub(super) still: Option<[u8; 32]>,
    session: Session,
    started_at: Timestamp,
    /// Of the frame the run began with.
    reference: Option<Embedding>,
    nonce: String,
    _place: OwnedSemaphorePermit,
}

/// Opens a challenge with its ticket, once.
pub async fn begin(service: &Service, id: LivenessId, ticket: &str, more_time: bool) -> Result<Run, Error> {
    let wrong = || {
        let detail = "This ticket is not known, was used, or is over. Ask for a new challenge.";
        Error::from(Refused::new(Kind::Unauthenticated, "liveness_ticket", detail))
    };
    let ticket = Token::parse(ticket).map_err(|_| wrong())?.hash();
    // Before the ticket is used up, so that it is still good in a moment.
    let place = service.live_place()?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let begun = stored::begin(&mut tx, id, &ticket, now).await?.ok_or_else(wrong)?;
    let audit = Audit::new(&applicant(&begun).actor(), "liveness.begin", "liveness", id)
        .with("application", begun.application.to_string())
        .with("more_time", more_time);
    tx.audit(&audit, now).await?;
    tx.commit().await?;
    let mut nonce = [0; 16];
    service.ports().randomness.fill(&mut nonce);
    let limits = Limits::of(service.policy(), more_time);
    Ok(Run {
        session: Session::new(begun.steps.clone(), limits),
        service: service.clone(),
        begun,
        limits,
        more_time,
        kept: Vec::new(),
        still: None,
        started_at: now,
        reference: None,
        nonce: nonce.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
        _place: place,
    })
}

/// Whose challenge it is: their ticket stands for them.
pub(super) fn applicant(begun: &Begun) -> Caller {
    Caller {
        principal: Principal::Applicant { account: begun.account, session: String::new() },
        strength: Strength::None,
        verified_at: None,
        request_id: None,
        network: None,
    }
}

impl Run {
    /// Its id.
    pub const fn id(&self) -> LivenessId {
        self.begun.id
    }

    /// Steps of this challenge.
    pub fn steps(&self) -> &[Action] {
        &self.begun.steps
    }

    /// What the still is promised under; told when it is asked for.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        self.session.outcome()
    }

    /// Whether the first step was told: from then on bytes are counted.
    pub fn has_started(&self) -> bool {
        self.session.stage() != Stage::Framing
    }

    /// For the next frame.
    pub fn looking(&self) -> Looking {
        Looking { service: self.service.clone(), with_embedding: self.session.wants_embedding() }
    }

    /// A frame was looked at; answers what to say.
    pub fn saw(&mut self, looked: Looked) -> Vec<Say> {
        let Looked { frame, seen } = looked;
        let distance = match (&self.reference, &seen.embedding) {
            (Some(first), Some(this)) => Some(first.distance(this)),
            _ => None,
        };
        let received_ms = self.ms(frame.received_at);
        // A frame that came when the time was over is not what ended the run, whoever notices first: it or a tick.
        let late = self.session.tick(received_ms);
        if self.session.outcome().is_some() {
            return late;
        }
        let before = self.session.stage();
        let said = self.session.see(&Frame {
            received_ms,
            seq: frame.seq,
            captured_ms: frame.captured_ms,
            size: seen.size,
            faces: &seen.faces,
            distance,
        });
        let stage = self.session.stage();
        if stage != before {
            if before == Stage::Framing {
                self.reference = seen.embedding;
            }
            if self.kept.len() < FRAMES_MAX {
                let turn = self.session.turn();
                self.kept.push(Kept { at_ms: received_ms, during: before, turn, distance, jpeg: frame.jpeg });
            }
        }
        said
    }

    /// Time passes, also without frames.
    pub fn tick(&mut self) -> Vec<Say> {
        let now = self.ms(self.service.now());
        self.session.tick(now)
    }

    /// The client promises the still it was asked for. Another nonce is an answer to another question.
    pub fn promise(&mut self, nonce: &str, sha256: [u8; 32]) -> Vec<Say> {
        if nonce != self.nonce {
            return Vec::new();
        }
        self.still = Some(sha256);
        let now = self.ms(self.service.now());
        self.session.still(now)
    }

    /// Whether a newer challenge took its place.
    pub async fn is_replaced(&self) -> Result<bool, Error> {
        let mut tx = self.service.store().read().await?;
        Ok(!stored::is_running(&mut tx, self.begun.id).await?)
    }

    fn ms(&self, at: Timestamp) -> u64 {
        u64::try_from(at.since(self.started_at).us() / 1_000).unwrap_or(0)
    }
}

impl Looking {
    /// Looks at a frame, on a thread of its own; `None` if it is no small JPEG picture.
    pub async fn at(self, frame: FrameIn) -> Result<Option<Looked>, Error> {
        let slot = Arc::clone(self.service.live_lane()).acquire_owned().await;
        let slot = slot.map_err(|_| Error::Internal("live_lane_closed"))?;
        let eyes = Arc::clone(self.service.eyes());
        let looked = tokio::task::spawn_blocking(move || {
            let seen = eyes.frame(&frame.jpeg, self.with_embedding);
            drop(slot);
            seen.map(|seen| seen.map(|seen| Looked { frame, seen }))
        });
        Ok(looked.await.map_err(|_| Error::Internal("live_panicked"))??)
    }
}
