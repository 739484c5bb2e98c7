//! One event on one application: what it makes of it, and everything that is written with that.

use super::counting::Counters;
use super::refusal::refused;
use crate::service::{Caller, Error, Job, Principal, Scope, Service, Subject};
use serde_json::Value;
use shiming_domain::application::{Application, Event, EventKind, Row, Rules, State};
use shiming_domain::counters::IdIndex;
use shiming_domain::id::{ApplicationId, EventId};
use shiming_domain::notice::Notice;
use shiming_domain::reason::Step;
use shiming_domain::steps::{Content, Side};
use shiming_store::Tx;
use shiming_store::application::{self as stored, Capture, FileUsed, MadeWith, StoredApplication};
use shiming_store::audit::{Actor, Audit};
use std::collections::BTreeMap;

/// The program that judged, as attempts remember it.
const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Something that happens, who did it, and what the audit row says of it besides.
pub(super) struct Happens<'a> {
    pub(super) by: &'a Actor,
    pub(super) event: Event,
    pub(super) facts: Vec<(&'static str, Value)>,
}

/// What came of it.
pub(super) struct Moved {
    pub(super) application: Application,
    /// Of the state that was written.
    pub(super) version: u64,
}

/// The policy's rules for applications.
pub(super) fn rules(service: &Service) -> Rules {
    Rules::from(service.policy().rules())
}

/// Reads an application for a job.
pub(super) async fn load(tx: &mut Tx, id: ApplicationId) -> Result<StoredApplication, Error> {
    stored::load(tx, id).await?.ok_or_else(Error::not_found)
}

/// Reads an application for somebody who may see it; for everybody else there is none.
pub(super) async fn open(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
) -> Result<StoredApplication, Error> {
    let found = load(tx, id).await?;
    let may = match &caller.principal {
        Principal::Applicant { account, .. } => found.application.account == *account,
        Principal::Phone { application, .. } => id == *application,
        Principal::Staff { .. } | Principal::System => true,
        Principal::Integrator { .. } => caller.has_scope(Scope::ApplicationsWrite),
        Principal::Anyone => false,
    };
    if may { Ok(found) } else { Err(Error::not_found()) }
}

/// An event of a caller.
pub(super) fn event(service: &Service, caller: &Caller, kind: EventKind) -> Result<Event, Error> {
    let by = caller.application_actor().ok_or_else(Error::not_found)?;
    Ok(Event { id: service.id(EventId::at), by, kind })
}

/// The blind index of the number in the form.
pub(super) async fn number(tx: &mut Tx, id: ApplicationId) -> Result<Option<IdIndex>, Error> {
    Ok(stored::form(tx, id).await?.map(|form| form.number_index))
}

/// Lets an event happen and writes what came of it: state, attempt, counters, audit row, jobs.
pub(super) async fn apply(
    service: &Service,
    tx: &mut Tx,
    found: StoredApplication,
    happens: Happens<'_>,
) -> Result<Moved, Error> {
    let StoredApplication { application, version, .. } = found;
    let Happens { by, event, facts } = happens;
    let (id, before) = (event.id, application.state().name());
    let attempt_before = application.state().attempt().map(|attempt| attempt.id);
    let moved =
        application.apply(event, &rules(service), service.now()).map_err(|illegal| refused(&illegal))?;
    let next = moved.next;
    let Some(row) = moved.row else {
        return Ok(Moved { application: next, version });
    };
    stored::save(tx, &next, version, service.now()).await?;
    if let Some(attempt) = next.state().attempt().filter(|attempt| Some(attempt.id) != attempt_before) {
        let files = files_used(tx, &next).await?;
        let made_with =
            MadeWith { consents: stored::consents(tx, next.id).await?, selfie: capture(next.state()) };
        stored::insert_attempt(tx, next.id, &attempt, &files, (&made_with, APP_VERSION)).await?;
    }
    let number = number(tx, next.id).await?;
    let counters = Counters { service, application: &next, number };
    let (effects, locked) = counters.count(tx, moved.effects).await?;
    if let Some(until) = locked {
        let params = [("time", until.to_string())].into();
        crate::notice::tell(service, tx, next.account, Notice::StepLocked, params, service.now()).await?;
    }
    let subject = Subject { account: next.account, application: Some(next.id) };
    service.push_effects(tx, id, subject, &effects).await?;
    wake_at_next_timer(service, tx, &next).await?;
    let mut audit = Audit::new(by, action(row), "application", next.id)
        .with("event", id.to_string())
        .with("row", row.number())
        .with("from", before.as_str())
        .with("to", next.state().name().as_str());
    if let Some(attempt) = next.state().attempt() {
        audit = audit.with("attempt", attempt.id.to_string()).with("number", attempt.number);
    }
    let audit = facts.into_iter().fold(audit, |audit, (name, value)| audit.with(name, value));
    tx.audit(&audit, service.now()).await?;
    Ok(Moved { application: next, version: version + 1 })
}

/// The clock looks again when something becomes due.
pub(super) async fn wake_at_next_timer(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
) -> Result<(), Error> {
    let now = service.now();
    let timers = application.timers(&rules(service));
    if let Some(timer) = timers.iter().find(|timer| timer.at > now) {
        service.push(tx, &Job::ApplicationClock { application: application.id }, timer.at).await?;
    }
    Ok(())
}

/// How the selfie was taken, if there is one.
fn capture(state: &State) -> Option<Capture> {
    match state.steps()?.get(Step::Selfie)?.content {
        Content::Selfie { live: true, .. } => Some(Capture::Live),
        Content::Selfie { live: false, .. } => Some(Capture::File),
        _ => None,
    }
}

/// The files that the steps hold.
async fn files_used(tx: &mut Tx, application: &Application) -> Result<BTreeMap<Step, FileUsed>, Error> {
    let mut used = BTreeMap::new();
    for step in [Step::PortraitSide, Step::EmblemSide, Step::Selfie, Step::Evidence] {
        let Some(id) = file_of(application.state(), step) else { continue };
        let Some(file) = stored::file(tx, id).await? else { continue };
        let text = |hash| shiming_vault::digest::Sha256::from_bytes(hash).to_string();
        let (sha256, stored_sha256) = (text(file.sha256), text(file.stored_sha256));
        used.insert(step, FileUsed { id, sha256, stored_sha256 });
    }
    Ok(used)
}

/// The file a step holds.
pub(super) fn file_of(state: &State, step: Step) -> Option<shiming_domain::id::FileId> {
    match state.steps()?.get(step)?.content {
        Content::Side(Side::Portrait | Side::Emblem, file)
        | Content::Evidence(file)
        | Content::Selfie { file, .. } => Some(file),
        Content::Consents(_) | Content::Form | Content::Channel(_) => None,
    }
}

const fn action(row: Row) -> &'static str {
    match row {
        Row::Create => "application.create",
        Row::SaveStep => "application.save_step",
        Row::Submit | Row::SubmitAgain => "application.submit",
        Row::ChecksPassed => "application.checks_passed",
        Row::ChecksRetry => "application.checks_retry",
        Row::ChecksReview => "application.checks_review",
        Row::SourcePending => "application.source_pending",
        Row::SourceAnswered => "application.source_answered",
        Row::SourceGaveUp => "application.source_gave_up",
        Row::AskHuman => "application.ask_human",
        Row::ReviewApprove => "application.review_approve",
        Row::ReviewResubmit => "application.review_resubmit",
        Row::ReviewReject => "application.review_reject",
        Row::Reopen => "application.reopen",
        Row::Withdraw => "application.withdraw",
        Row::TimeOut => "application.time_out",
    }
}
