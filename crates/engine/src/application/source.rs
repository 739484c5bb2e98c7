//! What sources are asked on behalf of an attempt, and what their answer moves.

use super::form;
use super::moves::{Happens, apply, load};
use crate::service::{Caller, Error, Service};
use crate::source::Identity;
use shiming_domain::application::{Actor, Event, EventKind, State};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, CaseId, EventId};
use shiming_domain::moment::Timestamp;
use shiming_store::application::StoredApplication;

/// What an attempt that waits asks about, and whose it is; `None` if it no longer waits.
pub(crate) async fn question(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<(AccountId, Identity)>, Error> {
    let mut tx = service.store().read().await?;
    let found = load(&mut tx, application).await?;
    if waits_since(&found, attempt).is_none() {
        return Ok(None);
    }
    let form = form::declared(service, &mut tx, &found.application).await?;
    let (declared, _) = form.ok_or(Error::Internal("form_missing"))?;
    let identity = Identity { name: declared.name, number: declared.number, phone: None, bank_card: None };
    Ok(Some((found.application.account, identity)))
}

/// A source has answered: the attempt goes on (transition 9). Does nothing when it no longer waits.
pub(crate) async fn answered(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    again!(try_move(service, application, attempt, EventKind::SourceAnswered { attempt }))
}

/// No source answers any more: a person looks (transition 10). Before its time that is left to the clock.
pub(crate) async fn gave_up(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let case = service.id(CaseId::at);
    again!(try_move(service, application, attempt, EventKind::SourceGaveUp { attempt, case }))
}

async fn try_move(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
    kind: EventKind,
) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let found = load(&mut tx, application).await?;
    let Some(since) = waits_since(&found, attempt) else { return Ok(()) };
    let give_up_at = since + super::moves::rules(service).source_give_up;
    if matches!(kind, EventKind::SourceGaveUp { .. }) && service.now() < give_up_at {
        return Ok(());
    }
    let event = Event { id: service.id(EventId::at), by: Actor::System, kind };
    let happens = Happens { by: &Caller::system().actor(), event, facts: Vec::new() };
    apply(service, &mut tx, found, happens).await?;
    Ok(tx.commit().await?)
}

/// Since when this attempt waits for a source, if it does.
fn waits_since(found: &StoredApplication, attempt: AttemptId) -> Option<Timestamp> {
    match found.application.state() {
        State::WaitingSource { attempt: current, since, .. } if current.id == attempt => Some(*since),
        _ => None,
    }
}
