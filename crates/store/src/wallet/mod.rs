//! Counters of limits and the uses that stand in them, levels, and the clock of accounts.
//!
//! A counter is the sum of what its uses hold in it. Both change in one transaction, under the lock of their
//! owner, and every addition names the cap that must hold afterwards.

mod clock;
mod counters;
mod levels;
mod meetings;
mod records;
mod uses;

pub use clock::{StoredClock, load_clock, save_clock};
pub use counters::{counters, give_back, lock, merge, post, recount};
pub use levels::{StoredLevel, load_level, save_level};
pub use meetings::{StoredMeeting, confirm_meeting, meeting_record, meetings, record_meeting};
pub use records::{StoredHold, end_hold, escalate_hold, holds, load_hold, save_hold};
pub use uses::{
    LimitUse, Share, UseState, find_use, insert_use, last_use_at, load_use, sums, update_use, use_owners,
};

use crate::{Broken, Error};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Timestamp;
use std::fmt;

/// Whose counters these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A person's, over all their accounts.
    Person(PersonId),
    /// An account's, until its person is known.
    Account(AccountId),
}

impl Owner {
    fn parse(text: &str, table: &'static str) -> Result<Self, Error> {
        let person = text.parse().map(Self::Person);
        let owner = person.or_else(|_| text.parse().map(Self::Account));
        Ok(owner.map_err(|_| Broken::new(table, "owner", text))?)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            Self::Account(account) => account.fmt(f),
        }
    }
}

/// The reader of one row: says which column is broken.
#[derive(Clone, Copy)]
struct In<'a> {
    table: &'static str,
    id: &'a str,
}

impl In<'_> {
    fn broken(self, column: &'static str) -> Broken {
        Broken::new(self.table, column, self.id)
    }

    fn text<T: std::str::FromStr>(self, column: &'static str, text: &str) -> Result<T, Broken> {
        text.parse().map_err(|_| self.broken(column))
    }

    fn json<T: serde::de::DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, Broken> {
        serde_json::from_str(text).map_err(|_| self.broken(column))
    }

    /// A word of a closed vocabulary, as serde writes it.
    fn word<T: serde::de::DeserializeOwned>(self, column: &'static str, text: String) -> Result<T, Broken> {
        serde_json::from_value(text.into()).map_err(|_| self.broken(column))
    }

    fn time(self, column: &'static str, us: i64) -> Result<Timestamp, Broken> {
        Timestamp::from_unix_us(us).map_err(|_| self.broken(column))
    }

    fn time_or_none(self, column: &'static str, us: Option<i64>) -> Result<Option<Timestamp>, Broken> {
        us.map(|us| self.time(column, us)).transpose()
    }
}

/// What this program writes is always writable: numbers, texts and lists of them.
fn json<T: serde::Serialize>(table: &'static str, column: &'static str, value: &T) -> Result<String, Error> {
    Ok(serde_json::to_string(value).map_err(|_| Broken::new(table, column, "new"))?)
}

/// A word of a closed vocabulary, as serde writes it.
fn word<T: serde::Serialize>(table: &'static str, column: &'static str, value: &T) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Broken::new(table, column, "new").into()),
    }
}
