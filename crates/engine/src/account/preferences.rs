//! What the owner of an account prefers: the language that mails and notices are written in.

use super::own;
use crate::service::{Caller, Error, Pending, Service};
use shiming_domain::account::Locale;
use shiming_store::account as stored;
use shiming_store::audit::Audit;

/// Writes to the owner in this language from now on. The same again changes nothing.
pub async fn prefer(service: &Service, caller: &Caller, locale: Locale) -> Result<Pending<()>, Error> {
    let id = own(caller)?;
    let mut tx = service.store().change().await?;
    let mut account = super::existing(&mut tx, id).await?;
    let changed = account.locale != locale;
    account.locale = locale;
    if changed {
        stored::save(&mut tx, &account).await?;
    }
    let row = Audit::new(&caller.actor(), "account.prefer", "account", id).with("locale", locale.as_str());
    tx.audit(&row.with("changed", changed), service.now()).await?;
    Ok(Pending::new(service, tx, ()))
}
