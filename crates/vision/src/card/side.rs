//! What a candidate outline shows, from what costs little: a face where the portrait is printed, a red
//! emblem where the emblem is. Text decides later; this chooses the candidate and its orientation.

use super::flat::Flat;
use super::geometry::{Point, Quad, distance, turned};
use image::RgbImage;

/// Resolution of the first look, pixels per millimetre: 317 × 200 pixels. A portrait's face is then some 60
/// pixels high, and the face detector searches a picture of this size only once.
const LOOK_PX_PER_MM: f32 = 3.7;

/// Centre of a portrait's face must lie here, millimetres: left, top, right, bottom. Wider than the real
/// card's own place, because temporary and first-generation cards print it elsewhere on the right.
const FACE_PLACE_MM: [f32; 4] = [50.0, 8.0, 84.0, 40.0];
/// The emblem's place.
const EMBLEM_PLACE_MM: [f32; 4] = [3.0, 2.0, 24.0, 22.0];

/// A hint which side a candidate shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A face stands where the portrait belongs.
    Portrait,
    /// Red stands where the emblem belongs, and nowhere else.
    Emblem,
}

/// The readings of an outline worth trying: long side on top, both ways up; four when it looks square.
/// The one closest to upright comes first.
pub fn readings(quad: &Quad) -> Vec<Quad> {
    let horizontal = distance(quad[0], quad[1]) + distance(quad[2], quad[3]);
    let vertical = distance(quad[1], quad[2]) + distance(quad[3], quad[0]);
    let steps: &[usize] = if horizontal > 1.12 * vertical {
        &[0, 2]
    } else if vertical > 1.12 * horizontal {
        &[1, 3]
    } else {
        &[0, 1, 2, 3]
    };
    let mut out: Vec<Quad> = steps.iter().map(|&s| turned(quad, s)).collect();
    let lean = |q: &Quad| {
        let along = [q[1][0] - q[0][0] + q[2][0] - q[3][0], q[1][1] - q[0][1] + q[2][1] - q[3][1]];
        along[1].atan2(along[0]).abs()
    };
    out.sort_by(|a, b| lean(a).total_cmp(&lean(b)));
    out
}

/// A small flat picture for the first look.
pub fn thumbnail(picture: &RgbImage, reading: &Quad) -> Option<Flat> {
    Flat::card(picture, reading, LOOK_PX_PER_MM)
}

/// A face with this centre (millimetres on the card) is the card's portrait.
pub fn is_portrait_place([x, y]: Point) -> bool {
    let [l, t, r, b] = FACE_PLACE_MM;
    x > l && x < r && y > t && y < b
}

/// Red fills much of the emblem's place and little of the rest.
pub fn shows_emblem(flat: &Flat) -> bool {
    let k = flat.px_per_mm;
    let [l, t, r, b] = EMBLEM_PLACE_MM.map(|mm| mm * k);
    let (mut place, mut red_in, mut rest, mut red_out) = (0_u32, 0_u32, 0_u32, 0_u32);
    for (x, y, p) in flat.rgb.enumerate_pixels() {
        if (x + y) % 2 == 1 {
            continue; // every other pixel tells as much
        }
        let [red, green, blue] = p.0.map(i32::from);
        let is_red = red - green.max(blue) > 35 && red * 10 > green.max(blue) * 14;
        let (x, y) = (x as f32, y as f32);
        if x > l && x < r && y > t && y < b {
            place += 1;
            red_in += u32::from(is_red);
        } else {
            rest += 1;
            red_out += u32::from(is_red);
        }
    }
    let share_in = red_in as f32 / place.max(1) as f32;
    let share_out = red_out as f32 / rest.max(1) as f32;
    share_in > 0.12 && share_in > 6.0 * share_out
}
