//! Days and years as the operator counts them.

use super::{DAY, SECOND, Timestamp, Zone, ZoneError, zone};
use crate::policy;
use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Date, Month};

/// The Julian day of 1970-01-01.
const EPOCH: i64 = 2_440_588;

/// The date and the microseconds since its midnight. What lies beyond the dates there are ends at the last.
pub(super) fn split(us: i64) -> (Date, i64) {
    (date(us.div_euclid(DAY)), us.rem_euclid(DAY))
}

fn date(days_since_1970: i64) -> Date {
    let end = if days_since_1970 < 0 { Date::MIN } else { Date::MAX };
    let julian = days_since_1970.saturating_add(EPOCH);
    i32::try_from(julian).ok().and_then(|day| Date::from_julian_day(day).ok()).unwrap_or(end)
}

/// One day of the operator's calendar, as a key for counting.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(#[serde(with = "crate::decide::iso_date")] Date);

impl Day {
    /// The day of a date.
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// Its date.
    pub const fn date(self) -> Date {
        self.0
    }

    /// So many days later; stops at the last day there is.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(date(self.number() + i64::from(days)))
    }

    /// So many days earlier; stops at the first day there is.
    #[must_use]
    pub fn minus(self, days: u32) -> Self {
        Self(date(self.number() - i64::from(days)))
    }

    /// The same day of the month so many months later, or the last of a shorter month.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let count = i64::from(self.0.year()) * 12 + i64::from(u8::from(self.0.month())) - 1;
        let count = count + i64::from(months);
        let month = u8::try_from(count.rem_euclid(12) + 1).ok().and_then(|m| Month::try_from(m).ok());
        let (Ok(year), Some(month)) = (i32::try_from(count.div_euclid(12)), month) else {
            return Self(Date::MAX);
        };
        let day = self.0.day().min(month.length(year));
        Self(Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX))
    }

    fn number(self) -> i64 {
        i64::from(self.0.to_julian_day()) - EPOCH
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// One year of the operator's calendar, named after the year it starts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Year(pub i32);

/// The operator's calendar: a zone, when a day starts in it, and when a year does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    day_starts_s: u32,
    year_starts: (u8, u8),
}

impl Calendar {
    /// Days from midnight, years from 1 January.
    pub const fn new(zone: Zone) -> Self {
        Self { zone, day_starts_s: 0, year_starts: (1, 1) }
    }

    /// What section `[time]` of a policy says.
    pub fn from_policy(time: &policy::Time) -> Result<Self, ZoneError> {
        Self::with_zone(Zone::named(&time.zone)?, time)
    }

    /// What section `[time]` says, in a zone whose changes were handed in.
    pub fn with_zone(zone: Zone, time: &policy::Time) -> Result<Self, ZoneError> {
        let day_starts_s = zone::clock_s(&time.day_starts).ok_or(ZoneError::Start)?;
        // 2023 has no 29 February, and neither may the start of every year.
        let start = crate::decide::iso_date::parse(&format!("2023-{}", time.year_starts));
        let start = start.ok_or(ZoneError::Start)?;
        Ok(Self { zone, day_starts_s, year_starts: (start.month().into(), start.day()) })
    }

    /// The day on which something happens.
    pub fn day(&self, at: Timestamp) -> Day {
        let local = at.unix_us() + self.zone.offset_at(at).us() - self.day_starts_us();
        Day(split(local).0)
    }

    /// The year in which something happens.
    pub fn year(&self, at: Timestamp) -> Year {
        let date = self.day(at).0;
        let begun = (u8::from(date.month()), date.day()) >= self.year_starts;
        Year(if begun { date.year() } else { date.year() - 1 })
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: Day) -> Timestamp {
        let local = day.number().saturating_mul(DAY) + self.day_starts_us();
        // The offset belongs to the moment that is looked for; asking twice finds it but for a start that a
        // change skips, where the moment of the change is close enough.
        let guess = Timestamp::clamped(local - self.zone.offset_at(Timestamp::clamped(local)).us());
        Timestamp::clamped(local - self.zone.offset_at(guess).us())
    }

    /// The first moment after the day of `at`.
    pub fn next_day(&self, at: Timestamp) -> Timestamp {
        self.start_of(self.day(at).plus(1))
    }

    fn day_starts_us(&self) -> i64 {
        i64::from(self.day_starts_s) * SECOND
    }
}
