//! Finding lines of text.

use super::{boxes, write_bgr};
use crate::models::Models;
use crate::runtime::EngineError;
use crate::warp::{resize_bilinear, shrink_to_fit};
use image::RgbImage;

/// Sides of the network's input are multiples of this, pixels.
const GRID: u32 = 32;
/// Shorter side below which the picture is enlarged under [`InputSize::Recipe`].
const SHORT_SIDE_MIN_PX: u32 = 736;
/// Nothing larger is ever sent to the network, pixels. Its memory grows with the area, by about 260 MiB per
/// million pixels, and the whole program is to stay under 600.
const SIDE_MAX_PX: u32 = 2048;
const AREA_MAX_PX: f64 = 1_500_000.0;

/// A line of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextBox {
    /// Top left, top right, bottom right, bottom left, whole pixels of the picture that was searched.
    pub corners: [[f32; 2]; 4],
    /// Mean probability that its pixels are text, 0–1.
    pub score: f32,
}

/// How large the picture is made for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputSize {
    /// The networks' own rule: shorter side at least 736, up to 1.5 million pixels. For whole photos.
    Recipe,
    /// Exactly this; rounded to multiples of 32. For a rectified card, whose text size is known.
    Exact {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

/// Settings of [`detect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetectOptions {
    /// Pictures are shrunk to this longer side first, pixels, at most 2048.
    pub side_max_px: u32,
    /// Size for the network.
    pub input: InputSize,
}

impl Default for DetectOptions {
    fn default() -> Self {
        Self { side_max_px: 2000, input: InputSize::Recipe }
    }
}

/// Lines of text in reading order (rows from the top, left to right). On cards assign boxes to fields by
/// position instead of relying on the order.
pub fn detect(
    models: &Models,
    picture: &RgbImage,
    options: &DetectOptions,
) -> Result<Vec<TextBox>, EngineError> {
    if picture.width() == 0 || picture.height() == 0 {
        return Ok(Vec::new());
    }
    let (width, height) = input_size(picture.dimensions(), options);
    let shrunk = shrink_to_fit(picture, options.side_max_px.clamp(GRID, SIDE_MAX_PX));
    let ready = resize_bilinear(shrunk.as_ref().map_or(picture, |(small, _)| small), width, height);
    let (w, h) = (width as usize, height as usize);
    let mut input = vec![0.0; 3 * w * h];
    write_bgr(&ready, w, h, &mut input);
    let outputs = models.ocr_det.run(&[1, 3, h, w], &input)?;
    let output = outputs.single()?;
    if output.shape() != [1, 1, h, w] {
        return Err(EngineError::Shape {
            model: "ocr-det",
            detail: format!("[1, 1, {h}, {w}] expected, {:?} found", output.shape()),
        });
    }
    let scale = [picture.width() as f32 / width as f32, picture.height() as f32 / height as f32];
    let mut lines: Vec<TextBox> = boxes::find(output.data(), w, h)
        .iter()
        .filter_map(|found| {
            let corners = on_picture(&found.corners, scale, picture.dimensions())?;
            Some(TextBox { corners, score: found.score })
        })
        .collect();
    reading_order(&mut lines);
    Ok(lines)
}

fn input_size((width, height): (u32, u32), options: &DetectOptions) -> (u32, u32) {
    let (w, h) = match options.input {
        InputSize::Exact { width, height } => (f64::from(width.max(1)), f64::from(height.max(1))),
        InputSize::Recipe => {
            let (w, h) = (f64::from(width), f64::from(height));
            let side_max = f64::from(options.side_max_px.clamp(GRID, SIDE_MAX_PX));
            let shrink = (side_max / w.max(h)).min(1.0);
            let enlarge = (f64::from(SHORT_SIDE_MIN_PX) / (w.min(h) * shrink)).max(1.0);
            (w * shrink * enlarge, h * shrink * enlarge)
        }
    };
    // A very long picture cannot have both a long enough short side and a bounded long one.
    let fit = (f64::from(SIDE_MAX_PX) / w.max(h)).min((AREA_MAX_PX / (w * h)).sqrt()).min(1.0);
    let grid = |side: f64| {
        let cells =
            (side * fit / f64::from(GRID)).round_ties_even().clamp(1.0, f64::from(SIDE_MAX_PX / GRID));
        cells as u32 * GRID
    };
    (grid(w), grid(h))
}

