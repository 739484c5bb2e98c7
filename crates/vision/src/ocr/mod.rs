//! Reading text: find lines, cut them out, recognise them.
//!
//! The recipe is PP-OCRv6 small's: DB detector, CTC recogniser, dictionary inside the recogniser's file.

mod boxes;
mod crop;
mod ctc;
mod detect;
mod dictionary;
mod recognise;

pub use crop::{crop_line, upright};
pub use ctc::{Char, Line, LineLogits};
pub use detect::{DetectOptions, InputSize, TextBox, detect};
pub use dictionary::{Dictionary, Mask};
pub use recognise::{LINES_MAX, recognise, recognise_logits};

use image::RgbImage;

/// Writes a picture as planar BGR, (v/255 − 0.5)/0.5, into the top-left corner of `plane`-wide rows of
/// `out` (three planes of `plane_w × plane_h`). What lies outside the picture stays as it was.
fn write_bgr(picture: &RgbImage, plane_w: usize, plane_h: usize, out: &mut [f32]) {
    let width = picture.width() as usize;
    if width == 0 || plane_w == 0 {
        return;
    }
    let table: [f32; 256] = std::array::from_fn(|v| (v as f32 / 255.0 - 0.5) / 0.5);
    let plane = plane_w * plane_h;
    let (blue, rest) = out.split_at_mut(plane.min(out.len()));
    let (green, red) = rest.split_at_mut(plane.min(rest.len()));
    let rows = picture.as_raw().chunks_exact(width * 3);
    let planes = blue
        .chunks_exact_mut(plane_w)
        .zip(green.chunks_exact_mut(plane_w))
        .zip(red.chunks_exact_mut(plane_w));
    for (row, ((blue, green), red)) in rows.zip(planes) {
        let pixels = row.as_chunks::<3>().0;
        for (((&[r, g, b], blue), green), red) in pixels.iter().zip(blue).zip(green).zip(red) {
            *blue = table[usize::from(b)];
            *green = table[usize::from(g)];
            *red = table[usize::from(r)];
        }
    }
}
