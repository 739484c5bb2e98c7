//! Which case comes next.

use super::kind::CaseType;
use super::staff::StaffId;
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Identifies it; breaks the last tie.
    pub id: String,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency<'a> {
    /// Not a watch-list, not overdue, not frozen.
    calm: [bool; 3],
    priority: Priority,
    unknown: bool,
    due_us: i64,
    id: &'a str,
}

/// The place of a case for a person of staff. Who had an earlier attempt gets it before equals.
pub fn urgency<'a>(case: &'a Waiting, staff: &StaffId, now_us: i64) -> Urgency<'a> {
    Urgency {
        calm: [case.kind != CaseType::Screening, now_us < case.due_us, !case.frozen],
        priority: case.priority,
        unknown: case.known_to.as_ref() != Some(staff),
        due_us: case.due_us,
        id: &case.id,
    }
}

/// The most urgent of the cases a person may take. The caller leaves out what is not for this person.
pub fn next<'a>(
    cases: impl IntoIterator<Item = &'a Waiting>,
    staff: &StaffId,
    now_us: i64,
) -> Option<&'a Waiting> {
    cases.into_iter().min_by_key(|case| urgency(case, staff, now_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(id: &str) -> Waiting {
        Waiting {
            id: id.into(),
            kind: CaseType::Initial,
            due_us: 1000,
            frozen: false,
            priority: Priority::P4,
            known_to: None,
        }
    }

    #[test]
    fn watch_lists_then_overdue_then_frozen_then_priority_then_date() {
        let me = StaffId::try_from("stf_a".to_owned()).unwrap();
        let mut cases = vec![
            Waiting { due_us: 1002, ..waiting("by date, later") },
            Waiting { due_us: 1001, ..waiting("by date, sooner") },
            Waiting { due_us: 1003, known_to: Some(me.clone()), ..waiting("seen before by me") },
            Waiting { priority: Priority::P3, due_us: 2000, ..waiting("priority") },
            Waiting { frozen: true, due_us: 3000, ..waiting("frozen") },
            Waiting { due_us: 500, ..waiting("overdue at this very moment") },
            Waiting { kind: CaseType::Screening, due_us: 9000, ..waiting("watch-list") },
        ];
        assert_eq!(next(&cases, &me, 500).unwrap().id, "watch-list");
        cases.sort_by(|a, b| urgency(a, &me, 500).cmp(&urgency(b, &me, 500)));
        let order: Vec<&str> = cases.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(
            order,
            [
                "watch-list",
                "overdue at this very moment",
                "frozen",
                "priority",
                "seen before by me",
                "by date, sooner",
                "by date, later"
            ]
        );
        assert_eq!(next(&[], &me, 0), None);
    }

    #[test]
    fn the_priority_follows_the_level_unless_it_is_urgent() {
        let all = [0, 1, 2, 3, 200].map(|level| Priority::of(level, false));
        assert_eq!(all, [Priority::P4, Priority::P3, Priority::P2, Priority::P1, Priority::P1]);
        assert_eq!(Priority::of(0, true), Priority::P1);
    }
}
