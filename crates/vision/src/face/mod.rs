//! Faces: find them, measure them, compare them.
//!
//! Nothing here decides whether two pictures show one person: distances go out, thresholds live in the
//! policy.

mod align;
mod covered;
mod detect;
mod embed;
mod measure;
mod passive;

pub use align::{CHIP_PX, Chip, align};
pub use detect::{Detection, FACES_MAX, detect};
pub use embed::{EMBEDDING_LEN, Embedding, embed, embed_averaged};
pub use measure::measure;
pub use passive::living;
