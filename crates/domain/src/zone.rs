//! The operator's zone: civil days and clock times from microseconds UTC, in whole numbers.
//!
//! This crate reads no time zone database. Zones that keep one offset are known by name; for the others the
//! caller brings the changes of clock as data.

use time::Date;

/// Microseconds of a second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds of a minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds of an hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds of a day without a change of clock.
pub const DAY_US: i64 = 24 * HOUR_US;

/// No zone is further from UTC, in seconds.
pub const OFFSET_S_MAX: i32 = 18 * 3600;
/// Changes of clock one zone may bring; two a year for five centuries.
pub const CHANGES_MAX: usize = 1000;

/// Zones that have kept one offset since 2000, in seconds east of UTC.
const ONE_OFFSET: &[(&str, i32)] = &[
    ("Asia/Bangkok", 7 * 3600),
    ("Asia/Dubai", 4 * 3600),
    ("Asia/Ho_Chi_Minh", 7 * 3600),
    ("Asia/Hong_Kong", 8 * 3600),
    ("Asia/Jakarta", 7 * 3600),
    ("Asia/Kolkata", 5 * 3600 + 1800),
    ("Asia/Kuala_Lumpur", 8 * 3600),
    ("Asia/Macau", 8 * 3600),
    ("Asia/Manila", 8 * 3600),
    ("Asia/Seoul", 9 * 3600),
    ("Asia/Shanghai", 8 * 3600),
    ("Asia/Singapore", 8 * 3600),
    ("Asia/Taipei", 8 * 3600),
    ("Asia/Tokyo", 9 * 3600),
    ("Etc/UTC", 0),
    ("UTC", 0),
];

/// From when which offset holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Microseconds UTC.
    pub from_us: i64,
    /// Seconds east of UTC from then on.
    pub offset_s: i32,
}

/// Why something is no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Further from UTC than any zone.
    #[error("an offset lies beyond {OFFSET_S_MAX} seconds")]
    Offset,
    /// Changes stand out of order, or closer than two days.
    #[error("changes of clock must stand in order and at least two days apart")]
    Order,
    /// More changes than are read.
    #[error("more than {CHANGES_MAX} changes of clock")]
    TooMany,
}

/// A place's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    first_offset_s: i32,
    changes: Vec<Change>,
}

/// A day and a time of day on a place's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Microseconds since midnight by the clock on the wall, below [`DAY_US`].
    pub us: i64,
}

impl Zone {
    /// UTC itself.
    pub const UTC: Self = Self { first_offset_s: 0, changes: Vec::new() };

    /// A zone of one offset, by its IANA name or as an offset such as `+08:00`; `None` if its clock changes or
    /// it is not in the table.
    pub fn named(name: &str) -> Option<Self> {
        let known = ONE_OFFSET.iter().find(|(known, _)| *known == name).map(|(_, offset)| *offset);
        Self::new(known.or_else(|| offset(name))?, Vec::new()).ok()
    }

    /// A zone that starts with an offset, in seconds, and changes.
    pub fn new(first_offset_s: i32, changes: Vec<Change>) -> Result<Self, ZoneError> {
        if changes.len() > CHANGES_MAX {
            return Err(ZoneError::TooMany);
        }
        let offsets = std::iter::once(first_offset_s).chain(changes.iter().map(|c| c.offset_s));
        for offset in offsets {
            if !(-OFFSET_S_MAX..=OFFSET_S_MAX).contains(&offset) {
                return Err(ZoneError::Offset);
            }
        }
        let apart = |pair: &[Change]| match pair {
            [a, b] => b.from_us.saturating_sub(a.from_us) >= 2 * DAY_US,
            _ => true,
        };
        if !changes.windows(2).all(apart) {
            return Err(ZoneError::Order);
        }
        Ok(Self { first_offset_s, changes })
    }

    /// Seconds east of UTC at a moment.
    pub fn offset_s(&self, at_us: i64) -> i32 {
        let before = self.changes.partition_point(|c| c.from_us <= at_us);
        before.checked_sub(1).and_then(|i| self.changes.get(i)).map_or(self.first_offset_s, |c| c.offset_s)
    }

    /// What the clock on the wall shows at a moment.
    pub fn local(&self, at_us: i64) -> Local {
        let wall = at_us.saturating_add(i64::from(self.offset_s(at_us)) * SECOND_US);
        Local { day: wall.div_euclid(DAY_US), us: wall.rem_euclid(DAY_US) }
    }

    /// The first moment at which the clock shows this. A time the clock skips becomes the moment it skips.
    pub fn moment(&self, local: Local) -> i64 {
        let wall = local.day.saturating_mul(DAY_US).saturating_add(local.us);
        let mut from_us = i64::MIN;
        let mut offset_s = self.first_offset_s;
        for change in &self.changes {
            let at = wall.saturating_sub(i64::from(offset_s) * SECOND_US).max(from_us);
            if at < change.from_us {
                return at;
            }
            (from_us, offset_s) = (change.from_us, change.offset_s);
        }
        wall.saturating_sub(i64::from(offset_s) * SECOND_US).max(from_us)
    }
}

