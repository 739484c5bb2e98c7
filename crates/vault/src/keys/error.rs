//! What can go wrong with a key. Every variant names the key, so that an operator knows which to bring.

use super::{KeyId, KeyState, WrongStep};
use crate::parts::BadName;

/// A key is missing, wrong, or may not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key that is needed was not given to the ring.
    #[error("{0} is needed and not in the key ring")]
    Missing(KeyId),
    /// The stored form does not open: its bytes changed, or it belongs to another tenant, subject or
    /// purpose.
    #[error("{id} does not open under {parent}")]
    DoesNotOpen {
        /// The wrapped key.
        id: KeyId,
        /// The key it says it is wrapped by.
        parent: KeyId,
    },
    /// The bytes are no wrapped key at all.
    #[error("{bytes} bytes that are no wrapped key")]
    Malformed {
        /// How many there are.
        bytes: usize,
    },
    /// The key was destroyed; nothing under it can be read again.
    #[error("{0} was destroyed")]
    Destroyed(KeyId),
    /// The key may read but not write.
    #[error("{0} is no longer used for writing")]
    DecryptOnly(KeyId),
    /// The tenant has no key that may write.
    #[error("tenant {0} has no active key")]
    NoActive(String),
    /// Two keys of one tenant claim to be the active one.
    #[error("{first} and {second} are both active")]
    TwoActive {
        /// The one that was loaded first.
        first: KeyId,
        /// The one that was refused.
        second: KeyId,
    },
    /// A key is loaded for another tenant than before, or twice with different contents.
    #[error("{0} was loaded before as another key")]
    Conflict(KeyId),
    /// The state cannot follow the present one.
    #[error("{0}: {1}")]
    Step(KeyId, WrongStep),
    /// A name is empty or too long.
    #[error(transparent)]
    Name(#[from] BadName),
}

impl KeyError {
    /// The error for a key in this state that was asked to write; `None` if it may.
    pub(crate) fn for_writing(id: KeyId, state: KeyState) -> Option<Self> {
        match state {
            KeyState::Active => None,
            KeyState::DecryptOnly => Some(Self::DecryptOnly(id)),
            KeyState::Destroyed => Some(Self::Destroyed(id)),
        }
    }
}
