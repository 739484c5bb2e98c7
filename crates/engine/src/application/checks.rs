//! The checks of an attempt: pictures to evidence, evidence to a decision, the decision to an event.
//!
//! Looking takes seconds and happens outside of any transaction. Everything else is read in the transaction
//! that writes the outcome, so that nothing decided here rests on what was true a while ago.

use super::approve::{self, Claim};
use super::file::{FILE, purpose};
use super::moves::{Happens, apply, load};
use super::view::{RECORD, record as stored_record};
use super::{counting, form, liveness, twins};
use crate::outside::Finding;
use crate::service::{Caller, Error, Job, Service};
use crate::{Given, Pictures, RunError};
use serde_json::json;
use shiming_domain::application::{Actor, Application, Event, EventKind, Findings, ReviewCause, State};
use shiming_domain::check::{Check, Requirement};
use shiming_domain::counters::IdIndex;
use shiming_domain::effect::Run;
use shiming_domain::evidence::Evidence;
use shiming_domain::id::{ApplicationId, AttemptId, CaseId, DecisionId, EventId, PersonId};
use shiming_domain::known::{Known, SourceFinding};
use shiming_domain::reason::{Code, EarlierReasons, Step};
use shiming_domain::replay::Record;
use shiming_domain::steps::Steps;
use shiming_domain::{Context, Declared, History, Outcome, Rule};
use shiming_idcard::name::{NameMatch, compare};
use shiming_store::application::{self as stored, FileUsed, NewDecision, StoredApplication, StoredAttempt};
use shiming_store::audit::Audit;
use shiming_store::{Tx, person};
use shiming_vault::digest::Sha256;
use shiming_vault::keys::Purpose;
use shiming_vault::seal::Plain;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Runs them. Does nothing when the attempt is no longer the one that matters, or was decided.
pub(crate) async fn run(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
    run: Run,
) -> Result<(), Error> {
    let Some(evidence) = evidence(service, application, attempt).await? else { return Ok(()) };
    again!(settle(service, application, attempt, run, &evidence))
}

/// Whether the outcome of an attempt still matters: to decide, or to the person who looks.
fn matters(application: &Application, attempt: AttemptId) -> bool {
    let state = application.state();
    let awaited = matches!(state, State::Checking { .. } | State::ManualReview { .. });
    awaited && state.attempt().is_some_and(|current| current.id == attempt)
}

/// The facts of an attempt: as they were found before, or by looking now.
async fn evidence(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<Evidence>, Error> {
    let mut tx = service.store().read().await?;
    let found = load(&mut tx, application).await?.application;
    if !matters(&found, attempt) {
        return Ok(None);
    }
    if let Some(record) = stored_record(service, &mut tx, &found, attempt).await? {
        return Ok(Some(record.evidence));
    }
    let attempt = stored::attempt(&mut tx, attempt).await?.ok_or(Error::Internal("attempt_missing"))?;
    drop(tx);
    let pictures = Pictures {
        portrait_side: picture(service, &found, &attempt, Step::PortraitSide).await?,
        emblem_side: picture(service, &found, &attempt, Step::EmblemSide).await?,
        selfie: picture(service, &found, &attempt, Step::Selfie).await?,
    };
    let challenge = liveness::of_attempt(service, &found, &attempt).await?;
    let slot = Arc::clone(service.inference()).acquire_owned().await;
    let slot = slot.map_err(|_| Error::Internal("inference_closed"))?;
    let eyes = Arc::clone(service.eyes());
    let looked = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let mut evidence = eyes.evidence(Pictures {
            portrait_side: as_given(pictures.portrait_side.as_ref()),
            emblem_side: as_given(pictures.emblem_side.as_ref()),
            selfie: as_given(pictures.selfie.as_ref()),
        })?;
        if let Some(liveness::Shown { evidence: mut shown, frame }) = challenge {
            if let (Some(still), Some(frame)) = (&pictures.selfie, &frame) {
                shown.still_distance = eyes.face_distance(still.as_bytes(), frame)?;
            }
            evidence.liveness = Some(shown);
        }
        Ok::<_, RunError>(evidence)
    });
    Ok(Some(looked.await.map_err(|_| Error::Internal("checks_panicked"))??))
}

fn as_given(picture: Option<&Plain>) -> Given<'_> {
    picture.map_or(Given::Missing, |plain| Given::Bytes(plain.as_bytes()))
}

/// A picture as it was submitted, opened.
async fn picture(
    service: &Service,
    application: &Application,
    attempt: &StoredAttempt,
    step: Step,
) -> Result<Option<Plain>, Error> {
    let Some(FileUsed { id, .. }) = attempt.files.get(&step) else { return Ok(None) };
    let mut tx = service.store().read().await?;
    let sealed = match service.blobs().get(*id).await {
        // Its time is over, or its owner took the consent back. One that is lost is our fault, never theirs.
        Err(shiming_store::Error::BlobMissing)
            if stored::is_file_over(&mut tx, *id, service.now()).await? =>
        {
            return Ok(None);
        }
        sealed => sealed?,
    };
    let owner = application.account.to_string();
    match service.unseal(&mut tx, &owner, purpose(step), FILE, &id.to_string(), &sealed).await {
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        plain => plain.map(Some),
    }
}

