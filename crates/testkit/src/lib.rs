#![doc = include_str!("../README.md")]

pub mod canvas;
pub mod card;
pub mod content;
pub mod dataset;
pub mod faces;
pub mod fonts;
pub mod geometry;
pub mod labels;
pub mod photo;
pub mod rng;
pub mod trial;
