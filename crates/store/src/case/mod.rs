//! Cases: work for people, with what the queue asks for in columns.

mod appeal;
mod next;
mod note;
mod quality;
mod queue;
mod reveal;
mod revocation;
mod row;

pub use appeal::{
    Appeal, AppealState, Subject, appeal, appeal_of_case, appeals, has_open_appeal, insert_appeal,
    save_appeal,
};
pub use next::next;
pub use note::{Note, NoteKind, insert_note, note, notes};
pub use quality::{Decided, LookedAt, decided_since, insert_decided, insert_looked_at, looked_at_since};
pub use queue::{Audience, View, held, list, lock_worker, worked};
pub use reveal::{Grant, Revealed, grant, insert_grant, insert_revealed, revealed_since};
pub use revocation::{
    Revocation, confirm_revocation, confirmed_revocation, propose_revocation, waiting_revocation,
    waiting_revocations,
};
pub use row::{Facts, Reviewed, StoredCase, insert, load, of_account, of_application, save};

use crate::{Broken, Error};
use serde::de::{DeserializeOwned, IntoDeserializer as _, value::StrDeserializer};
use serde::{Serialize, de::value};
use shiming_domain::moment::Timestamp;

/// The stable name of an enumeration without data.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Reads what [`word`] wrote.
pub(crate) fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    let deserializer: StrDeserializer<'_, value::Error> = word.into_deserializer();
    T::deserialize(deserializer).ok()
}

pub(crate) fn json(value: &impl Serialize, broken: Broken) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| broken.into())
}

pub(crate) fn moment(us: i64, broken: Broken) -> Result<Timestamp, Error> {
    Timestamp::from_unix_us(us).map_err(|_| broken.into())
}
