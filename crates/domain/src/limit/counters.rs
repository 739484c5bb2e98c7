//! What a person used. A pure mirror of the guarded updates of the store.
#![deny(clippy::float_arithmetic)]

use super::hold::Return;
use super::window::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One counter. Withdrawals to one's own bank stand apart, because some caps count them and some do not,
/// and a change of level must not rewrite the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// Payments and transfers, authorised or captured, minus what was released or given back.
    pub payments_minor: i64,
    /// Withdrawals to one's own bank.
    pub own_bank_minor: i64,
}

impl Used {
    /// What a cap sees of it.
    pub const fn under(self, cap: Cap) -> i64 {
        let own_bank = if cap.own_bank_counts { self.own_bank_minor } else { 0 };
        self.payments_minor.saturating_add(own_bank)
    }

    fn part(&mut self, own_bank: bool) -> &mut i64 {
        if own_bank { &mut self.own_bank_minor } else { &mut self.payments_minor }
    }
}

/// At most so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// In minor units.
    pub max_minor: i64,
    /// Withdrawals to one's own bank count.
    pub own_bank_counts: bool,
}

impl Cap {
    /// What is left, never below zero: a cap may have come down below what was used.
    pub const fn left(self, used: Used) -> i64 {
        let left = self.max_minor.saturating_sub(used.under(self));
        if left > 0 { left } else { 0 }
    }
}

/// One addition to one counter, and the cap that must hold afterwards. The store makes one guarded update
/// of it: it adds only where the sum stays within the cap, and a row that was not hit refuses the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Which counter.
    pub key: Key,
    /// How much; more than zero. One for a key that holds a number.
    pub minor: i64,
    /// To which part of it.
    pub own_bank: bool,
    /// The cap; `None` only records.
    pub cap: Option<Cap>,
}

/// A cap would not have held. Nothing was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("over the cap of {key}, {left_minor} left")]
pub struct OverCap {
    /// The counter.
    pub key: Key,
    /// What was left.
    pub left_minor: i64,
}

/// A person's counters. One that is missing is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counters(BTreeMap<Key, Used>);

impl Counters {
    /// What was used.
    pub fn get(&self, key: Key) -> Used {
        self.0.get(&key).copied().unwrap_or_default()
    }

    /// Sets what the store read.
    pub fn set(&mut self, key: Key, used: Used) {
        self.0.insert(key, used);
    }

    /// All counters that are not missing.
    pub fn iter(&self) -> impl Iterator<Item = (Key, Used)> {
        self.0.iter().map(|(key, used)| (*key, *used))
    }

    /// Counts all of it, or nothing.
    pub fn post(&mut self, posts: &[Post]) -> Result<(), OverCap> {
        let mut after = self.clone();
        for post in posts {
            let used = after.get(post.key);
            let refused = |cap: Cap| OverCap { key: post.key, left_minor: cap.left(used) };
            let mut next = used;
            let part = next.part(post.own_bank);
            let sum = part.checked_add(post.minor).filter(|_| post.minor > 0);
            // A counter that is full to the last bit refuses like a cap.
            let full = Cap { max_minor: i64::MAX, own_bank_counts: true };
            *part = sum.ok_or_else(|| refused(full))?;
            if let Some(cap) = post.cap.filter(|cap| next.under(*cap) > cap.max_minor) {
                return Err(refused(cap));
            }
            after.set(post.key, next);
        }
        *self = after;
        Ok(())
    }

    /// Gives back, never below zero.
    pub fn give_back(&mut self, returns: &[Return]) {
        for back in returns {
            let mut used = self.get(back.key);
            let part = used.part(back.own_bank);
            *part = part.saturating_sub(back.minor.max(0)).max(0);
            self.set(back.key, used);
        }
    }

    /// What an account counted before its person was known joins what the person had counted.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        for (key, more) in other.iter() {
            let mut used = self.get(key);
            used.payments_minor = used.payments_minor.saturating_add(more.payments_minor);
            used.own_bank_minor = used.own_bank_minor.saturating_add(more.own_bank_minor);
            self.set(key, used);
        }
        self
    }
}
