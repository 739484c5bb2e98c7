//! One's passkeys: seeing, naming and removing them.

use super::enrol::{lock, named};
use super::is_staff;
use crate::account::{owner as owner_of, require_fresh, require_two_factors, session};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::PasskeyId;
use shiming_domain::moment::Timestamp;
use shiming_store::Tx;
use shiming_store::account::{self as stored, StoredPasskey};
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// It may be copied to other devices.
    pub backup_eligible: bool,
    /// It has been.
    pub backed_up: bool,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// The caller's passkeys, oldest first.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<PasskeyView>, Error> {
    let (owner, _) = owner_of(caller)?;
    let mut tx = service.store().read().await?;
    let mut views = Vec::new();
    for passkey in stored::passkeys(&mut tx, &owner).await? {
        views.push(view(service, &mut tx, passkey).await?);
    }
    Ok(views)
}

/// Calls one of the caller's passkeys something else.
pub async fn rename(
    service: &Service,
    caller: &Caller,
    id: PasskeyId,
    name: &str,
) -> Result<Pending<()>, Error> {
    let (owner, _) = owner_of(caller)?;
    let (name, text) = (named(name)?, id.to_string());
    require_fresh(service, caller)?;
    let mut tx = service.store().change().await?;
    let sealed =
        service.seal(&mut tx, &owner, Purpose::Contact, "passkey.name", &text, name.as_bytes()).await?;
    if !stored::rename_passkey(&mut tx, &owner, id, &sealed).await? {
        return Err(Error::not_found());
    }
    tx.audit(&Audit::new(&caller.actor(), "passkey.rename", "passkey", id), service.now()).await?;
    Ok(Pending::new(service, tx, ()))
}

/// Removes one of the caller's passkeys. Staff keep a second factor that they may sign in with.
pub async fn remove(service: &Service, caller: &Caller, id: PasskeyId) -> Result<Pending<()>, Error> {
    let (owner, _) = owner_of(caller)?;
    let mut tx = service.store().change().await?;
    lock(service, &mut tx, &owner).await?;
    let passkeys = stored::passkeys(&mut tx, &owner).await?;
    if !passkeys.iter().any(|passkey| passkey.id == id) {
        return Err(Error::not_found());
    }
    // Asked after the look-up: who has no such passkey learns no more than that.
    require_two_factors(service, caller)?;
    if is_staff(&owner) && passkeys.len() == 1 {
        let authenticator = stored::totp(&mut tx, &owner, true).await?.is_some();
        if session::staff_need_passkey(service) || !authenticator {
            let detail = "This is your last second factor. Set up another one first.";
            return Err(Refused::new(Kind::Conflict, "factor_last", detail).into());
        }
    }
    stored::remove_passkey(&mut tx, &owner, id).await?;
    tx.audit(&Audit::new(&caller.actor(), "passkey.remove", "passkey", id), service.now()).await?;
    Ok(Pending::new(service, tx, ()))
}

async fn view(service: &Service, tx: &mut Tx, passkey: StoredPasskey) -> Result<PasskeyView, Error> {
    let id = passkey.id.to_string();
    let (kind, owner) = ("passkey.name", &passkey.owner);
    let name = service.unseal(tx, owner, Purpose::Contact, kind, &id, &passkey.name).await?;
    Ok(PasskeyView {
        id: passkey.id,
        name: String::from_utf8_lossy(name.as_bytes()).into_owned(),
        backup_eligible: passkey.backup_eligible,
        backed_up: passkey.backed_up,
        created_at: passkey.created_at,
        used_at: passkey.used_at,
    })
}
