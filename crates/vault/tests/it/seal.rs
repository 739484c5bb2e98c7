//! A sealed value opens in its own place, whole, and nowhere else.

use super::{data_key, owner, ring};
use proptest::prelude::*;
use shiming_vault::OsEntropy;
use shiming_vault::keys::{KeyError, KeyState};
use shiming_vault::seal::{Address, OVERHEAD_BYTES, PLAIN_BYTES_MAX, SealError, Sealed};

const HERE: Address<'_> = Address { tenant: "t_01", subject: "per_1", kind: "image", id: "img_1" };

/// The swap test of the security rules.
#[test]
fn threat_08_a_value_moved_to_another_place_does_not_open() {
    let ring = ring();
    let key = data_key(&ring, "t_01", "per_1");
    let sealed = key.seal(HERE, b"a face", &mut OsEntropy).unwrap();
    assert_eq!(key.open(HERE, &sealed).unwrap().as_bytes(), b"a face");

    for moved in [Address { kind: "selfie", ..HERE }, Address { id: "img_2", ..HERE }] {
        assert_eq!(key.open(moved, &sealed).unwrap_err(), SealError::DoesNotOpen(key.id()));
    }
    for stolen in [Address { tenant: "t_02", ..HERE }, Address { subject: "per_2", ..HERE }] {
        assert_eq!(key.open(stolen, &sealed).unwrap_err(), SealError::OtherOwner(key.id()));
        assert_eq!(key.seal(stolen, b"x", &mut OsEntropy).unwrap_err(), SealError::OtherOwner(key.id()));
        let theirs = data_key(&ring, stolen.tenant, stolen.subject);
        let expected = SealError::OtherKey { needed: key.id(), given: theirs.id() };
        assert_eq!(theirs.open(stolen, &sealed).unwrap_err(), expected);
    }
}

#[test]
fn borders_of_the_address_are_certain() {
    let ring = ring();
    let key = data_key(&ring, "t_01", "per_1");
    let sealed = key.seal(Address { kind: "ab", id: "c", ..HERE }, b"x", &mut OsEntropy).unwrap();
    assert!(key.open(Address { kind: "a", id: "bc", ..HERE }, &sealed).is_err());
    for bad in [Address { kind: "", ..HERE }, Address { id: &"x".repeat(256), ..HERE }] {
        assert!(matches!(key.seal(bad, b"x", &mut OsEntropy), Err(SealError::Name(_))));
        assert!(matches!(key.open(bad, &sealed), Err(SealError::Name(_))));
    }
}

#[test]
fn equal_contents_look_different() {
    let ring = ring();
    let key = data_key(&ring, "t_01", "per_1");
    let seal = || key.seal(HERE, b"same", &mut OsEntropy).unwrap().into_bytes();
    let (one, two) = (seal(), seal());
    assert_eq!(one.len(), 4 + OVERHEAD_BYTES);
    assert_ne!(one[18..], two[18..]);
    assert!(!one.windows(4).any(|window| window == b"same"));
}

#[test]
fn the_size_limit_holds_at_the_limit() {
    let ring = ring();
    let key = data_key(&ring, "t_01", "per_1");
    let mut plain = vec![0x5a; PLAIN_BYTES_MAX];
    let sealed = key.seal(HERE, &plain, &mut OsEntropy).unwrap();
    assert!(key.open(HERE, &sealed).unwrap().as_bytes() == plain);
    let mut stored = sealed.into_bytes();
    assert_eq!(stored.len(), PLAIN_BYTES_MAX + OVERHEAD_BYTES);
    plain.push(0);
    let too_large = SealError::TooLarge { bytes: PLAIN_BYTES_MAX + 1 };
    assert_eq!(key.seal(HERE, &plain, &mut OsEntropy).unwrap_err(), too_large);
    assert!(Sealed::from_bytes(stored.clone()).is_ok());
    stored.push(0);
    assert_eq!(Sealed::from_bytes(stored).unwrap_err(), too_large);
    let empty = key.seal(HERE, b"", &mut OsEntropy).unwrap();
    assert_eq!(key.open(HERE, &empty).unwrap().as_bytes(), b"");
}

#[test]
fn a_key_past_its_life_reads_but_does_not_write() {
    let ring = ring();
    let (key, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let sealed = key.seal(HERE, b"old", &mut OsEntropy).unwrap();
    let old = ring.open_data_key(owner("t_01", "per_1"), &wrapped, KeyState::DecryptOnly).unwrap();
    assert_eq!(old.open(HERE, &sealed).unwrap().as_bytes(), b"old");
    let refused = SealError::Key(KeyError::DecryptOnly(key.id()));
    assert_eq!(old.seal(HERE, b"new", &mut OsEntropy).unwrap_err(), refused);
}

#[test]
fn heads_are_checked_before_anything_is_done() {
    let short = vec![1, 1, 0];
    assert_eq!(Sealed::from_bytes(short).unwrap_err(), SealError::Truncated { bytes: 3 });
    assert_eq!(Sealed::from_bytes(vec![]).unwrap_err(), SealError::Truncated { bytes: 0 });
    let plain =
        b"\xff\xd8\xff\xe0 a picture that nobody sealed, long enough for a head of a sealed value".to_vec();
    assert_eq!(Sealed::from_bytes(plain).unwrap_err(), SealError::Unknown { format: 0xff, suite: 0xd8 });
    let ring = ring();
    let sealed = data_key(&ring, "t_01", "per_1").seal(HERE, b"a secret", &mut OsEntropy).unwrap();
    assert_eq!(
        format!("{sealed:?}"),
        format!("Sealed({} bytes with {})", 8 + OVERHEAD_BYTES, sealed.key_id())
    );
}

proptest! {
    #[test]
    fn any_change_is_noticed(
        plain in proptest::collection::vec(any::<u8>(), 0..64),
        place in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
        cut in any::<proptest::sample::Index>(),
    ) {
        let ring = ring();
        let key = data_key(&ring, "t_01", "per_1");
        let stored = key.seal(HERE, &plain, &mut OsEntropy).unwrap().into_bytes();
        let open = |bytes: Vec<u8>| Sealed::from_bytes(bytes).and_then(|sealed| key.open(HERE, &sealed));
        let mut flipped = stored.clone();
        flipped[place.index(stored.len())] ^= 1 << bit;
        prop_assert!(open(flipped).is_err());
        prop_assert!(open(stored[..cut.index(stored.len())].to_vec()).is_err());
        prop_assert!(open([&stored[..], &[0]].concat()).is_err());
        let opened = open(stored).unwrap();
        prop_assert_eq!(opened.as_bytes(), &plain[..]);
    }

    #[test]
    fn any_bytes_are_a_sealed_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
        let ring = ring();
        let key = data_key(&ring, "t_01", "per_1");
        prop_assert!(Sealed::from_bytes(bytes).and_then(|sealed| key.open(HERE, &sealed)).is_err());
    }
}
