//! Proofs that an entry is in a tree, and that a tree goes on from an earlier one (RFC 6962 §2.1.1, §2.1.2;
//! verified as in RFC 9162 §2.1.3.2, §2.1.4.2).

use super::tree::{Nodes, empty_root, node_hash};
use crate::digest::Sha256;

/// A proof cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf or earlier tree.
    #[error("{index} is outside a tree of {size}")]
    Outside {
        /// Leaf index, or size of the earlier tree.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A hash that the tree should have is not there.
    #[error("the hash of level {level}, index {index} is missing")]
    Missing {
        /// Level of the subtree; 0 is the leaves.
        level: u32,
        /// Its index on that level.
        index: u64,
    },
}

/// The path from leaf `index` to the root of the first `size` leaves. At most 64 hashes; 20 for a million.
pub fn inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Sha256>, ProofError> {
    if index >= size {
        return Err(ProofError::Outside { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The hashes that lead from the root of the first `from` leaves to that of the first `to`. Empty if either
/// nothing was added or nothing was there.
pub fn consistency(nodes: &impl Nodes, from: u64, to: u64) -> Result<Vec<Sha256>, ProofError> {
    if from > to {
        return Err(ProofError::Outside { index: from, size: to });
    }
    let mut path = Vec::new();
    if from == 0 {
        return Ok(path);
    }
    let (mut start, mut end, mut known) = (0, to, true);
    while end != from {
        let middle = start + split(end - start);
        if from <= middle {
            path.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(nodes, start, middle)?);
            start = middle;
            known = false;
        }
    }
    // What began at the first leaf is the earlier root itself, which the verifier has.
    if !known {
        path.push(range_root(nodes, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether the entry with this leaf hash is the one at `index` of the tree with `size` leaves and this root.
#[must_use]
pub fn verify_inclusion(leaf: &Sha256, index: u64, size: u64, path: &[Sha256], root: &Sha256) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `to` leaves begins with the tree of `from` leaves.
#[must_use]
pub fn verify_consistency(
    (from, from_root): (u64, &Sha256),
    (to, to_root): (u64, &Sha256),
    path: &[Sha256],
) -> bool {
    if from > to {
        return false;
    }
    if from == to {
        return path.is_empty() && from_root == to_root;
    }
    if from == 0 {
        return path.is_empty() && *from_root == empty_root();
    }
    let (mut node, mut last) = (from - 1, to - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (first, rest) = if from.is_power_of_two() {
        (*from_root, path)
    } else {
        let Some((first, rest)) = path.split_first() else { return false };
        (*first, rest)
    };
    let (mut old, mut new) = (first, first);
    for step in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = node_hash(step, &old);
            new = node_hash(step, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old == *from_root && new == *to_root
}

/// The largest power of two smaller than `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root over leaves `start..end`, where `start` is a multiple of a power of two not less than the
/// length, as it is for every range that the two walks above meet.
fn range_root(nodes: &impl Nodes, start: u64, end: u64) -> Result<Sha256, ProofError> {
    let count = end - start;
    if count.is_power_of_two() {
        let level = count.trailing_zeros();
        let index = start >> level;
        return nodes.node(level, index).ok_or(ProofError::Missing { level, index });
    }
    let middle = start + split(count);
    Ok(node_hash(&range_root(nodes, start, middle)?, &range_root(nodes, middle, end)?))
}

#[cfg(test)]
mod tests {
    use super::super::tree::{MemoryTree, leaf_hash, numbered};
    use super::*;
    use crate::text::unhex;
    use crate::vectors::{self, hash, hashes, list, number, text};
    use proptest::prelude::*;

    struct Empty;
    impl Nodes for Empty {
        fn node(&self, _: u32, _: u64) -> Option<Sha256> {
            None
        }
    }

    fn root(nodes: &MemoryTree, size: u64) -> Sha256 {
        if size == 0 { empty_root() } else { range_root(nodes, 0, size).unwrap() }
    }

    #[test]
    fn the_published_proofs_are_made_and_verified() {
        let file = vectors::load("rfc6962-tree");
        let mut tree = MemoryTree::default();
        tree.extend(
            list(&file, "leaves_hex").iter().map(|leaf| leaf_hash(&unhex(leaf.as_str().unwrap()).unwrap())),
        );
        let leaves = hashes(&file, "leaf_hashes");
        for case in list(&file, "inclusion") {
            let (size, index) = (number(case, "size"), number(case, "index"));
            let path = inclusion(&tree, index, size).unwrap();
            assert_eq!(path, hashes(case, "proof"), "{case}");
            assert!(verify_inclusion(&leaves[index as usize], index, size, &path, &root(&tree, size)));
        }
        for case in list(&file, "consistency") {
            let (from, to) = (number(case, "from"), number(case, "to"));
            let path = consistency(&tree, from, to).unwrap();
            assert_eq!(path, hashes(case, "proof"), "{case}");
            let roots = (root(&tree, from), root(&tree, to));
            assert!(verify_consistency((from, &roots.0), (to, &roots.1), &path), "{case}");
        }
    }

    #[test]
    fn the_published_large_proofs_come_out() {
        let file = vectors::load("rfc6962-tree");
        let large = &file["synthetic_large"];
        let tree = numbered(1_000);
        let case = &large["inclusion"];
        let (size, index) = (number(case, "size"), number(case, "index"));
        assert_eq!(inclusion(&tree, index, size).unwrap(), hashes(case, "proof"));
        let leaf = leaf_hash(format!("entry-{index}").as_bytes());
        assert!(verify_inclusion(&leaf, index, size, &hashes(case, "proof"), &tree.root()));
        let case = &large["consistency"];
        let (from, to) = (number(case, "from"), number(case, "to"));
        assert_eq!(consistency(&tree, from, to).unwrap(), hashes(case, "proof"));
        let first = hash(text(case, "first_root"));
        assert_eq!(root(&tree, from), first);
        assert!(verify_consistency((from, &first), (to, &tree.root()), &hashes(case, "proof")));
    }

    /// Only the length matters here, so every hash is the same.
    #[test]
    fn a_proof_over_a_million_entries_has_twenty_hashes() {
        struct Same;
        impl Nodes for Same {
            fn node(&self, _: u32, _: u64) -> Option<Sha256> {
                Some(empty_root())
            }
        }
        for case in list(&vectors::load("rfc6962-tree"), "sizes") {
            let path = inclusion(&Same, number(case, "index"), number(case, "size")).unwrap();
            assert_eq!(path.len() as u64, number(case, "proof_hashes"));
            assert_eq!(path.len() as u64 * 32, number(case, "proof_bytes"));
        }
        assert_eq!(inclusion(&Same, 0, u64::MAX).unwrap().len(), 64);
    }

    #[test]
    fn the_published_forgeries_are_refused() {
        for case in list(&vectors::load("rfc6962-tree"), "negative") {
            assert_eq!(case["expect"], false);
            let path = hashes(case, "proof");
            let accepted = match text(case, "kind") {
                "inclusion" => verify_inclusion(
                    &hash(text(case, "leaf_hash")),
                    number(case, "index"),
                    number(case, "size"),
                    &path,
                    &hash(text(case, "root")),
                ),
                "consistency" => verify_consistency(
                    (number(case, "from"), &hash(text(case, "first_root"))),
                    (number(case, "to"), &hash(text(case, "second_root"))),
                    &path,
                ),
                other => panic!("{other}"),
            };
            assert!(!accepted, "{case}");
        }
    }

    /// The hashes alone would fit: only the length of the path tells the sizes apart.
    #[test]
    fn a_small_tree_does_not_pass_for_a_larger_one() {
        let tree = numbered(4);
        let (leaf, four) = (leaf_hash(b"entry-1"), tree.root());
        let path = inclusion(&tree, 1, 4).unwrap();
        assert!(verify_inclusion(&leaf, 1, 4, &path, &four));
        for size in [5, 6, 8, 1_000] {
            assert!(!verify_inclusion(&leaf, 1, size, &path, &four), "{size}");
        }
        let (two, steps) = (root(&tree, 2), consistency(&tree, 2, 4).unwrap());
        assert!(verify_consistency((2, &two), (4, &four), &steps));
        for size in [5, 6, 8, 1_000] {
            assert!(!verify_consistency((2, &two), (size, &four), &steps), "{size}");
        }
    }

    #[test]
    fn impossible_questions_are_errors() {
        assert_eq!(inclusion(&Empty, 5, 5), Err(ProofError::Outside { index: 5, size: 5 }));
        assert_eq!(inclusion(&Empty, 0, 2), Err(ProofError::Missing { level: 0, index: 1 }));
        assert_eq!(consistency(&Empty, 3, 2), Err(ProofError::Outside { index: 3, size: 2 }));
        assert_eq!(consistency(&Empty, 0, 9), Ok(vec![]));
        let any = empty_root();
        assert!(!verify_inclusion(&any, 0, 0, &[], &any));
        assert!(!verify_inclusion(&any, u64::MAX, u64::MAX, &[any; 100], &any));
        assert!(!verify_consistency((2, &any), (1, &any), &[]));
        assert!(!verify_consistency((u64::MAX - 1, &any), (u64::MAX, &any), &[any; 100]));
        assert!(verify_consistency((0, &any), (7, &leaf_hash(b"")), &[]));
        assert!(!verify_consistency((0, &leaf_hash(b"")), (7, &any), &[]));
    }

    proptest! {
        #[test]
        fn proofs_hold_and_hold_for_nothing_else(
            size in 1_u64..300, a in any::<u64>(), b in any::<u64>(), bit in any::<usize>(),
        ) {
            let tree = numbered(size);
            let (index, from) = (a % size, b % (size + 1));
            let leaf = leaf_hash(format!("entry-{index}").as_bytes());
            let path = inclusion(&tree, index, size).unwrap();
            prop_assert!(verify_inclusion(&leaf, index, size, &path, &tree.root()));
            prop_assert!(!verify_inclusion(&leaf, (index + 1) % size, size, &path, &tree.root()) || size == 1);
            let steps = consistency(&tree, from, size).unwrap();
            let old = root(&tree, from);
            prop_assert!(verify_consistency((from, &old), (size, &tree.root()), &steps));
            for (proof, inside) in [(&path, true), (&steps, false)] {
                if proof.is_empty() {
                    continue;
                }
                let mut forged = proof.clone();
                let at = bit % (forged.len() * 256);
                let mut bytes = *forged[at / 256].as_bytes();
                bytes[at % 256 / 8] ^= 1 << (at % 8);
                forged[at / 256] = Sha256::from_bytes(bytes);
                let accepted = if inside {
                    verify_inclusion(&leaf, index, size, &forged, &tree.root())
                } else {
                    verify_consistency((from, &old), (size, &tree.root()), &forged)
                };
                prop_assert!(!accepted);
            }
        }
    }
}
