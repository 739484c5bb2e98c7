//! Forms, sealed, and which ID numbers an account used, by blind index.

use super::columns::Place;
use super::elsewhere::{ELSEWHERE_MAX, Elsewhere, ElsewhereRow};
use crate::{Error, Tx};
use shiming_domain::counters::{IdIndex, IdSeen};
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// A stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredForm {
    /// Blind index of the ID number.
    pub number_index: IdIndex,
    /// Name and number.
    pub sealed: Sealed,
}

#[derive(sqlx::FromRow)]
struct Row {
    number_index: Vec<u8>,
    sealed: Vec<u8>,
}

/// Keeps the form of an application in place of an earlier one.
pub async fn keep_form(
    tx: &mut Tx,
    application: ApplicationId,
    account: AccountId,
    form: &StoredForm,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "form",
        "INSERT INTO form (application, account, number_index, sealed, saved_us) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (application) DO UPDATE SET number_index = $3, sealed = $4, saved_us = $5",
        application.to_string(),
        account.to_string(),
        form.number_index.0.as_slice(),
        form.sealed.as_bytes(),
        now.unix_us(),
    )
}

/// The form of an application.
pub async fn form(tx: &mut Tx, application: ApplicationId) -> Result<Option<StoredForm>, Error> {
    let id = application.to_string();
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "form",
        "SELECT number_index, sealed FROM form WHERE application = $1",
        id.as_str(),
    )?;
    let place = Place { table: "form", id: &id };
    row.map(|row| {
        Ok(StoredForm {
            number_index: IdIndex(place.hash("number_index", row.number_index)?),
            sealed: place.sealed("sealed", row.sealed)?,
        })
    })
    .transpose()
}

/// The accounts that typed an ID number into an application, newest first.
pub async fn accounts_by_number(tx: &mut Tx, number: IdIndex, limit: u32) -> Result<Vec<AccountId>, Error> {
    let rows: Vec<(String, i64)> = fetch_all!(
        tx,
        (String, i64),
        "form",
        "SELECT account, MAX(saved_us) FROM form WHERE number_index = $1 \
         GROUP BY account ORDER BY 2 DESC, account LIMIT $2",
        number.0.as_slice(),
        i64::from(limit),
    )?;
    let place = Place { table: "form", id: "" };
    rows.iter().map(|(account, _)| place.parse("account", account)).collect()
}

/// Applications of other accounts in which the same number was typed, newest first.
pub async fn number_elsewhere(
    tx: &mut Tx,
    account: AccountId,
    number: IdIndex,
) -> Result<Vec<Elsewhere>, Error> {
    let rows: Vec<ElsewhereRow> = fetch_all!(
        tx,
        ElsewhereRow,
        "form",
        "SELECT application, account FROM form WHERE number_index = $1 AND account <> $2 \
         ORDER BY saved_us DESC, application LIMIT $3",
        number.0.as_slice(),
        account.to_string(),
        ELSEWHERE_MAX,
    )?;
    rows.into_iter().map(|row| row.read("form")).collect()
}

/// An account used an ID number.
#[derive(Clone, Debug)]
pub struct IdUse {
    /// Which.
    pub index: IdIndex,
    /// It corrects a slip in the account's first number.
    pub correction: bool,
    /// The number itself, sealed; of the first one only.
    pub sealed: Option<Sealed>,
}

/// Remembers that an account used an ID number.
pub async fn remember_id(tx: &mut Tx, account: AccountId, used: &IdUse, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "id_seen",
        "INSERT INTO id_seen (account, number_index, sealed, correction, first_us, last_us) \
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (account, number_index) DO UPDATE SET last_us = $5",
        account.to_string(),
        used.index.0.as_slice(),
        used.sealed.as_ref().map(Sealed::as_bytes),
        used.correction,
        now.unix_us(),
    )
}

/// The first number of an account, sealed, and its index.
pub async fn first_id(tx: &mut Tx, account: AccountId) -> Result<Option<StoredForm>, Error> {
    let id = account.to_string();
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "id_seen",
        "SELECT number_index, sealed FROM id_seen WHERE account = $1 AND sealed IS NOT NULL \
         ORDER BY first_us LIMIT 1",
        id.as_str(),
    )?;
    let place = Place { table: "id_seen", id: &id };
    row.map(|row| {
        Ok(StoredForm {
            number_index: IdIndex(place.hash("number_index", row.number_index)?),
            sealed: place.sealed("sealed", row.sealed)?,
        })
    })
    .transpose()
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    number_index: Vec<u8>,
    correction: bool,
    last_us: i64,
}

/// The ID numbers an account used.
pub async fn ids_seen(tx: &mut Tx, account: AccountId) -> Result<Vec<IdSeen>, Error> {
    let id = account.to_string();
    let rows: Vec<SeenRow> = fetch_all!(
        tx,
        SeenRow,
        "id_seen",
        "SELECT number_index, correction, last_us FROM id_seen WHERE account = $1 ORDER BY last_us DESC LIMIT 100",
        id.as_str(),
    )?;
    let place = Place { table: "id_seen", id: &id };
    rows.into_iter()
        .map(|row| {
            Ok(IdSeen {
                index: IdIndex(place.hash("number_index", row.number_index)?),
                at: place.time("last_us", row.last_us)?,
                correction: row.correction,
            })
        })
        .collect()
}
