//! Candidate outlines of a card: quadrilaterals made of four well supported lines.
//!
//! Purely geometric; whether a candidate is a card at all is judged by what stands inside it
//! (see [`super::side`]).

use super::edges;
use super::geometry::{Point, Quad, area, distance, intersection, is_convex, scaled, share_inside};
use super::lines::{self, Line};
use crate::warp;
use image::RgbImage;

/// Long side of the picture in which lines are searched, pixels. Larger pictures are shrunk to it first.
pub const SEARCH_SIDE: u32 = 640;
/// An edge weaker than this is noise, levels per pixel.
const EDGE_MIN: f32 = 3.0;
/// An outline cut by the border of the picture looks longer than a card: half of a card's short side is left
/// and still seen at an angle.
const CUT_ASPECT_MAX: f32 = 3.5;
/// Long over short side of an ID-1 card (ISO/IEC 7810: 85.60 × 53.98 mm).
pub const ASPECT: f32 = 85.60 / 53.98;

/// One possible outline.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Corners in pixels of the picture given, clockwise, starting anywhere.
    pub quad: Quad,
    /// How well it is supported, about 0–1.
    pub score: f32,
    /// Sides that are the border of the picture, not an edge of the card.
    pub frame_sides: [bool; 4],
}

/// How a search is made.
#[derive(Clone, Copy)]
pub(crate) struct Search {
    /// Outlines wanted.
    pub(crate) count_max: usize,
    /// Lines looked at; a busy background fills them all.
    lines_max: usize,
    /// Outlines looked at closely.
    closely_max: usize,
    /// Smallest share of the picture a card may fill and still be found.
    area_min: f32,
    /// Least distance between opposite sides, of the picture's short side.
    gap_min: f32,
    /// What is done with the border of the picture.
    border: Border,
}

/// What the border of the picture is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    /// It may cut a card, which is then less likely than one seen whole.
    Doubtful,
    /// It may cut a card, and what is seen of it is all there is to judge by.
    Cuts,
    /// It is no border but that of a tile of the picture.
    Tile,
}

impl Search {
    /// For a card that somebody took a picture of.
    pub(crate) const ORDINARY: Self = Self {
        count_max: 8,
        lines_max: 56,
        closely_max: 300,
        area_min: 0.02,
        gap_min: 0.09,
        border: Border::Doubtful,
    };
    /// For one that is cut off, or hides among much else.
    pub(crate) const WIDE: Self =
        Self { count_max: 48, closely_max: 1500, border: Border::Cuts, ..Self::ORDINARY };
    /// For a small one, in a part of the picture.
    pub(crate) const TILE: Self = Self {
        count_max: 6,
        lines_max: 28,
        closely_max: 100,
        area_min: 0.012,
        gap_min: 0.07,
        border: Border::Tile,
    };
}

/// Up to `count_max` outlines, best first, no two of them nearly the same.
pub fn candidates(rgb: &RgbImage, count_max: usize) -> Vec<Candidate> {
    search(rgb, Search { count_max, ..Search::ORDINARY })
}

