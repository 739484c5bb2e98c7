//! From a refused event to the answer the caller gets.

use crate::service::{Error, Kind, Refused};
use shiming_domain::application::{Illegal, Refusal};
use shiming_domain::moment::Timestamp;

pub(super) fn refused(illegal: &Illegal) -> Error {
    let (kind, what) = explain(&illegal.why);
    let detail = format!(
        "`{}` is not possible while the application is `{}`: {what}",
        illegal.event.as_str(),
        illegal.state.as_str()
    );
    Refused::new(kind, illegal.code(), detail).until(until(&illegal.why)).into()
}

/// When it makes sense to come back.
const fn until(why: &Refusal) -> Option<Timestamp> {
    match why {
        Refusal::TooManyEnded { until } | Refusal::StepLocked { until, .. } => *until,
        Refusal::TooEarly { at } => Some(*at),
        _ => None,
    }
}

fn explain(why: &Refusal) -> (Kind, &'static str) {
    match why {
        Refusal::NotYours => (Kind::Forbidden, "it is for others to do."),
        Refusal::TooManyEnded { .. } => (
            Kind::TooMany,
            "too many applications of this account ended without success. Wait, or ask support.",
        ),
        Refusal::StepLocked { .. } => {
            (Kind::TooMany, "no tries are left for this step for now. Wait, or ask for a person.")
        }
        Refusal::ConsentMissing(_) => (Kind::Unacceptable, "its consents come first."),
        Refusal::ConsentOutdated(_) => (
            Kind::Conflict,
            "the text of a consent has changed since it was given. Show the new one and ask again.",
        ),
        Refusal::ConsentNeeded(_) => (
            Kind::Unacceptable,
            "nothing goes on without this consent. To refuse it, withdraw the application.",
        ),
        Refusal::StepsMissing(_) => (Kind::Unacceptable, "not all its steps are done."),
        Refusal::FormMissing => (Kind::Unacceptable, "name and number come first."),
        Refusal::NoStepAsked => (Kind::Unacceptable, "name a step that its reason asks for."),
        Refusal::NoFinalReason => (Kind::Unacceptable, "none of the reasons may be final."),
        Refusal::DocumentMissing => (Kind::Unacceptable, "there is no document."),
        Refusal::NoLiveMatch => (Kind::Unacceptable, "there is no live selfie that matched."),
        Refusal::RegionUnsupported => (Kind::Unacceptable, "region or document are not supported."),
        Refusal::GuardianNeeded => (Kind::Unacceptable, "a guardian must apply."),
        Refusal::OtherOpen => (Kind::Conflict, "another application of this account is open."),
        Refusal::NoAttemptLeft => (Kind::Conflict, "no attempt is left. Ask for a person."),
        Refusal::PersonNotOffered => (Kind::Conflict, "a person is offered after two tries that failed."),
        Refusal::StepClosed(_) => (Kind::Conflict, "this step is not open."),
        Refusal::LeaseLost => (Kind::Conflict, "the lease of the case is over or another's."),
        Refusal::CaseChanged => (Kind::Stale, "the case has changed since it was read."),
        Refusal::ReviewerBarred => (Kind::Forbidden, "whoever decided before decides no more."),
        Refusal::SecondNeeded | Refusal::SecondIsFirst => {
            (Kind::Conflict, "another person must decide as well.")
        }
        Refusal::ReviewersDiffer => (Kind::Conflict, "the two reviewers differ."),
        Refusal::CounterUnknown(_)
        | Refusal::NotListed
        | Refusal::EventTooOld
        | Refusal::NoSoftFailures
        | Refusal::OtherAttempt
        | Refusal::PersonMustLook
        | Refusal::TooEarly { .. }
        | Refusal::OtherCase
        | Refusal::UploadInFlight => (Kind::Conflict, "the state does not allow it."),
    }
}
