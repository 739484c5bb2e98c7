//! Faces for specimen cards and selfies, cut from freely licensed pictures the caller provides.
//!
//! The portrait on every specimen card is NASA's `astronaut.png` (public domain). The other
//! pictures show real people who did not ask to be on a card: they appear in face tests only.

use std::path::{Path, PathBuf};

use image::RgbImage;
use image::imageops::FilterType;

use crate::canvas::{Canvas, sample};
use crate::geometry::{Point, Rect};
use crate::rng::Rng;

/// Known pictures: file, person label, face box (brow to chin, ear to ear) and features in pixels.
const KNOWN: [(&str, &str, Rect, Features); 5] = [
    (
        "astronaut.png",
        "astronaut",
        Rect::new(177.0, 62.0, 95.0, 128.0),
        Features { eyes: [[200.0, 102.0], [247.0, 103.0]], mouth: [219.0, 143.0] },
    ),
    (
        "obama.jpg",
        "obama",
        Rect::new(371.0, 91.0, 241.0, 329.0),
        Features { eyes: [[439.0, 214.0], [555.0, 214.0]], mouth: [494.0, 318.0] },
    ),
    (
        "obama2.jpg",
        "obama",
        Rect::new(203.0, 232.0, 274.0, 404.0),
        Features { eyes: [[244.0, 375.0], [369.0, 384.0]], mouth: [297.0, 527.0] },
    ),
    (
        "obama3.jpg",
        "obama",
        Rect::new(620.0, 258.0, 290.0, 372.0),
        Features { eyes: [[735.0, 380.0], [865.0, 382.0]], mouth: [793.0, 510.0] },
    ),
    (
        "biden.jpg",
        "biden",
        Rect::new(417.0, 178.0, 297.0, 398.0),
        Features { eyes: [[521.0, 324.0], [661.0, 328.0]], mouth: [580.0, 465.0] },
    ),
];

/// Where things are in a face, pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Features {
    /// The eye on the picture's left and the other.
    pub(crate) eyes: [Point; 2],
    /// The middle of the mouth.
    pub(crate) mouth: Point,
}

impl Features {
    /// The same after every point was moved so.
    fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        Self { eyes: self.eyes.map(&to), mouth: to(self.mouth) }
    }
}

/// Why the pictures could not be used.
#[derive(Debug)]
pub enum FacesError {
    /// The specimen portrait is not in the directory.
    Missing(PathBuf),
    /// A picture is there but cannot be decoded.
    Undecodable(PathBuf, image::ImageError),
}

impl std::fmt::Display for FacesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(
                f,
                "{} is missing; it is part of the Python package scikit-image 0.26.0 (skimage/data)",
                path.display()
            ),
            Self::Undecodable(path, _) => write!(f, "cannot decode {}", path.display()),
        }
    }
}

impl std::error::Error for FacesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Missing(_) => None,
            Self::Undecodable(_, e) => Some(e),
        }
    }
}

/// One source picture.
#[derive(Debug, Clone)]
pub struct Source {
    /// File name.
    pub file: &'static str,
    /// Whose face.
    pub person: &'static str,
    /// The pixels.
    pub image: RgbImage,
    /// The face in it.
    pub face: Rect,
    features: Features,
}

/// A picture of a person.
#[derive(Debug, Clone)]
pub(crate) struct SelfPortrait {
    pub(crate) image: RgbImage,
    /// Brow to chin, ear to ear, as if the head were not turned.
    pub(crate) face: Rect,
    /// Where they are in this picture.
    pub(crate) features: Features,
}

/// The portrait for a card.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// 26 × 32 mm picture.
    pub image: RgbImage,
    /// Whose face, if it is one.
    pub face: Option<String>,
}

/// The pictures found in a directory.
#[derive(Debug, Clone, Default)]
pub struct Faces {
    sources: Vec<Source>,
}

impl Faces {
    /// Reads the known pictures in a directory; `astronaut.png` must be there, the others may.
    pub fn open(dir: &Path) -> Result<Self, FacesError> {
        let mut sources = Vec::new();
        for (file, person, face, features) in KNOWN {
            let path = dir.join(file);
            if !path.is_file() {
                if file == KNOWN[0].0 {
                    return Err(FacesError::Missing(path));
                }
                continue;
            }
            let image = image::open(&path).map_err(|e| FacesError::Undecodable(path.clone(), e))?.to_rgb8();
            sources.push(Source { file, person, image, face, features });
        }
        Ok(Self { sources })
    }

    /// No pictures: cards get a drawn outline of a head, and there are no selfies.
    pub const fn none() -> Self {
        Self { sources: Vec::new() }
    }

    /// All source pictures.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The portrait for a specimen card: face on a plain light ground, slightly varied.
    pub fn portrait(&self, rng: &mut Rng) -> Portrait {
        match self.sources.first() {
            Some(source) => {
                Portrait { image: cut_portrait(source, rng), face: Some(source.person.to_owned()) }
            }
            None => Portrait { image: outline(), face: None },
        }
    }

    /// A self-portrait of the person on the specimen cards; `None` without pictures.
    pub fn selfie(&self, width: u32, height: u32, rng: &mut Rng) -> Option<RgbImage> {
        self.sources.first().map(|source| self_portrait(source, width, height, rng).image)
    }
}

const PORTRAIT_W: u32 = 312;
const PORTRAIT_H: u32 = 384;

