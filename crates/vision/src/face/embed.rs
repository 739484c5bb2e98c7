//! 128 numbers that are close for pictures of one person.

use super::align::{Aligner, CHIP_PX, Chip};
use crate::models::Models;
use crate::runtime::EngineError;
use image::RgbImage;
use std::fmt;

/// Values in an embedding.
pub const EMBEDDING_LEN: usize = 128;
/// Chips an averaged embedding is made of: as found and mirrored.
const SHIFTS: [[f64; 2]; 1] = [[0.0, 0.0]];

/// A face as a point in space. It identifies a person: no `Debug` of the values, never logged.
#[derive(Clone, PartialEq)]
pub struct Embedding([f32; EMBEDDING_LEN]);

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedding(…)")
    }
}

impl Embedding {
    /// Euclidean distance of the raw vectors, 0 and up. The customary 0.6 refers to raw vectors, so there is
    /// no normalisation.
    pub fn distance(&self, other: &Self) -> f32 {
        let sum: f32 = self.0.iter().zip(&other.0).map(|(a, b)| (a - b) * (a - b)).sum();
        sum.sqrt()
    }

    /// Length of the vector; 1.3–1.7 for real faces.
    pub fn norm(&self) -> f32 {
        self.0.iter().map(|v| v * v).sum::<f32>().sqrt()
    }

    /// The values, for tests and for sealed storage.
    pub fn values(&self) -> &[f32; EMBEDDING_LEN] {
        &self.0
    }
}

/// The embedding of one face; `None` if its points cannot be aligned.
pub fn embed(
    models: &Models,
    picture: &RgbImage,
    points: &[[f32; 2]; 5],
) -> Result<Option<Embedding>, EngineError> {
    let Some(aligner) = Aligner::new(picture, points) else { return Ok(None) };
    Ok(run(models, &[aligner.chip(0.0, 0.0)])?.pop())
}

/// The mean embedding of several views of one face, from a single run of the network.
pub fn embed_averaged(
    models: &Models,
    picture: &RgbImage,
    points: &[[f32; 2]; 5],
) -> Result<Option<Embedding>, EngineError> {
    let Some(aligner) = Aligner::new(picture, points) else { return Ok(None) };
    let views: Vec<Chip> = SHIFTS
        .iter()
        .flat_map(|&[dx, dy]| {
            let chip = aligner.chip(dx, dy);
            let mirrored = chip.mirrored();
            [chip, mirrored]
        })
        .collect();
    Ok(mean(&run(models, &views)?))
}

fn mean(all: &[Embedding]) -> Option<Embedding> {
    if all.is_empty() {
        return None;
    }
    let mut sum = [0.0; EMBEDDING_LEN];
    for one in all {
        for (s, v) in sum.iter_mut().zip(&one.0) {
            *s += v / all.len() as f32;
        }
    }
    Some(Embedding(sum))
}

fn run(models: &Models, chips: &[Chip]) -> Result<Vec<Embedding>, EngineError> {
    let input: Vec<f32> = chips.iter().flat_map(|chip| chip.planes().iter().copied()).collect();
    let outputs = models.face_emb.run(&[chips.len(), 3, CHIP_PX, CHIP_PX], &input)?;
    let output = outputs.single()?;
    let (rows, rest) = output.data().as_chunks::<EMBEDDING_LEN>();
    let finite = output.data().iter().all(|v| v.is_finite());
    if rows.len() != chips.len() || !rest.is_empty() || !finite {
        return Err(EngineError::Shape {
            model: "face-emb",
            detail: format!("{} finite vectors expected, {:?} found", chips.len(), output.shape()),
        });
    }
    Ok(rows.iter().map(|row| Embedding(*row)).collect())
}
