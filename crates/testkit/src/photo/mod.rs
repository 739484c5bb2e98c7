//! The simulated phone: scene → optics blur → light → sensor noise → JPEG, in that order, because
//! a real camera works in that order (a blurred picture has sharp noise, for instance).

mod background;
mod encode;
mod face;
mod fault;
mod optics;
mod scene;
mod sensor;

pub use background::{Background, paint as paint_background};
pub use encode::{jpeg, store_turned};
pub(crate) use face::photograph_face;
pub use fault::Fault;

use image::RgbImage;

use crate::card::Document;
use crate::geometry::{Homography, Pose, Quad, quad_width};
use crate::labels::FaultLabel;
use crate::rng::Rng;

/// What the light and the camera do to every picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Exposure, stops relative to a correct one.
    pub exposure_ev: f32,
    /// White balance error: positive is warm; ±0.1 is strong.
    pub warmth: f32,
    /// Light loss in the picture's corners, share of the light.
    pub vignette: f32,
    /// Change of light across the picture, share of the light from side to side.
    pub falloff: f32,
    /// Direction the light falls off to, radians.
    pub falloff_to: f32,
    /// A broad, faint reflection on the document: addition to linear light, 1.0 = white.
    pub sheen: f32,
    /// Loss of light on one part of the document behind a very soft edge.
    pub dimming: f32,
    /// Lens softness: deviation of the Gaussian, pixels.
    pub softness_px: f32,
    /// Noise at mid grey, levels of 255.
    pub noise: f32,
    /// JPEG quality 1–100.
    pub jpeg_quality: u8,
}

impl Look {
    /// The variation of ordinary, acceptable photographs.
    pub fn ordinary(rng: &mut Rng) -> Self {
        Self {
            exposure_ev: rng.range(-0.35, 0.15),
            warmth: rng.range(-0.06, 0.08),
            vignette: rng.range(0.05, 0.22),
            falloff: rng.range(0.02, 0.2),
            falloff_to: rng.range(0.0, std::f32::consts::TAU),
            sheen: if rng.chance(0.5) { rng.range(0.01, 0.07) } else { 0.0 },
            dimming: if rng.chance(0.4) { rng.range(0.03, 0.16) } else { 0.0 },
            softness_px: rng.range(0.55, 1.1),
            noise: rng.range(0.8, 2.6),
            jpeg_quality: rng.int(80, 92) as u8,
        }
    }
}

/// A picture to be taken.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Width of the upright picture.
    pub width: u32,
    /// Height of the upright picture.
    pub height: u32,
    /// How the document lies.
    pub pose: Pose,
    /// What it lies on.
    pub background: Background,
    /// Light and camera.
    pub look: Look,
    /// A fault to paint.
    pub fault: Option<Fault>,
}

impl Shot {
    /// An acceptable photograph: the document fills 55–86 % of the frame, turned within
    /// `roll_deg` ± 6° and tilted up to 14°.
    pub fn ordinary(document: &Document, width: u32, height: u32, roll_deg: f32, rng: &mut Rng) -> Self {
        let roll = roll_deg + rng.range(-6.0, 6.0);
        // Room the turned document needs, so that its corners stay in the frame.
        let (sin, cos) = roll.to_radians().sin_cos();
        let (dw, dh) = (1.0, document.height_mm / document.width_mm);
        let (need_w, need_h) = (dw * cos.abs() + dh * sin.abs(), dw * sin.abs() + dh * cos.abs());
        let (w, h) = (width as f32, height as f32);
        let full = (w / need_w).min(h / need_h);
        let width_px = full * rng.range(0.62, 0.86);
        let (free_x, free_y) = (w - width_px * need_w * 1.1, h - width_px * need_h * 1.1);
        let shift = |free: f32, rng: &mut Rng| free.max(0.0) * rng.range(-0.4, 0.4);
        let mut pose = Pose {
            centre: [w / 2.0 + shift(free_x, rng), h / 2.0 + shift(free_y, rng)],
            width_px,
            roll_deg: roll,
            pitch_deg: rng.range(-14.0, 14.0),
            yaw_deg: rng.range(-14.0, 14.0),
            focal_px: 0.78 * w.hypot(h),
        };
        // Perspective can still push a corner out: step back until all four are well inside.
        let (mx, my) = (w * 0.015, h * 0.015);
        let inside = |[x, y]: [f32; 2]| x > mx && y > my && x < w - mx && y < h - my;
        while !pose.project(document.width_mm, document.height_mm).into_iter().all(inside) {
            pose.width_px *= 0.96;
            pose.centre = [pose.centre[0] * 0.8 + w * 0.1, pose.centre[1] * 0.8 + h * 0.1];
        }
        let background = rng.pick(&Background::ALL);
        Self { width, height, pose, background, look: Look::ordinary(rng), fault: None }
    }
}

