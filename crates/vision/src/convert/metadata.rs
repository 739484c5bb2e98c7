//! Properties an ONNX file carries, without loading the network.

use super::ConvertError;
use super::protobuf::{Fields, Malformed, Value};

/// `ModelProto.metadata_props`.
const METADATA: u32 = 14;
/// `StringStringEntryProto.key` and `.value`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

impl From<Malformed> for ConvertError {
    fn from(_: Malformed) -> Self {
        Self::Onnx("it is cut off or damaged")
    }
}

/// The property `key` of an ONNX file, or `None` if it has none of that name.
///
/// The whole file is walked once, field by field at the top level only; nothing is copied.
pub fn onnx_metadata<'a>(model: &'a [u8], key: &str) -> Result<Option<&'a str>, ConvertError> {
    let mut found = None;
    for field in Fields::of(model) {
        let (METADATA, Value::Bytes(entry)) = field? else { continue };
        let (name, value) = entry_parts(entry)?;
        if name == key.as_bytes() {
            if found.is_some() {
                return Err(ConvertError::Onnx("it carries the same property twice"));
            }
            let text = std::str::from_utf8(value);
            found = Some(text.map_err(|_| ConvertError::Onnx("a property is not UTF-8"))?);
        }
    }
    Ok(found)
}

/// Key and value; an absent one is empty, as the format says.
fn entry_parts(entry: &[u8]) -> Result<(&[u8], &[u8]), ConvertError> {
    let (mut name, mut value): (&[u8], &[u8]) = (&[], &[]);
    for field in Fields::of(entry) {
        match field? {
            (KEY, Value::Bytes(bytes)) => name = bytes,
            (VALUE, Value::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::super::protobuf::Message;
    use super::*;
    use proptest::prelude::*;

    fn entry(key: &str, value: &str) -> Message {
        Message::new().text(KEY, key).text(VALUE, value)
    }

    fn sample() -> Vec<u8> {
        Message::new()
            .int(1, 8)
            .text(2, "maker")
            .message(METADATA, &entry("other", "x"))
            .message(METADATA, &entry("character", "一\n\u{3000}\n乙"))
            .into_bytes()
    }

    #[test]
    fn finds_a_property_and_keeps_its_spaces() {
        assert_eq!(onnx_metadata(&sample(), "character"), Ok(Some("一\n\u{3000}\n乙")));
        assert_eq!(onnx_metadata(&sample(), "absent"), Ok(None));
        assert_eq!(onnx_metadata(b"", "character"), Ok(None));
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let whole = sample();
        assert!(onnx_metadata(&whole[..whole.len() - 1], "character").is_err());
        let twice = Message::new()
            .message(METADATA, &entry("character", "a"))
            .message(METADATA, &entry("character", "b"))
            .into_bytes();
        assert!(onnx_metadata(&twice, "character").is_err());
        let binary = Message::new()
            .message(METADATA, &Message::new().text(KEY, "character").bytes(VALUE, &[0xff, 0xfe]))
            .into_bytes();
        assert!(onnx_metadata(&binary, "character").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = onnx_metadata(&bytes, "character");
        }

        #[test]
        fn no_flipped_byte_makes_it_panic(at in 0_usize..1000, value: u8) {
            let mut bytes = sample();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = onnx_metadata(&bytes, "character");
        }
    }
}
