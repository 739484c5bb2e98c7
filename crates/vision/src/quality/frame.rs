//! The card in its frame: size, cut edges, slant.

use super::CardCorners;
use super::flat::bounding;
use shiming_domain::evidence::Region;

fn side(corners: &CardCorners, a: usize, b: usize) -> f32 {
    (corners[a][0] - corners[b][0]).hypot(corners[a][1] - corners[b][1])
}

/// Mean of the top and bottom edge, working pixels.
pub(super) fn width(corners: &CardCorners) -> f32 {
    f32::midpoint(side(corners, 0, 1), side(corners, 2, 3))
}

/// Longest over shortest opposite side.
pub(super) fn skew(corners: &CardCorners) -> f32 {
    let ratio = |a: f32, b: f32| a.max(b) / a.min(b).max(1e-3);
    ratio(side(corners, 0, 1), side(corners, 2, 3)).max(ratio(side(corners, 1, 2), side(corners, 3, 0)))
}

/// Points looked at along each edge.
const STEPS: usize = 64;

/// Share of the outline outside the picture, and the box around the cut parts.
///
/// An edge that runs along the picture's border is cut too: a locator may stop at the border. A scan
/// cropped to the card touches all four borders at the corners, and is whole.
pub(super) fn cut_off(corners: &CardCorners, (w, h): (f32, f32)) -> (f32, Option<Region>) {
    let slack = 0.002 * w.max(h);
    let frame = [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]];
    let near = 0.015 * w.max(h);
    let cropped_scan = frame
        .iter()
        .all(|f| corners.iter().any(|c| (c[0] - f[0]).abs() <= near && (c[1] - f[1]).abs() <= near));
    if cropped_scan {
        return (0.0, None);
    }
    let mut outside = Vec::new();
    for i in 0..4 {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            let [x, y] = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
            if x < slack || y < slack || x > w - slack || y > h - slack {
                outside.push([x, y]);
            }
        }
    }
    let share = outside.len() as f32 / (4 * STEPS) as f32;
    // The box reaches a little into the picture, or there would be nothing to show.
    let reach = 0.02 * w.max(h);
    let shown: Vec<[f32; 2]> =
        outside.iter().flat_map(|[x, y]| [[x - reach, y - reach], [x + reach, y + reach]]).collect();
    (share, if outside.is_empty() { None } else { bounding(&shown, (w, h)) })
}
