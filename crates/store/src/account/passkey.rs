//! Passkeys, the handles their owners are known by, and challenges that were given out.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::id::PasskeyId;
use shiming_domain::moment::Timestamp;
use shiming_vault::passkey::{NewPasskey, Used};
use shiming_vault::seal::Sealed;
use shiming_vault::token::TokenHash;

/// Passkeys that are ever listed.
const LIST_MAX: i64 = 100;

/// A stored passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// An account or a member of staff.
    pub owner: String,
    /// The id that its authenticator chose.
    pub credential: Vec<u8>,
    /// COSE.
    pub public_key: Vec<u8>,
    /// What its owner calls it, sealed.
    pub name: Sealed,
    /// How often it has signed, as it says.
    pub sign_count: u32,
    /// It may be copied to other devices.
    pub backup_eligible: bool,
    /// It has been.
    pub backed_up: bool,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    owner: String,
    credential: Vec<u8>,
    public_key: Vec<u8>,
    name: Vec<u8>,
    sign_count: i64,
    backup_eligible: bool,
    backed_up: bool,
    created_us: i64,
    used_us: Option<i64>,
}

impl Row {
    fn passkey(self) -> Result<StoredPasskey, Error> {
        let cells = Cells { table: "passkey", id: &self.id };
        Ok(StoredPasskey {
            id: cells.parsed("id", &self.id)?,
            name: cells.sealed("name", self.name)?,
            sign_count: u32::try_from(self.sign_count).map_err(|_| cells.broken("sign_count"))?,
            backup_eligible: self.backup_eligible,
            backed_up: self.backed_up,
            created_at: cells.time("created_us", self.created_us)?,
            used_at: cells.time_option("used_us", self.used_us)?,
            owner: self.owner,
            credential: self.credential,
            public_key: self.public_key,
        })
    }
}

/// What a challenge was given out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeFor {
    /// Setting up a passkey.
    Register,
    /// Showing one in a session.
    Factor,
    /// Signing in with one, by whoever comes.
    SignIn,
}

impl ChallengeFor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Factor => "factor",
            Self::SignIn => "sign_in",
        }
    }
}

/// The handle of an owner, made if there is none, and from now until the end of the transaction nobody else
/// changes this owner's passkeys.
pub async fn lock_passkeys(tx: &mut Tx, owner: &str, new_handle: &[u8; 32]) -> Result<Vec<u8>, Error> {
    let row: Option<(Vec<u8>,)> = fetch_optional!(
        tx,
        (Vec<u8>,),
        "passkey_user",
        "INSERT INTO passkey_user (owner, handle, changes) VALUES ($1, $2, 0) \
         ON CONFLICT (owner) DO UPDATE SET changes = passkey_user.changes + 1 RETURNING handle",
        owner,
        new_handle.as_slice(),
    )?;
    row.map(|(handle,)| handle).ok_or(Error::Conflict { table: "passkey_user" })
}

/// The handle of an owner, if there ever was a passkey.
pub async fn passkey_handle(tx: &mut Tx, owner: &str) -> Result<Option<Vec<u8>>, Error> {
    let row: Option<(Vec<u8>,)> = fetch_optional!(
        tx,
        (Vec<u8>,),
        "passkey_user",
        "SELECT handle FROM passkey_user WHERE owner = $1",
        owner,
    )?;
    Ok(row.map(|(handle,)| handle))
}

/// Keeps a new passkey. A unique violation if the credential is somebody's already.
pub async fn insert_passkey(
    tx: &mut Tx,
    id: PasskeyId,
    owner: &str,
    passkey: &NewPasskey,
    name: &Sealed,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "passkey",
        "INSERT INTO passkey (id, credential, owner, public_key, name, sign_count, backup_eligible, backed_up, \
         created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.to_string(),
        passkey.credential.as_slice(),
        owner,
        passkey.public_key.as_slice(),
        name.as_bytes(),
        i64::from(passkey.sign_count),
        passkey.backup_eligible,
        passkey.backed_up,
        now.unix_us(),
    )
}

/// The passkeys of an owner, oldest first.
pub async fn passkeys(tx: &mut Tx, owner: &str) -> Result<Vec<StoredPasskey>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "passkey",
        "SELECT id, owner, credential, public_key, name, sign_count, backup_eligible, backed_up, created_us, used_us \
         FROM passkey WHERE owner = $1 ORDER BY created_us, id LIMIT $2",
        owner,
        LIST_MAX,
    )?;
    rows.into_iter().map(Row::passkey).collect()
}

/// The passkey of a credential id, whoever it is of.
pub async fn passkey_by_credential(tx: &mut Tx, credential: &[u8]) -> Result<Option<StoredPasskey>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "passkey",
        "SELECT id, owner, credential, public_key, name, sign_count, backup_eligible, backed_up, created_us, used_us \
         FROM passkey WHERE credential = $1",
        credential,
    )?;
    row.map(Row::passkey).transpose()
}

/// It was used. `false` if somebody else used it in the same moment.
pub async fn use_passkey(
    tx: &mut Tx,
    passkey: &StoredPasskey,
    used: Used,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "passkey",
        "UPDATE passkey SET sign_count = $3, backed_up = $4, used_us = $5 WHERE id = $1 AND sign_count = $2",
        passkey.id.to_string(),
        i64::from(passkey.sign_count),
        i64::from(used.sign_count),
        used.backed_up,
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Calls one of an owner's passkeys something else. `false` if there is none of this id.
pub async fn rename_passkey(tx: &mut Tx, owner: &str, id: PasskeyId, name: &Sealed) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "passkey",
        "UPDATE passkey SET name = $3 WHERE id = $1 AND owner = $2",
        id.to_string(),
        owner,
        name.as_bytes(),
    )?;
    Ok(rows == 1)
}

/// Removes one of an owner's passkeys. `false` if there is none of this id.
pub async fn remove_passkey(tx: &mut Tx, owner: &str, id: PasskeyId) -> Result<bool, Error> {
    let rows =
        exec!(tx, "passkey", "DELETE FROM passkey WHERE id = $1 AND owner = $2", id.to_string(), owner,)?;
    Ok(rows == 1)
}

/// Keeps a challenge that was given out; for a session, or for whoever signs in with it.
pub async fn insert_challenge(
    tx: &mut Tx,
    hash: &TokenHash,
    purpose: ChallengeFor,
    session: Option<&str>,
    expires_at: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "passkey_challenge",
        "INSERT INTO passkey_challenge (hash, purpose, session_id, expires_us) VALUES ($1, $2, $3, $4)",
        hash.as_bytes().as_slice(),
        purpose.as_str(),
        session,
        expires_at.unix_us(),
    )
}

/// Takes a challenge: whatever comes of the answer, it counts no second time. `false` if it was not given out for
/// this, is over, or was taken.
pub async fn take_challenge(
    tx: &mut Tx,
    hash: &TokenHash,
    purpose: ChallengeFor,
    session: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let row: Option<(String, Option<String>, i64)> = fetch_optional!(
        tx,
        (String, Option<String>, i64),
        "passkey_challenge",
        "DELETE FROM passkey_challenge WHERE hash = $1 RETURNING purpose, session_id, expires_us",
        hash.as_bytes().as_slice(),
    )?;
    Ok(row.is_some_and(|(for_what, of, expires_us)| {
        for_what == purpose.as_str() && of.as_deref() == session && now.unix_us() < expires_us
    }))
}

/// Forgets challenges that nobody answered.
pub async fn forget_challenges(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    exec!(tx, "passkey_challenge", "DELETE FROM passkey_challenge WHERE expires_us < $1", now.unix_us())
}
