//! Shares with intervals, and quantiles.

use serde::{Serialize, Serializer};

/// A share with its 95 % interval after Wilson: right also near 0 and 1 and for few tries, where the usual
/// normal interval is not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Hits.
    pub k: u32,
    /// Tries.
    pub n: u32,
    /// `k / n`; null without tries.
    pub rate: Option<f64>,
    /// 95 % interval; null without tries.
    pub ci95: Option<[f64; 2]>,
}

impl Share {
    /// Of `k` hits in `n` tries.
    pub fn wilson(k: u32, n: u32) -> Self {
        let k = k.min(n);
        Self { k, n, rate: rate(k, n), ci95: (n > 0).then(|| wilson(k, n).map(digits)) }
    }

    /// The same with the exact interval of Clopper and Pearson, which ISO/IEC 19795-1 uses for error rates: it
    /// never claims too much, however rare the error.
    pub fn exact(k: u32, n: u32) -> Self {
        let k = k.min(n);
        let (low, high) = shiming_domain::calibration::clopper_pearson(k, n);
        Self { k, n, rate: rate(k, n), ci95: (n > 0).then(|| [low, high].map(digits)) }
    }
}

fn rate(k: u32, n: u32) -> Option<f64> {
    (n > 0).then(|| digits(f64::from(k) / f64::from(n)))
}

/// Five decimals: more would only pretend.
fn digits(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

fn wilson(k: u32, n: u32) -> [f64; 2] {
    const Z: f64 = 1.959_963_985;
    let (n, p) = (f64::from(n), f64::from(k) / f64::from(n));
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

/// Values gathered for quantiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// Adds a value; what is not a number is left out.
    pub(crate) fn push(&mut self, value: f64) {
        if value.is_finite() {
            self.0.push(value);
        }
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.0
    }

    /// Linear between neighbours; `None` of nothing.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = q.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
        let (low, high) = (sorted.get(at.floor() as usize)?, sorted.get(at.ceil() as usize)?);
        Some(low + (high - low) * (at - at.floor()))
    }
}

/// Median, 95th percentile and extremes, milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Times {
    /// Measured.
    pub n: usize,
    /// Half were faster.
    #[serde(serialize_with = "tenths")]
    pub median: Option<f64>,
    /// 95 % were faster.
    #[serde(serialize_with = "tenths")]
    pub p95: Option<f64>,
    /// Fastest.
    #[serde(serialize_with = "tenths")]
    pub min: Option<f64>,
    /// Slowest.
    #[serde(serialize_with = "tenths")]
    pub max: Option<f64>,
    /// All of them, in order of measurement, for a histogram.
    #[serde(skip)]
    pub all: Vec<f64>,
}

impl From<Sample> for Times {
    fn from(sample: Sample) -> Self {
        Self {
            n: sample.0.len(),
            median: sample.quantile(0.5),
            p95: sample.quantile(0.95),
            min: sample.quantile(0.0),
            max: sample.quantile(1.0),
            all: sample.0,
        }
    }
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
pub(super) fn tenths<S: Serializer>(value: &Option<f64>, s: S) -> Result<S::Ok, S::Error> {
    value.map(|v| (v * 10.0).round() / 10.0).serialize(s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_published_values() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (Wilson): 81/263, 15/148, 0/20, 1/29.
        for (k, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let [l, h] = Share::wilson(k, n).ci95.unwrap();
            assert!((l - low).abs() < 1e-4 && (h - high).abs() < 1e-4, "{k}/{n}: {l} {h}");
        }
        // The same table, method 5 (Clopper–Pearson).
        let [l, h] = Share::exact(81, 263).ci95.unwrap();
        assert!((l - 0.2527).abs() < 1e-4 && (h - 0.3676).abs() < 1e-4, "{l} {h}");
        assert_eq!(Share::wilson(0, 0), Share { k: 0, n: 0, rate: None, ci95: None });
    }

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        let mut sample = Sample::default();
        assert_eq!(sample.quantile(0.5), None);
        for v in [4.0, 1.0, 3.0, 2.0, f64::NAN] {
            sample.push(v);
        }
        assert_eq!(sample.quantile(0.5), Some(2.5));
        assert_eq!((sample.quantile(0.0), sample.quantile(1.0)), (Some(1.0), Some(4.0)));
    }
}
