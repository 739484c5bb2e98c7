//! Which decisions are looked at again. The draw is a hash of the id, so that nobody chooses and anybody can
//! check it later.

use super::hand::load;
use super::line::Line;
use super::neighbours;
use super::open::{Further, NewCase, open_with};
use super::publish::is_about_application;
use super::rights::{refused, remember_refusal, staff};
use crate::service::{Caller, Error, Pending, Service};
use shiming_domain::case::{self, CaseType, Decision, End, Role, Sampled, State, Verdict, sampled};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, CaseId, StaffId};
use shiming_store::Tx;
use shiming_store::audit::Actor;
use shiming_store::case::{self as stored, Reviewed, StoredCase};
use shiming_vault::digest::Sha256;

/// The machine has approved an attempt: maybe somebody looks. Called in the transaction of the approval.
pub async fn automatic(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let rules = &service.policy().rules().review;
    if !sampled(Sampled::AutoApproved, rules, draw(&attempt.to_string())) {
        return Ok(());
    }
    let reviewed = Reviewed {
        case: None,
        attempt: Some(attempt),
        shown_as: CaseType::Initial,
        verdict: Verdict::Approve,
    };
    look(service, tx, &Actor::system(), (account, Some(application)), reviewed, Vec::new()).await?;
    Ok(())
}

/// One person alone has decided about an application: maybe another one looks.
pub(super) async fn single(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    let ([alone], true) = (by, is_about_application(case.case.kind)) else { return Ok(()) };
    let decided_before = stored::lock_worker(tx, *alone).await?;
    let rules = &service.policy().rules().review;
    if !sampled(Sampled::SingleReviewer { decided_before }, rules, draw(&case.id.to_string())) {
        return Ok(());
    }
    let attempt = neighbours::attempt(tx, case).await?.map(|attempt| attempt.attempt.id);
    let reviewed =
        Reviewed { case: Some(case.id), attempt, shown_as: case.case.kind, verdict: decision.verdict };
    let barred = case.case.barred.iter().copied().chain([*alone]).collect();
    look(service, tx, &Actor::system(), (case.account, case.application), reviewed, barred).await?;
    Ok(())
}

/// A supervisor wants a decision looked at, whoever made it. It looks like ordinary work to whoever takes it.
pub async fn look_again(service: &Service, caller: &Caller, id: CaseId) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    if by.role != Role::Supervisor {
        let error = refused(&case::Refused::Role);
        return Err(remember_refusal(service, caller, "case.look_again", ("case", id), error).await);
    }
    let mut tx = service.store().change().await?;
    let case = load(&mut tx, id, by).await?;
    let took_effect = case.facts.published.is_some() && is_about_application(case.case.kind);
    let State::Closed { end: End::Decided { decision, by: deciders }, .. } = &case.case.state else {
        return Err(refused(&case::Refused::NotPossible));
    };
    if !took_effect {
        return Err(refused(&case::Refused::NotPossible));
    }
    let attempt = neighbours::attempt(&mut tx, &case).await?.map(|attempt| attempt.attempt.id);
    let reviewed =
        Reviewed { case: Some(case.id), attempt, shown_as: case.case.kind, verdict: decision.verdict };
    let barred = case.case.barred.iter().copied().chain(deciders.iter().copied()).collect();
    let (actor, whose) = (caller.actor(), (case.account, case.application));
    let opened = look(service, &mut tx, &actor, whose, reviewed, barred).await?;
    let opened = opened.ok_or(Error::Internal("case_id_twice"))?;
    let line = Line::of(service, &opened, by)?;
    Ok(Pending::new(service, tx, line))
}

async fn look(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    (account, application): (AccountId, Option<ApplicationId>),
    reviewed: Reviewed,
    barred: Vec<StaffId>,
) -> Result<Option<StoredCase>, Error> {
    let id = service.id(CaseId::at);
    let new = NewCase { id, kind: CaseType::Qa, account, application, proposed: Vec::new(), barred };
    open_with(service, tx, actor, new, Further { reviewed: Some(reviewed), ..Further::default() }).await
}

/// Uniform over `u32`, the same for the same id.
fn draw(id: &str) -> u32 {
    let hash = Sha256::of(format!("sample\n{id}").as_bytes());
    let first = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    u32::from_be_bytes(first)
}
