//! A verification is taken back by two people: one proposes, another confirms the same within a day.

use super::rights::{refused, remember_refusal, staff};
use crate::person;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::case::{self, Role, Staff};
use shiming_domain::id::{AccountId, ApplicationId, EventId, StaffId, VerificationId};
use shiming_domain::moment::Span;
use shiming_domain::reason::{Code, catalogue};
use shiming_domain::verification::{Event, FourEyes, StandingName};
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
pub use shiming_store::case::Revocation;
use shiming_store::{case as stored, person as people};
use std::collections::BTreeSet;

/// How long a proposal waits.
const PROPOSAL: Span = Span::hours(24);

/// Proposes to take a verification back or, if another person has proposed the same, takes it back.
pub async fn revoke(
    service: &Service,
    caller: &Caller,
    verification: VerificationId,
    reason: Code,
) -> Result<Pending<Revocation>, Error> {
    let by = match may(caller) {
        Ok(by) => by,
        Err(error) => {
            let what = ("verification", verification);
            return Err(remember_refusal(service, caller, "verification.revoke", what, error).await);
        }
    };
    if !catalogue().get(reason).is_some_and(|entry| entry.kind.allows_final()) {
        let detail = "A verification is taken back for a reason that may close an application for good.";
        return Err(Refused::new(Kind::Unacceptable, "decision_no_final_reason", detail).into());
    }
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = people::verification(&mut tx, verification).await?.ok_or_else(Error::not_found)?;
    if matches!(found.verification.standing_name(), StandingName::Superseded | StandingName::Revoked) {
        let detail = "This verification does not stand any more.";
        return Err(Refused::new(Kind::Conflict, "transition_not_listed", detail).into());
    }
    let Some(waiting) = stored::waiting_revocation(&mut tx, verification, now).await? else {
        let new = propose(service, &mut tx, &caller.actor(), verification, (by.id, reason)).await?;
        return Ok(Pending::new(service, tx, new));
    };
    if waiting.proposed_by == by.id {
        let detail = "You have proposed this; another person must confirm it.";
        return Err(Refused::new(Kind::Conflict, "second_person_needed", detail).into());
    }
    if waiting.reason != reason {
        let detail = "Another reason was proposed. Confirm that one, or wait until the proposal is over.";
        return Err(Refused::new(Kind::Conflict, "revocation_other_reason", detail).into());
    }
    stored::confirm_revocation(&mut tx, &waiting, by.id, now).await?;
    let eyes = FourEyes { first: waiting.proposed_by, second: by.id };
    person::decide(service, &mut tx, &caller.actor(), verification, Event::Revoke { eyes, reason }).await?;
    Ok(Pending::new(service, tx, Revocation { confirmed_by: Some(by.id), ..waiting }))
}

/// Proposals that wait for a second person.
pub async fn revocations(service: &Service, caller: &Caller) -> Result<Vec<Revocation>, Error> {
    may(caller)?;
    let mut tx = service.store().read().await?;
    Ok(stored::waiting_revocations(&mut tx, service.now()).await?)
}

/// Supervisors find mistakes, compliance finds people.
fn may(caller: &Caller) -> Result<Staff, Error> {
    let by = staff(caller)?;
    if matches!(by.role, Role::Supervisor | Role::Compliance) {
        return Ok(by);
    }
    Err(refused(&case::Refused::Role))
}

async fn propose(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    verification: VerificationId,
    (by, reason): (StaffId, Code),
) -> Result<Revocation, Error> {
    let now = service.now();
    let new = Revocation {
        id: service.id(EventId::at),
        verification,
        reason,
        proposed_by: by,
        proposed_at: now,
        until: now + PROPOSAL,
        confirmed_by: None,
    };
    if stored::propose_revocation(tx, &new).await? {
        let row = Audit::new(actor, "verification.propose_revoke", "verification", verification)
            .with("reasons", vec![reason.as_str()])
            .with("until_us", new.until.unix_us());
        tx.audit(&row, now).await?;
    }
    Ok(new)
}

/// Who took the verification of an account back.
pub(super) async fn eyes(tx: &mut Tx, account: AccountId) -> Result<BTreeSet<StaffId>, Error> {
    let Some(verification) = revoked(tx, account).await? else { return Ok(BTreeSet::new()) };
    let found = stored::confirmed_revocation(tx, verification).await?;
    Ok(found.into_iter().flat_map(|found| [Some(found.proposed_by), found.confirmed_by]).flatten().collect())
}

/// Gives the verification of an account back (V6). `false` if there is none, or its document has ended.
pub(super) async fn reinstate(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    eyes: FourEyes,
) -> Result<bool, Error> {
    let Some(verification) = revoked(tx, account).await? else { return Ok(false) };
    let event = Event::Reinstate { eyes };
    match person::decide(service, tx, &Actor::system(), verification, event).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(why)) if why.kind == Kind::Conflict => Ok(false),
        Err(error) => Err(error),
    }
}

/// The verification of an account that was taken back last.
async fn revoked(tx: &mut Tx, account: AccountId) -> Result<Option<VerificationId>, Error> {
    let Some(person) = people::of_account(tx, account).await? else { return Ok(None) };
    let all = people::verifications(tx, person).await?;
    let revoked = all.iter().find(|v| v.verification.standing_name() == StandingName::Revoked);
    Ok(revoked.map(|found| found.verification.id))
}

/// A second look found an approval wrong: its verification is proposed to be taken back, if it still stands.
pub(super) async fn propose_for(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    application: ApplicationId,
    by: (StaffId, Code),
) -> Result<(), Error> {
    let Some(found) = people::of_application(tx, application).await? else { return Ok(()) };
    propose(service, tx, actor, found, by).await?;
    Ok(())
}
