//! The part of the protocol-buffer wire format that ONNX files use.
//!
//! <https://protobuf.dev/programming-guides/encoding/>. Reading never allocates and never trusts a length.

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const BYTES: u8 = 2;
const FIXED32: u8 = 5;

/// Collects the fields of one message, in the order written.
#[derive(Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value as u8 & 0x7f) | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn tag(&mut self, field: u32, wire: u8) {
        self.varint(u64::from(field) << 3 | u64::from(wire));
    }

    /// An integer or enum field. Negative values are written in two's complement, as `int64` wants.
    #[must_use]
    pub(super) fn int(mut self, field: u32, value: i64) -> Self {
        self.tag(field, VARINT);
        self.varint(value as u64);
        self
    }

    /// A repeated integer field, unpacked: one tag per value.
    #[must_use]
    pub(super) fn ints(self, field: u32, values: &[i64]) -> Self {
        values.iter().fold(self, |message, &value| message.int(field, value))
    }

    /// A string or bytes field.
    #[must_use]
    pub(super) fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.tag(field, BYTES);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A string field.
    #[must_use]
    pub(super) fn text(self, field: u32, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// A sub-message field.
    #[must_use]
    pub(super) fn message(self, field: u32, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    /// The encoded message.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// One field as it lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Strings, bytes, sub-messages and packed lists.
    Bytes(&'a [u8]),
    /// Everything else; no reader here needs the number.
    Number,
}

/// Walks over the fields of a message. Ends after the first error.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

/// The bytes stop in the middle of a field, or say what the format does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for (index, &byte) in self.rest.iter().enumerate().take(10) {
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit only.
            if index == 9 && bits > 1 {
                return Err(Malformed);
            }
            value |= bits << (7 * index);
            if byte & 0x80 == 0 {
                self.take(index as u64 + 1)?;
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], Malformed> {
        let count = usize::try_from(count).map_err(|_| Malformed)?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| Malformed)?;
        if number == 0 || number > 0x1fff_ffff {
            return Err(Malformed);
        }
        let value = match (tag & 7) as u8 {
            VARINT => {
                self.varint()?;
                Value::Number
            }
            FIXED64 => {
                self.take(8)?;
                Value::Number
            }
            FIXED32 => {
                self.take(4)?;
                Value::Number
            }
            BYTES => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            // Groups were dropped from the format before ONNX existed.
            _ => return Err(Malformed),
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u32, Value<'_>)>, Malformed> {
        Fields::of(bytes).collect()
    }

    #[test]
    fn writes_what_the_specification_shows() {
        // The two examples of the encoding guide: field 1 = 150, field 2 = "testing".
        assert_eq!(Message::new().int(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(
            Message::new().text(2, "testing").into_bytes(),
            [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]
        );
        let minus_one = Message::new().int(1, -1).into_bytes();
        assert_eq!(minus_one, [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let inner = Message::new().text(1, "键").ints(8, &[0, 1, i64::MAX, -1]);
        let outer = Message::new().int(1, 8).message(14, &inner).into_bytes();
        let fields = read(&outer).unwrap();
        let [(1, Value::Number), (14, Value::Bytes(inner))] = fields.as_slice() else { panic!("{fields:?}") };
        assert_eq!(read(inner).unwrap().len(), 5);
    }

    #[test]
    fn every_cut_of_a_message_is_an_error_or_a_shorter_message() {
        let whole = Message::new().int(1, 300).text(2, "abcdef").text(3, "xyz").into_bytes();
        let boundaries = [0, 3, 11, 16];
        for cut in 0..=whole.len() {
            assert_eq!(read(&whole[..cut]).is_ok(), boundaries.contains(&cut), "cut at {cut}");
        }
    }

    #[test]
    fn lies_are_refused() {
        for bytes in [
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00][..], // length 2^64-1
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f][..], // more than 64 bits
            &[0x80; 20][..],                                                         // never ends
            &[0x00, 0x00][..],                                                       // field number 0
            &[0x0b][..],                                                             // group start
            &[0x0e][..],                                                             // no such type
            &[0x09, 1, 2, 3][..],                                                    // 8 bytes announced
            &[0x0d, 1, 2, 3][..],                                                    // 4 bytes announced
        ] {
            assert_eq!(read(bytes), Err(Malformed), "{bytes:02x?}");
        }
    }
}