/// As [`candidates`], in the way asked for.
pub(crate) fn search(rgb: &RgbImage, how: Search) -> Vec<Candidate> {
    let shrunk = warp::shrink_to_fit(rgb, SEARCH_SIDE);
    let (small, factor) = shrunk.as_ref().map_or((rgb, 1.0), |(small, factor)| (small, *factor));
    let (w, h) = (small.width() as f32, small.height() as f32);
    let edges = edges::find(small, EDGE_MIN);
    let mut lines = lines::find(&edges, small.width(), small.height(), how.lines_max);
    if how.border != Border::Tile {
        lines.extend([
            Line::frame(1.0, 0.0, 0.0),
            Line::frame(1.0, 0.0, w - 1.0),
            Line::frame(0.0, 1.0, 0.0),
            Line::frame(0.0, 1.0, h - 1.0),
        ]);
    }
    let mut found = assemble(&lines, w, h, how);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(how.closely_max);
    for c in &mut found {
        c.score += ground_score(small, &c.quad);
    }
    if how.border != Border::Tile {
        found.extend(whole_picture(w, h));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Candidate> = Vec::new();
    for c in found {
        if kept.len() == how.count_max {
            break;
        }
        if kept.iter().all(|k| super::geometry::iou(&k.quad, &c.quad) < 0.8) {
            kept.push(c);
        }
    }
    for c in &mut kept {
        c.quad = scaled(&completed(c), 1.0 / factor);
    }
    kept
}

/// Below this a scan's own border is the likelier outline, see [`whole_picture`].
const WHOLE_PICTURE_SCORE: f32 = 0.82;

/// A picture of a card's proportions may be the card itself: a scan, or a crop made by another program.
fn whole_picture(w: f32, h: f32) -> Option<Candidate> {
    let aspect = w.max(h) / w.min(h).max(1.0);
    ((aspect / ASPECT).ln().abs() < 0.1).then_some(Candidate {
        quad: [[0.0, 0.0], [w - 1.0, 0.0], [w - 1.0, h - 1.0], [0.0, h - 1.0]],
        score: WHOLE_PICTURE_SCORE,
        frame_sides: [false; 4],
    })
}

/// A card that runs out of the picture on one side is given its missing part back, so that what is left is
/// read at its true proportions and the corners say how much is missing.
fn completed(c: &Candidate) -> Quad {
    let mut quad = c.quad;
    let frames: Vec<usize> = (0..4).filter(|&i| c.frame_sides[i]).collect();
    let &[cut] = frames.as_slice() else { return quad };
    // Side i runs from corner i to corner i + 1; the opposite side is seen whole.
    let (a, b) = (cut, (cut + 1) % 4);
    let (a_from, b_from) = ((cut + 3) % 4, (cut + 2) % 4);
    let whole = distance(quad[a_from], quad[b_from]);
    let seen = f32::midpoint(distance(quad[a_from], quad[a]), distance(quad[b_from], quad[b])).max(1.0);
    let target = if seen > whole / ASPECT * 1.04 { whole * ASPECT } else { whole / ASPECT };
    let stretch = (target / seen).clamp(1.0, 2.5);
    let extend = |from: Point, to: Point| {
        [from[0] + (to[0] - from[0]) * stretch, from[1] + (to[1] - from[1]) * stretch]
    };
    quad[a] = extend(quad[a_from], quad[a]);
    quad[b] = extend(quad[b_from], quad[b]);
    quad
}

/// Two lines that could be opposite sides.
struct Rails<'a> {
    a: &'a Line,
    b: &'a Line,
}

fn rails(lines: &[Line], w: f32, h: f32, gap_min: f32) -> Vec<Rails<'_>> {
    let middle: Point = [w / 2.0, h / 2.0];
    let mut out = Vec::new();
    for (i, a) in lines.iter().enumerate() {
        for b in &lines[i + 1..] {
            if (a.is_frame && b.is_frame) || (a.nx * b.nx + a.ny * b.ny).abs() < 0.88 {
                continue;
            }
            // Where each crosses the normal of `a` through the middle of the picture.
            let at = |l: &Line| {
                let along = l.nx * a.nx + l.ny * a.ny;
                (l.rho - l.nx * middle[0] - l.ny * middle[1]) / along
            };
            if (at(a) - at(b)).abs() > gap_min * w.min(h) {
                out.push(Rails { a, b });
            }
        }
    }
    out
}

fn assemble(lines: &[Line], w: f32, h: f32, how: Search) -> Vec<Candidate> {
    let rails = rails(lines, w, h, how.gap_min);
    let mut out = Vec::new();
    for (i, p) in rails.iter().enumerate() {
        for q in &rails[i + 1..] {
            if (p.a.nx * q.a.nx + p.a.ny * q.a.ny).abs() > 0.64
                || (p.b.nx * q.b.nx + p.b.ny * q.b.ny).abs() > 0.64
            {
                continue;
            }
            if let Some(c) = outline([p.a, q.a, p.b, q.b], w, h, how) {
                out.push(c);
            }
        }
    }
    out
}

