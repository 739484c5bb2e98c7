//! Names of keys.

use crate::entropy::{Entropy, random};
use crate::text::{hex, unhex};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// 128 bits that name a key: random, but for the root, whose id is a digest so that a wrong root is
/// recognised. Not secret. Written `key_` and 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

/// The text is not `key_` and 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key id is key_ and 32 lower-case hexadecimal digits")]
pub struct NotAKeyId;

impl KeyId {
    pub(crate) fn random(entropy: &mut dyn Entropy) -> Self {
        Self(random(entropy))
    }

    /// From the 16 bytes that sealed values carry.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes that sealed values carry.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key_{}", hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let digits = text.strip_prefix("key_").ok_or(NotAKeyId)?;
        let bytes = unhex(digits).and_then(|bytes| bytes.try_into().ok()).ok_or(NotAKeyId)?;
        let id = Self(bytes);
        // One spelling only, so that ids can be compared as text.
        if id.to_string() == text { Ok(id) } else { Err(NotAKeyId) }
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn an_id_has_one_spelling() {
        let id = KeyId::random(&mut Seeded::new(1));
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(serde_json::from_str::<KeyId>(&format!("\"{text}\"")).unwrap(), id);
        for wrong in ["", "key_", &text[4..], &text.to_uppercase(), &format!("{text}0"), "key_é"] {
            assert_eq!(wrong.parse::<KeyId>(), Err(NotAKeyId), "{wrong}");
        }
        let upper = format!("key_{}", text[4..].to_uppercase());
        assert_eq!(upper.parse::<KeyId>(), Err(NotAKeyId));
    }
}
