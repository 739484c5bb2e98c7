//! Recognising strips of text.

use super::{Line, LineLogits, Mask, write_bgr};
use crate::models::Models;
use crate::runtime::EngineError;
use crate::warp::resize_bilinear;
use image::RgbImage;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Height of the recogniser's input, pixels.
const HEIGHT: usize = 48;
/// Inputs are at least this wide; shorter strips are padded on the right. The networks' own recipe says 320:
/// half of it reads 56 painted sides to the same characters in a sixth less time.
const WIDTH_MIN: usize = 160;
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

/// Runs the network once per strip, on as many threads as the networks allow, and keeps what is needed to
/// decode each answer in several ways. Strips are not batched: on one thread a batch of six takes six times
/// as long as one, and the padding comes on top.
pub fn recognise_logits(models: &Models, strips: &[RgbImage]) -> Result<Vec<LineLogits>, EngineError> {
    let readable = strips.iter().take(LINES_MAX).enumerate();
    let mut order: Vec<usize> =
        readable.filter(|(_, s)| s.width() > 0 && s.height() > 0).map(|(i, _)| i).collect();
    // Longest first, so that no thread is left alone with an address at the end.
    let aspect = |i: &usize| strips.get(*i).map_or(0, |s| s.width() * 64 / s.height().max(1));
    order.sort_by_key(|i| std::cmp::Reverse(aspect(i)));
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, LineLogits)>, EngineError> {
        let (mut done, mut input) = (Vec::new(), Vec::new());
        while let Some(&i) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(strip) = strips.get(i) {
                done.push((i, one(models, strip, &mut input)?));
            }
        }
        Ok(done)
    };
    let results = models.workers.share(models.concurrent.min(order.len()), work)?;
    let mut read = vec![LineLogits::default(); strips.len()];
    for (i, logits) in results.into_iter().flatten() {
        if let Some(slot) = read.get_mut(i) {
            *slot = logits;
        }
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
