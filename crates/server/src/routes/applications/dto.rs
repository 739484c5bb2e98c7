//! Applications, attempts and decisions on the wire.

use crate::when::When;
use serde::Serialize;
use shiming_domain::Outcome;
use shiming_domain::application::{Purpose, StateName};
use shiming_domain::evidence::Region;
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, DecisionId};
use shiming_domain::personal::{Personal, full_view_option};
use shiming_domain::policy::{Challenge, Consent};
use shiming_domain::reason::{Code, Reason, Step, Text};
use shiming_domain::steps::Answer;
use shiming_engine::application::{Answered, ApplicationView, AttemptView, Capture, DecisionView, StepView};
use std::collections::BTreeMap;

/// One endeavour to be verified.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Application {
    /// Always `application`.
    object: &'static str,
    /// `app_…`
    #[schema(value_type = String)]
    id: ApplicationId,
    /// `acc_…`
    #[schema(value_type = String)]
    account: AccountId,
    /// `first`, `upgrade`, `renewal`, `info_change` or `reverify`.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// 1 to 3.
    requested_level: u8,
    /// `draft`, `checking`, `waiting_source`, `manual_review`, `resubmit`, `approved`, `rejected`, `expired` or
    /// `withdrawn`.
    #[schema(value_type = String)]
    status: StateName,
    /// Counts its changes.
    version: u64,
    created_at: When,
    /// In the order of the flow; empty once it has ended.
    steps: Vec<StepDto>,
    /// Submissions so far.
    attempt_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_decision: Option<Decision>,
    /// Until when the applicant must act, or may appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<When>,
    /// While people look at it: by when they promised to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_due_at: Option<When>,
    /// `ask-human` is open.
    person_offered: bool,
}

/// One step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StepDto {
    /// `consent`, `form`, `portrait_side`, `emblem_side`, `selfie`, `channel` or `evidence`.
    #[schema(value_type = String)]
    name: Step,
    /// `open`, `done`, `redo` or `locked`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries_left: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_until: Option<When>,
    /// Of the selfie: whether a live challenge comes first. `off`, `offered` or `required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    challenge: Option<Challenge>,
}

/// A decision on an attempt.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Decision {
    /// Always `decision`.
    object: &'static str,
    /// `dec_…`
    #[schema(value_type = String)]
    id: DecisionId,
    #[schema(value_type = String)]
    application: ApplicationId,
    #[schema(value_type = String)]
    attempt: AttemptId,
    /// `approve`, `resubmit`, `review` or `reject`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// `system` or `staff`.
    decided_by: &'static str,
    decided_at: When,
    reasons: Vec<ReasonDto>,
    /// Steps to do again.
    #[schema(value_type = Vec<String>)]
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<String>,
    /// What whoever decided wrote for the applicant, if anything; only the owner gets it.
    #[serde(skip_serializing_if = "Option::is_none", with = "full_view_option")]
    #[schema(value_type = Option<String>, max_length = 4000)]
    remark: Option<Personal>,
}

/// Why.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ReasonDto {
    /// The code an applicant may see.
    #[schema(value_type = String)]
    public_code: Code,
    /// The inner code; only with the scope `reasons:internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    code: Option<Code>,
    /// The step to do again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    step: Option<Step>,
    /// All steps to do again.
    #[schema(value_type = Vec<String>)]
    steps: Vec<Step>,
    /// One of them is enough.
    choice: bool,
    /// What to tell the person, in `zh-CN` and `en`.
    #[schema(value_type = Object)]
    text: Text,
    /// Where it shows: `[x, y, w, h]` in pixels of the upright picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Vec<f32>>)]
    boxes: Vec<Region>,
}

/// One submission.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Attempt {
    /// Always `attempt`.
    object: &'static str,
    /// `att_…`
    #[schema(value_type = String)]
    id: AttemptId,
    /// The n-th, from 1.
    number: u32,
    submitted_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_sha256: Option<String>,
    /// First to last.
    decisions: Vec<Decision>,
    /// Answers to consents when it was submitted, by kind.
    #[schema(value_type = HashMap<String, ConsentDto>)]
    consents: BTreeMap<Consent, ConsentDto>,
    /// `live` or `file`, as the client said.
    #[serde(skip_serializing_if = "Option::is_none")]
    selfie_origin: Option<&'static str>,
    elapsed_ms: ElapsedDto,
}

