//! What was established about a person, and what it entitles them to.
//!
//! A level is never typed in: it is the highest one whose conditions hold now, derived from facts.

mod entitlements;
mod facts;
mod requires;

pub use entitlements::{Entitlements, Raise, entitlements};
pub use facts::{FaceToFaceFact, Facts, Identity, Proof};
pub use requires::{Missing, channels, level, missing, recompute_us};

#[cfg(test)]
mod tests;
