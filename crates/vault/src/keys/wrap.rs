//! Keys wrapped by other keys, as the database holds them.

use super::{KeyError, KeyId, Purpose};
use crate::aead::{self, NONCE_BYTES, TAG_BYTES};
use crate::entropy::{Entropy, random};
use crate::parts::encode_names;
use crate::secret::Secret;
use std::fmt;

const FORMAT: u8 = 1;
const SUITE: u8 = 1;
/// Format, suite and the two ids.
const HEAD_BYTES: usize = 2 + 16 + 16;
/// Bytes of a stored wrapped key.
pub const WRAPPED_BYTES: usize = HEAD_BYTES + NONCE_BYTES + 32 + TAG_BYTES;

/// A key encrypted by its parent: format ‖ suite ‖ parent id ‖ key id ‖ nonce ‖ 48 bytes. Opens only as what
/// it was made for: role, tenant and, for data keys, subject and purpose are associated data.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey([u8; WRAPPED_BYTES]);

/// What a wrapped key is for.
#[derive(Clone, Copy)]
pub(super) enum Role<'a> {
    Tenant,
    Derive,
    Sign,
    Data { subject: &'a str, purpose: Purpose },
}

/// The secret half of an Ed25519 key pair, as unwrapped by the ring.
pub struct SigningSeed {
    pub(super) id: KeyId,
    pub(crate) seed: Secret,
}

impl SigningSeed {
    /// The id of the wrapped key.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl fmt::Debug for SigningSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSeed({})", self.id)
    }
}

impl WrappedKey {
    /// Reads what [`as_bytes`](Self::as_bytes) gave. Whether it opens is seen only when it is opened.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed { bytes: bytes.len() };
        let bytes: [u8; WRAPPED_BYTES] = bytes.try_into().map_err(|_| malformed.clone())?;
        if bytes.starts_with(&[FORMAT, SUITE]) { Ok(Self(bytes)) } else { Err(malformed) }
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8; WRAPPED_BYTES] {
        &self.0
    }

    /// The key that wraps this one.
    pub fn parent(&self) -> KeyId {
        KeyId::from_bytes(self.slice(2))
    }

    /// The key that is inside.
    pub fn id(&self) -> KeyId {
        KeyId::from_bytes(self.slice(18))
    }

    fn slice<const N: usize>(&self, at: usize) -> [u8; N] {
        let found = self.0.get(at..at + N).and_then(|bytes| bytes.try_into().ok());
        found.expect("the offsets lie inside a fixed length")
    }

    pub(super) fn wrap(
        (parent, parent_key): (KeyId, &Secret),
        (id, key): (KeyId, &Secret),
        (tenant, role): (&str, Role<'_>),
        entropy: &mut dyn Entropy,
    ) -> Self {
        let nonce: [u8; NONCE_BYTES] = random(entropy);
        let sealed = aead::seal(parent_key, &nonce, &bound(parent, id, tenant, role), key.bytes());
        let pieces: [&[u8]; 5] = [&[FORMAT, SUITE], parent.as_bytes(), id.as_bytes(), &nonce, &sealed];
        Self(pieces.concat().try_into().expect("the pieces have fixed lengths"))
    }

    /// The key inside, if everything is as it was when it was wrapped.
    pub(super) fn unwrap(
        &self,
        parent_key: &Secret,
        (tenant, role): (&str, Role<'_>),
    ) -> Result<Secret, KeyError> {
        let (parent, id) = (self.parent(), self.id());
        let nonce: [u8; NONCE_BYTES] = self.slice(HEAD_BYTES);
        let sealed: [u8; 32 + TAG_BYTES] = self.slice(HEAD_BYTES + NONCE_BYTES);
        aead::open(parent_key, &nonce, &bound(parent, id, tenant, role), &sealed)
            .and_then(|plain| Secret::copy_of(&plain))
            .ok_or(KeyError::DoesNotOpen { id, parent })
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} under {})", self.id(), self.parent())
    }
}

fn bound(parent: KeyId, id: KeyId, tenant: &str, role: Role<'_>) -> Vec<u8> {
    let (role, subject, purpose) = match role {
        Role::Tenant => ("tenant", "", ""),
        Role::Derive => ("derive", "", ""),
        Role::Sign => ("sign", "", ""),
        Role::Data { subject, purpose } => ("data", subject, purpose.as_str()),
    };
    encode_names(&[
        b"shiming/v1/wrap",
        &[FORMAT, SUITE],
        parent.as_bytes(),
        id.as_bytes(),
        role.as_bytes(),
        tenant.as_bytes(),
        subject.as_bytes(),
        purpose.as_bytes(),
    ])
}
