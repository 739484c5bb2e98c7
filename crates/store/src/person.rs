//! People, their accounts, and their verifications.

mod link;
mod release;

pub use link::{former, hold, keep_former, link_people, resolve};
pub use release::release_number;

use crate::application::columns::{Place, word};
use crate::{Error, Tx};
use shiming_domain::counters::IdIndex;
use shiming_domain::id::{AccountId, ApplicationId, PersonId, VerificationId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::DocumentKind;
use shiming_domain::verification::Verification;
use shiming_vault::seal::Sealed;

/// Finds the person with an ID number, or writes a new one under `fresh`. Until the transaction ends nobody
/// else can do the same, so that of two registrations of one number the second sees the first.
pub async fn claim(tx: &mut Tx, number: IdIndex, fresh: PersonId, now: Timestamp) -> Result<PersonId, Error> {
    let row: Option<(String, Option<String>)> = fetch_optional!(
        tx,
        (String, Option<String>),
        "person",
        "INSERT INTO person (id, number_index, created_us) VALUES ($1, $2, $3) \
         ON CONFLICT (number_index) DO UPDATE SET created_us = person.created_us RETURNING id, linked_to",
        fresh.to_string(),
        number.0.as_slice(),
        now.unix_us(),
    )?;
    let place = Place { table: "person", id: "" };
    let (id, linked) = row.ok_or_else(|| place.broken("id"))?;
    let Some(linked) = linked else { return place.parse("id", &id) };
    // Two numbers of one person must wait for each other, too.
    let person = place.parse("linked_to", &linked)?;
    link::hold(tx, person).await?;
    Ok(person)
}

/// The person with an ID number, now or before.
pub async fn by_number(tx: &mut Tx, number: IdIndex) -> Result<Option<PersonId>, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "person",
        "SELECT COALESCE(linked_to, id) FROM person WHERE number_index = $1",
        number.0.as_slice(),
    )?;
    row.map(|(id,)| Place { table: "person", id: &id }.parse("id", &id)).transpose()
}

/// Keeps name and number under the person's own key.
pub async fn keep_identity(tx: &mut Tx, person: PersonId, sealed: &Sealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "person",
        "UPDATE person SET sealed = $2 WHERE id = $1",
        person.to_string(),
        sealed.as_bytes(),
    )
}

/// Name and number, sealed under the person's own key.
pub async fn identity(tx: &mut Tx, person: PersonId) -> Result<Option<Sealed>, Error> {
    let id = person.to_string();
    let row: Option<(Option<Vec<u8>>,)> = fetch_optional!(
        tx,
        (Option<Vec<u8>>,),
        "person",
        "SELECT sealed FROM person WHERE id = $1",
        id.as_str(),
    )?;
    let place = Place { table: "person", id: &id };
    row.and_then(|(sealed,)| sealed).map(|bytes| place.sealed("sealed", bytes)).transpose()
}

/// The person of an account.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Option<PersonId>, Error> {
    let id = account.to_string();
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "person_account",
        "SELECT person FROM person_account WHERE account = $1",
        id.as_str(),
    )?;
    row.map(|(person,)| Place { table: "person_account", id: &id }.parse("person", &person)).transpose()
}

/// The accounts of a person, oldest link first.
pub async fn accounts(tx: &mut Tx, person: PersonId) -> Result<Vec<AccountId>, Error> {
    let id = person.to_string();
    let rows: Vec<(String,)> = fetch_all!(
        tx,
        (String,),
        "person_account",
        "SELECT account FROM person_account WHERE person = $1 ORDER BY linked_us, account LIMIT 1000",
        id.as_str(),
    )?;
    let place = Place { table: "person_account", id: &id };
    rows.iter().map(|(account,)| place.parse("account", account)).collect()
}

/// Links an account to a person. One that has a person keeps it: people are linked, not swapped
/// ([`link_people`]).
pub async fn link(tx: &mut Tx, account: AccountId, person: PersonId, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "person_account",
        "INSERT INTO person_account (account, person, linked_us) VALUES ($1, $2, $3) \
         ON CONFLICT (account) DO UPDATE SET person = person_account.person WHERE person_account.person = $2",
        account.to_string(),
        person.to_string(),
        now.unix_us(),
    )
}

