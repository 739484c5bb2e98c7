//! What is shown of an application.

use super::counting::Counters;
use super::handoff;
use super::moves::{open, rules};
use crate::service::{Caller, Error, Principal, Scope, Service};
use shiming_domain::Outcome;
use shiming_domain::application::{Application, Purpose, State, StateName};
use shiming_domain::counters::{Counter, Rule, Standing};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, DecisionId};
use shiming_domain::moment::Timestamp;
use shiming_domain::personal::Personal;
use shiming_domain::policy::Challenge;
use shiming_domain::reason::{Reason, Step};
use shiming_domain::replay::Record;
use shiming_store::Tx;
use shiming_store::application::{self as stored, MadeWith, StoredDecision};
use shiming_vault::keys;
use std::collections::BTreeMap;

/// An application as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationView {
    /// Its id.
    pub id: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// What for.
    pub purpose: Purpose,
    /// The level asked for.
    pub requested_level: u8,
    /// Where it is.
    pub status: StateName,
    /// Counts its changes.
    pub version: u64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Its steps, in the order of the flow; none once it has ended.
    pub steps: Vec<StepView>,
    /// Submissions so far.
    pub attempt_count: u32,
    /// The last decision.
    pub latest_decision: Option<DecisionView>,
    /// Until when the applicant must act or may appeal, or when a person of ours will have decided.
    pub due_at: Option<Timestamp>,
    /// While people look at it: by when they promised to be done.
    pub review_due_at: Option<Timestamp>,
    /// A person may be asked for now.
    pub person_offered: bool,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// To be done again.
    Redo,
    /// No tries are left for now.
    Locked,
}

impl StepState {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Redo => "redo",
            Self::Locked => "locked",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// Which.
    pub name: Step,
    /// How it stands.
    pub state: StepState,
    /// Tries left, where they are counted.
    pub tries_left: Option<u32>,
    /// Until when it is locked, if time helps.
    pub locked_until: Option<Timestamp>,
    /// Of the selfie: whether a live challenge may or must come first.
    pub challenge: Option<Challenge>,
}

/// A decision as far as the caller may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionView {
    /// Its id.
    pub id: DecisionId,
    /// On which application.
    pub application: ApplicationId,
    /// On which attempt.
    pub attempt: AttemptId,
    /// When.
    pub at: Timestamp,
    /// By a person.
    pub by_staff: bool,
    /// What follows. A rejection the machine only proposes is a review.
    pub outcome: Outcome,
    /// Why. `code` is the public one unless `internal` is set.
    pub reasons: Vec<Reason>,
    /// Steps to do again.
    pub steps: Vec<Step>,
    /// Label of the policy.
    pub policy: Option<String>,
    /// The caller may see the inner codes.
    pub internal: bool,
    /// What whoever decided wrote for the applicant. Machines do not get it: it is free text about a person.
    pub remark: Option<Personal>,
}

/// One submission.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptView {
    /// Its id.
    pub id: AttemptId,
    /// The n-th.
    pub number: u32,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The policy it was judged under.
    pub policy: Option<String>,
    /// SHA-256 of that policy's text.
    pub policy_sha256: Option<String>,
    /// The decisions on it, first to last.
    pub decisions: Vec<DecisionView>,
    /// What it was made with, as far as that was kept.
    pub made_with: Option<MadeWith>,
    /// How long each had it.
    pub elapsed: Elapsed,
}

/// How long an attempt lay with whom, milliseconds; none where it did not lie, or lies still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elapsed {
    /// With the machine, until it decided.
    pub system_ms: Option<i64>,
    /// With people, until the last of them decided.
    pub staff_ms: Option<i64>,
    /// With the applicant, before it was submitted.
    pub applicant_ms: Option<i64>,
}

