//! Closing an account: asked for, with some days to change one's mind.

use super::{life_rules, own, register, require_fresh};
use crate::service::{Caller, Error, Job, Pending, Service, Subject};
use shiming_domain::account::LifeEvent;
use shiming_domain::id::EventId;
use shiming_store::account as stored;
use shiming_store::audit::Audit;

/// Asks for it. New applications stop at once.
pub async fn close(service: &Service, caller: &Caller) -> Result<Pending<()>, Error> {
    require_fresh(service, caller)?;
    apply(service, caller, LifeEvent::RequestClosure, "account.close").await
}

/// Changes one's mind.
pub async fn keep_open(service: &Service, caller: &Caller) -> Result<Pending<()>, Error> {
    apply(service, caller, LifeEvent::KeepOpen, "account.keep_open").await
}

async fn apply(
    service: &Service,
    caller: &Caller,
    event: LifeEvent,
    action: &'static str,
) -> Result<Pending<()>, Error> {
    let id = own(caller)?;
    let now = service.now();
    let rules = life_rules(service);
    let mut tx = service.store().change().await?;
    let mut account = super::existing(&mut tx, id).await?;
    let step = account.life.apply(event, rules, now).map_err(register::refused)?;
    account.life = step.next;
    stored::save(&mut tx, &account).await?;
    let subject = Subject { account: id, application: None };
    service.push_effects(&mut tx, service.id(EventId::at), subject, &step.effects).await?;
    if event == LifeEvent::RequestClosure {
        service.push(&mut tx, &Job::AccountClock { account: id }, now + rules.cool_off).await?;
    }
    tx.audit(&Audit::new(&caller.actor(), action, "account", id), now).await?;
    Ok(Pending::new(service, tx, ()))
}
