//! Plane and camera geometry: rectangles, quadrilaterals, homographies, the pinhole camera.
//!
//! Picture coordinates are continuous: pixel (i, j) covers `i..i+1` × `j..j+1`, y runs down.

use serde::{Deserialize, Serialize};

/// A point `[x, y]`.
pub type Point = [f32; 2];

/// Four corners: top left, top right, bottom right, bottom left in reading direction.
pub type Quad = [Point; 4];

/// An upright rectangle `[x, y, w, h]`; written to JSON as that list.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "[f32; 4]", into = "[f32; 4]")]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl From<[f32; 4]> for Rect {
    fn from([x, y, w, h]: [f32; 4]) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Rect> for [f32; 4] {
    fn from(r: Rect) -> Self {
        [r.x, r.y, r.w, r.h]
    }
}

impl Rect {
    /// A rectangle from its edges.
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }

    /// The smallest rectangle around the points; zero for none.
    pub fn around(points: &[Point]) -> Self {
        let Some(first) = points.first() else {
            return Self::default();
        };
        let (mut lo, mut hi) = (*first, *first);
        for p in points {
            for k in 0..2 {
                lo[k] = lo[k].min(p[k]);
                hi[k] = hi[k].max(p[k]);
            }
        }
        Self::new(lo[0], lo[1], hi[0] - lo[0], hi[1] - lo[1])
    }

    /// Corners, clockwise from top left.
    pub fn corners(self) -> Quad {
        let (r, b) = (self.x + self.w, self.y + self.h);
        [[self.x, self.y], [r, self.y], [r, b], [self.x, b]]
    }

    /// The middle.
    pub fn centre(self) -> Point {
        [self.x + self.w / 2.0, self.y + self.h / 2.0]
    }

    /// Grown by `by` on every side.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, self.w + 2.0 * by, self.h + 2.0 * by)
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let [a, _, b, _] = self.corners();
        let [c, _, d, _] = other.corners();
        Self::around(&[a, b, c, d])
    }

    /// The part inside a picture of that size; `None` when nothing is.
    pub fn clipped(self, width: u32, height: u32) -> Option<Self> {
        let (x0, y0) = (self.x.max(0.0), self.y.max(0.0));
        let (x1, y1) = ((self.x + self.w).min(width as f32), (self.y + self.h).min(height as f32));
        (x1 > x0 && y1 > y0).then(|| Self::new(x0, y0, x1 - x0, y1 - y0))
    }
}

/// A projective map of the plane, row-major.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography(pub [f64; 9]);

