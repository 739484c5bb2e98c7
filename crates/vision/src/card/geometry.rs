//! Plane geometry of a card in a picture: quadrilaterals and their overlap.

/// A point `[x, y]`, pixels, y down.
pub type Point = [f32; 2];

/// Four points in order around the outline; for a card: top left, top right, bottom right, bottom left.
pub type Quad = [Point; 4];

/// Distance between two points.
pub fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Signed area by the shoelace rule; positive when the points run clockwise on screen (y down).
pub fn area(points: &[Point]) -> f32 {
    let mut twice = 0.0;
    for (i, p) in points.iter().enumerate() {
        let q = points[(i + 1) % points.len()];
        twice += p[0] * q[1] - q[0] * p[1];
    }
    twice / 2.0
}

/// Every corner turns the same way.
pub fn is_convex(quad: &Quad) -> bool {
    let mut sign = 0.0_f32;
    for i in 0..4 {
        let (a, b, c) = (quad[i], quad[(i + 1) % 4], quad[(i + 2) % 4]);
        let cross = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
        if cross == 0.0 || sign * cross < 0.0 {
            return false;
        }
        sign = cross;
    }
    true
}

/// Middle of the four corners.
pub fn centre(quad: &Quad) -> Point {
    let sum = quad.iter().fold([0.0, 0.0], |s, p| [s[0] + p[0], s[1] + p[1]]);
    [sum[0] / 4.0, sum[1] / 4.0]
}

/// The quad with every coordinate multiplied by `factor`.
pub fn scaled(quad: &Quad, factor: f32) -> Quad {
    quad.map(|[x, y]| [x * factor, y * factor])
}

/// The same outline, starting `steps` corners later (a turn of the card by `steps` × 90°).
pub fn turned(quad: &Quad, steps: usize) -> Quad {
    std::array::from_fn(|i| quad[(i + steps) % 4])
}

/// The part of polygon `subject` inside the convex polygon `clip` (Sutherland–Hodgman).
fn clip(subject: &[Point], clip: &[Point]) -> Vec<Point> {
    let orientation = area(clip).signum();
    let mut out = subject.to_vec();
    for (i, &a) in clip.iter().enumerate() {
        let b = clip[(i + 1) % clip.len()];
        let side =
            |p: Point| orientation * ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) >= 0.0;
        let input = std::mem::take(&mut out);
        for (j, &p) in input.iter().enumerate() {
            let q = input[(j + 1) % input.len()];
            if side(p) {
                out.push(p);
            }
            if side(p) != side(q)
                && let Some(x) = intersection((p, q), (a, b))
            {
                out.push(x);
            }
        }
    }
    out
}

/// Where two lines, each through two points, meet; `None` when they are parallel.
pub fn intersection((a, b): (Point, Point), (c, d): (Point, Point)) -> Option<Point> {
    let r = [b[0] - a[0], b[1] - a[1]];
    let s = [d[0] - c[0], d[1] - c[1]];
    let cross = r[0] * s[1] - r[1] * s[0];
    if cross.abs() < 1e-6 {
        return None;
    }
    let t = ((c[0] - a[0]) * s[1] - (c[1] - a[1]) * s[0]) / cross;
    Some([a[0] + t * r[0], a[1] + t * r[1]])
}

/// Share of `quad`'s area that lies inside the rectangle `(0, 0)–(width, height)`.
pub fn share_inside(quad: &Quad, width: f32, height: f32) -> f32 {
    let frame = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
    let whole = area(quad).abs();
    if whole <= 0.0 { 0.0 } else { (area(&clip(quad, &frame)).abs() / whole).min(1.0) }
}

/// Intersection over union of two convex quads, 0–1: the usual measure of a located document.
pub fn iou(a: &Quad, b: &Quad) -> f32 {
    let both = area(&clip(a, b)).abs();
    let either = area(a).abs() + area(b).abs() - both;
    if either <= 0.0 { 0.0 } else { (both / either).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Quad = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];

    #[test]
    fn overlap_of_half_shifted_squares_is_a_third() {
        let shifted = UNIT.map(|[x, y]| [x + 0.5, y]);
        assert!((iou(&UNIT, &shifted) - 1.0 / 3.0).abs() < 1e-5);
        assert!((share_inside(&shifted, 1.0, 1.0) - 0.5).abs() < 1e-5);
    }

    #[test]
    fn a_bow_tie_is_not_convex() {
        assert!(is_convex(&UNIT));
        assert!(!is_convex(&[UNIT[0], UNIT[2], UNIT[1], UNIT[3]]));
    }
}
