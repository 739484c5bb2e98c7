//! The operator's zone as data: an offset, and the moments at which it changes.
//!
//! There is no table of the world's zones here. China has had one offset without summer time since 1992;
//! for a zone that changes, whoever starts the program hands in the changes.

use super::{SECOND, Timestamp};

/// More changes than two a year for five centuries are no zone.
const CHANGES_MAX: usize = 1024;
const OFFSET_MAX_S: i32 = 18 * 3600;

/// What a zone may be refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Not a name that is known here and not an offset.
    #[error("this zone is not built in: write an offset such as `+08:00`, or give its table of changes")]
    Unknown,
    /// More than 18 hours from UTC.
    #[error("an offset lies between -18:00 and +18:00")]
    Offset,
    /// The changes are not in ascending order, or there are too many of them.
    #[error("the changes of a zone stand in ascending order, at most {CHANGES_MAX} of them")]
    Changes,
    /// A day or a year that starts at no time or date there is.
    #[error("a day starts at `HH:MM`, a year on an `MM-DD` that every year has")]
    Start,
}

/// Seconds east of UTC, at most 18 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(i32);

impl Offset {
    /// UTC.
    pub const UTC: Self = Self(0);

    /// Seconds east of UTC.
    pub const fn seconds(s: i32) -> Result<Self, ZoneError> {
        if s < -OFFSET_MAX_S || s > OFFSET_MAX_S { Err(ZoneError::Offset) } else { Ok(Self(s)) }
    }

    pub(super) fn us(self) -> i64 {
        i64::from(self.0) * SECOND
    }

    /// Reads `+08:00`.
    fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let s = clock_s(rest)?;
        Self::seconds(sign * i32::try_from(s).ok()?).ok()
    }
}

/// Seconds since midnight of `HH:MM`.
pub(super) fn clock_s(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}

/// From this moment on the zone has this offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first microsecond of it.
    pub from: Timestamp,
    /// The offset from then on.
    pub offset: Offset,
}

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    first: Offset,
    changes: Vec<Change>,
}

impl Zone {
    /// A zone that never changes.
    pub const fn fixed(offset: Offset) -> Self {
        Self { first: offset, changes: Vec::new() }
    }

    /// A zone that is `first` until the first change.
    pub fn with_changes(first: Offset, changes: Vec<Change>) -> Result<Self, ZoneError> {
        let ascending = changes.iter().zip(changes.iter().skip(1)).all(|(a, b)| a.from < b.from);
        if ascending && changes.len() <= CHANGES_MAX {
            Ok(Self { first, changes })
        } else {
            Err(ZoneError::Changes)
        }
    }

    /// A zone by name: `UTC`, the zones of China, or an offset such as `+08:00`.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        const CHINA: Offset = Offset(8 * 3600);
        let offset = match name {
            "UTC" | "Etc/UTC" | "Z" => Some(Offset::UTC),
            "Asia/Shanghai" | "Asia/Hong_Kong" | "Asia/Macau" | "Asia/Taipei" => Some(CHINA),
            _ => Offset::parse(name),
        };
        offset.map(Self::fixed).ok_or(ZoneError::Unknown)
    }

    /// The offset in force.
    pub fn offset_at(&self, at: Timestamp) -> Offset {
        let past = self.changes.partition_point(|change| change.from <= at);
        past.checked_sub(1).and_then(|last| self.changes.get(last)).map_or(self.first, |c| c.offset)
    }
}
