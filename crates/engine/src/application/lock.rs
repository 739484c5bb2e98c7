//! A step whose tries are used up: since when, and open again when people say so.

use super::counting::Counters;
use super::moves::{load, number};
use crate::service::{Error, Service};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Step;
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};

/// Since when a step of somebody's application is locked, if it is.
pub(crate) async fn locked_since(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    id: ApplicationId,
    step: Step,
) -> Result<Option<Timestamp>, Error> {
    let found = load(tx, id).await?;
    if found.application.account != account || !found.application.state().name().is_open() {
        return Ok(None);
    }
    let number = number(tx, id).await?;
    let counters = Counters { service, application: &found.application, number };
    counters.full_since(tx, step).await
}

/// Opens it again: its counters begin anew.
pub(crate) async fn unlock(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    id: ApplicationId,
    step: Step,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    if found.application.account != account {
        return Err(Error::Internal("lock_of_another"));
    }
    let number = number(tx, id).await?;
    let counters = Counters { service, application: &found.application, number };
    let reset = counters.reset(tx, step).await?;
    let row = Audit::new(&Actor::system(), "application.unlock", "application", id)
        .with("step", crate::review::word(&step))
        .with("counters", reset);
    Ok(tx.audit(&row, service.now()).await?)
}
