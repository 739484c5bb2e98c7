//! Errors of the face comparison, in the terms of ISO/IEC 19795-1.

use super::stats::Share;
use serde::Serialize;
use shiming_domain::calibration::similarity;
use shiming_domain::policy::FaceMatchBands;
use shiming_vision::face::Embedding;

/// Points of a curve that are kept.
const CURVE_POINTS: usize = 120;

/// What the pairs of the folder show.
#[derive(Clone, Debug, Serialize)]
pub struct FaceErrors {
    /// Pictures with a labelled face in which no face was found or could be aligned (failure to acquire).
    pub failure_to_acquire: Share,
    /// Pairs of one person: a card's portrait and a selfie; two selfies in a folder without cards.
    pub genuine_pairs: usize,
    /// Such pairs of two people.
    pub impostor_pairs: usize,
    /// Different people behind the labels. Pairs that share a person are not independent, so with few people
    /// the intervals are too narrow.
    pub people: usize,
    /// At the policy's bounds: `pass`, then `warn`.
    pub operating_points: Vec<OperatingPoint>,
    /// Where both errors are equal; null without pairs of both kinds.
    pub equal_error_rate: Option<f64>,
    /// Error rates over all thresholds, ascending similarity.
    pub curve: Vec<CurvePoint>,
}

/// Errors at one threshold.
#[derive(Clone, Debug, Serialize)]
pub struct OperatingPoint {
    /// `pass` or `warn`.
    pub bound: &'static str,
    /// Similarity from which on a pair counts as a match.
    pub similarity: f32,
    /// False-match rate: impostor pairs that match.
    pub fmr: Share,
    /// False-non-match rate: genuine pairs that do not.
    pub fnmr: Share,
}

/// One threshold of the curve.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CurvePoint {
    /// Similarity threshold.
    pub similarity: f32,
    /// False-match rate.
    pub fmr: f64,
    /// Its 95 % interval (Clopper–Pearson).
    pub fmr_ci95: [f64; 2],
    /// False-non-match rate.
    pub fnmr: f64,
    /// Its 95 % interval (Clopper–Pearson).
    pub fnmr_ci95: [f64; 2],
}

#[derive(Default)]
pub(super) struct Gallery {
    portraits: Vec<(String, Embedding)>,
    selfies: Vec<(String, Embedding)>,
    tried: u32,
    failed: u32,
}

impl Gallery {
    /// A picture with a labelled face. `None` when none could be acquired.
    pub(super) fn add(&mut self, label: &str, on_card: bool, embedding: Option<&Embedding>) {
        self.tried += 1;
        let Some(embedding) = embedding else {
            self.failed += 1;
            return;
        };
        let list = if on_card { &mut self.portraits } else { &mut self.selfies };
        list.push((label.to_owned(), embedding.clone()));
    }

    /// Compares every portrait with every selfie, as a verification does; without any portrait every selfie
    /// with every other.
    pub(super) fn finish(self, bands: FaceMatchBands) -> Option<FaceErrors> {
        let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
        let mut pair = |(a, one): &(String, Embedding), (b, other): &(String, Embedding)| {
            let list = if a == b { &mut genuine } else { &mut impostor };
            list.push(one.distance(other));
        };
        for portrait in &self.portraits {
            self.selfies.iter().for_each(|selfie| pair(portrait, selfie));
        }
        if self.portraits.is_empty() {
            for (i, selfie) in self.selfies.iter().enumerate() {
                self.selfies.iter().skip(i + 1).for_each(|other| pair(selfie, other));
            }
        }
        let mut people: Vec<&String> = self.portraits.iter().chain(&self.selfies).map(|(l, _)| l).collect();
        people.sort_unstable();
        people.dedup();
        (self.tried > 0).then(|| FaceErrors {
            failure_to_acquire: Share::exact(self.failed, self.tried),
            people: people.len(),
            ..errors(&genuine, &impostor, bands)
        })
    }
}

