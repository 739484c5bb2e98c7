//! What becomes due by itself in a state.

use super::{Rules, State};
use crate::moment::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// More queries of one silent source than this are not listed; the waiting ends long before.
const SOURCE_RETRIES_MAX: usize = 200;

/// Something that becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// What.
    pub due: Due,
}

/// What becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Remind the applicant.
    Remind,
    /// The application times out.
    TimeOut,
    /// Checking takes too long; a person looks.
    PersonLooks,
    /// Ask the source again.
    AskSource,
    /// Give the source up; a person looks.
    GiveUpSource,
    /// The time to appeal ends.
    AppealEnds,
}

/// All timers of a state, soonest first.
///
/// Whoever runs one reads the state again before acting: a draft that was touched meanwhile has other
/// timers. `manual_review` has none, because it never times out to a failure.
pub(super) fn timers(state: &State, rules: &Rules) -> Vec<Timer> {
    let timer = |at, due| Timer { at, due };
    let mut timers = match state {
        State::Draft { touched_at, .. } => reminders(*touched_at, &rules.draft_reminders),
        State::Resubmit { since, .. } => reminders(*since, &rules.resubmit_reminders),
        State::Checking { since, .. } => vec![timer(*since + rules.checking_max, Due::PersonLooks)],
        State::WaitingSource { since, .. } => {
            let end = *since + rules.source_give_up;
            let mut timers = queries(*since, end, rules);
            timers.push(timer(end, Due::GiveUpSource));
            timers
        }
        State::Rejected { appeal_until, .. } => vec![timer(*appeal_until, Due::AppealEnds)],
        State::ManualReview { .. }
        | State::Approved { .. }
        | State::Expired { .. }
        | State::Withdrawn { .. } => Vec::new(),
    };
    if let Some(end) = state.times_out_at(rules) {
        // A policy may allow less time than the usual reminders take.
        timers.retain(|timer| timer.at < end);
        timers.push(timer(end, Due::TimeOut));
    }
    timers.sort_unstable();
    timers
}

fn reminders(from: Timestamp, after: &[Span]) -> Vec<Timer> {
    after.iter().map(|span| Timer { at: from + *span, due: Due::Remind }).collect()
}

/// The queries of a silent source: the pauses of the policy one after the other, then every hour.
fn queries(since: Timestamp, end: Timestamp, rules: &Rules) -> Vec<Timer> {
    let pauses = rules.source_retries.iter().copied().chain(std::iter::repeat(Span::hours(1)));
    pauses
        .scan(since, |at, pause| {
            *at = *at + pause;
            Some(*at)
        })
        .take_while(|at| *at < end)
        .take(SOURCE_RETRIES_MAX)
        .map(|at| Timer { at, due: Due::AskSource })
        .collect()
}
