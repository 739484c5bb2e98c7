//! Pure judgement: evidence in, decision out. No clock, no I/O, no randomness.

pub mod evidence;
pub mod personal;