fn errors(genuine: &[f32], impostor: &[f32], bands: FaceMatchBands) -> FaceErrors {
    let at = |bound, distance| OperatingPoint {
        bound,
        similarity: similarity(distance),
        fmr: Share::exact(within(impostor, distance), impostor.len() as u32),
        fnmr: Share::exact(genuine.len() as u32 - within(genuine, distance), genuine.len() as u32),
    };
    let curve = curve(genuine, impostor);
    FaceErrors {
        failure_to_acquire: Share::exact(0, 0),
        genuine_pairs: genuine.len(),
        impostor_pairs: impostor.len(),
        people: 0,
        operating_points: vec![at("pass", bands.pass_distance_max), at("warn", bands.warn_distance_max)],
        equal_error_rate: equal_error_rate(&curve),
        curve,
    }
}

fn within(distances: &[f32], bound: f32) -> u32 {
    distances.iter().filter(|d| **d <= bound).count() as u32
}

/// Both error rates at evenly many of the distances that occur.
fn curve(genuine: &[f32], impostor: &[f32]) -> Vec<CurvePoint> {
    if genuine.is_empty() || impostor.is_empty() {
        return Vec::new();
    }
    let mut bounds: Vec<f32> = genuine.iter().chain(impostor).copied().collect();
    bounds.push(0.0);
    bounds.sort_by(|a, b| b.total_cmp(a));
    bounds.dedup();
    let step = bounds.len().div_ceil(CURVE_POINTS).max(1);
    let last = bounds.len() - 1;
    let kept = bounds.iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last);
    kept.filter_map(|(_, &bound)| {
        let fmr = Share::exact(within(impostor, bound), impostor.len() as u32);
        let fnmr = Share::exact(genuine.len() as u32 - within(genuine, bound), genuine.len() as u32);
        Some(CurvePoint {
            similarity: similarity(bound),
            fmr: fmr.rate?,
            fmr_ci95: fmr.ci95?,
            fnmr: fnmr.rate?,
            fnmr_ci95: fnmr.ci95?,
        })
    })
    .collect()
}

/// Where the curves cross, halfway between the two nearest points.
fn equal_error_rate(curve: &[CurvePoint]) -> Option<f64> {
    let nearest = curve.iter().min_by(|a, b| (a.fmr - a.fnmr).abs().total_cmp(&(b.fmr - b.fnmr).abs()))?;
    Some(f64::midpoint(nearest.fmr, nearest.fnmr))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANDS: FaceMatchBands = FaceMatchBands { pass_distance_max: 0.5, warn_distance_max: 0.6 };

    #[test]
    fn errors_are_counted_on_the_right_side() {
        let errors = errors(&[0.3, 0.4, 0.55, 0.7], &[0.45, 0.65, 0.8, 0.9, 1.0], BANDS);
        let [pass, warn] = errors.operating_points.as_slice() else { panic!("two bounds") };
        assert_eq!((pass.fmr.k, pass.fmr.n, pass.fnmr.k, pass.fnmr.n), (1, 5, 2, 4));
        assert_eq!((warn.fmr.k, warn.fnmr.k), (1, 1));
        assert!(errors.equal_error_rate.is_some_and(|e| (0.2..=0.3).contains(&e)));
        let rises =
            errors.curve.windows(2).all(|w| w[0].similarity <= w[1].similarity && w[0].fmr >= w[1].fmr);
        assert!(rises && errors.curve.len() == 10);
        let inside = |rate: f64, [low, high]: [f64; 2]| low <= rate && rate <= high && low < high;
        assert!(errors.curve.iter().all(|p| inside(p.fmr, p.fmr_ci95) && inside(p.fnmr, p.fnmr_ci95)));
    }

    #[test]
    fn nothing_is_claimed_without_pairs() {
        let errors = errors(&[], &[0.9], BANDS);
        assert!(errors.curve.is_empty() && errors.equal_error_rate.is_none());
        assert_eq!(errors.operating_points[0].fnmr.rate, None);
        assert!(Gallery::default().finish(BANDS).is_none());
    }
}
