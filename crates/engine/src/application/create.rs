//! Beginning an application.

use super::counting::ended;
use super::moves::{event, rules, wake_at_next_timer};
use super::refusal::refused;
use super::view::{self, ApplicationView};
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Scope, Service};
use shiming_domain::application::{Application, EventKind, New, Purpose, Refusal};
use shiming_domain::application::{EventName, Illegal, StateName};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_store::application as stored;
use shiming_store::audit::Audit;

/// What somebody wants to be verified for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// Whose; an applicant may leave it out.
    pub account: Option<AccountId>,
    /// What for.
    pub purpose: Purpose,
    /// The level asked for.
    pub requested_level: u8,
}

/// Begins an application (transition 1).
pub async fn create(
    service: &Service,
    caller: &Caller,
    new: NewApplication,
) -> Result<Pending<ApplicationView>, Error> {
    let account = whose(caller, new.account)?;
    let level = service.policy().levels.iter().find(|level| level.id == new.requested_level);
    let Some(level) = level.filter(|level| level.id > 0) else {
        let detail = "`requested_level` is 1, 2 or 3, as far as the policy has such a level.";
        return Err(Refused::new(Kind::Unacceptable, "level_unknown", detail).into());
    };
    let now = service.now();
    let mut tx = service.store().change().await?;
    if !crate::account::is_active(&mut tx, account).await? {
        let detail = "Confirm the contact of the account first.";
        return Err(Refused::new(Kind::Conflict, "account_not_active", detail).into());
    }
    let id = service.id(ApplicationId::at);
    if new.purpose == Purpose::InfoChange
        && !crate::review::use_info_change(service, &mut tx, account, id).await?
    {
        let detail = "What is known of a person is changed through support: open a ticket.";
        return Err(Refused::new(Kind::Conflict, "info_change_support_only", detail).into());
    }
    let open = stored::open_of(&mut tx, account).await?;
    let kind = EventKind::Create(New {
        id,
        account,
        purpose: new.purpose,
        requested_level: level.id,
        // Channels are added from the level page; an application never waits for one.
        channel_required: false,
        open_applications: u32::from(open.is_some()),
        ended: ended(service, &mut tx, account).await?,
        // One region and one kind of document so far; the birth date is not known before the form is.
        region_supported: true,
        needs_guardian: false,
    });
    let event = event(service, caller, kind)?;
    let happened = event.id;
    let moved = Application::create(event, &rules(service), now).map_err(|illegal| refused(&illegal))?;
    let application = moved.next;
    match stored::insert(&mut tx, &application, now).await {
        // Two that begin at once: the index lets one of them through.
        Err(error) if error.is_unique_violation() => {
            let (state, event, why) = (StateName::None, EventName::Create, Refusal::OtherOpen);
            return Err(refused(&Illegal { state, event, why }));
        }
        done => done?,
    }
    wake_at_next_timer(service, &mut tx, &application).await?;
    let audit = Audit::new(&caller.actor(), "application.create", "application", application.id)
        .with("event", happened.to_string())
        .with("account", account.to_string())
        .with("level", application.requested_level)
        .with("to", application.state().name().as_str());
    tx.audit(&audit, now).await?;
    let view = view::of(service, &mut tx, caller, &application, 1).await?;
    Ok(Pending::new(service, tx, view))
}

/// Applicants begin their own; machines and support name the account.
fn whose(caller: &Caller, named: Option<AccountId>) -> Result<AccountId, Error> {
    let others = match &caller.principal {
        Principal::Applicant { account, .. } => {
            let own = named.is_none_or(|named| named == *account);
            return if own { Ok(*account) } else { Err(Error::not_found()) };
        }
        Principal::Staff { .. } => true,
        Principal::Integrator { .. } => caller.has_scope(Scope::ApplicationsWrite),
        Principal::Phone { .. } | Principal::System | Principal::Anyone => false,
    };
    let missing = || Refused::new(Kind::Malformed, "account_missing", "Name the account in `account`.");
    if others { Ok(named.ok_or_else(missing)?) } else { Err(Error::not_found()) }
}