/// The outline whose sides lie on the four lines in turn, if it could be a card.
fn outline(sides: [&Line; 4], w: f32, h: f32, how: Search) -> Option<Candidate> {
    let frames = sides.iter().filter(|s| s.is_frame).count();
    if frames > 2 {
        return None;
    }
    let mut quad: Quad = [[0.0; 2]; 4];
    for i in 0..4 {
        // Corner i is where side i ends and side i + 1 begins.
        quad[i] = sides[i].meet(sides[(i + 1) % 4])?;
        let (mx, my) = (0.2 * w, 0.2 * h);
        if quad[i][0] < -mx || quad[i][0] > w + mx || quad[i][1] < -my || quad[i][1] > h + my {
            return None;
        }
    }
    if !is_convex(&quad) || area(&quad).abs() < how.area_min * w * h {
        return None;
    }
    // Side i runs from corner i − 1 to corner i.
    let ends: [(Point, Point); 4] = std::array::from_fn(|i| (quad[(i + 3) % 4], quad[i]));
    let length = ends.map(|(a, b)| distance(a, b));
    let ratio = |a: f32, b: f32| a.max(b) / a.min(b).max(1.0);
    if ratio(length[0], length[2]) > 1.9 || ratio(length[1], length[3]) > 1.9 {
        return None;
    }
    let aspect = ratio(length[0] + length[2], length[1] + length[3]);
    let is_cut = how.border == Border::Cuts && frames == 1;
    if !(1.05..=if is_cut { CUT_ASPECT_MAX } else { 2.5 }).contains(&aspect) {
        return None;
    }
    let mut support = [0.0_f32; 4];
    let mut beyond = 0.0;
    for i in 0..4 {
        let line = sides[i];
        if line.is_frame {
            // Nothing can be said about a side that was not seen; the others have to be the surer.
            support[i] = if is_cut { 0.7 } else { 0.3 };
            continue;
        }
        let (a, b) = clip_to_frame(ends[i], w, h)?;
        let (from, to) = (line.along(a), line.along(b));
        let rounded = 0.06 * (to - from);
        support[i] = line.support(from + rounded, to - rounded);
        // A card's side ends at its corners; a table's edge or a printed grid goes on.
        let (start, end) = (line.along(ends[i].0), line.along(ends[i].1));
        let reach = 0.15 * (end - start);
        beyond += 0.5
            * (line.support(start - reach, start - 0.2 * reach)
                + line.support(end + 0.2 * reach, end + reach));
    }
    let weakest = support.iter().copied().fold(f32::INFINITY, f32::min);
    if weakest < 0.25 {
        return None;
    }
    let mean = support.iter().sum::<f32>() / 4.0;
    let fit = if is_cut { 0.6 } else { (1.0 - (aspect / ASPECT).ln().abs() * 2.0).max(0.0) };
    // Undistorted outlines are likelier than strongly tapered ones, all else being equal.
    let taper = ratio(length[0], length[2]).ln() + ratio(length[1], length[3]).ln();
    let size = (area(&quad).abs() / (w * h)).min(1.0).sqrt();
    let score = 0.55 * mean + 0.45 * weakest - 0.25 * beyond / 4.0 + 0.15 * fit - 0.1 * taper + 0.15 * size
        - 0.06 * frames as f32;
    // Corner i lies between side i and side i + 1: report sides as they follow corner i.
    let mut frame_sides: [bool; 4] = std::array::from_fn(|i| sides[(i + 1) % 4].is_frame);
    if area(&quad) < 0.0 {
        // Counter-clockwise would be the card seen in a mirror.
        quad.reverse();
        frame_sides = [frame_sides[2], frame_sides[1], frame_sides[0], frame_sides[3]];
    }
    Some(Candidate { quad, score, frame_sides })
}

