//! Accounts and whatever lets their owners in: contacts, passwords, sessions, codes, second factors. Staff and
//! the keys of machines come in by the same doors.

mod api_key;
mod code;
mod consent;
mod contact;
mod credential;
mod device;
mod factor;
mod passkey;
mod session;
mod staff;

pub use api_key::{
    NewApiKey, StoredApiKey, insert_api_key, key_by_hash, key_by_id, keys, replace_key, revoke_key, touch_key,
};
pub use code::{
    NewCode, StoredCode, again, code, code_sent, count_try, end_code, end_codes, forget_codes, insert_code,
    set_code,
};
pub use consent::{ConsentState, StoredConsent, consents, save_consent};
pub use contact::{
    NewContact, StoredContact, confirm_contact, confirmed_contact, contact, contacts, insert_contact,
    remove_contact, remove_contacts,
};
pub use credential::{password, set_password};
pub use device::{device_since, forget_devices, remember_device, remove_devices};
pub use factor::{
    StoredTotp, accept_step, activate_totp, recovery_codes_left, set_recovery_codes, set_totp, totp,
    use_recovery_code,
};
pub use passkey::{
    ChallengeFor, StoredPasskey, forget_challenges, insert_challenge, insert_passkey, lock_passkeys,
    passkey_by_credential, passkey_handle, passkeys, remove_passkey, rename_passkey, take_challenge,
    use_passkey,
};
pub use session::{
    NewSession, StoredSession, device_is_known, end_session, end_sessions, forget_sessions, insert_session,
    rotate_session, session_by_hash, sessions, touch_session,
};
pub use staff::{
    LinkFor, NewStaff, StoredStaff, activate_staff, another_of_role, any_staff, disable_staff,
    insert_setup_link, insert_staff, remove_first_links, setup_link, staff, staff_by_email, staff_list,
    use_setup_link,
};

use crate::{Broken, Error, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shiming_domain::account::{Activity, Deadline, Life, Locale, Restrictions};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Timestamp;

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAccount {
    /// Its id.
    pub id: AccountId,
    /// Counts its changes; [`save`] fails when somebody else was faster.
    pub version: i64,
    /// Where it is.
    pub life: Life,
    /// The language its owner reads.
    pub locale: Locale,
    /// Restrictions in force.
    pub restrictions: Restrictions,
    /// The date to be verified by.
    pub deadline: Option<Deadline>,
    /// Who it belongs to, once verified.
    pub person: Option<PersonId>,
    /// As derived last.
    pub level: u8,
    /// What it was used for.
    pub activity: Activity,
    /// The password was last set without the old one.
    pub recovered_at: Option<Timestamp>,
    /// When it was registered.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    version: i64,
    life: String,
    locale: String,
    restrictions: String,
    deadline: Option<String>,
    person_id: Option<String>,
    level: i64,
    opened_us: i64,
    last_transaction_us: Option<i64>,
    last_sign_in_us: Option<i64>,
    recovered_us: Option<i64>,
    created_us: i64,
}

impl Row {
    fn account(self) -> Result<StoredAccount, Error> {
        let cells = Cells { table: "account", id: &self.id };
        Ok(StoredAccount {
            id: cells.parsed("id", &self.id)?,
            version: self.version,
            life: cells.json("life", &self.life)?,
            locale: Locale::of(&self.locale).ok_or_else(|| cells.broken("locale"))?,
            restrictions: cells.json("restrictions", &self.restrictions)?,
            deadline: self.deadline.as_deref().map(|text| cells.json("deadline", text)).transpose()?,
            person: self.person_id.as_deref().map(|text| cells.parsed("person_id", text)).transpose()?,
            level: u8::try_from(self.level).map_err(|_| cells.broken("level"))?,
            activity: Activity {
                opened_at: cells.time("opened_us", self.opened_us)?,
                last_transaction_at: cells.time_option("last_transaction_us", self.last_transaction_us)?,
                last_sign_in_at: cells.time_option("last_sign_in_us", self.last_sign_in_us)?,
            },
            recovered_at: cells.time_option("recovered_us", self.recovered_us)?,
            created_at: cells.time("created_us", self.created_us)?,
        })
    }
}

/// The account, if there is one of this id.
pub async fn load(tx: &mut Tx, id: AccountId) -> Result<Option<StoredAccount>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "account",
        "SELECT id, version, life, locale, restrictions, deadline, person_id, level, opened_us, \
         last_transaction_us, last_sign_in_us, recovered_us, created_us FROM account WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::account).transpose()
}

/// Writes a new account, as version 1.
pub async fn insert(tx: &mut Tx, account: &StoredAccount) -> Result<(), Error> {
    let json = Json::of(account)?;
    exec_one!(
        tx,
        "account",
        "INSERT INTO account (id, version, life, state, locale, restrictions, restricted, deadline, person_id, \
         level, opened_us, created_us) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        account.id.to_string(),
        json.life,
        state(account.life),
        account.locale.as_str(),
        json.restrictions,
        account.restrictions.strongest().is_some(),
        json.deadline,
        account.person.map(|id| id.to_string()),
        i64::from(account.level),
        account.activity.opened_at.unix_us(),
        account.created_at.unix_us(),
    )
}

