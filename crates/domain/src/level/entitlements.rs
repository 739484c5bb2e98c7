//! What a person may do now, what is left of it, and what would raise it.

use super::facts::{Facts, Identity};
use super::requires::{Missing, level, missing, recompute_us};
use crate::account::RestrictionEffect;
use crate::limit::{Counters, Left, LimitError, Rule, Windows, left, level_rules};
use crate::operation::{Operation, Permit};
use crate::policy::{Level, OnGraceEnd, Rules, Use};
use crate::reason::Text;
use serde::Serialize;

/// Everything that is shown about a person's level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entitlements {
    /// The level; `None` until a contact is confirmed.
    pub level: Option<u8>,
    /// Its stable name.
    pub code: Option<String>,
    /// Its shown name.
    pub label: Option<Text>,
    /// The identity is verified and current, whatever the level.
    pub verified: bool,
    /// The strongest effect of restrictions and of a verification that ended.
    pub effect: Option<RestrictionEffect>,
    /// What the money may be used for now.
    pub uses: Vec<Use>,
    /// What the level allows and a restriction holds back.
    pub suspended: Vec<Use>,
    /// Caps with what is left of them.
    pub limits: Vec<Left>,
    /// Higher levels, nearest first.
    pub raises: Vec<Raise>,
    /// When this may change by time alone, microseconds UTC.
    pub recompute_us: Option<i64>,
}

/// A higher level and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Raise {
    /// The level.
    pub level: u8,
    /// Its stable name.
    pub code: String,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Uses it adds.
    pub adds: Vec<Use>,
    /// Its caps.
    pub caps: Vec<Rule>,
}

/// Derives all of it. `agreed_day_minor` is what was agreed with the person for a day.
pub fn entitlements(
    rules: &Rules,
    windows: &Windows,
    facts: &Facts,
    counters: &Counters,
    agreed_day_minor: Option<i64>,
    now_us: i64,
) -> Result<Entitlements, LimitError> {
    let current = level(rules, facts, now_us).and_then(|id| rules.levels.iter().find(|l| l.id == id));
    let effect = effect(rules, facts);
    let allowed: &[Use] = current.map_or(&[], |l| &l.uses);
    let goes_on = |u: &Use| stands_for(*u).permit(effect, false) == Permit::Yes;
    let (uses, suspended) = allowed.iter().copied().partition(goes_on);
    let limits = match current {
        // Caps of a level that allows nothing say nothing.
        Some(l) if !l.uses.is_empty() => left(rules, windows, counters, l.id, agreed_day_minor, now_us)?,
        _ => Vec::new(),
    };
    let higher = |l: &&Level| current.is_none_or(|c| l.id > c.id);
    let raises = rules.levels.iter().filter(higher).map(|l| Raise {
        level: l.id,
        code: l.code.clone(),
        missing: missing(rules, facts, l, now_us),
        adds: l.uses.iter().copied().filter(|u| !allowed.contains(u)).collect(),
        caps: level_rules(rules, l),
    });
    Ok(Entitlements {
        level: current.map(|l| l.id),
        code: current.map(|l| l.code.clone()),
        label: current.map(|l| l.label.clone()),
        verified: matches!(facts.identity, Identity::Valid | Identity::Grace),
        effect,
        uses,
        suspended,
        limits,
        raises: raises.collect(),
        recompute_us: recompute_us(rules, facts, now_us),
    })
}

/// Restrictions, and what follows from a verification that ended even before its restriction is written.
fn effect(rules: &Rules, facts: &Facts) -> Option<RestrictionEffect> {
    let ended = match (facts.identity, rules.document.on_grace_end) {
        (Identity::Lapsed, OnGraceEnd::Restrict) => Some(RestrictionEffect::Restricted),
        (Identity::Lapsed, OnGraceEnd::Freeze) | (Identity::Revoked, _) => Some(RestrictionEffect::Frozen),
        (Identity::Unverified | Identity::Valid | Identity::Grace, _) => None,
    };
    facts.restriction.max(ended)
}

/// The operation a use is judged by under a restriction.
const fn stands_for(purpose: Use) -> Operation {
    match purpose {
        Use::Consume | Use::Invest => Operation::PayMerchant,
        Use::Transfer => Operation::TransferFriend,
        Use::WithdrawOwnBank => Operation::WithdrawOwnBank,
        Use::VirtualCard => Operation::CardAuthorise,
    }
}
