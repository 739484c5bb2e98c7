//! A source has answered.

use super::moves::{Happens, apply, load};
use crate::service::{Caller, Error, Service};
use shiming_domain::application::{Actor, Event, EventKind, State};
use shiming_domain::id::{ApplicationId, AttemptId, EventId};
use shiming_store::Tx;

/// Goes on with an attempt that waited (transition 9), in the transaction that keeps the answer. Does nothing
/// when it no longer waits.
pub async fn source_answered(
    service: &Service,
    tx: &mut Tx,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let found = load(tx, application).await?;
    let state = found.application.state();
    let waits = matches!(state, State::WaitingSource { attempt: current, .. } if current.id == attempt);
    if !waits {
        return Ok(());
    }
    let kind = EventKind::SourceAnswered { attempt };
    let event = Event { id: service.id(EventId::at), by: Actor::System, kind };
    apply(service, tx, found, Happens { by: &Caller::system().actor(), event, facts: Vec::new() }).await?;
    Ok(())
}
