//! The clock of one promise: it runs in working time and pauses only while the applicant is waited for.

use super::calendar::{SlaError, Span, WorkCalendar};
use serde::{Deserialize, Serialize};

/// Share of the promised time at which supervisors see a case.
pub const ALARM_PERCENT: u32 = 80;
/// Share at which green becomes amber.
const AMBER_PERCENT: u32 = 50;

/// A running promise. What is stored are two moments and a sum, so it can be read at any later time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaClock {
    /// When it began, microseconds UTC.
    pub started_us: i64,
    /// What was promised.
    pub span: Span,
    /// Working time spent waiting for the applicant, in pauses that ended.
    pub paused_us: i64,
    /// When the pause that still lasts began.
    pub paused_since_us: Option<i64>,
}

/// Colour of the chip; always shown with a text and an icon too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// More than half of the time is left.
    Green,
    /// Half or less is left.
    Amber,
    /// Overdue.
    Red,
}

/// A clock at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it is due; while it pauses, if it went on now.
    pub due_us: i64,
    /// Used share of the promised time, rounded down; above 100 when overdue.
    pub used_percent: u32,
    /// Colour.
    pub light: Light,
    /// A supervisor must see it.
    pub alarm: bool,
    /// It pauses.
    pub paused: bool,
}

impl SlaClock {
    /// Starts a promise.
    pub fn start(now_us: i64, span: Span) -> Self {
        Self { started_us: now_us, span, paused_us: 0, paused_since_us: None }
    }

    /// Waits for the applicant. A clock that pauses already goes on pausing since its first moment.
    ///
    /// What a law counts in calendar days never waits: it is due on its day.
    #[must_use]
    pub fn pause(self, now_us: i64) -> Self {
        if matches!(self.span, Span::CalendarDays(_)) {
            return self;
        }
        Self { paused_since_us: self.paused_since_us.or(Some(now_us)), ..self }
    }

    /// The applicant answered.
    pub fn resume(self, calendar: &WorkCalendar, now_us: i64) -> Result<Self, SlaError> {
        let paused_us = self.paused_until(calendar, now_us)?;
        Ok(Self { paused_us, paused_since_us: None, ..self })
    }

    /// Reads the clock.
    pub fn read(&self, calendar: &WorkCalendar, now_us: i64) -> Result<Reading, SlaError> {
        let unpaused = calendar.due_at(self.started_us, self.span)?;
        let (due_us, total_us, used_us) = if let Span::CalendarDays(_) = self.span {
            let used = now_us.saturating_sub(self.started_us).max(0);
            (unpaused, unpaused - self.started_us, used)
        } else {
            let paused = self.paused_until(calendar, now_us)?;
            // A promise of no length is due at once: there is nothing to add a pause to but the moment.
            let due = if paused == 0 { unpaused } else { calendar.after_working(unpaused, paused)? };
            let total = calendar.working_between_us(self.started_us, unpaused)?;
            let used = calendar.working_between_us(self.started_us, now_us)?.saturating_sub(paused).max(0);
            (due, total, used)
        };
        let used_percent = percent(used_us, total_us, now_us >= due_us);
        let light = match used_percent {
            0..AMBER_PERCENT => Light::Green,
            AMBER_PERCENT..100 => Light::Amber,
            _ => Light::Red,
        };
        let paused = self.paused_since_us.is_some();
        Ok(Reading { due_us, used_percent, light, alarm: used_percent >= ALARM_PERCENT, paused })
    }

    /// The moment at which supervisors must see it, if the clock goes on as it does now.
    pub fn alarm_us(&self, calendar: &WorkCalendar) -> Result<i64, SlaError> {
        let unpaused = calendar.due_at(self.started_us, self.span)?;
        let share = |total: i64| {
            let exact = i128::from(total.max(0)) * i128::from(ALARM_PERCENT);
            i64::try_from((exact + 99) / 100).unwrap_or(i64::MAX)
        };
        if let Span::CalendarDays(_) = self.span {
            return Ok(self.started_us.saturating_add(share(unpaused.saturating_sub(self.started_us))));
        }
        let total = calendar.working_between_us(self.started_us, unpaused)?;
        calendar.after_working(self.started_us, share(total).saturating_add(self.paused_us.max(0)))
    }

    /// The date to name when a promise could not be kept: the same span again from now.
    pub fn renewed_due_us(&self, calendar: &WorkCalendar, now_us: i64) -> Result<i64, SlaError> {
        calendar.due_at(now_us, self.span)
    }

    /// All pauses up to now, in working time.
    fn paused_until(&self, calendar: &WorkCalendar, now_us: i64) -> Result<i64, SlaError> {
        let running = match self.paused_since_us {
            Some(since_us) => calendar.working_between_us(since_us.max(self.started_us), now_us)?,
            None => 0,
        };
        Ok(self.paused_us.max(0).saturating_add(running))
    }
}

/// Share in percent, rounded down. What is due at an opening has used all its working time the evening
/// before and is still not overdue, so the due moment decides about 100.
fn percent(used_us: i64, total_us: i64, due: bool) -> u32 {
    let share = if total_us > 0 { i128::from(used_us) * 100 / i128::from(total_us) } else { 0 };
    let share = u32::try_from(share).unwrap_or(u32::MAX);
    if due { share.max(100) } else { share.min(99) }
}
