//! The states of a case and what may happen to it.

use super::decision::{Decision, DecisionError, Opinion};
use super::four_eyes::Circumstances;
use super::kind::CaseType;
use super::lease::Lease;
use super::staff::{Role, Staff};
use crate::id::StaffId;
use crate::policy::FourEyes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A work item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is about.
    pub kind: CaseType,
    /// Grows with everything but the renewal of a lease; a decision names the one it was made on.
    pub version: u64,
    /// Where it waits.
    pub queue: Queue,
    /// Where it stands.
    pub state: State,
    /// The token of its newest lease.
    pub last_token: u64,
    /// What people decided so far, oldest first.
    pub opinions: Vec<Opinion>,
    /// Who may not touch it: themselves or people close to them, and who decided the matter before.
    pub barred: BTreeSet<StaffId>,
}

/// Whose work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Everybody's whom its type is for.
    Ordinary,
    /// A supervisor's (for watch-lists: compliance's).
    Arbiter,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits to be taken.
    Open,
    /// Somebody has it.
    Claimed {
        /// For how long.
        lease: Lease,
    },
    /// Put aside by the one who had it.
    OnHold {
        /// Who.
        by: StaffId,
        /// Why.
        reason: HoldReason,
        /// Since when, microseconds UTC.
        since_us: i64,
    },
    /// One person has decided, another must look.
    SecondReview {
        /// Who looks, if someone does.
        lease: Option<Lease>,
    },
    /// Done.
    Closed {
        /// How.
        end: End,
        /// When, microseconds UTC.
        at_us: i64,
        /// Until when the last decision may be taken back.
        undo_until_us: i64,
    },
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// People decided.
    Decided {
        /// What.
        decision: Decision,
        /// Everyone who decided the same.
        by: Vec<StaffId>,
    },
    /// There is nothing to decide any more: withdrawn, closed, erased.
    Cancelled,
}

/// Why a case is put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The only one that stops the clock.
    WaitingForApplicant,
    /// An identity source is slow.
    WaitingForSource,
    /// A colleague is asked.
    WaitingForColleague,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody takes it. `held` counts the cases the person holds now.
    Claim {
        /// Who.
        by: Staff,
        /// Live leases of the person.
        held: u32,
    },
    /// The holder is active.
    Renew {
        /// Who.
        by: StaffId,
        /// Of the lease.
        token: u64,
    },
    /// The holder gives it back.
    Release {
        /// Who.
        by: StaffId,
        /// Of the lease.
        token: u64,
    },
    /// The clock looks whether the lease is over.
    Expire,
    /// Somebody takes it from the holder.
    TakeOver {
        /// Who.
        by: Staff,
        /// Live leases of the person.
        held: u32,
        /// Why; audited.
        reason: String,
    },
    /// The holder decides.
    Decide {
        /// Who, as what.
        by: Staff,
        /// Of the lease.
        token: u64,
        /// Of the case as it was seen.
        version: u64,
        /// What.
        decision: Decision,
        /// What else is true.
        facts: Circumstances,
    },
    /// The holder passes it up.
    Escalate {
        /// Who.
        by: StaffId,
        /// Of the lease.
        token: u64,
        /// Of the case as it was seen.
        version: u64,
        /// Why; audited.
        reason: String,
    },
    /// The holder puts it aside.
    Hold {
        /// Who.
        by: StaffId,
        /// Of the lease.
        token: u64,
        /// Of the case as it was seen.
        version: u64,
        /// Why.
        reason: HoldReason,
    },
    /// Somebody goes on with it.
    Resume {
        /// Who.
        by: Staff,
        /// Live leases of the person.
        held: u32,
    },
    /// The applicant gave what was waited for.
    Answered,
    /// The last one who decided takes it back.
    Undo {
        /// Who.
        by: Staff,
        /// Live leases of the person.
        held: u32,
    },
    /// The matter is gone.
    Cancel,
}

/// What follows from a transition, done by jobs of the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Stop the promise's clock.
    PauseClock,
    /// Let it go on.
    ResumeClock,
    /// A second person is asked for, by these rules or by chance.
    SecondAsked(Vec<FourEyes>),
    /// It waits for a supervisor.
    ToArbiter,
    /// A lease was taken from someone.
    TakenFrom(StaffId),
    /// The decision takes effect; nothing leaves the house before that moment.
    Publish {
        /// What.
        decision: Decision,
        /// Microseconds UTC.
        not_before_us: i64,
    },
    /// The decision that waited to take effect does not.
    Unpublish,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The case afterwards.
    pub next: Case,
    /// What follows.
    pub effects: Vec<Effect>,
}