/// Holds an account's row until the transaction ends, so that others who do the same wait.
pub async fn hold(tx: &mut Tx, id: AccountId) -> Result<(), Error> {
    exec_one!(tx, "account", "UPDATE account SET version = version WHERE id = $1", id.to_string())
}

/// Writes what has changed, if nobody else was faster. The account read anew has the next version.
pub async fn save(tx: &mut Tx, account: &StoredAccount) -> Result<(), Error> {
    let json = Json::of(account)?;
    exec_one!(
        tx,
        "account",
        "UPDATE account SET version = version + 1, life = $3, state = $4, locale = $5, restrictions = $6, \
         restricted = $7, deadline = $8, person_id = $9, level = $10, opened_us = $11, \
         last_transaction_us = $12, recovered_us = $13 WHERE id = $1 AND version = $2",
        account.id.to_string(),
        account.version,
        json.life,
        state(account.life),
        account.locale.as_str(),
        json.restrictions,
        account.restrictions.strongest().is_some(),
        json.deadline,
        account.person.map(|id| id.to_string()),
        i64::from(account.level),
        account.activity.opened_at.unix_us(),
        account.activity.last_transaction_at.map(Timestamp::unix_us),
        account.recovered_at.map(Timestamp::unix_us),
    )
}

/// Notes a sign-in. No version: it concerns nothing that anybody decides on while it happens.
pub async fn signed_in(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "account",
        "UPDATE account SET last_sign_in_us = $2 WHERE id = $1",
        id.to_string(),
        now.unix_us(),
    )
}

/// Removes an account that was never confirmed, with everything that lets anybody in.
pub async fn remove(tx: &mut Tx, id: AccountId) -> Result<(), Error> {
    let id = id.to_string();
    exec!(tx, "session", "DELETE FROM session WHERE owner = $1", id.as_str())?;
    exec!(tx, "code_request", "DELETE FROM code_request WHERE owner = $1", id.as_str())?;
    exec!(tx, "password", "DELETE FROM password WHERE owner = $1", id.as_str())?;
    exec!(tx, "totp", "DELETE FROM totp WHERE owner = $1", id.as_str())?;
    exec!(tx, "recovery_code", "DELETE FROM recovery_code WHERE owner = $1", id.as_str())?;
    exec!(tx, "passkey", "DELETE FROM passkey WHERE owner = $1", id.as_str())?;
    exec!(tx, "passkey_user", "DELETE FROM passkey_user WHERE owner = $1", id.as_str())?;
    exec!(tx, "known_device", "DELETE FROM known_device WHERE owner = $1", id.as_str())?;
    exec!(tx, "contact", "DELETE FROM contact WHERE account_id = $1", id.as_str())?;
    exec!(tx, "staff_hold", "DELETE FROM staff_hold WHERE account = $1", id.as_str())?;
    exec_one!(tx, "account", "DELETE FROM account WHERE id = $1", id.as_str())
}

struct Json {
    life: String,
    restrictions: String,
    deadline: Option<String>,
}

impl Json {
    fn of(account: &StoredAccount) -> Result<Self, Error> {
        let cells = Cells { table: "account", id: &account.id.to_string() };
        Ok(Self {
            life: cells.text("life", &account.life)?,
            restrictions: cells.text("restrictions", &account.restrictions)?,
            deadline: account.deadline.as_ref().map(|d| cells.text("deadline", d)).transpose()?,
        })
    }
}

const fn state(life: Life) -> &'static str {
    match life {
        Life::PendingContact { .. } => "pending_contact",
        Life::Active { .. } => "active",
        Life::Closing { .. } => "closing",
        Life::Closed { .. } => "closed",
    }
}

/// Reads the cells of one row; what cannot be read names its place.
pub(crate) struct Cells<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Cells<'_> {
    pub(crate) fn broken(&self, column: &'static str) -> Error {
        Broken::new(self.table, column, self.id).into()
    }

    pub(crate) fn parsed<T: std::str::FromStr>(&self, column: &'static str, text: &str) -> Result<T, Error> {
        text.parse().map_err(|_| self.broken(column))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|_| self.broken(column))
    }

    pub(crate) fn text<T: Serialize>(&self, column: &'static str, value: &T) -> Result<String, Error> {
        serde_json::to_string(value).map_err(|_| self.broken(column))
    }

    pub(crate) fn time(&self, column: &'static str, us: i64) -> Result<Timestamp, Error> {
        Timestamp::from_unix_us(us).map_err(|_| self.broken(column))
    }

    pub(crate) fn time_option(
        &self,
        column: &'static str,
        us: Option<i64>,
    ) -> Result<Option<Timestamp>, Error> {
        us.map(|us| self.time(column, us)).transpose()
    }

    pub(crate) fn sealed(
        &self,
        column: &'static str,
        bytes: Vec<u8>,
    ) -> Result<shiming_vault::seal::Sealed, Error> {
        shiming_vault::seal::Sealed::from_bytes(bytes).map_err(|_| self.broken(column))
    }

    pub(crate) fn hash(&self, column: &'static str, bytes: &[u8]) -> Result<[u8; 32], Error> {
        bytes.try_into().map_err(|_| self.broken(column))
    }
}
