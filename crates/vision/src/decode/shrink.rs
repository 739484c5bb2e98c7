//! Rows of a stored picture in, the upright working picture out, in one pass.
//!
//! Shrinking is by area average, so no detail aliases and noise falls. The turn to upright happens while
//! finished rows are put in place, sixteen at a time, so that a turned picture costs no pass of its own.

use image::RgbImage;

/// Finished rows kept before they are put in place: 16 pixels of a column are then written together.
const BAND_ROWS: usize = 16;
/// Sum of the fixed-point weights of one output pixel in one direction.
const ONE: u32 = 256;

/// How far a stored picture is shrunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    /// Stored size, pixels.
    pub(super) stored: (usize, usize),
    /// Working size before turning, pixels.
    pub(super) working: (usize, usize),
    /// Stored pixels per working pixel.
    pub(super) scale: f64,
}

impl Plan {
    /// Chooses the scale so that the longest side is at most `side_max`. A whole-number scale is taken
    /// when it loses at most a tenth of the resolution: it is quicker and treats all pixels alike.
    pub(super) fn new(width: u32, height: u32, side_max: u32) -> Self {
        let longest = f64::from(width.max(height));
        let side_max = f64::from(side_max.max(1));
        let exact = (longest / side_max).max(1.0);
        let whole = exact.ceil();
        let scale = if longest / whole >= 0.9 * side_max { whole } else { exact };
        let side = |stored: u32| ((f64::from(stored) / scale - 1e-6).ceil() as usize).max(1);
        Self { stored: (width as usize, height as usize), working: (side(width), side(height)), scale }
    }
}

/// Weights of the inputs of each output along one axis; they sum to [`ONE`] per output.
struct Axis {
    /// First input of each output.
    first: Vec<u32>,
    /// Where each output's weights start; one more entry than outputs.
    offset: Vec<u32>,
    weight: Vec<u16>,
}

impl Axis {
    fn new(inputs: usize, outputs: usize, scale: f64) -> Self {
        let mut axis = Self { first: Vec::new(), offset: vec![0], weight: Vec::new() };
        for j in 0..outputs {
            let from = (j as f64 * scale).min(inputs.saturating_sub(1) as f64);
            let to = ((j + 1) as f64 * scale).min(inputs as f64).max(from + 1e-9);
            let first = from.floor() as usize;
            let last = (to.ceil() as usize).clamp(first + 1, inputs.max(first + 1));
            // Differences of a rounded running share, so that the sum is exact.
            let share = |x: f64| (((x - from) / (to - from)).clamp(0.0, 1.0) * f64::from(ONE)).round() as u16;
            let mut before = 0;
            for i in first..last {
                let now = if i + 1 == last { ONE as u16 } else { share((i + 1) as f64) };
                axis.weight.push(now - before);
                before = now;
            }
            axis.first.push(first as u32);
            axis.offset.push(axis.weight.len() as u32);
        }
        axis
    }

    fn weights(&self, output: usize) -> &[u16] {
        &self.weight[self.offset[output] as usize..self.offset[output + 1] as usize]
    }

    /// The last input an output needs.
    fn last(&self, output: usize) -> usize {
        (self.first[output] + self.offset[output + 1] - self.offset[output]) as usize - 1
    }
}

/// Takes the rows of a stored picture with `C` channels (1 grey, 3 RGB), top to bottom.
pub(super) struct Shrinker<const C: usize> {
    plan: Plan,
    /// The scale where it is a whole number, else 0.
    whole: u32,
    orientation: u8,
    columns: Axis,
    rows: Axis,
    /// Weighted sum of the input rows of output rows `done` and, where a row belongs to two, `done + 1`.
    sums: [Vec<u16>; 2],
    /// Input rows seen.
    seen: usize,
    /// Output rows finished.
    done: usize,
    band: Vec<u8>,
    band_rows: usize,
    out: RgbImage,
}

impl<const C: usize> Shrinker<C> {
    pub(super) fn new(plan: Plan, orientation: u8) -> Self {
        let (width, height) = plan.working;
        let (out_width, out_height) = if orientation >= 5 { (height, width) } else { (width, height) };
        Self {
            whole: if plan.scale.fract() < 1e-9 { plan.scale as u32 } else { 0 },
            columns: Axis::new(plan.stored.0, width, plan.scale),
            rows: Axis::new(plan.stored.1, height, plan.scale),
            sums: [vec![0; plan.stored.0 * C], vec![0; plan.stored.0 * C]],
            seen: 0,
            done: 0,
            band: vec![0; BAND_ROWS * width * 3],
            band_rows: 0,
            out: RgbImage::new(out_width as u32, out_height as u32),
            plan,
            orientation,
        }
    }

