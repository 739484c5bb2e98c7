//! Time as a value: a point in time, a length of it, and the operator's calendar.
//!
//! Nothing here asks what time it is. Storage and rules use microseconds of UTC; only days and years, which
//! people count in the operator's zone, need a [`Calendar`].

mod calendar;

pub use calendar::{Calendar, CalendarError, Day, Year};

use crate::zone::{DAY_US as DAY, SECOND_US as SECOND};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};

/// A point in time, microseconds since 1970-01-01T00:00:00Z.
///
/// From the year 1 to the end of 9999-12-30, so that it has a date in every zone. Adding and subtracting
/// stop at these ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timestamp(i64);

/// A number of microseconds outside the years of a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time lies between the years 1 and 9999")]
pub struct OutOfRange;

impl Timestamp {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800 * SECOND);
    /// The last microsecond of 9999-12-30.
    pub const MAX: Self = Self(253_402_214_400 * SECOND - 1);

    /// From microseconds since 1970.
    pub const fn from_unix_us(us: i64) -> Result<Self, OutOfRange> {
        if us < Self::MIN.0 || us > Self::MAX.0 { Err(OutOfRange) } else { Ok(Self(us)) }
    }

    /// From seconds since 1970.
    pub const fn from_unix_s(s: i64) -> Result<Self, OutOfRange> {
        Self::from_unix_us(s.saturating_mul(SECOND))
    }

    /// Microseconds since 1970.
    pub const fn unix_us(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970; 0 before it.
    pub const fn unix_ms(self) -> u64 {
        if self.0 < 0 { 0 } else { (self.0 / 1000) as u64 }
    }

    /// How long it is since `earlier`; nothing if it is not earlier.
    pub const fn since(self, earlier: Self) -> Span {
        if self.0 <= earlier.0 { Span::ZERO } else { Span(self.0 - earlier.0) }
    }

    pub(crate) const fn clamped(us: i64) -> Self {
        if us < Self::MIN.0 {
            Self::MIN
        } else if us > Self::MAX.0 {
            Self::MAX
        } else {
            Self(us)
        }
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = OutOfRange;

    fn try_from(us: i64) -> Result<Self, OutOfRange> {
        Self::from_unix_us(us)
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self::clamped(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self::clamped(self.0.saturating_sub(span.0))
    }
}

/// RFC 3339 in UTC, with microseconds only where there are some.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, rest) = calendar::split(self.0);
        let (s, us) = (rest / SECOND, rest % SECOND);
        write!(f, "{date}T{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)?;
        if us != 0 {
            write!(f, ".{us:06}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A length of time, never negative, in microseconds. Too much counts as the longest there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Seconds.
    pub const fn seconds(n: u32) -> Self {
        Self((n as i64).saturating_mul(SECOND))
    }

    /// Minutes.
    pub const fn minutes(n: u32) -> Self {
        Self((n as i64).saturating_mul(60 * SECOND))
    }

    /// Hours.
    pub const fn hours(n: u32) -> Self {
        Self((n as i64).saturating_mul(3600 * SECOND))
    }

    /// Days of 24 hours.
    pub const fn days(n: u32) -> Self {
        Self((n as i64).saturating_mul(DAY))
    }

    /// Microseconds.
    pub const fn us(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Span {
    type Error = OutOfRange;

    fn try_from(us: i64) -> Result<Self, OutOfRange> {
        if us < 0 { Err(OutOfRange) } else { Ok(Self(us)) }
    }
}

impl From<Span> for i64 {
    fn from(span: Span) -> Self {
        span.0
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests;