/// Why something cannot happen. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not in this state.
    #[error("this cannot happen to the case as it stands")]
    NotPossible,
    /// Somebody has it.
    #[error("somebody else is working on this case")]
    Leased,
    /// The lease is not this person's, is an older one, or there is none.
    #[error("you do not hold this case")]
    NotHolder,
    /// It is over.
    #[error("your time on this case is over; take it again")]
    LeaseOver,
    /// It is not over.
    #[error("the lease still holds")]
    LeaseLive,
    /// The case changed since it was seen.
    #[error("the case has changed since you saw it (version {given}, now {current}); nothing was saved")]
    Stale {
        /// Its version.
        current: u64,
        /// The one the decision was made on.
        given: u64,
    },
    /// The role may not.
    #[error("this case is not for your role")]
    Role,
    /// Own, related, or decided before by the same person.
    #[error("you may not work on this case")]
    Barred,
    /// Too many at once.
    #[error("you hold as many cases as one person may; finish or return one")]
    TooMany,
    /// A reason must be written.
    #[error("write down why, in at most {REASON_CHARS_MAX} characters")]
    ReasonMissing,
    /// The decision cannot stand.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// Too late.
    #[error("the time to take this back is over")]
    UndoOver,
}

impl Refused {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPossible => "case_state",
            Self::Leased => "case_leased",
            Self::NotHolder => "case_not_holder",
            Self::LeaseOver => "case_lease_over",
            Self::LeaseLive => "case_lease_live",
            Self::Stale { .. } => "case_stale",
            Self::Role => "case_role",
            Self::Barred => "case_barred",
            Self::TooMany => "case_too_many",
            Self::ReasonMissing => "case_reason_missing",
            Self::Decision(error) => error.code(),
            Self::UndoOver => "case_undo_over",
        }
    }
}

/// Characters of a written reason.
pub(super) const REASON_CHARS_MAX: usize = 500;

impl Case {
    /// A new case. `barred` are the subject's own and related people, and who decided the matter before.
    pub fn open(kind: CaseType, barred: BTreeSet<StaffId>) -> Self {
        Self {
            kind,
            version: 1,
            queue: Queue::Ordinary,
            state: State::Open,
            last_token: 0,
            opinions: Vec::new(),
            barred,
        }
    }

    /// The lease, live or over.
    pub fn lease(&self) -> Option<&Lease> {
        match &self.state {
            State::Claimed { lease } | State::SecondReview { lease: Some(lease) } => Some(lease),
            _ => None,
        }
    }

    /// The lease that holds now.
    pub fn live_lease(&self, now_us: i64) -> Option<&Lease> {
        self.lease().filter(|lease| lease.is_live(now_us))
    }

    /// Two people disagreed; of a second look the other one is whoever decided first.
    pub fn is_disputed(&self) -> bool {
        let others = if self.kind == CaseType::Qa { 1 } else { 2 };
        self.opinions.len() >= others && !matches!(self.state, State::Closed { .. })
    }

    /// Whether this person may work on it at all.
    pub fn may(&self, staff: &Staff) -> Result<(), Refused> {
        if !self.queue.is_for(self.kind, staff.role) {
            return Err(Refused::Role);
        }
        let decided = self.opinions.iter().any(|o| o.by == staff.id);
        if decided || self.barred.contains(&staff.id) { Err(Refused::Barred) } else { Ok(()) }
    }

    /// The opinions a person may see now: one's own, all once it is closed, and all for the arbiter of a
    /// disagreement. A second person looks blind.
    pub fn opinions_for<'a>(&'a self, staff: &'a Staff) -> impl Iterator<Item = &'a Opinion> {
        let all = matches!(self.state, State::Closed { .. })
            || (self.is_disputed() && staff.role == self.kind.arbiter());
        self.opinions.iter().filter(move |o| all || o.by == staff.id)
    }
}

impl Queue {
    /// Whether a role looks into this queue for a type of case.
    pub fn is_for(self, kind: CaseType, role: Role) -> bool {
        match self {
            Self::Ordinary => kind.is_for(role),
            Self::Arbiter => role == kind.arbiter(),
        }
    }
}
