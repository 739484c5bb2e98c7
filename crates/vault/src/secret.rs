//! Thirty-two secret bytes: wiped when dropped, never printed, compared in constant time.

use crate::entropy::Entropy;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

/// In a box, so that moving it leaves no copy on the stack.
pub(crate) struct Secret(Box<[u8; 32]>);

impl Secret {
    pub(crate) fn random(entropy: &mut dyn Entropy) -> Self {
        let mut secret = Self(Box::new([0; 32]));
        entropy.fill(secret.0.as_mut_slice());
        secret
    }

    /// `None` unless there are exactly 32 bytes.
    pub(crate) fn copy_of(bytes: &[u8]) -> Option<Self> {
        let mut secret = Self(Box::new([0; 32]));
        if bytes.len() != secret.0.len() {
            return None;
        }
        secret.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// Lets `write` fill the bytes in place.
    pub(crate) fn written(write: impl FnOnce(&mut [u8; 32])) -> Self {
        let mut secret = Self(Box::new([0; 32]));
        write(&mut secret.0);
        secret
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        same(self.bytes(), other.bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether two byte strings are equal, in time that depends only on their lengths.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::copy_of(&[0xab; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(Secret::copy_of(&[0xab; 31]).is_none());
    }

    #[test]
    fn equality_looks_at_every_byte() {
        assert!(same(b"abc", b"abc"));
        for other in [&b"abd"[..], b"ab", b"abcd", b"xbc", b""] {
            assert!(!same(b"abc", other));
        }
    }
}
