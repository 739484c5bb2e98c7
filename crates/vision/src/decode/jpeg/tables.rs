//! Quantiser tables, Huffman tables and the restart interval, as segments define them.

use super::super::error::DecodeError;
use super::bits::Code;
use super::blocks::place;

const DAMAGED: DecodeError = DecodeError::Damaged;

/// The tables in force.
#[derive(Default)]
pub(super) struct Tables {
    /// Quantiser steps in row order.
    pub(super) steps: [Option<[u16; 64]>; 4],
    /// Codes of means.
    pub(super) means: [Option<Code>; 4],
    /// Codes of the other coefficients.
    pub(super) others: [Option<Code>; 4],
    /// MCUs between restart markers, 0 = none.
    pub(super) restart: usize,
}

impl Tables {
    /// Takes a segment if it defines tables.
    pub(super) fn take(&mut self, marker: u8, body: &[u8]) -> Result<(), DecodeError> {
        match marker {
            0xDB => self.take_steps(body),
            0xC4 => self.take_codes(body),
            0xDD => {
                let &[high, low] = body else { return Err(DAMAGED) };
                self.restart = usize::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_steps(&mut self, mut body: &[u8]) -> Result<(), DecodeError> {
        while let Some((&head, rest)) = body.split_first() {
            let wide = match head >> 4 {
                0 => false,
                1 => true,
                _ => return Err(DAMAGED),
            };
            let size = if wide { 128 } else { 64 };
            let (values, rest) = rest.split_at_checked(size).ok_or(DAMAGED)?;
            let slot = self.steps.get_mut(usize::from(head & 15)).ok_or(DAMAGED)?;
            let mut table = [0_u16; 64];
            for k in 0..64 {
                table[place(k)] = if wide {
                    u16::from_be_bytes([values[2 * k], values[2 * k + 1]])
                } else {
                    u16::from(values[k])
                };
            }
            *slot = Some(table);
            body = rest;
        }
        Ok(())
    }

    fn take_codes(&mut self, mut body: &[u8]) -> Result<(), DecodeError> {
        while let Some((&head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(DAMAGED)?;
            let total: usize = counts.iter().map(|c| usize::from(*c)).sum();
            let (symbols, rest) = rest.split_at_checked(total.min(256)).ok_or(DAMAGED)?;
            let code = Code::new(counts, symbols).ok_or(DAMAGED)?;
            let class = match head >> 4 {
                0 => &mut self.means,
                1 => &mut self.others,
                _ => return Err(DAMAGED),
            };
            *class.get_mut(usize::from(head & 15)).ok_or(DAMAGED)? = Some(code);
            body = rest;
        }
        Ok(())
    }
}
