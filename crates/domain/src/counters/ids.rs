//! Distinct ID numbers of one account.

use super::recent::in_window;
use super::{Rule, Standing, Window};
use crate::moment::Timestamp;
use crate::personal::Personal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters in which a corrected number may differ from the first.
const CORRECTED_MAX: usize = 2;

/// The keyed index of an ID number: tells whether two are the same, not which they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdIndex(pub [u8; 32]);

/// One ID number that an account used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdSeen {
    /// Which.
    pub index: IdIndex,
    /// When it was last used.
    pub at: Timestamp,
    /// It corrects a slip in the account's first number, see [`is_correction`].
    pub correction: bool,
}

/// Whether `typed` corrects a slip in `first`: of the same length and different in two characters at most.
pub fn is_correction(first: &Personal, typed: &Personal) -> bool {
    let (first, typed): (Vec<char>, Vec<char>) =
        (first.reveal().chars().collect(), typed.reveal().chars().collect());
    let different = first.iter().zip(&typed).filter(|(a, b)| !a.eq_ignore_ascii_case(b)).count();
    first.len() == typed.len() && different <= CORRECTED_MAX
}

/// How the number of distinct ID numbers stands. Corrections do not count.
///
/// The limit may be used; it is the number beyond it that is suspicious, so the counter is full with one
/// more than the limit. [`Standing::Free`] with 0 left means the limit is used up.
pub fn ids_standing(rule: Rule, seen: &[IdSeen], now: Timestamp) -> Standing {
    let span = match rule.window {
        Window::Sliding(span) => Some(span),
        _ => None,
    };
    let mut last_used: BTreeMap<IdIndex, Timestamp> = BTreeMap::new();
    for id in seen.iter().filter(|id| !id.correction) {
        if span.is_none_or(|span| in_window(id.at, span, now)) {
            let at = last_used.entry(id.index).or_insert(id.at);
            *at = id.at.max(*at);
        }
    }
    let limit = rule.limit as usize;
    if last_used.len() <= limit {
        return Standing::Free { left: u32::try_from(limit - last_used.len()).unwrap_or(u32::MAX) };
    }
    let mut times: Vec<Timestamp> = last_used.into_values().collect();
    times.sort_unstable();
    let leaves = times.len().checked_sub(limit + 1).and_then(|index| times.get(index));
    let until = leaves.zip(span).map(|(at, span)| *at + span);
    Standing::Full { then: rule.when_full, until }
}
