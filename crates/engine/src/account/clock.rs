//! What time does to an account: one that nobody confirms is removed, one that is closing closes. The date to be
//! verified by and dormancy are the wallet's matter.

use super::life_rules;
use crate::service::{Caller, Error, Job, Service, Subject};
use shiming_domain::account::{Closing, Life, LifeEvent, LifeRefusal};
use shiming_domain::id::{AccountId, EventId};
use shiming_domain::moment::Span;
use shiming_store::account::{self as stored, StoredAccount};
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose;

/// When something stands against closing, it is asked again after so long.
const ASK_AGAIN: Span = Span::days(1);

/// Does what is due.
pub(crate) async fn clock(service: &Service, id: AccountId) -> Result<(), Error> {
    let mut tx = service.store().read().await?;
    let Some(account) = stored::load(&mut tx, id).await? else { return Ok(()) };
    drop(tx);
    match account.life {
        Life::PendingContact { .. } => {
            return match account.life.apply(LifeEvent::GiveUp, life_rules(service), service.now()) {
                Ok(_) => remove(service, id).await,
                Err(_) => Ok(()),
            };
        }
        Life::Closing { .. } => end(service, account).await?,
        Life::Active { .. } | Life::Closed { .. } => {}
    }
    crate::wallet::clock(service, id).await
}

/// Removes an account that was never confirmed. Nothing happens if it was, or is gone.
pub async fn remove(service: &Service, id: AccountId) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let Some(account) = stored::load(&mut tx, id).await? else { return Ok(()) };
    if !matches!(account.life, Life::PendingContact { .. }) {
        return Ok(());
    }
    // Takes the row, so that a code that is used in this moment finds a conflict.
    stored::save(&mut tx, &account).await?;
    stored::remove(&mut tx, id).await?;
    service.shred(&mut tx, &id.to_string(), Purpose::Contact).await?;
    tx.audit(&Audit::new(&Caller::system().actor(), "account.remove", "account", id), service.now()).await?;
    Ok(tx.commit().await?)
}

/// Closes it when its time has come. The service holds no money, so there is no balance that could be left.
async fn end(service: &Service, mut account: StoredAccount) -> Result<(), Error> {
    let (id, now) = (account.id, service.now());
    let mut tx = service.store().change().await?;
    // Whoever objects is heard first.
    let dispute_open = shiming_store::case::has_open_appeal(&mut tx, id).await?;
    let event = LifeEvent::Close(Closing { balance_zero: true, dispute_open });
    let actor = Caller::system().actor();
    match account.life.apply(event, life_rules(service), now) {
        Ok(step) => {
            account.life = step.next;
            stored::save(&mut tx, &account).await?;
            let ended = stored::end_sessions(&mut tx, &id.to_string(), None, now).await?;
            // The contact is free for a new account; what it was stays sealed as long as the law says.
            stored::remove_contacts(&mut tx, id, now).await?;
            let subject = Subject { account: id, application: None };
            service.push_effects(&mut tx, service.id(EventId::at), subject, &step.effects).await?;
            let row = Audit::new(&actor, "account.closed", "account", id);
            tx.audit(&row.with("sessions_ended", ended), now).await?;
        }
        Err(LifeRefusal::BalanceLeft | LifeRefusal::DisputeOpen) => {
            service.push(&mut tx, &Job::AccountClock { account: id }, now + ASK_AGAIN).await?;
            tx.audit(&Audit::new(&actor, "account.closed", "account", id).refused("not_settled"), now)
                .await?;
        }
        Err(LifeRefusal::TooEarly { .. } | LifeRefusal::NotListed) => return Ok(()),
    }
    Ok(tx.commit().await?)
}
