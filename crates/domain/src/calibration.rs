//! What is known about the face comparison: distance, similarity and measured false-match rate.
//!
//! Similarity, the only number people see, is `1 − distance`, clamped to 0–1; distance is the Euclidean
//! distance of the raw 128-value embeddings. It is no probability.
//!
//! # What the table does not show
//! It was measured on few pairs of ordinary portraits, mostly Western faces, without a single portrait of an
//! ID card. With 262 impostor pairs and no error the true false-match rate at a threshold can still be as
//! high as 1.4 % (95 %); a target of 10⁻⁴ cannot be shown with fewer than some 37,000 pairs. The embedding
//! is reported to do worse on East Asian faces. Nobody should let a comparison alone approve or refuse a
//! person before measuring it on consenting people of their own.

use serde::{Deserialize, Serialize};

/// Up to this distance faces agree.
pub const PASS_DISTANCE_MAX: f32 = 0.50;
/// Up to this distance a person looks; beyond, faces do not agree.
pub const WARN_DISTANCE_MAX: f32 = 0.60;

/// Where the numbers come from.
pub const SOURCE: &str = "38 genuine and 262 impostor pairs of ordinary portraits, clean and degraded";

/// One measured point: of `impostor_pairs` comparisons of different people, `false_matches` were this near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Distance threshold.
    pub distance: f32,
    /// Impostor pairs at or below it.
    pub false_matches: u32,
    /// Impostor pairs compared.
    pub impostor_pairs: u32,
    /// Genuine pairs above it.
    pub false_non_matches: u32,
    /// Genuine pairs compared.
    pub genuine_pairs: u32,
}

/// Measured points, ascending distance. Clean and degraded runs use the same people, so they are not added
/// up; at each distance the worse of the two counts.
pub const POINTS: &[Point] = &[
    Point { distance: 0.50, false_matches: 0, impostor_pairs: 262, false_non_matches: 0, genuine_pairs: 0 },
    Point { distance: 0.60, false_matches: 0, impostor_pairs: 262, false_non_matches: 0, genuine_pairs: 38 },
];

/// A false-match rate with its 95 % interval (exact, Clopper–Pearson).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FmrEstimate {
    /// Measured rate, 0–1.
    pub rate: f32,
    /// Lower end.
    pub ci95_low: f32,
    /// Upper end. This is the number to rely on.
    pub ci95_high: f32,
    /// Impostor pairs behind it.
    pub impostor_pairs: u32,
}

/// Similarity as people see it: four decimals, rounded down, so that a distance just beyond a threshold never
/// shows the threshold's own similarity.
pub fn similarity(distance: f32) -> f32 {
    let raw = 1.0 - f64::from(distance);
    if raw.is_nan() {
        return 0.0;
    }
    // The thousandth of a unit undoes the representation error of decimal distances such as 0.42.
    ((raw.clamp(0.0, 1.0) * 10_000.0 + 1e-3).floor() / 10_000.0) as f32
}

/// What is known about the false-match rate at a distance threshold: the nearest measured point at or above
/// it, because a rate can only fall when the threshold does. `None` beyond the last point.
pub fn fmr_at(distance: f32) -> Option<FmrEstimate> {
    let point = POINTS.iter().find(|p| p.distance >= distance)?;
    let (low, high) = clopper_pearson(point.false_matches, point.impostor_pairs);
    let rate = f64::from(point.false_matches) / f64::from(point.impostor_pairs.max(1));
    Some(FmrEstimate {
        rate: three_digits(rate),
        ci95_low: three_digits(low),
        ci95_high: three_digits(high),
        impostor_pairs: point.impostor_pairs,
    })
}

/// Three significant digits: more would only show the last bits of a logarithm.
fn three_digits(value: f64) -> f32 {
    if value <= 0.0 {
        return 0.0;
    }
    let scale = 10_f64.powf(2.0 - value.log10().floor());
    ((value * scale).round() / scale) as f32
}

/// Exact 95 % interval of a share of `errors` in `n`.
pub fn clopper_pearson(errors: u32, n: u32) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let errors = errors.min(n);
    // Each end is where the observed count becomes a 2.5 % event; both tails are monotone in p.
    let low = if errors == 0 { 0.0 } else { bisect(|p| 1.0 - binomial_cdf(errors - 1, n, p) < 0.025) };
    let high = if errors == n { 1.0 } else { bisect(|p| binomial_cdf(errors, n, p) > 0.025) };
    (low, high)
}

fn bisect(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if below(middle) { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// P(X ≤ k) for X ~ Binomial(n, p).
fn binomial_cdf(k: u32, n: u32, p: f64) -> f64 {
    if p <= 0.0 || k >= n {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let (n, odds) = (f64::from(n), (p / (1.0 - p)).ln());
    let mut term = n * (-p).ln_1p();
    let mut sum = term.exp();
    for i in 0..k {
        let i = f64::from(i);
        term += ((n - i) / (i + 1.0)).ln() + odds;
        sum += term.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_published_values() {
        let close = |(low, high): (f64, f64), l: f64, h: f64| {
            assert!((low - l).abs() < 5e-5 && (high - h).abs() < 5e-5, "{low} {high}");
        };
        close(clopper_pearson(0, 262), 0.0, 0.01398);
        close(clopper_pearson(0, 38), 0.0, 0.09251);
        close(clopper_pearson(5, 100), 0.01643, 0.11283);
        close(clopper_pearson(10, 10), 0.69150, 1.0);
    }

    #[test]
    fn the_table_is_ascending_and_rates_never_fall() {
        for pair in POINTS.windows(2) {
            assert!(pair[0].distance < pair[1].distance);
            assert!(pair[0].false_matches <= pair[1].false_matches);
        }
    }

    #[test]
    fn similarity_is_clamped() {
        let near = |distance: f32, expected: f32| {
            assert!((similarity(distance) - expected).abs() < 1e-6, "{distance}");
        };
        near(0.42, 0.58);
        near(0.50, 0.5);
        near(1.7, 0.0);
        near(-0.1, 1.0);
        near(f32::NAN, 0.0);
        assert!(
            similarity(0.500_01) < similarity(0.50),
            "beyond a threshold it never shows as the threshold"
        );
    }

    #[test]
    fn nothing_is_claimed_beyond_the_last_point() {
        assert_eq!(fmr_at(0.61), None);
        assert_eq!(fmr_at(0.3).map(|f| (f.rate, f.impostor_pairs)), Some((0.0, 262)));
    }
}
