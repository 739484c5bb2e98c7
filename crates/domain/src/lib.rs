//! Pure judgement: evidence in, decision out. No clock, no I/O, no randomness.

pub mod calibration;
pub mod check;
pub mod evidence;
mod mask;
pub mod personal;
pub mod policy;
pub mod reason;
