//! Faults of a photograph, by strength 0–1, in physical terms (millimetres on the card, stops of
//! light), so that a grade means the same at every picture size.

mod cover;

use image::RgbImage;

use self::cover::Cover;
use super::sensor::{self, Light};
use super::{Look, Shot};
use crate::canvas::rounded_rect_distance;
use crate::card::Document;
use crate::geometry::{Homography, Pose, Quad, Rect};
use crate::labels::{FaultKind, FaultLabel};
use crate::rng::Rng;

/// A fault to paint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// Strength 0–1.
    pub grade: f32,
}

/// A mirror reflection, millimetres on the document.
struct Spot {
    centre: [f32; 2],
    radii: [f32; 2],
    turn: f32,
    peak: f32,
}

/// The edge of a shadow: everything on the positive side of a line is darker.
struct Shade {
    through: [f32; 2],
    normal: [f32; 2],
    /// Half width of the half-shadow.
    soft_mm: f32,
    /// Light left in the shadow.
    left: f32,
}

/// What a shot does to bring a fault about.
pub(super) struct Plan {
    fault: Option<Fault>,
    pub(super) pose: Pose,
    /// Replaces the document (a copy of it on paper).
    pub(super) document: Option<Document>,
    pub(super) blur_mm: f32,
    pub(super) motion_mm: f32,
    pub(super) motion_to: f32,
    pub(super) noise_gain: f32,
    pub(super) drain_colour: bool,
    exposure: f32,
    spots: Vec<Spot>,
    shade: Option<Shade>,
    cover: Option<Cover>,
    sheet: Rect,
    /// What is no fault: the faint reflection and the soft dimming of ordinary pictures.
    sheen: Spot,
    dimming: Shade,
}

impl Plan {
    pub(super) fn new(document: &Document, shot: &Shot, rng: &mut Rng) -> Self {
        let mut plan = Self {
            fault: shot.fault,
            pose: shot.pose,
            document: None,
            blur_mm: 0.0,
            motion_mm: 0.0,
            motion_to: 0.0,
            noise_gain: 1.0,
            drain_colour: false,
            exposure: 1.0,
            spots: Vec::new(),
            shade: None,
            cover: None,
            sheet: Rect::new(0.0, 0.0, document.width_mm, document.height_mm),
            sheen: Spot {
                centre: [document.width_mm * rng.unit(), document.height_mm * rng.unit()],
                radii: [rng.range(18.0, 34.0), rng.range(14.0, 24.0)],
                turn: rng.range(0.0, 3.1),
                peak: shot.look.sheen,
            },
            dimming: Shade {
                soft_mm: rng.range(14.0, 30.0),
                left: 1.0 - shot.look.dimming,
                ..shade(document, 0.0, rng)
            },
        };
        let Some(Fault { kind, grade }) = shot.fault else {
            return plan;
        };
        let g = grade.clamp(0.0, 1.0);
        match kind {
            FaultKind::Blur => plan.blur_mm = 0.12 + 0.6 * g,
            FaultKind::MotionBlur => {
                plan.motion_mm = 0.5 + 3.0 * g;
                plan.motion_to = rng.range(0.0, std::f32::consts::PI);
            }
            FaultKind::Glare => plan.spots = spots(document, g, rng),
            FaultKind::Shadow => plan.shade = Some(shade(document, g, rng)),
            FaultKind::Dark => {
                plan.exposure = (-(1.6 + 3.0 * g)).exp2();
                // The camera answers with a higher sensitivity, which shows the noise.
                plan.noise_gain = 1.0 + 1.5 * g;
            }
            FaultKind::Overexposed => plan.exposure = (0.7 + 2.0 * g).exp2(),
            FaultKind::CornerMissing => plan.pose = pushed_out(document, shot, g, rng),
            FaultKind::Occluded => plan.cover = Some(Cover::new(document, g, rng)),
            FaultKind::TooSmall => plan.pose.width_px = 520.0 - 360.0 * g,
            FaultKind::GreyscaleCopy => {
                plan.document = Some(copy_of(document, g));
                // Half of the copies are photographed in colour, half come out of a filter.
                plan.drain_colour = rng.chance(0.5);
            }
            // Made by what is put into the picture, not by how it is taken; or of a face, see `photograph_face`.
            FaultKind::TwoCards
            | FaultKind::NoCard
            | FaultKind::TwoFaces
            | FaultKind::NoFace
            | FaultKind::FaceBlur
            | FaultKind::FaceDark
            | FaultKind::FaceOverexposed
            | FaultKind::FaceSmall
            | FaultKind::FaceCutOff
            | FaultKind::FaceCovered => {}
        }
        plan
    }

