//! `YuNet` 2023mar: boxes and five points.

use crate::models::Models;
use crate::runtime::{EngineError, Outputs};
use crate::warp::shrink_to_fit;
use image::RgbImage;
use shiming_domain::evidence::Region;

/// Side of the network's square input, pixels. The file is fixed to it.
const CANVAS: usize = 640;
/// A face too large for the network at full canvas is looked for again at this size.
const RETRY_SIDE_PX: u32 = 320;
/// Score above which a candidate counts.
const SCORE_MIN: f32 = 0.6;
/// Candidates overlapping a better one by more than this (intersection over union) are the same face.
const OVERLAP_MAX: f32 = 0.3;
/// Most faces reported for a picture.
pub const FACES_MAX: usize = 20;
/// Candidates looked at before overlaps are removed.
const CANDIDATES_MAX: usize = 1000;

/// A face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Where, pixels; may reach beyond the picture.
    pub region: Region,
    /// Detector's confidence, 0–1. It does not reveal a cut face.
    pub score: f32,
    /// Eye on the picture's left, eye on its right, nose tip, left and right mouth corner, pixels.
    pub points: [[f32; 2]; 5],
}

impl Detection {
    /// The same face on the picture enlarged by `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f32) -> Self {
        let Region { x, y, w, h } = self.region;
        Self {
            region: Region { x: x * factor, y: y * factor, w: w * factor, h: h * factor },
            score: self.score,
            points: self.points.map(|p| p.map(|v| v * factor)),
        }
    }

    /// The same face on a picture in which this one lies at (`dx`, `dy`).
    #[must_use]
    pub fn shifted(&self, dx: f32, dy: f32) -> Self {
        let Region { x, y, w, h } = self.region;
        Self {
            region: Region { x: x + dx, y: y + dy, w, h },
            score: self.score,
            points: self.points.map(|[x, y]| [x + dx, y + dy]),
        }
    }

    fn area(&self) -> f32 {
        self.region.w * self.region.h
    }
}

/// All faces, largest first, at most [`FACES_MAX`].
pub fn detect(models: &Models, picture: &RgbImage) -> Result<Vec<Detection>, EngineError> {
    let found = at_most(models, picture, CANVAS as u32)?;
    if !found.is_empty() || picture.width().max(picture.height()) <= RETRY_SIDE_PX {
        return Ok(found);
    }
    // The network was trained on faces up to about 300 px.
    at_most(models, picture, RETRY_SIDE_PX)
}

fn at_most(models: &Models, picture: &RgbImage, side_px: u32) -> Result<Vec<Detection>, EngineError> {
    if picture.width() == 0 || picture.height() == 0 {
        return Ok(Vec::new());
    }
    let shrunk = shrink_to_fit(picture, side_px);
    let (small, factor) = shrunk.as_ref().map_or((picture, 1.0), |(small, k)| (small, *k));
    let plane = CANVAS * CANVAS;
    let mut input = vec![0.0_f32; 3 * plane];
    let (blue, rest) = input.split_at_mut(plane);
    let (green, red) = rest.split_at_mut(plane);
    let planes =
        blue.chunks_exact_mut(CANVAS).zip(green.chunks_exact_mut(CANVAS)).zip(red.chunks_exact_mut(CANVAS));
    for (row, ((blue, green), red)) in small.as_raw().chunks_exact(small.width() as usize * 3).zip(planes) {
        for (((&[r, g, b], blue), green), red) in row.as_chunks::<3>().0.iter().zip(blue).zip(green).zip(red)
        {
            *blue = f32::from(b);
            *green = f32::from(g);
            *red = f32::from(r);
        }
    }
    let outputs = models.face_det.run(&[1, 3, CANVAS, CANVAS], &input)?;
    let mut faces = keep_best(candidates(&outputs)?);
    for face in &mut faces {
        *face = face.scaled(1.0 / factor);
    }
    faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
    Ok(faces)
}

