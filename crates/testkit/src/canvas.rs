//! A small drawing surface: anti-aliased shapes by signed distance, text by glyph outline.

use ab_glyph::{Font, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

use crate::fonts::{Face, Fonts};
use crate::geometry::{Point, Rect};

/// A colour, sRGB 0–255.
pub type Colour = [u8; 3];

/// An RGB picture with a unit of length, so that cards are laid out in millimetres.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// The pixels.
    pub image: RgbImage,
    /// Pixels per unit of length.
    pub scale: f32,
}

/// How a line of text is set.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// The face.
    pub face: Face,
    /// Em size in canvas units: the side of a Han character's square.
    pub em: f32,
    /// Ink.
    pub colour: Colour,
    /// Opacity 0–1.
    pub alpha: f32,
    /// Extra space after each character, em.
    pub tracking: f32,
}

impl Type {
    /// Opaque text without extra spacing.
    pub const fn new(face: Face, em: f32, colour: Colour) -> Self {
        Self { face, em, colour, alpha: 1.0, tracking: 0.0 }
    }

    /// The same with other spacing.
    #[must_use]
    pub const fn tracked(self, tracking: f32) -> Self {
        Self { tracking, ..self }
    }

    /// The same with other opacity.
    #[must_use]
    pub const fn faded(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }
}

impl Canvas {
    /// A surface of that many units, filled with one colour.
    pub fn new(width: f32, height: f32, scale: f32, ground: Colour) -> Self {
        let image = RgbImage::from_pixel(
            (width * scale).round().max(1.0) as u32,
            (height * scale).round().max(1.0) as u32,
            Rgb(ground),
        );
        Self { image, scale }
    }

    /// Width in units.
    pub fn width(&self) -> f32 {
        self.image.width() as f32 / self.scale
    }

    /// Height in units.
    pub fn height(&self) -> f32 {
        self.image.height() as f32 / self.scale
    }

