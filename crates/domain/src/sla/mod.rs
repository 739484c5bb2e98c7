//! Promises to people: working time, when something is due, and how much of the time is used.

mod calendar;
mod clock;
mod holidays;

pub use calendar::{CalendarError, SPAN_DAYS_MAX, SlaError, Span, WorkCalendar};
pub use clock::{ALARM_PERCENT, Light, Reading, SlaClock};
pub use holidays::{Holidays, HolidaysError};

#[cfg(test)]
mod tests;