    /// Takes the next stored row. Rows beyond the height, and short rows, are ignored.
    pub(super) fn push(&mut self, row: &[u8]) {
        let Some(row) = row.get(..self.plan.stored.0 * C) else { return };
        if self.done >= self.plan.working.1 || self.seen >= self.plan.stored.1 {
            return;
        }
        let y = self.seen;
        self.seen += 1;
        if self.whole == 1 {
            self.copy_row(row);
            return;
        }
        // Outputs `done` and perhaps `done + 1` take a share of this row.
        for k in 0..2 {
            let j = self.done + k;
            if j >= self.plan.working.1 {
                break;
            }
            let first = self.rows.first[j] as usize;
            let Some(&weight) = y.checked_sub(first).and_then(|i| self.rows.weights(j).get(i)) else {
                continue;
            };
            let sums = &mut self.sums[k];
            if y == first {
                for (sum, &v) in sums.iter_mut().zip(row) {
                    *sum = u16::from(v) * weight;
                }
            } else {
                for (sum, &v) in sums.iter_mut().zip(row) {
                    *sum += u16::from(v) * weight;
                }
            }
        }
        // Twice only at the bottom, where a sliver of a window may end with the row above it.
        while self.done < self.plan.working.1 && y >= self.rows.last(self.done) {
            self.finish_row();
        }
    }

    /// A row that is not shrunk.
    fn copy_row(&mut self, row: &[u8]) {
        let width = self.plan.working.0;
        let target = &mut self.band[self.band_rows * width * 3..][..width * 3];
        if C == 3 {
            target.copy_from_slice(&row[..width * 3]);
        } else {
            for (pixel, v) in target.chunks_exact_mut(3).zip(row) {
                pixel.fill(*v);
            }
        }
        self.row_done();
    }

    fn finish_row(&mut self) {
        let width = self.plan.working.0;
        let target = &mut self.band[self.band_rows * width * 3..][..width * 3];
        let sums = &self.sums[0];
        if self.whole == 2 && self.plan.stored.0.is_multiple_of(2) {
            for (pixel, pair) in target.chunks_exact_mut(3).zip(sums.chunks_exact(2 * C)) {
                for (c, v) in pixel.iter_mut().enumerate() {
                    let sum = u32::from(pair[c % C]) + u32::from(pair[C + c % C]);
                    *v = ((sum + ONE) >> 9) as u8;
                }
            }
        } else {
            for (x, pixel) in target.chunks_exact_mut(3).enumerate() {
                let weights = self.columns.weights(x);
                let inputs = &sums[self.columns.first[x] as usize * C..];
                let mut total = [0_u32; C];
                for (input, &weight) in inputs.chunks_exact(C).zip(weights) {
                    for (t, &v) in total.iter_mut().zip(input) {
                        *t += u32::from(v) * u32::from(weight);
                    }
                }
                for (c, v) in pixel.iter_mut().enumerate() {
                    *v = ((total[c % C] + ONE * ONE / 2) >> 16) as u8;
                }
            }
        }
        self.sums.swap(0, 1);
        self.row_done();
    }

    fn row_done(&mut self) {
        self.band_rows += 1;
        self.done += 1;
        if self.band_rows == BAND_ROWS || self.done == self.plan.working.1 {
            self.place_band();
        }
    }

    /// Puts the finished rows where they belong in the upright picture (EXIF 2.32 §4.6.4 A).
    fn place_band(&mut self) {
        let (width, height) = self.plan.working;
        let rows = std::mem::take(&mut self.band_rows);
        let top = self.done - rows;
        let pitch = self.out.width() as usize * 3;
        let out: &mut [u8] = self.out.as_mut();
        let pixel_at = |band: &[u8], x: usize, y: usize| -> [u8; 3] {
            let at = (y * width + x) * 3;
            [band[at], band[at + 1], band[at + 2]]
        };
        match self.orientation {
            2..=4 => {
                for y in 0..rows {
                    let target_y = if self.orientation == 2 { top + y } else { height - 1 - (top + y) };
                    let source = &self.band[y * width * 3..][..width * 3];
                    let target = &mut out[target_y * pitch..][..pitch];
                    if self.orientation == 4 {
                        target.copy_from_slice(source);
                    } else {
                        for (t, s) in target.chunks_exact_mut(3).zip(source.chunks_exact(3).rev()) {
                            t.copy_from_slice(s);
                        }
                    }
                }
            }
            5..=8 => {
                for x in 0..width {
                    let target_y = if self.orientation <= 6 { x } else { width - 1 - x };
                    let forward = matches!(self.orientation, 5 | 8);
                    let left = if forward { top } else { height - top - rows };
                    let target = &mut out[target_y * pitch + left * 3..][..rows * 3];
                    for (i, t) in target.chunks_exact_mut(3).enumerate() {
                        let y = if forward { i } else { rows - 1 - i };
                        t.copy_from_slice(&pixel_at(&self.band, x, y));
                    }
                }
            }
            _ => out[top * pitch..][..rows * pitch].copy_from_slice(&self.band[..rows * pitch]),
        }
    }