/// A verification and the version it was read in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVerification {
    /// The verification.
    pub verification: Verification,
    /// The account whose application led to it.
    pub account: AccountId,
    /// That application.
    pub application: ApplicationId,
    /// What it rests on.
    pub document: DocumentKind,
    /// Counts its changes, from 1.
    pub version: u64,
    /// What was due until then has been done.
    pub clocked_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account: String,
    application: String,
    document: String,
    body: String,
    version: i64,
    clocked_us: i64,
}

impl Row {
    fn stored(self) -> Result<StoredVerification, Error> {
        let place = Place { table: "verification", id: &self.id };
        Ok(StoredVerification {
            verification: place.value("body", &self.body)?,
            account: place.parse("account", &self.account)?,
            application: place.parse("application", &self.application)?,
            document: place.word("document", &self.document)?,
            version: place.number("version", self.version)?,
            clocked_at: place.time("clocked_us", self.clocked_us)?,
        })
    }
}

/// Writes a new verification. `false` if its application has one already.
pub async fn insert_verification(tx: &mut Tx, new: &StoredVerification) -> Result<bool, Error> {
    let id = new.verification.id.to_string();
    let place = Place { table: "verification", id: &id };
    let rows = exec!(
        tx,
        "verification",
        "INSERT INTO verification (id, person, account, application, standing, document, body, version, clocked_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT DO NOTHING",
        id.as_str(),
        new.verification.person.to_string(),
        new.account.to_string(),
        new.application.to_string(),
        new.verification.standing_name().as_str(),
        word(&new.document),
        place.json("body", &new.verification)?,
        new.clocked_at.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Reads a verification.
pub async fn verification(tx: &mut Tx, id: VerificationId) -> Result<Option<StoredVerification>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "verification",
        "SELECT id, account, application, document, body, version, clocked_us FROM verification WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// The verification an application led to.
pub async fn of_application(
    tx: &mut Tx,
    application: ApplicationId,
) -> Result<Option<VerificationId>, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "verification",
        "SELECT id FROM verification WHERE application = $1",
        application.to_string(),
    )?;
    row.map(|(id,)| Place { table: "verification", id: &id }.parse("id", &id)).transpose()
}

/// The verifications of a person, by whichever number, newest first.
pub async fn verifications(tx: &mut Tx, person: PersonId) -> Result<Vec<StoredVerification>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "verification",
        "SELECT id, account, application, document, body, version, clocked_us FROM verification \
         WHERE person IN (SELECT $1 UNION ALL SELECT id FROM person WHERE linked_to = $1) \
         ORDER BY id DESC LIMIT 100",
        person.to_string(),
    )?;
    rows.into_iter().map(Row::stored).collect()
}

/// Writes what became of a verification, if it still has this version.
pub async fn save_verification(tx: &mut Tx, verification: &Verification, version: u64) -> Result<(), Error> {
    let id = verification.id.to_string();
    let place = Place { table: "verification", id: &id };
    exec_one!(
        tx,
        "verification",
        "UPDATE verification SET standing = $2, body = $3, version = version + 1 WHERE id = $1 AND version = $4",
        id.as_str(),
        verification.standing_name().as_str(),
        place.json("body", verification)?,
        i64::try_from(version).map_err(|_| place.broken("version"))?,
    )
}

/// Moves the mark up to which everything due was done. `false` if another worker moved it.
pub async fn advance_clock(
    tx: &mut Tx,
    id: VerificationId,
    from: Timestamp,
    to: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "verification",
        "UPDATE verification SET clocked_us = $3 WHERE id = $1 AND clocked_us = $2",
        id.to_string(),
        from.unix_us(),
        to.unix_us(),
    )?;
    Ok(rows == 1)
}

/// From now on the identity data of an account are held by law and used for nothing else.
pub async fn restrict_data(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), Error> {
    exec!(
        tx,
        "data_restricted",
        "INSERT INTO data_restricted (subject, since_us) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        account.to_string(),
        now.unix_us(),
    )?;
    Ok(())
}

/// Whether the identity data of an account are only held by law.
pub async fn data_restricted(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "data_restricted",
        "SELECT since_us FROM data_restricted WHERE subject = $1",
        account.to_string(),
    )?;
    Ok(row.is_some())
}
