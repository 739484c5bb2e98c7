//! Small plots as inline SVG, without scripts.

use crate::lang::Lang;
use maud::{Markup, html};
use shiming_engine::bench::{FaceErrors, GradeRecall, ReliabilityBin};

/// Similarity on a scale with the bands of the policy.
pub(super) fn similarity(value: Option<f32>, borderline: f32, threshold: f32, lang: Lang) -> Markup {
    let x = |v: f32| 10.0 + 300.0 * f64::from(v.clamp(0.0, 1.0));
    let label = |v: f32| format!("{v:.2}");
    html! {
        svg class="plot" viewBox="0 0 320 74" role="img" aria-label=(lang.pick("相似度", "similarity")) {
            rect class="bad" x=(x(0.0)) y="24" width=(x(borderline) - x(0.0)) height="18" {}
            rect class="mid" x=(x(borderline)) y="24" width=(x(threshold) - x(borderline)) height="18" {}
            rect class="good" x=(x(threshold)) y="24" width=(x(1.0) - x(threshold)) height="18" {}
            text x=(x(borderline)) y="56" text-anchor="middle" { (label(borderline)) }
            text x=(x(threshold)) y="56" text-anchor="middle" { (label(threshold)) }
            text x=(x(0.0)) y="56" { "0" }
            text x=(x(1.0)) y="56" text-anchor="end" { "1" }
            text x=(f64::midpoint(x(0.0), x(borderline))) y="70" text-anchor="middle" { (lang.pick("不同人", "differ")) }
            text x=(f64::midpoint(x(borderline), x(threshold))) y="70" text-anchor="middle" { (lang.pick("人工", "person")) }
            text x=(f64::midpoint(x(threshold), x(1.0))) y="70" text-anchor="middle" { (lang.pick("一致", "agree")) }
            @if let Some(value) = value {
                line class="mark" x1=(x(value)) x2=(x(value)) y1="19" y2="47" {}
                text class="strong" x=(x(value)) y="13" text-anchor="middle" { (format!("{value:.3}")) }
            }
        }
    }
}

/// Horizontal bars with values, all to one scale.
pub(super) fn bars(rows: &[(&str, f64, String)], label: &str) -> Markup {
    let largest = rows.iter().map(|row| row.1).fold(1e-9, f64::max);
    let height = rows.len() * 24 + 4;
    html! {
        svg class="plot" viewBox={ "0 0 320 " (height) } role="img" aria-label=(label) {
            @for (i, (name, value, text)) in rows.iter().enumerate() {
                text x="92" y=(i * 24 + 16) text-anchor="end" { (name) }
                rect class="bar" x="100" y=(i * 24 + 6) height="13" rx="3"
                    width=(format!("{:.1}", (value / largest * 155.0).max(1.0))) {}
                text class="strong" y=(i * 24 + 16) x=(format!("{:.1}", 106.0 + value / largest * 155.0)) { (text) }
            }
        }
    }
}

/// A rectangle of the page with two axes.
struct Frame {
    x: Axis,
    y: Axis,
}

/// Values from `from` to `to`, on a logarithmic scale if `log`.
struct Axis {
    from: f64,
    to: f64,
    log: bool,
    label: &'static str,
    ticks: Vec<(f64, String)>,
}

const LEFT: f64 = 40.0;
const RIGHT: f64 = 310.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 170.0;

impl Axis {
    fn share(label: &'static str) -> Self {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|v: f64| (v, format!("{:.0} %", v * 100.0)));
        Self { from: 0.0, to: 1.0, log: false, label, ticks: ticks.into() }
    }

    /// 0–1 of a value; what is below a logarithmic scale stands at its lower end.
    fn place(&self, value: f64) -> f64 {
        let at = |v: f64| if self.log { v.max(self.from).log10() } else { v };
        ((at(value) - at(self.from)) / (at(self.to) - at(self.from))).clamp(0.0, 1.0)
    }
}

impl Frame {
    fn x(&self, v: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * self.x.place(v)
    }

    fn y(&self, v: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * self.y.place(v)
    }

