//! Windows in which money is counted, keyed by the operator's clock.
#![deny(clippy::float_arithmetic)]

use super::strength::Strength;
use crate::policy::Time;
use crate::zone::{Local, Zone, date, day, month_day, time_of_day_us};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use time::{Date, Month};

/// Kinds of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// One operation.
    Operation,
    /// A calendar day.
    Day,
    /// A year from the policy's first day.
    Year,
    /// Since the person's first opening.
    Lifetime,
}

/// Names one counter of a person. Stored as `lifetime`, `year:2026`, `day:2026-11-25`, `day:2026-11-25:b`,
/// `transfers:2026-11-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Key {
    /// Everything ever.
    Lifetime,
    /// The year that began in this calendar year.
    Year(i32),
    /// The day that began on this date.
    Day(Date),
    /// The same day, operations of one strength.
    DayAt(Date, Strength),
    /// How many transfers to others there were on the day that began on this date: a number, no money.
    Transfers(Date),
}

impl Key {
    /// The kind of its window.
    pub const fn window(self) -> Window {
        match self {
            Self::Lifetime => Window::Lifetime,
            Self::Year(_) => Window::Year,
            Self::Day(_) | Self::DayAt(..) | Self::Transfers(_) => Window::Day,
        }
    }

    /// Whether it holds a number of operations and not an amount.
    pub const fn is_count(self) -> bool {
        matches!(self, Self::Transfers(_))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = |d: &Date| format!("{:04}-{:02}-{:02}", d.year(), u8::from(d.month()), d.day());
        match self {
            Self::Lifetime => f.write_str("lifetime"),
            Self::Year(year) => write!(f, "year:{year:04}"),
            Self::Day(date) => write!(f, "day:{}", iso(date)),
            Self::Transfers(date) => write!(f, "transfers:{}", iso(date)),
            Self::DayAt(date, strength) => write!(f, "day:{}:{}", iso(date), strength.as_str()),
        }
    }
}

/// A text that names no counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a counter")]
pub struct KeyError;

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.split(':');
        let key = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("lifetime"), None, None, None) => Self::Lifetime,
            (Some("year"), Some(year), None, None) => Self::Year(year.parse().map_err(|_| KeyError)?),
            (Some("day"), Some(date), None, None) => Self::Day(iso(date)?),
            (Some("transfers"), Some(date), None, None) => Self::Transfers(iso(date)?),
            (Some("day"), Some(date), Some(at), None) => {
                let all = [Strength::A, Strength::B, Strength::C, Strength::StaticQr];
                let strength = all.into_iter().find(|s| s.as_str() == at).ok_or(KeyError)?;
                Self::DayAt(iso(date)?, strength)
            }
            _ => return Err(KeyError),
        };
        // One text per key.
        if key.to_string() == text { Ok(key) } else { Err(KeyError) }
    }
}

fn iso(text: &str) -> Result<Date, KeyError> {
    let read = || {
        let (rest, of_month) = text.rsplit_once('-')?;
        let (year, month) = rest.rsplit_once('-')?;
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.parse().ok()?, month, of_month.parse().ok()?).ok()
    };
    read().ok_or(KeyError)
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

/// Why a policy's days and years cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`time.day_starts` must be \"HH:MM\" and `time.year_starts` \"MM-DD\"")]
pub struct WindowsError;

/// When days and years begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    zone: Zone,
    day_starts_us: i64,
    year_starts: (u8, u8),
}

impl Windows {
    /// The windows of a policy in its zone.
    pub fn new(time: &Time, zone: Zone) -> Result<Self, WindowsError> {
        let day_starts_us = time_of_day_us(&time.day_starts).ok_or(WindowsError)?;
        let year_starts = month_day(&time.year_starts).ok_or(WindowsError)?;
        Ok(Self { zone, day_starts_us, year_starts })
    }

    /// The day a moment belongs to.
    pub fn day(&self, at_us: i64) -> Date {
        let local = self.zone.local(at_us);
        date(if local.us < self.day_starts_us { local.day.saturating_sub(1) } else { local.day })
    }

    /// The year a day belongs to, by the calendar year in which it began.
    pub fn year(&self, day: Date) -> i32 {
        let begun = (u8::from(day.month()), day.day()) >= self.year_starts;
        if begun { day.year() } else { day.year() - 1 }
    }

    /// All counters of money an operation of that strength is written to at a moment.
    pub fn keys(&self, at_us: i64, strength: Strength) -> [Key; 4] {
        let day = self.day(at_us);
        [Key::Lifetime, Key::Year(self.year(day)), Key::Day(day), Key::DayAt(day, strength)]
    }

    /// The first moment after a window; `None` if it never ends.
    pub fn ends_us(&self, key: Key) -> Option<i64> {
        let next = match key {
            Key::Lifetime => return None,
            Key::Year(year) => {
                let (month, of_month) = self.year_starts;
                let month = Month::try_from(month).ok()?;
                day(Date::from_calendar_date(year.checked_add(1)?, month, of_month).ok()?)
            }
            Key::Day(date) | Key::DayAt(date, _) | Key::Transfers(date) => day(date) + 1,
        };
        Some(self.zone.moment(Local { day: next, us: self.day_starts_us }))
    }

    /// Whether a window still runs.
    pub fn is_open(&self, key: Key, now_us: i64) -> bool {
        self.ends_us(key).is_none_or(|end| now_us < end)
    }
}