/// The part of a segment inside the picture.
fn clip_to_frame((mut a, mut b): (Point, Point), w: f32, h: f32) -> Option<(Point, Point)> {
    let inside = |p: Point| p[0] >= 0.0 && p[0] <= w && p[1] >= 0.0 && p[1] <= h;
    let corners = [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]];
    if !inside(a) || !inside(b) {
        let mut cuts: Vec<Point> = Vec::with_capacity(4);
        for i in 0..4 {
            if let Some(x) = intersection((a, b), (corners[i], corners[(i + 1) % 4]))
                && x[0] >= -0.5
                && x[0] <= w + 0.5
                && x[1] >= -0.5
                && x[1] <= h + 0.5
            {
                let t = ((x[0] - a[0]) * (b[0] - a[0]) + (x[1] - a[1]) * (b[1] - a[1]))
                    / distance(a, b).powi(2).max(1e-6);
                if (0.0..=1.0).contains(&t) {
                    cuts.push(x);
                }
            }
        }
        let far = |p: Point, q: Point| distance(p, q);
        if !inside(a) {
            a = cuts.iter().copied().min_by(|p, q| far(*p, a).total_cmp(&far(*q, a)))?;
        }
        if !inside(b) {
            b = cuts.iter().copied().min_by(|p, q| far(*p, b).total_cmp(&far(*q, b)))?;
        }
    }
    (distance(a, b) > 8.0).then_some((a, b))
}