    fn path(&self, points: impl IntoIterator<Item = [f64; 2]>) -> String {
        points
            .into_iter()
            .map(|[x, y]| format!("{:.1},{:.1}", self.x(x), self.y(y)))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn draw(&self, label: &str, inside: &Markup) -> Markup {
        html! {
            svg class="plot" viewBox="0 0 320 206" role="img" aria-label=(label) {
                @for (value, text) in &self.y.ticks {
                    line class="axis" x1=(LEFT) x2=(RIGHT) y1=(self.y(*value)) y2=(self.y(*value)) {}
                    text x=(LEFT - 5.0) y=(self.y(*value) + 4.0) text-anchor="end" { (text) }
                }
                @for (value, text) in &self.x.ticks {
                    line class="axis" x1=(self.x(*value)) x2=(self.x(*value)) y1=(BOTTOM) y2=(BOTTOM + 4.0) {}
                    text x=(self.x(*value)) y=(BOTTOM + 16.0) text-anchor="middle" { (text) }
                }
                text x=(RIGHT) y=(BOTTOM + 32.0) text-anchor="end" { (self.x.label) }
                text x=(LEFT) y=(TOP - 2.0) { (self.y.label) }
                (inside)
            }
        }
    }
}

/// Share noticed by strength, with intervals, the goal, and the strength from which a fault counts.
pub(super) fn recall(curve: &[GradeRecall], goal: f64, grade_faulty: f32, lang: Lang) -> Markup {
    let ticks = [0.0, 0.3, 0.5, 1.0].map(|v: f64| (v, format!("{v}")));
    let x = Axis { from: 0.0, to: 1.0, log: false, label: lang.pick("强度", "grade"), ticks: ticks.into() };
    let frame = Frame { x, y: Axis::share("") };
    let rated: Vec<(f64, f64, [f64; 2])> =
        curve.iter().filter_map(|g| Some((f64::from(g.grade), g.recall.rate?, g.recall.ci95?))).collect();
    let band = rated.iter().map(|(x, _, [low, _])| [*x, *low]);
    let band = band.chain(rated.iter().rev().map(|(x, _, [_, high])| [*x, *high]));
    let faulty = f64::from(grade_faulty);
    let inside = html! {
        polygon class="band" points=(frame.path(band)) {}
        polyline class="goal" points=(frame.path([[faulty, 0.0], [faulty, goal], [1.0, goal]])) {}
        polyline class="curve" points=(frame.path(rated.iter().map(|(x, y, _)| [*x, *y]))) {}
        @for (x, y, _) in &rated { circle class="point" cx=(frame.x(*x)) cy=(frame.y(*y)) r="3.2" {} }
    };
    frame.draw(lang.pick("检出率与强度", "recall by grade"), &inside)
}

/// False-match against false-non-match rate (DET), between the ends of their intervals.
pub(super) fn det(faces: &FaceErrors, lang: Lang) -> Markup {
    let floor = 10_f64.powf((1.0 / (faces.impostor_pairs.max(10) as f64)).log10().floor());
    let mut ticks = vec![(1.0, "100 %".to_owned())];
    let mut tick = 0.1;
    while tick >= floor * 0.99 && ticks.len() < 8 {
        ticks.push((tick, format!("{} %", (tick * 1e6).round() / 1e4)));
        tick /= 10.0;
    }
    let frame =
        Frame { x: Axis { from: floor, to: 1.0, log: true, label: "FMR", ticks }, y: Axis::share("FNMR") };
    let end = |k: usize| faces.curve.iter().map(move |p| [p.fmr_ci95[k], p.fnmr_ci95[k]]);
    let inside = html! {
        polygon class="band" points=(frame.path(end(0).chain(end(1).rev()))) {}
        polyline class="curve" points=(frame.path(faces.curve.iter().map(|p| [p.fmr, p.fnmr]))) {}
        @for (i, point) in faces.operating_points.iter().enumerate() {
            @if let (Some(fmr), Some(fnmr)) = (point.fmr.rate, point.fnmr.rate) {
                @if let (Some([_, fmr_high]), Some([_, fnmr_high])) = (point.fmr.ci95, point.fnmr.ci95) {
                    line class="mark-ci" x1=(frame.x(fmr)) x2=(frame.x(fmr_high)) y1=(frame.y(fnmr)) y2=(frame.y(fnmr)) {}
                    line class="mark-ci" x1=(frame.x(fmr)) x2=(frame.x(fmr)) y1=(frame.y(fnmr)) y2=(frame.y(fnmr_high)) {}
                }
                circle class="point" cx=(frame.x(fmr)) cy=(frame.y(fnmr)) r="4" {}
                text class="strong" x=(frame.x(fmr) + 7.0) y=(frame.y(fnmr) - 6.0 - 14.0 * i as f64) { (point.bound) }
            }
        }
    };
    frame.draw(lang.pick("错误率曲线", "error trade-off"), &inside)
}

/// Right readings against stated confidence.
pub(super) fn reliability(bins: &[ReliabilityBin], lang: Lang) -> Markup {
    let frame = Frame {
        x: Axis::share(lang.pick("置信度", "confidence")),
        y: Axis::share(lang.pick("正确率", "right")),
    };
    let inside = html! {
        line class="goal" x1=(frame.x(0.0)) y1=(frame.y(0.0)) x2=(frame.x(1.0)) y2=(frame.y(1.0)) {}
        @for bin in bins {
            @if let (Some(rate), Some([low, high])) = (bin.right.rate, bin.right.ci95) {
                @let x = frame.x(bin.mean_confidence);
                line class="mark-ci" x1=(x) x2=(x) y1=(frame.y(low)) y2=(frame.y(high)) {}
                circle class="point" cx=(x) cy=(frame.y(rate)) r="4" { title { (bin.right.k) "/" (bin.right.n) } }
            }
        }
    };
    frame.draw(lang.pick("置信度的可靠性", "reliability of confidence"), &inside)
}

/// How many runs took how long.
pub(super) fn histogram(values: &[f64], label: &'static str) -> Markup {
    const BINS: usize = 24;
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    if !(low.is_finite() && high.is_finite()) {
        return html! {};
    }
    let high = if high > low { high } else { low + 1.0 };
    let mut bins = [0_u32; BINS];
    for value in values {
        let place = ((value - low) / (high - low) * BINS as f64) as usize;
        if let Some(bin) = bins.get_mut(place.min(BINS - 1)) {
            *bin += 1;
        }
    }
    let most = bins.iter().copied().max().unwrap_or(1).max(1);
    let ticks = [low, f64::midpoint(low, high), high].map(|v| (v, format!("{v:.0} ms"))).into();
    let frame = Frame {
        x: Axis { from: low, to: high, log: false, label: "", ticks },
        y: Axis {
            from: 0.0,
            to: f64::from(most),
            log: false,
            label,
            ticks: vec![(0.0, "0".to_owned()), (f64::from(most), most.to_string())],
        },
    };
    let width = (high - low) / BINS as f64;
    let inside = html! {
        @for (i, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            @let (x, y) = (frame.x(low + width * i as f64), frame.y(f64::from(*count)));
            rect class="bar" x=(x) y=(y) width=((RIGHT - LEFT) / BINS as f64 - 1.0) height=(BOTTOM - y) {}
        }
    };
    frame.draw(label, &inside)
}
