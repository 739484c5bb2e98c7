//! What a level allows: caps per window, counted per person, and what one operation takes of them.
//!
//! Counters belong to the person and know nothing of levels: a change of level changes which caps are held
//! against them, never what was used.
#![deny(clippy::float_arithmetic)]

mod alert;
mod answer;
mod counters;
mod funding;
mod hold;
mod rules;
mod strength;
mod transfers;
mod window;

pub use crate::account::RestrictionEffect;
pub use crate::operation::{Operation, Permit};
pub use alert::{Alert, Past, TWO_WAY_DAYS, alerts, balance_days, balance_is_over};
pub use answer::{Answer, Ask, Left, LimitError, Refusal, StepUp, Verdict, decide, left};
pub use counters::{Cap, Counters, OverCap, Post, Used};
pub use funding::Funding;
pub use hold::{Hold, HoldError, HoldState, Return};
pub use rules::{Rule, Source, level_rules, strength_rule};
pub use strength::{Strength, strength};
pub use transfers::{Transfers, transfers};
pub use window::{Key, KeyError, Window, Windows, WindowsError};

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
