//! What may happen to an application, who did it, and the facts its guards need.

use super::{DocumentProof, FaceProof, Findings, Purpose};
use crate::counters::{Counter, Standing};
use crate::id::{AccountId, ApplicationId, AttemptId, CaseId, EventId, StaffId};
use crate::moment::Timestamp;
use crate::reason::{Code, Step};
use crate::steps::{Content, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that happened once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, made when it was first asked for: a repetition carries the same one.
    pub id: EventId,
    /// Who did it.
    pub by: Actor,
    /// What it is.
    pub kind: EventKind,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The person who wants to be verified.
    Applicant,
    /// A business that acts for them over the interface.
    Integrator,
    /// Support, who help them at the counter or on the phone.
    Support(StaffId),
    /// A reviewer.
    Reviewer(StaffId),
    /// A supervisor.
    Supervisor(StaffId),
    /// A job of ours.
    System,
    /// The clock.
    Clock,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An application is begun.
    Create(New),
    /// A step is saved, or a try at it was refused by its instant checks.
    SaveStep {
        /// What.
        content: Content,
        /// What the instant checks say.
        verdict: Verdict,
        /// How the counters of the step stand, this try not included; all of [`Counter::of_step`].
        counters: BTreeMap<Counter, Standing>,
    },
    /// The applicant submits.
    Submit {
        /// The id of the new attempt.
        attempt: AttemptId,
    },
    /// Everything required holds.
    ChecksPassed {
        /// The attempt that was checked.
        attempt: AttemptId,
        /// The selfie matched the portrait.
        face_matched: bool,
    },
    /// There is something to fix.
    ChecksRetry {
        /// The attempt that was checked.
        attempt: AttemptId,
        /// What, and where.
        asks: Vec<Ask>,
    },
    /// A person must look.
    ChecksReview {
        /// The attempt that was checked.
        attempt: AttemptId,
        /// The case to open.
        case: CaseId,
        /// Why.
        cause: ReviewCause,
    },
    /// A required source gave no answer.
    SourcePending {
        /// The attempt that was checked.
        attempt: AttemptId,
    },
    /// It has answered.
    SourceAnswered {
        /// The attempt that waited.
        attempt: AttemptId,
    },
    /// It has not answered for too long.
    SourceGaveUp {
        /// The attempt that waited.
        attempt: AttemptId,
        /// The case to open.
        case: CaseId,
    },
    /// The applicant wants a person.
    AskHuman(AskHuman),
    /// A reviewer approves.
    ReviewApprove {
        /// Lease, version, second reviewer.
        review: Review,
        /// What the checks have found by now, those included that ran only to inform.
        findings: Findings,
        /// What the document was seen by.
        document: DocumentProof,
        /// What the face was seen by.
        face: FaceProof,
    },
    /// A reviewer asks for steps to be done again.
    ReviewResubmit {
        /// Lease, version.
        review: Review,
        /// What, and where.
        asks: Vec<Ask>,
    },
    /// Two reviewers reject.
    ReviewReject {
        /// Lease, version, second reviewer.
        review: Review,
        /// Why.
        reasons: Vec<Code>,
    },
    /// A rejection is opened again.
    Reopen {
        /// The case to open.
        case: CaseId,
        /// Why.
        cause: ReopenCause,
    },
    /// The application is taken back.
    Withdraw(WithdrawReason),
    /// The timer ran out.
    TimeOut {
        /// A file is being uploaded right now.
        upload_in_flight: bool,
    },
}

/// A new application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    /// Its id.
    pub id: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// What for.
    pub purpose: Purpose,
    /// The level asked for.
    pub requested_level: u8,
    /// The level asks for an outside channel.
    pub channel_required: bool,
    /// How many applications of the account are open.
    pub open_applications: u32,
    /// How the counter of badly ended applications stands.
    pub ended: Standing,
    /// Region and document are supported.
    pub region_supported: bool,
    /// Known to be so young that only a guardian may apply.
    pub needs_guardian: bool,
}

/// Something to do again, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ask {
    /// Why.
    pub code: Code,
    /// What.
    pub step: Step,
}

/// Why the checks hand over to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewCause {
    /// The decision says so.
    Decided {
        /// What was found.
        findings: Findings,
        /// The machine proposes a rejection, which a person may confirm.
        rejection_proposed: bool,
    },
    /// Checking takes too long.
    Timer,
}

