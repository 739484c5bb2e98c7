//! Whether an operation is allowed now, which rule binds, and what is left.
#![deny(clippy::float_arithmetic)]

use super::counters::{Counters, Post};
use super::funding::Funding;
use super::rules::{Rule, Source, level_rules, strength_rule};
use super::strength::{Strength, strength};
use super::transfers::{Transfers, transfers};
use super::window::{Key, Window, Windows};
use crate::account::RestrictionEffect;
use crate::amount::Amount;
use crate::operation::{Operation, Permit};
use crate::policy::{Factor, Level, Rules};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask<'a> {
    /// What is done.
    pub operation: Operation,
    /// From where.
    pub funding: Funding,
    /// How much.
    pub amount: Amount,
    /// Factors of this transaction.
    pub factors: &'a [Factor],
    /// A printed code is paid.
    pub static_qr: bool,
    /// What this one operation may be at most: a card's own cap.
    pub operation_max_minor: Option<i64>,
    /// What was agreed with the person for a day of strongest authentication.
    pub agreed_day_minor: Option<i64>,
    /// The person's level.
    pub level: u8,
    /// The person's identity is verified and current.
    pub verified: bool,
    /// The strongest effect of the person's restrictions.
    pub effect: Option<RestrictionEffect>,
}

/// The answer. To count it, all `posts` must be counted, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether.
    pub verdict: Verdict,
    /// What the restrictions leave of it: money that comes in may have to stay.
    pub permit: Permit,
    /// How much was asked for.
    pub amount: Amount,
    /// The strength it counts as.
    pub strength: Option<Strength>,
    /// The rule with the least left: the one that refused, or the one that would refuse next.
    pub binding: Option<Left>,
    /// Every rule that applies, before this operation.
    pub left: Vec<Left>,
    /// Transfers of the day before this one; `None` if it is not a transfer to another.
    pub transfers: Option<Transfers>,
    /// What to count; empty unless allowed.
    pub posts: Vec<Post>,
}

/// Whether an operation is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// After authenticating better.
    StepUp(StepUp),
    /// No.
    Refused(Refusal),
}

/// What would be strong enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// The weakest strength that suffices.
    pub to: Strength,
    /// Independent classes of factors it needs.
    pub factors_min: u32,
    /// One of these at least, if it names any.
    pub needs_any: Vec<Factor>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Identity first.
    NotVerified,
    /// A restriction.
    Restricted,
    /// A stronger one.
    Frozen,
    /// The level does not allow it.
    LevelTooLow,
    /// A cap.
    Limit(Window),
    /// As many transfers to others as a day may have.
    TransfersOfDay,
}

impl Refusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotVerified => "W_NOT_VERIFIED",
            Self::Restricted => "W_RESTRICTED",
            Self::Frozen => "W_FROZEN",
            Self::LevelTooLow => "W_LEVEL_TOO_LOW",
            Self::Limit(Window::Operation) => "W_LIMIT_OPERATION",
            Self::Limit(Window::Day) | Self::TransfersOfDay => "W_LIMIT_DAY",
            Self::Limit(Window::Year) => "W_LIMIT_YEAR",
            Self::Limit(Window::Lifetime) => "W_LIMIT_LIFETIME",
        }
    }
}

/// One rule and its counter at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The rule.
    pub rule: Rule,
    /// Its counter; `None` for the cap of one operation.
    pub key: Option<Key>,
    /// What was used of it.
    pub used_minor: i64,
    /// What is left, never below zero.
    pub left_minor: i64,
    /// When it starts anew, microseconds UTC; `None` if never.
    pub resets_us: Option<i64>,
}

/// A question that has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Nothing, or less.
    #[error("an amount must be more than zero")]
    NotPositive,
    /// Not the policy's.
    #[error("limits are in {policy}, the amount is in {amount}")]
    Currency {
        /// ISO 4217 code.
        policy: &'static str,
        /// ISO 4217 code.
        amount: &'static str,
    },
    /// Not in the policy.
    #[error("the policy has no level {0}")]
    Level(u8),
}

