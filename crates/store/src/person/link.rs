//! People who are known by another number from now on: the row of every number leads to one person.
//!
//! The person that the account had before stays, with its id, counters and proofs; what leads to it is added.
//! So nothing that belongs to a person has to be found anew, and a chain never gets longer than one step.

use crate::application::columns::Place;
use crate::{Error, Tx};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// Lets every number of `from` lead to `to`, and gives its accounts and the confirmations of channels to it.
/// Answers the accounts. Counters are merged by whoever calls ([`crate::wallet::merge`]).
pub async fn link_people(
    tx: &mut Tx,
    from: PersonId,
    to: PersonId,
    now: Timestamp,
) -> Result<Vec<AccountId>, Error> {
    // Both are held until the end, always in the same order, so that no two wait for each other.
    for person in [from.min(to), from.max(to)] {
        hold(tx, person).await?;
    }
    let accounts = super::accounts(tx, from).await?;
    let (from, to) = (from.to_string(), to.to_string());
    exec!(
        tx,
        "person",
        "UPDATE person SET linked_to = $2, linked_us = $3 WHERE id = $1 OR linked_to = $1",
        from.as_str(),
        to.as_str(),
        now.unix_us(),
    )?;
    exec!(
        tx,
        "person_account",
        "UPDATE person_account SET person = $2 WHERE person = $1",
        from.as_str(),
        to.as_str(),
    )?;
    exec!(
        tx,
        "channel_proof",
        "UPDATE channel_proof SET person = $2 WHERE person = $1",
        from.as_str(),
        to.as_str(),
    )?;
    Ok(accounts)
}

/// Holds a person's row until the transaction ends. A conflict if meanwhile it leads to somebody else: what was
/// read of it is to be read anew, or a chain would get longer than one step.
pub async fn hold(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    exec_one!(
        tx,
        "person",
        "UPDATE person SET created_us = created_us WHERE id = $1 AND linked_to IS NULL",
        person.to_string(),
    )
}

/// The person an id leads to: ids of people who were linked stay good. `None` for nobody.
pub async fn resolve(tx: &mut Tx, id: PersonId) -> Result<Option<PersonId>, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "person",
        "SELECT COALESCE(linked_to, id) FROM person WHERE id = $1",
        id.to_string(),
    )?;
    row.map(|(id,)| Place { table: "person", id: &id }.parse("id", &id)).transpose()
}

/// Keeps what a person was known by until now.
pub async fn keep_former(
    tx: &mut Tx,
    person: PersonId,
    sealed: &Sealed,
    until: Timestamp,
) -> Result<(), Error> {
    exec!(
        tx,
        "person_former",
        "INSERT INTO person_former (person, until_us, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        person.to_string(),
        until.unix_us(),
        sealed.as_bytes(),
    )?;
    Ok(())
}

/// What a person was known by before, newest first.
pub async fn former(tx: &mut Tx, person: PersonId) -> Result<Vec<Sealed>, Error> {
    let id = person.to_string();
    let rows: Vec<(Vec<u8>,)> = fetch_all!(
        tx,
        (Vec<u8>,),
        "person_former",
        "SELECT sealed FROM person_former WHERE person = $1 ORDER BY until_us DESC LIMIT 100",
        id.as_str(),
    )?;
    let place = Place { table: "person_former", id: &id };
    rows.into_iter().map(|(bytes,)| place.sealed("sealed", bytes)).collect()
}
