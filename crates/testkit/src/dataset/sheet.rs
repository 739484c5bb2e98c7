//! A contact sheet, to look over a painted folder at a glance.

use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage};

use crate::labels::Picture;

/// Lays small upright copies of the pictures side by side, with the true corners drawn in.
pub fn contact_sheet(dir: &Path, pictures: &[Picture], columns: u32, cell: u32) -> anyhow::Result<RgbImage> {
    let columns = columns.max(1);
    let rows = (pictures.len() as u32).div_ceil(columns).max(1);
    let mut sheet = RgbImage::from_pixel(columns * cell, rows * cell, Rgb([24; 3]));
    for (i, picture) in pictures.iter().enumerate() {
        let mut decoder = ImageReader::open(dir.join(&picture.file))?.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut full = DynamicImage::from_decoder(decoder)?;
        full.apply_orientation(orientation);
        let scale = (cell - 6) as f32 / picture.width.max(picture.height).max(1) as f32;
        let side = |v: u32| ((v as f32 * scale) as u32).max(1);
        let small = image::imageops::thumbnail(&full.into_rgb8(), side(picture.width), side(picture.height));
        let (x0, y0) = (i as u32 % columns * cell, i as u32 / columns * cell);
        image::imageops::replace(&mut sheet, &small, i64::from(x0), i64::from(y0));
        for (k, corner) in picture.corners.iter().flatten().enumerate() {
            let colour = [[255, 40, 40], [40, 255, 40], [60, 120, 255], [255, 230, 40]][k];
            let (cx, cy) = (x0 as f32 + corner[0] * scale, y0 as f32 + corner[1] * scale);
            for (dx, dy) in (-2..=2).flat_map(|a| (-2..=2).map(move |b| (a, b))) {
                let (px, py) = (cx as i64 + dx, cy as i64 + dy);
                if px >= i64::from(x0)
                    && py >= i64::from(y0)
                    && px < i64::from(x0 + cell)
                    && py < i64::from(y0 + cell)
                {
                    sheet.put_pixel(px as u32, py as u32, Rgb(colour));
                }
            }
        }
    }
    Ok(sheet)
}
