//! What must follow from a transition.
//!
//! A transition only *names* its effects. They are stored in the transaction that stores the transition, and
//! run as jobs that read the state again before they act, so running one twice does no harm.

use crate::account::Restriction;
use crate::case::CaseType;
use crate::counters::Counter;
use crate::id::{ApplicationId, AttemptId, CaseId, StaffId, VerificationId};
use crate::moment::Timestamp;
use crate::notice::Notice;
use crate::reason::Code;
use serde::{Deserialize, Serialize};

/// One effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Run the checks of an attempt.
    RunChecks {
        /// Which.
        attempt: AttemptId,
        /// What for.
        run: Run,
    },
    /// Stop the jobs that still work on an application.
    StopJobs(ApplicationId),
    /// Put work before a human.
    OpenCase {
        /// The case.
        case: CaseId,
        /// Of which type.
        opens: CaseType,
        /// Reasons to pre-fill a rejection with; empty if none is proposed.
        proposed: Vec<Code>,
        /// Who may not decide it, having decided before.
        barred: Vec<StaffId>,
    },
    /// The case is decided.
    CloseCase(CaseId),
    /// The case has become pointless.
    CancelCase(CaseId),
    /// Tell the person.
    Notify(Notice),
    /// Tell the person at that time, if the state is still the same then.
    NotifyAt(Notice, Timestamp),
    /// Move the clock of the date by which the account must be verified; the reason is the application.
    Deadline(DeadlineChange),
    /// Issue the verification of an approved application.
    IssueVerification {
        /// The application.
        application: ApplicationId,
        /// The attempt that was approved.
        attempt: AttemptId,
    },
    /// This verification takes the place of another.
    VerificationReplaced(VerificationId),
    /// Derive the level again.
    RecomputeLevel,
    /// Set a restriction on the account.
    Restrict(Restriction),
    /// Lift one restriction; no other.
    Lift(Restriction),
    /// Count once on this counter.
    Count(Counter),
    /// A success ends the row of failures on this counter.
    EndRow(Counter),
    /// The application has ended: keep its pictures only as long as the policy says for such an end.
    ShortenRetention,
    /// It is open again: keep them as long as it is.
    KeepPictures,
    /// End all sessions of the account.
    EndSessions,
    /// Withdraw the open applications of the account.
    WithdrawApplications,
    /// Move the identity data to `restricted`: held by law, no other use.
    RestrictData,
    /// Destroy the keys of the face data.
    ShredFaceData,
    /// Remove an account that was never confirmed.
    RemoveAccount,
}

/// What checks are run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// Their result decides what follows.
    ToDecide,
    /// Only what depended on the source that has answered; the rest stands.
    Dependent,
    /// They inform the person who decides.
    ToInform,
}

/// What happens to the clock of the verification date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineChange {
    /// It stands still while the applicant waits for us.
    Pause,
    /// It runs again, with some days left at least.
    Resume,
    /// The date is met.
    Meet,
}

/// For people who read snapshots and logs; holds no personal data.
impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RunChecks { run, .. } => write!(f, "run checks {run:?}"),
            Self::StopJobs(_) => f.write_str("stop jobs"),
            Self::OpenCase { opens, proposed, barred, .. } => {
                write!(f, "open case {opens:?}")?;
                if !proposed.is_empty() {
                    write!(f, ", rejection proposed for {}", words(proposed))?;
                }
                if !barred.is_empty() {
                    write!(f, ", {} reviewers barred", barred.len())?;
                }
                Ok(())
            }
            Self::CloseCase(_) => f.write_str("close case"),
            Self::CancelCase(_) => f.write_str("cancel case"),
            Self::Notify(notice) => write!(f, "notify {}", notice.as_str()),
            Self::NotifyAt(notice, at) => write!(f, "notify {} at {at}", notice.as_str()),
            Self::Deadline(change) => write!(f, "deadline {change:?}"),
            Self::IssueVerification { .. } => f.write_str("issue verification"),
            Self::VerificationReplaced(_) => f.write_str("verification replaced"),
            Self::RecomputeLevel => f.write_str("recompute level"),
            Self::Restrict(restriction) => write!(f, "restrict {}", restriction.as_str()),
            Self::Lift(restriction) => write!(f, "lift {}", restriction.as_str()),
            Self::Count(counter) => write!(f, "count {}", counter.as_str()),
            Self::EndRow(counter) => write!(f, "end row {}", counter.as_str()),
            Self::ShortenRetention => f.write_str("shorten retention"),
            Self::KeepPictures => f.write_str("keep pictures"),
            Self::EndSessions => f.write_str("end sessions"),
            Self::WithdrawApplications => f.write_str("withdraw applications"),
            Self::RestrictData => f.write_str("restrict data"),
            Self::ShredFaceData => f.write_str("shred face data"),
            Self::RemoveAccount => f.write_str("remove account"),
        }
    }
}

fn words(codes: &[Code]) -> String {
    codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" ")
}
