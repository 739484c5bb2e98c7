//! Steps that were handed to a phone: found by the hash of the link's token, or of the phone's own.

use super::columns::Place;
use crate::{Error, Tx};
use shiming_domain::id::{AccountId, ApplicationId, HandoffId};
use shiming_domain::moment::Timestamp;
use shiming_vault::token::TokenHash;

/// A hand-off to begin.
#[derive(Clone, Debug)]
pub struct NewHandoff {
    /// Its id.
    pub id: HandoffId,
    /// The application whose steps are handed over.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// Of the token in the link.
    pub link: TokenHash,
    /// The link is worth nothing from then on.
    pub expires_at: Timestamp,
}

/// A stored hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHandoff {
    /// Its id.
    pub id: HandoffId,
    /// The application whose steps are handed over.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// The link is worth nothing from then on.
    pub expires_at: Timestamp,
    /// Somebody looked at the link's page.
    pub opened_at: Option<Timestamp>,
    /// A phone took it, and may send pictures until then.
    pub phone_until: Option<Timestamp>,
    /// Taken back, or replaced by a newer one.
    pub ended_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    application: String,
    account: String,
    expires_us: i64,
    opened_us: Option<i64>,
    phone_until_us: Option<i64>,
    ended_us: Option<i64>,
}

impl Row {
    fn stored(self) -> Result<StoredHandoff, Error> {
        let place = Place { table: "handoff", id: &self.id };
        let time = |column, us: Option<i64>| us.map(|us| place.time(column, us)).transpose();
        Ok(StoredHandoff {
            id: place.parse("id", &self.id)?,
            application: place.parse("application", &self.application)?,
            account: place.parse("account", &self.account)?,
            expires_at: place.time("expires_us", self.expires_us)?,
            opened_at: time("opened_us", self.opened_us)?,
            phone_until: time("phone_until_us", self.phone_until_us)?,
            ended_at: time("ended_us", self.ended_us)?,
        })
    }
}

/// Begins a hand-off. A second live one of an application is refused by a unique index.
pub async fn insert_handoff(tx: &mut Tx, new: &NewHandoff, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "handoff",
        "INSERT INTO handoff (id, application, account, link_hash, created_us, expires_us) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.id.to_string(),
        new.application.to_string(),
        new.account.to_string(),
        new.link.as_bytes().as_slice(),
        now.unix_us(),
        new.expires_at.unix_us(),
    )
}

/// Ends the live hand-off of an application, if there is one.
pub async fn end_handoffs(tx: &mut Tx, application: ApplicationId, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "handoff",
        "UPDATE handoff SET ended_us = $2 WHERE application = $1 AND ended_us IS NULL",
        application.to_string(),
        now.unix_us(),
    )
}

/// One hand-off.
pub async fn handoff(tx: &mut Tx, id: HandoffId) -> Result<Option<StoredHandoff>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "handoff",
        "SELECT id, application, account, expires_us, opened_us, phone_until_us, ended_us FROM handoff \
         WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// The hand-off of a link, whatever became of it.
pub async fn handoff_by_link(tx: &mut Tx, link: &TokenHash) -> Result<Option<StoredHandoff>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "handoff",
        "SELECT id, application, account, expires_us, opened_us, phone_until_us, ended_us FROM handoff \
         WHERE link_hash = $1",
        link.as_bytes().as_slice(),
    )?;
    row.map(Row::stored).transpose()
}

/// The hand-off that a phone took, while it may still send pictures.
pub async fn handoff_by_phone(
    tx: &mut Tx,
    phone: &TokenHash,
    now: Timestamp,
) -> Result<Option<StoredHandoff>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "handoff",
        "SELECT id, application, account, expires_us, opened_us, phone_until_us, ended_us FROM handoff \
         WHERE phone_hash = $1 AND ended_us IS NULL AND phone_until_us > $2",
        phone.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    row.map(Row::stored).transpose()
}

/// Somebody looked at the link's page. `false` if somebody has before.
pub async fn open_handoff(tx: &mut Tx, id: HandoffId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "handoff",
        "UPDATE handoff SET opened_us = $2 WHERE id = $1 AND opened_us IS NULL",
        id.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// A phone takes it. `false` if another was faster, or it is over.
pub async fn claim_handoff(
    tx: &mut Tx,
    id: HandoffId,
    phone: &TokenHash,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "handoff",
        "UPDATE handoff SET phone_hash = $2, phone_until_us = $3, claimed_us = $4 \
         WHERE id = $1 AND claimed_us IS NULL AND ended_us IS NULL AND expires_us > $4",
        id.to_string(),
        phone.as_bytes().as_slice(),
        until.unix_us(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Forgets those that were begun long ago.
pub async fn forget_handoffs(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "handoff", "DELETE FROM handoff WHERE created_us < $1", before.unix_us())
}
