//! How long each stage took. A stopwatch, not a clock: no time of day is read.

use serde::{Serialize, Serializer};
use std::time::Instant;

/// A duration in milliseconds; serialised with one decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Milliseconds(pub f64);

impl Serialize for Milliseconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((self.0 * 10.0).round() / 10.0)
    }
}

impl std::iter::Sum for Milliseconds {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        Self(parts.map(|m| m.0).sum())
    }
}

/// Runs `work` and says how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Milliseconds) {
    let start = Instant::now();
    let result = work();
    (result, since(start))
}

pub(crate) fn since(start: Instant) -> Milliseconds {
    Milliseconds(start.elapsed().as_secs_f64() * 1000.0)
}

/// Stages of a verification. The pictures are worked on side by side, so the stages add up to more than
/// `total`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct VerifyTimings {
    /// Decoding of all three files.
    pub decode: Milliseconds,
    /// Finding, measuring and reading the portrait side.
    pub portrait_side: Milliseconds,
    /// The same of the emblem side.
    pub emblem_side: Milliseconds,
    /// Faces of the selfie.
    pub selfie: Milliseconds,
    /// Comparing the two faces.
    #[serde(rename = "match")]
    pub face_match: Milliseconds,
    /// From evidence to decision.
    pub decide: Milliseconds,
    /// From bytes to decision, as a person waits for it.
    pub total: Milliseconds,
}

/// Stages of looking at one picture.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct InspectTimings {
    /// Decoding.
    pub decode: Milliseconds,
    /// Everything seen in it.
    pub analyse: Milliseconds,
    /// From bytes to answer.
    pub total: Milliseconds,
}