impl Homography {
    /// The map that takes the rectangle `0..w` × `0..h` onto `quad` (Heckbert 1989, square to
    /// quadrilateral, preceded by a scaling).
    pub fn from_rect(w: f32, h: f32, quad: &Quad) -> Self {
        let [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad.map(|p| p.map(f64::from));
        let (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let det = dx1 * dy2 - dx2 * dy1;
        let (g, k) = ((dx3 * dy2 - dx2 * dy3) / det, (dx1 * dy3 - dx3 * dy1) / det);
        let (sx, sy) = (1.0 / f64::from(w), 1.0 / f64::from(h));
        Self([
            (x1 - x0 + g * x1) * sx,
            (x3 - x0 + k * x3) * sy,
            x0,
            (y1 - y0 + g * y1) * sx,
            (y3 - y0 + k * y3) * sy,
            y0,
            g * sx,
            k * sy,
            1.0,
        ])
    }

    /// The inverse map (adjugate; scale does not matter for a projective map).
    #[must_use]
    pub fn inverse(&self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        Self([
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
    }

    /// Where the map takes a point.
    pub fn apply(&self, [x, y]: Point) -> Point {
        let m = &self.0;
        let (x, y) = (f64::from(x), f64::from(y));
        let w = m[6] * x + m[7] * y + m[8];
        [((m[0] * x + m[1] * y + m[2]) / w) as f32, ((m[3] * x + m[4] * y + m[5]) / w) as f32]
    }

    /// The rectangle around the image of a rectangle.
    pub fn apply_rect(&self, rect: Rect) -> Rect {
        Rect::around(&rect.corners().map(|p| self.apply(p)))
    }
}

/// How a card lies in front of the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Picture point of the card's middle, pixels.
    pub centre: Point,
    /// Length in pixels of the card's long side if it were seen straight on.
    pub width_px: f32,
    /// Turn in the picture plane, degrees clockwise.
    pub roll_deg: f32,
    /// Tilt about the picture's horizontal axis, degrees.
    pub pitch_deg: f32,
    /// Tilt about the picture's vertical axis, degrees.
    pub yaw_deg: f32,
    /// Focal length in pixels; a phone's main camera has about 0.75 × the picture diagonal.
    pub focal_px: f32,
}

impl Pose {
    /// Corners in the picture of a card of that size in millimetres.
    pub fn project(&self, width_mm: f32, height_mm: f32) -> Quad {
        let per_mm = self.width_px / width_mm;
        let distance = self.focal_px / per_mm;
        let (sr, cr) = self.roll_deg.to_radians().sin_cos();
        let (sp, cp) = self.pitch_deg.to_radians().sin_cos();
        let (sy, cy) = self.yaw_deg.to_radians().sin_cos();
        Rect::new(-width_mm / 2.0, -height_mm / 2.0, width_mm, height_mm).corners().map(|[x, y]| {
            let (x, y) = (x * cr - y * sr, x * sr + y * cr);
            let (y, z) = (y * cp, y * sp);
            let (x, z) = (x * cy + z * sy, z * cy - x * sy);
            let scale = self.focal_px / (distance + z).max(distance * 0.2);
            [self.centre[0] + x * scale, self.centre[1] + y * scale]
        })
    }
}

/// Length of the longer of the quad's upper and lower edges, pixels.
pub fn quad_width(quad: &Quad) -> f32 {
    let length = |a: Point, b: Point| (a[0] - b[0]).hypot(a[1] - b[1]);
    length(quad[0], quad[1]).max(length(quad[3], quad[2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUAD: Quad = [[100.0, 80.0], [420.0, 60.0], [450.0, 300.0], [90.0, 260.0]];

    fn close(a: Point, b: Point) -> bool {
        (a[0] - b[0]).abs() < 0.01 && (a[1] - b[1]).abs() < 0.01
    }

    #[test]
    fn the_map_takes_corners_to_corners_and_back() {
        let map = Homography::from_rect(85.6, 54.0, &QUAD);
        let back = map.inverse();
        for (from, to) in Rect::new(0.0, 0.0, 85.6, 54.0).corners().into_iter().zip(QUAD) {
            assert!(close(map.apply(from), to));
            assert!(close(back.apply(to), from));
        }
    }

    #[test]
    fn an_untilted_pose_is_a_rotated_rectangle() {
        let pose = Pose {
            centre: [500.0, 400.0],
            width_px: 300.0,
            roll_deg: 90.0,
            pitch_deg: 0.0,
            yaw_deg: 0.0,
            focal_px: 1000.0,
        };
        let quad = pose.project(85.6, 54.0);
        let half_height = 150.0 * 54.0 / 85.6;
        assert!(close(quad[0], [500.0 + half_height, 250.0]), "{quad:?}");
        assert!(close(quad[2], [500.0 - half_height, 550.0]), "{quad:?}");
        assert!((quad_width(&quad) - 300.0).abs() < 0.01);
    }

    #[test]
    fn a_rectangle_outside_the_picture_has_no_visible_part() {
        assert_eq!(Rect::new(-10.0, 0.0, 5.0, 5.0).clipped(100, 100), None);
        assert_eq!(
            Rect::new(-10.0, 90.0, 20.0, 20.0).clipped(100, 100),
            Some(Rect::new(0.0, 90.0, 10.0, 10.0))
        );
    }
}
