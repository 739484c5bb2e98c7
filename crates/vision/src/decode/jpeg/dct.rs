//! From coefficients to samples: the inverse DCT of T.81 A.3.3 at full size, and at half size.
//!
//! The half-size transform gives exactly the means of 2 × 2 samples of the full one (before rounding): the
//! mean of two neighbours scales frequency k by cos(kπ/16), and frequency 8 − k then looks like −k. So a
//! picture that is shrunk by two anyway costs a quarter of the samples and not a bit of quality.

use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// Samples of the full-size transform along one side.
pub(super) const FULL: usize = 8;
/// Samples of the half-size transform along one side.
pub(super) const HALF: usize = 4;

/// Quantiser steps with the transform's constant factors multiplied in.
pub(super) struct Steps {
    /// For the full-size transform, in row order.
    full: [f32; 64],
    /// For the half-size transform, in row order.
    half: [f32; 64],
    /// Of the coefficient that stands for the mean, factors included.
    mean: f32,
}

/// Factors of the scaled transform by Arai, Agui and Nakajima.
const SCALES: [f32; 8] =
    [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

impl Steps {
    /// From quantiser steps in row order.
    pub(super) fn new(table: &[u16; 64]) -> Self {
        let fold = |k: usize| match k {
            0 => FRAC_1_SQRT_2 / 2.0,
            4 => 0.0,
            _ => (k as f32 * std::f32::consts::PI / 16.0).cos() / 2.0,
        };
        let scaled = |factor: &dyn Fn(usize) -> f32| -> [f32; 64] {
            std::array::from_fn(|i| f32::from(table[i]) * factor(i / 8) * factor(i % 8))
        };
        Self {
            full: scaled(&|k| SCALES[k] / SQRT_2 / 2.0),
            half: scaled(&fold),
            mean: f32::from(table[0]) / 8.0,
        }
    }
}

/// The sample for a block that has nothing but its mean.
fn flat_sample(mean: i16, steps: &Steps) -> u8 {
    to_sample(f32::from(mean) * steps.mean)
}

/// Rounds and shifts a value around 0 to a sample around 128.
///
/// Adding 2²³ leaves the whole number in the lowest bits of the float: unlike a saturating cast, this is
/// done for several samples at once by the compiler.
#[inline]
fn to_sample(v: f32) -> u8 {
    (v.clamp(-128.0, 127.0) + (8_388_608.0 + 128.0)).to_bits() as u8
}

/// Draws a block of `size` × `size` samples ([`FULL`] or [`HALF`]) at the start of `out`.
pub(super) fn draw(
    block: &[i16; 64],
    only_mean: bool,
    steps: &Steps,
    size: usize,
    out: &mut [u8],
    stride: usize,
) {
    if only_mean {
        let sample = flat_sample(block[0], steps);
        for row in out.chunks_mut(stride).take(size) {
            if let Some(row) = row.get_mut(..size) {
                row.fill(sample);
            }
        }
    } else if size == FULL {
        draw_full(block, steps, out, stride);
    } else {
        draw_half(block, steps, out, stride);
    }
}

type Row = [f32; 8];

/// One dimension, all eight columns at once.
#[inline]
#[expect(clippy::needless_range_loop, reason = "eight columns side by side, as the compiler vectorises them")]
fn inverse(v: &mut [Row; 8]) {
    for i in 0..8 {
        let (even0, even1) = (v[0][i] + v[4][i], v[0][i] - v[4][i]);
        let sum26 = v[2][i] + v[6][i];
        let diff26 = (v[2][i] - v[6][i]) * SQRT_2 - sum26;
        let (t0, t3) = (even0 + sum26, even0 - sum26);
        let (t1, t2) = (even1 + diff26, even1 - diff26);
        let (z13, z10) = (v[5][i] + v[3][i], v[5][i] - v[3][i]);
        let (z11, z12) = (v[1][i] + v[7][i], v[1][i] - v[7][i]);
        let o7 = z11 + z13;
        let z5 = (z10 + z12) * 1.847_759;
        let o6 = z5 - z10 * 2.613_126 - o7;
        let o5 = (z11 - z13) * SQRT_2 - o6;
        let o4 = z12 * 1.082_392_2 - z5 + o5;
        v[0][i] = t0 + o7;
        v[7][i] = t0 - o7;
        v[1][i] = t1 + o6;
        v[6][i] = t1 - o6;
        v[2][i] = t2 + o5;
        v[5][i] = t2 - o5;
        v[4][i] = t3 + o4;
        v[3][i] = t3 - o4;
    }
}

fn draw_full(block: &[i16; 64], steps: &Steps, out: &mut [u8], stride: usize) {
    let mut v: [Row; 8] = [[0.0; 8]; 8];
    for (row, (b, s)) in v.iter_mut().zip(block.chunks_exact(8).zip(steps.full.chunks_exact(8))) {
        for i in 0..8 {
            row[i] = f32::from(b[i]) * s[i];
        }
    }
    inverse(&mut v);
    let mut turned: [Row; 8] = std::array::from_fn(|y| std::array::from_fn(|x| v[x][y]));
    inverse(&mut turned);
    for (y, row) in out.chunks_mut(stride).take(8).enumerate() {
        let Some(row) = row.first_chunk_mut::<8>() else { return };
        for (x, sample) in row.iter_mut().enumerate() {
            *sample = to_sample(turned[x][y]);
        }
    }
}

#[expect(clippy::needless_range_loop, reason = "see `inverse`")]
fn draw_half(block: &[i16; 64], steps: &Steps, out: &mut [u8], stride: usize) {
    const C1: f32 = 0.923_879_5; // cos π/8
    const C3: f32 = 0.382_683_43; // cos 3π/8
    let at = |y: usize, x: usize| f32::from(block[y * 8 + x]) * steps.half[y * 8 + x];
    // Down: eight columns of four.
    let mut v: [Row; 4] = [[0.0; 8]; 4];
    for x in 0..8 {
        let g0 = at(0, x);
        let g1 = at(1, x) - at(7, x);
        let g2 = (at(2, x) - at(6, x)) * FRAC_1_SQRT_2;
        let g3 = at(3, x) - at(5, x);
        let (o0, o1) = (g1 * C1 + g3 * C3, g1 * C3 - g3 * C1);
        v[0][x] = g0 + g2 + o0;
        v[1][x] = g0 - g2 + o1;
        v[2][x] = g0 - g2 - o1;
        v[3][x] = g0 + g2 - o0;
    }
    // Across: four rows of four.
    for (row, out) in v.iter().zip(out.chunks_mut(stride)) {
        let Some(out) = out.first_chunk_mut::<4>() else { return };
        let (g1, g3) = (row[1] - row[7], row[3] - row[5]);
        let g2 = (row[2] - row[6]) * FRAC_1_SQRT_2;
        let (o0, o1) = (g1 * C1 + g3 * C3, g1 * C3 - g3 * C1);
        out[0] = to_sample(row[0] + g2 + o0);
        out[1] = to_sample(row[0] - g2 + o1);
        out[2] = to_sample(row[0] - g2 - o1);
        out[3] = to_sample(row[0] + g2 - o0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T.81 A.3.3 as it stands.
    fn by_definition(block: &[i16; 64], table: &[u16; 64]) -> [f64; 64] {
        let c = |k: usize| if k == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
        let cos = |x: usize, k: usize| ((2 * x + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos();
        std::array::from_fn(|i| {
            let (y, x) = (i / 8, i % 8);
            let mut sum = 0.0;
            for v in 0..8 {
                for u in 0..8 {
                    let f = f64::from(block[v * 8 + u]) * f64::from(table[v * 8 + u]);
                    sum += c(u) * c(v) * f * cos(x, u) * cos(y, v);
                }
            }
            sum / 4.0 + 128.0
        })
    }

    #[test]
    fn both_sizes_agree_with_the_definition() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16
        };
        for round in 0..200 {
            let table: [u16; 64] = std::array::from_fn(|i| 1 + (i as u16 * 3) % 40);
            let mut block = [0_i16; 64];
            block[0] = next() % 60;
            for _ in 0..round % 20 {
                block[(next() as usize) % 64] = next() % 12;
            }
            let want = by_definition(&block, &table);
            let steps = Steps::new(&table);
            let (mut full, mut half) = ([0_u8; 64], [0_u8; 16]);
            draw(&block, false, &steps, FULL, &mut full, 8);
            draw(&block, false, &steps, HALF, &mut half, 4);
            for (got, want) in full.iter().zip(want) {
                assert!((f64::from(*got) - want.clamp(0.0, 255.0)).abs() <= 0.51, "{got} {want}");
            }
            for (i, got) in half.iter().enumerate() {
                let at = |dy: usize, dx: usize| want[(i / 4 * 2 + dy) * 8 + i % 4 * 2 + dx];
                let mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4.0;
                assert!((f64::from(*got) - mean.clamp(0.0, 255.0)).abs() <= 0.51, "{got} {mean}");
            }
        }
    }

    #[test]
    fn a_mean_alone_is_flat() {
        let steps = Steps::new(&[16; 64]);
        let mut block = [0; 64];
        block[0] = 20;
        let (mut quick, mut whole) = ([0; 64], [0; 64]);
        draw(&block, true, &steps, FULL, &mut quick, 8);
        draw(&block, false, &steps, FULL, &mut whole, 8);
        assert_eq!(quick, whole);
        assert_eq!(quick, [168; 64]);
    }
}
