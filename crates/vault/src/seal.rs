//! Sealed values: content that only the right key opens, and only in its own place.
//!
//! `format ‖ suite ‖ key id ‖ nonce ‖ ciphertext and tag`. Associated data are that head and the
//! [`Address`], so a value moved to another tenant, subject, kind or row does not open.

use crate::aead::{self, NONCE_BYTES, TAG_BYTES};
use crate::entropy::{Entropy, random};
use crate::keys::{DataKey, KeyError, KeyId};
use crate::parts::{BadName, encode_names, name};
use std::fmt;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
/// XChaCha20-Poly1305. Suite 2 is kept for SM4-GCM.
const SUITE: u8 = 1;
const HEAD_BYTES: usize = 2 + 16;

/// Bytes that sealing adds.
pub const OVERHEAD_BYTES: usize = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;
/// Bytes that one value may have before sealing: 16 MiB, above the upload limit of 10 MiB.
pub const PLAIN_BYTES_MAX: usize = 16 << 20;

/// Where a value lives. Each part has 1 to 255 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Tenant id.
    pub tenant: &'a str,
    /// Pseudonymous id of the person.
    pub subject: &'a str,
    /// Kind of object, and column where a row has several, such as `image` or `application.declared`.
    pub kind: &'a str,
    /// Id of the object.
    pub id: &'a str,
}

/// A sealed value, the only thing that blobs and personal columns accept.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key_id: KeyId,
    bytes: Vec<u8>,
}

/// Opened content, wiped when dropped.
pub struct Plain(Zeroizing<Vec<u8>>);

/// A value cannot be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// More than [`PLAIN_BYTES_MAX`] bytes.
    #[error("{bytes} bytes are more than the {PLAIN_BYTES_MAX} that one value may have")]
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// Too few bytes for a sealed value.
    #[error("{bytes} bytes are too few for a sealed value")]
    Truncated {
        /// How many there are.
        bytes: usize,
    },
    /// A format or suite this program does not know.
    #[error("format {format}, suite {suite} of a sealed value is not known here")]
    Unknown {
        /// First byte.
        format: u8,
        /// Second byte.
        suite: u8,
    },
    /// The value was sealed with another key than the one given.
    #[error("the value is sealed with {needed}, not with {given}")]
    OtherKey {
        /// The key the value names.
        needed: KeyId,
        /// The key that was tried.
        given: KeyId,
    },
    /// The key belongs to another tenant or subject than the address.
    #[error("{0} belongs to another tenant or subject")]
    OtherOwner(KeyId),
    /// The bytes were changed, or the value was moved here from another place.
    #[error("the value does not open with {0}: it was changed or moved")]
    DoesNotOpen(KeyId),
    /// The key may not seal.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Part of the address is empty or too long.
    #[error(transparent)]
    Name(#[from] BadName),
}

impl DataKey {
    /// Seals a value for its place.
    pub fn seal(
        &self,
        address: Address<'_>,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SealError> {
        if let Some(error) = KeyError::for_writing(self.id, self.state) {
            return Err(error.into());
        }
        if plain.len() > PLAIN_BYTES_MAX {
            return Err(SealError::TooLarge { bytes: plain.len() });
        }
        let aad = self.bound(address)?;
        let nonce: [u8; NONCE_BYTES] = random(entropy);
        let sealed = aead::seal(&self.key, &nonce, &aad, plain);
        let pieces: [&[u8]; 4] = [&[FORMAT, SUITE], self.id.as_bytes(), &nonce, &sealed];
        Ok(Sealed { key_id: self.id, bytes: pieces.concat() })
    }

    /// Opens a value in its place.
    pub fn open(&self, address: Address<'_>, sealed: &Sealed) -> Result<Plain, SealError> {
        let needed = sealed.key_id();
        if needed != self.id {
            return Err(SealError::OtherKey { needed, given: self.id });
        }
        let aad = self.bound(address)?;
        let (nonce, rest) = sealed
            .bytes
            .get(HEAD_BYTES..)
            .and_then(<[u8]>::split_first_chunk)
            .ok_or(SealError::Truncated { bytes: sealed.bytes.len() })?;
        aead::open(&self.key, nonce, &aad, rest).map(Plain).ok_or(SealError::DoesNotOpen(self.id))
    }

    fn bound(&self, address: Address<'_>) -> Result<Vec<u8>, SealError> {
        let parts = [
            name("tenant", address.tenant)?,
            name("subject", address.subject)?,
            name("object kind", address.kind)?,
            name("id", address.id)?,
        ];
        if self.tenant != address.tenant || self.subject != address.subject {
            return Err(SealError::OtherOwner(self.id));
        }
        let [tenant, subject, kind, id] = parts.map(str::as_bytes);
        let head = [FORMAT, SUITE];
        Ok(encode_names(&[b"shiming/v1/seal", &head, self.id.as_bytes(), tenant, subject, kind, id]))
    }
}

impl Sealed {
    /// Reads a stored value. The head is checked here, the rest when it is opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SealError> {
        let truncated = SealError::Truncated { bytes: bytes.len() };
        let (format, suite, rest) = match bytes.as_slice() {
            [format, suite, rest @ ..] => (*format, *suite, rest),
            _ => return Err(truncated),
        };
        if (format, suite) != (FORMAT, SUITE) {
            return Err(SealError::Unknown { format, suite });
        }
        let (key_id, _) = rest.split_first_chunk().ok_or(truncated.clone())?;
        let key_id = KeyId::from_bytes(*key_id);
        match bytes.len().checked_sub(OVERHEAD_BYTES) {
            None => Err(truncated),
            Some(plain) if plain > PLAIN_BYTES_MAX => Err(SealError::TooLarge { bytes: plain }),
            Some(_) => Ok(Self { key_id, bytes }),
        }
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stored form without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The key that opens it.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes with {})", self.bytes.len(), self.key_id)
    }
}

impl Plain {
    /// The content. Whoever copies it wipes the copy.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Plain {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plain({} bytes)", self.0.len())
    }
}
