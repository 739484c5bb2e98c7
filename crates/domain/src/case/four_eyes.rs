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

/// An act outside of cases that one person proposes and another confirms: a role, a key, a policy, an export.
///
/// What exactly is proposed is named by a fingerprint, so that nobody confirms something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Which rule asks for the second person.
    pub rule: FourEyes,
    /// Fingerprint of what is proposed, made by the caller.
    pub fingerprint: String,
    /// Who proposes.
    pub by: StaffId,
    /// Until when it may be confirmed, microseconds UTC.
    pub until_us: i64,
}

/// Why a proposal cannot be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// By its own author.
    #[error("another person must confirm")]
    SamePerson,
    /// Too late.
    #[error("the proposal is over")]
    Over,
    /// Something else.
    #[error("this is not what was proposed")]
    Other,
}

impl Proposal {
    /// Confirms exactly what was proposed.
    pub fn confirm(&self, by: StaffId, fingerprint: &str, now_us: i64) -> Result<(), ProposalError> {
        if now_us >= self.until_us {
            Err(ProposalError::Over)
        } else if by == self.by {
            Err(ProposalError::SamePerson)
        } else if fingerprint != self.fingerprint {
            Err(ProposalError::Other)
        } else {
            Ok(())
        }
    }
}
