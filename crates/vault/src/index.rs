//! Blind index: finds equal values without storing them.
//!
//! HMAC-SHA-256 over tenant, field and the value's normal form. It shows which rows are equal and nothing
//! else, as long as the key stays inside the process: with the key, every ID number can be tried in minutes.
//! Normal forms are made by whoever knows the field (`idcard` for numbers); this module hashes what it is
//! given. No index is made of sex, level or birth year alone: so few values would tell themselves.

use crate::mac::hmac_sha256;
use crate::parts::{encode, encode_names, name};
use crate::secret::{Secret, same};
use std::fmt;

/// Bytes that a normal form may have at most.
pub const VALUE_BYTES_MAX: usize = 1_024;
/// Bytes a shortened index may keep. Longer ones serve equality of unique values, these serve searches that
/// may hit strangers now and then.
pub const SHORT_BYTES: std::ops::RangeInclusive<usize> = 16..=24;

/// The key of one field and version, derived by
/// [`TenantSecret::index_key`](crate::keys::TenantSecret::index_key).
pub struct IndexKey {
    tenant: String,
    field: String,
    version: u32,
    key: Secret,
}

/// An index value and the version of the key that made it. While a key is rotated, both versions are asked.
#[derive(Clone, Copy, Eq)]
pub struct BlindIndex {
    version: u32,
    mac: [u8; 32],
}

/// A value cannot be indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// An empty value would make all who lack one equal.
    #[error("an empty value has no index")]
    Empty,
    /// More than [`VALUE_BYTES_MAX`] bytes.
    #[error("a value of {0} bytes has no index")]
    TooLong(usize),
    /// A shortened index has 16 to 24 bytes.
    #[error("a shortened index has 16 to 24 bytes, not {0}")]
    Short(usize),
}

impl IndexKey {
    pub(crate) fn new(tenant: &str, field: &str, version: u32, key: Secret) -> Self {
        debug_assert!(name("field", field).is_ok());
        Self { tenant: tenant.to_owned(), field: field.to_owned(), version, key }
    }

    /// The version, stored beside every index.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The index of a value in normal form, full length: for what must be unique.
    pub fn index(&self, normal_form: &str) -> Result<BlindIndex, IndexError> {
        match normal_form.len() {
            0 => return Err(IndexError::Empty),
            1..=VALUE_BYTES_MAX => {}
            bytes => return Err(IndexError::TooLong(bytes)),
        }
        let names: [&[u8]; 3] = [b"shiming/v1/blind-index", self.tenant.as_bytes(), self.field.as_bytes()];
        let value = encode(&[normal_form.as_bytes()]).ok_or(IndexError::TooLong(normal_form.len()))?;
        Ok(BlindIndex {
            version: self.version,
            mac: hmac_sha256(self.key.bytes(), &[&encode_names(&names), &value]),
        })
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexKey({}, version {})", self.field, self.version)
    }
}

impl BlindIndex {
    /// From a row.
    pub fn from_bytes(version: u32, mac: [u8; 32]) -> Self {
        Self { version, mac }
    }

    /// The key's version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// All 32 bytes, for a unique column.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.mac
    }

    /// The first 16 to 24 bytes, for a search that may hit strangers (names).
    pub fn shortened(&self, bytes: usize) -> Result<&[u8], IndexError> {
        if !SHORT_BYTES.contains(&bytes) {
            return Err(IndexError::Short(bytes));
        }
        self.mac.get(..bytes).ok_or(IndexError::Short(bytes))
    }
}

impl PartialEq for BlindIndex {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && same(&self.mac, &other.mac)
    }
}

/// Only the version: an index in a log would link a person across systems.
impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlindIndex(version {})", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::derive::from_vectors;
    use crate::text::hex;
    use crate::vectors::{self, text};

    #[test]
    fn the_published_indices_come_out() {
        let file = vectors::load("hkdf");
        let proposal = &file["proposal"];
        let published = &proposal["blind_index"];
        let tenant = text(published, "tenant");
        let secret = from_vectors(tenant, text(&proposal["derived_keys"], "tenant_secret_hex"));
        let mut seen = Vec::new();
        for case in vectors::list(published, "cases") {
            let key = secret.index_key(text(case, "field"), 1).unwrap();
            let index = key.index(text(case, "normalized")).unwrap();
            assert_eq!(hex(index.as_bytes()), text(case, "index"), "{case}");
            seen.push(index);
        }
        // The first four inputs are one person; their normal form is `idcard`'s business.
        assert!(seen[..4].iter().all(|index| *index == seen[0]));
        assert_ne!(seen[0], seen[4]);
    }

    #[test]
    fn tenant_field_and_version_keep_equal_values_apart() {
        let (one, two) = (from_vectors("t_01", &"5a".repeat(32)), from_vectors("t_02", &"5a".repeat(32)));
        let index = |key: Result<IndexKey, _>| *key.unwrap().index("13800000000").unwrap().as_bytes();
        let all = [
            index(one.index_key("phone", 1)),
            index(one.index_key("phone", 2)),
            index(one.index_key("email", 1)),
            index(two.index_key("phone", 1)),
        ];
        for (at, left) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|right| right != left));
        }
    }

    #[test]
    fn limits_hold_at_the_limit() {
        let key = from_vectors("t_01", &"5a".repeat(32)).index_key("name", 3).unwrap();
        assert_eq!(key.index("").unwrap_err(), IndexError::Empty);
        let index = key.index(&"x".repeat(VALUE_BYTES_MAX)).unwrap();
        assert_eq!(key.index(&"x".repeat(VALUE_BYTES_MAX + 1)).unwrap_err(), IndexError::TooLong(1_025));
        assert_eq!(index.shortened(16).unwrap(), &index.as_bytes()[..16]);
        assert_eq!(index.shortened(24).unwrap().len(), 24);
        for bytes in [0, 15, 25, 32, usize::MAX] {
            assert_eq!(index.shortened(bytes), Err(IndexError::Short(bytes)));
        }
        assert_eq!(format!("{index:?} {key:?}"), "BlindIndex(version 3) IndexKey(name, version 3)");
    }
}
