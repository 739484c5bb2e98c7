//! A key opens what it should, and says its name when it does not.

use super::{owner, ring, root};
use proptest::prelude::*;
use shiming_vault::OsEntropy;
use shiming_vault::keys::{KeyError, KeyRing, KeyState, Owner, Purpose, WRAPPED_BYTES, WrappedKey};
use shiming_vault::seal::Address;

const ADDRESS: Address<'_> = Address { tenant: "t_01", subject: "per_1", kind: "image", id: "img_1" };

#[test]
fn rotating_the_root_leaves_everything_readable() {
    let mut ring = KeyRing::new(root(1));
    let tenant = ring.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    let (key, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let (secret, wrapped_secret) = ring.create_secret("t_01", &mut OsEntropy).unwrap();
    let (seed, wrapped_seed) = ring.create_signing_seed("installation", &mut OsEntropy).unwrap();
    let sealed = key.seal(ADDRESS, b"content", &mut OsEntropy).unwrap();
    let phone = secret.index_key("phone", 1).unwrap().index("13800000000").unwrap();

    // Both roots readable, everything re-wrapped, then the old root is gone.
    let both = KeyRing::new(root(2)).with_older_root(root(1));
    let tenant = both.rewrap_tenant_key("t_01", &tenant, &mut OsEntropy).unwrap();
    let wrapped_secret = both.rewrap_secret("t_01", &wrapped_secret, &mut OsEntropy).unwrap();
    let wrapped_seed = both.rewrap_signing_seed("installation", &wrapped_seed, &mut OsEntropy).unwrap();
    let mut new = KeyRing::new(root(2));
    assert_eq!(tenant.parent(), new.root_id());
    new.load_tenant_key("t_01", &tenant, KeyState::Active).unwrap();
    let key = new.open_data_key(owner("t_01", "per_1"), &wrapped, KeyState::Active).unwrap();
    assert_eq!(key.open(ADDRESS, &sealed).unwrap().as_bytes(), b"content");
    let secret = new.open_secret("t_01", &wrapped_secret).unwrap();
    assert_eq!(secret.index_key("phone", 1).unwrap().index("13800000000").unwrap(), phone);
    assert_eq!(new.open_signing_seed("installation", &wrapped_seed).unwrap().id(), seed.id());
}

#[test]
fn rotating_a_tenant_key_leaves_content_as_it_is() {
    let mut ring = KeyRing::new(root(1));
    let old = ring.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    let (key, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let sealed = key.seal(ADDRESS, b"content", &mut OsEntropy).unwrap();

    let new = ring.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    assert_eq!(ring.tenant_key_state(old.id()), Ok(KeyState::DecryptOnly));
    assert_eq!(ring.tenant_key_state(new.id()), Ok(KeyState::Active));
    assert_eq!(ring.active_tenant_key("t_01"), Some(new.id()));
    assert_eq!(ring.active_tenant_key("t_09"), None);
    let again = ring.rewrap_data_key(owner("t_01", "per_1"), &wrapped, &mut OsEntropy).unwrap();
    assert_eq!((again.id(), again.parent()), (wrapped.id(), new.id()));

    ring.move_tenant_key(old.id(), KeyState::Destroyed).unwrap();
    let open = |wrapped| ring.open_data_key(owner("t_01", "per_1"), wrapped, KeyState::DecryptOnly);
    assert_eq!(open(&wrapped).unwrap_err(), KeyError::Destroyed(old.id()));
    assert_eq!(open(&again).unwrap().open(ADDRESS, &sealed).unwrap().as_bytes(), b"content");
}

#[test]
fn a_missing_key_is_named() {
    let mut ring = ring();
    let (_, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let mut other = KeyRing::new(root(2));
    let error = other.open_data_key(owner("t_01", "per_1"), &wrapped, KeyState::Active).unwrap_err();
    assert_eq!(error, KeyError::Missing(wrapped.parent()));
    assert!(error.to_string().contains(&wrapped.parent().to_string()));
    let tenant = ring.create_tenant_key("t_03", &mut OsEntropy).unwrap();
    let error = other.load_tenant_key("t_03", &tenant, KeyState::Active).unwrap_err();
    assert_eq!(error, KeyError::Missing(root(1).id()));
    let none = other.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap_err();
    assert_eq!(none, KeyError::NoActive("t_01".into()));
    assert_eq!(other.move_tenant_key(tenant.id(), KeyState::Destroyed), Err(KeyError::Missing(tenant.id())));
}

#[test]
fn a_wrapped_key_opens_for_its_owner_and_role_only() {
    let mut ring = ring();
    let (_, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let refused = KeyError::DoesNotOpen { id: wrapped.id(), parent: wrapped.parent() };
    let face = Owner { purpose: Purpose::Face, ..owner("t_01", "per_1") };
    for other in [owner("t_02", "per_1"), owner("t_01", "per_2"), face] {
        assert_eq!(ring.open_data_key(other, &wrapped, KeyState::Active).unwrap_err(), refused);
        assert_eq!(ring.rewrap_data_key(other, &wrapped, &mut OsEntropy).unwrap_err(), refused);
    }
    let (_, secret) = ring.create_secret("t_01", &mut OsEntropy).unwrap();
    assert!(ring.open_secret("t_01", &secret).is_ok());
    assert!(matches!(ring.open_secret("t_02", &secret), Err(KeyError::DoesNotOpen { .. })));
    assert!(matches!(ring.open_signing_seed("t_01", &secret), Err(KeyError::DoesNotOpen { .. })));
    let as_tenant = ring.load_tenant_key("t_01", &secret, KeyState::DecryptOnly);
    assert!(matches!(as_tenant, Err(KeyError::DoesNotOpen { .. })));
    assert!(matches!(ring.open_secret("", &secret), Err(KeyError::Name(_))));
}

#[test]
fn a_tenant_has_one_active_key() {
    let mut ring = KeyRing::new(root(1));
    let first = ring.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    let second = ring.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    let mut loaded = KeyRing::new(root(1));
    loaded.load_tenant_key("t_01", &first, KeyState::Active).unwrap();
    let error = loaded.load_tenant_key("t_01", &second, KeyState::Active).unwrap_err();
    assert_eq!(error, KeyError::TwoActive { first: first.id(), second: second.id() });
    assert_eq!(
        loaded.load_tenant_key("t_01", &first, KeyState::DecryptOnly),
        Err(KeyError::Conflict(first.id()))
    );
    assert!(
        matches!(ring.move_tenant_key(first.id(), KeyState::Active), Err(KeyError::Step(id, _)) if id == first.id())
    );
}

#[test]
fn a_key_that_was_destroyed_before_the_start_stays_destroyed() {
    let mut before = KeyRing::new(root(1));
    let tenant = before.create_tenant_key("t_01", &mut OsEntropy).unwrap();
    let (_, wrapped) = before.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let mut after = KeyRing::new(root(1));
    after.load_tenant_key("t_01", &tenant, KeyState::Destroyed).unwrap();
    let error = after.open_data_key(owner("t_01", "per_1"), &wrapped, KeyState::Active).unwrap_err();
    assert_eq!(error, KeyError::Destroyed(tenant.id()));
    assert_eq!(after.active_tenant_key("t_01"), None);
}

#[test]
fn destroying_one_purpose_leaves_the_others() {
    let ring = ring();
    let face = Owner { purpose: Purpose::Face, ..owner("t_01", "per_1") };
    let (document_key, document) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let (_, wrapped_face) = ring.create_data_key(face, &mut OsEntropy).unwrap();
    let sealed = document_key.seal(ADDRESS, b"card", &mut OsEntropy).unwrap();
    let gone = ring.open_data_key(face, &wrapped_face, KeyState::Destroyed).unwrap_err();
    assert_eq!(gone, KeyError::Destroyed(wrapped_face.id()));
    let key = ring.open_data_key(owner("t_01", "per_1"), &document, KeyState::Active).unwrap();
    assert_eq!(key.open(ADDRESS, &sealed).unwrap().as_bytes(), b"card");
}

#[test]
fn nothing_secret_is_printed() {
    let ring = ring();
    let (key, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
    let (secret, _) = ring.create_secret("t_01", &mut OsEntropy).unwrap();
    let (seed, _) = ring.create_signing_seed("t_01", &mut OsEntropy).unwrap();
    let printed = format!("{ring:?}{key:?}{wrapped:?}{secret:?}{seed:?}{:?}", secret.pepper(1));
    assert_eq!(printed.matches("key_").count(), 6, "{printed}");
    assert!(printed.len() < 500, "{printed}");
}

proptest! {
    #[test]
    fn any_changed_bit_of_a_wrapped_key_is_noticed(bit in 0..WRAPPED_BYTES * 8) {
        let ring = ring();
        let (_, wrapped) = ring.create_data_key(owner("t_01", "per_1"), &mut OsEntropy).unwrap();
        let mut bytes = *wrapped.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = WrappedKey::from_bytes(&bytes)
            .and_then(|changed| ring.open_data_key(owner("t_01", "per_1"), &changed, KeyState::Active));
        prop_assert!(opened.is_err());
    }

    #[test]
    fn any_bytes_are_a_wrapped_key_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let wrapped = WrappedKey::from_bytes(&bytes);
        prop_assert_eq!(wrapped.is_ok(), bytes.len() == WRAPPED_BYTES && bytes.starts_with(&[1, 1]));
    }
}
