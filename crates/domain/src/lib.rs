//! Pure judgement: evidence in, decision out. No clock, no I/O, no randomness.

pub mod amount;
pub mod calibration;
pub mod case;
pub mod check;
mod decide;
pub mod evidence;
#[cfg(test)]
mod fixtures;
#[doc(hidden)]
pub mod fuzzing;
pub mod judge;
pub mod level;
pub mod limit;
mod mask;
pub mod personal;
pub mod policy;
pub mod reason;
pub mod replay;
pub mod sla;
pub mod zone;

pub use decide::{
    Context, Decision, History, Outcome, PolicyRef, Rule, Thresholds, Trigger, decide, iso_date,
};
pub use judge::Declared;
