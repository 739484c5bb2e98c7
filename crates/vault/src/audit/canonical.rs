//! Canonical JSON (RFC 8785): one value, one byte string.

use super::number::ecmascript;
use serde_json::{Map, Number, Value};
use std::fmt;

/// Bytes of an entry: bundles store lengths as `u16` (C2SP tlog-tiles).
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Arrays and objects inside each other.
const DEPTH_MAX: usize = 32;
/// Beyond 2⁵³ − 1 a double no longer holds every integer, and another reader would see another number.
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// The bytes of one audit row, at most [`ENTRY_BYTES_MAX`]. They hold no personal data, which is the caller's
/// to see to.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry(Vec<u8>);

/// A row cannot become an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// More than [`ENTRY_BYTES_MAX`] bytes.
    #[error("an audit entry has at most {ENTRY_BYTES_MAX} bytes")]
    TooLong,
    /// More than 32 levels.
    #[error("an audit entry has at most {DEPTH_MAX} levels")]
    TooDeep,
    /// An integer beyond ±(2⁵³ − 1), which belongs into a string.
    #[error("an integer beyond 2^53 - 1 must be written as text")]
    Integer,
    /// The row is not an object.
    #[error("an audit entry is a JSON object")]
    NotAnObject,
}

impl Entry {
    /// The canonical form of a row.
    pub fn of(row: &Value) -> Result<Self, EntryError> {
        if row.is_object() { canonical_json(row).map(Self) } else { Err(EntryError::NotAnObject) }
    }

    /// Bytes that were stored as an entry. They are not parsed: their hash decides whether they are genuine.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX { Err(EntryError::TooLong) } else { Ok(Self(bytes)) }
    }

    /// The bytes that are stored and hashed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({} bytes)", self.0.len())
    }
}

/// RFC 8785 form of any value, at most [`ENTRY_BYTES_MAX`] bytes and 32 levels.
///
/// Rows are best kept without floats: `serde_json` may read one a step beside the nearest, so only the other
/// values come back exactly. Exports are checked as bytes and never parsed first.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, EntryError> {
    let mut out = Vec::new();
    write_value(&mut out, value, 0)?;
    Ok(out)
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), EntryError> {
    if depth > DEPTH_MAX {
        return Err(EntryError::TooDeep);
    }
    match value {
        Value::Null => put(out, b"null"),
        Value::Bool(true) => put(out, b"true"),
        Value::Bool(false) => put(out, b"false"),
        Value::Number(number) => put(out, number_text(number)?.as_bytes()),
        Value::String(text) => write_text(out, text),
        Value::Array(list) => {
            put(out, b"[")?;
            for (at, one) in list.iter().enumerate() {
                if at > 0 {
                    put(out, b",")?;
                }
                write_value(out, one, depth + 1)?;
            }
            put(out, b"]")
        }
        Value::Object(map) => write_object(out, map, depth),
    }
}

/// Members in the order of their names' UTF-16 code units (§3.2.3).
fn write_object(out: &mut Vec<u8>, map: &Map<String, Value>, depth: usize) -> Result<(), EntryError> {
    let mut members: Vec<(&String, &Value)> = map.iter().collect();
    members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    put(out, b"{")?;
    for (at, (key, value)) in members.into_iter().enumerate() {
        if at > 0 {
            put(out, b",")?;
        }
        write_text(out, key)?;
        put(out, b":")?;
        write_value(out, value, depth + 1)?;
    }
    put(out, b"}")
}

/// Only what must be escaped is escaped (§3.2.2.2).
fn write_text(out: &mut Vec<u8>, text: &str) -> Result<(), EntryError> {
    put(out, b"\"")?;
    for byte in text.bytes() {
        match byte {
            b'"' => put(out, b"\\\""),
            b'\\' => put(out, b"\\\\"),
            0x08 => put(out, b"\\b"),
            b'\t' => put(out, b"\\t"),
            b'\n' => put(out, b"\\n"),
            0x0c => put(out, b"\\f"),
            b'\r' => put(out, b"\\r"),
            0..=0x1f => put(out, format!("\\u{byte:04x}").as_bytes()),
            _ => put(out, &[byte]),
        }?;
    }
    put(out, b"\"")
}

fn number_text(number: &Number) -> Result<String, EntryError> {
    if let Some(integer) = number.as_i128() {
        let fits = integer.unsigned_abs() <= u128::from(INTEGER_MAX);
        return if fits { Ok(integer.to_string()) } else { Err(EntryError::Integer) };
    }
    number.as_f64().and_then(ecmascript).ok_or(EntryError::Integer)
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), EntryError> {
    if out.len() + bytes.len() > ENTRY_BYTES_MAX {
        return Err(EntryError::TooLong);
    }
    out.extend(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn canonical(value: &Value) -> String {
        String::from_utf8(canonical_json(value).unwrap()).unwrap()
    }

    /// RFC 8785 §3.2.2 and §3.2.3.
    #[test]
    fn the_standards_examples_come_out() {
        // The first number is 333333333.33333329, which `serde_json` may read one step beside the nearest.
        let value = json!({
            "numbers": [f64::from_bits(0x41b3_de43_5555_5555), 1e30, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001],
            "string": "\u{20ac}$\u{f}\u{a}A'\u{42}\u{22}\u{5c}\\\"/",
            "literals": [null, true, false],
        });
        assert_eq!(
            canonical(&value),
            "{\"literals\":[null,true,false],\
             \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let sorted = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&sorted);
        let order = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"];
        let places: Vec<usize> = order.iter().map(|key| text.find(&format!("\"{key}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn every_control_character_has_its_one_escape() {
        let text: String = (0..0x20).filter_map(char::from_u32).chain(['\u{7f}']).collect();
        assert_eq!(
            canonical(&Value::String(text)),
            "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\
             \\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\
             \\u001d\\u001e\\u001f\u{7f}\""
        );
    }

    #[test]
    fn limits_hold_at_the_limit() {
        // {"a":"…"} has eight bytes around the text.
        let row = |count| json!({ "a": "x".repeat(count) });
        assert_eq!(Entry::of(&row(ENTRY_BYTES_MAX - 8)).unwrap().as_bytes().len(), ENTRY_BYTES_MAX);
        assert_eq!(Entry::of(&row(ENTRY_BYTES_MAX - 7)), Err(EntryError::TooLong));
        assert!(Entry::from_bytes(vec![0; ENTRY_BYTES_MAX]).is_ok());
        assert_eq!(Entry::from_bytes(vec![0; ENTRY_BYTES_MAX + 1]), Err(EntryError::TooLong));
        let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert!(canonical_json(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(canonical_json(&nested(DEPTH_MAX + 1)), Err(EntryError::TooDeep));
        assert_eq!(canonical(&json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64])).len(), 36);
        for beyond in [json!(9_007_199_254_740_992_i64), json!(-9_007_199_254_740_992_i64), json!(u64::MAX)] {
            assert_eq!(canonical_json(&beyond), Err(EntryError::Integer));
        }
        for not_a_row in [json!(null), json!([1]), json!("x")] {
            assert_eq!(Entry::of(&not_a_row), Err(EntryError::NotAnObject));
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_form_is_json_and_stays_as_it_is(value in values()) {
            let bytes = canonical_json(&value).unwrap();
            let read: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&read, &value);
            prop_assert_eq!(canonical_json(&read).unwrap(), bytes);
        }
    }
}