/// Corners in picture pixels, rounded, clipped and ordered; `None` if a side is 3 px or less.
fn on_picture(corners: &[[f32; 2]; 4], scale: [f32; 2], size: (u32, u32)) -> Option<[[f32; 2]; 4]> {
    let limit = [size.0.saturating_sub(1) as f32, size.1.saturating_sub(1) as f32];
    let mut points = corners.map(|p| {
        [(p[0] * scale[0]).round().clamp(0.0, limit[0]), (p[1] * scale[1]).round().clamp(0.0, limit[1])]
    });
    // The two leftmost are the left side; of each side the upper comes first.
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [a, b, c, d] = points;
    let (top_left, bottom_left) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    let (top_right, bottom_right) = if c[1] <= d[1] { (c, d) } else { (d, c) };
    let length = |p: [f32; 2], q: [f32; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
    let long_enough = length(top_left, top_right) > 3.0 && length(top_left, bottom_left) > 3.0;
    long_enough.then_some([top_left, top_right, bottom_right, bottom_left])
}

/// A gap of 10 px between the tops starts a new row.
fn reading_order(lines: &mut [TextBox]) {
    lines.sort_by(|a, b| a.corners[0][1].total_cmp(&b.corners[0][1]));
    let mut start = 0;
    for i in 1..=lines.len() {
        let new_row = i == lines.len() || lines[i].corners[0][1] - lines[i - 1].corners[0][1] >= 10.0;
        if new_row {
            lines[start..i].sort_by(|a, b| a.corners[0][0].total_cmp(&b.corners[0][0]));
            start = i;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_follow_the_recipe() {
        let recipe = DetectOptions::default();
        assert_eq!(input_size((1000, 631), &recipe), (1152, 736));
        assert_eq!(input_size((1200, 900), &recipe), (1216, 896));
        assert_eq!(input_size((4000, 3000), &recipe), (1408, 1056), "as much as memory allows");
        let exact = DetectOptions { input: InputSize::Exact { width: 960, height: 606 }, ..recipe };
        assert_eq!(input_size((1000, 631), &exact), (960, 608));
    }

    #[test]
    fn rows_then_columns() {
        let at = |x: f32, y: f32| TextBox { corners: [[x, y]; 4], score: 1.0 };
        let mut lines = [at(50.0, 104.0), at(10.0, 0.0), at(200.0, 100.0), at(300.0, 3.0)];
        reading_order(&mut lines);
        let order: Vec<f32> = lines.iter().map(|l| l.corners[0][0]).collect();
        assert_eq!(order, [10.0, 300.0, 50.0, 200.0]);
    }

    proptest! {
        #[test]
        fn the_network_never_gets_more_than_memory_allows(w in 0_u32..30_000, h in 0_u32..30_000, s: u32, exact: bool) {
            let input = if exact { InputSize::Exact { width: w, height: h } } else { InputSize::Recipe };
            let options = DetectOptions { side_max_px: s, input };
            let (w, h) = (w.max(1), h.max(1));
            let (a, b) = input_size((w, h), &options);
            prop_assert!(a % GRID == 0 && b % GRID == 0 && a > 0 && b > 0);
            prop_assert!(a <= SIDE_MAX_PX && b <= SIDE_MAX_PX);
            prop_assert!(f64::from(a * b) <= 1.05 * AREA_MAX_PX);
        }

        #[test]
        fn corners_stay_on_the_picture(c in proptest::array::uniform8(-1e4_f32..1e4)) {
            let corners = [[c[0], c[1]], [c[2], c[3]], [c[4], c[5]], [c[6], c[7]]];
            if let Some(found) = on_picture(&corners, [1.3, 0.7], (640, 400)) {
                for [x, y] in found {
                    prop_assert!((0.0..640.0).contains(&x) && (0.0..400.0).contains(&y));
                }
            }
        }
    }
}