fn candidates(outputs: &Outputs) -> Result<Vec<Detection>, EngineError> {
    let mut found = Vec::new();
    for stride in [8_usize, 16, 32] {
        let columns = CANVAS / stride;
        let cells = columns * columns;
        let values = |name: &str, width: usize| -> Result<&[f32], EngineError> {
            let output = outputs.get(&format!("{name}_{stride}"))?;
            if output.data().len() == cells * width {
                return Ok(output.data());
            }
            Err(EngineError::Shape {
                model: "face-det",
                detail: format!("{name}_{stride}: {:?} for {cells} cells", output.shape()),
            })
        };
        let (cls, obj) = (values("cls", 1)?, values("obj", 1)?);
        let (boxes, points) = (values("bbox", 4)?, values("kps", 10)?);
        for (i, (cls, obj)) in cls.iter().zip(obj).enumerate() {
            let score = (cls.clamp(0.0, 1.0) * obj.clamp(0.0, 1.0)).sqrt();
            // Also skips a score that is no number.
            if score.is_nan() || score <= SCORE_MIN {
                continue;
            }
            let cell = [(i % columns) as f32, (i / columns) as f32];
            if let (Some(b), Some(p)) = (boxes.as_chunks::<4>().0.get(i), points.as_chunks::<10>().0.get(i))
                && let Some(face) = decode(cell, stride as f32, score, b, p)
            {
                found.push(face);
            }
        }
    }
    Ok(found)
}

/// One cell's answer in canvas pixels; `None` if any value is not finite.
fn decode(cell: [f32; 2], stride: f32, score: f32, b: &[f32; 4], p: &[f32; 10]) -> Option<Detection> {
    let side = |v: f32| v.clamp(-10.0, 10.0).exp() * stride;
    let (w, h) = (side(b[2]), side(b[3]));
    let (cx, cy) = ((cell[0] + b[0]) * stride, (cell[1] + b[1]) * stride);
    let region = Region { x: cx - w / 2.0, y: cy - h / 2.0, w, h };
    let points = std::array::from_fn(|n| [(cell[0] + p[2 * n]) * stride, (cell[1] + p[2 * n + 1]) * stride]);
    let finite = [region.x, region.y, w, h].iter().chain(points.iter().flatten()).all(|v| v.is_finite());
    finite.then_some(Detection { region, score, points })
}

/// Non-maximum suppression over all strides together.
fn keep_best(mut candidates: Vec<Detection>) -> Vec<Detection> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates.truncate(CANDIDATES_MAX);
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in candidates {
        if kept.len() == FACES_MAX {
            break;
        }
        if kept.iter().all(|k| overlap(&k.region, &candidate.region) <= OVERLAP_MAX) {
            kept.push(candidate);
        }
    }
    kept
}

/// Intersection over union.
fn overlap(a: &Region, b: &Region) -> f32 {
    let width = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    let height = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    let common = width.max(0.0) * height.max(0.0);
    let union = a.w * a.h + b.w * b.h - common;
    if union > 0.0 { common / union } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn face(x: f32, w: f32, score: f32) -> Detection {
        Detection { region: Region { x, y: 0.0, w, h: w }, score, points: [[0.0; 2]; 5] }
    }

    #[test]
    fn the_better_of_two_overlapping_boxes_stays() {
        let kept = keep_best(vec![face(0.0, 10.0, 0.7), face(1.0, 10.0, 0.9), face(30.0, 10.0, 0.8)]);
        assert_eq!(kept.iter().map(|f| f.score).collect::<Vec<_>>(), [0.9, 0.8]);
        let row: Vec<_> = (0..50).map(|i| face(20.0 * i as f32, 10.0, 0.9)).collect();
        assert_eq!(keep_best(row).len(), FACES_MAX);
    }

    #[test]
    fn a_cell_decodes_as_published() {
        let face = decode([10.0, 20.0], 8.0, 0.9, &[0.5, 0.25, 0.0, 1.0], &[1.0; 10]).unwrap();
        assert!((face.region.w - 8.0).abs() < 1e-4 && (face.region.h - 8.0 * 1.0_f32.exp()).abs() < 1e-4);
        assert!((face.region.x - (84.0 - 4.0)).abs() < 1e-4);
        assert!((face.points[0][0] - 88.0).abs() < 1e-4 && (face.points[0][1] - 168.0).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn hostile_cells_give_finite_faces_or_none(
            b in proptest::array::uniform4(proptest::num::f32::ANY),
            p in proptest::collection::vec(proptest::num::f32::ANY, 10),
        ) {
            let mut points = [0.0; 10];
            points.copy_from_slice(&p);
            if let Some(f) = decode([3.0, 4.0], 32.0, 0.9, &b, &points) {
                prop_assert!(f.region.w.is_finite() && f.region.x.is_finite() && f.region.w > 0.0);
                prop_assert!(keep_best(vec![f, f]).len() <= 2);
            }
        }
    }
}