impl Elapsed {
    /// Of an attempt: since when the applicant had it, when it was submitted, and when which decision was made.
    fn of(given: Timestamp, submitted: Timestamp, decisions: &[(Timestamp, bool)]) -> Self {
        let between = |from: Timestamp, to: Timestamp| (to.unix_us() - from.unix_us()).max(0) / 1000;
        let machine = decisions.iter().find(|(_, by_staff)| !by_staff).map(|(at, _)| *at);
        let person = decisions.iter().rev().find(|(_, by_staff)| *by_staff).map(|(at, _)| *at);
        Self {
            system_ms: machine.map(|at| between(submitted, at)),
            staff_ms: person.map(|at| between(machine.unwrap_or(submitted), at)),
            applicant_ms: Some(between(given, submitted)),
        }
    }
}

/// An application.
pub async fn view(service: &Service, caller: &Caller, id: ApplicationId) -> Result<ApplicationView, Error> {
    let mut tx = service.store().read().await?;
    let found = open(&mut tx, caller, id).await?;
    of(service, &mut tx, caller, &found.application, found.version).await
}

/// An account's applications begun before, newest first.
pub async fn list(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<ApplicationView>, Error> {
    let own = caller.account() == Some(account);
    if !own && caller.staff().is_none() && !caller.has_scope(Scope::ApplicationsWrite) {
        return Err(Error::not_found());
    }
    let mut tx = service.store().read().await?;
    let mut views = Vec::new();
    for found in stored::of_account(&mut tx, account, before, limit.min(100)).await? {
        views.push(of(service, &mut tx, caller, &found.application, found.version).await?);
    }
    Ok(views)
}

/// The submissions of an application.
pub async fn attempts(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
) -> Result<Vec<AttemptView>, Error> {
    let mut tx = service.store().read().await?;
    let found = open(&mut tx, caller, id).await?;
    let decisions = stored::decisions(&mut tx, id).await?;
    let mut views = Vec::new();
    let mut given = found.application.created_at;
    for attempt in stored::attempts(&mut tx, id).await? {
        let mut of_it = Vec::new();
        let made = decisions.iter().filter(|decision| decision.attempt == attempt.attempt.id);
        let made: Vec<_> = made.map(|decision| (decision.at, decision.by_staff)).collect();
        let elapsed = Elapsed::of(given, attempt.attempt.submitted_at, &made);
        given = made.last().map_or(attempt.attempt.submitted_at, |(at, _)| *at);
        for decision in decisions.iter().filter(|decision| decision.attempt == attempt.attempt.id) {
            of_it.push(shown(service, &mut tx, caller, &found.application, decision.clone()).await?);
        }
        let (policy, policy_sha256) = attempt.policy.unzip();
        views.push(AttemptView {
            id: attempt.attempt.id,
            number: attempt.attempt.number,
            submitted_at: attempt.attempt.submitted_at,
            policy,
            policy_sha256,
            decisions: of_it,
            made_with: attempt.made_with,
            elapsed,
        });
    }
    Ok(views)
}

/// One decision.
pub async fn decision(service: &Service, caller: &Caller, id: DecisionId) -> Result<DecisionView, Error> {
    let mut tx = service.store().read().await?;
    let decision = stored::decision(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let found = open(&mut tx, caller, decision.application).await?;
    shown(service, &mut tx, caller, &found.application, decision).await
}

/// An application as its caller may see it.
pub(super) async fn of(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    application: &Application,
    version: u64,
) -> Result<ApplicationView, Error> {
    let state = application.state();
    let (number, attempt_count) = stored::number_and_attempts(tx, application.id).await?;
    let names = steps_of(state);
    let standings = if names.is_empty() {
        Vec::new()
    } else {
        Counters { service, application, number }.of_steps(tx, &names).await?
    };
    let steps: Vec<StepView> =
        names.iter().zip(&standings).map(|(step, of)| step_view(service, state, *step, of)).collect();
    // A decision is one on an attempt.
    let latest = if attempt_count > 0 { stored::latest_decision(tx, application.id).await? } else { None };
    let latest_decision = match latest {
        Some(latest) => Some(shown(service, tx, caller, application, latest).await?),
        None => None,
    };
    let due_at = match state {
        State::Rejected { appeal_until, .. } => Some(*appeal_until),
        State::ManualReview { case, since, .. } => {
            Some(crate::review::promised(service, tx, *case, *since).await?)
        }
        _ => state.times_out_at(&rules(service)),
    };
    let review_due_at = match state {
        State::ManualReview { .. } => review_due(tx, application.id).await?,
        _ => None,
    };
    let person_offered = person_offered(service, state, &steps);
    let whole = ApplicationView {
        id: application.id,
        account: application.account,
        purpose: application.purpose,
        requested_level: application.requested_level,
        status: state.name(),
        version,
        created_at: application.created_at,
        steps,
        attempt_count,
        latest_decision,
        due_at,
        review_due_at,
        person_offered,
    };
    Ok(if matches!(caller.principal, Principal::Phone { .. }) { handoff::for_phone(whole) } else { whole })
}

/// The date people were told last; it moves only when they are told again.
async fn review_due(tx: &mut Tx, id: ApplicationId) -> Result<Option<Timestamp>, Error> {
    let newest = shiming_store::case::of_application(tx, id).await?.pop();
    Ok(newest.map(|case| {
        let told = case.facts.told_due_us.and_then(|us| Timestamp::from_unix_us(us).ok());
        told.unwrap_or(case.due_at)
    }))
}

fn steps_of(state: &State) -> Vec<Step> {
    let Some(held) = state.steps() else { return Vec::new() };
    let mut steps = vec![Step::Consent, Step::Form, Step::PortraitSide, Step::EmblemSide];
    if !held.face_refused() {
        steps.push(Step::Selfie);
    }
    for further in [Step::Channel, Step::Evidence] {
        if asked(state, further) || held.get(further).is_some() {
            steps.push(further);
        }
    }
    steps
}

/// To be done again, and not yet done.
fn asked(state: &State, step: Step) -> bool {
    matches!(state, State::Resubmit { asked, redone, .. } if asked.contains(&step) && !redone.contains(&step))
}

fn step_view(
    service: &Service,
    state: &State,
    step: Step,
    standings: &BTreeMap<Counter, Standing>,
) -> StepView {
    let done = state.steps().is_some_and(|held| held.is_done(step, &rules(service).consents));
    let redo = asked(state, step);
    let can_change = redo || matches!(state, State::Draft { .. });
    let closed = standings.values().find(|standing| !standing.is_open());
    // A counter that only offers a person takes no tries away.
    let refuses = |counter: &Counter| Rule::of(*counter, service.policy()).when_full.refuses();
    let left = |(counter, standing): (&Counter, &Standing)| match standing {
        Standing::Free { left } => refuses(counter).then_some(*left),
        Standing::Full { then, .. } => then.refuses().then_some(0),
    };
    let locked_until = match closed {
        Some(Standing::Full { until, .. }) if can_change => *until,
        _ => None,
    };
    let state = match (redo, done) {
        _ if can_change && closed.is_some() => StepState::Locked,
        (true, _) => StepState::Redo,
        (false, true) => StepState::Done,
        (false, false) => StepState::Open,
    };
    let tries_left = standings.iter().filter_map(left).min().filter(|_| can_change);
    let challenge = (step == Step::Selfie).then_some(service.policy().liveness.challenge);
    StepView { name: step, state, tries_left, locked_until, challenge }
}

fn person_offered(service: &Service, state: &State, steps: &[StepView]) -> bool {
    let (State::Draft { steps: held, .. } | State::Resubmit { steps: held, .. }) = state else {
        return false;
    };
    let sent_back = state.attempt().map_or(0, |attempt| attempt.number);
    let failed = held.tries_refused().saturating_add(sent_back);
    let locked = steps.iter().any(|step| step.state == StepState::Locked);
    held.has_form() && (locked || failed >= rules(service).person_offered_after)
}

/// A decision with the texts the applicant reads. The masked values in them lie in the sealed record; once
/// that is gone, "…" stands in their place.
async fn shown(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    application: &Application,
    decision: StoredDecision,
) -> Result<DecisionView, Error> {
    let policy = decision.body.as_ref().map(|body| body.policy.label.clone());
    let mut reasons = decision.reasons;
    if !decision.by_staff
        && !reasons.is_empty()
        && let Some(record) = record(service, tx, application, decision.attempt).await?
    {
        let same = |reason: &Reason, full: &&Reason| full.code == reason.code && full.steps == reason.steps;
        for reason in &mut reasons {
            if let Some(full) = record.decision.reasons.iter().find(|full| same(reason, full)) {
                reason.text = full.text.clone();
            }
        }
    }
    let internal = match &caller.principal {
        Principal::Staff { .. } | Principal::System => true,
        Principal::Integrator { .. } => caller.has_scope(Scope::ReasonsInternal),
        Principal::Applicant { .. } | Principal::Phone { .. } | Principal::Anyone => false,
    };
    let addressed = matches!(
        &caller.principal,
        Principal::Staff { .. } | Principal::System | Principal::Applicant { .. }
    );
    let remark = decision.remark.filter(|_| addressed);
    let remark = crate::review::remark(service, tx, application.account, remark).await?;
    let mut outcome = decision.outcome;
    if !internal {
        for reason in &mut reasons {
            reason.code = reason.public_code;
            reason.checks = Vec::new();
        }
        reasons.dedup_by(|a, b| a.code == b.code && a.steps == b.steps);
        if outcome == Outcome::Reject && !decision.by_staff {
            outcome = Outcome::Review;
        }
    }
    Ok(DecisionView {
        id: decision.id,
        application: decision.application,
        attempt: decision.attempt,
        at: decision.at,
        by_staff: decision.by_staff,
        outcome,
        reasons,
        steps: decision.steps,
        policy,
        internal,
        remark,
    })
}

/// The place of a sealed record.
pub(super) const RECORD: &str = "record";

/// The record of an attempt, unless there is none or its key was destroyed.
pub(super) async fn record(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    attempt: AttemptId,
) -> Result<Option<Record>, Error> {
    let Some(sealed) = stored::attempt(tx, attempt).await?.and_then(|attempt| attempt.record) else {
        return Ok(None);
    };
    let (subject, place) = (application.account.to_string(), attempt.to_string());
    let opened = service.unseal(tx, &subject, keys::Purpose::Document, RECORD, &place, &sealed).await;
    match opened {
        Ok(plain) => {
            Ok(Some(Record::from_json(plain.as_bytes()).map_err(|_| Error::Internal("record_json"))?))
        }
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_lies_with_whoever_has_it() {
        let at = |s| Timestamp::from_unix_s(s).unwrap_or(Timestamp::MIN);
        let elapsed = |system_ms, staff_ms| Elapsed { system_ms, staff_ms, applicant_ms: Some(60_000) };
        let of = |decisions: &[(Timestamp, bool)]| Elapsed::of(at(0), at(60), decisions);
        assert_eq!(of(&[]), elapsed(None, None));
        assert_eq!(of(&[(at(63), false)]), elapsed(Some(3_000), None));
        assert_eq!(of(&[(at(63), false), (at(163), true)]), elapsed(Some(3_000), Some(100_000)));
        // Opened again after an appeal: people had it until the last of them decided.
        let twice = [(at(63), false), (at(163), true), (at(1_063), true)];
        assert_eq!(of(&twice), elapsed(Some(3_000), Some(1_000_000)));
        assert_eq!(of(&[(at(90), true)]), elapsed(None, Some(30_000)), "a person was asked for");
    }
}
