//! Things lying on the card: a finger, a sticker, a card sleeve's edge.

use image::RgbImage;

use super::field_place;
use crate::canvas::{rounded_rect_distance, segment_distance};
use crate::card::Document;
use crate::geometry::{Homography, Rect};
use crate::photo::by_rows;
use crate::rng::Rng;

/// A shape in document millimetres.
enum Shape {
    /// A finger reaching in from outside the card.
    Finger { from: [f32; 2], tip: [f32; 2], radius: f32 },
    /// A sticker.
    Sticker { rect: Rect },
    /// Cloth: a strap across the card or a sleeve's edge along one side.
    Cloth { rect: Rect },
}

/// What lies on the card.
pub(super) struct Cover {
    shape: Shape,
    colour: [f32; 3],
}

impl Cover {
    /// Covers part of a printed value; more with rising grade `g`.
    pub(super) fn new(document: &Document, g: f32, rng: &mut Rng) -> Self {
        let (w, h) = (document.width_mm, document.height_mm);
        match rng.below(10) {
            0..4 => {
                let skin = rng.pick(&[
                    [224.0, 172.0, 140.0],
                    [198.0, 142.0, 108.0],
                    [150.0, 102.0, 76.0],
                    [236.0, 190.0, 164.0],
                ]);
                let tip = field_place(document, rng);
                // From the nearest edge, as a hand holding the card.
                let gaps = [tip[0], w - tip[0], tip[1], h - tip[1]];
                let nearest = (0..4).min_by(|&a, &b| gaps[a].total_cmp(&gaps[b])).unwrap_or(0);
                let slant = rng.range(-0.4, 0.4);
                let reach = 45.0;
                let dir = [[-1.0, slant], [1.0, slant], [slant, -1.0], [slant, 1.0]][nearest];
                let radius = 5.0 + 4.5 * g;
                // The tip goes beyond the printed value by more, the stronger the fault.
                let tip = [tip[0] - dir[0] * 6.0 * g, tip[1] - dir[1] * 6.0 * g];
                let from = [tip[0] + dir[0] * reach, tip[1] + dir[1] * reach];
                Self { shape: Shape::Finger { from, tip, radius }, colour: skin }
            }
            4..7 => {
                let colour = rng.pick(&[
                    [250.0, 226.0, 96.0],
                    [238.0, 238.0, 234.0],
                    [120.0, 196.0, 150.0],
                    [240.0, 140.0, 160.0],
                ]);
                let [cx, cy] = field_place(document, rng);
                let (sw, sh) = (9.0 + 26.0 * g, 6.0 + 14.0 * g);
                let rect = Rect::new(cx - sw * rng.range(0.4, 0.6), cy - sh * rng.range(0.4, 0.6), sw, sh);
                Self { shape: Shape::Sticker { rect }, colour }
            }
            _ => {
                let colour = rng.pick(&[
                    [70.0, 78.0, 92.0],
                    [120.0, 60.0, 54.0],
                    [58.0, 92.0, 70.0],
                    [40.0, 40.0, 44.0],
                ]);
                let [x, y] = field_place(document, rng);
                let strap = 7.0 + 12.0 * g;
                let depth = 8.0 + 13.0 * g;
                let rect = match rng.below(6) {
                    // A strap over a printed value.
                    0 | 1 => Rect::new(x - strap / 2.0, -40.0, strap, h + 80.0),
                    2 | 3 => Rect::new(-50.0, y - strap / 2.0, w + 100.0, strap),
                    // A sleeve: deep enough to reach the values, which stand off the edge.
                    4 => Rect::new(-40.0, h - depth - 2.0, w + 80.0, 60.0),
                    _ => Rect::new(-60.0, -40.0, 60.0 + depth + 8.0, h + 80.0),
                };
                Self { shape: Shape::Cloth { rect }, colour }
            }
        }
    }

