//! What a passive model makes of a face: living, or a print, a screen, a mask. Only where the operator has switched one
//! on; the recipe is the manifest's entry `live-passive`.

use crate::models::Models;
use crate::runtime::{EngineError, Model};
use image::imageops::{crop_imm, interpolate_bilinear};
use image::{Rgb, RgbImage};
use shiming_domain::evidence::Region;

/// Side of the input, pixels.
const SIDE: u32 = 128;
/// The model sees the face with what surrounds it: the edge of a print tells more than its middle.
const BOX_SCALE: f32 = 2.7;
/// Classes; the first is a living face.
const CLASSES: usize = 3;

/// 0–1, higher is more like a living face; `None` without a model, or for a box that is none.
pub fn living(models: &Models, picture: &RgbImage, face: Region) -> Result<Option<f32>, EngineError> {
    match models.live_passive() {
        Some(model) => score(model, picture, face),
        None => Ok(None),
    }
}

fn score(model: &dyn Model, picture: &RgbImage, face: Region) -> Result<Option<f32>, EngineError> {
    let Some([x, y, w, h]) = surroundings(picture.dimensions(), face) else { return Ok(None) };
    let crop = crop_imm(picture, x, y, w, h);
    // Bilinear without averaging first, as it was trained: what averaging removes, the grain of a print, is what it
    // looks for. Centres of pixels on centres of pixels.
    let along = |index: u32, size: u32| {
        let at = (index as f32 + 0.5) * size as f32 / SIDE as f32 - 0.5;
        at.clamp(0.0, (size - 1) as f32)
    };
    let places = (0..SIDE * SIDE).map(|index| [along(index % SIDE, w), along(index / SIDE, h)]);
    let pixels: Vec<Rgb<u8>> =
        places.map(|[x, y]| interpolate_bilinear(&*crop, x, y).unwrap_or(Rgb([0; 3]))).collect();
    let plane = |channel: usize| pixels.iter().map(move |pixel| f32::from(pixel.0[channel]));
    // Blue, green, red, 0…255. Nobody documents the order; this one separated known pictures better.
    let input: Vec<f32> = [2, 1, 0].into_iter().flat_map(plane).collect();
    let outputs = model.run(&[1, 3, SIDE as usize, SIDE as usize], &input)?;
    let output = outputs.single()?;
    match *output.data() {
        [a, b, c] if [a, b, c].iter().all(|logit| logit.is_finite()) => Ok(Some(softmax_of_first([a, b, c]))),
        _ => Err(EngineError::Shape {
            model: "live-passive",
            detail: format!("{CLASSES} finite values expected, {:?} found", output.shape()),
        }),
    }
}

/// The box enlarged about its centre, by less where the picture is too small, and moved to lie inside it: x, y, width,
/// height in whole pixels.
fn surroundings((width, height): (u32, u32), face: Region) -> Option<[u32; 4]> {
    let Region { x, y, w, h } = face;
    let usable = [x, y, w, h].iter().all(|v| v.is_finite()) && w >= 1.0 && h >= 1.0;
    if !usable || width == 0 || height == 0 {
        return None;
    }
    let (full_w, full_h) = (width as f32, height as f32);
    let scale = BOX_SCALE.min(full_w / w).min(full_h / h);
    let (w_wide, h_wide) = (w * scale, h * scale);
    // A box whose centre lies outside is moved in all the same.
    let left = (x + (w - w_wide) / 2.0).min(full_w - w_wide).max(0.0);
    let top = (y + (h - h_wide) / 2.0).min(full_h - h_wide).max(0.0);
    let (x, y) = ((left as u32).min(width - 1), (top as u32).min(height - 1));
    Some([x, y, (w_wide as u32).clamp(1, width - x), (h_wide as u32).clamp(1, height - y)])
}

fn softmax_of_first(logits: [f32; CLASSES]) -> f32 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = logits.map(|logit| (logit - top).exp());
    powers[0] / powers.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Outputs;
    use std::sync::Mutex;

    /// Writes its input down and answers as it was told.
    struct Told {
        answer: Vec<f32>,
        input: Mutex<(Vec<usize>, Vec<f32>)>,
    }

    impl Told {
        fn new(answer: &[f32]) -> Self {
            Self { answer: answer.to_vec(), input: Mutex::default() }
        }
    }

    impl Model for Told {
        fn run(&self, shape: &[usize], data: &[f32]) -> Result<Outputs, EngineError> {
            *self.input.lock().unwrap() = (shape.to_vec(), data.to_vec());
            Ok(Outputs::of_one("live-passive", vec![1, self.answer.len()], self.answer.clone()))
        }

        fn metadata(&self, _key: &str) -> Option<String> {
            None
        }
    }

    const FACE: Region = Region { x: 40.0, y: 40.0, w: 20.0, h: 20.0 };

    #[test]
    fn the_model_sees_the_surroundings_in_its_own_order_of_colours() {
        let mut picture = RgbImage::from_pixel(100, 100, image::Rgb([10, 20, 30]));
        // Outside of the enlarged box, 23 … 77.
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if !(23..77).contains(&x) || !(23..77).contains(&y) {
                *pixel = image::Rgb([255, 255, 255]);
            }
        }
        let model = Told::new(&[2.0, 0.0, 0.0]);
        let living = score(&model, &picture, FACE).unwrap().unwrap();
        assert!((living - 0.787).abs() < 0.001, "{living}");
        let (shape, input) = model.input.into_inner().unwrap();
        assert_eq!(shape, [1, 3, 128, 128]);
        let planes: Vec<&[f32]> = input.chunks(128 * 128).collect();
        for (plane, value) in planes.iter().zip([30.0, 20.0, 10.0]) {
            assert!(plane.iter().all(|v| (v - value).abs() < 0.5), "{value}");
        }
    }

    #[test]
    fn what_surrounds_a_face_lies_inside_the_picture() {
        let whole = |size, [x, y, w, h]: [f32; 4]| surroundings(size, Region { x, y, w, h });
        assert_eq!(whole((100, 100), [40.0, 40.0, 20.0, 20.0]), Some([23, 23, 54, 54]));
        // Moved in from the corner, enlarged less where there is no room.
        assert_eq!(whole((100, 100), [0.0, 90.0, 20.0, 20.0]), Some([0, 46, 54, 54]));
        assert_eq!(whole((100, 50), [40.0, 10.0, 20.0, 25.0]), Some([30, 0, 40, 50]));
        // Larger than the picture.
        assert_eq!(whole((10, 10), [-5.0, -5.0, 40.0, 20.0]), Some([0, 2, 10, 5]));
        for odd in [[f32::NAN, 0.0, 9.0, 9.0], [0.0, 0.0, 0.0, 9.0], [0.0, f32::INFINITY, 9.0, 9.0]] {
            assert_eq!(whole((100, 100), odd), None, "{odd:?}");
        }
        assert_eq!(whole((0, 0), [0.0, 0.0, 9.0, 9.0]), None);
    }

    #[test]
    fn other_shapes_and_values_are_an_error() {
        let picture = RgbImage::new(100, 100);
        for answer in [&[1.0, 2.0][..], &[1.0; 4], &[f32::NAN, 0.0, 0.0]] {
            let error = score(&Told::new(answer), &picture, FACE).unwrap_err();
            assert_eq!(error.code(), "model_shape");
        }
    }
}