/// Head and shoulders before a plain light ground. The ground fades in outside ellipses round the
/// head, the collar and the shoulders: enough for a plausible studio portrait.
fn cut_portrait(source: &Source, rng: &mut Rng) -> RgbImage {
    let face = source.face;
    let [cx, cy] = face.centre();
    let height = face.h * rng.range(1.95, 2.1);
    let width = height * PORTRAIT_W as f32 / PORTRAIT_H as f32;
    let (left, top) = (cx - width * rng.range(0.49, 0.51), cy - height * 0.47);
    let ground = [226.0, 232.0, 238.0];
    let (gain, warm) = (rng.range(0.94, 1.06), rng.range(-0.02, 0.02));
    let mut out = RgbImage::new(PORTRAIT_W, PORTRAIT_H);
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let sx = left + (x as f32 + 0.5) / PORTRAIT_W as f32 * width;
        let sy = top + (y as f32 + 0.5) / PORTRAIT_H as f32 * height;
        let head = ((sx - cx) / (face.w * 0.86)).hypot((sy - cy + face.h * 0.12) / (face.h * 0.74));
        // The collar ring of the suit stands out beyond the shoulders.
        let ring =
            ((sx - cx + face.w * 0.17) / (face.w * 1.06)).hypot((sy - cy - face.h * 0.76) / (face.h * 0.62));
        let body =
            ((sx - cx + face.w * 0.1) / (face.w * 1.9)).hypot((sy - cy - face.h * 1.75) / (face.h * 0.95));
        let keep = 1.0 - ((head.min(ring).min(body) - 0.98) / 0.12).clamp(0.0, 1.0);
        let inside = sample(&source.image, sx, sy, true).unwrap_or(ground);
        pixel.0 = std::array::from_fn(|k| {
            let tinted = inside[k] * gain * (1.0 + warm * (1.0 - k as f32));
            (ground[k] + (tinted - ground[k]) * keep).clamp(0.0, 255.0) as u8
        });
    }
    out
}

/// Head and shoulders in outline for cards painted without any picture.
fn outline() -> RgbImage {
    let mut c = Canvas::new(26.0, 32.0, PORTRAIT_W as f32 / 26.0, [226, 232, 238]);
    let grey = [150, 160, 172];
    c.ellipse(Rect::new(2.5, 21.0, 21.0, 24.0), grey, 1.0);
    c.ellipse(Rect::new(7.8, 5.0, 10.4, 14.0), grey, 1.0);
    c.image
}

/// The same face as another photograph would show it: other crop, turn, light and tint, own
/// background, resampled to the size of a phone picture.
pub(crate) fn self_portrait(source: &Source, width: u32, height: u32, rng: &mut Rng) -> SelfPortrait {
    let face = source.face;
    let [cx, cy] = face.centre();
    let (iw, ih) = (source.image.width() as f32, source.image.height() as f32);
    let aspect = height as f32 / width as f32;
    // The face takes 30–42 % of the width, but the crop never leaves the source picture far.
    let crop_w = (face.w / rng.range(0.26, 0.36)).min(iw * 0.98).min(ih * 0.98 / aspect);
    let crop_h = crop_w * aspect;
    let slack = |centre: f32, crop: f32, full: f32| (centre - crop * 0.5).clamp(0.0, (full - crop).max(0.0));
    let left = slack(cx + face.w * rng.range(-0.12, 0.12), crop_w, iw);
    let top = slack(cy + face.h * rng.range(0.2, 0.45), crop_h, ih);
    let turn = rng.range(-5.0, 5.0).to_radians();
    let (sin, cos) = turn.sin_cos();
    let light_from = rng.range(-0.18, 0.18);
    let gamma = rng.range(0.88, 1.14);
    let tint = [rng.range(0.96, 1.05), 1.0, rng.range(0.94, 1.05)];
    // At the source's own resolution first, then one good resampling: a 12-megapixel bilinear
    // enlargement would show squares.
    let step = (source.image.width() as f32 / width as f32).max(0.25);
    let (w, h) = ((width as f32 * step.min(1.0)) as u32, (height as f32 * step.min(1.0)) as u32);
    let mut small = RgbImage::new(w.max(1), h.max(1));
    for (x, y, pixel) in small.enumerate_pixels_mut() {
        let (u, v) = ((x as f32 + 0.5) / w as f32, (y as f32 + 0.5) / h as f32);
        let (dx, dy) = (left + u * crop_w - cx, top + v * crop_h - cy);
        let (sx, sy) = (cx + dx * cos - dy * sin, cy + dx * sin + dy * cos);
        let c = sample(&source.image, sx, sy, true).unwrap_or([0.0; 3]);
        let light = 1.0 + light_from * (u - 0.5) * 2.0;
        pixel.0 = std::array::from_fn(|k| {
            let v = (c[k] / 255.0).powf(gamma) * light * tint[k];
            (v * 255.0).clamp(0.0, 255.0) as u8
        });
    }
    let scale = width as f32 / crop_w;
    let features = source.features.moved(|[sx, sy]| {
        let (dx, dy) = (sx - cx, sy - cy);
        [(cx + dx * cos + dy * sin - left) * scale, (cy - dx * sin + dy * cos - top) * scale]
    });
    let face = Rect::new((face.x - left) * scale, (face.y - top) * scale, face.w * scale, face.h * scale);
    let image = image::imageops::resize(&small, width, height, FilterType::CatmullRom);
    SelfPortrait { image, face, features }
}