/// A picture of a submission, for whoever reviews it. The look is the caller's to audit.
pub(crate) async fn submitted_picture(
    service: &Service,
    id: ApplicationId,
    attempt: AttemptId,
    step: Step,
) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = service.store().read().await?;
    let found = load(&mut tx, id).await?;
    let Some(attempt) = stored::attempt(&mut tx, attempt).await? else { return Ok(None) };
    drop(tx);
    let plain = picture(service, &found.application, &attempt, step).await?;
    Ok(plain.map(|plain| plain.as_bytes().to_vec()))
}

/// Decides and writes what follows.
async fn settle(
    service: &Service,
    id: ApplicationId,
    attempt: AttemptId,
    run: Run,
    evidence: &Evidence,
) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let found = load(&mut tx, id).await?;
    if !matters(&found.application, attempt) {
        return Ok(());
    }
    let application = found.application.clone();
    let form = form::declared(service, &mut tx, &application).await?;
    let (declared, number) = form.ok_or(Error::Internal("form_missing"))?;
    let known = known(service, &mut tx, &application, attempt, (&declared, number)).await?;
    let case = Attempt { service, application: &application, id: attempt, declared, evidence, run };
    let mut record = case.decide(&mut tx, known.clone()).await?;
    let asks_source = wants_source(service, &application, &record, &known);
    let mut other_identity = false;
    if record.decision.outcome == Outcome::Approve
        && !asks_source
        && matches!(application.state(), State::Checking { .. })
    {
        match approve::claim(service, &mut tx, &application, number).await? {
            Claim::Linked => {}
            Claim::OtherIdentity => other_identity = true,
            Claim::TooMany(other_accounts) => {
                record = case.decide(&mut tx, Known { other_accounts, ..known }).await?;
            }
        }
    }
    keep(service, &mut tx, &application, attempt, &record).await?;
    match application.state() {
        State::Checking { .. } if asks_source => {
            let job = Job::AskSource { application: id, attempt, round: 0 };
            service.push(&mut tx, &job, service.now()).await?;
            happen(service, &mut tx, found, EventKind::SourcePending { attempt }, None).await?;
        }
        State::Checking { .. } => {
            decided(service, &mut tx, found, attempt, (&record, other_identity)).await?;
        }
        _ => {
            let audit = Audit::new(&Caller::system().actor(), "attempt.checked", "attempt", attempt)
                .with("application", id.to_string())
                .with("outcome", json!(record.decision.outcome));
            tx.audit(&audit, service.now()).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// One attempt with everything that is judged.
struct Attempt<'a> {
    service: &'a Service,
    application: &'a Application,
    id: AttemptId,
    declared: Declared,
    evidence: &'a Evidence,
    run: Run,
}

impl Attempt<'_> {
    async fn decide(&self, tx: &mut Tx, known: Known) -> Result<Record, Error> {
        let service = self.service;
        let policy = service.policy();
        let steps = self.application.state().steps();
        let for_person = |step: &Step| steps.and_then(|s| s.get(*step)).is_some_and(|done| done.for_person);
        let sides = [Step::PortraitSide, Step::EmblemSide];
        let asked = self.run == Run::ToInform || steps.is_some_and(Steps::face_refused);
        let context = Context {
            today: service.calendar().day(service.now()).date(),
            live: service.settings().live,
            history: History {
                reasons: earlier(tx, self.application.id, self.id).await?,
                accepted_for_person: sides.into_iter().filter(for_person).collect(),
                person_requested: asked,
                known: Some(known),
            },
        };
        let sha256 = Sha256::of(policy.text().as_bytes()).to_string();
        Ok(Record::new(policy, sha256, true, self.evidence.clone(), self.declared.clone(), context))
    }
}

/// How often each reason was given on earlier attempts of the application.
async fn earlier(tx: &mut Tx, id: ApplicationId, attempt: AttemptId) -> Result<EarlierReasons, Error> {
    let mut earlier = EarlierReasons::new();
    for decision in stored::decisions(tx, id).await?.into_iter().filter(|d| d.attempt != attempt) {
        let codes: BTreeSet<Code> = decision.reasons.iter().map(|reason| reason.code).collect();
        for code in codes {
            *earlier.entry(code).or_insert(0) += 1;
        }
    }
    Ok(earlier)
}

