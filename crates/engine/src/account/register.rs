//! Opening an account: a contact and a password, then the code that was sent there.

use super::code::{self, Asked, Purpose};
use super::device::Device;
use super::session::{self, Owner, SignedIn};
use super::{life_rules, password, throttle};
use crate::service::{Caller, Error, Job, Kind, Pending, Refused, Service};
use shiming_domain::account::{
    Activity, Contact, Deadline, DeadlineRules, Life, LifeEvent, Locale, Restrictions,
};
use shiming_domain::id::{AccountId, CodeId, ContactId};
use shiming_domain::moment::Span;
use shiming_store::account::{self as stored, NewContact, StoredAccount};
use shiming_store::audit::Audit;

/// Looked at again after so long: an account that nobody confirms is removed.
const UNCONFIRMED_KEPT: Span = Span::days(7);

/// What somebody registers with.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Mail address or phone number.
    pub contact: String,
    /// The new password.
    pub password: String,
    /// The language they read.
    pub locale: Locale,
    /// The device they come from, if its browser keeps a name of ours.
    pub device: Option<Device>,
}

/// Reads a contact that was typed.
pub(super) fn parse(typed: &str) -> Result<Contact, Error> {
    Contact::parse(typed)
        .map_err(|error| Refused::new(Kind::Malformed, "contact_malformed", error.to_string()).into())
}

/// The blind index of a contact.
pub(super) fn index(service: &Service, contact: &Contact) -> Result<[u8; 32], Error> {
    service.blind_index(contact.kind().as_str(), contact.value().reveal())
}

/// Registers, or seems to: a contact that has an account gets a letter that says so, and whoever asked the same
/// answer. Several may claim a contact at once; whoever answers from there first has it.
pub async fn register(
    service: &Service,
    caller: &Caller,
    registration: Registration,
) -> Result<Pending<Asked>, Error> {
    let contact = parse(&registration.contact)?;
    password::check(service, &registration.password, false, &[contact.value().reveal()])?;
    throttle::registration(service, caller, registration.device.as_ref()).await?;
    let bucket = throttle::sending(service, contact.value().reveal()).await?;
    let hash = password::hash(service, &registration.password).await?;
    let index = index(service, &contact)?;

    let now = service.now();
    let mut tx = service.store().change().await?;
    if let Some(known) = stored::confirmed_contact(&mut tx, contact.kind(), &index).await? {
        let purpose = Purpose::AlreadyRegistered;
        let asked =
            code::ask(service, &mut tx, purpose, None, Some(known.id), contact.kind(), &bucket).await?;
        let row = Audit::new(&caller.actor(), "account.register", "account", known.account);
        tx.audit(&row.refused("already_registered"), now).await?;
        return Ok(Pending::new(service, tx, asked));
    }
    let (id, contact_id) = (service.id(AccountId::at), service.id(ContactId::at));
    let account = StoredAccount {
        id,
        version: 1,
        life: Life::PendingContact { since: now },
        locale: registration.locale,
        restrictions: Restrictions::default(),
        deadline: Some(Deadline::new(now, &DeadlineRules::from(service.policy().rules()))),
        person: None,
        level: 0,
        activity: Activity { opened_at: now, last_transaction_at: None, last_sign_in_at: None },
        recovered_at: None,
        created_at: now,
    };
    stored::insert(&mut tx, &account).await?;
    let owner = id.to_string();
    let value = code::seal_contact(service, &mut tx, &owner, contact_id, contact.value()).await?;
    let new = NewContact { id: contact_id, account: id, kind: contact.kind(), value, index };
    stored::insert_contact(&mut tx, &new, now).await?;
    stored::set_password(&mut tx, &owner, &hash, now).await?;
    let asked = code::ask(
        service,
        &mut tx,
        Purpose::Register,
        Some(owner),
        Some(contact_id),
        contact.kind(),
        &bucket,
    )
    .await?;
    service.push(&mut tx, &Job::AccountClock { account: id }, now + UNCONFIRMED_KEPT).await?;
    let row = Audit::new(&caller.actor(), "account.register", "account", id);
    tx.audit(&row.with("contact", contact.kind().as_str()), now).await?;
    Ok(Pending::new(service, tx, asked))
}

/// The code that was sent to the contact: the account is open, and its owner signed in.
pub async fn confirm(
    service: &Service,
    caller: &Caller,
    request: CodeId,
    typed: &str,
    device: Option<&str>,
) -> Result<Pending<SignedIn>, Error> {
    throttle::network(service, caller).await?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some(found) = code::look(service, &mut tx, request, Purpose::Register, typed).await? else {
        return Err(code::missed(service, caller, tx, request).await);
    };
    let (owner, contact) = found.owner.zip(found.contact).ok_or(Error::Internal("code_without_owner"))?;
    let id: AccountId = owner.parse().map_err(|_| Error::Internal("code_owner"))?;
    let mut account = super::existing(&mut tx, id).await?;
    let step = account.life.apply(LifeEvent::ConfirmContact, life_rules(service), now).map_err(refused)?;
    account.life = step.next;
    account.activity.opened_at = now;
    stored::save(&mut tx, &account).await?;
    stored::end_code(&mut tx, request).await?;
    stored::confirm_contact(&mut tx, contact, now).await.map_err(taken)?;
    service.push(&mut tx, &Job::AccountClock { account: id }, now).await?;
    let signed_in = session::begin(service, &mut tx, Owner::Account(id), false, device).await?;
    stored::signed_in(&mut tx, id, now).await?;
    let row = Audit::new(&caller.actor(), "account.confirm", "account", id);
    tx.audit(&row.with("session", signed_in.session.to_string()), now).await?;
    Ok(Pending::new(service, tx, signed_in))
}

/// A refusal of an account's life.
pub(super) fn refused(refusal: shiming_domain::account::LifeRefusal) -> Error {
    Refused::new(Kind::Conflict, refusal.code(), refusal.to_string()).into()
}

/// Whoever answered from the contact may learn that they have an account already.
pub(super) fn taken(error: shiming_store::Error) -> Error {
    if !error.is_unique_violation() {
        return error.into();
    }
    let detail = "This contact has an account. Sign in, or set a new password.";
    Refused::new(Kind::Conflict, "contact_taken", detail).into()
}
