//! Entry bundles (C2SP tlog-tiles): up to 256 entries, each behind its length as `u16`, big-endian.

use super::canonical::{ENTRY_BYTES_MAX, Entry};
use super::tile::TILE_HASHES;

/// A bundle cannot be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// More than 256 entries.
    #[error("a bundle has at most {TILE_HASHES} entries")]
    TooMany,
    /// The bytes end inside an entry.
    #[error("the bundle ends inside entry {0}")]
    Truncated(usize),
    /// Another number of entries than its path says.
    #[error("the bundle has {found} entries, not {expected}")]
    Count {
        /// What the path says.
        expected: u16,
        /// What is inside.
        found: usize,
    },
}

/// The content of the bundle that holds these entries.
pub fn bundle(entries: &[Entry]) -> Result<Vec<u8>, BundleError> {
    if entries.len() > usize::from(TILE_HASHES) {
        return Err(BundleError::TooMany);
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.as_bytes().len() + 2).sum());
    for entry in entries {
        // An entry has at most `ENTRY_BYTES_MAX` bytes, which is what `u16` holds.
        const { assert!(ENTRY_BYTES_MAX == u16::MAX as usize) };
        bytes.extend((entry.as_bytes().len() as u16).to_be_bytes());
        bytes.extend(entry.as_bytes());
    }
    Ok(bytes)
}

/// The entries of a bundle, which must be exactly `width`.
pub fn unbundle(mut bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        if entries.len() == usize::from(TILE_HASHES) {
            return Err(BundleError::TooMany);
        }
        let cut = BundleError::Truncated(entries.len());
        let (length, rest) = bytes.split_first_chunk().ok_or(cut)?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut)?;
        entries.push(entry);
        bytes = rest;
    }
    if entries.len() == usize::from(width) {
        Ok(entries)
    } else {
        Err(BundleError::Count { expected: width, found: entries.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::canonical::EntryError;
    use super::super::tile::TilePath;
    use super::*;
    use crate::digest::Sha256;
    use crate::text::unhex;
    use crate::vectors::{self, hash, list, number, text};
    use proptest::prelude::*;

    fn entries(count: usize) -> Vec<Entry> {
        (0..count).map(|at| Entry::from_bytes(format!("entry-{at}").into_bytes()).unwrap()).collect()
    }

    #[test]
    fn the_published_bundles_come_out() {
        for case in list(&vectors::load("tlog-tiles"), "entry_bundles") {
            let path: TilePath = text(case, "path").parse().unwrap();
            let entries = match case["entries"].as_array() {
                Some(texts) => texts
                    .iter()
                    .map(|one| Entry::from_bytes(one.as_str().unwrap().as_bytes().to_vec()).unwrap())
                    .collect(),
                None => entries(256),
            };
            assert_eq!(entries.len(), usize::from(path.width()));
            let bytes = bundle(&entries).unwrap();
            if case["hex"].is_string() {
                assert_eq!(bytes, unhex(text(case, "hex")).unwrap());
            } else {
                assert_eq!(bytes.len() as u64, number(case, "bytes"));
                assert_eq!(Sha256::of(&bytes), hash(text(case, "sha256")));
            }
            let read = unbundle(&bytes, path.width()).unwrap();
            assert!(read.into_iter().eq(entries.iter().map(Entry::as_bytes)));
        }
    }

    #[test]
    fn the_published_entry_limits_hold() {
        for case in list(&vectors::load("tlog-tiles"), "entry_limits") {
            let entry = Entry::from_bytes(vec![b'x'; number(case, "length") as usize]);
            match text(case, "expect") {
                "ok" => assert_eq!(bundle(&[entry.unwrap()]).unwrap().len(), 65_537),
                "refused" => assert_eq!(entry, Err(EntryError::TooLong)),
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn broken_bundles_are_named() {
        assert_eq!(bundle(&entries(257)), Err(BundleError::TooMany));
        assert_eq!(unbundle(&[0, 0].repeat(257), 256), Err(BundleError::TooMany));
        assert_eq!(unbundle(&[0], 1), Err(BundleError::Truncated(0)));
        assert_eq!(unbundle(&[0, 1, 7, 0, 9, 1], 2), Err(BundleError::Truncated(1)));
        assert_eq!(unbundle(&[], 1), Err(BundleError::Count { expected: 1, found: 0 }));
        assert_eq!(unbundle(&[0, 0, 0, 0], 1), Err(BundleError::Count { expected: 1, found: 2 }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bundle_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), width in 0_u16..9) {
            if let Ok(read) = unbundle(&bytes, width) {
                let entries: Vec<Entry> = read.into_iter().map(|one| Entry::from_bytes(one.to_vec()).unwrap()).collect();
                prop_assert_eq!(bundle(&entries).unwrap(), bytes);
            }
        }
    }
}
