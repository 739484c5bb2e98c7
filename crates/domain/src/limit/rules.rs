//! The caps of a policy as rules over one counter each.
#![deny(clippy::float_arithmetic)]

use super::counters::Cap;
use super::strength::Strength;
use super::window::Window;
use crate::amount::{Rounding, share};
use crate::policy::money::Decimal;
use crate::policy::{Level, Rules};
use serde::{Deserialize, Serialize};

/// What a cap comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The level.
    Level,
    /// How the transaction was authenticated.
    Strength(Strength),
    /// This one operation: a card's own cap, a merchant's.
    Operation,
}

/// One cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it comes from.
    pub source: Source,
    /// What it is counted in.
    pub window: Window,
    /// How much.
    pub cap: Cap,
}

/// The caps of a level.
pub fn level_rules(rules: &Rules, level: &Level) -> Vec<Rule> {
    let caps = &level.caps;
    let own_bank = caps.own_bank_withdrawal_counts;
    let of_day = own_bank || rules.counting.day_caps_count_own_bank_withdrawal;
    [
        (Window::Day, &caps.day_out_max, of_day),
        (Window::Year, &caps.year_out_max, own_bank),
        (Window::Lifetime, &caps.lifetime_out_max, own_bank),
    ]
    .into_iter()
    .filter_map(|(window, amount, own_bank_counts)| {
        let max_minor = minor(rules, amount.as_ref()?);
        Some(Rule { source: Source::Level, window, cap: Cap { max_minor, own_bank_counts } })
    })
    .collect()
}

/// The day's cap for transactions of one strength; `None` for no cap.
///
/// Transactions of each strength are counted by themselves: the rule speaks of what was authenticated that
/// way (PBOC Announcement 2015 No. 43, Art. 24). `agreed_day_minor` is what was agreed with the person.
pub fn strength_rule(
    rules: &Rules,
    level: &Level,
    strength: Strength,
    agreed_day_minor: Option<i64>,
) -> Option<Rule> {
    let max_minor = day_max(rules, level, strength, agreed_day_minor)?;
    let own_bank_counts = rules.counting.day_caps_count_own_bank_withdrawal;
    let cap = Cap { max_minor, own_bank_counts };
    Some(Rule { source: Source::Strength(strength), window: Window::Day, cap })
}

fn day_max(rules: &Rules, level: &Level, strength: Strength, agreed: Option<i64>) -> Option<i64> {
    let tier = strength.tier(rules);
    if let Some(amount) = &tier.day_out_max {
        return Some(minor(rules, amount));
    }
    if let Some(percent) = tier.day_out_percent_of_level {
        let of = minor(rules, level.caps.day_out_max.as_ref()?);
        return Some(share(of, i64::from(percent), 100, Rounding::Floor).unwrap_or(0));
    }
    // Where nothing was agreed such a strength is not used; see `Strength::under`.
    tier.day_out_max_by_agreement.then(|| agreed.unwrap_or(0).max(0))
}

/// Every amount of a policy in force was read once; one that could not be read would allow nothing.
fn minor(rules: &Rules, amount: &Decimal) -> i64 {
    amount.minor(rules.money.currency).unwrap_or(0)
}
