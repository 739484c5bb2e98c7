//! How a reading is drawn: its unit, which side is bad, and the part of its scale that matters.

use super::{Measured, Reading};

impl Measured {
    /// The unit, as a stable word.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Sharpness => "per_mm",
            Self::Brightness | Self::FaceBrightness | Self::FaceHighlights | Self::Chroma => "of_255",
            Self::CardWidth | Self::EyeDistance => "px",
            Self::Skew | Self::Yaw | Self::Pitch => "ratio",
            Self::Roll => "degrees",
            Self::Cards => "count",
            Self::FaceSharpness => "index",
            Self::Clipped
            | Self::FaceClipped
            | Self::Glare
            | Self::Shadow
            | Self::CutOff
            | Self::Occlusion
            | Self::SecondFaceShare
            | Self::Covered
            | Self::Confidence
            | Self::Similarity
            | Self::Living => "share",
        }
    }

    /// Where the scale begins and ends when it is drawn. Values beyond are possible where nothing bounds them.
    pub const fn scale(self) -> (f32, f32) {
        match self {
            Self::Sharpness => (0.0, 10.0),
            Self::Brightness | Self::FaceBrightness | Self::FaceHighlights => (0.0, 255.0),
            Self::Chroma => (0.0, 80.0),
            Self::CardWidth => (0.0, 2_400.0),
            Self::EyeDistance => (0.0, 400.0),
            Self::Skew => (1.0, 2.0),
            Self::Pitch => (0.0, 1.2),
            Self::Roll => (0.0, 90.0),
            Self::Cards => (0.0, 3.0),
            Self::FaceSharpness => (0.0, 100.0),
            Self::Glare => (0.0, 0.01),
            Self::CutOff | Self::Occlusion => (0.0, 0.05),
            Self::Yaw
            | Self::Clipped
            | Self::FaceClipped
            | Self::Shadow
            | Self::SecondFaceShare
            | Self::Covered
            | Self::Confidence
            | Self::Similarity
            | Self::Living => (0.0, 1.0),
        }
    }

    /// Whether less is worse, where a value has only one bound to tell it by.
    const fn low_is_bad(self) -> bool {
        matches!(
            self,
            Self::Sharpness
                | Self::Brightness
                | Self::CardWidth
                | Self::Chroma
                | Self::EyeDistance
                | Self::FaceSharpness
                | Self::FaceHighlights
                | Self::Confidence
                | Self::Similarity
                | Self::Living
        )
    }
}

impl Reading {
    /// Whether less is worse. Brightness and pitch have bounds at both ends; the order of the two tells which
    /// end this is.
    pub fn low_is_bad(&self) -> bool {
        match (self.warn, self.fail) {
            (Some(warn), Some(fail)) if warn > fail => true,
            (Some(warn), Some(fail)) if warn < fail => false,
            _ => self.measure.low_is_bad(),
        }
    }

    /// The bound that explains the verdict: the one crossed, or for a pass the first one ahead.
    pub fn threshold(&self) -> Option<f32> {
        match self.status {
            super::Status::Fail => self.fail,
            _ => self.warn.or(self.fail),
        }
    }

    /// The scale, widened to hold value and bound.
    pub fn range(&self) -> (f32, f32) {
        let (low, high) = self.measure.scale();
        let held = [Some(self.value), self.threshold()].into_iter().flatten().filter(|v| v.is_finite());
        held.fold((low, high), |(low, high), value| (low.min(value), high.max(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Status;
    use crate::fixtures::Case;

    #[test]
    fn the_end_that_is_bad_follows_from_the_bounds() {
        let reading = |measure, warn, fail| Reading {
            measure,
            value: 1.0,
            warn: Some(warn),
            fail: Some(fail),
            status: Status::Pass,
        };
        assert!(reading(Measured::Pitch, 0.44, 0.36).low_is_bad());
        assert!(!reading(Measured::Pitch, 0.74, 0.84).low_is_bad());
        assert!(reading(Measured::Similarity, 0.6, 0.5).low_is_bad());
        let one = Reading { warn: None, ..reading(Measured::SecondFaceShare, 0.0, 0.25) };
        assert!(!one.low_is_bad());
        assert_eq!(one.threshold(), Some(0.25));
    }

    #[test]
    fn every_reading_of_a_decision_lies_on_its_scale_with_its_bound() {
        let decision = Case::good().decide();
        let readings: Vec<&Reading> = decision.checks.iter().flat_map(|check| &check.readings).collect();
        assert!(readings.len() > 20, "{}", readings.len());
        for reading in readings {
            let (low, high) = reading.range();
            let bound = reading.threshold().unwrap_or(low);
            assert!(low <= reading.value && reading.value <= high, "{reading:?}");
            assert!(low <= bound && bound <= high && low < high, "{reading:?}");
        }
    }
}
