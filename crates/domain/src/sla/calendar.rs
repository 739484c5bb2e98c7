//! Working time: weekdays from opening to closing in the operator's zone, holidays off, shifted weekends on.

use super::holidays::Holidays;
use crate::policy::{Calendar, Weekday};
use crate::zone::{HOUR_US, Local, Zone, date, time_of_day_us};
use serde::{Deserialize, Serialize};

/// No promise is longer, in days of either kind; hours are bounded by the same.
pub const SPAN_DAYS_MAX: u32 = 3660;
/// Days looked through for working ones: the longest promise with one working day a week, and holidays.
const DAYS_WALKED_MAX: i64 = 30_000;

/// A length of time that is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Working days: the same clock time so many working days later.
    WorkingDays(u32),
    /// Hours of working time.
    WorkingHours(u32),
    /// Days of the calendar, as a law counts them: the same clock time so many days later.
    CalendarDays(u32),
}

/// Why there is no working time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not `HH:MM`, or closing before opening.
    #[error("opening hours must be written \"HH:MM\" and end after they begin")]
    Hours,
    /// No weekday is worked.
    #[error("no weekday is worked")]
    NoWeekday,
}

/// Why a moment cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlaError {
    /// A promise beyond [`SPAN_DAYS_MAX`].
    #[error("a promise of more than {SPAN_DAYS_MAX} days")]
    TooLong,
    /// A moment before 1970 or after 9999.
    #[error("a moment outside the years 1970 to 9999")]
    OutOfRange,
}

/// When people work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    zone: Zone,
    /// From Monday.
    weekdays: [bool; 7],
    opens_us: i64,
    closes_us: i64,
    holidays: Holidays,
}

/// 1970-01-01T00:00:00Z and 9999-12-31T00:00:00Z.
const RANGE_US: std::ops::RangeInclusive<i64> = 0..=253_402_214_400_000_000;

impl WorkCalendar {
    /// The working time of a policy, in its zone and with its table of holidays.
    pub fn new(calendar: &Calendar, zone: Zone, holidays: Holidays) -> Result<Self, CalendarError> {
        let hours = time_of_day_us(&calendar.opens).zip(time_of_day_us(&calendar.closes));
        let (opens_us, closes_us) = hours.filter(|(o, c)| o < c).ok_or(CalendarError::Hours)?;
        let mut weekdays = [false; 7];
        for weekday in &calendar.weekdays {
            let place = match weekday {
                Weekday::Mon => 0,
                Weekday::Tue => 1,
                Weekday::Wed => 2,
                Weekday::Thu => 3,
                Weekday::Fri => 4,
                Weekday::Sat => 5,
                Weekday::Sun => 6,
            };
            if let Some(worked) = weekdays.get_mut(place) {
                *worked = true;
            }
        }
        if !weekdays.contains(&true) {
            return Err(CalendarError::NoWeekday);
        }
        Ok(Self { zone, weekdays, opens_us, closes_us, holidays })
    }

    /// The zone of its clock.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether people work at some time of a day since 1970-01-01.
    pub fn is_working_day(&self, day: i64) -> bool {
        self.holidays.worked(day).unwrap_or_else(|| {
            let monday = usize::from(date(day).weekday().number_days_from_monday());
            self.weekdays.get(monday).copied().unwrap_or(false)
        })
    }

    /// When a promise given at `start_us` is due.
    ///
    /// Outside working hours the clock of working days and hours starts at the next opening.
    pub fn due_at(&self, start_us: i64, span: Span) -> Result<i64, SlaError> {
        let start = self.zone.local(in_range(start_us)?);
        match span {
            Span::CalendarDays(n) => {
                let day = start.day + i64::from(bounded(n)?);
                // Of a time the clock shows twice the first moment is taken, which may lie before the start.
                in_range(self.zone.moment(Local { day, us: start.us }).max(start_us))
            }
            Span::WorkingDays(n) => {
                let mut at = self.opening(start)?;
                for _ in 0..bounded(n)? {
                    at.day = self.working_day_from(at.day + 1)?;
                }
                in_range(self.zone.moment(at))
            }
            Span::WorkingHours(n) => {
                let hours_max = SPAN_DAYS_MAX.saturating_mul(24);
                if n > hours_max {
                    return Err(SlaError::TooLong);
                }
                self.after_working(start_us, i64::from(n) * HOUR_US)
            }
        }
    }

    /// The moment `start_us` or the next opening, whichever people work at.
    pub fn starts_at(&self, start_us: i64) -> Result<i64, SlaError> {
        let local = self.zone.local(in_range(start_us)?);
        let opening = self.opening(local)?;
        // A moment in working hours stays itself, even where the clock shows its time twice.
        if opening == local { Ok(start_us) } else { in_range(self.zone.moment(opening)) }
    }

    /// The moment at which so much working time has passed since `start_us`.
    pub fn after_working(&self, start_us: i64, working_us: i64) -> Result<i64, SlaError> {
        let mut at_us = self.starts_at(start_us)?;
        let mut left_us = working_us.max(0);
        let first = self.zone.local(at_us).day;
        let mut day = first;
        loop {
            let closes = self.zone.moment(Local { day, us: self.closes_us });
            let today = closes.saturating_sub(at_us).max(0);
            if left_us <= today {
                return in_range(at_us + left_us);
            }
            left_us -= today;
            day = self.working_day_from(day + 1)?;
            if day - first > DAYS_WALKED_MAX {
                return Err(SlaError::TooLong);
            }
            at_us = self.zone.moment(Local { day, us: self.opens_us });
        }
    }

    /// Working time between two moments, 0 if they stand in the other order.
    pub fn working_between_us(&self, from_us: i64, to_us: i64) -> Result<i64, SlaError> {
        let (from_us, to_us) = (in_range(from_us)?, in_range(to_us)?);
        if from_us >= to_us {
            return Ok(0);
        }
        let (first, last) = (self.zone.local(from_us).day, self.zone.local(to_us).day);
        if last - first > DAYS_WALKED_MAX {
            return Err(SlaError::TooLong);
        }
        let mut sum = 0;
        for day in (first..=last).filter(|day| self.is_working_day(*day)) {
            let opens = self.zone.moment(Local { day, us: self.opens_us }).max(from_us);
            let closes = self.zone.moment(Local { day, us: self.closes_us }).min(to_us);
            sum += (closes - opens).max(0);
        }
        Ok(sum)
    }

    /// This time of day if people work then, else the next opening.
    fn opening(&self, at: Local) -> Result<Local, SlaError> {
        if self.is_working_day(at.day) && at.us < self.closes_us {
            return Ok(Local { day: at.day, us: at.us.max(self.opens_us) });
        }
        Ok(Local { day: self.working_day_from(at.day + 1)?, us: self.opens_us })
    }

    fn working_day_from(&self, day: i64) -> Result<i64, SlaError> {
        let mut days = day..day.saturating_add(DAYS_WALKED_MAX);
        days.find(|day| self.is_working_day(*day)).ok_or(SlaError::OutOfRange)
    }
}

fn in_range(at_us: i64) -> Result<i64, SlaError> {
    if RANGE_US.contains(&at_us) { Ok(at_us) } else { Err(SlaError::OutOfRange) }
}

fn bounded(days: u32) -> Result<u32, SlaError> {
    if days <= SPAN_DAYS_MAX { Ok(days) } else { Err(SlaError::TooLong) }
}