/// What is known beyond the pictures and the form.
async fn known(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    attempt: AttemptId,
    (declared, number): (&Declared, IdIndex),
) -> Result<Known, Error> {
    let account = application.account;
    let holder = person::by_number(tx, number).await?;
    let other_accounts = match holder {
        Some(person) => approve::other_accounts(tx, person, account).await?,
        None => 0,
    };
    let own = person::of_account(tx, account).await?;
    let same_person = match own {
        Some(own) => Some(holder == Some(own) && is_kept(service, tx, own, declared).await?),
        None => None,
    };
    let pictures_elsewhere = match stored::attempt(tx, attempt).await? {
        Some(attempt) => twins::of_others(service, tx, account, (&attempt, number)).await?,
        None => Vec::new(),
    };
    let steps = application.state().steps();
    let selfie = steps.is_some_and(|steps| steps.get(Step::Selfie).is_some());
    let live = steps.is_some_and(Steps::has_live_selfie);
    Ok(Known {
        other_accounts,
        accounts_max: approve::accounts_max(service, application.requested_level),
        pictures_elsewhere,
        same_person,
        many_ids: counting::many_ids(service, tx, account).await?,
        selfie_not_live: selfie && !live,
        source: crate::source::answer_for(tx, application.id, attempt)
            .await?
            .map(|answered| finding(answered.finding)),
    })
}

/// Number and name are those the person is known by now; what is only alike, a person decides.
async fn is_kept(
    service: &Service,
    tx: &mut Tx,
    person: PersonId,
    declared: &Declared,
) -> Result<bool, Error> {
    let known = crate::person::declared(service, tx, person).await?;
    Ok(known.is_none_or(|known| {
        // A number from before a change is theirs, and no longer what they are known by.
        let named = compare(known.name.reveal(), declared.name.reveal()) == NameMatch::Same;
        named && known.number == declared.number
    }))
}

const fn finding(finding: Finding) -> SourceFinding {
    match finding {
        Finding::Confirmed => SourceFinding::Confirmed,
        Finding::Mismatch => SourceFinding::Mismatch,
        Finding::NoRecord => SourceFinding::NoRecord,
        Finding::DocumentInvalid => SourceFinding::DocumentInvalid,
    }
}

/// A source is asked where the level needs one, and only once pictures and form leave nothing to fix and
/// nothing to suspect: a query costs money and tells others of the person.
fn wants_source(service: &Service, application: &Application, record: &Record, known: &Known) -> bool {
    let policy = service.policy();
    let needed = application.requested_level >= policy.checks.source_identity_needed_from_level
        && policy.requirement(Check::SourceIdentity) != Requirement::Off;
    let clean = !matches!(record.decision.rule, Rule::NeedsPerson | Rule::FixSteps);
    needed && clean && known.source.is_none() && crate::source::available(service)
}

async fn keep(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    attempt: AttemptId,
    record: &Record,
) -> Result<(), Error> {
    let text = serde_json::to_vec(record).map_err(|_| Error::Internal("record_json"))?;
    let (owner, place) = (application.account.to_string(), attempt.to_string());
    let sealed = service.seal(tx, &owner, Purpose::Document, RECORD, &place, &text).await?;
    let policy = (record.policy.label.as_str(), record.policy.sha256.as_str());
    Ok(stored::keep_record(tx, attempt, policy, &sealed).await?)
}

async fn decided(
    service: &Service,
    tx: &mut Tx,
    found: StoredApplication,
    attempt: AttemptId,
    (record, other_identity): (&Record, bool),
) -> Result<(), Error> {
    let bare = record.decision.bare();
    let id = service.id(DecisionId::at);
    let case = service.id(CaseId::at);
    let new = NewDecision {
        id,
        application: found.application.id,
        attempt,
        at: service.now(),
        by_staff: false,
        outcome: bare.outcome,
        reasons: &bare.reasons,
        steps: &bare.steps,
        body: Some(&bare),
        remark: None,
    };
    stored::insert_decision(tx, &new).await?;
    let kind = match EventKind::decided(attempt, case, &bare) {
        // Only with the comparison switched off: no machine approves a face it has not compared.
        EventKind::ChecksPassed { face_matched: false, .. } => {
            to_person(attempt, case, Code::SelfieUnconfirmed, false)
        }
        // Only with that check switched off: no machine changes what a person is known by.
        EventKind::ChecksPassed { .. } if other_identity => {
            to_person(attempt, case, Code::AccPersonMismatch, true)
        }
        kind => kind,
    };
    if matches!(kind, EventKind::ChecksPassed { .. }) {
        if let Some(term) = approve::term(&record.evidence) {
            stored::keep_term(tx, attempt, term).await?;
        }
        let Application { account, id, .. } = found.application;
        crate::review::sample_automatic(service, tx, account, id, attempt).await?;
    }
    happen(service, tx, found, kind, Some(id)).await
}

/// A person looks although the checks passed.
fn to_person(attempt: AttemptId, case: CaseId, code: Code, required_failed: bool) -> EventKind {
    let findings = Findings { reasons: vec![code], required_failed };
    let cause = ReviewCause::Decided { findings, rejection_proposed: false };
    EventKind::ChecksReview { attempt, case, cause }
}

async fn happen(
    service: &Service,
    tx: &mut Tx,
    found: StoredApplication,
    kind: EventKind,
    decision: Option<DecisionId>,
) -> Result<(), Error> {
    let event = Event { id: service.id(EventId::at), by: Actor::System, kind };
    let facts = decision.map(|id| ("decision", json!(id))).into_iter().collect();
    apply(service, tx, found, Happens { by: &Caller::system().actor(), event, facts }).await?;
    Ok(())
}