    /// Lays whatever covers the document over the sharp scene.
    pub(super) fn cover(&self, image: &mut RgbImage, map: &Homography, px_per_mm: f32) {
        if let Some(cover) = &self.cover {
            cover.paint(image, map, px_per_mm);
        }
    }

    /// The light over the picture.
    pub(super) fn light(&self, look: &Look, map: &Homography, width: u32, height: u32) -> Light {
        let back = map.inverse();
        Light::from_fn(width, height, |x, y| {
            let mut gain = sensor::base(look, width, height, x, y) * self.exposure;
            let at = back.apply([x, y]);
            gain *= self.dimming.at(at);
            if let Some(shade) = &self.shade {
                gain *= shade.at(at);
            }
            let mut glare = self.sheen.at(at);
            glare += self.spots.iter().map(|spot| spot.at(at)).sum::<f32>();
            if glare > 0.0 {
                // The card mirrors, the table does not; a little stray light spills over.
                let outside = rounded_rect_distance(self.sheet, 3.0, at);
                glare *= (0.5 - outside).clamp(0.06, 1.0);
            }
            (gain, glare)
        })
    }

    /// The truth about the fault.
    pub(super) fn label(
        &self,
        map: &Homography,
        corners: &Quad,
        width: u32,
        height: u32,
    ) -> Option<FaultLabel> {
        let fault = self.fault?;
        let sheet = self.sheet;
        let area = match fault.kind {
            FaultKind::Glare => self.spots.iter().map(|s| map.apply_rect(s.on(sheet))).reduce(Rect::union),
            FaultKind::Shadow => self.shade.as_ref().map(|s| map.apply_rect(s.on(sheet))),
            FaultKind::Occluded => self.cover.as_ref().map(|c| map.apply_rect(c.area(sheet))),
            FaultKind::NoCard | FaultKind::TwoFaces | FaultKind::NoFace => None,
            _ => Some(Rect::around(corners)),
        };
        let area = area.and_then(|a| a.clipped(width, height));
        Some(FaultLabel { kind: fault.kind, grade: fault.grade, area })
    }
}

impl Spot {
    /// The rectangle around its bright part on a sheet.
    fn on(&self, sheet: Rect) -> Rect {
        let reach = self.radii[0].max(self.radii[1]);
        let [l, _, r, _] = Rect::new(self.centre[0], self.centre[1], 0.0, 0.0).grown(reach).corners();
        let inside =
            |p: [f32; 2]| [p[0].clamp(sheet.x, sheet.x + sheet.w), p[1].clamp(sheet.y, sheet.y + sheet.h)];
        Rect::around(&[inside(l), inside(r)])
    }

    /// Light added at a place: a flat bright core with a soft border.
    fn at(&self, at: [f32; 2]) -> f32 {
        let (sin, cos) = self.turn.sin_cos();
        let (dx, dy) = (at[0] - self.centre[0], at[1] - self.centre[1]);
        let r = ((dx * cos + dy * sin) / self.radii[0]).hypot((dy * cos - dx * sin) / self.radii[1]);
        self.peak * (-(r * r * r) * 0.8).exp()
    }
}

impl Shade {
    /// Share of the light left at a place.
    fn at(&self, at: [f32; 2]) -> f32 {
        let t = (self.side(at) / self.soft_mm * 0.5 + 0.5).clamp(0.0, 1.0);
        1.0 - (1.0 - self.left) * t * t * (3.0 - 2.0 * t)
    }

    /// Distance into the shadow.
    fn side(&self, at: [f32; 2]) -> f32 {
        (at[0] - self.through[0]) * self.normal[0] + (at[1] - self.through[1]) * self.normal[1]
    }

