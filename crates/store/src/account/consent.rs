//! The last answer of an account to each consent.

use crate::application::columns::{Place, word};
use crate::{Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Consent;

/// How a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Given.
    Given,
    /// Refused when it was asked for.
    Refused,
    /// Given, and taken back.
    Withdrawn,
}

/// A consent of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConsent {
    /// Which.
    pub kind: Consent,
    /// How it stands.
    pub state: ConsentState,
    /// Version of the text that was read.
    pub text_version: String,
    /// Its language.
    pub locale: String,
    /// Since when it stands so.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    state: String,
    text_version: String,
    locale: String,
    at_us: i64,
}

/// Keeps an answer in place of the one before.
pub async fn save_consent(tx: &mut Tx, account: AccountId, consent: &StoredConsent) -> Result<(), Error> {
    exec_one!(
        tx,
        "account_consent",
        "INSERT INTO account_consent (account, kind, state, text_version, locale, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, kind) \
         DO UPDATE SET state = $3, text_version = $4, locale = $5, at_us = $6",
        account.to_string(),
        word(&consent.kind),
        word(&consent.state),
        consent.text_version.as_str(),
        consent.locale.as_str(),
        consent.at.unix_us(),
    )
}

/// The consents of an account, in the order of their names.
pub async fn consents(tx: &mut Tx, account: AccountId) -> Result<Vec<StoredConsent>, Error> {
    let id = account.to_string();
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "account_consent",
        "SELECT kind, state, text_version, locale, at_us FROM account_consent WHERE account = $1 \
         ORDER BY kind LIMIT 20",
        id.as_str(),
    )?;
    let place = Place { table: "account_consent", id: &id };
    rows.into_iter()
        .map(|row| {
            Ok(StoredConsent {
                kind: place.word("kind", &row.kind)?,
                state: place.word("state", &row.state)?,
                text_version: row.text_version,
                locale: row.locale,
                at: place.time("at_us", row.at_us)?,
            })
        })
        .collect()
}
