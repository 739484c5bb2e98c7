//! Types of cases: what is promised, who may take one, what it can end in.

use super::decision::Verdict;
use super::staff::Role;
use crate::policy::Review;
use crate::sla::Span;
use serde::{Deserialize, Serialize};

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseType {
    /// A hit on a watch-list.
    Screening,
    /// An objection.
    Appeal,
    /// The application again, after an appeal was upheld.
    AppealRedo,
    /// A first attempt the machine passed on.
    Initial,
    /// A later attempt.
    Resubmission,
    /// The applicant asked for a person.
    Assisted,
    /// A correction of identity data, through support.
    InfoChange,
    /// A second look at something already decided, hidden as ordinary work.
    Qa,
}

impl CaseType {
    /// All types.
    pub const ALL: [Self; 8] = [
        Self::Screening,
        Self::Appeal,
        Self::AppealRedo,
        Self::Initial,
        Self::Resubmission,
        Self::Assisted,
        Self::InfoChange,
        Self::Qa,
    ];

    /// What people are promised. Of an information change the clock starts when the papers are complete.
    pub fn promise(self, rules: &Review) -> Option<Span> {
        match self {
            Self::Screening | Self::Qa => None,
            Self::Appeal | Self::AppealRedo => Some(Span::CalendarDays(rules.objection_answer_days)),
            Self::Initial | Self::Resubmission | Self::Assisted | Self::InfoChange => {
                Some(Span::WorkingDays(rules.initial_promise_working_days))
            }
        }
    }

    /// What we aim at. `level` is the person's; it shortens the target of an appeal, never its promise.
    pub fn target(self, rules: &Review, level: u8) -> Span {
        match self {
            Self::Screening => Span::WorkingHours(rules.screening_target_working_h),
            Self::Appeal => Span::WorkingDays(match level {
                0 => 10,
                1 => 7,
                2 => 5,
                _ => 3,
            }),
            Self::AppealRedo | Self::Qa => Span::WorkingDays(5),
            Self::Resubmission => Span::WorkingHours(4),
            Self::Initial | Self::Assisted | Self::InfoChange => {
                Span::WorkingDays(rules.initial_target_working_days)
            }
        }
    }

    /// Whether a role may take such a case from its ordinary queue.
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Screening => role == Role::Compliance,
            Self::InfoChange => matches!(role, Role::Support | Role::Reviewer | Role::Supervisor),
            _ => matches!(role, Role::Reviewer | Role::Supervisor),
        }
    }

    /// Who decides what was passed up or disagreed on. A watch-list hit never leaves compliance.
    pub fn arbiter(self) -> Role {
        if self == Self::Screening { Role::Compliance } else { Role::Supervisor }
    }

    /// How such a case can be decided.
    pub fn verdicts(self) -> &'static [Verdict] {
        match self {
            Self::Screening => &[Verdict::Release, Verdict::Confirm],
            Self::Appeal => &[Verdict::Uphold, Verdict::UpholdPartly, Verdict::Refuse],
            Self::InfoChange => &[Verdict::Approve, Verdict::Resubmit, Verdict::Refuse],
            Self::Qa => &[Verdict::Agree, Verdict::Disagree],
            Self::AppealRedo | Self::Initial | Self::Resubmission | Self::Assisted => {
                &[Verdict::Approve, Verdict::Resubmit, Verdict::Reject]
            }
        }
    }
}
