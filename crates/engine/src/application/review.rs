//! Decisions of people on an application, for the review that works out who they are and what they hold.
//!
//! Each runs in the caller's transaction, beside the case that it decides.

use super::approve::{self, claim_by_people};
use super::moves::{Happens, apply, load, number, rules};
use super::view::record;
use crate::service::{Error, Kind, Refused, Service};
use serde_json::json;
use shiming_domain::Outcome;
use shiming_domain::application::{
    self as domain, Application, Ask, DocumentProof, Event, EventKind, FaceProof, Findings, ReopenCause,
    Review,
};
use shiming_domain::check::{CheckResult, Requirement, Status};
use shiming_domain::id::{ApplicationId, AttemptId, CaseId, DecisionId, EventId};
use shiming_domain::moment::Span;
use shiming_domain::reason::{AppliedKind, Code, Reason, Step};
use shiming_domain::replay::Record;
use shiming_domain::verification::DocumentTerm;
use shiming_store::Tx;
use shiming_store::application::{self as stored, NewDecision, StoredApplication};
use shiming_store::audit::Actor;

/// Who decides.
#[derive(Clone, Copy, Debug)]
pub struct Decider<'a> {
    /// As transitions name them.
    pub by: domain::Actor,
    /// As audit rows name them.
    pub actor: &'a Actor,
    /// The note they wrote for the applicant.
    pub remark: Option<EventId>,
}

/// What an approval rests on.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    /// What the document was seen by.
    pub document: DocumentProof,
    /// What the face was seen by.
    pub face: FaceProof,
    /// Until when the document is current, if the reviewer says so; otherwise as it was read.
    pub term: Option<DocumentTerm>,
}

/// Approves (transition 12).
pub async fn approve(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
    decider: Decider<'_>,
    review: Review,
    basis: Basis,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    let (application, attempt) = current(&found)?;
    let record = record(service, tx, &application, attempt).await?;
    let findings = record.as_ref().map_or_else(Findings::default, findings_of);
    let read = record.as_ref().and_then(|record| approve::term(&record.evidence));
    let Some(term) = basis.term.or(read) else {
        let detail = "The end of the document could not be read. Say until when it is current.";
        return Err(Refused::new(Kind::Unacceptable, "document_term_unknown", detail).into());
    };
    let Basis { document, face, .. } = basis;
    let kind = EventKind::ReviewApprove { review, findings, document, face };
    let index = number(tx, id).await?.ok_or(Error::Internal("form_missing"))?;
    claim_by_people(service, tx, &application, index).await?;
    stored::keep_term(tx, attempt, term).await?;
    let made = Made { attempt, outcome: Outcome::Approve, reasons: Vec::new(), steps: Vec::new() };
    decide(service, tx, found, decider, kind, made).await
}

/// Sends back (transition 13).
pub async fn resubmit(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
    decider: Decider<'_>,
    review: Review,
    asks: Vec<Ask>,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    let (_, attempt) = current(&found)?;
    let reason = |ask: &Ask| Reason::given(ask.code, AppliedKind::Retry, vec![ask.step]);
    let reasons = asks.iter().map(reason).collect();
    let mut steps: Vec<Step> = asks.iter().map(|ask| ask.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let made = Made { attempt, outcome: Outcome::Resubmit, reasons, steps };
    decide(service, tx, found, decider, EventKind::ReviewResubmit { review, asks }, made).await
}

/// Rejects (transition 14).
pub async fn reject(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
    decider: Decider<'_>,
    review: Review,
    reasons: Vec<Code>,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    let (_, attempt) = current(&found)?;
    let until = service.calendar().day(service.now() + appeal_window(service)).date();
    let given = reasons.iter().map(|code| Reason::rejected(*code, until)).collect();
    let made = Made { attempt, outcome: Outcome::Reject, reasons: given, steps: Vec::new() };
    decide(service, tx, found, decider, EventKind::ReviewReject { review, reasons }, made).await
}

/// Opens a rejection again (transition 15). The case is opened by the effect, for other reviewers.
pub async fn reopen(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
    decider: Decider<'_>,
    case: CaseId,
    cause: ReopenCause,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    let kind = EventKind::Reopen { case, cause };
    let event = Event { id: service.id(EventId::at), by: decider.by, kind };
    let facts = vec![("cause", json!(cause)), ("case", json!(case))];
    apply(service, tx, found, Happens { by: decider.actor, event, facts }).await?;
    Ok(())
}

/// What the checks left for a person, as a record has it.
pub(crate) fn findings_of(record: &Record) -> Findings {
    let failed =
        |check: &CheckResult| check.status == Status::Fail && check.requirement == Requirement::Required;
    Findings {
        reasons: record.decision.reasons.iter().map(|reason| reason.code).collect(),
        required_failed: record.decision.checks.iter().any(failed),
    }
}

/// How long a rejection may be objected to.
pub(crate) fn appeal_window(service: &Service) -> Span {
    rules(service).appeal_window
}

/// What the checks found on an attempt, as far as its key is still there.
pub async fn record_of(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<Record>, Error> {
    let found = load(tx, id).await?;
    record(service, tx, &found.application, attempt).await
}

fn current(found: &StoredApplication) -> Result<(Application, AttemptId), Error> {
    let gone = || Refused::new(Kind::Conflict, "transition_not_listed", "There is nothing to decide here.");
    let attempt = found.application.state().attempt().ok_or_else(gone)?;
    Ok((found.application.clone(), attempt.id))
}

/// A decision as it is kept.
struct Made {
    attempt: AttemptId,
    outcome: Outcome,
    reasons: Vec<Reason>,
    steps: Vec<Step>,
}

async fn decide(
    service: &Service,
    tx: &mut Tx,
    found: StoredApplication,
    decider: Decider<'_>,
    kind: EventKind,
    made: Made,
) -> Result<(), Error> {
    let id = service.id(DecisionId::at);
    let new = NewDecision {
        id,
        application: found.application.id,
        attempt: made.attempt,
        at: service.now(),
        by_staff: true,
        outcome: made.outcome,
        reasons: &made.reasons,
        steps: &made.steps,
        body: None,
        remark: decider.remark,
    };
    stored::insert_decision(tx, &new).await?;
    let codes: Vec<Code> = made.reasons.iter().map(|reason| reason.code).collect();
    let facts = vec![("decision", json!(id)), ("codes", json!(codes))];
    let event = Event { id: service.id(EventId::at), by: decider.by, kind };
    apply(service, tx, found, Happens { by: decider.actor, event, facts }).await?;
    Ok(())
}
