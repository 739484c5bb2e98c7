//! Six-digit codes sent by SMS or mail.

use crate::entropy::{Entropy, random};
use crate::mac::hmac_sha256;
use crate::parts::{BadName, encode_names, name};
use crate::secret::{Secret, same};
use std::fmt;

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;

/// A one-time code. Single use, ten minutes and five tries are counted by whoever keeps the request.
pub struct Code(u32);

/// The key for storing codes ([`TenantSecret::code_key`](crate::keys::TenantSecret::code_key)).
pub struct CodeKey {
    version: u32,
    key: Secret,
}

/// A stored code: HMAC-SHA-256 over request id and code.
#[derive(Clone, Copy, Eq)]
pub struct CodeMac([u8; 32]);

impl Code {
    /// Six digits, each value as likely as any other (to 2⁻¹⁰⁸).
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self((u128::from_be_bytes(random(entropy)) % 1_000_000) as u32)
    }

    /// The digits, to be sent.
    pub fn reveal(&self) -> String {
        format!("{:06}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl CodeKey {
    pub(crate) fn new(version: u32, key: Secret) -> Self {
        Self { version, key }
    }

    /// The version, stored beside the code.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What is stored for a code that was sent for this request.
    pub fn mac(&self, request_id: &str, code: &Code) -> Result<CodeMac, BadName> {
        self.of(request_id, &code.reveal())
    }

    /// Whether the typed text is the code of this request. White space that people paste along is ignored;
    /// a code of another request never fits.
    pub fn matches(&self, request_id: &str, stored: &CodeMac, typed: &str) -> Result<bool, BadName> {
        let typed = typed.trim();
        let shaped = typed.len() == CODE_DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit());
        // Computed in any case, so that the shape does not show in time either.
        let found = self.of(request_id, if shaped { typed } else { "" })?;
        Ok(shaped && found == *stored)
    }

    fn of(&self, request_id: &str, code: &str) -> Result<CodeMac, BadName> {
        let request = name("request id", request_id)?.as_bytes();
        let text = encode_names(&[b"shiming/v1/code", request, code.as_bytes()]);
        Ok(CodeMac(hmac_sha256(self.key.bytes(), &[&text])))
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKey(version {})", self.version)
    }
}

impl CodeMac {
    /// From a row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for CodeMac {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl fmt::Debug for CodeMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeMac(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    fn key() -> CodeKey {
        CodeKey::new(1, Secret::copy_of(&[0xc3; 32]).unwrap())
    }

    #[test]
    fn a_code_fits_its_request_only() {
        let code = Code::generate(&mut Seeded::new(1));
        let stored = key().mac("req_1", &code).unwrap();
        let typed = code.reveal();
        assert_eq!(key().matches("req_1", &stored, &typed), Ok(true));
        assert_eq!(key().matches("req_1", &stored, &format!(" {typed}\n")), Ok(true));
        assert_eq!(key().matches("req_2", &stored, &typed), Ok(false));
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", &"9".repeat(100_000)]
        {
            assert_eq!(key().matches("req_1", &stored, wrong), Ok(false), "{wrong}");
        }
        assert!(key().matches("", &stored, &typed).is_err());
        let other = CodeKey::new(1, Secret::copy_of(&[0xc4; 32]).unwrap());
        assert_eq!(other.matches("req_1", &stored, &typed), Ok(false));
        assert_eq!(format!("{code:?} {stored:?}"), "Code(…) CodeMac(…)");
    }

    #[test]
    fn codes_keep_their_leading_zeros_and_spread_evenly() {
        let mut entropy = Seeded::new(7);
        let mut tens = [0_u32; 10];
        for _ in 0..10_000 {
            let code = Code::generate(&mut entropy).reveal();
            assert_eq!(code.len(), CODE_DIGITS);
            tens[usize::from(code.as_bytes()[0] - b'0')] += 1;
        }
        assert!(tens.iter().all(|count| (850..1_150).contains(count)), "{tens:?}");
    }
}
