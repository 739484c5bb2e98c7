//! What lists of stolen passwords know a password by.

use crate::text::hex;
use sha1::{Digest as _, Sha1};
use std::fmt;
use zeroize::Zeroizing;

/// SHA-1 of a password as such lists write it: 40 hexadecimal digits in upper case. It protects nothing and is not
/// meant to: the lists are public, and it is never stored.
pub struct BreachFingerprint(Zeroizing<String>);

impl BreachFingerprint {
    /// Characters of a fingerprint.
    pub const CHARS: usize = 40;

    /// Of a password, as it was typed.
    pub fn of(password: &str) -> Self {
        Self(Zeroizing::new(hex(&Sha1::digest(password.as_bytes())).to_ascii_uppercase()))
    }

    /// The digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BreachFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreachFingerprint(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_one_that_the_lists_have() {
        // FIPS 180-4, and the most stolen password of all.
        assert_eq!(BreachFingerprint::of("abc").digits(), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        let password = BreachFingerprint::of("password");
        assert_eq!(password.digits(), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
        assert_eq!(password.digits().len(), BreachFingerprint::CHARS);
        assert_eq!(format!("{password:?}"), "BreachFingerprint(…)");
    }
}
