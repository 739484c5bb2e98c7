//! Bits of an entropy-coded segment, and Huffman codes (ITU-T T.81 annexes C and F.2.2).

use super::super::error::DecodeError;

/// Bits looked up at once. Nearly all codes are shorter.
const LOOK: u32 = 10;

/// Reads bits, first bit first. Past the end it reads zeros and remembers that it did.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, aligned to the top.
    window: u64,
    /// Valid bits in the window.
    have: u32,
    /// Zeros that were made up.
    padded: u32,
}

impl<'a> Bits<'a> {
    /// `data` holds no marker and no stuffing.
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, window: 0, have: 0, padded: 0 }
    }

    /// Afterwards at least 56 bits can be taken.
    #[inline]
    pub(super) fn refill(&mut self) {
        if let Some(next) = self.data.get(self.at..).and_then(|d| d.first_chunk::<8>()) {
            // Bits beyond whole bytes are set now and again, to the same values, by the next refill.
            self.window |= u64::from_be_bytes(*next) >> self.have;
            let bytes = (63 - self.have) >> 3;
            self.at += bytes as usize;
            self.have += bytes * 8;
        } else {
            self.refill_at_end();
        }
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while self.have <= 56 {
            let byte = if let Some(byte) = self.data.get(self.at) {
                self.at += 1;
                *byte
            } else {
                self.padded = self.padded.saturating_add(8);
                0
            };
            self.window |= u64::from(byte) << (56 - self.have);
            self.have += 8;
        }
    }

    /// The next `n` bits without taking them; 1 ≤ n ≤ 32, after a refill.
    #[inline]
    fn peek(&self, n: u32) -> u32 {
        (self.window >> (64 - n)) as u32
    }

    #[inline]
    fn skip(&mut self, n: u32) {
        self.window <<= n;
        self.have = self.have.saturating_sub(n);
    }

    /// Takes `n` ≤ 16 bits, after a refill.
    #[inline]
    pub(super) fn take(&mut self, n: u32) -> u32 {
        if n == 0 {
            return 0;
        }
        let bits = self.peek(n);
        self.skip(n);
        bits
    }

    /// Takes a signed value of `size` ≤ 15 bits (T.81 F.2.2.1, EXTEND), after a refill.
    #[inline]
    pub(super) fn take_signed(&mut self, size: u32) -> i32 {
        extend(self.take(size), size)
    }

    /// More bits were read than there are.
    pub(super) fn is_overrun(&self) -> bool {
        self.padded > self.have
    }

    /// Whole bytes not read.
    pub(super) fn bytes_left(&self) -> usize {
        self.data.len() - self.at.min(self.data.len()) + (self.have.saturating_sub(self.padded) / 8) as usize
    }
}

fn extend(bits: u32, size: u32) -> i32 {
    if size == 0 {
        return 0;
    }
    let bits = bits as i32;
    if bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits }
}

/// A coefficient found by one look: its value, the zeros before it, and the bits of code and value.
#[derive(Clone, Copy, Default)]
struct Quick {
    value: i16,
    run: u8,
    bits: u8,
}

