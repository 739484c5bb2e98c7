//! Signals about money for people who watch it. They never refuse anything.
#![deny(clippy::float_arithmetic)]

use super::answer::LimitError;
use crate::amount::Amount;
use crate::operation::Operation;
use crate::policy::Rules;
use crate::policy::money::Decimal;
use serde::{Deserialize, Serialize};

/// Days over which what goes in and out is summed up for [`Alert::TwoWay30Days`].
pub const TWO_WAY_DAYS: u32 = 30;

/// A signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// One payment is large.
    SinglePayment,
    /// Much went in and out in 30 days.
    #[serde(rename = "two_way_30_days")]
    TwoWay30Days,
    /// The balance was large for days.
    BalanceOver,
}

impl Alert {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SinglePayment => "single_payment",
            Self::TwoWay30Days => "two_way_30_days",
            Self::BalanceOver => "balance_over",
        }
    }
}

/// Sums over a person's history, all before this operation, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// What came in and what went out in the last [`TWO_WAY_DAYS`] days, added up.
    pub two_way_minor: i64,
    /// The lowest balance of the last [`balance_days`]; 0 if the first posting is younger than that.
    pub lowest_balance_minor: i64,
}

/// The signals that apply to an operation that is carried out. Each applies again with every operation;
/// who stores them decides how often somebody is told.
pub fn alerts(
    rules: &Rules,
    operation: Operation,
    amount: Amount,
    past: Past,
) -> Result<Vec<Alert>, LimitError> {
    if amount.currency() != rules.money.currency {
        let (policy, amount) = (rules.money.currency.code(), amount.currency().code());
        return Err(LimitError::Currency { policy, amount });
    }
    let minor = amount.minor();
    if minor <= 0 {
        return Err(LimitError::NotPositive);
    }
    let moves = operation.goes_out() || operation.comes_in();
    let reached = |min: Option<&Decimal>, sum: i64| line(rules, min).is_some_and(|line| sum >= line);
    let single = operation.goes_out() && reached(rules.alerts.single_payment_min.as_ref(), minor);
    let sum = past.two_way_minor.saturating_add(minor);
    let two_way = moves && reached(rules.alerts.two_way_30_days_min.as_ref(), sum);
    let all = [
        (Alert::SinglePayment, single),
        (Alert::TwoWay30Days, two_way),
        (Alert::BalanceOver, balance_is_over(rules, past.lowest_balance_minor)),
    ];
    Ok(all.into_iter().filter(|(_, applies)| *applies).map(|(alert, _)| alert).collect())
}

/// Whether [`Alert::BalanceOver`] applies, which needs no operation: time alone brings it about.
pub fn balance_is_over(rules: &Rules, lowest_balance_minor: i64) -> bool {
    line(rules, rules.alerts.balance_over.as_ref()).is_some_and(|line| lowest_balance_minor > line)
}

/// Over how many days the lowest balance is looked for; `None` if the policy does not ask.
pub fn balance_days(rules: &Rules) -> Option<u32> {
    rules.alerts.balance_over_days
}

/// Every amount of a policy in force was read once; one that could not be read would signal nothing.
fn line(rules: &Rules, amount: Option<&Decimal>) -> Option<i64> {
    amount?.minor(rules.money.currency).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn of(preset: &str, operation: Operation, minor: i64, past: Past) -> Vec<Alert> {
        let policy = Policy::preset(preset).unwrap();
        alerts(&policy, operation, Amount::new(minor, policy.money.currency), past).unwrap()
    }

    #[test]
    fn each_signal_begins_at_the_fen() {
        let fresh = Past::default();
        let single = |minor| of("cn_pboc", Operation::PayMerchant, minor, fresh);
        assert_eq!([single(999_999), single(1_000_000)], [vec![], vec![Alert::SinglePayment]]);

        let past = Past { two_way_minor: 4_999_000, ..fresh };
        let in_and_out = |minor| of("cn_pboc", Operation::ReceiveTransfer, minor, past);
        assert_eq!([in_and_out(999), in_and_out(1_000)], [vec![], vec![Alert::TwoWay30Days]]);

        let balance =
            |lowest_balance_minor| of("cn_pboc", Operation::TopUp, 1, Past { lowest_balance_minor, ..fresh });
        assert_eq!([balance(500_000), balance(500_001)], [vec![], vec![Alert::BalanceOver]]);
        assert_eq!(balance_days(&Policy::preset("cn_pboc").unwrap()), Some(10));
    }

    #[test]
    fn only_what_goes_out_is_a_payment_and_only_what_moves_is_summed() {
        let past = Past { two_way_minor: i64::MAX, lowest_balance_minor: i64::MAX };
        let all = [Alert::SinglePayment, Alert::TwoWay30Days, Alert::BalanceOver];
        assert_eq!(of("cn_pboc", Operation::TransferFriend, i64::MAX, past), all);
        assert_eq!(of("cn_pboc", Operation::RefundIn, i64::MAX, past), all[1..]);
        assert_eq!(of("cn_pboc", Operation::CardIssue, i64::MAX, past), all[2..]);
    }

    #[test]
    fn a_policy_without_a_line_signals_nothing() {
        let past = Past { two_way_minor: 0, lowest_balance_minor: i64::MAX };
        assert_eq!(of("generic", Operation::TopUp, 1, past), []);
        let mut rules = Policy::preset("cn_pboc").unwrap().rules().clone();
        rules.alerts.single_payment_min = None;
        rules.alerts.two_way_30_days_min = None;
        let amount = Amount::new(i64::MAX, rules.money.currency);
        assert_eq!(alerts(&rules, Operation::PayMerchant, amount, Past::default()), Ok(vec![]));
        let yen = Amount::new(1, "JPY".to_owned().try_into().unwrap());
        let mixed = LimitError::Currency { policy: "CNY", amount: "JPY" };
        assert_eq!(alerts(&rules, Operation::PayMerchant, yen, Past::default()), Err(mixed));
        let nothing = Amount::zero(rules.money.currency);
        let refused = alerts(&rules, Operation::PayMerchant, nothing, Past::default());
        assert_eq!(refused, Err(LimitError::NotPositive));
    }

    #[test]
    fn a_signal_is_stored_by_its_name() {
        for alert in [Alert::SinglePayment, Alert::TwoWay30Days, Alert::BalanceOver] {
            let json = serde_json::to_string(&alert).unwrap();
            assert_eq!(json, format!("\"{}\"", alert.as_str()));
        }
    }
}
