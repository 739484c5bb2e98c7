//! Addresses and numbers of accounts.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::account::ContactKind;
use shiming_domain::id::{AccountId, ContactId};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// A contact to be stored, not yet confirmed.
#[derive(Clone, Debug)]
pub struct NewContact {
    /// Its id.
    pub id: ContactId,
    /// Whose.
    pub account: AccountId,
    /// What kind.
    pub kind: ContactKind,
    /// The normal form, sealed.
    pub value: Sealed,
    /// Its blind index.
    pub index: [u8; 32],
}

/// A stored contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredContact {
    /// Its id.
    pub id: ContactId,
    /// Whose.
    pub account: AccountId,
    /// What kind.
    pub kind: ContactKind,
    /// The normal form, sealed.
    pub value: Sealed,
    /// Its owner answered from there.
    pub confirmed_at: Option<Timestamp>,
    /// It is the account's no longer.
    pub removed_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: String,
    kind: String,
    value: Vec<u8>,
    confirmed_us: Option<i64>,
    removed_us: Option<i64>,
}

impl Row {
    fn contact(self) -> Result<StoredContact, Error> {
        let cells = Cells { table: "contact", id: &self.id };
        Ok(StoredContact {
            id: cells.parsed("id", &self.id)?,
            account: cells.parsed("account_id", &self.account_id)?,
            kind: ContactKind::of(&self.kind).ok_or_else(|| cells.broken("kind"))?,
            value: cells.sealed("value", self.value)?,
            confirmed_at: cells.time_option("confirmed_us", self.confirmed_us)?,
            removed_at: cells.time_option("removed_us", self.removed_us)?,
        })
    }
}

/// Keeps a contact that somebody claims.
pub async fn insert_contact(tx: &mut Tx, contact: &NewContact, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "contact",
        "INSERT INTO contact (id, account_id, kind, value, idx, created_us) VALUES ($1, $2, $3, $4, $5, $6)",
        contact.id.to_string(),
        contact.account.to_string(),
        contact.kind.as_str(),
        contact.value.as_bytes(),
        contact.index.as_slice(),
        now.unix_us(),
    )
}

/// One contact.
pub async fn contact(tx: &mut Tx, id: ContactId) -> Result<Option<StoredContact>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "contact",
        "SELECT id, account_id, kind, value, confirmed_us, removed_us FROM contact WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::contact).transpose()
}

/// Whoever has confirmed this contact.
pub async fn confirmed_contact(
    tx: &mut Tx,
    kind: ContactKind,
    index: &[u8; 32],
) -> Result<Option<StoredContact>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "contact",
        "SELECT id, account_id, kind, value, confirmed_us, removed_us FROM contact \
         WHERE kind = $1 AND idx = $2 AND confirmed_us IS NOT NULL AND removed_us IS NULL",
        kind.as_str(),
        index.as_slice(),
    )?;
    row.map(Row::contact).transpose()
}

/// The confirmed contacts of an account, oldest first.
pub async fn contacts(tx: &mut Tx, account: AccountId) -> Result<Vec<StoredContact>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "contact",
        "SELECT id, account_id, kind, value, confirmed_us, removed_us FROM contact \
         WHERE account_id = $1 AND confirmed_us IS NOT NULL AND removed_us IS NULL \
         ORDER BY confirmed_us, id LIMIT 20",
        account.to_string(),
    )?;
    rows.into_iter().map(Row::contact).collect()
}

/// Its owner answered. A unique violation means that somebody else had confirmed it before; on PostgreSQL the
/// transaction is lost then.
pub async fn confirm_contact(tx: &mut Tx, id: ContactId, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "contact",
        "UPDATE contact SET confirmed_us = $2 WHERE id = $1 AND confirmed_us IS NULL AND removed_us IS NULL",
        id.to_string(),
        now.unix_us(),
    )
}

/// It is the account's no longer.
pub async fn remove_contact(tx: &mut Tx, id: ContactId, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "contact",
        "UPDATE contact SET removed_us = $2 WHERE id = $1 AND removed_us IS NULL",
        id.to_string(),
        now.unix_us(),
    )
}

/// None of them is the account's any longer.
pub async fn remove_contacts(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "contact",
        "UPDATE contact SET removed_us = $2 WHERE account_id = $1 AND removed_us IS NULL",
        account.to_string(),
        now.unix_us(),
    )
}
