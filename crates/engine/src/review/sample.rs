//! Which decisions are looked at again. The draw is a hash of the id, so that nobody chooses and anybody can
//! check it later.

use super::neighbours;
use super::open::{Further, NewCase, open_with};
use super::publish::is_about_application;
use crate::service::{Error, Service};
use shiming_domain::case::{CaseType, Decision, Sampled, Verdict, sampled};
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
    look_again(service, tx, account, Some(application), reviewed, Vec::new()).await
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
    look_again(service, tx, case.account, case.application, reviewed, barred).await
}

async fn look_again(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    application: Option<ApplicationId>,
    reviewed: Reviewed,
    barred: Vec<StaffId>,
) -> Result<(), Error> {
    let id = service.id(CaseId::at);
    let new = NewCase { id, kind: CaseType::Qa, account, application, proposed: Vec::new(), barred };
    let further = Further { reviewed: Some(reviewed), ..Further::default() };
    open_with(service, tx, &Actor::system(), new, further).await?;
    Ok(())
}

/// Uniform over `u32`, the same for the same id.
fn draw(id: &str) -> u32 {
    let hash = Sha256::of(format!("sample\n{id}").as_bytes());
    let first = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    u32::from_be_bytes(first)
}
