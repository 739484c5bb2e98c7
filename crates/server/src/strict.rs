//! What no JSON body may hold, whatever it is for: depth without end, a key twice, the character U+0000.
//!
//! A key twice is read one way here and another way elsewhere; PostgreSQL keeps no U+0000 in a text.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// Objects and lists within each other.
const DEPTH_MAX: u32 = 32;

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not JSON.
    Syntax,
    /// Deeper than 32.
    Depth,
    /// An object has a key twice.
    KeyTwice,
    /// The character U+0000.
    Nul,
}

/// Whether a body is JSON as we take it.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let fault = Cell::new(Fault::Syntax);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Walk { left: DEPTH_MAX, fault: &fault }.deserialize(&mut json);
    read.and_then(|()| json.end()).map_err(|_| fault.get())
}

/// Goes through a value and keeps nothing but the keys of the object at hand.
#[derive(Clone, Copy)]
struct Walk<'a> {
    left: u32,
    fault: &'a Cell<Fault>,
}

impl Walk<'_> {
    fn fail<E: serde::de::Error>(self, fault: Fault) -> E {
        self.fault.set(fault);
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => Err(self.fail(Fault::Depth)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(self.fail(Fault::Nul)) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while list.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            self.visit_str::<A::Error>(&key)?;
            if !keys.insert(key) {
                return Err(self.fail(Fault::KeyTwice));
            }
            object.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_in_two_ways_or_not_at_all_is_refused() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        for (text, want) in [
            (r#"{"a": [1, -2, 3.5, null, true, "x"], "b": {"a": {}}}"#.to_owned(), Ok(())),
            (deep(32), Ok(())),
            (deep(33), Err(Fault::Depth)),
            (deep(60_000), Err(Fault::Depth)),
            (r#"{"a": {"b": 1, "b": 2}}"#.to_owned(), Err(Fault::KeyTwice)),
            (r#"{"a": 1, "\u0061": 2}"#.to_owned(), Err(Fault::KeyTwice)),
            (r#"["\u0000"]"#.to_owned(), Err(Fault::Nul)),
            (r#"{"\u0000": 1}"#.to_owned(), Err(Fault::Nul)),
            ("[\"\0\"]".to_owned(), Err(Fault::Syntax)),
            (r#"["\ud800"]"#.to_owned(), Err(Fault::Syntax)),
            ("1e999".to_owned(), Err(Fault::Syntax)),
            ("{} {}".to_owned(), Err(Fault::Syntax)),
            (String::new(), Err(Fault::Syntax)),
        ] {
            assert_eq!(check(text.as_bytes()), want, "{}", text.get(..40).unwrap_or(&text));
        }
        assert_eq!(check(b"\"\xff\""), Err(Fault::Syntax));
    }
}