    /// Sets every pixel from its place in units.
    pub fn fill_with(&mut self, colour: impl Fn(f32, f32) -> [f32; 3]) {
        let scale = self.scale;
        for (x, y, pixel) in self.image.enumerate_pixels_mut() {
            let c = colour((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale);
            *pixel = Rgb(c.map(|v| (v + 0.5).clamp(0.0, 255.0) as u8));
        }
    }

    /// Blends a colour inside `bounds` by coverage 0–1; the closure gets units.
    pub fn blend(&mut self, bounds: Rect, colour: Colour, coverage: impl Fn(f32, f32) -> f32) {
        let (w, h) = self.image.dimensions();
        let s = self.scale;
        let Some(r) =
            Rect::new(bounds.x * s - 1.0, bounds.y * s - 1.0, bounds.w * s + 2.0, bounds.h * s + 2.0)
                .clipped(w, h)
        else {
            return;
        };
        for y in r.y as u32..((r.y + r.h).ceil() as u32).min(h) {
            for x in r.x as u32..((r.x + r.w).ceil() as u32).min(w) {
                let a = coverage((x as f32 + 0.5) / s, (y as f32 + 0.5) / s);
                if a > 0.0 {
                    mix(self.image.get_pixel_mut(x, y), colour, a);
                }
            }
        }
    }

    /// Blends a shape given by its signed distance in units (negative inside), with soft edge.
    pub fn shape(&mut self, bounds: Rect, colour: Colour, alpha: f32, distance: impl Fn(f32, f32) -> f32) {
        let s = self.scale;
        self.blend(bounds, colour, |x, y| alpha * (0.5 - distance(x, y) * s).clamp(0.0, 1.0));
    }

    /// A filled rectangle with rounded corners.
    pub fn rect(&mut self, rect: Rect, radius: f32, colour: Colour, alpha: f32) {
        self.shape(rect, colour, alpha, |x, y| rounded_rect_distance(rect, radius, [x, y]));
    }

    /// A filled ellipse.
    pub fn ellipse(&mut self, rect: Rect, colour: Colour, alpha: f32) {
        let [cx, cy] = rect.centre();
        let (a, b) = (rect.w / 2.0, rect.h / 2.0);
        self.shape(rect, colour, alpha, |x, y| (((x - cx) / a).hypot((y - cy) / b) - 1.0) * a.min(b));
    }

    /// A straight stroke with round ends.
    pub fn line(&mut self, from: Point, to: Point, width: f32, colour: Colour, alpha: f32) {
        let bounds = Rect::around(&[from, to]).grown(width);
        self.shape(bounds, colour, alpha, |x, y| segment_distance(from, to, [x, y]) - width / 2.0);
    }

    /// Sets a line of text with its Han square's upper left corner at `at`; gives the inked box
    /// and the x where the next character would go.
    pub fn text(&mut self, fonts: &Fonts, style: Type, at: Point, text: &str) -> (Rect, f32) {
        let s = self.scale;
        let font = fonts.get(style.face);
        let scaled = font.as_scaled(px_scale(font, style.em * s));
        // The Han square of Noto CJK hangs from 0.88 em above to 0.12 em below the baseline.
        let baseline = (at[1] + 0.88 * style.em) * s;
        let mut x = at[0] * s;
        let mut ink: Option<Rect> = None;
        for c in text.chars() {
            let id = scaled.glyph_id(c);
            let glyph = id.with_scale_and_position(scaled.scale(), point(x, baseline));
            if let Some(outline) = font.outline_glyph(glyph) {
                let b = outline.px_bounds();
                let (left, top) = (b.min.x as i64, b.min.y as i64);
                let (w, h) = self.image.dimensions();
                outline.draw(|gx, gy, cover| {
                    let (px, py) = (left + i64::from(gx), top + i64::from(gy));
                    if px >= 0 && py >= 0 && px < i64::from(w) && py < i64::from(h) {
                        mix(
                            self.image.get_pixel_mut(px as u32, py as u32),
                            style.colour,
                            cover * style.alpha,
                        );
                    }
                });
                let rect = Rect::new(b.min.x / s, b.min.y / s, b.width() / s, b.height() / s);
                ink = Some(ink.map_or(rect, |i| i.union(rect)));
            }
            x += scaled.h_advance(id) + style.tracking * style.em * s;
        }
        (ink.unwrap_or(Rect::new(at[0], at[1], 0.0, 0.0)), x / s)
    }

    /// Sets text centred on a point and turned by `angle_deg` anticlockwise.
    pub fn text_turned(&mut self, fonts: &Fonts, style: Type, centre: Point, angle_deg: f32, text: &str) {
        // Set straight on a mask first, then sample the mask: outlines cannot be turned in ab_glyph.
        let width = text_width(fonts, style, text);
        let mut mask = Canvas::new(width + style.em, style.em * 1.6, self.scale, [0; 3]);
        let white = Type { colour: [255; 3], alpha: 1.0, ..style };
        mask.text(fonts, white, [style.em * 0.5, style.em * 0.3], text);
        let (mw, mh) = (mask.width(), mask.height());
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let reach = mw.hypot(mh) / 2.0;
        let bounds = Rect::new(centre[0] - reach, centre[1] - reach, 2.0 * reach, 2.0 * reach);
        self.blend(bounds, style.colour, |x, y| {
            let (dx, dy) = (x - centre[0], y - centre[1]);
            let (u, v) = (dx * cos - dy * sin + mw / 2.0, dx * sin + dy * cos + mh / 2.0);
            let value = sample(&mask.image, u * mask.scale, v * mask.scale, false);
            value.map_or(0.0, |c| c[0] / 255.0 * style.alpha)
        });
    }

    /// Places a picture into a rectangle (units), bilinear.
    pub fn picture(&mut self, picture: &RgbImage, rect: Rect) {
        let s = self.scale;
        let (w, h) = ((rect.w * s).round().max(1.0) as u32, (rect.h * s).round().max(1.0) as u32);
        let fitted = image::imageops::resize(picture, w, h, image::imageops::FilterType::CatmullRom);
        image::imageops::replace(
            &mut self.image,
            &fitted,
            (rect.x * s).round() as i64,
            (rect.y * s).round() as i64,
        );
    }
}

/// Width in units a line of text takes.
pub fn text_width(fonts: &Fonts, style: Type, text: &str) -> f32 {
    let font = fonts.get(style.face);
    let scaled = font.as_scaled(px_scale(font, style.em));
    text.chars().map(|c| scaled.h_advance(scaled.glyph_id(c)) + style.tracking * style.em).sum()
}

/// `ab_glyph` sizes fonts by ascent + descent; type sizes are ems.
fn px_scale(font: &impl Font, em: f32) -> PxScale {
    PxScale::from(em * font.height_unscaled() / font.units_per_em().unwrap_or(1000.0))
}

fn mix(pixel: &mut Rgb<u8>, colour: Colour, alpha: f32) {
    let a = alpha.clamp(0.0, 1.0);
    for (p, c) in pixel.0.iter_mut().zip(colour) {
        *p = (f32::from(*p) * (1.0 - a) + f32::from(c) * a + 0.5) as u8;
    }
}

/// Bilinear sample at continuous pixel coordinates; outside, the edge is repeated or `None` given.
pub fn sample(image: &RgbImage, x: f32, y: f32, repeat_edge: bool) -> Option<[f32; 3]> {
    let (w, h) = (image.width() as usize, image.height() as usize);
    let inside = x >= 0.0 && y >= 0.0 && x < w as f32 && y < h as f32;
    if !(repeat_edge || inside) {
        return None;
    }
    let (x, y) = ((x - 0.5).clamp(0.0, w as f32 - 1.0), (y - 0.5).clamp(0.0, h as f32 - 1.0));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let data = image.as_raw();
    let at = |x: usize, y: usize, k: usize| f32::from(data[(y * w + x) * 3 + k]);
    Some(std::array::from_fn(|k| {
        let top = at(x0, y0, k) + (at(x1, y0, k) - at(x0, y0, k)) * fx;
        let low = at(x0, y1, k) + (at(x1, y1, k) - at(x0, y1, k)) * fx;
        top + (low - top) * fy
    }))
}

/// Signed distance from a point to a rectangle with rounded corners; negative inside.
pub fn rounded_rect_distance(rect: Rect, radius: f32, [x, y]: Point) -> f32 {
    let [cx, cy] = rect.centre();
    let (dx, dy) = ((x - cx).abs() - rect.w / 2.0 + radius, (y - cy).abs() - rect.h / 2.0 + radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// Distance from a point to a segment.
pub fn segment_distance(a: Point, b: Point, p: Point) -> f32 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
}
