//! The card in the picture: where it lies, which side it shows, and the card seen flat.

mod edges;
pub mod flat;
pub mod geometry;
mod lines;
pub mod locate;
pub mod refine;
pub mod side;
