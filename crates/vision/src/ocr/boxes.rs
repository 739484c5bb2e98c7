//! From a probability map to rectangles around text (the post-processing of a DB detector).

/// Probability above which a pixel counts as text.
const TEXT: f32 = 0.3;
/// Mean probability below which a rectangle is dropped.
const SCORE_MIN: f32 = 0.5;
/// How much the shrunk text kernel is grown, DB's unclip ratio.
const UNCLIP: f32 = 1.6;
/// Shortest side before and after growing, map pixels.
const SIDE_MIN: f32 = 3.0;
const GROWN_SIDE_MIN: f32 = 5.0;
/// At most this many candidates per map.
const CANDIDATES_MAX: usize = 1000;

/// A rotated rectangle on the map: corners around it, and its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MapBox {
    pub corners: [[f32; 2]; 4],
    pub score: f32,
}

/// Rectangles around text in a `width` × `height` map of probabilities; anything that is not a finite
/// number counts as no text.
pub(super) fn find(map: &[f32], width: usize, height: usize) -> Vec<MapBox> {
    if width == 0 || map.len() < width.saturating_mul(height) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Every pixel may be scored this many times on average; overlapping rectangles in a hostile map cannot
    // cost more.
    let mut budget = map.len().saturating_mul(8);
    for points in components(map, width, height) {
        let hull = convex_hull(points);
        let Some(rect) = Rect::smallest_around(&hull) else { continue };
        if rect.shorter() < SIDE_MIN {
            continue;
        }
        let (score, pixels) = mean_inside(map, width, height, &rect.corners());
        if score >= SCORE_MIN {
            // For a rectangle the round-cornered offset followed by a minimum-area rectangle is this.
            let by = rect.w * rect.h * UNCLIP / (2.0 * (rect.w + rect.h));
            let grown = Rect { w: rect.w + 2.0 * by, h: rect.h + 2.0 * by, ..rect };
            if grown.shorter() >= GROWN_SIDE_MIN {
                found.push(MapBox { corners: grown.corners(), score });
            }
        }
        budget = budget.saturating_sub(pixels);
        if budget == 0 {
            break;
        }
    }
    found
}

/// A horizontal run of text pixels.
#[derive(Clone, Copy)]
struct Run {
    y: u32,
    from: u32,
    to: u32, // inclusive
    label: u32,
}

/// The end points of the runs of each 8-connected component of the mask dilated by 2×2.
fn components(map: &[f32], width: usize, height: usize) -> Vec<Vec<[i32; 2]>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<u32> = Vec::new();
    let mut above = 0..0;
    let mut previous = vec![false; width];
    let mut current = vec![false; width];
    let mut dilated = vec![false; width];
    for (y, row) in map.chunks_exact(width).take(height).enumerate() {
        for (c, p) in current.iter_mut().zip(row) {
            *c = *p > TEXT; // false for NaN
        }
        let mut left = false;
        for ((d, &c), &p) in dilated.iter_mut().zip(&current).zip(&previous) {
            let column = c | p;
            *d = column | left;
            left = column;
        }
        std::mem::swap(&mut previous, &mut current);
        let start = runs.len();
        let mut x = 0;
        while let Some(skip) = dilated[x..].iter().position(|&d| d) {
            let from = x + skip;
            let to = dilated[from..].iter().position(|&d| !d).map_or(width, |n| from + n) - 1;
            let mut label = None;
            for touching in &runs[above.clone()] {
                if touching.from as usize > to + 1 {
                    break;
                }
                if touching.to as usize + 1 < from {
                    continue;
                }
                let root = find_root(&mut parents, touching.label);
                match label {
                    None => label = Some(root),
                    Some(own) => {
                        let (low, high) = (root.min(own), root.max(own));
                        parents[high as usize] = low;
                        label = Some(low);
                    }
                }
            }
            let label = label.unwrap_or_else(|| {
                parents.push(parents.len() as u32);
                parents.len() as u32 - 1
            });
            runs.push(Run { y: y as u32, from: from as u32, to: to as u32, label });
            x = to + 1;
            if x >= width {
                break;
            }
        }
        above = start..runs.len();
    }
    let mut slots: Vec<Option<usize>> = vec![None; parents.len()];
    let mut groups: Vec<Vec<[i32; 2]>> = Vec::new();
    for run in &runs {
        let root = find_root(&mut parents, run.label) as usize;
        let slot = match slots[root] {
            Some(slot) => slot,
            None if groups.len() < CANDIDATES_MAX => {
                groups.push(Vec::new());
                slots[root] = Some(groups.len() - 1);
                groups.len() - 1
            }
            None => continue,
        };
        groups[slot].push([run.from as i32, run.y as i32]);
        groups[slot].push([run.to as i32, run.y as i32]);
    }
    groups
}

