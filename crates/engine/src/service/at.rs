//! An object as its caller saw it.

use super::{Error, Kind, Refused};

/// An id and, if the caller says so, the version they looked at: what changed since is not written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The object.
    pub id: T,
    /// As it was seen.
    pub version: Option<u64>,
}

impl<T> From<T> for At<T> {
    fn from(id: T) -> Self {
        Self { id, version: None }
    }
}

impl<T> At<T> {
    /// Whether the object still is what the caller saw. Asked in the transaction that changes it, whose own
    /// write names the version that was read there.
    pub fn check(&self, current: u64) -> Result<(), Error> {
        if self.version.is_none_or(|seen| seen == current) {
            return Ok(());
        }
        let detail = "It has changed since the version you named; nothing was saved. Read it, decide again.";
        Err(Refused::new(Kind::Stale, "version_stale", detail).into())
    }
}
