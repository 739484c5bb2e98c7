//! Recovery codes: printed once, for whoever lost the second factor.

use crate::entropy::{Entropy, random};
use crate::parts::{BadName, encode_names, name};
use crate::secret::same;
use crate::text::{CROCKFORD, base32, unbase32};
use sha2::Digest as _;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Codes in one set.
pub const RECOVERY_CODES: usize = 10;
/// 80 random bits a code; the rules ask for 64.
const BYTES: usize = 10;
const CHARS: usize = 16;

/// One code: `7K3M-9QTZ-0XV1-H5RC`.
pub struct RecoveryCode([u8; BYTES]);

/// SHA-256 over account and code: what is stored. 80 random bits need no slow hash.
#[derive(Clone, Copy, Eq)]
pub struct RecoveryHash([u8; 32]);

/// The text is no recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a recovery code has 16 letters and digits")]
pub struct NotARecoveryCode;

impl RecoveryCode {
    /// A set of new codes.
    pub fn generate(entropy: &mut dyn Entropy) -> [Self; RECOVERY_CODES] {
        std::array::from_fn(|_| Self(random(entropy)))
    }

    /// Reads what a person typed: any case, any spaces and hyphens; O is 0, I and L are 1.
    pub fn parse(typed: &str) -> Result<Self, NotARecoveryCode> {
        let mut plain = Zeroizing::new(String::with_capacity(CHARS));
        for character in typed.chars() {
            match character.to_ascii_uppercase() {
                ' ' | '-' => {}
                _ if plain.len() >= CHARS => return Err(NotARecoveryCode),
                'O' => plain.push('0'),
                'I' | 'L' => plain.push('1'),
                other if other.is_ascii_alphanumeric() => plain.push(other),
                _ => return Err(NotARecoveryCode),
            }
        }
        let bytes = Zeroizing::new(unbase32(&plain, CROCKFORD).ok_or(NotARecoveryCode)?);
        bytes.as_slice().try_into().map(Self).map_err(|_| NotARecoveryCode)
    }

    /// Four groups of four, to be shown once.
    pub fn reveal(&self) -> String {
        let plain = Zeroizing::new(base32(&self.0, CROCKFORD));
        let mut text = String::with_capacity(CHARS + 3);
        for (at, character) in plain.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    /// What is stored for this account.
    pub fn hash(&self, account_id: &str) -> Result<RecoveryHash, BadName> {
        let account = name("account id", account_id)?.as_bytes();
        let text = Zeroizing::new(encode_names(&[b"shiming/v1/recovery", account, &self.0]));
        Ok(RecoveryHash(sha2::Sha256::digest(text.as_slice()).into()))
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl RecoveryHash {
    /// From a row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for RecoveryHash {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let codes = RecoveryCode::generate(&mut Seeded::new(1));
        let hash = |text: &str| RecoveryCode::parse(text).unwrap().hash("acc_1").unwrap();
        for code in &codes {
            let text = code.reveal();
            assert_eq!(text.len(), 19);
            let stored = code.hash("acc_1").unwrap();
            assert_eq!(hash(&text), stored);
            assert_eq!(hash(&text.to_lowercase().replace('-', " ")), stored);
            assert_eq!(hash(&text.replace('-', "").replace('0', "o").replace('1', "l")), stored);
            assert_ne!(code.hash("acc_2").unwrap(), stored);
        }
        let mut hashes: Vec<_> = codes.iter().map(|code| *code.hash("a").unwrap().as_bytes()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), RECOVERY_CODES);
    }

    #[test]
    fn other_texts_are_refused() {
        let long = "0".repeat(17);
        for wrong in ["", "0", "0000-0000-0000-000", &long, "UUUU-0000-0000-0000", "0000_0000_0000_0000", "é"]
        {
            assert_eq!(RecoveryCode::parse(wrong).unwrap_err(), NotARecoveryCode, "{wrong}");
        }
        assert!(RecoveryCode::parse(&"-".repeat(100_000)).is_err());
        assert!(RecoveryCode::parse("0000-0000-0000-0000").unwrap().hash("").is_err());
    }
}