    /// Signed distance to the outline, negative inside.
    fn distance(&self, at: [f32; 2]) -> f32 {
        match &self.shape {
            Shape::Finger { from, tip, radius } => segment_distance(*from, *tip, at) - radius,
            Shape::Sticker { rect } => rounded_rect_distance(*rect, 0.6, at),
            Shape::Cloth { rect } => rounded_rect_distance(*rect, 1.0, at),
        }
    }

    fn bounds(&self) -> Rect {
        match &self.shape {
            Shape::Finger { from, tip, radius } => Rect::around(&[*from, *tip]).grown(*radius),
            Shape::Sticker { rect } | Shape::Cloth { rect } => *rect,
        }
    }

    /// The covered part of a sheet, as the rectangle around it.
    pub(super) fn area(&self, sheet: Rect) -> Rect {
        let steps = 60;
        let inside: Vec<[f32; 2]> = (0..=steps * steps)
            .map(|i| {
                [
                    sheet.x + sheet.w * (i % steps) as f32 / (steps - 1) as f32,
                    sheet.y + sheet.h * (i / steps) as f32 / steps as f32,
                ]
            })
            .filter(|&p| self.distance(p) < 0.0)
            .collect();
        // The contact shadow around it belongs to it.
        Rect::around(&inside).grown(1.2)
    }

    /// Paints it over the picture.
    pub(super) fn paint(&self, image: &mut RgbImage, map: &Homography, px_per_mm: f32) {
        let back = map.inverse();
        let (width, height) = image.dimensions();
        let Some(reach) = map.apply_rect(self.bounds().grown(3.0)).clipped(width, height) else {
            return;
        };
        by_rows(image, |first, rows| {
            for (r, row) in rows.chunks_exact_mut(width as usize * 3).enumerate() {
                let y = (first + r) as f32 + 0.5;
                if y < reach.y || y > reach.y + reach.h {
                    continue;
                }
                for x in reach.x as usize..((reach.x + reach.w) as usize).min(width as usize) {
                    let at = back.apply([x as f32 + 0.5, y]);
                    self.pixel(at, px_per_mm, &mut row[x * 3..x * 3 + 3]);
                }
            }
        });
    }

    fn pixel(&self, at: [f32; 2], px_per_mm: f32, pixel: &mut [u8]) {
        let distance = self.distance(at);
        let mut put = |f: &dyn Fn(usize, f32) -> f32| {
            for (k, v) in pixel.iter_mut().enumerate() {
                *v = f(k, f32::from(*v)).clamp(0.0, 255.0) as u8;
            }
        };
        // A contact shadow around it.
        if distance > 0.0 {
            let dark = 0.45 * (-distance / 1.0).exp();
            put(&|_, v| v * (1.0 - dark));
        }
        let cover = (0.5 - distance * px_per_mm).clamp(0.0, 1.0);
        if cover <= 0.0 {
            return;
        }
        let shade = match &self.shape {
            Shape::Finger { from, tip, radius } => {
                // Round: darker towards the edges; a paler nail near the tip.
                let across = (1.0 + distance / radius).clamp(0.0, 1.0);
                let axis = [tip[0] - from[0], tip[1] - from[1]];
                let length = axis[0].hypot(axis[1]).max(1e-3);
                let unit = [axis[0] / length, axis[1] / length];
                let to_tip = [at[0] - tip[0], at[1] - tip[1]];
                let along = to_tip[0] * unit[0] + to_tip[1] * unit[1];
                let side = to_tip[1] * unit[0] - to_tip[0] * unit[1];
                let nail = ((along + 0.2 * radius) / (0.85 * radius)).hypot(side / (0.62 * radius));
                let gloss = if nail < 1.0 { 1.1 } else { 1.0 };
                (1.04 - 0.42 * across.powi(3)) * gloss
            }
            Shape::Sticker { rect } => 0.97 + 0.05 * ((at[1] - rect.y) / rect.h),
            // Weave of cloth.
            Shape::Cloth { .. } => 0.9 + 0.1 * (at[0] * 9.0).sin() * (at[1] * 9.0).sin(),
        };
        let colour = self.colour;
        put(&|k, v| v * (1.0 - cover) + colour[k] * shade * cover);
    }
}
