//! Reading CBOR (RFC 8949) of small, flat things.

use ciborium::Value;

/// Maps within maps that anything of ours has.
const DEPTH_MAX: usize = 8;

/// The next value; `bytes` is what follows it.
pub(super) fn next(bytes: &mut &[u8]) -> Option<Value> {
    ciborium::de::from_reader_with_recursion_limit(bytes, DEPTH_MAX).ok()
}

/// A map alone, no key twice.
pub(super) fn map(mut bytes: &[u8]) -> Option<Vec<(Value, Value)>> {
    let map = next(&mut bytes)?.into_map().ok()?;
    let keys = || map.iter().map(|(key, _)| key);
    let distinct = keys().enumerate().all(|(at, key)| keys().skip(at + 1).all(|other| other != key));
    (bytes.is_empty() && distinct).then_some(map)
}
