//! What the policy says about applications.

use crate::moment::Span;
use crate::policy::{self, FourEyes};
use crate::steps::ConsentRules;
use std::collections::BTreeSet;

/// The policy's values for applications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Consents.
    pub consents: ConsentRules,
    /// Open applications of an account.
    pub open_max: u32,
    /// Attempts of an application.
    pub attempts_max: u32,
    /// A draft nobody touches for so long times out.
    pub draft_idle: Span,
    /// Reminders of a draft, so long after it was last touched.
    pub draft_reminders: Vec<Span>,
    /// Steps must be done again within.
    pub resubmit_within: Span,
    /// Reminders of a resubmit, so long after it was asked for.
    pub resubmit_reminders: Vec<Span>,
    /// After so long in checking a person looks.
    pub checking_max: Span,
    /// First pauses between queries of a silent source; afterwards it is asked every hour.
    pub source_retries: Vec<Span>,
    /// After so long without an answer a person looks.
    pub source_give_up: Span,
    /// After so long without an answer the applicant is told.
    pub source_told_after: Span,
    /// Failed tries after which a person is offered.
    pub person_offered_after: u32,
    /// To appeal.
    pub appeal_window: Span,
    /// What needs a second person besides every rejection.
    pub four_eyes: BTreeSet<FourEyes>,
}

impl From<&policy::Rules> for Rules {
    fn from(policy: &policy::Rules) -> Self {
        Self {
            consents: ConsentRules::from(&policy.consents),
            open_max: policy.account.applications_open_max,
            attempts_max: policy.tries.submits_per_application_max,
            draft_idle: Span::days(policy.tries.draft_idle_days),
            draft_reminders: [1, 7, 25].map(Span::days).into(),
            resubmit_within: Span::days(policy.tries.resubmit_days),
            resubmit_reminders: [3, 10, 13].map(Span::days).into(),
            checking_max: Span::minutes(policy.tries.checking_to_review_min),
            source_retries: policy.channels.query_retry_min.iter().map(|m| Span::minutes(*m)).collect(),
            source_give_up: Span::hours(policy.channels.give_up_after_h),
            source_told_after: Span::minutes(30),
            person_offered_after: 2,
            appeal_window: Span::days(policy.review.appeal_window_days),
            four_eyes: policy.review.four_eyes.iter().copied().collect(),
        }
    }
}
