//! Counting over the last days when each leaves on its own.

use super::{Rule, Standing, Window};
use crate::moment::{Span, Timestamp};

/// How a sliding counter stands, given when each thing happened (in any order).
///
/// Full counters free up when enough of the oldest have left. A rule with another window is taken to look
/// back over everything.
pub fn recent_standing(rule: Rule, happened: &[Timestamp], now: Timestamp) -> Standing {
    let span = match rule.window {
        Window::Sliding(span) => Some(span),
        _ => None,
    };
    let mut live: Vec<Timestamp> =
        happened.iter().copied().filter(|at| span.is_none_or(|span| in_window(*at, span, now))).collect();
    live.sort_unstable();
    let limit = rule.limit as usize;
    let left = limit.saturating_sub(live.len());
    if left > 0 {
        return Standing::Free { left: u32::try_from(left).unwrap_or(u32::MAX) };
    }
    // The one whose leaving brings the number below the limit; a limit of 0 never frees up.
    let leaves = live.len().checked_sub(limit).and_then(|index| live.get(index));
    let until = leaves.zip(span).map(|(at, span)| *at + span);
    Standing::Full { then: rule.when_full, until }
}

pub(super) fn in_window(at: Timestamp, span: Span, now: Timestamp) -> bool {
    now < at + span
}