/// Decides. Pure: nothing is counted here.
pub fn decide(
    rules: &Rules,
    windows: &Windows,
    counters: &Counters,
    ask: &Ask<'_>,
    now_us: i64,
) -> Result<Answer, LimitError> {
    if ask.amount.minor() <= 0 {
        return Err(LimitError::NotPositive);
    }
    if ask.amount.currency() != rules.money.currency {
        let (policy, amount) = (rules.money.currency.code(), ask.amount.currency().code());
        return Err(LimitError::Currency { policy, amount });
    }
    let level = level(rules, ask.level)?;
    let agreed = ask.agreed_day_minor.is_some();
    let reached = strength(rules, ask.factors, ask.static_qr).map(|s| s.under(rules, agreed));
    let permit = ask.operation.permit(ask.effect, rules.account.essential_when_frozen);
    let blank = |verdict| Answer {
        verdict,
        permit,
        amount: ask.amount,
        strength: reached,
        binding: None,
        left: Vec::new(),
        transfers: None,
        posts: Vec::new(),
    };
    if let Some(refusal) = gate(level, ask, permit) {
        return Ok(blank(Verdict::Refused(refusal)));
    }
    // A transfer is one wherever its money comes from.
    let of_day =
        (ask.operation == Operation::TransferFriend).then(|| transfers(rules, windows, counters, now_us));
    let counted = of_day.map(|day| day.post());
    let blank = |verdict| Answer { transfers: of_day, ..blank(verdict) };
    if of_day.is_some_and(|day| day.left == 0) {
        return Ok(blank(Verdict::Refused(Refusal::TransfersOfDay)));
    }
    let passes_through = ask.funding == Funding::BankCard && !rules.counting.pass_through_bank_card_counts;
    if !ask.operation.goes_out() || passes_through {
        return Ok(Answer { posts: counted.into_iter().collect(), ..blank(Verdict::Allowed) });
    }

    let own_bank = ask.operation == Operation::WithdrawOwnBank;
    let at = At { windows, counters, now_us };
    let applies = |rule: &Rule| !own_bank || rule.cap.own_bank_counts;
    let over = |left: &Left| ask.amount.minor() > left.left_minor;
    let fixed = level_rules(rules, level).into_iter().filter(applies).chain(operation_rule(ask));
    let mut left: Vec<Left> = fixed.map(|rule| at.left(rule)).collect();
    let of_strength = |s| strength_rule(rules, level, s, ask.agreed_day_minor).filter(applies);
    let broken: Vec<Left> = left.iter().copied().filter(over).collect();
    let by_strength = reached.and_then(of_strength).map(|rule| at.left(rule));
    left.extend(by_strength);

    let (verdict, binding) = if let Some(worst) = tightest(&broken) {
        (Verdict::Refused(Refusal::Limit(worst.rule.window)), Some(worst))
    } else if reached.is_none() || by_strength.is_some_and(|left| over(&left)) {
        // What was not agreed has a cap of nothing, so it is never offered.
        let stronger = Strength::BY_FACTORS.into_iter().find(|s| {
            reached.is_none_or(|r| r != Strength::StaticQr && *s > r)
                && !of_strength(*s).is_some_and(|rule| over(&at.left(rule)))
        });
        let verdict = stronger.map_or(Verdict::Refused(Refusal::Limit(Window::Day)), |to| {
            let tier = to.tier(rules);
            let factors_min = tier.factors_min.unwrap_or(0);
            Verdict::StepUp(StepUp { to, factors_min, needs_any: tier.needs_any.clone() })
        });
        (verdict, by_strength)
    } else {
        (Verdict::Allowed, tightest(&left))
    };

    let mut answer = Answer { binding, left, ..blank(verdict) };
    if let (Verdict::Allowed, Some(reached)) = (&answer.verdict, reached) {
        answer.posts = posts(&answer.left, windows.keys(now_us, reached), ask.amount.minor(), own_bank);
        answer.posts.extend(counted);
    }
    Ok(answer)
}

/// Every cap of a level with what is left of it: the level's own, then those of each strength.
pub fn left(
    rules: &Rules,
    windows: &Windows,
    counters: &Counters,
    level_id: u8,
    agreed_day_minor: Option<i64>,
    now_us: i64,
) -> Result<Vec<Left>, LimitError> {
    let level = level(rules, level_id)?;
    let at = At { windows, counters, now_us };
    let agreed = agreed_day_minor.is_some();
    let strengths = [Strength::A, Strength::B, Strength::C, Strength::StaticQr];
    let used = strengths.into_iter().filter(|s| s.under(rules, agreed) == *s);
    let by_strength = used.filter_map(|s| strength_rule(rules, level, s, agreed_day_minor));
    Ok(level_rules(rules, level).into_iter().chain(by_strength).map(|rule| at.left(rule)).collect())
}

fn level(rules: &Rules, id: u8) -> Result<&Level, LimitError> {
    rules.levels.iter().find(|l| l.id == id).ok_or(LimitError::Level(id))
}

/// What stops an operation before any counting, in the order of the gates.
fn gate(level: &Level, ask: &Ask<'_>, permit: Permit) -> Option<Refusal> {
    if permit.refuses() {
        let restricted = ask.effect == Some(RestrictionEffect::Restricted);
        return Some(if restricted { Refusal::Restricted } else { Refusal::Frozen });
    }
    let allowed = match ask.operation.needs() {
        Some(needed) => level.uses.contains(&needed),
        None => !ask.operation.fills_balance() || !level.uses.is_empty(),
    };
    match (allowed, ask.verified) {
        (true, _) => None,
        (false, true) => Some(Refusal::LevelTooLow),
        (false, false) => Some(Refusal::NotVerified),
    }
}

fn operation_rule(ask: &Ask<'_>) -> Option<Rule> {
    let max_minor = ask.operation_max_minor?.max(0);
    let cap = super::Cap { max_minor, own_bank_counts: true };
    Some(Rule { source: Source::Operation, window: Window::Operation, cap })
}

/// The rule with the least left; of equals the one that resets last.
fn tightest(left: &[Left]) -> Option<Left> {
    left.iter().copied().min_by_key(|l| (l.left_minor, std::cmp::Reverse(l.rule.window)))
}

fn posts(left: &[Left], keys: [Key; 4], minor: i64, own_bank: bool) -> Vec<Post> {
    let cap = |key| left.iter().find(|l| l.key == Some(key)).map(|l| l.rule.cap);
    keys.into_iter().map(|key| Post { key, minor, own_bank, cap: cap(key) }).collect()
}

struct At<'a> {
    windows: &'a Windows,
    counters: &'a Counters,
    now_us: i64,
}

impl At<'_> {
    fn left(&self, rule: Rule) -> Left {
        let day = self.windows.day(self.now_us);
        let key = match (rule.window, rule.source) {
            (Window::Operation, _) => None,
            (Window::Lifetime, _) => Some(Key::Lifetime),
            (Window::Year, _) => Some(Key::Year(self.windows.year(day))),
            (Window::Day, Source::Strength(strength)) => Some(Key::DayAt(day, strength)),
            (Window::Day, _) => Some(Key::Day(day)),
        };
        let used = key.map(|key| self.counters.get(key)).unwrap_or_default();
        Left {
            rule,
            key,
            used_minor: used.under(rule.cap),
            left_minor: rule.cap.left(used),
            resets_us: key.and_then(|key| self.windows.ends_us(key)),
        }
    }
}
