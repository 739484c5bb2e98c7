//! From picture bytes to evidence: typed facts, scores and boxes, no opinions.
//!
//! The only crate that touches pixels and networks. It knows no clock, no network and no files: bytes and
//! verified weights come in as arguments, facts go out.

pub mod alike;
pub mod analyse;
pub mod card;
pub mod convert;
pub mod decode;
pub mod encode;
pub mod face;
pub mod models;
pub mod ocr;
pub mod picture;
pub mod quality;
mod read;
pub mod runtime;
pub mod warp;
mod workers;
