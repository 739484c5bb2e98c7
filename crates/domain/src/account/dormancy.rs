//! Accounts that nobody uses.

use crate::moment::{Calendar, Timestamp};
use crate::policy::{self, DormancyFrom, OnDormant};

/// The policy's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DormancyRules {
    /// Calendar months without use.
    pub months: u32,
    /// Counted from.
    pub from: DormancyFrom,
    /// Days of warning.
    pub warn_days: u32,
    /// What happens.
    pub on_dormant: OnDormant,
}

impl From<&policy::Rules> for DormancyRules {
    fn from(rules: &policy::Rules) -> Self {
        let account = &rules.account;
        Self {
            months: account.dormancy_months,
            from: account.dormancy_measured_from,
            warn_days: account.dormancy_warn_days,
            on_dormant: account.on_dormant,
        }
    }
}

/// What an account was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When it was opened, or verified again after being dormant.
    pub opened_at: Timestamp,
    /// The last transaction since then.
    pub last_transaction_at: Option<Timestamp>,
    /// The last sign-in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// When an account becomes dormant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dormancy {
    /// The person is warned.
    pub warn_at: Timestamp,
    /// It is dormant.
    pub at: Timestamp,
    /// It is suspended then; otherwise the person is only told.
    pub suspends: bool,
}

impl DormancyRules {
    /// When the account becomes dormant if nothing happens; never, if the months count from the opening and
    /// there was a transaction since.
    ///
    /// Counted from the opening, what matters is that there was no transaction at all in the first months:
    /// signing in does not help. Counted from the last use, signing in is use.
    pub fn dormancy(self, activity: Activity, calendar: &Calendar) -> Option<Dormancy> {
        let Activity { opened_at, last_transaction_at, last_sign_in_at } = activity;
        let from = match self.from {
            DormancyFrom::Opening if last_transaction_at.is_some_and(|at| at >= opened_at) => return None,
            DormancyFrom::Opening => opened_at,
            DormancyFrom::LastUse => {
                [Some(opened_at), last_transaction_at, last_sign_in_at].into_iter().flatten().max()?
            }
        };
        let day = calendar.day(from).plus_months(self.months);
        Some(Dormancy {
            warn_at: calendar.start_of(day.minus(self.warn_days)),
            at: calendar.start_of(day),
            suspends: self.on_dormant == OnDormant::SuspendUntilReverified,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Span;
    use crate::policy::Policy;

    fn opened() -> Timestamp {
        Timestamp::from_unix_s(1_756_623_600).unwrap() // 2025-08-31T15:00 in Shanghai
    }

    fn dormancy(preset: &str, activity: Activity) -> Option<(String, String)> {
        let policy = Policy::preset(preset).unwrap();
        let calendar = Calendar::from_policy(&policy.time).unwrap();
        let dormancy = DormancyRules::from(policy.rules()).dormancy(activity, &calendar)?;
        assert!(dormancy.suspends);
        Some((dormancy.warn_at.to_string(), dormancy.at.to_string()))
    }

    const fn activity(transaction: Option<Timestamp>, sign_in: Option<Timestamp>, at: Timestamp) -> Activity {
        Activity { opened_at: at, last_transaction_at: transaction, last_sign_in_at: sign_in }
    }

    #[test]
    fn six_months_after_opening_without_a_transaction() {
        let expected = Some(("2026-01-28T16:00:00Z".to_owned(), "2026-02-27T16:00:00Z".to_owned()));
        assert_eq!(dormancy("cn_pboc", activity(None, None, opened())), expected);
        let later = opened() + Span::days(100);
        assert_eq!(
            dormancy("cn_pboc", activity(None, Some(later), opened())),
            expected,
            "signing in is no use"
        );
        assert_eq!(dormancy("cn_pboc", activity(Some(later), None, opened())), None);
        assert!(dormancy("cn_pboc", activity(Some(opened()), None, later)).is_some(), "verified again since");
    }

    #[test]
    fn twelve_months_after_the_last_use() {
        let later = opened() + Span::days(100);
        let expected = Some(("2026-11-09T00:00:00Z".to_owned(), "2026-12-09T00:00:00Z".to_owned()));
        assert_eq!(dormancy("generic", activity(None, Some(later), opened())), expected);
        assert_eq!(dormancy("generic", activity(Some(later), None, opened())), expected);
    }
}
