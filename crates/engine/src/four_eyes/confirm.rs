//! Another person confirms what was proposed.

use super::act::{self, Act};
use super::{Eyes, opened, part_in, still_works, stored};
use crate::account::key::{self, MadeKey, NewKey};
use crate::account::staff::{self, Invitation, Invited};
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use crate::source::{self, AddedChannel, PortalRecord};
use shiming_domain::case::{self, ProposalError};
use shiming_domain::id::ProposalId;
use shiming_store::audit::Audit;

/// What a confirmation did.
#[derive(Debug)]
pub enum Confirmed {
    /// Somebody was invited.
    Invited(Invited),
    /// A key was made.
    Key(MadeKey),
    /// A channel counts.
    Channel(AddedChannel),
}

/// Another person confirms an act, which is done at once.
pub async fn confirm(
    service: &Service,
    caller: &Caller,
    id: ProposalId,
) -> Result<Pending<Confirmed>, Error> {
    match confirmed(service, caller, id).await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            Err(remember_refusal(service, caller, "proposal.confirm", ("proposal", id), error).await)
        }
    }
}

async fn confirmed(service: &Service, caller: &Caller, id: ProposalId) -> Result<Pending<Confirmed>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = stored::load(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let confirmed = found.confirmed_by.is_some();
    let proposal = opened(service, &mut tx, found).await?;
    let (_, role) = caller.staff().ok_or_else(Error::not_found)?;
    if !proposal.act.roles().contains(&role) {
        return Err(Error::not_found());
    }
    let by = part_in(service, caller, &proposal.act)?;
    let first = proposal.proposed_by;
    let rule = case::Proposal { by: first, until_us: proposal.until.unix_us(), confirmed };
    if let Err(why) = rule.confirm(by, now.unix_us()) {
        return Err(Refused::new(Kind::Conflict, why.code(), why.to_string()).into());
    }
    if !still_works(&mut tx, first, proposal.act.roles()).await? {
        let detail = "Whoever proposed this does not work here in such a role any more.";
        return Err(Refused::new(Kind::Conflict, ProposalError::Over.code(), detail).into());
    }
    stored::confirm(&mut tx, id, by, now).await?;
    let row = Audit::new(&caller.actor(), "proposal.confirm", "proposal", id)
        .with("act", proposal.act.kind())
        .with("proposed_by", first.to_string());
    tx.audit(&row, now).await?;
    let eyes = Eyes::Two(id, first);
    let done = match proposal.act {
        Act::InviteStaff { name, email, role } => {
            let invitation =
                Invitation { name: name.reveal().to_owned(), email: email.reveal().to_owned(), role };
            Confirmed::Invited(staff::invite(service, &mut tx, caller, &invitation, eyes).await?)
        }
        Act::CreateKey { label, scopes, days } => {
            let new = NewKey { label, scopes: act::scopes(&scopes)?, days };
            Confirmed::Key(key::make_new(service, &mut tx, caller, &new, eyes).await?)
        }
        Act::RotateKey { key } => Confirmed::Key(key::replace(service, &mut tx, caller, key, eyes).await?),
        Act::RecordPortal { account, organisation, reference } => {
            let record = PortalRecord { account, organisation, reference };
            Confirmed::Channel(source::keep_portal(service, &mut tx, caller, &record, eyes).await?)
        }
    };
    Ok(Pending::new(service, tx, done))
}
