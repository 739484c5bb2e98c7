//! Documents laid on a background, seen by a pinhole camera.

use image::RgbImage;
use image::imageops::FilterType;

use super::by_rows;
use crate::canvas::{rounded_rect_distance, sample};
use crate::card::Document;
use crate::geometry::{Homography, Quad, Rect, quad_width};

struct Layer {
    texture: RgbImage,
    /// Picture pixels to document millimetres.
    back: Homography,
    /// Texture pixels per millimetre.
    scale: f32,
    px_per_mm: f32,
    sheet: Rect,
    radius: f32,
    thickness: f32,
    /// Rows and columns of the picture it can touch.
    reach: Rect,
}

impl Layer {
    fn new(document: &Document, quad: &Quad) -> Self {
        let px_per_mm = quad_width(quad) / document.width_mm;
        let full_scale = document.image.width() as f32 / document.width_mm;
        // Shrink first when the document is seen small: one bilinear sample would skip pixels.
        let shrink = px_per_mm / full_scale;
        let texture = if shrink < 0.75 {
            let side = |v: u32| ((v as f32 * shrink * 1.15).round() as u32).max(2);
            let (w, h) = document.image.dimensions();
            image::imageops::resize(&document.image, side(w), side(h), FilterType::Triangle)
        } else {
            document.image.clone()
        };
        Self {
            scale: texture.width() as f32 / document.width_mm,
            texture,
            back: Homography::from_rect(document.width_mm, document.height_mm, quad).inverse(),
            px_per_mm,
            sheet: Rect::new(0.0, 0.0, document.width_mm, document.height_mm),
            radius: document.radius_mm.max(0.05),
            thickness: document.thickness_mm,
            reach: Rect::around(quad).grown(px_per_mm * (2.0 + 4.0 * document.thickness_mm)),
        }
    }
}

/// Lays the layers, last on top, over a background of any size (it is stretched to the picture).
/// Light comes from opposite `shade_to` (radians), so each document's shadow lies on that side.
pub(super) fn compose(
    ground: &RgbImage,
    width: u32,
    height: u32,
    layers: &[(&Document, Quad)],
    shade_to: f32,
) -> RgbImage {
    let layers: Vec<Layer> = layers.iter().map(|(document, quad)| Layer::new(document, quad)).collect();
    let mut image = RgbImage::new(width, height);
    let (gx, gy) = (ground.width() as f32 / width as f32, ground.height() as f32 / height as f32);
    let (shade_y, shade_x) = shade_to.sin_cos();
    by_rows(&mut image, |first, rows| {
        for (r, row) in rows.chunks_exact_mut(width as usize * 3).enumerate() {
            let y = (first + r) as f32 + 0.5;
            for (i, pixel) in row.chunks_exact_mut(3).enumerate() {
                let c = sample(ground, (i as f32 + 0.5) * gx, y * gy, true).unwrap_or([0.0; 3]);
                for k in 0..3 {
                    pixel[k] = (c[k] + 0.5) as u8;
                }
            }
            for layer in &layers {
                draw_row(layer, y, row, width, [shade_x, shade_y]);
            }
        }
    });
    image
}

fn draw_row(layer: &Layer, y: f32, row: &mut [u8], width: u32, shade: [f32; 2]) {
    if y < layer.reach.y || y > layer.reach.y + layer.reach.h {
        return;
    }
    let from = layer.reach.x.max(0.0) as usize;
    let to = (layer.reach.x + layer.reach.w).clamp(0.0, width as f32) as usize;
    let m = &layer.back.0;
    for x in from..to {
        let (px, py) = (x as f64 + 0.5, f64::from(y));
        let w = m[6] * px + m[7] * py + m[8];
        let at = [((m[0] * px + m[1] * py + m[2]) / w) as f32, ((m[3] * px + m[4] * py + m[5]) / w) as f32];
        let distance = rounded_rect_distance(layer.sheet, layer.radius, at);
        let pixel = &mut row[x * 3..x * 3 + 3];
        let cover = (0.5 - distance * layer.px_per_mm).clamp(0.0, 1.0);
        if cover < 1.0 {
            // Contact shadow: a soft rim all round and a longer one away from the light.
            let off = layer.thickness * 1.2;
            let cast = rounded_rect_distance(
                layer.sheet,
                layer.radius,
                [at[0] - shade[0] * off, at[1] - shade[1] * off],
            );
            let soft = 0.5 + layer.thickness;
            let dark =
                0.42 * (-(cast.max(0.0) / soft).powi(2)).exp() * (0.4 + 0.6 * layer.thickness.min(1.0));
            for v in pixel.iter_mut() {
                *v = (f32::from(*v) * (1.0 - dark)) as u8;
            }
        }
        if cover > 0.0 {
            let c =
                sample(&layer.texture, at[0] * layer.scale, at[1] * layer.scale, true).unwrap_or([0.0; 3]);
            // The cut edge of the plastic catches a little light.
            let rim = 1.0 + 0.05 * (1.0 - (-distance / 0.35).clamp(0.0, 1.0)) * layer.thickness;
            for k in 0..3 {
                pixel[k] = (f32::from(pixel[k]) * (1.0 - cover) + c[k] * rim * cover + 0.5).min(255.0) as u8;
            }
        }
    }
}
