//! The policy: every number and switch on which a verdict, a level, a limit or a deadline depends.
//!
//! A file is read as a whole: an unknown key, a misspelt word, an amount with more decimals than its
//! currency has, a warning bound beyond its failing bound are errors with line and key. A copy of a preset
//! whose figures are ceilings may be stricter than the preset, never looser.
//!
//! What is stored with a decision is the label and the SHA-256 of [`Policy::text`]; the hash is computed by
//! the caller, because this crate knows no cryptography.

mod ceiling;
mod error;
mod judging;
mod liveness;
mod locate;
pub mod money;
mod quality;
mod sections;
mod validate;
mod words;

pub use error::PolicyError;
pub use judging::{Age, Checks, Document, Face, Treatment};
pub use liveness::{Challenge, Liveness};
pub(crate) use quality::face_bound;
pub use quality::{Bound, Direction, FaceMatchBands, FaceQuality, Likeness, Quality, Reading};
pub use sections::{
    Account, Alerts, AuthTier, AuthTiers, Bounds, Calendar, Caps, Channels, Consents, Counting, Erasure,
    FaceToFace, Factors, Level, Money, Otp, Password, Requires, Retention, Reveal, Review, Screening,
    Session, Time, Tries, Wallet,
};
pub use words::*;

use crate::check::{Check, Requirement};
use serde::{Deserialize, Serialize};

/// Names of the presets that are built in.
pub const PRESETS: &[&str] = &["cn_pboc", "generic"];

/// A policy larger than this is no policy.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;

const CN_PBOC: &str = include_str!("../../../../policies/cn_pboc.toml");
const GENERIC: &str = include_str!("../../../../policies/generic.toml");

/// A policy in force. There is no way to build one that was not validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    text: String,
    rules: Rules,
}

/// The content of a policy file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Version of the keys; 1.
    pub schema: u32,
    /// The preset this file is a copy of.
    pub preset: String,
    /// Name of this edition, stored with every decision.
    pub label: String,
    /// `[bounds]`
    pub bounds: Bounds,
    /// `[money]`
    pub money: Money,
    /// `[time]`
    pub time: Time,
    /// `[calendar]`
    pub calendar: Calendar,
    /// `[counting]`
    pub counting: Counting,
    /// `[[levels]]`
    pub levels: Vec<Level>,
    /// `[factors]`
    pub factors: Factors,
    /// `[auth_tiers]`
    pub auth_tiers: AuthTiers,
    /// `[channels]`
    pub channels: Channels,
    /// `[account]`
    pub account: Account,
    /// `[document]`
    pub document: Document,
    /// `[age]`
    pub age: Age,
    /// `[checks]`
    pub checks: Checks,
    /// `[face]`
    pub face: Face,
    /// `[quality]`
    #[serde(default)]
    pub quality: Quality,
    /// `[face_quality]`
    #[serde(default)]
    pub face_quality: FaceQuality,
    /// `[reading]`
    #[serde(default)]
    pub reading: Reading,
    /// `[face_match]`
    #[serde(default)]
    pub face_match: FaceMatchBands,
    /// `[likeness]`
    #[serde(default)]
    pub likeness: Likeness,
    /// `[liveness]`
    #[serde(default)]
    pub liveness: Liveness,
    /// `[tries]`
    pub tries: Tries,
    /// `[review]`
    pub review: Review,
    /// `[reveal]`
    pub reveal: Reveal,
    /// `[screening]`
    pub screening: Screening,
    /// `[alerts]`
    pub alerts: Alerts,
    /// `[wallet]`
    pub wallet: Wallet,
    /// `[consents]`
    pub consents: Consents,
    /// `[retention]`
    pub retention: Retention,
    /// `[erasure]`
    pub erasure: Erasure,
    /// `[session]`
    pub session: Session,
    /// `[password]`
    pub password: Password,
    /// `[otp]`
    pub otp: Otp,
}

impl Policy {
    /// Reads and validates a policy file.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let rules = parse(text)?;
        validate::check(text, &rules)?;
        ceiling::check(text, &rules)?;
        Ok(Self { text: text.to_owned(), rules })
    }

    /// A built-in policy by name; see [`PRESETS`].
    pub fn preset(name: &str) -> Result<Self, PolicyError> {
        Self::from_toml(preset_text(name)?)
    }

    /// The exact text, whose SHA-256 identifies the policy.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Name of this edition.
    pub fn label(&self) -> &str {
        &self.rules.label
    }

    /// The content.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether a check counts.
    pub fn requirement(&self, check: Check) -> Requirement {
        self.rules.checks.requirement(check)
    }
}

impl std::ops::Deref for Policy {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

/// The text of a built-in policy.
pub fn preset_text(name: &str) -> Result<&'static str, PolicyError> {
    match name {
        "cn_pboc" => Ok(CN_PBOC),
        "generic" => Ok(GENERIC),
        _ => Err(PolicyError {
            line: None,
            key: None,
            problem: format!("there is no preset `{name}`; built in are {}", PRESETS.join(", ")),
        }),
    }
}

fn parse(text: &str) -> Result<Rules, PolicyError> {
    if text.len() > TEXT_BYTES_MAX {
        let problem = format!("the file has {} bytes, at most {TEXT_BYTES_MAX} are read", text.len());
        return Err(PolicyError { line: None, key: None, problem });
    }
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map(|span| span.start);
        PolicyError {
            line: offset.map(|o| locate::line_of(text, o)),
            key: offset.and_then(|o| locate::key_at(text, o)),
            problem: error.message().to_owned(),
        }
    })
}

#[cfg(test)]
mod tests;
