//! The world outside, as values that are passed in.

use crate::account::BreachedPasswords;
use crate::outside::{Mail, Sms, Source};
use crate::{Gated, Given, Pictures, RunError, Toolbox};
use shiming_domain::evidence::{Evidence, ModelUse};
use shiming_domain::judge::Expected;
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Policy;
use shiming_vault::{Entropy, OsEntropy};
use shiming_vision::analyse::{self, LiveFrame};
use shiming_vision::runtime::EngineError;
use std::sync::Arc;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Cryptographically secure chance, shared by threads.
pub trait Randomness: Send + Sync {
    /// Overwrites all bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// 128 bits.
    fn u128(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }
}

/// Looks at pictures. It blocks; callers give it a thread of its own.
pub trait Eyes: Send + Sync {
    /// Is there a card or a face, and is the picture good enough? With the picture to keep.
    fn gate(&self, policy: &Policy, expected: Expected, file: &[u8]) -> Result<Gated, RunError>;

    /// The facts of an attempt.
    fn evidence(&self, pictures: Pictures<Given<'_>>) -> Result<Evidence, RunError>;

    /// A frame of a live challenge; `None` if it is no small JPEG picture.
    fn frame(&self, jpeg: &[u8], with_embedding: bool) -> Result<Option<LiveFrame>, RunError>;

    /// Distance of the largest faces of two pictures; `None` if one of them shows none.
    fn face_distance(&self, one: &[u8], other: &[u8]) -> Result<Option<f32>, RunError>;

    /// The networks it looks with, as records name them.
    fn models(&self) -> Vec<ModelUse>;
}

impl Eyes for Toolbox {
    fn gate(&self, policy: &Policy, expected: Expected, file: &[u8]) -> Result<Gated, RunError> {
        crate::inspect::gate_keeping(self, policy, expected, Given::Bytes(file), true)
    }

    fn evidence(&self, pictures: Pictures<Given<'_>>) -> Result<Evidence, RunError> {
        crate::evidence(self, pictures)
    }

    fn frame(&self, jpeg: &[u8], with_embedding: bool) -> Result<Option<LiveFrame>, RunError> {
        Ok(analyse::live(&self.models, jpeg, with_embedding)?)
    }

    fn face_distance(&self, one: &[u8], other: &[u8]) -> Result<Option<f32>, RunError> {
        crate::compare::face_distance(self, [Given::Bytes(one), Given::Bytes(other)])
    }

    fn models(&self) -> Vec<ModelUse> {
        Self::models(self).to_vec()
    }
}

/// Sees nothing: for processes that never look at pictures and so need no networks.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEyes;

impl NoEyes {
    fn error() -> RunError {
        EngineError::Library("this process has no networks".to_owned()).into()
    }
}

impl Eyes for NoEyes {
    fn gate(&self, _: &Policy, _: Expected, _: &[u8]) -> Result<Gated, RunError> {
        Err(Self::error())
    }

    fn evidence(&self, _: Pictures<Given<'_>>) -> Result<Evidence, RunError> {
        Err(Self::error())
    }

    fn frame(&self, _: &[u8], _: bool) -> Result<Option<LiveFrame>, RunError> {
        Err(Self::error())
    }

    fn face_distance(&self, _: &[u8], _: &[u8]) -> Result<Option<f32>, RunError> {
        Err(Self::error())
    }

    fn models(&self) -> Vec<ModelUse> {
        Vec::new()
    }
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        OsEntropy.fill(bytes);
    }
}

/// What `vault` draws from.
pub(crate) struct Draw<'a>(pub(crate) &'a dyn Randomness);

impl Entropy for Draw<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// All of them.
#[derive(Clone)]
pub struct Ports {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// Sends mail.
    pub mail: Arc<dyn Mail>,
    /// Sends short messages.
    pub sms: Arc<dyn Sms>,
    /// Identity sources, in the order in which they are asked.
    pub sources: Vec<Arc<dyn Source>>,
    /// Stolen passwords, if the operator gave a list of them.
    pub breached: Option<Arc<BreachedPasswords>>,
}
