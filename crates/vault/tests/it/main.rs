//! The vault as its callers use it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod export;
mod keys;
mod seal;

use shiming_vault::keys::{DataKey, KeyRing, Owner, Purpose, RootKey};
use shiming_vault::{OsEntropy, digest::Sha256};

/// A root key of a test; each number is another.
fn root(number: u8) -> RootKey {
    RootKey::from_bytes(Sha256::of(&[b"a root key for tests".as_slice(), &[number]].concat()).as_bytes())
        .unwrap()
}

/// A ring with active keys of the tenants `t_01` and `t_02`.
fn ring() -> KeyRing {
    let mut ring = KeyRing::new(root(1));
    for tenant in ["t_01", "t_02"] {
        ring.create_tenant_key(tenant, &mut OsEntropy).unwrap();
    }
    ring
}

fn owner<'a>(tenant: &'a str, subject: &'a str) -> Owner<'a> {
    Owner { tenant, subject, purpose: Purpose::Document }
}

fn data_key(ring: &KeyRing, tenant: &str, subject: &str) -> DataKey {
    ring.create_data_key(owner(tenant, subject), &mut OsEntropy).unwrap().0
}
