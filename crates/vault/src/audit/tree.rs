//! Merkle tree hashes (RFC 6962 §2.1) and a tree that grows by one leaf at a time.

use crate::digest::Sha256;
use sha2::Digest as _;

/// SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Sha256 {
    let digest = sha2::Sha256::new().chain_update([0]).chain_update(entry).finalize();
    Sha256::from_bytes(digest.into())
}

/// SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    let hasher = sha2::Sha256::new().chain_update([1]);
    let digest = hasher.chain_update(left.as_bytes()).chain_update(right.as_bytes()).finalize();
    Sha256::from_bytes(digest.into())
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Sha256 {
    Sha256::of(b"")
}

/// Leaves beyond which no tree grows; a stored size above it is a broken row.
const SIZE_MAX: u64 = 1 << 62;

/// Hashes of complete subtrees.
pub trait Nodes {
    /// The hash over leaves `index << level` to `(index + 1) << level`, if all of them are there.
    fn node(&self, level: u32, index: u64) -> Option<Sha256>;
}

/// As much of a tree as is needed to add leaves: the roots of its complete subtrees, largest first. At most
/// 64 hashes, so it fits in a row and a writer can go on after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Sha256>,
}

/// The hashes do not belong to a tree of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{peaks} hashes are not the complete subtrees of a tree of {size} leaves")]
pub struct NotAFrontier {
    /// Leaves the tree is said to have.
    pub size: u64,
    /// Hashes that were given.
    pub peaks: usize,
}

impl Frontier {
    /// Goes on where [`size`](Self::size) and [`peaks`](Self::peaks) were stored.
    pub fn resume(size: u64, peaks: Vec<Sha256>) -> Result<Self, NotAFrontier> {
        if size <= SIZE_MAX && peaks.len() == size.count_ones() as usize {
            Ok(Self { size, peaks })
        } else {
            Err(NotAFrontier { size, peaks: peaks.len() })
        }
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Sha256] {
        &self.peaks
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Sha256) {
        self.push_with(leaf, |_, _, _| {});
    }

    /// Adds a leaf and tells every complete subtree that it finishes, as level, index and hash; the first is
    /// the leaf itself. These are the hashes that tiles are made of.
    pub fn push_with(&mut self, leaf: Sha256, mut complete: impl FnMut(u32, u64, Sha256)) {
        let (mut hash, mut level) = (leaf, 0);
        complete(level, self.size, hash);
        // Each trailing one bit of the size is a subtree that waits for its right half.
        while self.size >> level & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            level += 1;
            complete(level, self.size >> level, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves.
    pub fn root(&self) -> Sha256 {
        let mut from_right = self.peaks.iter().rev();
        let Some(last) = from_right.next() else { return empty_root() };
        from_right.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// A whole tree in memory, for proofs over an export: 64 bytes a leaf.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    frontier: Frontier,
    levels: Vec<Vec<Sha256>>,
}

impl MemoryTree {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Sha256) {
        let levels = &mut self.levels;
        self.frontier.push_with(leaf, |level, _, hash| {
            let level = level as usize;
            if levels.len() == level {
                levels.push(Vec::new());
            }
            if let Some(row) = levels.get_mut(level) {
                row.push(hash);
            }
        });
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all leaves.
    pub fn root(&self) -> Sha256 {
        self.frontier.root()
    }
}

impl Nodes for MemoryTree {
    fn node(&self, level: u32, index: u64) -> Option<Sha256> {
        self.levels.get(level as usize)?.get(usize::try_from(index).ok()?).copied()
    }
}

impl Extend<Sha256> for MemoryTree {
    fn extend<I: IntoIterator<Item = Sha256>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

#[cfg(test)]
pub(crate) fn numbered(count: u64) -> MemoryTree {
    let mut tree = MemoryTree::default();
    tree.extend((0..count).map(|at| leaf_hash(format!("entry-{at}").as_bytes())));
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::unhex;
    use crate::vectors::{self, hash, hashes, list, number, text};

    #[test]
    fn the_published_hashes_and_roots_come_out() {
        let file = vectors::load("rfc6962-tree");
        let leaves: Vec<Sha256> = list(&file, "leaves_hex")
            .iter()
            .map(|leaf| leaf_hash(&unhex(leaf.as_str().unwrap()).unwrap()))
            .collect();
        assert_eq!(leaves, hashes(&file, "leaf_hashes"));
        let mut tree = Frontier::default();
        let mut left = leaves.iter();
        for case in list(&file, "roots") {
            assert_eq!(tree.size(), number(case, "size"));
            assert_eq!(tree.root(), hash(text(case, "root")), "{case}");
            if let Some(leaf) = left.next() {
                tree.push(*leaf);
            }
        }
        for case in list(&file["synthetic_large"], "roots") {
            assert_eq!(numbered(number(case, "size")).root(), hash(text(case, "root")), "{case}");
        }
    }

    #[test]
    fn a_tree_goes_on_after_a_restart() {
        let mut straight = Frontier::default();
        for at in 0..100_u8 {
            let mut resumed = Frontier::resume(straight.size(), straight.peaks().to_vec()).unwrap();
            resumed.push(leaf_hash(&[at]));
            straight.push(leaf_hash(&[at]));
            assert_eq!(resumed, straight);
        }
        assert_eq!(Frontier::resume(3, vec![]), Err(NotAFrontier { size: 3, peaks: 0 }));
        assert!(Frontier::resume(u64::MAX, vec![empty_root(); 64]).is_err());
        let mut largest = Frontier::resume(SIZE_MAX, vec![empty_root()]).unwrap();
        largest.push(leaf_hash(b""));
        assert_eq!(largest.peaks().len(), 2);
    }
}
