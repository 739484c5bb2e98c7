//! A forgotten password: a code to a confirmed contact, the second factor if there is one, a new password. All
//! sessions end, and every contact is told.

use super::code::{self, Asked, NOT_COUNTED, Purpose};
use super::factor::{Proof, Shown, enrolled, show};
use super::{is_open, password, register, sign_in, throttle};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::{AccountId, CodeId};
use shiming_store::account as stored;
use shiming_store::audit::Audit;

/// What somebody sets a new password with.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// Of this request.
    pub request: CodeId,
    /// The code that was sent.
    pub code: String,
    /// An authenticator, a passkey or a recovery code, where there is one.
    pub factor: Option<Proof>,
    /// The new password.
    pub password: String,
}

/// Sends a code to a contact, or seems to.
pub async fn recover(service: &Service, caller: &Caller, contact: &str) -> Result<Pending<Asked>, Error> {
    let contact = register::parse(contact)?;
    throttle::network(service, caller).await?;
    let bucket = throttle::sending(service, contact.value().reveal()).await?;
    let index = register::index(service, &contact)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let known = match stored::confirmed_contact(&mut tx, contact.kind(), &index).await? {
        Some(known) => stored::load(&mut tx, known.account).await?.filter(|a| is_open(a.life)).map(|_| known),
        None => None,
    };
    let (owner, id) = known.map(|known| (known.account.to_string(), known.id)).unzip();
    let object = owner.clone().unwrap_or_else(|| "unknown".to_owned());
    let asked = code::ask(service, &mut tx, Purpose::Recover, owner, id, contact.kind(), &bucket).await?;
    tx.audit(&Audit::new(&caller.actor(), "password.recover", "owner", object), now).await?;
    Ok(Pending::new(service, tx, asked))
}

/// Sets the new password.
pub async fn complete(service: &Service, caller: &Caller, recovery: Recovery) -> Result<Pending<()>, Error> {
    throttle::network(service, caller).await?;
    // Whether fifteen characters are asked for is known only once the code was right.
    password::check(service, &recovery.password, true, &[])?;
    let hash = password::hash(service, &recovery.password).await?;

    let now = service.now();
    let request = recovery.request;
    let mut tx = service.store().change().await?;
    let Some(found) = code::look(service, &mut tx, request, Purpose::Recover, &recovery.code).await? else {
        return Err(code::missed(service, caller, tx, request).await);
    };
    let owner = found.owner.ok_or(Error::Internal("code_without_owner"))?;
    let id: AccountId = owner.parse().map_err(|_| Error::Internal("code_owner"))?;
    let enrolled = enrolled(&mut tx, &owner).await?;
    let shown = match (enrolled, &recovery.factor) {
        (false, _) => Shown::Right,
        (true, Some(proof @ (Proof::Totp(_) | Proof::RecoveryCode(_) | Proof::Passkey(_)))) => {
            show(service, &mut tx, &owner, proof, None).await?
        }
        (true, _) => {
            // The code was right, so whoever asks may know that there is a second factor. The try counts.
            let row = Audit::new(&caller.actor(), "password.reset", "owner", &owner);
            tx.audit(&row.refused("second_factor_required"), now).await?;
            tx.commit().await?;
            let detail = "Show the authenticator, a passkey or a recovery code as well.";
            return Err(Refused::new(Kind::Unacceptable, "second_factor_required", detail).into());
        }
    };
    if matches!(shown, Shown::Wrong(_)) {
        return Err(code::missed(service, caller, tx, request).await);
    }
    let contacts = super::overview::contacts(service, &mut tx, id).await?;
    let words: Vec<&str> = contacts.iter().map(|contact| contact.value().reveal()).collect();
    password::check(service, &recovery.password, enrolled, &words)?;

    let mut account = super::existing(&mut tx, id).await?;
    account.recovered_at = Some(now);
    stored::save(&mut tx, &account).await?;
    stored::end_code(&mut tx, request).await?;
    stored::end_codes(&mut tx, &owner).await?;
    stored::set_password(&mut tx, &owner, &hash, now).await?;
    let ended = stored::end_sessions(&mut tx, &owner, None, now).await?;
    stored::remove_devices(&mut tx, &owner).await?;
    for contact in stored::contacts(&mut tx, id).await? {
        let purpose = Purpose::PasswordChanged;
        code::ask(
            service,
            &mut tx,
            purpose,
            Some(owner.clone()),
            Some(contact.id),
            contact.kind,
            NOT_COUNTED,
        )
        .await?;
    }
    for contact in &contacts {
        throttle::forgive(service, &mut tx, sign_in::door(false), contact.value().reveal()).await?;
    }
    let row = Audit::new(&caller.actor(), "password.reset", "owner", owner);
    tx.audit(&row.with("sessions_ended", ended).with("second_factor", enrolled), now).await?;
    Ok(Pending::new(service, tx, ()))
}
