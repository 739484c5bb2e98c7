//! Recognising strips of text.

use super::{Line, LineLogits, Mask, write_bgr};
use crate::models::Models;
use crate::runtime::EngineError;
use crate::warp::resize_bilinear;
use image::RgbImage;

/// Height of the recogniser's input, pixels.
const HEIGHT: usize = 48;
/// Inputs are at least this wide, as in training; shorter strips are padded on the right.
const WIDTH_MIN: usize = 320;
/// Longest input, pixels: an address of 60 characters.
const WIDTH_MAX: usize = 3072;
/// Most strips read in one call; more are an error of the caller's and stay unread.
pub const LINES_MAX: usize = 40;

/// Reads strips, at most [`LINES_MAX`]; the rest come back empty. With a mask only its characters compete.
pub fn recognise(
    models: &Models,
    strips: &[RgbImage],
    mask: Option<&Mask>,
) -> Result<Vec<Line>, EngineError> {
    let logits = recognise_logits(models, strips)?;
    Ok(logits.iter().map(|l| mask.map_or_else(|| l.decode(), |m| l.decode_masked(m))).collect())
}

/// Runs the network once per strip and keeps what is needed to decode each answer in several ways.
pub fn recognise_logits(models: &Models, strips: &[RgbImage]) -> Result<Vec<LineLogits>, EngineError> {
    let mut read = Vec::with_capacity(strips.len());
    let mut input = Vec::new();
    for (i, strip) in strips.iter().enumerate() {
        let empty = strip.width() == 0 || strip.height() == 0;
        read.push(if empty || i >= LINES_MAX {
            LineLogits::new(&[], &models.dictionary, 1.0)
        } else {
            one(models, strip, &mut input)?
        });
    }
    Ok(read)
}

fn one(models: &Models, strip: &RgbImage, input: &mut Vec<f32>) -> Result<LineLogits, EngineError> {
    let aspect = f64::from(strip.width()) / f64::from(strip.height());
    let own = ((HEIGHT as f64 * aspect).ceil() as usize).clamp(1, WIDTH_MAX);
    let padded = ((HEIGHT as f64 * aspect) as usize).clamp(WIDTH_MIN, WIDTH_MAX);
    let own = own.min(padded);
    let ready = resize_bilinear(strip, own as u32, HEIGHT as u32);
    input.clear();
    input.resize(3 * HEIGHT * padded, 0.0);
    write_bgr(&ready, padded, HEIGHT, input);
    let outputs = models.ocr_rec.run(&[1, 3, HEIGHT, padded], input)?;
    let output = outputs.single()?;
    match output.shape() {
        [1, _, classes] if *classes == models.dictionary.classes() => {
            let scale = strip.height() as f32 / HEIGHT as f32;
            Ok(LineLogits::new(output.data(), &models.dictionary, scale))
        }
        other => Err(EngineError::Shape { model: "ocr-rec", detail: format!("unexpected output {other:?}") }),
    }
}