/// A taken picture with its truth, before JPEG.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Upright pixels.
    pub image: RgbImage,
    /// Corners of the document.
    pub corners: Option<Quad>,
    /// From the document's millimetres to pixels.
    pub map: Option<Homography>,
    /// Corners of the further documents.
    pub others: Vec<Quad>,
    /// The painted fault.
    pub fault: Option<FaultLabel>,
}

/// Photographs a document, with further documents lying beside it at given poses.
pub fn photograph(document: &Document, beside: &[(&Document, Pose)], shot: &Shot, rng: &Rng) -> Taken {
    let mut plan = fault::Plan::new(document, shot, &mut rng.fork("fault"));
    let corners = plan.pose.project(document.width_mm, document.height_mm);
    let px_per_mm = quad_width(&corners) / document.width_mm;
    let others: Vec<Quad> = beside.iter().map(|(d, pose)| pose.project(d.width_mm, d.height_mm)).collect();

    let ground = background::paint(shot.background, shot.width, shot.height, &mut rng.fork("background"));
    let mut layers: Vec<(&Document, Quad)> =
        beside.iter().zip(&others).map(|((d, _), quad)| (*d, *quad)).collect();
    let changed = plan.document.take();
    layers.push((changed.as_ref().unwrap_or(document), corners));
    let mut image = scene::compose(&ground, shot.width, shot.height, &layers, shot.look.falloff_to);

    let map = Homography::from_rect(document.width_mm, document.height_mm, &corners);
    plan.cover(&mut image, &map, px_per_mm);
    let blur_px = plan.blur_mm * px_per_mm;
    image = optics::gaussian(image, shot.look.softness_px.hypot(blur_px));
    if plan.motion_mm > 0.0 {
        image = optics::motion(&image, plan.motion_mm * px_per_mm, plan.motion_to);
    }
    let light = plan.light(&shot.look, &map, shot.width, shot.height);
    sensor::expose(&mut image, &shot.look, &light, plan.noise_gain, rng.fork("noise").bits());
    if plan.drain_colour {
        sensor::drain_colour(&mut image);
    }
    let fault = plan.label(&map, &corners, shot.width, shot.height);
    Taken { image, corners: Some(corners), map: Some(map), others, fault }
}

/// Photographs a picture that fills the frame: a face, or a place without any document.
pub fn photograph_plain(picture: RgbImage, look: &Look, rng: &Rng) -> Taken {
    let (w, h) = picture.dimensions();
    let mut image = optics::gaussian(picture, look.softness_px);
    let light = sensor::Light::ordinary(look, w, h);
    sensor::expose(&mut image, look, &light, 1.0, rng.fork("noise").bits());
    Taken { image, corners: None, map: None, others: Vec::new(), fault: None }
}

/// Runs `work` over the rows of an RGB picture on all processors; each call gets the number of
/// its first row and a slice of whole rows.
fn by_rows(image: &mut RgbImage, work: impl Fn(usize, &mut [u8]) + Sync) {
    let (stride, rows) = (image.width() as usize * 3, image.height() as usize);
    let data: &mut [u8] = image;
    split_rows(data, stride, rows, &work);
}

fn split_rows<T: Send>(data: &mut [T], stride: usize, rows: usize, work: &(impl Fn(usize, &mut [T]) + Sync)) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = rows.div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        for (i, part) in data.chunks_mut(share * stride).enumerate() {
            scope.spawn(move || work(i * share, part));
        }
    });
}