    /// The picture, or `None` if rows are missing.
    pub(super) fn finish(self) -> Option<RgbImage> {
        (self.done == self.plan.working.1).then_some(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        width: u32,
        height: u32,
        side_max: u32,
        orientation: u8,
        at: impl Fn(u32, u32) -> [u8; 3],
    ) -> RgbImage {
        let mut shrinker = Shrinker::<3>::new(Plan::new(width, height, side_max), orientation);
        for y in 0..height {
            let row: Vec<u8> = (0..width).flat_map(|x| at(x, y)).collect();
            shrinker.push(&row);
        }
        shrinker.finish().unwrap()
    }

    #[test]
    fn a_picture_within_the_limit_is_untouched() {
        let at = |x, y| [x as u8, y as u8, 7];
        let out = run(37, 21, 64, 1, at);
        assert_eq!(out.dimensions(), (37, 21));
        assert!(out.enumerate_pixels().all(|(x, y, p)| p.0 == at(x, y)));
    }

    #[test]
    fn flat_colour_stays_exact_at_any_scale() {
        for side_max in [100, 64, 51, 50, 33, 17, 7, 1] {
            let out = run(100, 77, side_max, 1, |_, _| [255, 128, 3]);
            assert!(out.width() <= side_max, "{side_max}");
            assert!(out.pixels().all(|p| p.0 == [255, 128, 3]), "{side_max}");
        }
    }

    #[test]
    fn a_ramp_keeps_its_place() {
        for side_max in [128, 100, 61, 40] {
            let plan = Plan::new(256, 64, side_max);
            let out = run(256, 64, side_max, 1, |x, _| [x as u8; 3]);
            for (x, _, p) in out.enumerate_pixels() {
                let middle = ((f64::from(x) + 0.5) * plan.scale - 0.5).min(255.0);
                // The last pixel averages a shorter window, so only half a window of error there.
                let slack = if x + 1 == out.width() { plan.scale } else { 1.1 };
                assert!((f64::from(p.0[0]) - middle).abs() <= slack, "{side_max} {x}");
            }
        }
    }

    #[test]
    fn whole_scales_are_preferred_only_when_cheap() {
        assert_eq!(Plan::new(4032, 3024, 2048).working, (2016, 1512));
        assert_eq!(Plan::new(4031, 3023, 2048).working, (2016, 1512));
        assert_eq!(Plan::new(3024, 4032, 2048).working, (1512, 2016));
        assert!((Plan::new(2048, 10, 2048).scale - 1.0).abs() < 1e-9);
        assert_eq!(Plan::new(2600, 1950, 2048).working, (2048, 1536));
    }

    #[test]
    fn all_eight_orientations() {
        // Stored picture: 23 × 40, pixel (x, y) has colour (x, y).
        let (w, h) = (23_u32, 40_u32);
        for orientation in 1..=8 {
            let out = run(w, h, 64, orientation, |x, y| [x as u8, y as u8, 0]);
            let turned = orientation >= 5;
            assert_eq!(out.dimensions(), if turned { (h, w) } else { (w, h) });
            for y in 0..h {
                for x in 0..w {
                    let place = match orientation {
                        1 => (x, y),
                        2 => (w - 1 - x, y),
                        3 => (w - 1 - x, h - 1 - y),
                        4 => (x, h - 1 - y),
                        5 => (y, x),
                        6 => (h - 1 - y, x),
                        7 => (h - 1 - y, w - 1 - x),
                        _ => (y, w - 1 - x),
                    };
                    assert_eq!(out.get_pixel(place.0, place.1).0, [x as u8, y as u8, 0], "{orientation}");
                }
            }
        }
    }

    #[test]
    fn missing_rows_are_no_picture() {
        let mut shrinker = Shrinker::<1>::new(Plan::new(10, 10, 5), 6);
        for _ in 0..9 {
            shrinker.push(&[9; 10]);
        }
        shrinker.push(&[9; 3]);
        assert!(shrinker.finish().is_none());
    }
}