/// Along the inside of its outline a card is one calm ground, and differs from what lies outside.
/// −0.7 … 0.35.
fn ground_score(rgb: &RgbImage, quad: &Quad) -> f32 {
    const STEPS: usize = 22;
    let (w, h) = (rgb.width() as f32, rgb.height() as f32);
    let c = super::geometry::centre(quad);
    let short = (0..4).map(|i| distance(quad[i], quad[(i + 1) % 4])).fold(f32::INFINITY, f32::min).max(1.0);
    let depth = (0.035 * short).max(2.5);
    let sample = |p: Point| -> Option<[f32; 3]> {
        (p[0] >= 0.0 && p[1] >= 0.0 && p[0] < w - 1.0 && p[1] < h - 1.0)
            .then(|| rgb.get_pixel(p[0] as u32, p[1] as u32).0.map(f32::from))
    };
    let differ = |a: [f32; 3], b: [f32; 3]| (0..3).map(|i| (a[i] - b[i]).abs()).sum::<f32>() / 3.0;
    let (mut rough, mut contrast, mut uneven) = (Vec::new(), Vec::new(), 0.0_f32);
    for i in 0..4 {
        let (a, b) = (quad[i], quad[(i + 1) % 4]);
        let len = distance(a, b).max(1.0);
        let mut normal = [-(b[1] - a[1]) / len, (b[0] - a[0]) / len];
        if (c[0] - a[0]) * normal[0] + (c[1] - a[1]) * normal[1] < 0.0 {
            normal = normal.map(|v| -v);
        }
        let mut last: Option<[f32; 3]> = None;
        let mut lumas = Vec::with_capacity(STEPS);
        for s in 0..STEPS {
            let t = 0.07 + 0.86 * s as f32 / (STEPS - 1) as f32;
            let p = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
            let inner = sample([p[0] + depth * normal[0], p[1] + depth * normal[1]]);
            let outer = sample([p[0] - depth * normal[0], p[1] - depth * normal[1]]);
            if let (Some(x), Some(y)) = (inner, last) {
                rough.push(differ(x, y));
            }
            if let (Some(x), Some(y)) = (inner, outer) {
                contrast.push(differ(x, y));
            }
            lumas.extend(inner.map(|v| v.iter().sum::<f32>() / 3.0));
            last = inner;
        }
        // How far the inner side of one edge strays from its own middle value: cells of a printed grid are
        // calm inside and differ from each other.
        lumas.sort_by(f32::total_cmp);
        if let Some(&middle) = lumas.get(lumas.len() / 2) {
            let stray = lumas.iter().map(|v| (v - middle).abs()).sum::<f32>() / lumas.len() as f32;
            uneven = uneven.max(stray);
        }
    }
    let quantile = |v: &mut Vec<f32>, q: f32| -> f32 {
        if v.is_empty() {
            return 0.0;
        }
        v.sort_by(f32::total_cmp);
        v[((v.len() - 1) as f32 * q) as usize]
    };
    // The upper quartile: text near one side of a wrong outline must not hide behind the calm rest.
    let rough = quantile(&mut rough, 0.8);
    let contrast = quantile(&mut contrast, 0.3);
    let visible = share_inside(quad, w, h);
    0.25 * (1.0 - rough / 12.0).max(-1.0) - 0.25 * ((uneven - 14.0) / 30.0).clamp(0.0, 1.0)
        + 0.10 * (contrast / 20.0).min(1.0)
        - 0.2 * (1.0 - visible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::geometry::iou;
    use image::Rgb;

    /// A light quad on a dark ground, with lines of "text" inside.
    fn scene(quad: &Quad, ground: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        let to_card =
            crate::warp::Homography::between(quad, &[[0.0, 0.0], [85.6, 0.0], [85.6, 54.0], [0.0, 54.0]])
                .expect("a proper quad");
        RgbImage::from_fn(1000, 750, |x, y| {
            let [u, v] = to_card.apply([x as f32, y as f32]);
            if !(0.0..85.6).contains(&u) || !(0.0..54.0).contains(&v) {
                return Rgb(ground(x, y));
            }
            let (row, column) = (v as u32 / 9, (u * 1.3) as u32);
            let glyph = (column * 7 + row * 13 + column * column) % 5 < 3;
            let text = (8.0..50.0).contains(&u) && (6.0..48.0).contains(&v) && v as u32 % 9 >= 6 && glyph;
            Rgb(if text { [30, 30, 40] } else { [225, 232, 236] })
        })
    }

    fn assert_first(quad: &Quad, ground: impl Fn(u32, u32) -> [u8; 3]) {
        let found = candidates(&scene(quad, ground), 4);
        let best = found.first().expect("an outline");
        assert!(iou(&best.quad, quad) > 0.95, "{:?} for {quad:?}", best.quad);
        assert!(area(&best.quad) > 0.0, "clockwise, never mirrored");
    }

    const TILTED: Quad = [[210.0, 180.0], [760.0, 120.0], [800.0, 480.0], [190.0, 520.0]];

    #[test]
    fn a_tilted_card_on_a_plain_ground_is_the_first_candidate() {
        assert_first(&TILTED, |_, _| [70, 60, 50]);
    }

    #[test]
    fn a_checkerboard_does_not_outvote_the_card() {
        assert_first(&TILTED, |x, y| {
            let cell = (2 * x + y) / 130 + (2 * y + 1000 - x) / 130;
            if cell % 2 == 0 { [20, 20, 20] } else { [180, 160, 150] }
        });
    }

    #[test]
    fn a_faint_card_on_stripes_is_found() {
        assert_first(&TILTED, |x, y| if (x + 2 * y) % 60 < 30 { [190, 185, 170] } else { [205, 200, 190] });
    }

    #[test]
    fn a_card_cut_by_the_border_gets_its_missing_part_back() {
        let whole: Quad = [[420.0, 200.0], [1100.0, 200.0], [1100.0, 629.0], [420.0, 629.0]];
        assert_first(&whole, |_, _| [60, 70, 60]);
    }

    #[test]
    fn a_scan_is_its_own_outline() {
        let scan = RgbImage::from_fn(856, 540, |x, y| {
            let stroke = x % 24 < 15 && (x + y / 5) % 7 < 3 && y % 60 < 24;
            let text = stroke && (70..500).contains(&x) && (60..470).contains(&y);
            Rgb(if text { [40; 3] } else { [230; 3] })
        });
        let best = candidates(&scan, 4).into_iter().next().expect("an outline");
        assert!(iou(&best.quad, &[[0.0, 0.0], [855.0, 0.0], [855.0, 539.0], [0.0, 539.0]]) > 0.98);
    }

    #[test]
    fn no_picture_is_too_small_or_too_plain_to_ask() {
        for (w, h) in [(1, 1), (1, 500), (7, 7), (64, 48)] {
            assert!(candidates(&RgbImage::new(w, h), 4).len() <= 1);
        }
    }
}
