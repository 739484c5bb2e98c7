//! Restrictions that support sets and lifts: what was reported to it, and what must be explained to it.

use super::{gate, restrict};
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::{LiftedBy, Restriction, SetBy};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, StaffId, TicketId};
use shiming_domain::ticket::State;
use shiming_store::audit::Audit;
use shiming_store::{Tx, ticket};

fn support(caller: &Caller) -> Result<StaffId, Error> {
    match caller.staff() {
        Some((staff, Role::Support | Role::Supervisor)) => Ok(staff),
        _ => Err(Refused::new(Kind::Forbidden, "role_missing", "Support restricts accounts.").into()),
    }
}

/// Support restricts an account. Which restrictions are theirs, `domain` says.
pub async fn restrict_by_staff(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    restriction: Restriction,
) -> Result<Pending<()>, Error> {
    let done = async {
        let by = support(caller)?;
        let mut tx = service.store().change().await?;
        restrict::restrict(service, &mut tx, account, restriction, SetBy::Staff(by)).await?;
        Ok(Pending::new(service, tx, ()))
    };
    match done.await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            let what = ("account", account);
            Err(remember_refusal(service, caller, "restriction.set_by_staff", what, error).await)
        }
    }
}

/// Support lifts a restriction. One that had to be explained is lifted by the ticket in which it was: the ticket
/// is this account's, and was resolved since.
pub async fn lift_by_staff(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    restriction: Restriction,
    explained_in: Option<TicketId>,
) -> Result<Pending<()>, Error> {
    match lifted(service, caller, account, restriction, explained_in).await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            let what = ("account", account);
            Err(remember_refusal(service, caller, "restriction.lift_by_staff", what, error).await)
        }
    }
}

async fn lifted(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    restriction: Restriction,
    explained_in: Option<TicketId>,
) -> Result<Pending<()>, Error> {
    let staff = support(caller)?;
    let mut tx = service.store().change().await?;
    let by = match restriction {
        Restriction::PhoneConflict | Restriction::DuplicatePerson => {
            is_explained(&mut tx, account, restriction, explained_in).await?;
            LiftedBy::CaseClosed
        }
        _ => LiftedBy::Staff(staff),
    };
    let audit = Audit::new(&caller.actor(), "restriction.lift_by_staff", "account", account)
        .with("restriction", restriction.as_str())
        .with("ticket", explained_in.map(|id| id.to_string()));
    tx.audit(&audit, service.now()).await?;
    restrict::lift(service, &mut tx, account, restriction, by).await?;
    Ok(Pending::new(service, tx, ()))
}

/// A ticket from before the restriction explained something else.
async fn is_explained(
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
    ticket: Option<TicketId>,
) -> Result<(), Error> {
    let held = gate::load(tx, account).await?.restrictions.get(restriction);
    let found = match ticket {
        Some(id) => ticket::load(tx, id).await?.filter(|ticket| ticket.account == account),
        None => None,
    };
    let resolved = found.filter(|ticket| matches!(ticket.state, State::Resolved | State::Closed));
    let at = resolved.and_then(|ticket| ticket.resolved_at);
    if at.is_some_and(|at| held.is_none_or(|held| at >= held.since)) {
        return Ok(());
    }
    let detail =
        "Name the ticket of this account in which it was explained; it is resolved since it was set.";
    Err(Refused::new(Kind::Conflict, "ticket_not_resolved", detail).into())
}
