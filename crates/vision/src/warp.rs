//! Resampling: area-average shrinking, bilinear resizing, perspective warps.
//!
//! Convention: integer coordinates are pixel centres. Resizing maps the outer *edges* of the pictures onto
//! each other, source = (target + ½)·scale − ½, as the recipes of the networks expect.

use image::RgbImage;

/// Longest side any function here produces, pixels.
pub const SIDE_MAX_PX: u32 = 8192;

/// What lies outside the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The nearest edge pixel.
    Replicate,
    /// Black.
    Black,
}

/// How to read between pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Two by two neighbours.
    Bilinear,
    /// Four by four neighbours, a = −0.75: keeps thin strokes when enlarging.
    Bicubic,
}

/// A projective map of the plane, row-major 3×3 with the last element 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography(pub [f64; 9]);

impl Homography {
    /// The map that takes the four `from` corners to the four `to` corners; `None` if three of either lie
    /// on a line or a coordinate is not finite.
    pub fn between(from: &[[f32; 2]; 4], to: &[[f32; 2]; 4]) -> Option<Self> {
        let mut rows = [[0.0_f64; 9]; 8];
        for (i, (p, q)) in from.iter().zip(to).enumerate() {
            let ([x, y], [u, v]) = (p.map(f64::from), q.map(f64::from));
            rows[2 * i] = [x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u, u];
            rows[2 * i + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v, v];
        }
        let h = solve(rows)?;
        let map = Self([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]);
        // Three corners on a line can still give a solution, one that folds the plane.
        map.inverse().map(|_| map)
    }

    /// Where a point goes. Points on the map's horizon go to infinity or NaN.
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (x, y, h) = (f64::from(x), f64::from(y), &self.0);
        let w = h[6] * x + h[7] * y + h[8];
        [((h[0] * x + h[1] * y + h[2]) / w) as f32, ((h[3] * x + h[4] * y + h[5]) / w) as f32]
    }

    /// The way back, if there is one.
    pub fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let m = [
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ];
        let det = a * m[0] + b * m[3] + c * m[6];
        let usable = det.is_finite() && det.abs() > 1e-12 && m[8].abs() > 1e-12;
        usable.then(|| Self(m.map(|v| v / m[8])))
    }
}

/// Gauss–Jordan with partial pivoting on eight equations.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for col in 0..8 {
        let pivot = (col..8).max_by(|&i, &j| rows[i][col].abs().total_cmp(&rows[j][col].abs()))?;
        rows.swap(col, pivot);
        let lead = rows[col][col];
        if !lead.is_finite() || lead.abs() < 1e-10 {
            return None;
        }
        let row = rows[col].map(|v| v / lead);
        rows[col] = row;
        for (i, other) in rows.iter_mut().enumerate() {
            if i != col {
                let factor = other[col];
                for (o, r) in other.iter_mut().zip(&row) {
                    *o -= factor * r;
                }
            }
        }
    }
    let solution = rows.map(|r| r[8]);
    solution.iter().all(|v| v.is_finite()).then_some(solution)
}

/// Draws `width` × `height` pixels, each read from `source` where `to_source` takes its centre.
/// When this shrinks by more than about two, shrink the source with [`shrink_area`] first.
pub fn warp_perspective(
    source: &RgbImage,
    to_source: &Homography,
    width: u32,
    height: u32,
    sampling: Sampling,
    border: Border,
) -> RgbImage {
    let (width, height) = (width.min(SIDE_MAX_PX), height.min(SIDE_MAX_PX));
    let mut target = RgbImage::new(width, height);
    if source.width() == 0 || source.height() == 0 || width == 0 {
        return target;
    }
    let h = to_source.0.map(|v| v as f32);
    let reader = Reader::new(source);
    let mut places = vec![[0.0_f32; 2]; width as usize];
    for (y, row) in target.as_mut().chunks_exact_mut(width as usize * 3).enumerate() {
        let y = y as f32;
        let (bx, by, bw) = (h[1] * y + h[2], h[4] * y + h[5], h[7] * y + h[8]);
        // A loop of its own, because this part runs on several pixels at once.
        for (x, place) in places.iter_mut().enumerate() {
            let x = x as f32;
            let w = 1.0 / (h[6] * x + bw);
            *place = [(h[0] * x + bx) * w, (h[3] * x + by) * w];
        }
        for (pixel, &[sx, sy]) in row.as_chunks_mut::<3>().0.iter_mut().zip(&places) {
            if border == Border::Black && reader.outside(sx, sy) {
                continue;
            }
            *pixel = match sampling {
                Sampling::Bilinear => reader.bilinear_bytes(sx, sy),
                // The cast saturates: negative overshoot becomes 0.
                Sampling::Bicubic => reader.bicubic(sx, sy).map(|v| (v + 0.5) as u8),
            };
        }
    }
    target
}

