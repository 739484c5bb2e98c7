//! The root key: the one secret the operator brings.

use super::{KeyId, is_published};
use crate::mac::hmac_sha256;
use crate::secret::Secret;
use crate::text::unhex;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use std::fmt;
use zeroize::Zeroizing;

/// Different byte values below which 32 bytes are not random. Random ones have about 30; fewer than 16
/// happens less than once in 10¹⁵.
const DISTINCT_MIN: usize = 16;

/// 32 bytes that wrap all other keys. They are never stored, printed or derived from anything.
pub struct RootKey {
    id: KeyId,
    key: Secret,
}

/// What is wrong with 32 bytes that cannot have come from a random generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// All bytes are zero.
    #[error("it is all zero")]
    Zero,
    /// The value stands in the published test vectors.
    #[error("it is printed in the published test vectors")]
    Published,
    /// The bytes count up or down.
    #[error("it is a sequence")]
    Sequence,
    /// Too few different bytes.
    #[error("it has too few different bytes")]
    LowVariety,
    /// All bytes are printable: a password or text, not a key.
    #[error("it is text, not random bytes")]
    Text,
}

/// The root key cannot be used. The message never holds any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootKeyError {
    /// Not 32 bytes.
    #[error("a root key has 32 bytes, not {0}")]
    Length(usize),
    /// Text that is neither hexadecimal nor base64.
    #[error("a root key is 64 hexadecimal digits or 32 bytes in base64")]
    NotAKey,
    /// Not random.
    #[error("this root key must not be used: {0}")]
    Weak(Weakness),
}

impl RootKey {
    /// From exactly 32 random bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RootKeyError> {
        let key = Secret::copy_of(bytes).ok_or(RootKeyError::Length(bytes.len()))?;
        if let Some(weakness) = weakness(key.bytes()) {
            return Err(RootKeyError::Weak(weakness));
        }
        let tag = hmac_sha256(key.bytes(), &[b"shiming/v1/root-id"]);
        let (id, _) = tag.split_first_chunk().ok_or(RootKeyError::NotAKey)?;
        Ok(Self { id: KeyId::from_bytes(*id), key })
    }

    /// From 64 hexadecimal digits, or 32 bytes in base64 of either alphabet, padded or not. White space
    /// around it is ignored, because files end in a newline.
    pub fn from_text(text: &str) -> Result<Self, RootKeyError> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            unhex(text)
        } else {
            let bare = text.strip_suffix('=').unwrap_or(text);
            BASE64_STANDARD_NO_PAD.decode(bare).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(bare)).ok()
        };
        Self::from_bytes(&Zeroizing::new(bytes.ok_or(RootKeyError::NotAKey)?))
    }

    /// The first 128 bits of HMAC-SHA-256(root, a constant): names the key without telling it, and shows at
    /// once when another root is given.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn key(&self) -> &Secret {
        &self.key
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.id)
    }
}

fn weakness(bytes: &[u8; 32]) -> Option<Weakness> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Some(Weakness::Zero);
    }
    if is_published(bytes) {
        return Some(Weakness::Published);
    }
    let step = |pair: &[u8]| match pair {
        [left, right] => right.wrapping_sub(*left),
        _ => 0,
    };
    let mut steps = bytes.windows(2).map(step);
    let first = steps.next();
    if steps.all(|step| Some(step) == first) {
        return Some(Weakness::Sequence);
    }
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(mark) = seen.get_mut(usize::from(*byte)) {
            *mark = true;
        }
    }
    if seen.iter().filter(|mark| **mark).count() < DISTINCT_MIN {
        return Some(Weakness::LowVariety);
    }
    if bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        return Some(Weakness::Text);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Sha256;
    use crate::entropy::{Entropy as _, OsEntropy};
    use crate::text::hex;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};

    fn weak(bytes: &[u8]) -> Option<Weakness> {
        match RootKey::from_bytes(bytes) {
            Err(RootKeyError::Weak(weakness)) => Some(weakness),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    #[test]
    fn all_spellings_give_one_key() {
        let bytes = Sha256::of(b"a root key for this test");
        let bytes = bytes.as_bytes();
        let id = RootKey::from_bytes(bytes).unwrap().id();
        for text in [
            hex(bytes),
            hex(bytes).to_uppercase(),
            format!("  {}\n", hex(bytes)),
            BASE64_STANDARD.encode(bytes),
            BASE64_URL_SAFE.encode(bytes),
            BASE64_STANDARD_NO_PAD.encode(bytes),
        ] {
            assert_eq!(RootKey::from_text(&text).unwrap().id(), id, "{text}");
        }
    }

    #[test]
    fn what_is_not_random_is_refused() {
        assert_eq!(weak(&[0; 32]), Some(Weakness::Zero));
        assert_eq!(weak(&[0x9c; 32]), Some(Weakness::Sequence));
        assert_eq!(weak(&[0x53; 32]), Some(Weakness::Published));
        let counting: Vec<u8> = (40..72).collect();
        assert_eq!(weak(&counting), Some(Weakness::Sequence));
        assert_eq!(weak(&b"0123456789abcde".repeat(3)[..32]), Some(Weakness::LowVariety));
        assert_eq!(weak(&b"A quick brown fox jumps; lazy dog"[..32]), Some(Weakness::Text));
        assert_eq!(weak(&(0..32).collect::<Vec<u8>>()), Some(Weakness::Published));
    }

    #[test]
    fn random_bytes_are_accepted() {
        for _ in 0..2_000 {
            let mut bytes = [0; 32];
            OsEntropy.fill(&mut bytes);
            assert_eq!(weak(&bytes), None, "{}", hex(&bytes));
        }
    }

    #[test]
    fn other_texts_are_named_without_their_content() {
        let cases = ["", "changeme", "é", &"g".repeat(64), &"A".repeat(200), "====", "whsec_abc"];
        for text in cases {
            let error = RootKey::from_text(text).unwrap_err();
            assert!(matches!(error, RootKeyError::NotAKey | RootKeyError::Length(_)), "{text}: {error}");
        }
        assert_eq!(RootKey::from_bytes(&[1; 31]).unwrap_err(), RootKeyError::Length(31));
        let key = RootKey::from_bytes(Sha256::of(b"x").as_bytes()).unwrap();
        assert_eq!(format!("{key:?}"), format!("RootKey({})", key.id()));
    }
}
