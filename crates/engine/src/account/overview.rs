//! An account as its owner sees it, and where its owner is reached.

use crate::service::{Error, Service};
use shiming_domain::account::{Contact, Deadline, Life, Locale, Restriction};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Timestamp;
use shiming_store::Tx;
use shiming_store::account::{self as stored, StoredContact};
use shiming_vault::keys::Purpose;

/// An account.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Its id.
    pub id: AccountId,
    /// Counts its changes.
    pub version: i64,
    /// Where it is.
    pub life: Life,
    /// The language its owner reads.
    pub locale: Locale,
    /// Confirmed contacts, masked.
    pub contacts: Vec<ContactView>,
    /// Restrictions in force.
    pub restrictions: Vec<Restriction>,
    /// The date to be verified by.
    pub deadline: Option<Deadline>,
    /// Who it belongs to, once verified.
    pub person: Option<PersonId>,
    /// As derived last.
    pub level: u8,
    /// An authenticator or a passkey is in use.
    pub second_factor: bool,
    /// Recovery codes that are left.
    pub recovery_codes_left: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A contact, masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactView {
    /// `email` or `phone`.
    pub kind: &'static str,
    /// To recognise it by.
    pub masked: String,
}

/// The account as its owner sees it.
pub async fn overview(service: &Service, tx: &mut Tx, id: AccountId) -> Result<Overview, Error> {
    let account = super::existing(tx, id).await?;
    let owner = id.to_string();
    let contacts = contacts(service, tx, id).await?;
    let view = |contact: &Contact| ContactView { kind: contact.kind().as_str(), masked: contact.masked() };
    Ok(Overview {
        id,
        version: account.version,
        life: account.life,
        locale: account.locale,
        contacts: contacts.iter().map(view).collect(),
        restrictions: account.restrictions.iter().map(|(restriction, _)| restriction).collect(),
        deadline: account.deadline,
        person: account.person,
        level: account.level,
        second_factor: super::factor::enrolled(tx, &owner).await?,
        recovery_codes_left: stored::recovery_codes_left(tx, &owner).await?,
        created_at: account.created_at,
    })
}

/// Where the owner of an account is reached: confirmed contacts, oldest first.
pub async fn contacts(service: &Service, tx: &mut Tx, id: AccountId) -> Result<Vec<Contact>, Error> {
    let mut contacts = Vec::new();
    for contact in stored::contacts(tx, id).await? {
        contacts.push(open(service, tx, &contact).await?);
    }
    Ok(contacts)
}

/// Opens a stored contact.
pub(super) async fn open(service: &Service, tx: &mut Tx, contact: &StoredContact) -> Result<Contact, Error> {
    let (account, id) = (contact.account.to_string(), contact.id.to_string());
    let plain = service.unseal(tx, &account, Purpose::Contact, "contact.value", &id, &contact.value).await?;
    let text = std::str::from_utf8(plain.as_bytes()).map_err(|_| Error::Internal("contact_text"))?;
    Ok(Contact::stored(contact.kind, text))
}
