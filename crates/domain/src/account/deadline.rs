//! The date by which an account must be verified, and the clock that stands still while its owner waits.

use crate::moment::{Span, Timestamp};
use crate::policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The policy's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineRules {
    /// From registration.
    pub within: Span,
    /// Left at least after a pause.
    pub left_min: Span,
    /// Reminders, so long before.
    pub reminders: Vec<Span>,
}

impl From<&policy::Rules> for DeadlineRules {
    fn from(rules: &policy::Rules) -> Self {
        let account = &rules.account;
        Self {
            within: Span::days(account.verify_within_days),
            left_min: Span::days(account.verify_left_after_pause_days_min),
            reminders: account.verify_remind_days.iter().map(|days| Span::days(*days)).collect(),
        }
    }
}

/// Why the clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// An application is being checked, waits for a source, or is before a person.
    Application,
    /// An appeal is open.
    Appeal,
}

/// The clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// It runs.
    Running {
        /// The date.
        at: Timestamp,
    },
    /// It stands still.
    Paused {
        /// What was left when it stopped.
        left: Span,
        /// Why; it runs again when all of them are over.
        reasons: BTreeSet<PauseReason>,
    },
    /// The account is verified; there is no date.
    Met,
}

impl Deadline {
    /// For a new account. Existing accounts get the date of a campaign instead.
    pub fn new(registered_at: Timestamp, rules: &DeadlineRules) -> Self {
        Self::Running { at: registered_at + rules.within }
    }

    /// Stops the clock. Stopping it twice for the same reason is stopping it once.
    #[must_use]
    pub fn pause(self, reason: PauseReason, now: Timestamp) -> Self {
        match self {
            Self::Running { at } => Self::Paused { left: at.since(now), reasons: [reason].into() },
            Self::Paused { left, mut reasons } => {
                reasons.insert(reason);
                Self::Paused { left, reasons }
            }
            Self::Met => Self::Met,
        }
    }

    /// Ends one reason to stand still; with the last one the clock runs again, with some days left at
    /// least, also if the date had passed before it stopped.
    #[must_use]
    pub fn resume(self, reason: PauseReason, rules: &DeadlineRules, now: Timestamp) -> Self {
        match self {
            Self::Paused { left, mut reasons } => {
                let ended = reasons.remove(&reason);
                if ended && reasons.is_empty() {
                    Self::Running { at: now + left.max(rules.left_min) }
                } else {
                    Self::Paused { left, reasons }
                }
            }
            other => other,
        }
    }

    /// The account is verified.
    #[must_use]
    pub fn meet(self) -> Self {
        Self::Met
    }

    /// Whether the date has passed. The job that acts on it asks again when it runs.
    pub fn is_missed(&self, now: Timestamp) -> bool {
        matches!(self, Self::Running { at } if *at <= now)
    }

    /// When to remind, soonest first; nothing while the clock stands still.
    pub fn reminders(&self, rules: &DeadlineRules) -> Vec<Timestamp> {
        let Self::Running { at } = self else { return Vec::new() };
        let mut reminders: Vec<Timestamp> = rules.reminders.iter().map(|before| *at - *before).collect();
        reminders.sort_unstable();
        reminders
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use PauseReason::{Appeal, Application};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn day(days: u32) -> Timestamp {
        Timestamp::from_unix_s(1_764_057_600).unwrap() + Span::days(days)
    }

    static RULES: LazyLock<DeadlineRules> =
        LazyLock::new(|| DeadlineRules::from(Policy::preset("cn_pboc").unwrap().rules()));

    fn rules() -> DeadlineRules {
        RULES.clone()
    }

    #[test]
    fn thirty_days_and_four_reminders() {
        let deadline = Deadline::new(day(0), &rules());
        assert_eq!(deadline.reminders(&rules()), [day(16), day(23), day(27), day(29)]);
        let last = Timestamp::from_unix_us(day(30).unix_us() - 1).unwrap();
        assert!(!deadline.is_missed(last));
        assert!(deadline.is_missed(day(30)));
    }

    #[test]
    fn waiting_for_us_costs_no_days() {
        let deadline = Deadline::new(day(0), &rules()).pause(Application, day(10));
        assert!(!deadline.is_missed(day(100)));
        assert_eq!(deadline.reminders(&rules()), []);
        assert_eq!(deadline.resume(Application, &rules(), day(12)), Deadline::Running { at: day(32) });
    }

    #[test]
    fn seven_days_are_left_at_least() {
        let left = |stopped, resumed| {
            let deadline = Deadline::new(day(0), &rules()).pause(Application, day(stopped));
            deadline.resume(Application, &rules(), day(resumed))
        };
        assert_eq!(left(22, 40), Deadline::Running { at: day(48) }, "8 left");
        assert_eq!(left(23, 40), Deadline::Running { at: day(47) }, "7 left");
        assert_eq!(left(24, 40), Deadline::Running { at: day(47) }, "6 left");
        assert_eq!(left(35, 40), Deadline::Running { at: day(47) }, "missed before");
    }

    #[test]
    fn an_appeal_keeps_the_clock_still_after_the_application() {
        let both = Deadline::new(day(0), &rules()).pause(Application, day(5)).pause(Appeal, day(6));
        let one = both.resume(Application, &rules(), day(9));
        assert!(matches!(one, Deadline::Paused { .. }));
        assert_eq!(one.clone().resume(Application, &rules(), day(10)), one, "over already");
        assert_eq!(one.resume(Appeal, &rules(), day(15)), Deadline::Running { at: day(40) });
    }

    proptest! {
        /// However often it stops and runs again, whoever waited has at least seven days.
        #[test]
        fn no_pause_takes_days_away(moves in proptest::collection::vec((any::<bool>(), any::<bool>(), 0_u32..20), 0..40)) {
            let (mut deadline, mut now) = (Deadline::new(day(0), &rules()), day(0));
            for (pause, appeal, days) in moves {
                now = now + Span::days(days);
                let reason = if appeal { Appeal } else { Application };
                let before = deadline.clone();
                deadline = if pause { deadline.pause(reason, now) } else { deadline.resume(reason, &rules(), now) };
                if let (Deadline::Paused { left, .. }, Deadline::Running { at }) = (before, &deadline) {
                    prop_assert!(at.since(now) >= left.max(Span::days(7)));
                }
            }
            prop_assert_eq!(deadline.meet(), Deadline::Met);
        }
    }
}
