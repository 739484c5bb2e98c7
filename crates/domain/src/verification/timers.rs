//! When the document of a verification ends, and when its owner is reminded.

use super::{DocumentTerm, Rules, Standing};
use crate::moment::{Calendar, Day, Timestamp};
use crate::notice::Notice;
use serde::{Deserialize, Serialize};

/// In grace people are reminded every so many days, and so many days before its end.
const GRACE_REMIND_DAYS: u32 = 7;
/// Reminders of one grace at most; a year of weeks.
const GRACE_REMINDERS_MAX: u32 = 53;

/// Something that becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// What.
    pub due: Due,
}

/// What becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// A notice.
    Tell(Notice),
    /// V2.
    DocumentEnd,
    /// V3.
    GraceEnd,
}

/// All timers, soonest first. Days are the operator's; each timer is due when its day begins.
pub(super) fn timers(
    term: DocumentTerm,
    standing: &Standing,
    rules: &Rules,
    calendar: &Calendar,
) -> Vec<Timer> {
    let tell = |notice, day: Day| Timer { at: calendar.start_of(day), due: Due::Tell(notice) };
    let mut timers = match (standing, term.last_day()) {
        (Standing::Valid, Some(last)) => {
            let remind = |days: &u32| tell(Notice::DocumentExpiring, last.minus(*days));
            let mut timers: Vec<Timer> = rules.remind_days.iter().map(remind).collect();
            timers.push(Timer { at: calendar.start_of(last.plus(1)), due: Due::DocumentEnd });
            timers
        }
        (Standing::Grace { until }, Some(last)) => {
            // The last reminder comes a week before the end, whatever weekday the others fall on.
            let before_end = until.minus(GRACE_REMIND_DAYS);
            let weekly = (1..=GRACE_REMINDERS_MAX).map(|week| last.plus(week * GRACE_REMIND_DAYS));
            let mut days: Vec<Day> = weekly.take_while(|day| *day < before_end).collect();
            if before_end > last {
                days.push(before_end);
            }
            let mut timers: Vec<Timer> =
                days.into_iter().map(|day| tell(Notice::DocumentExpiredGrace, day)).collect();
            timers.push(Timer { at: calendar.start_of(until.plus(1)), due: Due::GraceEnd });
            timers
        }
        _ => Vec::new(),
    };
    timers.sort_unstable();
    timers
}
