//! Medians and percentiles.

/// A sample of times or ratios.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// Adds a value; what is no number is left out.
    pub(crate) fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.0.push(value);
        }
    }

    /// Values so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value at or below which `share` of the sample lies (nearest rank); `None` when it is empty.
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }

    /// The middle value, or the mean of the two middle ones.
    pub(crate) fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
        Some((sorted.get(low)? + sorted.get(high)?) / 2.0)
    }

    /// The largest value.
    pub(crate) fn max(&self) -> Option<f64> {
        self.0.iter().copied().max_by(f64::total_cmp)
    }

    /// The sum of all.
    pub(crate) fn sum(&self) -> f64 {
        self.0.iter().sum()
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sample = Self::default();
        values.into_iter().for_each(|v| sample.add(v));
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let sample: Sample = (1..=20).map(f64::from).collect();
        assert_eq!(sample.median(), Some(10.5));
        assert_eq!(sample.quantile(0.95), Some(19.0));
        assert_eq!(sample.quantile(1.0), Some(20.0));
        assert_eq!(sample.max(), Some(20.0));
        let one: Sample = [3.0, f64::NAN].into_iter().collect();
        assert_eq!((one.count(), one.median(), one.quantile(0.95)), (1, Some(3.0), Some(3.0)));
    }

    #[test]
    fn an_empty_sample_has_no_middle() {
        let none = Sample::default();
        assert_eq!((none.median(), none.quantile(0.5), none.max()), (None, None, None));
    }
}
