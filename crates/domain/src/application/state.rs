//! The states of an application; each carries what is true in it and nothing else.

use super::{Proof, Rules, WithdrawReason};
use crate::id::{AttemptId, CaseId, StaffId};
use crate::moment::Timestamp;
use crate::reason::{Code, Step};
use crate::steps::Steps;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// The n-th of its application, from 1.
    pub number: u32,
    /// When it was submitted.
    pub submitted_at: Timestamp,
}

/// What the checks left for the person who decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Why a person looks.
    pub reasons: Vec<Code>,
    /// A required check failed, so that approving goes against it.
    pub required_failed: bool,
}

/// Where an application is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum State {
    /// The applicant fills in.
    Draft {
        /// What is there.
        steps: Steps,
        /// When something was last done; idleness counts from here.
        touched_at: Timestamp,
    },
    /// The checks run.
    Checking {
        /// As submitted.
        steps: Steps,
        /// The submission.
        attempt: Attempt,
        /// Since when.
        since: Timestamp,
        /// Since when this attempt has waited for sources, if it has.
        waited_since: Option<Timestamp>,
    },
    /// A required source has not answered.
    WaitingSource {
        /// As submitted.
        steps: Steps,
        /// The submission.
        attempt: Attempt,
        /// Since when this attempt waits; an answer in between does not start the day anew.
        since: Timestamp,
    },
    /// A person looks. It never times out to a failure.
    ManualReview {
        /// As submitted.
        steps: Steps,
        /// The submission.
        attempt: Attempt,
        /// Since when.
        since: Timestamp,
        /// The work of the person.
        case: CaseId,
        /// What the checks left.
        findings: Findings,
    },
    /// The applicant does listed steps again.
    Resubmit {
        /// All steps, those carried over included.
        steps: Steps,
        /// The last submission.
        attempt: Attempt,
        /// Since when.
        since: Timestamp,
        /// The steps to do again, never none.
        asked: BTreeSet<Step>,
        /// Those done again so far.
        redone: BTreeSet<Step>,
    },
    /// Approved, for good.
    Approved {
        /// The submission.
        attempt: Attempt,
        /// When.
        at: Timestamp,
        /// On what.
        proof: Proof,
    },
    /// Rejected by two people; an appeal may open it again.
    Rejected {
        /// As submitted, for whoever looks again.
        steps: Steps,
        /// The submission.
        attempt: Attempt,
        /// When.
        at: Timestamp,
        /// Why.
        reasons: Vec<Code>,
        /// Who decided.
        reviewers: Vec<StaffId>,
        /// The last moment to appeal.
        appeal_until: Timestamp,
    },
    /// Not finished in time.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Taken back.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why.
        why: WithdrawReason,
    },
}

/// The names of the states; `none` is an application that does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// Not begun.
    None,
    /// [`State::Draft`]
    Draft,
    /// [`State::Checking`]
    Checking,
    /// [`State::WaitingSource`]
    WaitingSource,
    /// [`State::ManualReview`]
    ManualReview,
    /// [`State::Resubmit`]
    Resubmit,
    /// [`State::Approved`]
    Approved,
    /// [`State::Rejected`]
    Rejected,
    /// [`State::Expired`]
    Expired,
    /// [`State::Withdrawn`]
    Withdrawn,
}

impl StateName {
    /// Every state, the missing one first.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Draft,
        Self::Checking,
        Self::WaitingSource,
        Self::ManualReview,
        Self::Resubmit,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Withdrawn,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Draft => "draft",
            Self::Checking => "checking",
            Self::WaitingSource => "waiting_source",
            Self::ManualReview => "manual_review",
            Self::Resubmit => "resubmit",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Open: the one application an account may have at a time.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::Checking | Self::WaitingSource | Self::ManualReview | Self::Resubmit => true,
            Self::None | Self::Approved | Self::Rejected | Self::Expired | Self::Withdrawn => false,
        }
    }

    /// The applicant waits for us, so the clock of the verification date stands still.
    pub const fn waits_for_us(self) -> bool {
        matches!(self, Self::Checking | Self::WaitingSource | Self::ManualReview)
    }
}

impl State {
    pub(super) fn begin(channel_required: bool, now: Timestamp) -> Self {
        Self::Draft { steps: Steps::new(channel_required), touched_at: now }
    }

    /// Its name.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Draft { .. } => StateName::Draft,
            Self::Checking { .. } => StateName::Checking,
            Self::WaitingSource { .. } => StateName::WaitingSource,
            Self::ManualReview { .. } => StateName::ManualReview,
            Self::Resubmit { .. } => StateName::Resubmit,
            Self::Approved { .. } => StateName::Approved,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Expired { .. } => StateName::Expired,
            Self::Withdrawn { .. } => StateName::Withdrawn,
        }
    }

    /// The last submission, if there was one that still matters.
    pub const fn attempt(&self) -> Option<Attempt> {
        match self {
            Self::Checking { attempt, .. }
            | Self::WaitingSource { attempt, .. }
            | Self::ManualReview { attempt, .. }
            | Self::Resubmit { attempt, .. }
            | Self::Approved { attempt, .. }
            | Self::Rejected { attempt, .. } => Some(*attempt),
            Self::Draft { .. } | Self::Expired { .. } | Self::Withdrawn { .. } => None,
        }
    }

    /// The steps, while the application still has them.
    pub const fn steps(&self) -> Option<&Steps> {
        match self {
            Self::Draft { steps, .. }
            | Self::Checking { steps, .. }
            | Self::WaitingSource { steps, .. }
            | Self::ManualReview { steps, .. }
            | Self::Resubmit { steps, .. }
            | Self::Rejected { steps, .. } => Some(steps),
            Self::Approved { .. } | Self::Expired { .. } | Self::Withdrawn { .. } => None,
        }
    }

    /// When the application times out, if the applicant does nothing.
    pub fn times_out_at(&self, rules: &Rules) -> Option<Timestamp> {
        match self {
            Self::Draft { touched_at, .. } => Some(*touched_at + rules.draft_idle),
            Self::Resubmit { since, .. } => Some(*since + rules.resubmit_within),
            _ => None,
        }
    }
}
