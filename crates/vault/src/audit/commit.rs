//! Commitments: what an audit row says instead of a personal value.
//!
//! HMAC-SHA-256(commit key, salt ‖ value). The salt is sealed under the subject's key; when that is
//! destroyed, nobody can test a guess any more, not even with the commit key.

use crate::entropy::{Entropy, random};
use crate::mac::hmac_sha256;
use crate::secret::{Secret, same};
use std::fmt;
use zeroize::Zeroizing;

/// The key for commitments ([`TenantSecret::commit_key`](crate::keys::TenantSecret::commit_key)).
pub struct CommitKey {
    version: u32,
    key: Secret,
}

/// 32 random bytes, new for every commitment. Fixed in length, so that its border with the value is certain.
pub struct Salt(Zeroizing<[u8; 32]>);

/// A value nobody can read, but whoever has value, salt and key can show. Not secret; goes into the row.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Commitment([u8; 32]);

impl CommitKey {
    pub(crate) fn new(version: u32, key: Secret) -> Self {
        Self { version, key }
    }

    /// The version, written beside the commitment.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Commits to a value.
    pub fn commit(&self, salt: &Salt, value: &[u8]) -> Commitment {
        Commitment(hmac_sha256(self.key.bytes(), &[salt.as_bytes(), value]))
    }
}

impl fmt::Debug for CommitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitKey(version {})", self.version)
    }
}

impl Salt {
    /// A new one.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Zeroizing::new(random(entropy)))
    }

    /// From the opened stored form; `None` unless there are 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// For sealing.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl Commitment {
    /// From a row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Commitment {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn a_commitment_needs_value_salt_and_key() {
        let mut entropy = Seeded::new(1);
        let key = CommitKey::new(1, Secret::random(&mut entropy));
        let salt = Salt::generate(&mut entropy);
        let made = key.commit(&salt, b"990101199003070010");
        assert_eq!(key.commit(&Salt::from_bytes(salt.as_bytes()).unwrap(), b"990101199003070010"), made);
        assert_ne!(key.commit(&salt, b"990101199003070011"), made);
        assert_ne!(key.commit(&Salt::generate(&mut entropy), b"990101199003070010"), made);
        assert_ne!(
            CommitKey::new(1, Secret::random(&mut entropy)).commit(&salt, b"990101199003070010"),
            made
        );
        assert!(Salt::from_bytes(&[0; 31]).is_none());
        assert_eq!(format!("{salt:?}"), "Salt(…)");
    }
}
