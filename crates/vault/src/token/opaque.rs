//! Session tokens, client secrets, confirmation links: 256 random bits each.

use crate::entropy::Entropy;
use crate::secret::{Secret, same};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::Digest as _;
use std::fmt;
use zeroize::Zeroizing;

/// 256 random bits (security rules, section 3; ASVS 7.2.3 asks for 128). Written as 43 characters of
/// base64url.
pub struct Token(Secret);

/// SHA-256 of a token's or API key's text: what is stored and looked up.
#[derive(Clone, Copy, Eq)]
pub struct TokenHash([u8; 32]);

/// The text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token")]
pub struct NotAToken;

impl Token {
    /// A new one.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Secret::random(entropy))
    }

    /// Reads what a client sent. Only the one spelling that [`reveal`](Self::reveal) gives.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        if text.len() != 43 {
            return Err(NotAToken);
        }
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?);
        Secret::copy_of(&bytes).map(Self).ok_or(NotAToken)
    }

    /// The text, to be given to its owner once.
    pub fn reveal(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.bytes())
    }

    /// What is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&Zeroizing::new(self.reveal()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    pub(super) fn of(text: &str) -> Self {
        Self(sha2::Sha256::digest(text.as_bytes()).into())
    }

    /// From a row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Sha256;
    use crate::entropy::Seeded;

    #[test]
    fn a_token_is_read_back_and_found_by_its_hash() {
        let token = Token::generate(&mut Seeded::new(1));
        let text = token.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(Token::parse(&text).unwrap().hash(), token.hash());
        assert_eq!(token.hash().as_bytes(), Sha256::of(text.as_bytes()).as_bytes());
        assert_ne!(Token::generate(&mut Seeded::new(2)).hash(), token.hash());
        assert_eq!(format!("{token:?} {:?}", token.hash()), "Token(…) TokenHash(…)");
    }

    #[test]
    fn other_spellings_are_refused() {
        let text = Token::generate(&mut Seeded::new(1)).reveal();
        let one_less = &text[..42];
        for wrong in ["", one_less, &format!("{text}="), &format!("{text}A"), &format!("{one_less}*"), "é"] {
            assert!(Token::parse(wrong).is_err(), "{wrong}");
        }
        // The last character holds two bits that no byte has; only zero is allowed there.
        let spellings = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']);
        let accepted = spellings.filter(|last| Token::parse(&format!("{one_less}{last}")).is_ok()).count();
        assert_eq!(accepted, 16);
    }
}