/// Reads between the pixels of a picture.
pub(crate) struct Reader<'a> {
    data: &'a [u8],
    stride: usize,
    max_x: i32,
    max_y: i32,
}

impl<'a> Reader<'a> {
    /// `source` must not be empty.
    pub(crate) fn new(source: &'a RgbImage) -> Self {
        Self {
            data: source.as_raw(),
            stride: source.width() as usize * 3,
            max_x: source.width() as i32 - 1,
            max_y: source.height() as i32 - 1,
        }
    }

    /// Not within half a pixel of the picture; also true of NaN.
    pub(crate) fn outside(&self, x: f32, y: f32) -> bool {
        !(x >= -0.5 && y >= -0.5 && x <= self.max_x as f32 + 0.5 && y <= self.max_y as f32 + 0.5)
    }

    #[inline]
    fn pixel(&self, x: i32, y: i32) -> [u8; 3] {
        let x = x.clamp(0, self.max_x) as usize;
        let y = y.clamp(0, self.max_y) as usize;
        self.data.get(y * self.stride + x * 3..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
    }

    /// Edges replicated; black where a coordinate is NaN.
    #[inline]
    pub(crate) fn bilinear(&self, x: f32, y: f32) -> [f32; 3] {
        let Some(([ix, iy], [ax, ay])) = split(x, y) else { return [0.0; 3] };
        let [p, q, r, s] = self.square(ix, iy).map(|p| p.map(f32::from));
        std::array::from_fn(|c| {
            let top = p[c] + (q[c] - p[c]) * ax;
            let bottom = r[c] + (s[c] - r[c]) * ax;
            top + (bottom - top) * ay
        })
    }

    /// [`Reader::bilinear`] rounded, with shares of 1/256.
    #[inline]
    fn bilinear_bytes(&self, x: f32, y: f32) -> [u8; 3] {
        // Inside the picture a cast cannot saturate and rounds down, which is the cheap way to both; `true`
        // also rules out NaN.
        let inside = x >= 0.0 && y >= 0.0 && x < self.max_x as f32 && y < self.max_y as f32;
        if inside {
            let (fx, fy) = ((x * 256.0 + 0.5) as i32 as usize, (y * 256.0 + 0.5) as i32 as usize);
            let at = (fy >> 8) * self.stride + (fx >> 8) * 3;
            let upper = self.data.get(at..).and_then(|d| d.first_chunk::<6>());
            let lower = self.data.get(at + self.stride..).and_then(|d| d.first_chunk::<6>());
            if let (Some(p), Some(q)) = (upper, lower) {
                let (ax, ay) = ((fx & 255) as u32, (fy & 255) as u32);
                let mix = |c: usize| {
                    let top = u32::from(p[c]) * (256 - ax) + u32::from(p[c + 3]) * ax;
                    let bottom = u32::from(q[c]) * (256 - ax) + u32::from(q[c + 3]) * ax;
                    ((top * (256 - ay) + bottom * ay + (1 << 15)) >> 16) as u8
                };
                return [mix(0), mix(1), mix(2)];
            }
        }
        self.bilinear(x, y).map(|v| (v + 0.5) as u8)
    }

    /// The pixel at (x, y), its right neighbour, and the two below.
    #[inline]
    fn square(&self, x: i32, y: i32) -> [[u8; 3]; 4] {
        // Inside the picture they are two short runs of bytes.
        match (self.run::<6>(x, y, 1), self.run::<6>(x, y + 1, 1)) {
            (Some(&[a, b, c, d, e, f]), Some(&[g, h, i, j, k, l])) => {
                [[a, b, c], [d, e, f], [g, h, i], [j, k, l]]
            }
            _ => [self.pixel(x, y), self.pixel(x + 1, y), self.pixel(x, y + 1), self.pixel(x + 1, y + 1)],
        }
    }

    /// Edges replicated; may overshoot 0…255.
    fn bicubic(&self, x: f32, y: f32) -> [f32; 3] {
        let Some(([ix, iy], [ax, ay])) = split(x, y) else { return [0.0; 3] };
        let (wx, wy) = (cubic_weights(ax), cubic_weights(ay));
        let mut out = [0.0; 3];
        for (j, wj) in (-1..3).zip(wy) {
            let y = iy + j;
            let mut row = [0.0; 3];
            if let Some(run) = self.run::<12>(ix - 1, y, 3) {
                for (p, wi) in run.as_chunks::<3>().0.iter().zip(wx) {
                    for c in 0..3 {
                        row[c] += f32::from(p[c]) * wi;
                    }
                }
            } else {
                for (i, wi) in (-1..3).zip(wx) {
                    let p = self.pixel(ix + i, y);
                    for c in 0..3 {
                        row[c] += f32::from(p[c]) * wi;
                    }
                }
            }
            for c in 0..3 {
                out[c] += row[c] * wj;
            }
        }
        out
    }

    /// `N` bytes from (x, y) on, if that pixel and the `more` next lie inside their row.
    #[inline]
    fn run<const N: usize>(&self, x: i32, y: i32, more: i32) -> Option<&[u8; N]> {
        if x < 0 || y < 0 || y > self.max_y || x > self.max_x - more {
            return None;
        }
        self.data.get(y as usize * self.stride + x as usize * 3..)?.first_chunk::<N>()
    }
}

/// Whole and broken part of a place; `None` for NaN. Far outside is as good as just outside.
#[inline]
fn split(x: f32, y: f32) -> Option<([i32; 2], [f32; 2])> {
    // `floor` is a library call on processors this is built for.
    let floor = |v: f32| {
        let v = v.clamp(-1e6, 1e6);
        let whole = v as i32 - i32::from(v < 0.0);
        (whole, v - whole as f32)
    };
    let ((ix, ax), (iy, ay)) = (floor(x), floor(y));
    (ax >= 0.0 && ay >= 0.0).then_some(([ix, iy], [ax, ay]))
}

/// Keys' kernel with a = −0.75 at the distances 1+t, t, 1−t, 2−t.
fn cubic_weights(t: f32) -> [f32; 4] {
    const A: f32 = -0.75;
    let outer = |d: f32| ((A * d - 5.0 * A) * d + 8.0 * A) * d - 4.0 * A;
    let inner = |d: f32| ((A + 2.0) * d - (A + 3.0)) * d * d + 1.0;
    let (a, b, c) = (outer(1.0 + t), inner(t), inner(1.0 - t));
    [a, b, c, 1.0 - a - b - c]
}

/// For each target index: the two source indices to mix and the share of the second, in 1/2048.
fn bilinear_taps(source: u32, target: u32) -> Vec<(usize, usize, u32)> {
    let scale = f64::from(source) / f64::from(target.max(1));
    let last = source.saturating_sub(1) as usize;
    (0..target)
        .map(|t| {
            let at = ((f64::from(t) + 0.5) * scale - 0.5).max(0.0);
            let lower = (at as usize).min(last);
            let share = if lower == last { 0.0 } else { at - at.floor() };
            (lower, (lower + 1).min(last), (share * 2048.0).round() as u32)
        })
        .collect()
}

/// Bilinear resize without smoothing, as the text networks were trained with. An empty side stays empty.
pub fn resize_bilinear(source: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (width, height) = (width.min(SIDE_MAX_PX), height.min(SIDE_MAX_PX));
    if (width, height) == source.dimensions() {
        return source.clone();
    }
    let mut target = RgbImage::new(width, height);
    if source.width() == 0 || source.height() == 0 || width == 0 || height == 0 {
        return target;
    }
    let columns = bilinear_taps(source.width(), width);
    let rows = bilinear_taps(source.height(), height);
    let stride = source.width() as usize * 3;
    let raw = source.as_raw();
    // Two horizontally resized source rows are enough: targets are visited from top to bottom.
    let mut kept: [(usize, Vec<u32>); 2] =
        [(usize::MAX, vec![0; width as usize * 3]), (usize::MAX, vec![0; width as usize * 3])];
    let fill = |line: usize, out: &mut Vec<u32>| {
        let Some(row) = raw.get(line * stride..(line + 1) * stride) else { return };
        let (pixels, _) = row.as_chunks::<3>();
        for (&(a, b, share), o) in columns.iter().zip(out.as_chunks_mut::<3>().0) {
            let (p, q) = (pixels[a], pixels[b]);
            for c in 0..3 {
                o[c] = u32::from(p[c]) * (2048 - share) + u32::from(q[c]) * share;
            }
        }
    };
    for (&(a, b, share), out) in rows.iter().zip(target.as_mut().chunks_exact_mut(width as usize * 3)) {
        if kept[0].0 != a {
            kept.swap(0, 1);
            if kept[0].0 != a {
                kept[0].0 = a;
                fill(a, &mut kept[0].1);
            }
        }
        if share > 0 && kept[1].0 != b {
            kept[1].0 = b;
            fill(b, &mut kept[1].1);
        }
        let (upper, lower) = (&kept[0].1, &kept[1].1);
        for ((o, &u), &l) in out.iter_mut().zip(upper).zip(lower) {
            *o = ((u * (2048 - share) + l * share + (1 << 21)) >> 22) as u8;
        }
    }
    target
}

/// Which source pixels each target pixel covers along one axis.
struct Spans {
    /// First source index of each target pixel.
    first: Vec<usize>,
    /// `taps` shares for each target pixel, in 1/256, together exactly 1.
    shares: Vec<u16>,
    taps: usize,
}

impl Spans {
    /// `source` and `target` are at least 1 and `target` is at most `source`.
    fn new(source: u32, target: u32) -> Self {
        let scale = f64::from(source) / f64::from(target);
        let taps = (scale.ceil() as usize + 1).min(source as usize);
        let (mut first, mut shares) = (Vec::new(), Vec::new());
        for t in 0..target {
            let (from, to) = (f64::from(t) * scale, f64::from(t + 1) * scale);
            // The last spans start earlier, so that all have the same number of taps.
            let start = (from as usize).min(source as usize - taps);
            // Rounding the running share keeps the sum at exactly one, so brightness cannot drift.
            let mut done = 0;
            for i in start..start + taps {
                let covered = ((i + 1) as f64).min(to) - from;
                let last = i + 1 == start + taps;
                let upto =
                    if last { 256 } else { ((covered / scale).clamp(0.0, 1.0) * 256.0).round() as u16 };
                shares.push(upto - done);
                done = upto;
            }
            first.push(start);
        }
        Self { first, shares, taps }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[u16])> {
        self.first.iter().copied().zip(self.shares.chunks_exact(self.taps))
    }
}

/// Shrinks by averaging the area each target pixel covers. A side that would grow is kept as it is.
pub fn shrink_area(source: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (width, height) = (width.clamp(1, source.width().max(1)), height.clamp(1, source.height().max(1)));
    if (width, height) == source.dimensions() || source.width() == 0 || source.height() == 0 {
        return source.clone();
    }
    let columns = Spans::new(source.width(), width);
    let rows = Spans::new(source.height(), height);
    let stride = source.width() as usize * 3;
    let raw = source.as_raw();
    let mut target = RgbImage::new(width, height);
    // First down, because whole rows add up fast, then across. 255 · 256 fits 16 bits, which doubles the
    // number of values a processor adds at once; it cannot overflow, so the check that debug builds would
    // put between them (six times slower) is not wanted.
    let mut sums = vec![0_u16; stride];
    for ((first, shares), out) in rows.iter().zip(target.as_mut().chunks_exact_mut(width as usize * 3)) {
        sums.fill(0);
        for (i, &share) in shares.iter().enumerate().filter(|(_, share)| **share > 0) {
            let at = (first + i) * stride;
            let Some(row) = raw.get(at..at + stride) else { continue };
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(u16::from(value).wrapping_mul(share));
            }
        }
        let pixels = sums.as_chunks::<3>().0;
        for ((first, shares), o) in columns.iter().zip(out.as_chunks_mut::<3>().0) {
            let mut mixed = [1_u32 << 15; 3];
            let covered = pixels.get(first..first + shares.len()).unwrap_or(&[]);
            for (p, &share) in covered.iter().zip(shares) {
                for c in 0..3 {
                    mixed[c] = mixed[c].wrapping_add(u32::from(p[c]).wrapping_mul(u32::from(share)));
                }
            }
            *o = mixed.map(|m| (m >> 16) as u8);
        }
    }
    target
}

