//! Pure judgement: evidence in, decision out. No clock, no I/O, no randomness.

pub mod account;
pub mod amount;
pub mod application;
pub mod calibration;
pub mod case;
pub mod check;
pub mod counters;
mod decide;
pub mod effect;
pub mod evidence;
#[cfg(test)]
mod fixtures;
#[doc(hidden)]
pub mod fuzzing;
pub mod id;
pub mod judge;
pub mod known;
pub mod level;
pub mod limit;
pub mod liveness;
mod mask;
pub mod moment;
pub mod notice;
pub mod operation;
pub mod personal;
pub mod policy;
pub mod reason;
pub mod replay;
pub mod sla;
pub mod steps;
pub mod ticket;
pub mod verification;
pub mod zone;

pub use decide::{
    Context, Decision, History, Outcome, PolicyRef, Rule, Thresholds, Trigger, decide, iso_date,
};
pub use judge::Declared;
