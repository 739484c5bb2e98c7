//! Holding an export against what was signed.

use super::checkpoint::Checkpoint;
use super::tree::{Frontier, leaf_hash};
use crate::digest::Sha256;

/// An export that is exactly what was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries.
    pub size: u64,
    /// Root over all of them.
    pub root: Sha256,
    /// Checkpoints that were held against it.
    pub checkpoints: usize,
}

/// An export is not what was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// There is nothing to hold it against.
    #[error("there is no checkpoint to hold the export against")]
    NoCheckpoint,
    /// Two checkpoints of one size name different roots: the log shows different people different things.
    #[error("two checkpoints of size {0} differ: the log was shown in two versions")]
    SplitView(u64),
    /// Some entry between these two sizes was changed, removed, added or moved.
    #[error("the entries from {after} to {size} are not those that were signed")]
    Differs {
        /// Size of the last checkpoint that fits; 0 if none does.
        after: u64,
        /// Size of the first that does not.
        size: u64,
    },
    /// Entries are missing at the end.
    #[error("{have} entries are there, {signed} were signed")]
    Truncated {
        /// Entries of the export.
        have: u64,
        /// Entries that were signed.
        signed: u64,
    },
    /// Entries follow that nobody signed.
    #[error("{have} entries are there, only {signed} were signed")]
    Unsigned {
        /// Entries of the export.
        have: u64,
        /// Entries that were signed.
        signed: u64,
    },
}

/// Holds all entries of a log, in order, against checkpoints: its own latest one and the anchors that were
/// kept outside. Needs no database and no secret; memory does not grow with the export. The checkpoints were
/// opened before ([`Checkpoint::open`]), so their signatures are good.
///
/// An anchor finds what the log's own signature cannot: an end that was cut off, and a log that its owner
/// wrote anew.
pub fn check_entries<B: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = B>,
    checkpoints: &[Checkpoint],
) -> Result<Verified, ExportFault> {
    let mut signed: Vec<(u64, Sha256)> = checkpoints.iter().map(|point| (point.size, point.root)).collect();
    signed.sort_unstable();
    signed.dedup();
    if let Some([(size, _), _]) = signed.array_windows().find(|[left, right]| left.0 == right.0) {
        return Err(ExportFault::SplitView(*size));
    }
    let last = signed.last().ok_or(ExportFault::NoCheckpoint)?.0;
    let mut tree = Frontier::default();
    let mut ahead = signed.iter().peekable();
    let mut after = 0;
    let mut entries = entries.into_iter();
    loop {
        if let Some((size, root)) = ahead.next_if(|(size, _)| *size == tree.size()) {
            if tree.root() != *root {
                return Err(ExportFault::Differs { after, size: *size });
            }
            after = *size;
        }
        let Some(entry) = entries.next() else { break };
        tree.push(leaf_hash(entry.as_ref()));
    }
    let have = tree.size();
    match have.cmp(&last) {
        std::cmp::Ordering::Less => Err(ExportFault::Truncated { have, signed: last }),
        std::cmp::Ordering::Greater => Err(ExportFault::Unsigned { have, signed: last }),
        std::cmp::Ordering::Equal => {
            Ok(Verified { size: have, root: tree.root(), checkpoints: signed.len() })
        }
    }
}
