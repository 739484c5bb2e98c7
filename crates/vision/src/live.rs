//! One frame of a live challenge: small, quickly looked at, dropped at once.

use crate::decode::{DecodeError, Limits, decode};
use crate::face::{self, Embedding};
use crate::models::Models;
use crate::runtime::EngineError;
use shiming_domain::evidence::Face;

/// Most bytes of a frame.
pub const FRAME_BYTES_MAX: usize = 40 << 10;
/// Most pixels of a frame: the network looks at 640 × 640, more would be thrown away.
const FRAME_PIXELS_MAX: u64 = 640 * 640;

/// What a frame shows. The embedding lives as long as its challenge and is never stored.
#[derive(Debug)]
pub struct LiveFrame {
    /// Width and height, pixels.
    pub size: (u32, u32),
    /// All faces, largest first.
    pub faces: Vec<Face>,
    /// Of the largest face.
    pub embedding: Option<Embedding>,
}

/// Why a frame shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// It is no picture, or not within the limits.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A network failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Looks at one frame: at most [`FRAME_BYTES_MAX`] and 640 × 640 pixels.
pub fn look(models: &Models, bytes: &[u8]) -> Result<LiveFrame, FrameError> {
    let limits =
        Limits { bytes_max: FRAME_BYTES_MAX as u64, pixels_max: FRAME_PIXELS_MAX, ..Limits::default() };
    let picture = decode(bytes, &limits)?;
    let found = face::detect(models, &picture.rgb)?;
    let embedding = match found.first() {
        Some(first) => face::embed(models, &picture.rgb, &first.points)?,
        None => None,
    };
    let faces = found.iter().filter_map(|face| face::measure(&picture.rgb, face)).collect();
    Ok(LiveFrame { size: picture.rgb.dimensions(), faces, embedding })
}
