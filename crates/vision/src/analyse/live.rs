//! One frame of a live challenge: small, many a second, and of interest only for the faces in it.

use crate::decode::{Limits, decode};
use crate::face::{self, Embedding};
use crate::models::Models;
use crate::runtime::EngineError;
use shiming_domain::evidence::Face;

/// Bytes of a frame: a JPEG of 320 pixels has 4 to 8 thousand.
pub const FRAME_BYTES_MAX: usize = 40_000;
/// Bounds on what is decoded for a frame, however few its bytes are.
const LIMITS: Limits =
    Limits { bytes_max: FRAME_BYTES_MAX as u64, pixels_max: 640 * 640, working_side_max: 640 };

/// What a frame shows.
pub struct LiveFrame {
    /// Width and height, pixels.
    pub size: (u32, u32),
    /// All faces, largest first.
    pub faces: Vec<Face>,
    /// Of the largest, if it was asked for.
    pub embedding: Option<Embedding>,
}

/// Looks at a frame. `None` if it is no JPEG within the bounds.
pub fn live(models: &Models, jpeg: &[u8], with_embedding: bool) -> Result<Option<LiveFrame>, EngineError> {
    let Some(picture) = decode(jpeg, &LIMITS).ok().filter(|picture| picture.file.format == "jpeg") else {
        return Ok(None);
    };
    let found = face::detect(models, &picture.rgb)?;
    let embedding = match found.first() {
        Some(first) if with_embedding => face::embed(models, &picture.rgb, &first.points)?,
        _ => None,
    };
    let faces = found.iter().filter_map(|face| face::measure(&picture.rgb, face)).collect();
    Ok(Some(LiveFrame { size: picture.rgb.dimensions(), faces, embedding }))
}
