//! What needs a second person, and acts of staff that wait for one.

use super::decision::{Decision, Verdict};
use super::kind::CaseType;
use crate::id::StaffId;
use crate::policy::{FourEyes, Review};
use serde::{Deserialize, Serialize};

/// What else is true of a case when it is decided.
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Circumstances {
    /// A required check failed.
    pub failed_required_check: bool,
    /// Watch-list, spoof, tampering or a known face is among the reasons.
    pub suspicion: bool,
    /// The decision rests on a record of a face-to-face check.
    pub face_to_face_record: bool,
    /// Name, number, sex or birth date change.
    pub identity_change: bool,
    /// The decision revokes a verification, or gives a revoked one back.
    pub revocation: bool,
    /// Drawn for a blind second opinion.
    pub blind_sample: bool,
}

/// Which rules ask for a second person. Final rejection always does; no policy can take that off.
pub fn second_needed(
    rules: &Review,
    kind: CaseType,
    decision: &Decision,
    facts: Circumstances,
) -> Vec<FourEyes> {
    let verdict = decision.verdict;
    let approves = verdict == Verdict::Approve;
    let rejects = verdict == Verdict::Reject;
    let either_way = approves || rejects || matches!(verdict, Verdict::Release | Verdict::Confirm);
    let settles = either_way || matches!(verdict, Verdict::Uphold | Verdict::UpholdPartly);
    let cases = [
        (FourEyes::FinalRejection, rejects),
        (FourEyes::ApprovalAgainstFailedCheck, approves && facts.failed_required_check),
        (FourEyes::ScreeningRelease, kind == CaseType::Screening && verdict == Verdict::Release),
        (FourEyes::SpoofOrTamperEitherWay, facts.suspicion && either_way),
        (FourEyes::FaceToFaceRecord, facts.face_to_face_record && approves),
        (FourEyes::IdentityChange, facts.identity_change && approves),
        (FourEyes::Revoke, facts.revocation && settles),
    ];
    let asked = |rule: FourEyes| rule == FourEyes::FinalRejection || rules.four_eyes.contains(&rule);
    cases.into_iter().filter(|(rule, holds)| *holds && asked(*rule)).map(|(rule, _)| rule).collect()
}

/// How a rule of the policy is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// Two people decide the case.
    ByCase,
    /// One person proposes the act and another confirms it.
    ByProposal,
    /// The record itself asks for a second person: to confirm it before it counts, or to set it instead of whoever
    /// did last.
    ByRecord,
}

/// The acts there are and how each is kept from one person alone. A rule that is not here has no act in this
/// program: it stands in no preset, so that no list promises what nothing keeps.
pub const ACTS: [(FourEyes, Enforced); 10] = [
    (FourEyes::FinalRejection, Enforced::ByCase),
    (FourEyes::ApprovalAgainstFailedCheck, Enforced::ByCase),
    (FourEyes::ScreeningRelease, Enforced::ByCase),
    (FourEyes::SpoofOrTamperEitherWay, Enforced::ByCase),
    (FourEyes::IdentityChange, Enforced::ByCase),
    (FourEyes::FaceToFaceRecord, Enforced::ByRecord),
    (FourEyes::StaffHoldOver7Days, Enforced::ByRecord),
    (FourEyes::Revoke, Enforced::ByProposal),
    (FourEyes::StaffRoleChange, Enforced::ByProposal),
    (FourEyes::KeyChange, Enforced::ByProposal),
];

/// How long a proposal may wait for a second person, microseconds.
pub const PROPOSAL_LASTS_US: i64 = 24 * crate::zone::HOUR_US;

/// An act outside of cases that one person proposes and another confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposes.
    pub by: StaffId,
    /// Until when it may be confirmed, microseconds UTC.
    pub until_us: i64,
    /// Somebody has confirmed it.
    pub confirmed: bool,
}

/// Why a proposal cannot be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// By its own author.
    #[error("you have proposed this; another person must confirm it")]
    SamePerson,
    /// Too late.
    #[error("the proposal was confirmed already, or waited for more than a day")]
    Over,
}

impl ProposalError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SamePerson => "second_person_needed",
            Self::Over => "proposal_over",
        }
    }
}

impl Proposal {
    /// Whether this person may confirm it now.
    pub fn confirm(&self, by: StaffId, now_us: i64) -> Result<(), ProposalError> {
        if self.confirmed || now_us >= self.until_us {
            Err(ProposalError::Over)
        } else if by == self.by {
            Err(ProposalError::SamePerson)
        } else {
            Ok(())
        }
    }
}
