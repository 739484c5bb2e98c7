//! What is saved in a step, by reference, and what the instant checks said about it.

use crate::id::{ChannelProofId, FileId};
use crate::policy::Consent;
use crate::reason::{Code, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A side of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The side with the portrait.
    Portrait,
    /// The side with the emblem.
    Emblem,
}

/// The answer to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Given.
    Given,
    /// Refused.
    Refused,
}

/// What is saved in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Answers to consents, each recorded on its own with text version, language and time.
    Consents(BTreeMap<Consent, Answer>),
    /// Name and number were typed; they lie sealed.
    Form,
    /// A photo of a side.
    Side(Side, FileId),
    /// A selfie.
    Selfie {
        /// The still.
        file: FileId,
        /// Taken live under a challenge, not chosen from a folder.
        live: bool,
    },
    /// An outside channel that confirmed the identity.
    Channel(ChannelProofId),
    /// A paper that a reviewer asked for.
    Evidence(FileId),
}

impl Content {
    /// The step it belongs to.
    pub const fn step(&self) -> Step {
        match self {
            Self::Consents(_) => Step::Consent,
            Self::Form => Step::Form,
            Self::Side(Side::Portrait, _) => Step::PortraitSide,
            Self::Side(Side::Emblem, _) => Step::EmblemSide,
            Self::Selfie { .. } => Step::Selfie,
            Self::Channel(_) => Step::Channel,
            Self::Evidence(_) => Step::Evidence,
        }
    }

    pub(super) const fn is_live_selfie(&self) -> bool {
        matches!(self, Self::Selfie { live: true, .. })
    }
}

/// What the instant checks of a step said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Taken. Suspicions are not shown here; they lead to a person after submitting.
    Accepted,
    /// Taken after repeated soft failures, for a person to look at; the applicant was told so.
    AcceptedForPerson,
    /// Not taken, for these reasons.
    Refused(Vec<Code>),
}