/// A Huffman code.
pub(super) struct Code {
    /// By the next [`LOOK`] bits: length (0 = longer) and symbol.
    short: Vec<(u8, u8)>,
    /// By the next [`LOOK`] bits: the whole coefficient, where it fits (`bits` = 0 where not).
    quick: Vec<Quick>,
    /// One past the last code of each length, aligned to 16 bits.
    limit: [u32; 17],
    /// Index of a code's symbol minus the code, by length.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Code {
    /// From the sixteen counts and the symbols of a DHT segment; `None` when no such code exists.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut code = Self {
            short: vec![(0, 0); 1 << LOOK],
            quick: vec![Quick::default(); 1 << LOOK],
            limit: [0; 17],
            offset: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut next, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = usize::from(counts[length as usize - 1]);
            code.offset[length as usize] = index as i32 - next as i32;
            for _ in 0..count {
                if next >= 1 << length {
                    return None;
                }
                let symbol = *symbols.get(index)?;
                if length <= LOOK {
                    let span = 1 << (LOOK - length);
                    let first = (next << (LOOK - length)) as usize;
                    code.short[first..first + span].fill((length as u8, symbol));
                }
                next += 1;
                index += 1;
            }
            code.limit[length as usize] = next << (16 - length);
            next <<= 1;
        }
        code.fill_quick();
        Some(code)
    }

    fn fill_quick(&mut self) {
        for (look, quick) in self.quick.iter_mut().enumerate() {
            let (length, symbol) = self.short[look];
            let (run, size) = (symbol >> 4, u32::from(symbol & 15));
            let total = u32::from(length) + size;
            if length > 0 && size > 0 && total <= LOOK {
                let bits = (look as u32 >> (LOOK - total)) & ((1 << size) - 1);
                *quick = Quick { value: extend(bits, size) as i16, run, bits: total as u8 };
            }
        }
    }

    /// Takes a symbol, after a refill.
    #[inline]
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u8, DecodeError> {
        let (length, symbol) = self.short[(bits.peek(LOOK) as usize) & ((1 << LOOK) - 1)];
        if length > 0 {
            bits.skip(u32::from(length));
            return Ok(symbol);
        }
        self.long_symbol(bits)
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Result<u8, DecodeError> {
        let next = bits.peek(16);
        for length in LOOK + 1..=16 {
            if next < self.limit[length as usize] {
                bits.skip(length);
                let index = (next >> (16 - length)) as i32 + self.offset[length as usize];
                return usize::try_from(index)
                    .ok()
                    .and_then(|i| self.symbols.get(i))
                    .copied()
                    .ok_or(DecodeError::Damaged);
            }
        }
        Err(DecodeError::Damaged)
    }

    /// Takes a run of zeros and a coefficient; a coefficient of 0 comes with the raw symbol as run.
    #[inline]
    pub(super) fn run_and_value(&self, bits: &mut Bits<'_>) -> Result<(u8, i16), DecodeError> {
        let quick = self.quick[(bits.peek(LOOK) as usize) & ((1 << LOOK) - 1)];
        if quick.bits > 0 {
            bits.skip(u32::from(quick.bits));
            return Ok((quick.run, quick.value));
        }
        let symbol = self.symbol(bits)?;
        let size = u32::from(symbol & 15);
        if size == 0 {
            return Ok((symbol, 0));
        }
        Ok((symbol >> 4, bits.take_signed(size) as i16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_length_are_read() {
        // One code of each length 1–15, then two of 16, the last of which is all ones but one.
        let mut counts = [1; 16];
        counts[15] = 2;
        let symbols: Vec<u8> = (0..17).collect();
        let code = Code::new(&counts, &symbols).unwrap();
        let mut text = String::new();
        for length in 1..=16 {
            text += &"1".repeat(length - 1);
            text += "0";
        }
        let bytes: Vec<u8> = text
            .as_bytes()
            .chunks(8)
            .map(|c| c.iter().fold(0, |v, b| v << 1 | (b - b'0')) << (8 - c.len()))
            .collect();
        let mut bits = Bits::new(&bytes);
        for want in 0..16 {
            bits.refill();
            assert_eq!(code.symbol(&mut bits).unwrap(), want);
        }
        assert!(!bits.is_overrun());
    }

    #[test]
    fn overfull_codes_do_not_exist() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Code::new(&counts, &[1, 2, 3]).is_none());
    }

    #[test]
    fn reading_past_the_end_is_noticed() {
        let mut bits = Bits::new(&[0xAB, 0xCD]);
        bits.refill();
        assert_eq!(bits.take(12), 0xABC);
        assert!(!bits.is_overrun());
        assert_eq!(bits.take(4), 0xD);
        assert!(!bits.is_overrun());
        assert_eq!(bits.take(1), 0);
        assert!(bits.is_overrun());
    }

    #[test]
    fn signed_values_follow_the_table_of_the_standard() {
        assert_eq!(
            [extend(0, 1), extend(1, 1), extend(0, 3), extend(3, 3), extend(4, 3), extend(7, 3)],
            [-1, 1, -7, -4, 4, 7]
        );
    }
}
