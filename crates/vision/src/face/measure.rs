//! Facts about one face: pose from five points, light and sharpness of the chip, covered or not.

use super::align::{CHIP_PX, Chip, align};
use super::covered::covered;
use super::detect::Detection;
use image::RgbImage;
use shiming_domain::evidence::Face;

/// Distance a face keeps from the picture's edge, as a share of the box side.
const MARGIN: f32 = 0.02;

/// Measures a face on the picture it was found on; coordinates are that picture's. `None` if its points
/// coincide, so that there is nothing to measure.
pub fn measure(picture: &RgbImage, face: &Detection) -> Option<Face> {
    let chip = align(picture, &face.points)?;
    let pose = Pose::of(&face.points)?;
    let luma = chip.luma();
    Some(Face {
        region: face.region,
        score: face.score,
        points: face.points,
        eye_distance_px: pose.eye_distance,
        roll_degrees: pose.roll_degrees,
        yaw_ratio: pose.yaw,
        pitch_ratio: pose.pitch,
        sharpness: sharpness(&luma),
        brightness: brightness(&luma),
        highlights: highlights(&luma),
        clipped: clipped(&chip),
        covered: covered(&chip),
        inside: inside(face, picture.dimensions()),
        living: None,
    })
}

/// Ratios of the five points. They are no angles and differ between people: judge the change.
struct Pose {
    eye_distance: f32,
    roll_degrees: f32,
    yaw: f32,
    pitch: f32,
}

impl Pose {
    fn of(points: &[[f32; 2]; 5]) -> Option<Self> {
        let [left, right, nose, mouth_left, mouth_right] = *points;
        let minus = |a: [f32; 2], b: [f32; 2]| [a[0] - b[0], a[1] - b[1]];
        let dot = |a: [f32; 2], b: [f32; 2]| a[0] * b[0] + a[1] * b[1];
        let middle = |a: [f32; 2], b: [f32; 2]| [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])];
        let across = minus(right, left);
        let eye_distance = across[0].hypot(across[1]);
        if !eye_distance.is_finite() || eye_distance <= 0.0 {
            return None;
        }
        let u = across.map(|v| v / eye_distance);
        let v = [-u[1], u[0]];
        let eyes = middle(left, right);
        let mouth = middle(mouth_left, mouth_right);
        let drop = dot(minus(mouth, eyes), v);
        let pitch = dot(minus(nose, eyes), v) / drop;
        let yaw = dot(minus(nose, eyes), u) / eye_distance;
        (pitch.is_finite() && yaw.is_finite()).then(|| Self {
            eye_distance,
            roll_degrees: u[1].atan2(u[0]).to_degrees(),
            yaw,
            pitch,
        })
    }
}

/// The middle of the chip: from brows to chin, without hair and background.
fn is_face(i: usize) -> bool {
    let (x, y) = ((i % CHIP_PX) as f32, (i / CHIP_PX) as f32);
    ((x - 74.0) / 42.0).powi(2) + ((y - 78.0) / 52.0).powi(2) <= 1.0
}

