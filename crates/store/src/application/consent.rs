//! Answers to consents, with the text that was read.

use super::columns::{Place, word};
use crate::{Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::id::ApplicationId;
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use std::collections::BTreeMap;

/// An answer to a consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Version of the text.
    pub text_version: String,
    /// Its language.
    pub locale: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    answer: String,
    text_version: String,
    locale: String,
    at_us: i64,
}

/// Keeps an answer in place of an earlier one.
pub async fn keep_consent(
    tx: &mut Tx,
    application: ApplicationId,
    kind: Consent,
    answered: &Answered,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "consent",
        "INSERT INTO consent (application, kind, answer, text_version, locale, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (application, kind) \
         DO UPDATE SET answer = $3, text_version = $4, locale = $5, at_us = $6",
        application.to_string(),
        word(&kind),
        word(&answered.answer),
        answered.text_version.as_str(),
        answered.locale.as_str(),
        answered.at.unix_us(),
    )
}

/// The last answers of an application.
pub async fn consents(tx: &mut Tx, application: ApplicationId) -> Result<BTreeMap<Consent, Answered>, Error> {
    let id = application.to_string();
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "consent",
        "SELECT kind, answer, text_version, locale, at_us FROM consent WHERE application = $1 LIMIT 20",
        id.as_str(),
    )?;
    let place = Place { table: "consent", id: &id };
    rows.into_iter()
        .map(|row| {
            let answered = Answered {
                answer: place.word("answer", &row.answer)?,
                text_version: row.text_version,
                locale: row.locale,
                at: place.time("at_us", row.at_us)?,
            };
            Ok((place.word("kind", &row.kind)?, answered))
        })
        .collect()
}
