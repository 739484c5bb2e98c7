//! An outside world that does as it is told and remembers everything.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use shiming_domain::evidence::{Evidence, ModelUse};
use shiming_domain::judge::Expected;
use shiming_domain::policy::{ChannelKind, Policy};
use shiming_engine::outside::{
    Finding, Letter, Mail, OutsideError, ShortMessage, Sms, Source, SourceAnswer, SourceQuestion,
};
use shiming_engine::service::Eyes;
use shiming_engine::{Gated, Given, LiveFrame, Pictures, RunError};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Keeps what would have been sent.
#[derive(Debug, Default)]
pub struct Outbox {
    letters: Mutex<Vec<Letter>>,
    messages: Mutex<Vec<ShortMessage>>,
}

impl Outbox {
    /// Letters so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Short messages so far.
    pub fn messages(&self) -> Vec<ShortMessage> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last six-digit code that was sent, by mail or SMS.
    pub fn last_code(&self) -> Option<String> {
        let texts = self.letters().into_iter().map(|letter| letter.text);
        let texts: Vec<String> = texts.chain(self.messages().into_iter().map(|m| m.text)).collect();
        texts.iter().rev().find_map(|text| code_in(text))
    }

    /// The last six-digit code that was sent to this address: others may have been written to at the same time.
    pub fn last_code_to(&self, address: &str) -> Option<String> {
        let letters = self.letters();
        letters.iter().rev().filter(|letter| letter.to.reveal() == address).find_map(|l| code_in(&l.text))
    }
}

fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

impl Mail for Outbox {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), OutsideError>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
        async { Ok(()) }.boxed()
    }
}

impl Sms for Outbox {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), OutsideError>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        async { Ok(()) }.boxed()
    }
}

/// A source that answers what it was set to.
#[derive(Debug)]
pub struct FakeSource {
    answer: Mutex<Result<Finding, OutsideError>>,
    asked: Mutex<u32>,
}

impl Default for FakeSource {
    fn default() -> Self {
        Self { answer: Mutex::new(Ok(Finding::Confirmed)), asked: Mutex::new(0) }
    }
}

impl FakeSource {
    /// From now on it answers this.
    pub fn set(&self, answer: Result<Finding, OutsideError>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// How often it was asked.
    pub fn asked(&self) -> u32 {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for FakeSource {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn kind(&self) -> ChannelKind {
        ChannelKind::PopulationDb
    }

    fn organisation(&self) -> &'static str {
        "Fake Registry"
    }

    fn simulated(&self) -> bool {
        true
    }

    fn ask(&self, _: SourceQuestion) -> BoxFuture<'_, Result<SourceAnswer, OutsideError>> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let answer = *self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        async move { answer.map(|finding| SourceAnswer { finding, reference: "fake-1".to_owned() }) }.boxed()
    }
}

type GateAnswer = Box<dyn Fn(&Policy, &[u8]) -> Gated + Send + Sync>;

/// Sees what the words of a picture say (see [`super::seen`]), unless it was told what to see.
#[derive(Default)]
pub struct FakeEyes {
    gate: Mutex<Option<GateAnswer>>,
    evidence: Mutex<Option<Evidence>>,
    frames: AtomicU32,
}

impl FakeEyes {
    /// Frames of live challenges it looked at so far.
    pub fn frames(&self) -> u32 {
        self.frames.load(Ordering::SeqCst)
    }

    /// From now on the gate answers so.
    pub fn set_gate(&self, gate: impl Fn(&Policy, &[u8]) -> Gated + Send + Sync + 'static) {
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(gate));
    }

    /// From now on the checks see this.
    pub fn set_evidence(&self, evidence: Evidence) {
        *self.evidence.lock().unwrap_or_else(PoisonError::into_inner) = Some(evidence);
    }
}

impl Eyes for FakeEyes {
    fn gate(&self, policy: &Policy, _: Expected, file: &[u8]) -> Result<Gated, RunError> {
        let told = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(told.as_ref().map_or_else(|| super::seen::gate(policy, file), |gate| gate(policy, file)))
    }

    fn evidence(&self, pictures: Pictures<Given<'_>>) -> Result<Evidence, RunError> {
        let told = self.evidence.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(told.unwrap_or_else(|| {
            let Pictures { portrait_side, emblem_side, selfie } = pictures.map(bytes);
            super::seen::evidence([portrait_side, emblem_side, selfie])
        }))
    }

    fn frame(&self, jpeg: &[u8], with_embedding: bool) -> Result<Option<LiveFrame>, RunError> {
        self.frames.fetch_add(1, Ordering::SeqCst);
        Ok(super::live::seen(jpeg, with_embedding))
    }

    fn face_distance(&self, one: &[u8], other: &[u8]) -> Result<Option<f32>, RunError> {
        Ok(super::live::distance(one, other))
    }

    fn models(&self) -> Vec<ModelUse> {
        super::good_evidence("", "").models
    }
}

const fn bytes(given: Given<'_>) -> Option<&[u8]> {
    match given {
        Given::Bytes(bytes) => Some(bytes),
        Given::Missing | Given::Unreadable => None,
    }
}
