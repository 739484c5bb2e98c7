//! Days and years as the operator counts them.

use super::{DAY, Timestamp};
use crate::policy;
use crate::zone::{self, Local, Zone, date};
use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Date, Month};

/// The date and the microseconds since its midnight. What lies beyond the dates there are ends at the last.
pub(super) fn split(us: i64) -> (Date, i64) {
    (date(us.div_euclid(DAY)), us.rem_euclid(DAY))
}

/// What section `[time]` of a policy may be refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not a name that is known here and not an offset.
    #[error("this zone is not built in: write an offset such as `+08:00`, or give its changes of clock")]
    Zone,
    /// A day or a year that starts at no time or date there is.
    #[error("a day starts at `HH:MM`, a year on an `MM-DD` that every year has")]
    Start,
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
        zone::day(self.0)
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
    day_starts_us: i64,
    year_starts: (u8, u8),
}

impl Calendar {
    /// Days from midnight, years from 1 January.
    pub const fn new(zone: Zone) -> Self {
        Self { zone, day_starts_us: 0, year_starts: (1, 1) }
    }

    /// What section `[time]` of a policy says.
    pub fn from_policy(time: &policy::Time) -> Result<Self, CalendarError> {
        Self::with_zone(Zone::named(&time.zone).ok_or(CalendarError::Zone)?, time)
    }

    /// What section `[time]` says, in a zone whose changes were handed in.
    pub fn with_zone(zone: Zone, time: &policy::Time) -> Result<Self, CalendarError> {
        let day_starts_us = zone::time_of_day_us(&time.day_starts).ok_or(CalendarError::Start)?;
        let year_starts = zone::month_day(&time.year_starts).ok_or(CalendarError::Start)?;
        Ok(Self { zone, day_starts_us, year_starts })
    }

    /// The day on which something happens.
    pub fn day(&self, at: Timestamp) -> Day {
        let Local { day, us } = self.zone.local(at.unix_us());
        Day(date(if us < self.day_starts_us { day - 1 } else { day }))
    }

    /// The year in which something happens.
    pub fn year(&self, at: Timestamp) -> Year {
        let date = self.day(at).0;
        let begun = (u8::from(date.month()), date.day()) >= self.year_starts;
        Year(if begun { date.year() } else { date.year() - 1 })
    }

    /// The date and the microseconds since its midnight that clocks of the operator's zone show.
    pub fn local(&self, at: Timestamp) -> (Date, i64) {
        let Local { day, us } = self.zone.local(at.unix_us());
        (date(day), us)
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: Day) -> Timestamp {
        Timestamp::clamped(self.zone.moment(Local { day: day.number(), us: self.day_starts_us }))
    }

    /// The first moment after the day of `at`.
    pub fn next_day(&self, at: Timestamp) -> Timestamp {
        self.start_of(self.day(at).plus(1))
    }
}
