//! Bytes as text: hexadecimal and base32. Base64 comes from its library.

/// RFC 4648 §6 in lower case.
pub(crate) const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Crockford's alphabet: no I, L, O, U, so that a code survives being read aloud.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

/// Hexadecimal of either case; `None` for anything else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
            _ => None,
        })
        .collect()
}

/// Five bits a character, most significant first, the last one filled with zeros; no padding.
pub(crate) fn base32(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    let mut put =
        |five: u32| text.push(char::from(alphabet.get(five as usize & 31).copied().unwrap_or(b'?')));
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            put(held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        put(held << (5 - bits));
    }
    text
}

/// The one spelling that [`base32`] writes; `None` for anything else.
pub(crate) fn unbase32(text: &str, alphabet: &[u8; 32]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let five = alphabet.iter().position(|known| *known == character)?;
        held = held << 5 | five as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // A whole character too many, or bits that no byte holds.
    (bits < 5 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 4648 §10.
    #[test]
    fn base32_agrees_with_the_standard() {
        let cases = [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
        ];
        for (plain, coded) in cases {
            assert_eq!(base32(plain.as_bytes(), BASE32), coded);
            assert_eq!(unbase32(coded, BASE32).unwrap(), plain.as_bytes());
        }
        for wrong in ["m", "mz", "MY", "my======", "mzxw6y", "m1", "é"] {
            assert!(unbase32(wrong, BASE32).is_none_or(|bytes| base32(&bytes, BASE32) == wrong), "{wrong}");
        }
        assert_eq!(unbase32("mz", BASE32), None);
        assert_eq!(unbase32("m", BASE32), None);
    }

    #[test]
    fn hexadecimal_is_read_in_pairs() {
        assert_eq!(hex(&[0, 0x9f, 0xff]), "009fff");
        assert_eq!(unhex("009FfF").unwrap(), [0, 0x9f, 0xff]);
        for wrong in ["0", "0g", "+1", "é", "0x"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_string_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(unhex(&hex(&bytes)).unwrap(), bytes.clone());
            for alphabet in [BASE32, CROCKFORD] {
                prop_assert_eq!(unbase32(&base32(&bytes, alphabet), alphabet).unwrap(), bytes.clone());
            }
        }

        #[test]
        fn there_is_one_spelling(text in "[a-z2-7]{0,20}") {
            if let Some(bytes) = unbase32(&text, BASE32) {
                prop_assert_eq!(base32(&bytes, BASE32), text);
            }
        }
    }
}
