//! Why an event was refused.

use super::{EventName, StateName};
use crate::counters::{Counter, WhenFull};
use crate::moment::Timestamp;
use crate::policy::Consent;
use crate::reason::Step;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A refused event. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("`{}` is not possible in `{}`: {why}", .event.as_str(), .state.as_str())]
pub struct Illegal {
    /// The state it met.
    pub state: StateName,
    /// The event.
    pub event: EventName,
    /// What stands against it.
    pub why: Refusal,
}

impl Illegal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.why.code()
    }
}

/// What stands against an event. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The table of transitions does not list this pair.
    NotListed,
    /// Somebody else may do this.
    NotYours,
    /// The event is older than everything that is remembered, so it may have been applied already.
    EventTooOld,
    /// Another application of the account is open.
    OtherOpen,
    /// Too many applications ended badly.
    TooManyEnded {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Region or document are not supported.
    RegionUnsupported,
    /// A guardian must apply.
    GuardianNeeded,
    /// This step cannot be changed now.
    StepClosed(Step),
    /// It was not said how this counter stands, so it cannot be taken to have room.
    CounterUnknown(Counter),
    /// A counter of the step is full.
    StepLocked {
        /// The step.
        step: Step,
        /// The counter.
        counter: Counter,
        /// What follows.
        then: WhenFull,
        /// Until when, if time helps.
        until: Option<Timestamp>,
    },
    /// These consents come first.
    ConsentMissing(BTreeSet<Consent>),
    /// The text of these consents has changed since they were given: they are asked for again.
    ConsentOutdated(BTreeSet<Consent>),
    /// Nothing goes on without these consents, so they cannot be refused; the application can be withdrawn.
    ConsentNeeded(BTreeSet<Consent>),
    /// A photo is accepted for a person only after repeated soft failures.
    NoSoftFailures,
    /// These steps are not done.
    StepsMissing(Vec<Step>),
    /// No attempt is left; a person may be asked.
    NoAttemptLeft,
    /// About an attempt that is not the current one.
    OtherAttempt,
    /// There is no live selfie that matched.
    NoLiveMatch,
    /// A photo was accepted for a person, who has not looked.
    PersonMustLook,
    /// No step to do again was named, or one the reason does not ask for.
    NoStepAsked,
    /// It is too early.
    TooEarly {
        /// When it is time.
        at: Timestamp,
    },
    /// The form is not filled in.
    FormMissing,
    /// A person is offered after two failed tries.
    PersonNotOffered,
    /// About another case.
    OtherCase,
    /// The reviewer does not hold a live lease.
    LeaseLost,
    /// The case has changed since the reviewer saw it.
    CaseChanged,
    /// The reviewer decided this application before.
    ReviewerBarred,
    /// A second reviewer must decide.
    SecondNeeded,
    /// The second reviewer is the first.
    SecondIsFirst,
    /// The two differ; a supervisor decides.
    ReviewersDiffer,
    /// There is no document, neither photographed nor sighted.
    DocumentMissing,
    /// No reason was named that may be final.
    NoFinalReason,
    /// A file is being uploaded.
    UploadInFlight,
}

impl Refusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotListed => "transition_not_listed",
            Self::NotYours => "actor_not_allowed",
            Self::EventTooOld => "event_too_old",
            Self::OtherOpen => "other_application_open",
            Self::TooManyEnded { .. } => "applications_exceeded",
            Self::RegionUnsupported => "region_unsupported",
            Self::GuardianNeeded => "guardian_needed",
            Self::StepClosed(_) => "step_closed",
            Self::CounterUnknown(_) => "counter_unknown",
            Self::StepLocked { .. } => "step_locked",
            Self::ConsentMissing(_) => "consent_missing",
            Self::ConsentOutdated(_) => "consent_text_changed",
            Self::ConsentNeeded(_) => "consent_needed",
            Self::NoSoftFailures => "person_photo_not_offered",
            Self::StepsMissing(_) => "steps_missing",
            Self::NoAttemptLeft => "submits_exceeded",
            Self::OtherAttempt => "attempt_not_current",
            Self::NoLiveMatch => "live_match_missing",
            Self::PersonMustLook => "person_must_look",
            Self::NoStepAsked => "no_step_asked",
            Self::TooEarly { .. } => "too_early",
            Self::FormMissing => "form_missing",
            Self::PersonNotOffered => "person_not_offered",
            Self::OtherCase => "case_not_current",
            Self::LeaseLost => "lease_lost",
            Self::CaseChanged => "case_changed",
            Self::ReviewerBarred => "reviewer_barred",
            Self::SecondNeeded => "second_reviewer_needed",
            Self::SecondIsFirst => "second_reviewer_is_first",
            Self::ReviewersDiffer => "reviewers_differ",
            Self::DocumentMissing => "document_missing",
            Self::NoFinalReason => "no_final_reason",
            Self::UploadInFlight => "upload_in_flight",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
