//! What a person of staff decides, with reasons from the catalogue.

use super::kind::CaseType;
use crate::id::StaffId;
use crate::reason::{self, Code, catalogue};
use serde::{Deserialize, Serialize};

/// Reasons one decision may name.
const REASONS_MAX: usize = 20;
/// Steps there are.
const STEPS_MAX: usize = 7;

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The identity is established, or the change is made.
    Approve,
    /// Named steps are asked for again.
    Resubmit,
    /// The application is rejected for good.
    Reject,
    /// A watch-list hit is someone else.
    Release,
    /// It is this person.
    Confirm,
    /// The appeal is right.
    Uphold,
    /// In part.
    UpholdPartly,
    /// The appeal or the change is refused; where to turn next is told.
    Refuse,
    /// The second look found the same.
    Agree,
    /// It did not.
    Disagree,
}

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// How it ends.
    pub verdict: Verdict,
    /// Why.
    #[serde(default)]
    pub reasons: Vec<Code>,
    /// What the applicant does again.
    #[serde(default)]
    pub steps: Vec<reason::Step>,
}

/// Why a decision cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// Cases of this type do not end so.
    #[error("a case of this type cannot end so")]
    Verdict,
    /// A rejection without a reason that allows it.
    #[error("a rejection needs a reason that may close an application for good")]
    NoFinalReason,
    /// A request without a reason or a step.
    #[error("asking again needs a reason and a step")]
    NothingToRedo,
    /// Steps beside another verdict.
    #[error("only a request to redo names steps")]
    Steps,
    /// Longer than any decision, or something is named twice.
    #[error("too many reasons or steps, or one of them twice")]
    List,
}

impl DecisionError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Verdict => "decision_verdict",
            Self::NoFinalReason => "decision_no_final_reason",
            Self::NothingToRedo => "decision_nothing_to_redo",
            Self::Steps => "decision_steps",
            Self::List => "decision_list",
        }
    }
}

impl Decision {
    /// A decision without reasons.
    pub fn plain(verdict: Verdict) -> Self {
        Self { verdict, reasons: Vec::new(), steps: Vec::new() }
    }

    /// Whether it can stand for a case of this type.
    pub fn check(&self, kind: CaseType) -> Result<(), DecisionError> {
        if !kind.verdicts().contains(&self.verdict) {
            return Err(DecisionError::Verdict);
        }
        if self.reasons.len() > REASONS_MAX
            || self.steps.len() > STEPS_MAX
            || twice(&self.reasons)
            || twice(&self.steps)
        {
            return Err(DecisionError::List);
        }
        let allows_final = |code: &Code| catalogue().get(*code).is_some_and(|e| e.kind.allows_final());
        match self.verdict {
            Verdict::Reject if !self.reasons.iter().any(allows_final) => Err(DecisionError::NoFinalReason),
            Verdict::Resubmit if self.steps.is_empty() || self.reasons.is_empty() => {
                Err(DecisionError::NothingToRedo)
            }
            Verdict::Resubmit => Ok(()),
            _ if !self.steps.is_empty() => Err(DecisionError::Steps),
            _ => Ok(()),
        }
    }
}

fn twice<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(i, item)| items.iter().take(i).any(|other| other == item))
}

/// What one person decided. It takes effect alone only where one person is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// Who.
    pub by: StaffId,
    /// What.
    pub decision: Decision,
    /// When, microseconds UTC.
    pub at_us: i64,
}
