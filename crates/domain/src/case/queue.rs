//! Which case comes next.

use super::kind::CaseType;
use crate::id::{CaseId, StaffId};
use crate::sla::Span;
use serde::{Deserialize, Serialize};

/// Priority of a person's matters, P1 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Level 3; and anyone whose account is frozen or compromised, whose money is missing, who needs help to
    /// take part, or whose selfie is locked again and again.
    P1,
    /// Level 2.
    P2,
    /// Level 1.
    P3,
    /// Level 0.
    P4,
}

impl Priority {
    /// The priority of a level; `urgent` is any of the conditions of [`Priority::P1`].
    pub fn of(level: u8, urgent: bool) -> Self {
        match (urgent, level) {
            (true, _) | (_, 3..) => Self::P1,
            (_, 2) => Self::P2,
            (_, 1) => Self::P3,
            (_, 0) => Self::P4,
        }
    }

    /// 1 to 4, as people say it.
    pub const fn number(self) -> u8 {
        match self {
            Self::P1 => 1,
            Self::P2 => 2,
            Self::P3 => 3,
            Self::P4 => 4,
        }
    }

    /// The priority of a number from 1 to 4.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::P1),
            2 => Some(Self::P2),
            3 => Some(Self::P3),
            4 => Some(Self::P4),
            _ => None,
        }
    }

    /// How soon the first reply to a ticket is promised.
    pub const fn first_reply(self) -> Span {
        match self {
            Self::P1 => Span::WorkingHours(4),
            Self::P2 => Span::WorkingDays(1),
            Self::P3 => Span::WorkingDays(2),
            Self::P4 => Span::WorkingDays(3),
        }
    }
}

/// A case that waits, with what its place depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Identifies it; breaks the last tie.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseType,
    /// When its promise is due (without one: its target), microseconds UTC.
    pub due_us: i64,
    /// The person's account is frozen.
    pub frozen: bool,
    /// The person's priority.
    pub priority: Priority,
    /// Who had an earlier attempt of it.
    pub known_to: Option<StaffId>,
}

/// A place in the queue; what is smaller comes first. Watch-lists, overdue, frozen accounts, priority, date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    /// Not a watch-list, not overdue, not frozen.
    calm: [bool; 3],
    priority: Priority,
    unknown: bool,
    due_us: i64,
    id: CaseId,
}

/// The place of a case for a person of staff. Who had an earlier attempt gets it before equals.
pub fn urgency(case: &Waiting, staff: StaffId, now_us: i64) -> Urgency {
    Urgency {
        calm: [case.kind != CaseType::Screening, now_us < case.due_us, !case.frozen],
        priority: case.priority,
        unknown: case.known_to != Some(staff),
        due_us: case.due_us,
        id: case.id,
    }
}

/// The most urgent of the cases a person may take. The caller leaves out what is not for this person.
pub fn next<'a>(
    cases: impl IntoIterator<Item = &'a Waiting>,
    staff: StaffId,
    now_us: i64,
) -> Option<&'a Waiting> {
    cases.into_iter().min_by_key(|case| urgency(case, staff, now_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(id: u128) -> Waiting {
        Waiting {
            id: CaseId::from_bits(id),
            kind: CaseType::Initial,
            due_us: 1000,
            frozen: false,
            priority: Priority::P4,
            known_to: None,
        }
    }

    #[test]
    fn watch_lists_then_overdue_then_frozen_then_priority_then_date() {
        let me = StaffId::from_bits(1);
        let order = [
            Waiting { kind: CaseType::Screening, due_us: 9000, ..waiting(9) },
            // Overdue at this very moment.
            Waiting { due_us: 500, ..waiting(8) },
            Waiting { frozen: true, due_us: 3000, ..waiting(7) },
            Waiting { priority: Priority::P3, due_us: 2000, ..waiting(6) },
            // Seen before by me.
            Waiting { due_us: 1003, known_to: Some(me), ..waiting(5) },
            Waiting { due_us: 1001, ..waiting(4) },
            Waiting { due_us: 1002, ..waiting(2) },
            // Of equals, the one that was opened first.
            Waiting { due_us: 1002, ..waiting(3) },
        ];
        let mut cases = order;
        cases.reverse();
        assert_eq!(next(&cases, me, 500), order.first());
        cases.sort_by_key(|case| urgency(case, me, 500));
        assert_eq!(cases, order);
        assert_eq!(next(&[], me, 0), None);
    }

    #[test]
    fn the_priority_follows_the_level_unless_it_is_urgent() {
        let all = [0, 1, 2, 3, 200].map(|level| Priority::of(level, false));
        assert_eq!(all, [Priority::P4, Priority::P3, Priority::P2, Priority::P1, Priority::P1]);
        assert_eq!(Priority::of(0, true), Priority::P1);
    }
}
