//! Who reads a notice, and where.

use crate::service::{Error, Service};
use serde::{Deserialize, Serialize};
use shiming_domain::account::{Contact, ContactKind, Locale};
use shiming_domain::id::AccountId;
use shiming_domain::personal::{Personal, full_view};
use shiming_store::Tx;

/// The owner of an account.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The language they read.
    pub locale: Locale,
    /// Where they are reached: confirmed contacts only.
    pub contacts: Vec<Contact>,
}

impl Reader {
    /// The owner of an account; none if it is gone.
    pub(super) async fn of(
        service: &Service,
        tx: &mut Tx,
        account: AccountId,
    ) -> Result<Option<Self>, Error> {
        let Some(found) = shiming_store::account::load(tx, account).await? else { return Ok(None) };
        let contacts = crate::account::contacts(service, tx, account).await?;
        Ok(Some(Self { locale: found.locale, contacts }))
    }
}

#[derive(Serialize, Deserialize)]
struct Packed {
    kind: String,
    #[serde(with = "full_view")]
    value: Personal,
}

/// Contacts as bytes to be sealed.
pub(super) fn pack(contacts: &[Contact]) -> Result<Vec<u8>, Error> {
    let packed: Vec<Packed> = contacts
        .iter()
        .map(|contact| Packed { kind: contact.kind().as_str().to_owned(), value: contact.value().clone() })
        .collect();
    serde_json::to_vec(&packed).map_err(|_| Error::Internal("notice_contacts"))
}

/// Contacts that were packed.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Contact>, Error> {
    let broken = || Error::Internal("notice_contacts");
    let packed: Vec<Packed> = serde_json::from_slice(bytes).map_err(|_| broken())?;
    let contact = |packed: Packed| {
        let kind = ContactKind::of(&packed.kind).ok_or_else(broken)?;
        Ok(Contact::stored(kind, packed.value.reveal()))
    };
    packed.into_iter().map(contact).collect()
}
