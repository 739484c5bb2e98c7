//! What becomes due of an application by itself.
//!
//! A mark on the row says up to when everything due was done, so that a clock that comes twice, or late, does
//! each thing once; one that finds nothing due ends there, because whatever changed the timers set a new one.

use super::moves::{Happens, apply, rules, wake_at_next_timer};
use crate::service::{Caller, Error, Service};
use serde_json::json;
use shiming_domain::application::{Actor, Application, Due, Event, EventKind, ReviewCause, Timer};
use shiming_domain::id::{ApplicationId, CaseId, EventId};
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use shiming_store::application::{self as stored, StoredApplication};
use shiming_store::audit::Audit;
use std::collections::BTreeMap;

/// Does what is due.
pub(crate) async fn clock(service: &Service, application: ApplicationId) -> Result<(), Error> {
    again!(tick(service, application))
}

async fn tick(service: &Service, id: ApplicationId) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some(found) = stored::load(&mut tx, id).await? else { return Ok(()) };
    let since = found.clocked_at;
    let timers = found.application.timers(&rules(service));
    let due: Vec<Timer> = timers.iter().copied().filter(|t| t.at > since && t.at <= now).collect();
    if due.is_empty() || !stored::advance_clock(&mut tx, id, since, now).await? {
        return Ok(());
    }
    match due.iter().find_map(|timer| event(service, &found.application, timer.due)) {
        Some(kind) => happen(service, &mut tx, found, kind).await?,
        None => remind(service, &mut tx, &found.application, &due, now).await?,
    }
    Ok(tx.commit().await?)
}

/// The transition a timer stands for, if it stands for one.
fn event(service: &Service, application: &Application, due: Due) -> Option<EventKind> {
    let case = || service.id(CaseId::at);
    let attempt = || application.state().attempt().map(|attempt| attempt.id);
    match due {
        // What is being uploaded right now finds the application expired and says so.
        Due::TimeOut => Some(EventKind::TimeOut { upload_in_flight: false }),
        Due::PersonLooks => {
            Some(EventKind::ChecksReview { attempt: attempt()?, case: case(), cause: ReviewCause::Timer })
        }
        Due::GiveUpSource => Some(EventKind::SourceGaveUp { attempt: attempt()?, case: case() }),
        Due::Remind | Due::AskSource | Due::AppealEnds => None,
    }
}

async fn happen(
    service: &Service,
    tx: &mut Tx,
    found: StoredApplication,
    kind: EventKind,
) -> Result<(), Error> {
    let by = if matches!(kind, EventKind::SourceGaveUp { .. }) { Actor::System } else { Actor::Clock };
    let event = Event { id: service.id(EventId::at), by, kind };
    apply(service, tx, found, Happens { by: &Caller::system().actor(), event, facts: Vec::new() }).await?;
    Ok(())
}

/// Reminders; several that are due at once are one. Queries of a source plan their own next round.
async fn remind(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    due: &[Timer],
    now: Timestamp,
) -> Result<(), Error> {
    if due.iter().any(|timer| timer.due == Due::Remind) {
        let notice = Notice::ApplicationReminder;
        crate::notice::tell(service, tx, application.account, notice, BTreeMap::new(), now).await?;
    }
    wake_at_next_timer(service, tx, application).await?;
    let what: Vec<Due> = due.iter().map(|timer| timer.due).collect();
    let audit = Audit::new(&Caller::system().actor(), "application.clock", "application", application.id)
        .with("due", json!(what));
    Ok(tx.audit(&audit, now).await?)
}
