//! Faults of a picture of one face, by strength 0–1 and in shares of the face, so that a grade means the same at
//! every picture size.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use super::fault::Fault;
use super::{Look, Taken, photograph_plain};
use crate::faces::SelfPortrait;
use crate::geometry::Rect;
use crate::labels::{FaultKind, FaultLabel};
use crate::rng::Rng;

/// Width of a face whose eyes are 40 pixels apart: nearer ones are measured too coarsely (SP 800-63A-4 names no
/// number; the reference asks for 60 and refuses below 40).
const SMALL_FACE_PX: f32 = 94.0;

/// Photographs a face with a fault; kinds that are no fault of a selfie change nothing.
pub(crate) fn photograph_face(portrait: &SelfPortrait, fault: Fault, look: &Look, rng: &Rng) -> Taken {
    let g = fault.grade.clamp(0.0, 1.0);
    let SelfPortrait { image, face } = portrait;
    let mut look = *look;
    let mut draw = rng.fork("fault");
    let picture = match fault.kind {
        FaultKind::FaceBlur => {
            look.softness_px = face.w * (0.012 + 0.05 * g);
            image.clone()
        }
        FaultKind::FaceDark => {
            look.exposure_ev -= 1.6 + 3.0 * g;
            image.clone()
        }
        FaultKind::FaceOverexposed => {
            look.exposure_ev += 0.7 + 2.0 * g;
            image.clone()
        }
        FaultKind::FaceSmall => far_away(image, face, SMALL_FACE_PX * (1.05 - 0.6 * g)),
        FaultKind::FaceCutOff => cut_off(image, face, 0.08 + 0.5 * g, draw.chance(0.5)),
        FaultKind::FaceCovered => covered(image.clone(), face, g, &mut draw),
        _ => image.clone(),
    };
    let fault = FaultLabel { kind: fault.kind, grade: fault.grade, area: None };
    Taken { fault: Some(fault), ..photograph_plain(picture, &look, rng) }
}

/// The person so far away that the face is `width_px` wide, before a wall of the picture's own colour.
fn far_away(image: &RgbImage, face: &Rect, width_px: f32) -> RgbImage {
    let scale = width_px / face.w;
    let side = |v: u32| ((v as f32 * scale).round() as u32).max(1);
    let small = imageops::resize(image, side(image.width()), side(image.height()), FilterType::Lanczos3);
    let wall = *imageops::resize(image, 1, 1, FilterType::Triangle).get_pixel(0, 0);
    let mut out = RgbImage::from_pixel(image.width(), image.height(), wall);
    let at = |full: u32, part: u32| i64::from((full - part.min(full)) / 2);
    imageops::replace(&mut out, &small, at(image.width(), small.width()), at(image.height(), small.height()));
    out
}

/// The frame ends inside the face: `share` of its width is outside.
fn cut_off(image: &RgbImage, face: &Rect, share: f32, on_the_right: bool) -> RgbImage {
    let (w, h) = image.dimensions();
    let cut = face.w * share;
    let (left, right) = if on_the_right { (0.0, face.x + face.w - cut) } else { (face.x + cut, w as f32) };
    let (left, right) = (left.clamp(0.0, w as f32 - 2.0), right.clamp(2.0, w as f32));
    let part = imageops::crop_imm(image, left as u32, 0, ((right - left) as u32).max(1), h).to_image();
    // As wide as it is, and as high as the frame asks for: the picture keeps its proportions.
    let wanted = (part.width() as f32 * h as f32 / w as f32) as u32;
    let height = wanted.clamp(1, h);
    let middle = (face.y + face.h / 2.0 - height as f32 / 2.0).clamp(0.0, (h - height) as f32);
    imageops::crop_imm(&part, 0, middle as u32, part.width(), height).to_image()
}

/// A mask from the chin up, over more of the nose with rising grade, or dark glasses that let less light through.
fn covered(mut image: RgbImage, face: &Rect, g: f32, rng: &mut Rng) -> RgbImage {
    let is_mask = rng.chance(0.5);
    let colour = if is_mask {
        rng.pick(&[[164.0, 204.0, 222.0], [240.0, 240.0, 238.0], [34.0, 34.0, 38.0]])
    } else {
        [22.0, 22.0, 26.0]
    };
    let opacity = if is_mask { 1.0 } else { 0.7 + 0.3 * g };
    let [cx, cy] = face.centre();
    let rounded = |x: f32, y: f32, [mx, my]: [f32; 2], [rx, ry]: [f32; 2]| {
        // Between an ellipse and a rectangle, as cloth and lenses are.
        ((x - mx) / rx).powi(4) + ((y - my) / ry).powi(4) <= 1.0
    };
    let mask_top = cy + face.h * (0.16 - 0.14 * g);
    let mask_bottom = cy + face.h * 0.56;
    let mask = [cx, f32::midpoint(mask_top, mask_bottom)];
    let mask_radii = [face.w * 0.5, (mask_bottom - mask_top) / 2.0];
    let eye_line = cy - face.h * 0.2;
    let lens_radii = [face.w * 0.21, face.h * 0.12];
    for (x, y, Rgb(pixel)) in image.enumerate_pixels_mut() {
        let (x, y) = (x as f32, y as f32);
        let is_under = if is_mask {
            rounded(x, y, mask, mask_radii)
        } else {
            [-0.23, 0.23].iter().any(|k| rounded(x, y, [cx + k * face.w, eye_line], lens_radii))
        };
        if is_under {
            for (v, c) in pixel.iter_mut().zip(colour) {
                *v = (f32::from(*v) * (1.0 - opacity) + c * opacity) as u8;
            }
        }
    }
    image
}
