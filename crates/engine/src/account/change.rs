//! A new contact in the place of the old one. Verified people change theirs with support where the policy says
//! so: whoever takes the contact takes the account.

use super::code::{self, Asked, NOT_COUNTED, Purpose};
use super::{is_open, own, register, require_fresh, require_two_factors, throttle};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::{CodeId, ContactId};
use shiming_domain::notice::Notice;
use shiming_domain::policy::ContactChange;
use shiming_store::Tx;
use shiming_store::account::{self as stored, NewContact, StoredAccount};
use shiming_store::audit::Audit;
use std::collections::BTreeMap;

/// Sends a code to a new contact of the caller.
pub async fn change_contact(
    service: &Service,
    caller: &Caller,
    contact: &str,
) -> Result<Pending<Asked>, Error> {
    let id = own(caller)?;
    let contact = register::parse(contact)?;
    let index = register::index(service, &contact)?;
    let bucket = throttle::sending(service, contact.value().reveal()).await?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let account = super::existing(&mut tx, id).await?;
    if !is_open(account.life) {
        return Err(Error::not_found());
    }
    let owner = id.to_string();
    let strong = account.person.is_some() || super::factor::enrolled(&mut tx, &owner).await?;
    require_permission(service, &mut tx, &account).await?;
    if strong {
        require_two_factors(service, caller)?;
    } else {
        require_fresh(service, caller)?;
    }
    // A contact that has an account gets a letter that says so; the answer here is the same.
    if let Some(known) = stored::confirmed_contact(&mut tx, contact.kind(), &index).await? {
        let purpose = Purpose::AlreadyRegistered;
        let asked =
            code::ask(service, &mut tx, purpose, None, Some(known.id), contact.kind(), &bucket).await?;
        let row = Audit::new(&caller.actor(), "contact.change", "account", id);
        tx.audit(&row.refused("already_registered"), now).await?;
        return Ok(Pending::new(service, tx, asked));
    }
    let contact_id = service.id(ContactId::at);
    let value = code::seal_contact(service, &mut tx, &owner, contact_id, contact.value()).await?;
    let new = NewContact { id: contact_id, account: id, kind: contact.kind(), value, index };
    stored::insert_contact(&mut tx, &new, now).await?;
    let asked = code::ask(
        service,
        &mut tx,
        Purpose::NewContact,
        Some(owner),
        Some(contact_id),
        contact.kind(),
        &bucket,
    )
    .await?;
    tx.audit(&Audit::new(&caller.actor(), "contact.change", "account", id), now).await?;
    Ok(Pending::new(service, tx, asked))
}

/// Where the policy says so, a verified person needs support's permission. It permits one change.
async fn require_permission(service: &Service, tx: &mut Tx, account: &StoredAccount) -> Result<(), Error> {
    let rule = service.policy().rules().account.contact_change;
    if account.person.is_none() || rule != ContactChange::SupportOnly {
        return Ok(());
    }
    let changed = stored::contacts(tx, account.id).await?.iter().filter_map(|c| c.confirmed_at).max();
    let permitted = crate::review::contact_allowed(service, tx, account.id).await?;
    if permitted.is_some_and(|since| changed.is_none_or(|at| at < since)) {
        return Ok(());
    }
    let detail = "Support changes the contact of a verified person: open a ticket.";
    Err(Refused::new(Kind::Conflict, "contact_change_support_only", detail).into())
}

/// The code that was sent to the new contact: the old ones go, and are told.
pub async fn confirm_contact(
    service: &Service,
    caller: &Caller,
    request: CodeId,
    typed: &str,
) -> Result<Pending<()>, Error> {
    let id = own(caller)?;
    let owner = id.to_string();
    let now = service.now();
    let mut tx = service.store().change().await?;
    // Whoever asked for the code may have been verified since.
    let account = super::existing(&mut tx, id).await?;
    require_permission(service, &mut tx, &account).await?;
    let found = code::look(service, &mut tx, request, Purpose::NewContact, typed).await?;
    let found = found.filter(|found| found.owner.as_deref() == Some(owner.as_str()));
    let Some(contact) = found.and_then(|found| found.contact) else {
        return Err(code::missed(service, caller, tx, request).await);
    };
    stored::end_code(&mut tx, request).await?;
    for old in stored::contacts(&mut tx, id).await? {
        stored::remove_contact(&mut tx, old.id, now).await?;
        let purpose = Purpose::ContactChanged;
        code::ask(service, &mut tx, purpose, Some(owner.clone()), Some(old.id), old.kind, NOT_COUNTED)
            .await?;
    }
    stored::confirm_contact(&mut tx, contact, now).await.map_err(register::taken)?;
    crate::notice::tell(service, &mut tx, id, Notice::ContactChanged, BTreeMap::new(), now).await?;
    let row = Audit::new(&caller.actor(), "contact.confirm", "account", id);
    tx.audit(&row.with("contact", contact.to_string()), now).await?;
    Ok(Pending::new(service, tx, ()))
}