/// Shrinks so that the longer side is at most `side_max_px`; returns the picture and the factor (≤ 1).
/// `None` when it is small enough already.
pub fn shrink_to_fit(source: &RgbImage, side_max_px: u32) -> Option<(RgbImage, f32)> {
    let longer = source.width().max(source.height());
    if longer <= side_max_px || longer == 0 {
        return None;
    }
    let factor = f64::from(side_max_px) / f64::from(longer);
    let side = |n: u32| ((f64::from(n) * factor) as u32).max(1);
    Some((shrink_area(source, side(source.width()), side(source.height())), factor as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use proptest::prelude::*;

    fn ramp(w: u32, h: u32) -> RgbImage {
        RgbImage::from_fn(w, h, |x, y| Rgb([(x * 3 % 256) as u8, (y * 5 % 256) as u8, ((x + y) % 256) as u8]))
    }

    #[test]
    fn a_homography_takes_corners_to_corners_and_back() {
        let from = [[10.0, 20.0], [300.0, 40.0], [280.0, 200.0], [5.0, 190.0]];
        let to = [[0.0, 0.0], [100.0, 0.0], [100.0, 63.0], [0.0, 63.0]];
        let map = Homography::between(&from, &to).unwrap();
        let back = map.inverse().unwrap();
        for (p, q) in from.iter().zip(&to) {
            let there = map.apply(*p);
            let here = back.apply(*q);
            assert!((there[0] - q[0]).abs() < 1e-3 && (there[1] - q[1]).abs() < 1e-3);
            assert!((here[0] - p[0]).abs() < 1e-2 && (here[1] - p[1]).abs() < 1e-2);
        }
        let line = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]];
        assert!(Homography::between(&line, &to).is_none());
        assert!(Homography::between(&[[f32::NAN, 0.0]; 4], &to).is_none());
    }

    #[test]
    fn the_identity_warp_copies() {
        let picture = ramp(37, 23);
        let identity = Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        for sampling in [Sampling::Bilinear, Sampling::Bicubic] {
            for border in [Border::Replicate, Border::Black] {
                assert_eq!(warp_perspective(&picture, &identity, 37, 23, sampling, border), picture);
            }
        }
    }

    #[test]
    fn shrinking_keeps_the_mean_and_exact_blocks() {
        let picture =
            RgbImage::from_fn(8, 4, |x, y| Rgb([if (x / 2 + y / 2) % 2 == 0 { 0 } else { 200 }; 3]));
        let small = shrink_area(&picture, 4, 2);
        for (x, y, p) in small.enumerate_pixels() {
            assert_eq!(p.0, [if (x + y) % 2 == 0 { 0 } else { 200 }; 3]);
        }
        let white = RgbImage::from_pixel(1013, 701, Rgb([255; 3]));
        assert!(shrink_area(&white, 97, 33).pixels().all(|p| p.0 == [255; 3]));
    }

    #[test]
    fn bilinear_doubles_as_expected() {
        let picture = RgbImage::from_fn(2, 1, |x, _| Rgb([(x * 100) as u8; 3]));
        let wide = resize_bilinear(&picture, 4, 1);
        let row: Vec<u8> = wide.pixels().map(|p| p.0[0]).collect();
        assert_eq!(row, [0, 25, 75, 100]);
    }

    proptest! {
        #[test]
        fn no_size_and_no_map_panics(
            w in 1_u32..40, h in 1_u32..40, tw in 0_u32..60, th in 0_u32..60,
            m in proptest::array::uniform9(proptest::num::f64::ANY),
        ) {
            let picture = ramp(w, h);
            prop_assert_eq!(resize_bilinear(&picture, tw, th).dimensions(), (tw, th));
            let small = shrink_area(&picture, tw, th);
            prop_assert!(small.width() <= w && small.height() <= h);
            for sampling in [Sampling::Bilinear, Sampling::Bicubic] {
                for border in [Border::Replicate, Border::Black] {
                    let out = warp_perspective(&picture, &Homography(m), tw, th, sampling, border);
                    prop_assert_eq!(out.dimensions(), (tw, th));
                }
            }
        }

        #[test]
        fn flat_pictures_stay_flat(w in 1_u32..90, h in 1_u32..90, tw in 1_u32..90, th in 1_u32..90, v: u8) {
            let picture = RgbImage::from_pixel(w, h, Rgb([v; 3]));
            prop_assert!(resize_bilinear(&picture, tw, th).pixels().all(|p| p.0 == [v; 3]));
            prop_assert!(shrink_area(&picture, tw, th).pixels().all(|p| p.0 == [v; 3]));
        }
    }
}