fn find_root(parents: &mut [u32], label: u32) -> u32 {
    let mut at = label;
    while parents[at as usize] != at {
        let next = parents[parents[at as usize] as usize]; // halve the path on the way
        parents[at as usize] = next;
        at = next;
    }
    at
}

/// Andrew's monotone chain.
fn convex_hull(mut points: Vec<[i32; 2]>) -> Vec<[f32; 2]> {
    points.sort_unstable();
    points.dedup();
    let cross = |o: [i32; 2], a: [i32; 2], b: [i32; 2]| {
        i64::from(a[0] - o[0]) * i64::from(b[1] - o[1]) - i64::from(a[1] - o[1]) * i64::from(b[0] - o[0])
    };
    let half = |points: &mut dyn Iterator<Item = [i32; 2]>| {
        let mut chain: Vec<[i32; 2]> = Vec::new();
        for p in points {
            while let [.., a, b] = chain.as_slice()
                && cross(*a, *b, p) <= 0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    if points.len() < 3 {
        return points.iter().map(|p| p.map(|v| v as f32)).collect();
    }
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull.iter().map(|p| p.map(|v| v as f32)).collect()
}

/// A rotated rectangle.
#[derive(Clone, Copy, Debug)]
struct Rect {
    centre: [f32; 2],
    /// Unit vector along `w`.
    along: [f32; 2],
    w: f32,
    h: f32,
}

impl Rect {
    /// One side of the smallest rectangle lies on an edge of the hull, so try them all.
    fn smallest_around(hull: &[[f32; 2]]) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let ends = hull.iter().skip(1).chain(hull.first());
        for (a, b) in hull.iter().zip(ends) {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let length = dx.hypot(dy);
            if length <= 0.0 {
                continue;
            }
            let (ux, uy) = (dx / length, dy / length);
            let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
            for p in hull {
                let q = [p[0] * ux + p[1] * uy, p[1] * ux - p[0] * uy];
                for i in 0..2 {
                    low[i] = low[i].min(q[i]);
                    high[i] = high[i].max(q[i]);
                }
            }
            let (w, h) = (high[0] - low[0], high[1] - low[1]);
            if best.as_ref().is_none_or(|(area, _)| w * h < *area) {
                let (cx, cy) = (f32::midpoint(low[0], high[0]), f32::midpoint(low[1], high[1]));
                let centre = [cx * ux - cy * uy, cx * uy + cy * ux];
                best = Some((w * h, Self { centre, along: [ux, uy], w, h }));
            }
        }
        best.map(|(_, rect)| rect)
    }

    fn shorter(&self) -> f32 {
        self.w.min(self.h)
    }

    fn corners(&self) -> [[f32; 2]; 4] {
        let [ux, uy] = self.along;
        let (a, b) = (self.w / 2.0, self.h / 2.0);
        [[-a, -b], [a, -b], [a, b], [-a, b]]
            .map(|[s, t]| [self.centre[0] + s * ux - t * uy, self.centre[1] + s * uy + t * ux])
    }
}

/// Mean of the map over the pixels inside a convex quadrilateral, border included, and their number.
fn mean_inside(map: &[f32], width: usize, height: usize, corners: &[[f32; 2]; 4]) -> (f32, usize) {
    let low = corners.iter().map(|c| c[1]).fold(f32::MAX, f32::min).ceil().max(0.0) as usize;
    let high = corners.iter().map(|c| c[1]).fold(f32::MIN, f32::max).floor().max(0.0) as usize;
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for y in low..=high.min(height.saturating_sub(1)) {
        let at = y as f32;
        let (mut from, mut to) = (f32::MAX, f32::MIN);
        for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let (top, bottom) = if a[1] <= b[1] { (a, b) } else { (b, a) };
            if at < top[1] || at > bottom[1] {
                continue;
            }
            let span = bottom[1] - top[1];
            let xs = if span > 1e-6 {
                let x = top[0] + (bottom[0] - top[0]) * (at - top[1]) / span;
                [x, x]
            } else {
                [top[0], bottom[0]]
            };
            for x in xs {
                from = from.min(x);
                to = to.max(x);
            }
        }
        if from > to {
            continue;
        }
        // A hundredth of a pixel of slack, so that rounding does not lose the border itself.
        let from = (from - 0.01).ceil().max(0.0) as usize;
        let to = ((to + 0.01).floor().max(0.0) as usize).min(width - 1);
        let Some(row) = map.get(y * width + from..=y * width + to) else { continue };
        sum += row.iter().filter(|p| p.is_finite()).map(|p| f64::from(*p)).sum::<f64>();
        count += row.len();
    }
    if count == 0 { (0.0, 1) } else { ((sum / count as f64) as f32, count) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paint(width: usize, height: usize, inside: impl Fn(i32, i32) -> bool) -> Vec<f32> {
        (0..width * height)
            .map(|i| if inside((i % width) as i32, (i / width) as i32) { 0.9 } else { 0.0 })
            .collect()
    }

    #[test]
    fn an_upright_block_grows_by_the_offset() {
        let map = paint(100, 60, |x, y| (20..60).contains(&x) && (10..20).contains(&y));
        let boxes = find(&map, 100, 60);
        assert_eq!(boxes.len(), 1);
        // Dilation adds one pixel right and below: centres 20…60 and 10…20, so 40 × 10.
        let by = 40.0 * 10.0 * 1.6 / (2.0 * 50.0);
        let xs = boxes[0].corners.map(|c| c[0]);
        let ys = boxes[0].corners.map(|c| c[1]);
        let (min, max) =
            (xs.iter().copied().fold(f32::MAX, f32::min), xs.iter().copied().fold(0.0, f32::max));
        assert!((min - (20.0 - by)).abs() < 0.01 && (max - (60.0 + by)).abs() < 0.01);
        assert!((ys.iter().copied().fold(f32::MAX, f32::min) - (10.0 - by)).abs() < 0.01);
        assert!(boxes[0].score > 0.7);
    }

    #[test]
    fn a_turned_block_keeps_its_angle() {
        let (s, c) = 20.0_f32.to_radians().sin_cos();
        let map = paint(200, 200, |x, y| {
            let (dx, dy) = ((x - 100) as f32, (y - 100) as f32);
            (dx * c + dy * s).abs() < 60.0 && (dy * c - dx * s).abs() < 10.0
        });
        let boxes = find(&map, 200, 200);
        assert_eq!(boxes.len(), 1);
        let sides: Vec<f32> = (0..4)
            .map(|i| {
                let (a, b) = (boxes[0].corners[i], boxes[0].corners[(i + 1) % 4]);
                ((b[1] - a[1]) / (b[0] - a[0])).atan().to_degrees()
            })
            .collect();
        assert!(sides.iter().any(|angle| (angle - 20.0).abs() < 1.5), "{sides:?}");
    }

    #[test]
    fn specks_weak_text_and_separate_blocks() {
        assert!(find(&paint(50, 50, |x, y| x == 10 && y == 10), 50, 50).is_empty());
        let weak: Vec<f32> = paint(50, 50, |x, y| (11..40).contains(&x) && (11..30).contains(&y))
            .iter()
            .map(|p| p * 0.45)
            .collect();
        assert!(find(&weak, 50, 50).is_empty());
        let two = paint(100, 50, |x, y| !(40..=60).contains(&x) && (11..30).contains(&y));
        assert_eq!(find(&two, 100, 50).len(), 2);
        // A U is one component: its arms meet below.
        let u = paint(60, 60, |x, y| (11..50).contains(&y) && !((16..45).contains(&x) && y < 40));
        assert!(components(&u, 60, 60).len() == 1);
    }

    #[test]
    fn at_most_a_thousand_candidates() {
        let map = paint(400, 400, |x, y| x % 6 == 0 && y % 6 == 0);
        assert_eq!(components(&map, 400, 400).len(), 1000);
    }

    proptest! {
        #[test]
        fn any_map_is_survived(
            width in 0_usize..40,
            height in 0_usize..40,
            values in proptest::collection::vec(
                prop_oneof![proptest::num::f32::ANY, 0.0_f32..1.0, Just(0.9), Just(f32::NAN), Just(f32::INFINITY)],
                0..1600,
            ),
        ) {
            for found in find(&values, width, height) {
                prop_assert!(found.corners.iter().flatten().all(|v| v.is_finite()));
            }
        }

        #[test]
        fn the_rectangle_holds_every_point(
            points in proptest::collection::vec((0_i32..500, 0_i32..500), 3..60),
        ) {
            let hull = convex_hull(points.iter().map(|&(x, y)| [x, y]).collect());
            if let Some(rect) = Rect::smallest_around(&hull) {
                for &(x, y) in &points {
                    let (dx, dy) = (x as f32 - rect.centre[0], y as f32 - rect.centre[1]);
                    let s = dx * rect.along[0] + dy * rect.along[1];
                    let t = dy * rect.along[0] - dx * rect.along[1];
                    prop_assert!(s.abs() <= rect.w / 2.0 + 0.1 && t.abs() <= rect.h / 2.0 + 0.1);
                }
            }
        }
    }
}