    /// The rectangle around the shaded part of a sheet.
    fn on(&self, sheet: Rect) -> Rect {
        let steps = 24;
        let mut points = Vec::new();
        for i in 0..=steps {
            for j in 0..=steps {
                let p = [
                    sheet.x + sheet.w * i as f32 / steps as f32,
                    sheet.y + sheet.h * j as f32 / steps as f32,
                ];
                let side =
                    (p[0] - self.through[0]) * self.normal[0] + (p[1] - self.through[1]) * self.normal[1];
                if side > 0.0 {
                    points.push(p);
                }
            }
        }
        Rect::around(&points)
    }
}

/// A place inside one of the document's printed values, or anywhere on it when it has none.
fn field_place(document: &Document, rng: &mut Rng) -> [f32; 2] {
    let boxes: Vec<Rect> = document.boxes.values().copied().chain(document.portrait).collect();
    if boxes.is_empty() {
        return [document.width_mm * rng.range(0.3, 0.7), document.height_mm * rng.range(0.3, 0.7)];
    }
    let b = rng.pick(&boxes);
    [b.x + b.w * rng.range(0.1, 0.9), b.y + b.h * rng.range(0.1, 0.9)]
}

fn spots(document: &Document, g: f32, rng: &mut Rng) -> Vec<Spot> {
    (0..rng.int(1, 2))
        .map(|_| {
            let radius = 3.0 + 9.0 * g;
            Spot {
                centre: field_place(document, rng),
                radii: [radius * rng.range(1.0, 1.5), radius * rng.range(0.7, 1.0)],
                turn: rng.range(0.0, 3.1),
                peak: 0.5 + 1.0 * g,
            }
        })
        .collect()
}

fn shade(document: &Document, g: f32, rng: &mut Rng) -> Shade {
    let (sin, cos) = rng.range(0.0, std::f32::consts::TAU).sin_cos();
    Shade {
        through: [document.width_mm * rng.range(0.35, 0.65), document.height_mm * rng.range(0.35, 0.65)],
        normal: [cos, sin],
        // From a lamp's sharp edge to a window's soft one.
        soft_mm: if rng.chance(0.5) { rng.range(0.4, 1.2) } else { rng.range(2.0, 6.0) },
        left: 1.0 - (0.36 + 0.5 * g),
    }
}

/// Moves the card so that one corner lies outside the frame by 3–28 % of the card's width.
fn pushed_out(document: &Document, shot: &Shot, g: f32, rng: &mut Rng) -> Pose {
    let mut pose = shot.pose;
    let corners = pose.project(document.width_mm, document.height_mm);
    let corner = corners[rng.below(4)];
    let out = (0.03 + 0.25 * g) * pose.width_px;
    // Across the frame edge that is nearer to the corner.
    let (w, h) = (shot.width as f32, shot.height as f32);
    let gaps = [corner[0], w - corner[0], corner[1], h - corner[1]];
    let nearest = (0..4).min_by(|&a, &b| gaps[a].total_cmp(&gaps[b])).unwrap_or(0);
    let step = gaps[nearest] + out;
    match nearest {
        0 => pose.centre[0] -= step,
        1 => pose.centre[0] += step,
        2 => pose.centre[1] -= step,
        _ => pose.centre[1] += step,
    }
    pose
}

/// A black-and-white copy on paper: no colour, hard tones with rising grade, square corners and a
/// white rim of sheet around the card.
fn copy_of(document: &Document, g: f32) -> Document {
    let mut copy = document.clone();
    let contrast = 1.05 + 0.9 * g;
    for pixel in copy.image.pixels_mut() {
        let [r, gr, b] = pixel.0.map(f32::from);
        let grey = 0.299 * r + 0.587 * gr + 0.114 * b;
        let v = ((grey - 150.0) * contrast + 165.0 + 12.0 * g).clamp(18.0, 250.0);
        pixel.0 = [v as u8; 3];
    }
    copy.radius_mm = 0.0;
    copy.thickness_mm = 0.1;
    copy
}
