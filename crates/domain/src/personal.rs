//! Personal text that cannot slip into a log, an error or a JSON body by accident.

use std::fmt;

/// Text that identifies a person: a name, a number, an address.
///
/// `Debug` is redacted; there is no `Display` and no `Serialize`. Whoever needs the characters asks for
/// them by name: [`Personal::reveal`] in code, [`full_view`] on a field that is meant to carry them.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Personal(String);

impl Personal {
    /// Wraps text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The characters themselves.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

/// `#[serde(with = "…::full_view")]`: this field is meant to carry the characters.
pub mod full_view {
    use super::Personal;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the characters.
    pub fn serialize<S: Serializer>(value: &Personal, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(value.reveal())
    }

    /// Reads the characters.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Personal, D::Error> {
        String::deserialize(d).map(Personal::new)
    }
}

/// [`full_view`] for an optional field.
pub mod full_view_option {
    use super::Personal;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the characters or null.
    pub fn serialize<S: Serializer>(value: &Option<Personal>, s: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(v) => s.serialize_some(v.reveal()),
            None => s.serialize_none(),
        }
    }

    /// Reads the characters or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Personal>, D::Error> {
        Ok(Option::<String>::deserialize(d)?.map(Personal::new))
    }
}
