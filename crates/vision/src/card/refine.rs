//! Moves the sides of a roughly found outline onto the card's real edge, to a fraction of a pixel.

use super::geometry::{Point, Quad, centre, distance, intersection};
use image::RgbImage;

/// Positions sampled along each side.
const STATIONS: usize = 64;

/// Fits each side anew to the strongest colour step within `reach_px` of where it was thought to be. A side
/// with too few agreeing stations stays as it was; so does an outline that would move too far.
pub fn sides(rgb: &RgbImage, quad: &Quad, reach_px: f32) -> Quad {
    let middle = centre(quad);
    let fitted: [(Point, Point); 4] = std::array::from_fn(|i| {
        let (a, b) = (quad[i], quad[(i + 1) % 4]);
        fit(rgb, a, b, middle, reach_px).unwrap_or((a, b))
    });
    let mut out = *quad;
    for i in 0..4 {
        // Corner i lies where side i − 1 meets side i.
        match intersection(fitted[(i + 3) % 4], fitted[i]) {
            Some(p) if distance(p, quad[i]) < 3.0 * reach_px => out[i] = p,
            _ => return *quad,
        }
    }
    out
}

fn fit(rgb: &RgbImage, a: Point, b: Point, middle: Point, reach: f32) -> Option<(Point, Point)> {
    let len = distance(a, b);
    if len < 40.0 {
        return None;
    }
    let along = [(b[0] - a[0]) / len, (b[1] - a[1]) / len];
    let mut normal = [-along[1], along[0]];
    if (middle[0] - a[0]) * normal[0] + (middle[1] - a[1]) * normal[1] < 0.0 {
        normal = normal.map(|v| -v);
    }
    let steps = (2.0 * reach) as usize + 1;
    let mut found: Vec<(f32, f32, f32)> = Vec::with_capacity(STATIONS); // along, across, strength
    for s in 0..STATIONS {
        // The outer 7 % of a side are the rounded corners (ISO/IEC 7810: radius about 3 mm).
        let t = len * (0.07 + 0.86 * s as f32 / (STATIONS - 1) as f32);
        let mut profile: Vec<[f32; 3]> = Vec::with_capacity(steps + 2);
        for k in 0..steps + 2 {
            let d = k as f32 - 1.0 - reach;
            let p = [a[0] + t * along[0] + d * normal[0], a[1] + t * along[1] + d * normal[1]];
            match bilinear(rgb, p) {
                Some(v) => profile.push(v),
                None => break,
            }
        }
        if profile.len() < steps + 2 {
            continue;
        }
        let step = |k: usize| -> f32 {
            (0..3).map(|c| (profile[k + 1][c] - profile[k - 1][c]).abs()).sum::<f32>() / 6.0
        };
        let best = (1..=steps).max_by(|&i, &j| step(i).total_cmp(&step(j)))?;
        let strength = step(best);
        if strength > 1.5 {
            let (before, after) = (
                if best > 1 { step(best - 1) } else { 0.0 },
                if best < steps { step(best + 1) } else { 0.0 },
            );
            let bend = before + after - 2.0 * strength;
            let shift =
                if bend.abs() < 1e-3 { 0.0 } else { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) };
            found.push((t, best as f32 - 1.0 - reach + shift, strength));
        }
    }
    if found.len() < STATIONS / 3 {
        return None;
    }
    // The line through two stations that most stations agree with, then least squares on those.
    let mut best: (usize, f32, f32) = (0, 0.0, 0.0);
    for i in (0..found.len()).step_by(3) {
        for j in (i + 6..found.len()).step_by(3) {
            let slope = (found[j].1 - found[i].1) / (found[j].0 - found[i].0);
            let offset = found[i].1 - slope * found[i].0;
            let agree = found.iter().filter(|f| (f.1 - slope * f.0 - offset).abs() < 1.2).count();
            if agree > best.0 {
                best = (agree, slope, offset);
            }
        }
    }
    if best.0 < STATIONS / 3 {
        return None;
    }
    let near: Vec<_> =
        found.iter().filter(|f| (f.1 - best.1 * f.0 - best.2).abs() < 1.2).map(|f| (f.0, f.1)).collect();
    let n = near.len() as f32;
    let (mt, md) = near.iter().fold((0.0, 0.0), |(t, d), f| (t + f.0 / n, d + f.1 / n));
    let (stt, std) =
        near.iter().fold((0.0, 0.0), |(p, q), f| (p + (f.0 - mt) * (f.0 - mt), q + (f.0 - mt) * (f.1 - md)));
    let slope = if stt > 0.0 { std / stt } else { 0.0 };
    let at = |t: f32| {
        let d = md + slope * (t - mt);
        [a[0] + t * along[0] + d * normal[0], a[1] + t * along[1] + d * normal[1]]
    };
    Some((at(0.0), at(len)))
}

fn bilinear(rgb: &RgbImage, p: Point) -> Option<[f32; 3]> {
    let (w, h) = rgb.dimensions();
    if p[0] < 0.0 || p[1] < 0.0 || p[0] >= (w - 1) as f32 || p[1] >= (h - 1) as f32 {
        return None;
    }
    let (x, y) = (p[0] as u32, p[1] as u32);
    let (fx, fy) = (p[0] - x as f32, p[1] - y as f32);
    let px = |x, y| rgb.get_pixel(x, y).0.map(f32::from);
    let (a, b, c, d) = (px(x, y), px(x + 1, y), px(x, y + 1), px(x + 1, y + 1));
    Some(std::array::from_fn(|i| {
        (a[i] * (1.0 - fx) + b[i] * fx) * (1.0 - fy) + (c[i] * (1.0 - fx) + d[i] * fx) * fy
    }))
}
