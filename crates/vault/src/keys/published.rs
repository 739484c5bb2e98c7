//! Values from the published test vectors. Everybody has them, so they must never become keys.

use crate::digest::Sha256;

/// First eight bytes of the SHA-256 of every 32-byte value in `tests/vectors`, one a line. The values
/// themselves would be found by anyone who searches a memory dump for keys.
const FINGERPRINTS: &str = include_str!("published.txt");

/// Whether the bytes begin with a 32-byte value of the shipped test vectors. Start-up refuses such a value
/// in any secret of the configuration.
pub fn is_published(bytes: &[u8]) -> bool {
    let Some(value) = bytes.get(..32) else { return false };
    let digest = Sha256::of(value).to_string();
    FINGERPRINTS.lines().any(|line| digest.starts_with(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::unhex;
    use crate::vectors;
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
    use serde_json::Value;

    /// Every way in which a value's text, or a word of it, may be 32 bytes or more.
    fn values(text: &str, found: &mut Vec<Vec<u8>>) {
        let words = |extra: &str| -> Vec<String> {
            let part = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
            text.split(|c| !part(c)).map(str::to_owned).collect()
        };
        for word in [vec![text.to_owned()], words("+/=_-"), words("/=_-"), words("/+=-")].concat() {
            let bare = word.trim_end_matches('=');
            let url = BASE64_URL_SAFE_NO_PAD.decode(bare).ok();
            let standard = BASE64_STANDARD_NO_PAD.decode(bare).ok();
            let raw = (word.len() == 32).then(|| word.clone().into_bytes());
            let all = [unhex(&word), url, standard, raw];
            found.extend(all.into_iter().flatten().filter(|bytes| bytes.len() >= 32));
        }
    }

    fn walk(value: &Value, found: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) => values(text, found),
            Value::Array(list) => list.iter().for_each(|one| walk(one, found)),
            Value::Object(map) => map.values().for_each(|one| walk(one, found)),
            _ => {}
        }
    }

    #[test]
    fn every_value_of_every_vector_file_is_known() {
        for (name, file) in vectors::all() {
            let mut found = Vec::new();
            walk(&file, &mut found);
            assert!(!found.is_empty(), "{name}");
            for value in found {
                assert!(is_published(&value), "{name}: {}", crate::text::hex(&value));
            }
        }
    }

    #[test]
    fn other_values_are_not() {
        assert!(!is_published(Sha256::of(b"nobody published this").as_bytes()));
        assert!(!is_published(&[]));
        assert!(FINGERPRINTS.lines().all(|line| line.len() == 16));
    }
}
