//! Restrictions that support sets and lifts: what was reported to it, and what must be explained to it.

use super::restrict;
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
    let by = support(caller)?;
    let mut tx = service.store().change().await?;
    restrict::restrict(service, &mut tx, account, restriction, SetBy::Staff(by)).await?;
    Ok(Pending::new(service, tx, ()))
}

/// Support lifts a restriction. One that had to be explained is lifted by the ticket in which it was: the ticket
/// is this account's, and resolved.
pub async fn lift_by_staff(
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
            is_explained(&mut tx, account, explained_in).await?;
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

async fn is_explained(tx: &mut Tx, account: AccountId, ticket: Option<TicketId>) -> Result<(), Error> {
    let found = match ticket {
        Some(id) => ticket::load(tx, id).await?.filter(|ticket| ticket.account == account),
        None => None,
    };
    if found.is_some_and(|ticket| matches!(ticket.state, State::Resolved | State::Closed)) {
        return Ok(());
    }
    let detail = "Name the resolved ticket of this account in which it was explained.";
    Err(Refused::new(Kind::Conflict, "ticket_not_resolved", detail).into())
}
