//! Quality of a picture of a card: values and the place where each is worst, no opinion.
//!
//! All measures work on the card seen flat at a fixed scale, so that a value means the same whatever the
//! picture's resolution, the card's place in it and the background.

mod cover;
mod flat;
mod frame;
mod grid;
mod light;
mod paper;
mod sharpness;
mod zones;

use crate::picture::Picture;
use flat::Flat;
use light::{WHOLE, place};
use paper::Paper;
use shiming_domain::evidence::{Measure, Measurement, Region};
use zones::Zones;

/// Corners of a card in working pixels, in the card's reading direction: top left, top right, bottom
/// right, bottom left. They may lie outside the picture.
pub type CardCorners = [[f32; 2]; 4];

/// Measures the picture of a card. Boxes are in pixels of the upright original; the order is that of
/// [`Measure`]. Corners that span no area give the measures of the frame only.
pub fn measure_card(picture: &Picture, corners: &CardCorners) -> Vec<Measurement> {
    let size = (picture.rgb.width() as f32, picture.rgb.height() as f32);
    let whole = flat::bounding(corners, size);
    let mut out = Vec::with_capacity(10);
    let mut add = |measure: Measure, value: f32, region: Option<Region>| {
        let region = region.map(|r| picture.to_original(r));
        out.push(Measurement { measure, value, region });
    };
    if let Some(flat) = Flat::new(&picture.rgb, corners) {
        let cells = grid::cells(&flat);
        add(Measure::Sharpness, sharpness::sharpness(&flat), whole);
        if let Some(paper) = Paper::new(&cells) {
            let zones = Zones::new(&cells, &paper);
            add(Measure::Brightness, paper.luma, whole);
            let (value, at) = light::clipped(&cells);
            add(Measure::Clipped, value, place(&flat, at));
            let (value, at) = light::glare(&cells, &paper, &zones);
            add(Measure::Glare, value, place(&flat, at));
            let (value, at) = light::shadow(&cells, &paper, &zones);
            add(Measure::Shadow, value, place(&flat, at));
            let (value, at) = cover::occlusion(&cells, &paper, &zones);
            add(Measure::Occlusion, value, place(&flat, at));
            add(Measure::Chroma, light::chroma(&cells, &paper), place(&flat, Some(WHOLE)));
        }
    }
    add(Measure::CardWidth, frame::width(corners) * picture.scale, whole);
    let (value, at) = frame::cut_off(corners, size);
    add(Measure::CutOff, value, at);
    add(Measure::Skew, frame::skew(corners), whole);
    out.sort_by_key(|m| m.measure);
    out
}

/// Measures a picture in which no card was found: its light, and its sharpness as if a card filled three
/// quarters of its longest side, which tells a hopelessly blurred card from a picture without one.
/// Sharpness is missing where there are no edges to judge by.
pub fn measure_scene(picture: &Picture) -> Vec<Measurement> {
    // A picture of 2048 pixels has far more than these need.
    let stride = (picture.rgb.len() / 3 / 200_000).max(1);
    let (mut sum, mut white, mut count) = (0_u64, 0_u64, 0_u64);
    for pixel in picture.rgb.as_raw().chunks_exact(3).step_by(stride) {
        let rgb = [pixel[0], pixel[1], pixel[2]];
        sum += u64::from(grid::luma(rgb));
        white += u64::from(rgb.iter().all(|v| *v >= grid::WHITE));
        count += 1;
    }
    let share = |n: u64| n as f32 / count.max(1) as f32;
    let measured = |measure, value| Measurement { measure, value, region: None };
    let sharpness = sharpness::scene_sharpness(&picture.rgb).map(|v| measured(Measure::Sharpness, v));
    let light = [measured(Measure::Brightness, share(sum)), measured(Measure::Clipped, share(white))];
    sharpness.into_iter().chain(light).collect()
}