/// Mean luma of the face, 0–255.
fn brightness(luma: &[f32]) -> f32 {
    let (mut sum, mut n) = (0.0, 0.0);
    for (i, v) in luma.iter().enumerate() {
        if is_face(i) {
            sum += v;
            n += 1.0;
        }
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

/// The luma that 2 % of the whole chip exceed, 0–255.
fn highlights(luma: &[f32]) -> f32 {
    let mut sorted = luma.to_vec();
    let at = sorted.len() * 98 / 100;
    if at >= sorted.len() {
        return 0.0;
    }
    *sorted.select_nth_unstable_by(at, f32::total_cmp).1
}

/// From here on a colour is at the end of its range: compression leaves some of it a little below.
const CLIPPED: f32 = 250.0;

/// Share of the face on which a colour is at the upper end of its range, 0–1. Skin loses its red first.
fn clipped(chip: &Chip) -> f32 {
    let planes = [0, 1, 2].map(|channel| chip.plane(channel));
    let (mut at_the_end, mut n) = (0.0, 0.0);
    for i in (0..CHIP_PX * CHIP_PX).filter(|i| is_face(*i)) {
        let is_clipped = planes.iter().any(|plane| plane.get(i).is_some_and(|v| *v >= CLIPPED));
        at_the_end += f32::from(u8::from(is_clipped));
        n += 1.0;
    }
    if n > 0.0 { at_the_end / n } else { 0.0 }
}

/// Strength of the finest detail against the contrast of the face, so that light does not matter: RMS of
/// the Laplacian over the standard deviation of luma, ×100. Also low when a small face was enlarged.
fn sharpness(luma: &[f32]) -> f32 {
    let mean = brightness(luma);
    let (mut detail, mut contrast, mut n) = (0.0_f64, 0.0_f64, 0.0_f64);
    for y in 1..CHIP_PX - 1 {
        for x in 1..CHIP_PX - 1 {
            let i = y * CHIP_PX + x;
            if !is_face(i) {
                continue;
            }
            let at = |i: usize| luma.get(i).copied().unwrap_or(0.0);
            let laplacian = 4.0 * at(i) - at(i - 1) - at(i + 1) - at(i - CHIP_PX) - at(i + CHIP_PX);
            detail += f64::from(laplacian).powi(2);
            contrast += f64::from(at(i) - mean).powi(2);
            n += 1.0;
        }
    }
    if n == 0.0 {
        return 0.0;
    }
    // The floor keeps a flat patch with a little noise from looking sharp.
    let (detail, contrast) = ((detail / n).sqrt(), (contrast / n).sqrt().max(8.0));
    (100.0 * detail / contrast) as f32
}

/// Box and points at least a margin away from every edge.
fn inside(face: &Detection, (width, height): (u32, u32)) -> bool {
    let r = face.region;
    let margin = MARGIN * r.w.max(r.h);
    let within = |x: f32, y: f32| {
        x >= margin && y >= margin && x <= width as f32 - margin && y <= height as f32 - margin
    };
    within(r.x, r.y) && within(r.x + r.w, r.y + r.h) && face.points.iter().all(|p| within(p[0], p[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shiming_domain::evidence::Region;

    const FRONTAL: [[f32; 2]; 5] = [[40.0, 50.0], [80.0, 50.0], [60.0, 73.6], [45.0, 90.0], [75.0, 90.0]];

    fn turned(points: [[f32; 2]; 5], degrees: f32) -> [[f32; 2]; 5] {
        let (s, c) = degrees.to_radians().sin_cos();
        points.map(|[x, y]| [c * x - s * y, s * x + c * y])
    }

    #[test]
    fn pose_is_independent_of_roll() {
        for degrees in [-40.0, 0.0, 25.0, 90.0] {
            let pose = Pose::of(&turned(FRONTAL, degrees)).unwrap();
            assert!((pose.roll_degrees - degrees).abs() < 0.01);
            assert!(pose.yaw.abs() < 1e-4 && (pose.pitch - 0.59).abs() < 1e-3);
            assert!((pose.eye_distance - 40.0).abs() < 1e-3);
        }
        assert!(Pose::of(&[[1.0; 2]; 5]).is_none());
    }

    #[test]
    fn a_face_at_the_edge_is_not_inside() {
        let face = |x| Detection {
            region: Region { x, y: 10.0, w: 50.0, h: 60.0 },
            score: 0.9,
            points: [[60.0, 40.0]; 5],
        };
        assert!(inside(&face(20.0), (200, 200)));
        assert!(!inside(&face(-3.0), (200, 200)));
        assert!(!inside(&face(20.0), (70, 200)));
    }

    #[test]
    fn light_is_told_from_skin() {
        // A dark face with a bright collar, and a light one without any light.
        let at = |i: usize| if i / CHIP_PX > 140 { 200.0 } else { 70.0 };
        let dark_skin: Vec<f32> = (0..CHIP_PX * CHIP_PX).map(at).collect();
        let little_light = vec![70.0; CHIP_PX * CHIP_PX];
        assert_eq!((brightness(&dark_skin), brightness(&little_light)), (70.0, 70.0));
        assert_eq!((highlights(&dark_skin), highlights(&little_light)), (200.0, 70.0));
        assert!(highlights(&[]).abs() < f32::EPSILON, "without a chip there is no light");
    }

    #[test]
    fn a_face_without_red_left_is_clipped() {
        let n = CHIP_PX * CHIP_PX;
        let chip = |red: f32| Chip([vec![red; n], vec![190.0; n], vec![170.0; n]].concat());
        assert_eq!((clipped(&chip(255.0)), clipped(&chip(240.0))), (1.0, 0.0));
    }

    proptest! {
        #[test]
        fn no_points_panic(p in proptest::collection::vec(proptest::num::f32::ANY, 10)) {
            let points = std::array::from_fn(|i| [p[2 * i], p[2 * i + 1]]);
            let face = Detection { region: Region { x: p[0], y: p[1], w: p[2], h: p[3] }, score: 0.9, points };
            let picture = RgbImage::from_pixel(30, 30, image::Rgb([80; 3]));
            if let Some(measured) = measure(&picture, &face) {
                prop_assert!(measured.covered >= 0.0 && measured.covered <= 1.0);
                prop_assert!(measured.sharpness.is_finite());
                prop_assert!(measured.highlights >= 0.0 && measured.highlights <= 255.0);
                prop_assert!(measured.clipped >= 0.0 && measured.clipped <= 1.0);
            }
        }
    }
}