/// The wish for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskHuman {
    /// The id of the attempt that is recorded.
    pub attempt: AttemptId,
    /// The case to open.
    pub case: CaseId,
    /// Why.
    pub reason: AskReason,
}

/// Why somebody wants a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskReason {
    /// It did not work twice.
    TriesFailed,
    /// The usual way is no way for them.
    Accessibility,
    /// They refuse the use of their face; this is recorded as the answer to that consent.
    FaceRefused,
    /// A counter is full.
    StepLocked(Standing),
}

/// The circumstances of a reviewer's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The case.
    pub case: CaseId,
    /// Who holds the lease.
    pub leased_to: StaffId,
    /// Until when.
    pub leased_until: Timestamp,
    /// The version the reviewer saw.
    pub version_seen: u64,
    /// The version the case has.
    pub version: u64,
    /// What the other person decided, each without knowing the other's answer.
    pub second: Option<Second>,
}

/// The decision of the other person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Who.
    pub by: StaffId,
    /// The same outcome.
    pub agrees: bool,
}

/// Why a rejection is opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReopenCause {
    /// An appeal was upheld.
    AppealUpheld,
    /// We found an error of our own.
    OwnError,
}

/// Why an application is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// The applicant wishes it.
    Wish,
    /// The account is closed.
    AccountClosed,
    /// A consent without which it cannot go on was withdrawn.
    ConsentWithdrawn,
}

macro_rules! names {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// The names of the events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum EventName {
            $(
                #[doc = concat!("`", $text, "`")]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl EventName {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl EventKind {
            /// Its name.
            pub const fn name(&self) -> EventName {
                match self {
                    $(Self::$variant { .. } => EventName::$variant,)+
                }
            }
        }
    };
}

names! {
    Create = "create",
    SaveStep = "save_step",
    Submit = "submit",
    ChecksPassed = "checks_passed",
    ChecksRetry = "checks_retry",
    ChecksReview = "checks_review",
    SourcePending = "source_pending",
    SourceAnswered = "source_answered",
    SourceGaveUp = "source_gave_up",
    AskHuman = "ask_human",
    ReviewApprove = "review_approve",
    ReviewResubmit = "review_resubmit",
    ReviewReject = "review_reject",
    Reopen = "reopen",
    Withdraw = "withdraw",
    TimeOut = "time_out",
}

impl Actor {
    /// The member of staff, if it is one.
    pub const fn staff(self) -> Option<StaffId> {
        match self {
            Self::Support(id) | Self::Reviewer(id) | Self::Supervisor(id) => Some(id),
            Self::Applicant | Self::Integrator | Self::System | Self::Clock => None,
        }
    }

    /// Whether this kind of actor may do that; whether a particular one may is asked elsewhere.
    pub const fn may(self, event: &EventKind) -> bool {
        match event {
            EventKind::Create(_) | EventKind::SaveStep { .. } | EventKind::AskHuman(_) => {
                matches!(self, Self::Applicant | Self::Integrator | Self::Support(_))
            }
            EventKind::Submit { .. } | EventKind::Withdraw(WithdrawReason::Wish) => {
                matches!(self, Self::Applicant | Self::Integrator)
            }
            EventKind::ChecksReview { cause: ReviewCause::Timer, .. } => {
                matches!(self, Self::System | Self::Clock)
            }
            EventKind::ChecksPassed { .. }
            | EventKind::ChecksRetry { .. }
            | EventKind::ChecksReview { .. }
            | EventKind::SourcePending { .. }
            | EventKind::SourceAnswered { .. }
            | EventKind::SourceGaveUp { .. }
            | EventKind::Withdraw(WithdrawReason::AccountClosed) => matches!(self, Self::System),
            EventKind::ReviewApprove { .. }
            | EventKind::ReviewResubmit { .. }
            | EventKind::ReviewReject { .. } => matches!(self, Self::Reviewer(_) | Self::Supervisor(_)),
            EventKind::Reopen { .. } => matches!(self, Self::Supervisor(_)),
            EventKind::Withdraw(WithdrawReason::ConsentWithdrawn) => {
                matches!(self, Self::Applicant | Self::Integrator | Self::System)
            }
            EventKind::TimeOut { .. } => matches!(self, Self::Clock),
        }
    }
}