/// `+08:00` as seconds east of UTC.
fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    i32::try_from(time_of_day_us(rest)? / SECOND_US).ok().map(|s| sign * s)
}

/// Julian day of 1970-01-01.
const EPOCH: i64 = 2_440_588;

/// The date of a day since 1970-01-01; the nearest there is beyond the years -9999 to 9999.
pub fn date(day: i64) -> Date {
    let (first, last) = (i64::from(Date::MIN.to_julian_day()), i64::from(Date::MAX.to_julian_day()));
    let julian = day.saturating_add(EPOCH).clamp(first, last);
    i32::try_from(julian).ok().and_then(|j| Date::from_julian_day(j).ok()).unwrap_or(Date::MAX)
}

/// Days since 1970-01-01.
pub fn day(date: Date) -> i64 {
    i64::from(date.to_julian_day()) - EPOCH
}

/// `HH:MM` as microseconds since midnight.
pub fn time_of_day_us(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(i64::from(hours) * HOUR_US + i64::from(minutes) * MINUTE_US)
}

/// `MM-DD` as month and day of the month.
pub fn month_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    let named = time::Month::try_from(month).ok()?;
    // Not a leap year: a day that is missing in most years starts nothing.
    Date::from_calendar_date(2023, named, day).ok()?;
    Some((month, day))
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Berlin in 2026: an hour forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC.
    fn berlin() -> Zone {
        let changes = vec![
            Change { from_us: 1_774_746_000 * SECOND_US, offset_s: 7200 },
            Change { from_us: 1_792_890_000 * SECOND_US, offset_s: 3600 },
        ];
        Zone::new(3600, changes).unwrap()
    }

    #[test]
    fn midnight_in_shanghai_is_sixteen_hours_utc_of_the_day_before() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let new_year =
            Local { day: day(Date::from_calendar_date(2027, time::Month::January, 1).unwrap()), us: 0 };
        let at = zone.moment(new_year);
        assert_eq!(at, 1_798_732_800 * SECOND_US);
        assert_eq!(zone.local(at), new_year);
        assert_eq!(zone.local(at - 1), Local { day: new_year.day - 1, us: DAY_US - 1 });
        assert_eq!(date(zone.local(at - 1).day).to_string(), "2026-12-31");
    }

    #[test]
    fn a_skipped_time_is_the_moment_of_the_skip_and_a_repeated_one_its_first() {
        let zone = berlin();
        let spring = day(Date::from_calendar_date(2026, time::Month::March, 29).unwrap());
        let skipped = zone.moment(Local { day: spring, us: 2 * HOUR_US + 30 * MINUTE_US });
        assert_eq!(skipped, 1_774_746_000 * SECOND_US);
        let autumn = day(Date::from_calendar_date(2026, time::Month::October, 25).unwrap());
        let repeated = zone.moment(Local { day: autumn, us: 2 * HOUR_US + 30 * MINUTE_US });
        assert_eq!(repeated, (1_792_890_000 - 1800) * SECOND_US);
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        assert_eq!(Zone::new(OFFSET_S_MAX + 1, vec![]), Err(ZoneError::Offset));
        let twice = vec![Change { from_us: 0, offset_s: 0 }; 2];
        assert_eq!(Zone::new(0, twice), Err(ZoneError::Order));
        assert_eq!(Zone::named("Europe/Berlin"), None);
        assert_eq!(Zone::named("Asia/Shanghai "), None);
    }

    #[test]
    fn clock_times_and_days_of_the_year_are_read_strictly() {
        assert_eq!(time_of_day_us("09:30"), Some(9 * HOUR_US + 30 * MINUTE_US));
        for text in ["9:30", "24:00", "09:60", "", "０9:30", "+9:30", "09:3"] {
            assert_eq!(time_of_day_us(text), None, "{text}");
        }
        assert_eq!(month_day("12-31"), Some((12, 31)));
        for text in ["02-29", "13-01", "1-01", "00-10", "01-00"] {
            assert_eq!(month_day(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_clock_shows_what_was_asked_for(at in -(1_i64 << 60)..(1 << 60)) {
            for zone in [Zone::UTC, berlin(), Zone::named("Asia/Kolkata").unwrap()] {
                let local = zone.local(at);
                prop_assert!((0..DAY_US).contains(&local.us));
                // A repeated hour has two moments; the first is given.
                prop_assert!((0..=HOUR_US).contains(&(at - zone.moment(local))));
            }
        }

        #[test]
        fn no_moment_is_too_far(at in any::<i64>(), day in any::<i64>(), us in any::<i64>()) {
            let _ = date(berlin().local(at).day);
            let _ = date(day);
            let _ = berlin().moment(Local { day, us });
        }

        #[test]
        fn a_later_clock_time_is_never_an_earlier_moment(a in -400_000_i64..400_000, b in 0_i64..3 * 24 * 60, c in 0..DAY_US) {
            let zone = berlin();
            let first = Local { day: a, us: c };
            let wall = a * DAY_US + c + b * MINUTE_US;
            let second = Local { day: wall.div_euclid(DAY_US), us: wall.rem_euclid(DAY_US) };
            prop_assert!(zone.moment(first) <= zone.moment(second));
        }
    }
}
