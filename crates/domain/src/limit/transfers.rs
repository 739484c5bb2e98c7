//! How many transfers to others a person makes on a day.

use super::counters::{Cap, Counters, Post};
use super::window::{Key, Windows};
use crate::policy::Rules;
use serde::{Deserialize, Serialize};

/// Transfers of a person's day, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfers {
    /// The counter.
    pub key: Key,
    /// How many a day may have.
    pub max: u32,
    /// How many there were.
    pub used: i64,
    /// How many more there may be.
    pub left: i64,
    /// When it starts anew, microseconds UTC; `None` if never.
    pub resets_us: Option<i64>,
}

/// The transfers of the day of this moment.
pub fn transfers(rules: &Rules, windows: &Windows, counters: &Counters, now_us: i64) -> Transfers {
    let key = Key::Transfers(windows.day(now_us));
    let max = rules.wallet.transfers_per_day_max;
    let used = counters.get(key);
    let cap = cap(max);
    Transfers { key, max, used: used.under(cap), left: cap.left(used), resets_us: windows.ends_us(key) }
}

impl Transfers {
    /// Counts one more.
    pub(super) fn post(&self) -> Post {
        Post { key: self.key, minor: 1, own_bank: false, cap: Some(cap(self.max)) }
    }
}

fn cap(max: u32) -> Cap {
    Cap { max_minor: i64::from(max), own_bank_counts: false }
}
