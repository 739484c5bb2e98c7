//! API keys of integrators: `sk_live_…` and `sk_test_…`.

use super::TokenHash;
use crate::entropy::Entropy;
use crate::secret::{Secret, same};
use crate::text::{BASE32, base32, unbase32};
use sha2::Digest as _;
use std::fmt;
use zeroize::Zeroizing;

/// First bytes of SHA-256(prefix ‖ secret). Tells a mistyped key from a revoked one without a look-up, and
/// lets secret scanners be sure.
const CHECK_BYTES: usize = 4;
/// 36 bytes in base32.
const BODY_CHARS: usize = 58;

/// Whether a key moves real people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Sandbox people only.
    Test,
    /// Real people.
    Live,
}

/// 256 random bits with their mode and a check sum. 66 characters, lower case, one double click.
pub struct ApiKey {
    mode: Mode,
    secret: Secret,
}

/// The text is no API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// It does not begin like one or has another length or alphabet.
    #[error("an API key is sk_live_ or sk_test_ and 58 characters")]
    Shape,
    /// It was mistyped or cut.
    #[error("the check sum of the API key is wrong: it was mistyped or cut")]
    CheckSum,
}

impl Mode {
    /// What keys of this mode begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Test => "sk_test_",
            Self::Live => "sk_live_",
        }
    }
}

impl ApiKey {
    /// A new one.
    pub fn generate(mode: Mode, entropy: &mut dyn Entropy) -> Self {
        Self { mode, secret: Secret::random(entropy) }
    }

    /// Reads what a client sent.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        let found = [Mode::Test, Mode::Live]
            .into_iter()
            .find_map(|mode| Some((mode, text.strip_prefix(mode.prefix())?)));
        let (mode, body) = found.ok_or(ApiKeyError::Shape)?;
        if body.len() != BODY_CHARS {
            return Err(ApiKeyError::Shape);
        }
        let bytes = Zeroizing::new(unbase32(body, BASE32).ok_or(ApiKeyError::Shape)?);
        let (secret, check) = bytes.split_at_checked(32).ok_or(ApiKeyError::Shape)?;
        let key = Self { mode, secret: Secret::copy_of(secret).ok_or(ApiKeyError::Shape)? };
        if same(check, &key.check()) { Ok(key) } else { Err(ApiKeyError::CheckSum) }
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> String {
        let bytes = Zeroizing::new([self.secret.bytes().as_slice(), &self.check()].concat());
        let body = Zeroizing::new(base32(&bytes, BASE32));
        [self.mode.prefix(), &body].concat()
    }

    /// What is stored and looked up. A test key and a live key never share one.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&Zeroizing::new(self.reveal()))
    }

    /// Prefix and last four characters, to tell keys apart later: `sk_live_…k7qa`.
    pub fn hint(&self) -> String {
        let text = Zeroizing::new(self.reveal());
        let last = text.len().checked_sub(4).and_then(|at| text.get(at..)).unwrap_or_default();
        [self.mode.prefix(), "…", last].concat()
    }

    /// Sandbox or real.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    fn check(&self) -> [u8; CHECK_BYTES] {
        let digest: [u8; 32] = sha2::Sha256::new()
            .chain_update(self.mode.prefix())
            .chain_update(self.secret.bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", self.mode.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;

    #[test]
    fn a_key_is_read_back_and_found_by_its_hash() {
        for mode in [Mode::Test, Mode::Live] {
            let key = ApiKey::generate(mode, &mut Seeded::new(1));
            let text = key.reveal();
            assert_eq!(text.len(), 66);
            let read = ApiKey::parse(&text).unwrap();
            assert_eq!((read.mode(), read.hash()), (mode, key.hash()));
            assert_eq!(key.hint(), format!("{}…{}", mode.prefix(), &text[62..]));
            assert_eq!(format!("{key:?}"), format!("ApiKey({}…)", mode.prefix()));
        }
    }

    #[test]
    fn the_mode_is_part_of_the_key() {
        let text = ApiKey::generate(Mode::Test, &mut Seeded::new(1)).reveal();
        let turned = text.replace("sk_test_", "sk_live_");
        assert_eq!(ApiKey::parse(&turned).unwrap_err(), ApiKeyError::CheckSum);
    }

    #[test]
    fn every_single_mistyped_character_is_noticed() {
        let text = ApiKey::generate(Mode::Live, &mut Seeded::new(9)).reveal();
        for at in 0..text.len() {
            let other = if text.as_bytes()[at] == b'a' { "b" } else { "a" };
            let mut wrong = text.clone();
            wrong.replace_range(at..=at, other);
            assert!(ApiKey::parse(&wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "sk_live_", &text[..65], &format!("{text}a"), &text.to_uppercase(), "sk_live_é"] {
            assert_eq!(ApiKey::parse(wrong).unwrap_err(), ApiKeyError::Shape, "{wrong}");
        }
    }
}
