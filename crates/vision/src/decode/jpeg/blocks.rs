//! Coefficients of one 8 × 8 block, as the four ways of coding them say (T.81 F.2.2 and G.1.2).

use super::super::error::DecodeError;
use super::bits::{Bits, Code};

/// Row-order place of each coefficient in zigzag order. Sixteen more, so that a run past the end stays
/// inside the table; it is checked afterwards.
const ZIGZAG: [u8; 80] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
];

/// Row-order place of a zigzag index.
#[inline]
pub(super) fn place(zigzag: usize) -> usize {
    usize::from(ZIGZAG[zigzag.min(79)] & 63)
}

/// Takes the difference of means (T.81 F.2.2.1).
#[inline]
fn take_mean(bits: &mut Bits<'_>, code: &Code, prediction: &mut i32) -> Result<i32, DecodeError> {
    bits.refill();
    let size = u32::from(code.symbol(bits)?);
    // 8-bit samples need 11; more is no such picture.
    if size > 15 {
        return Err(DecodeError::Damaged);
    }
    *prediction = prediction.wrapping_add(bits.take_signed(size));
    Ok(*prediction)
}

/// All coefficients at once; tells whether the mean is the only one.
#[inline]
pub(super) fn sequential(
    bits: &mut Bits<'_>,
    mean_code: &Code,
    code: &Code,
    prediction: &mut i32,
    block: &mut [i16; 64],
) -> Result<bool, DecodeError> {
    block[0] = take_mean(bits, mean_code, prediction)? as i16;
    let mut k = 1;
    let mut only_mean = true;
    while k < 64 {
        bits.refill();
        let (run, value) = code.run_and_value(bits)?;
        if value != 0 {
            k += usize::from(run);
            block[place(k)] = value;
            only_mean = false;
            k += 1;
        } else if run == 0xF0 {
            k += 16;
        } else if run == 0 {
            break;
        } else {
            return Err(DecodeError::Damaged);
        }
    }
    if k > 64 { Err(DecodeError::Damaged) } else { Ok(only_mean) }
}

/// What a progressive scan adds: coefficients `first..=last`, down to bit `low`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) low: u32,
    /// The scan adds one bit to what earlier scans gave.
    pub(super) refines: bool,
}

/// First bits of a mean.
pub(super) fn mean_first(
    bits: &mut Bits<'_>,
    code: &Code,
    prediction: &mut i32,
    band: Band,
    block: &mut [i16; 64],
) -> Result<(), DecodeError> {
    block[0] = take_mean(bits, code, prediction)?.wrapping_shl(band.low) as i16;
    Ok(())
}

/// One more bit of a mean.
pub(super) fn mean_refine(bits: &mut Bits<'_>, band: Band, block: &mut [i16; 64]) {
    bits.refill();
    block[0] |= (bits.take(1) << band.low) as i16;
}

/// First bits of a band. `blocks_to_skip` counts the blocks that an end-of-band run still covers.
pub(super) fn band_first(
    bits: &mut Bits<'_>,
    code: &Code,
    band: Band,
    blocks_to_skip: &mut u32,
    block: &mut [i16; 64],
) -> Result<(), DecodeError> {
    if *blocks_to_skip > 0 {
        *blocks_to_skip -= 1;
        return Ok(());
    }
    let mut k = band.first;
    while k <= band.last {
        bits.refill();
        let (run, value) = code.run_and_value(bits)?;
        if value != 0 {
            k += usize::from(run);
            if k > band.last {
                return Err(DecodeError::Damaged);
            }
            block[place(k)] = i32::from(value).wrapping_shl(band.low) as i16;
            k += 1;
        } else if run == 0xF0 {
            k += 16;
        } else {
            let size = u32::from(run >> 4);
            *blocks_to_skip = (1 << size) - 1 + bits.take(size);
            break;
        }
    }
    Ok(())
}

/// One more bit of a band (T.81 G.1.2.3).
pub(super) fn band_refine(
    bits: &mut Bits<'_>,
    code: &Code,
    band: Band,
    blocks_to_skip: &mut u32,
    block: &mut [i16; 64],
) -> Result<(), DecodeError> {
    let bit = 1_i16 << band.low.min(14);
    let mut k = band.first;
    if *blocks_to_skip == 0 {
        while k <= band.last {
            bits.refill();
            let symbol = code.symbol(bits)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            let new = match size {
                0 if run < 15 => {
                    *blocks_to_skip = (1 << run) + bits.take(run);
                    break;
                }
                0 => 0,
                1 if bits.take(1) == 1 => bit,
                1 => -bit,
                _ => return Err(DecodeError::Damaged),
            };
            // Passes over `run` coefficients that are still zero, correcting the others on the way.
            while k <= band.last {
                let coefficient = &mut block[place(k)];
                if *coefficient != 0 {
                    correct(bits, coefficient, bit);
                } else if run == 0 {
                    *coefficient = new;
                    k += 1;
                    break;
                } else {
                    run -= 1;
                }
                k += 1;
            }
        }
    }
    if *blocks_to_skip > 0 {
        *blocks_to_skip -= 1;
        for k in k..=band.last {
            let coefficient = &mut block[place(k)];
            if *coefficient != 0 {
                correct(bits, coefficient, bit);
            }
        }
    }
    Ok(())
}

/// A coefficient that is not zero gets its next bit, away from zero.
fn correct(bits: &mut Bits<'_>, coefficient: &mut i16, bit: i16) {
    bits.refill();
    if bits.take(1) == 1 && *coefficient & bit == 0 {
        *coefficient = coefficient.wrapping_add(if *coefficient > 0 { bit } else { -bit });
    }
}