/// An answer to a consent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ConsentDto {
    /// `given` or `refused`.
    answer: &'static str,
    /// Version of the text that was shown.
    text_version: String,
    locale: String,
    at: When,
}

/// How long an attempt lay with whom, milliseconds; `null` where it did not lie, or lies still.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ElapsedDto {
    /// With the machine.
    system: Option<i64>,
    /// With people.
    staff: Option<i64>,
    /// With the applicant, before it was submitted.
    applicant: Option<i64>,
}

impl From<&Answered> for ConsentDto {
    fn from(answered: &Answered) -> Self {
        Self {
            answer: if answered.answer == Answer::Given { "given" } else { "refused" },
            text_version: answered.text_version.clone(),
            locale: answered.locale.clone(),
            at: When(answered.at),
        }
    }
}

impl ReasonDto {
    pub(crate) fn new(reason: &Reason, internal: bool, boxes: Vec<Region>) -> Self {
        Self {
            public_code: reason.public_code,
            code: internal.then_some(reason.code),
            step: reason.step,
            steps: reason.steps.clone(),
            choice: reason.choice,
            text: reason.text.clone(),
            boxes,
        }
    }
}

impl From<&StepView> for StepDto {
    fn from(step: &StepView) -> Self {
        Self {
            name: step.name,
            state: step.state.as_str(),
            tries_left: step.tries_left,
            locked_until: step.locked_until.map(When),
            challenge: step.challenge,
        }
    }
}

impl From<&DecisionView> for Decision {
    fn from(decision: &DecisionView) -> Self {
        let reasons = decision.reasons.iter();
        Self {
            object: "decision",
            id: decision.id,
            application: decision.application,
            attempt: decision.attempt,
            outcome: decision.outcome,
            decided_by: if decision.by_staff { "staff" } else { "system" },
            decided_at: When(decision.at),
            reasons: reasons.map(|reason| ReasonDto::new(reason, decision.internal, Vec::new())).collect(),
            steps: decision.steps.clone(),
            policy_version: decision.policy.clone(),
            remark: decision.remark.clone(),
        }
    }
}

impl Application {
    /// From what `engine` answers; no `From`, whose lifetime would be fixed too early for a handler.
    pub(super) fn of(view: &ApplicationView) -> Self {
        Self {
            object: "application",
            id: view.id,
            account: view.account,
            purpose: view.purpose,
            requested_level: view.requested_level,
            status: view.status,
            version: view.version,
            created_at: When(view.created_at),
            steps: view.steps.iter().map(StepDto::from).collect(),
            attempt_count: view.attempt_count,
            latest_decision: view.latest_decision.as_ref().map(Decision::from),
            due_at: view.due_at.map(When),
            review_due_at: view.review_due_at.map(When),
            person_offered: view.person_offered,
        }
    }
}

impl From<&AttemptView> for Attempt {
    fn from(attempt: &AttemptView) -> Self {
        let made_with = attempt.made_with.as_ref();
        Self {
            object: "attempt",
            id: attempt.id,
            number: attempt.number,
            submitted_at: When(attempt.submitted_at),
            policy_version: attempt.policy.clone(),
            policy_sha256: attempt.policy_sha256.clone(),
            decisions: attempt.decisions.iter().map(Decision::from).collect(),
            consents: made_with
                .into_iter()
                .flat_map(|made_with| &made_with.consents)
                .map(|(kind, answered)| (*kind, ConsentDto::from(answered)))
                .collect(),
            selfie_origin: made_with.and_then(|made_with| made_with.selfie).map(|capture| match capture {
                Capture::Live => "live",
                Capture::File => "file",
            }),
            elapsed_ms: ElapsedDto {
                system: attempt.elapsed.system_ms,
                staff: attempt.elapsed.staff_ms,
                applicant: attempt.elapsed.applicant_ms,
            },
        }
    }
}
