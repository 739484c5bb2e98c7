//! Signing in with a contact and a password.
//!
//! The answer to a wrong password, to an unknown contact and to an account that is closed is one and the same,
//! after the same work. What is counted is what was typed, so a lock says nothing either.

use super::device::{self, Device};
use super::session::{self, Owner, SignedIn};
use super::{is_open, password, register, throttle};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::Contact;
use shiming_domain::id::PasskeyId;
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use shiming_store::account as stored;
use shiming_store::audit::Audit;
use std::collections::BTreeMap;

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Mail address or phone number.
    pub contact: String,
    /// The password.
    pub password: String,
    /// As a member of staff.
    pub staff: bool,
    /// Coarse words for the device, such as `Firefox, Linux`.
    pub device: Option<String>,
    /// The device itself, if its browser keeps a name of ours.
    pub known: Option<Device>,
}

/// Signs in. The session may still wait for a second factor ([`SignedIn::still`]).
pub async fn sign_in(
    service: &Service,
    caller: &Caller,
    sign_in: SignIn,
) -> Result<Pending<SignedIn>, Error> {
    let contact = register::parse(&sign_in.contact)?;
    let (what, typed) = (door(sign_in.staff), contact.value().reveal());
    let known = sign_in.known.as_ref();
    let at_home = match known {
        Some(device) => device::is_known(service, device, what, typed).await?,
        None => false,
    };
    match known.filter(|_| at_home) {
        Some(device) => throttle::attempt_on(service, caller, device, what, typed).await?,
        None => throttle::attempt(service, caller, what, typed).await?,
    }

    let mut tx = service.store().read().await?;
    let owner = find(service, &mut tx, &contact, sign_in.staff).await?;
    let row = match owner {
        Some(owner) => stored::password(&mut tx, &owner.text()).await?,
        None => None,
    };
    drop(tx);
    let checked = password::verify(service, row.clone(), &sign_in.password).await?;

    let now = service.now();
    let mut tx = service.store().change().await?;
    // The world may have moved on while the password was checked.
    let owner_now = find(service, &mut tx, &contact, sign_in.staff).await?;
    let row_now = match owner_now {
        Some(owner) => stored::password(&mut tx, &owner.text()).await?,
        None => None,
    };
    let Some(owner) = owner_now.filter(|_| checked.right && owner_now == owner && row_now == row) else {
        let object = owner_now.map_or_else(|| "unknown".to_owned(), Owner::text);
        let row = Audit::new(&caller.actor(), "session.begin", "owner", object).refused("sign_in_failed");
        tx.audit(&row, now).await?;
        tx.commit().await?;
        throttle::failed(service).await?;
        return Err(failed());
    };
    let text = owner.text();
    if let Some(rehashed) = &checked.rehashed {
        stored::set_password(&mut tx, &text, rehashed, now).await?;
    }
    // At home the tries of strangers are not forgiven, or whoever signs in often would grant them more.
    match known.filter(|_| at_home) {
        Some(device) => throttle::forgive_on(service, &mut tx, device, what, typed).await?,
        None => throttle::forgive(service, &mut tx, what, typed).await?,
    }
    if let Some(device) = known {
        device::remember(service, &mut tx, device, what, typed, &text).await?;
    }
    let device = sign_in.device.as_deref();
    let signed_in = admit(service, &mut tx, caller, owner, With::Password, device).await?;
    Ok(Pending::new(service, tx, signed_in))
}

/// What somebody signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum With {
    /// A password: one factor.
    Password,
    /// A passkey that verified its user: two.
    Passkey(PasskeyId),
}

/// Lets somebody in who has shown that it is them: begins the session, and tells them of a device they never had.
pub(super) async fn admit(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    owner: Owner,
    with: With,
    device: Option<&str>,
) -> Result<SignedIn, Error> {
    let (now, text) = (service.now(), owner.text());
    let is_new = match device {
        Some(words) => {
            let index = session::device_index(service, &text, words)?;
            let (known, ever) = stored::device_is_known(tx, &text, &index).await?;
            ever && !known
        }
        None => false,
    };
    let signed_in = session::begin(service, tx, owner, with != With::Password, device).await?;
    if let Owner::Account(id) = owner {
        stored::signed_in(tx, id, now).await?;
        if is_new {
            crate::notice::tell(service, tx, id, Notice::NewSignIn, BTreeMap::new(), now).await?;
        }
    }
    let row = Audit::new(&caller.actor(), "session.begin", "owner", text);
    let row = row.with("session", signed_in.session.to_string()).with("new_device", is_new);
    let row = match with {
        With::Password => row,
        With::Passkey(id) => row.with("passkey", id.to_string()),
    };
    tx.audit(&row, now).await?;
    Ok(signed_in)
}

/// Names the counter; recovery forgives it too.
pub(super) const fn door(staff: bool) -> &'static str {
    if staff { "staff_sign_in" } else { "sign_in" }
}

/// Whoever has this contact and may come in.
async fn find(
    service: &Service,
    tx: &mut Tx,
    contact: &Contact,
    staff: bool,
) -> Result<Option<Owner>, Error> {
    if staff {
        let index = super::staff::email_index(service, contact)?;
        let found = stored::staff_by_email(tx, &index).await?.filter(|staff| staff.state == "active");
        return Ok(found.map(|staff| Owner::Staff(staff.id, staff.role)));
    }
    let index = register::index(service, contact)?;
    let Some(found) = stored::confirmed_contact(tx, contact.kind(), &index).await? else { return Ok(None) };
    let account = stored::load(tx, found.account).await?.filter(|account| is_open(account.life));
    Ok(account.map(|account| Owner::Account(account.id)))
}

/// Whatever was wrong.
pub(super) fn failed() -> Error {
    let detail = "Contact and password do not belong together.";
    Refused::new(Kind::Unauthenticated, "sign_in_failed", detail).into()
}
