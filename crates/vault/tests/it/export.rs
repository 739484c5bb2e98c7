//! An auditor with an export, a public key and perhaps an anchor finds every change.

use super::ring;
use proptest::prelude::*;
use serde_json::json;
use shiming_vault::OsEntropy;
use shiming_vault::audit::{
    Checkpoint, Entry, ExportFault, Frontier, NoteSigner, Verified, bundle, check_entries, leaf_hash,
    unbundle,
};

const ORIGIN: &str = "bank.example/audit";

fn signer() -> NoteSigner {
    let (seed, _) = ring().create_signing_seed("installation", &mut OsEntropy).unwrap();
    NoteSigner::new(ORIGIN, &seed).unwrap()
}

fn log(count: u64) -> Vec<Vec<u8>> {
    let row = |index| json!({ "index": index, "action": "application.decided", "outcome": index % 3 });
    (0..count).map(|index| Entry::of(&row(index)).unwrap().as_bytes().to_vec()).collect()
}

fn checkpoint(entries: &[Vec<u8>]) -> Checkpoint {
    let mut tree = Frontier::default();
    for entry in entries {
        tree.push(leaf_hash(entry));
    }
    Checkpoint { origin: ORIGIN.into(), size: tree.size(), root: tree.root() }
}

#[test]
fn a_genuine_export_fits_checkpoint_and_anchors() {
    let (entries, signer) = (log(300), signer());
    let last = checkpoint(&entries);
    let note = Checkpoint::sign(last.size, last.root, &signer);
    let opened = Checkpoint::open(&note, &signer.verifier().to_string().parse().unwrap()).unwrap();
    assert_eq!(opened, last);
    let anchors = [checkpoint(&entries[..0]), checkpoint(&entries[..77]), last.clone(), opened];
    let expected = Verified { size: 300, root: last.root, checkpoints: 3 };
    assert_eq!(check_entries(&entries, &anchors), Ok(expected));

    // The same through bundles, as exports hold them.
    let rows: Vec<Entry> = entries.into_iter().map(|entry| Entry::from_bytes(entry).unwrap()).collect();
    let bundles: Vec<(Vec<u8>, u16)> =
        rows.chunks(256).map(|chunk| (bundle(chunk).unwrap(), chunk.len() as u16)).collect();
    let read = bundles.iter().flat_map(|(bytes, width)| unbundle(bytes, *width).unwrap());
    assert_eq!(check_entries(read, &anchors), Ok(expected));
}

/// What the log's own, valid signature cannot show.
#[test]
fn threat_09_a_log_written_anew_by_its_owner_is_found_through_the_anchor() {
    let entries = log(100);
    let anchor = checkpoint(&entries[..60]);
    let mut anew = entries.clone();
    anew[17] = b"{\"index\":17,\"outcome\":\"approved\"}".to_vec();
    let own = checkpoint(&anew);
    assert!(check_entries(&anew, std::slice::from_ref(&own)).is_ok());
    assert_eq!(
        check_entries(&anew, &[own, anchor.clone()]),
        Err(ExportFault::Differs { after: 0, size: 60 })
    );
    let cut = &entries[..50];
    let fault = check_entries(cut, &[checkpoint(cut), anchor]);
    assert_eq!(fault, Err(ExportFault::Truncated { have: 50, signed: 60 }));
}

#[test]
fn two_versions_of_one_size_are_a_split_view() {
    let (entries, mut other) = (log(10), log(10));
    other[3] = b"{}".to_vec();
    let both = [checkpoint(&entries), checkpoint(&other)];
    assert_eq!(check_entries(&entries, &both), Err(ExportFault::SplitView(10)));
    assert_eq!(check_entries(&entries, &[]), Err(ExportFault::NoCheckpoint));
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Flip(u8),
    Delete,
    Swap,
    Repeat,
    Insert,
    Truncate,
    Append,
    MoveBorder,
}

fn changed(entries: &[Vec<u8>], change: Change, at: usize, other: usize) -> Vec<Vec<u8>> {
    let mut new = entries.to_vec();
    match change {
        Change::Flip(bit) => {
            let byte = other % new[at].len();
            new[at][byte] ^= 1 << bit;
        }
        Change::Delete => drop(new.remove(at)),
        Change::Swap => new.swap(at, other % entries.len()),
        Change::Repeat => new.insert(at, entries[at].clone()),
        Change::Insert => new.insert(at, b"{}".to_vec()),
        Change::Truncate => new.truncate(at),
        Change::Append => new.push(entries[at].clone()),
        // The same bytes in the same order, cut into entries elsewhere.
        Change::MoveBorder => {
            let moved = new[at].pop();
            if let Some(next) = new.get_mut(at + 1) {
                next.splice(0..0, moved);
            }
        }
    }
    new
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn threat_09_every_change_of_an_export_is_found(
        count in 1_u64..80,
        anchor in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        other in any::<usize>(),
        change in prop_oneof![
            (0_u8..8).prop_map(Change::Flip),
            Just(Change::Delete),
            Just(Change::Swap),
            Just(Change::Repeat),
            Just(Change::Insert),
            Just(Change::Truncate),
            Just(Change::Append),
            Just(Change::MoveBorder),
        ],
    ) {
        let entries = log(count);
        let at = at.index(entries.len());
        let forged = changed(&entries, change, at, other);
        prop_assume!(forged != entries);
        let last = checkpoint(&entries);
        prop_assert!(check_entries(&entries, std::slice::from_ref(&last)).is_ok());
        prop_assert!(check_entries(&forged, std::slice::from_ref(&last)).is_err());
        // An anchor in between narrows down where, and never hides anything.
        let between = checkpoint(&entries[..anchor.index(entries.len() + 1)]);
        let fault = check_entries(&forged, &[between, last]).unwrap_err();
        if let ExportFault::Differs { after, size } = fault {
            prop_assert!((at as u64) < size || matches!(change, Change::Swap), "{fault}");
            prop_assert!(forged[..after as usize] == entries[..after as usize]);
        }
    }
}
