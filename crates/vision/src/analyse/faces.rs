//! Faces of a scene and the portrait on a card, in pixels of the original.

use crate::card::flat::Flat;
use crate::face::{self, Embedding};
use crate::models::Models;
use crate::picture::Picture;
use crate::runtime::EngineError;
use image::RgbImage;
use shiming_domain::evidence::{Face, Region};

/// All faces of a picture, looked for on a copy that is `factor` times as large; largest first, and the embedding
/// of the largest.
pub(super) fn of_scene(
    models: &Models,
    picture: &Picture,
    (small, factor): (&RgbImage, f32),
) -> Result<(Vec<Face>, Option<Embedding>), EngineError> {
    let found = face::detect(models, small)?;
    let found: Vec<face::Detection> = found.iter().map(|d| d.scaled(1.0 / factor)).collect();
    let embedding = match found.first() {
        Some(first) => face::embed(models, &picture.rgb, &first.points)?,
        None => None,
    };
    let faces = found
        .iter()
        .filter_map(|d| face::measure(&picture.rgb, d))
        .map(|f| moved(&f, picture.scale, |p| picture.point_to_original(p), |r| picture.to_original(r)))
        .collect();
    Ok((faces, embedding))
}

/// Faces on the right half of a flat card, largest first, and the embedding of the largest.
pub(super) fn of_card(
    models: &Models,
    picture: &Picture,
    flat: &Flat,
) -> Result<(Vec<Face>, Option<Embedding>), EngineError> {
    // The portrait field with room around it: a detector sees a face better with its surroundings.
    let left = flat.rgb.width() / 2;
    let field: RgbImage =
        image::imageops::crop_imm(&flat.rgb, left, 0, flat.rgb.width() - left, flat.rgb.height()).to_image();
    let found = face::detect(models, &field)?;
    let embedding = match found.first() {
        Some(first) => face::embed(models, &field, &first.points)?,
        None => None,
    };
    let offset = left as f32;
    let to_original = |[x, y]: [f32; 2]| {
        let p = flat.point_to_picture([x + offset, y]);
        picture.point_to_original(p)
    };
    let faces = found
        .iter()
        .filter_map(|d| face::measure(&field, d))
        .map(|f| {
            let scale = enlargement(&f, to_original);
            moved(&f, scale, to_original, |r| {
                flat.region(
                    picture,
                    [r.x + offset, r.y, r.x + offset + r.w, r.y + r.h].map(|v| v / flat.px_per_mm),
                )
            })
        })
        .collect();
    Ok((faces, embedding))
}

/// Original pixels per flat pixel between the eyes.
fn enlargement(face: &Face, to_original: impl Fn([f32; 2]) -> [f32; 2]) -> f32 {
    let [a, b] = [to_original(face.points[0]), to_original(face.points[1])];
    let (dx, dy) = (a[0] - b[0], a[1] - b[1]);
    if face.eye_distance_px > 0.0 { dx.hypot(dy) / face.eye_distance_px } else { 1.0 }
}

fn moved(
    face: &Face,
    scale: f32,
    point: impl Fn([f32; 2]) -> [f32; 2],
    region: impl Fn(Region) -> Region,
) -> Face {
    Face {
        region: region(face.region),
        points: face.points.map(&point),
        eye_distance_px: face.eye_distance_px * scale,
        ..face.clone()
    }
}
