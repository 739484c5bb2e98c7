//! The account behind an application.

use crate::service::Error;
use shiming_domain::account::Life;
use shiming_domain::id::{AccountId, PersonId};
use shiming_store::{Tx, account as stored};

/// Whether an account is in use: its contact is confirmed and it is not closed.
pub(super) async fn is_active(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let found = stored::load(tx, account).await?;
    Ok(found.is_some_and(|found| matches!(found.life, Life::Active { .. } | Life::Closing { .. })))
}

/// Names the person of an account, beside the link that people are found by.
pub(super) async fn set_person(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<(), Error> {
    let Some(mut found) = stored::load(tx, account).await? else { return Err(Error::not_found()) };
    if found.person != Some(person) {
        found.person = Some(person);
        stored::save(tx, &found).await?;
    }
    Ok(())
}
