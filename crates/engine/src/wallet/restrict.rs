//! Restrictions and the clock of the verification date, as effects of what happens elsewhere.

use super::{clock, gate, stored};
use crate::service::{Error, Kind, Refused, Service};
use shiming_domain::account::{
    DeadlineRules, LiftedBy, PauseReason, Restriction, RestrictionEffect, RestrictionRefusal, SetBy,
};
use shiming_domain::case::Role;
use shiming_domain::effect::{DeadlineChange, Effect};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::notice::Notice;
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_store::{self as store, Tx};
use std::collections::BTreeMap;

/// Sets a restriction. One that is in force stays as it is, and nobody is told again.
pub async fn restrict(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
    by: SetBy,
) -> Result<(), Error> {
    let mut account = gate::load(tx, account).await?;
    let now = service.now();
    let effects =
        account.restrictions.set(restriction, by, service.policy().rules(), now).map_err(refused)?;
    save(tx, &mut account).await?;
    let effect = account.restrictions.get(restriction).map(|held| word(held.effect));
    let audit = Audit::new(&setter(by, account.id), "restriction.set", "account", account.id)
        .with("restriction", restriction.as_str())
        .with("effect", effect)
        .with("again", effects.is_empty());
    tx.audit(&audit, now).await?;
    tell(service, tx, &account, restriction, &effects).await?;
    clock::wind(service, tx, &account).await
}

/// Lifts one restriction and no other; with the last one the person is told. One that is not in force needs no
/// lifting.
pub async fn lift(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
    by: LiftedBy,
) -> Result<(), Error> {
    let mut account = gate::load(tx, account).await?;
    let now = service.now();
    let (effects, held) = match account.restrictions.lift(restriction, by) {
        Ok(effects) => (effects, true),
        Err(RestrictionRefusal::NotHeld) => (Vec::new(), false),
        Err(refusal) => return Err(refused(refusal)),
    };
    let audit = Audit::new(&lifter(by), "restriction.lift", "account", account.id)
        .with("restriction", restriction.as_str())
        .with("held", held)
        .with("left", account.restrictions.iter().count());
    tx.audit(&audit, now).await?;
    if !held {
        return Ok(());
    }
    match restriction {
        // Its months count anew.
        Restriction::Dormant => account.activity.opened_at = now,
        Restriction::StaffHold => {
            stored::end_hold(tx, account.id, now).await?;
        }
        _ => {}
    }
    save(tx, &mut account).await?;
    tell(service, tx, &account, restriction, &effects).await?;
    clock::wind(service, tx, &account).await
}

/// Moves the clock of the verification date. With an application that is the reason; without one an appeal is.
pub async fn deadline(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    change: DeadlineChange,
    application: Option<ApplicationId>,
) -> Result<(), Error> {
    let mut account = gate::load(tx, account).await?;
    let now = service.now();
    let reason = if application.is_some() { PauseReason::Application } else { PauseReason::Appeal };
    let rules = DeadlineRules::from(service.policy().rules());
    let before = account.deadline.clone();
    account.deadline = account.deadline.take().map(|clock| match change {
        DeadlineChange::Pause => clock.pause(reason, now),
        DeadlineChange::Resume => clock.resume(reason, &rules, now),
        DeadlineChange::Meet => clock.meet(),
    });
    let moved = account.deadline != before;
    let name = match change {
        DeadlineChange::Pause => "pause",
        DeadlineChange::Resume => "resume",
        DeadlineChange::Meet => "meet",
    };
    let audit = Audit::new(&Actor::system(), "deadline.move", "account", account.id)
        .with("change", name)
        .with("moved", moved)
        .with("application", application.map(|id| id.to_string()));
    tx.audit(&audit, now).await?;
    if moved {
        save(tx, &mut account).await?;
        clock::wind(service, tx, &account).await?;
    }
    Ok(())
}

async fn save(tx: &mut Tx, account: &mut StoredAccount) -> Result<(), store::Error> {
    account::save(tx, account).await?;
    account.version += 1;
    Ok(())
}

/// Tells what `domain` says must be told.
async fn tell(
    service: &Service,
    tx: &mut Tx,
    account: &StoredAccount,
    restriction: Restriction,
    effects: &[Effect],
) -> Result<(), Error> {
    for effect in effects {
        let Effect::Notify(notice) = effect else { return Err(Error::Internal("restriction_effect")) };
        let params = match notice {
            Notice::AccountPaused => [("action", helps(restriction).to_owned())].into(),
            _ => BTreeMap::new(),
        };
        crate::notice::tell(service, tx, account.id, *notice, params, service.now()).await?;
    }
    Ok(())
}

/// What helps, as the texts of notices name it; of a hit nobody learns more than whom to write to.
const fn helps(restriction: Restriction) -> &'static str {
    match restriction {
        Restriction::DeadlineMissed => "verify",
        Restriction::DocumentExpired => "renew",
        Restriction::IdentityRevoked | Restriction::Dormant | Restriction::CompromiseReported => "reverify",
        Restriction::ConsentWithdrawn => "consent",
        Restriction::ScreeningHit
        | Restriction::StaffHold
        | Restriction::PhoneConflict
        | Restriction::DuplicatePerson => "contact_support",
    }
}

pub(super) const fn word(effect: RestrictionEffect) -> &'static str {
    match effect {
        RestrictionEffect::Restricted => "restricted",
        RestrictionEffect::Frozen => "frozen",
        RestrictionEffect::FrozenFull => "frozen_full",
    }
}

fn actor(id: &impl ToString, role: &str) -> Actor {
    Actor { id: id.to_string(), role: role.to_owned(), strength: "none", request_id: None }
}

fn setter(by: SetBy, account: AccountId) -> Actor {
    match by {
        SetBy::System => Actor::system(),
        SetBy::Person => actor(&account, "applicant"),
        SetBy::Staff(staff) => actor(&staff, "staff"),
        SetBy::Supervisor { by, .. } => actor(&by, Role::Supervisor.as_str()),
    }
}

fn lifter(by: LiftedBy) -> Actor {
    match by {
        LiftedBy::Staff(staff) => actor(&staff, "staff"),
        LiftedBy::Supervisor(staff) => actor(&staff, Role::Supervisor.as_str()),
        LiftedBy::Compliance { first, .. } => actor(&first, Role::Compliance.as_str()),
        LiftedBy::Approval
        | LiftedBy::Appeal
        | LiftedBy::SelfieMatched
        | LiftedBy::CaseClosed
        | LiftedBy::ConsentGiven
        | LiftedBy::StrongSignInAndSelfie => Actor::system(),
    }
}

fn refused(refusal: RestrictionRefusal) -> Error {
    let kind = match refusal {
        RestrictionRefusal::NotYours | RestrictionRefusal::NotLiftedSo => Kind::Forbidden,
        RestrictionRefusal::NotHeld => Kind::Conflict,
        RestrictionRefusal::SecondNeeded => Kind::Unacceptable,
    };
    Refused::new(kind, refusal.code(), refusal.to_string()).into()
}
