//! Enums as words and states as JSON, to columns and back.

use crate::{Broken, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;
use std::str::FromStr;

/// A place in the database, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Place<'_> {
    pub(crate) fn broken(self, column: &'static str) -> Error {
        Broken::new(self.table, column, self.id).into()
    }

    /// Any value as JSON.
    pub(crate) fn json(self, column: &'static str, value: &impl Serialize) -> Result<String, Error> {
        serde_json::to_string(value).map_err(|_| self.broken(column))
    }

    /// A value from JSON.
    pub(crate) fn value<T: DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|_| self.broken(column))
    }

    /// An enum without fields from its word.
    pub(crate) fn word<T: DeserializeOwned>(self, column: &'static str, word: &str) -> Result<T, Error> {
        serde_json::from_value(Value::from(word)).map_err(|_| self.broken(column))
    }

    pub(crate) fn parse<T: FromStr>(self, column: &'static str, text: &str) -> Result<T, Error> {
        text.parse().map_err(|_| self.broken(column))
    }

    pub(crate) fn time(self, column: &'static str, us: i64) -> Result<Timestamp, Error> {
        Timestamp::from_unix_us(us).map_err(|_| self.broken(column))
    }

    pub(crate) fn hash(self, column: &'static str, bytes: Vec<u8>) -> Result<[u8; 32], Error> {
        bytes.try_into().map_err(|_| self.broken(column))
    }

    pub(crate) fn sealed(self, column: &'static str, bytes: Vec<u8>) -> Result<Sealed, Error> {
        Sealed::from_bytes(bytes).map_err(|_| self.broken(column))
    }

    pub(crate) fn number<T: TryFrom<i64>>(self, column: &'static str, value: i64) -> Result<T, Error> {
        T::try_from(value).map_err(|_| self.broken(column))
    }
}

/// The word of an enum without fields, as `serde` writes it.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
