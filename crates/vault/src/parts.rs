//! Several texts as one byte string in which every border is certain: each part is its length as `u16`,
//! big-endian, then its bytes. `("ab", "c")` and `("a", "bc")` therefore never become the same.

/// Bytes that a name (tenant, subject, object kind, id, field) may have at most.
pub const NAME_BYTES_MAX: usize = 255;

/// A name is empty or too long to bind anything to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} has {bytes} bytes, not 1 to {NAME_BYTES_MAX}")]
pub struct BadName {
    /// Which name: `tenant`, `subject`, `object kind`, `id`, `field`, `request id`, …
    pub what: &'static str,
    /// Its length in bytes.
    pub bytes: usize,
}

/// The name itself if it has 1 to [`NAME_BYTES_MAX`] bytes.
pub(crate) fn name<'a>(what: &'static str, text: &'a str) -> Result<&'a str, BadName> {
    match text.len() {
        1..=NAME_BYTES_MAX => Ok(text),
        bytes => Err(BadName { what, bytes }),
    }
}

/// The parts as one byte string; `None` if one of them has more than 65,535 bytes.
pub(crate) fn encode(parts: &[&[u8]]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 2).sum());
    for part in parts {
        bytes.extend(u16::try_from(part.len()).ok()?.to_be_bytes());
        bytes.extend(*part);
    }
    Some(bytes)
}

/// Like [`encode`] for parts that are names or constants, which cannot be too long.
pub(crate) fn encode_names(parts: &[&[u8]]) -> Vec<u8> {
    encode(parts).expect("names have at most 255 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_limits_hold_at_the_limit() {
        assert!(name("id", &"x".repeat(NAME_BYTES_MAX)).is_ok());
        let long = "x".repeat(NAME_BYTES_MAX + 1);
        assert_eq!(name("id", &long), Err(BadName { what: "id", bytes: 256 }));
        assert_eq!(name("tenant", ""), Err(BadName { what: "tenant", bytes: 0 }));
        assert_eq!(encode(&[&vec![7; 65_535]]).unwrap().len(), 65_537);
        assert_eq!(encode(&[&vec![7; 65_536]]), None);
    }

    proptest! {
        #[test]
        fn different_parts_never_meet(
            left in proptest::collection::vec("[ab]{0,3}", 0..4),
            right in proptest::collection::vec("[ab]{0,3}", 0..4),
        ) {
            let bytes = |parts: &[String]| {
                encode(&parts.iter().map(String::as_bytes).collect::<Vec<_>>()).unwrap()
            };
            prop_assert_eq!(bytes(&left) == bytes(&right), left == right);
        }
    }
}
