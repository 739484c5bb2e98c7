//! Bounds for what is measured: `[quality]`, `[face_quality]`, `[reading]`, `[face_match]`.
//!
//! All four sections may be left out, and so may each key in them; the defaults below are then used. The
//! default bounds are our choice, set on painted cards; an operator with pictures of their own sets theirs.

use crate::check::{Measured, Status};
use crate::evidence::Measure;
use serde::{Deserialize, Serialize};

/// Two bounds on one value. Which side is bad follows from what is measured, see [`Direction`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Worse than this: warn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<f32>,
    /// Worse than this: fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail: Option<f32>,
}

/// Which side of a bound is bad. A value equal to the bound is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smaller is worse.
    LowIsBad,
    /// Larger is worse.
    HighIsBad,
}

impl Direction {
    const fn crosses(self, value: f32, bound: f32) -> bool {
        match self {
            Self::LowIsBad => value < bound,
            Self::HighIsBad => value > bound,
        }
    }
}

impl Bound {
    /// Both bounds.
    pub const fn new(warn: f32, fail: f32) -> Self {
        Self { warn: Some(warn), fail: Some(fail) }
    }

    /// Only a fail bound.
    pub const fn fail(fail: f32) -> Self {
        Self { warn: None, fail: Some(fail) }
    }

    /// The verdict on a value. Something that is not a number was not measured.
    pub fn judge(self, value: f32, direction: Direction) -> Status {
        let crossed = |bound: Option<f32>| bound.is_some_and(|b| direction.crosses(value, b));
        if !value.is_finite() {
            Status::Error
        } else if crossed(self.fail) {
            Status::Fail
        } else if crossed(self.warn) {
            Status::Warn
        } else {
            Status::Pass
        }
    }

    /// The bound that explains a verdict: the one crossed, or for a pass the first one ahead.
    pub fn explaining(self, status: Status) -> Option<f32> {
        match status {
            Status::Fail => self.fail,
            _ => self.warn.or(self.fail),
        }
    }

    /// Lets something pass that `other` does not, or only warns of what `other` fails.
    pub(super) fn is_looser_than(self, other: Self, direction: Direction) -> bool {
        let looser = |own: Option<f32>, other: Option<f32>| match (own, other) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(own), Some(other)) => direction.crosses(own, other),
        };
        // Whatever fails need not be warned of.
        looser(self.fail, other.fail) || looser(self.warn.or(self.fail), other.warn)
    }

    /// Warn comes before fail.
    pub(super) fn in_order(self, direction: Direction) -> bool {
        let finite = |v: Option<f32>| v.is_none_or(f32::is_finite);
        let ordered = match (self.warn, self.fail) {
            (Some(warn), Some(fail)) => !direction.crosses(warn, fail),
            (None, None) => false,
            _ => true,
        };
        finite(self.warn) && finite(self.fail) && ordered
    }
}

macro_rules! bounds {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $direction:ident = $default:expr, [$($low:expr, $high:expr)?];)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $name { $($(#[$fdoc])* pub $field: Bound,)+ }

            impl Default for $name {
                fn default() -> Self { Self { $($field: $default,)+ } }
            }

            impl $name {
                /// Every bound with its key, direction and the range its values can have.
                pub(super) fn rows(&self) -> Vec<(&'static str, Bound, Direction, (f32, f32))> {
                    vec![$((stringify!($field), self.$field, Direction::$direction, bounds!(@range $($low, $high)?)),)+]
                }
            }
        )+
    };
    (@range $low:expr, $high:expr) => { ($low, $high) };
    (@range) => { (0.0, f32::MAX) };
}

bounds! {
    /// `[quality]`: pictures of cards, one bound per [`Measure`], in its unit.
    Quality {
        /// Sharpness of text edges; lower is blurrier.
        sharpness: LowIsBad = Bound::new(3.6, 3.0), [];
        /// Mean luma of the card, 0–255.
        brightness: LowIsBad = Bound::new(150.0, 130.0), [0.0, 255.0];
        /// Share clipped to white, 0–1.
        clipped: HighIsBad = Bound::new(0.25, 0.40), [0.0, 1.0];
        /// Share under specular spots, 0–1.
        glare: HighIsBad = Bound::new(0.001, 0.002), [0.0, 1.0];
        /// Depth of uneven light, 0–1.
        shadow: HighIsBad = Bound::new(0.34, 0.42), [0.0, 1.0];
        /// Width of the card, pixels of the original. 600 px is about 180 dots per inch.
        card_width: LowIsBad = Bound::new(600.0, 480.0), [];
        /// Share of the outline outside the picture, 0–1.
        cut_off: HighIsBad = Bound::new(0.006, 0.015), [0.0, 1.0];
        /// Longest over shortest opposite side, 1 upwards.
        skew: HighIsBad = Bound::new(1.35, 1.60), [1.0, f32::MAX];
        /// Share covered, 0–1.
        occlusion: HighIsBad = Bound::new(0.005, 0.009), [0.0, 1.0];
        /// Mean chroma, 0–255; a copy without colour has almost none.
        chroma: LowIsBad = Bound::new(22.0, 16.0), [0.0, 255.0];
    }

    /// `[face_quality]`: the face of a selfie.
    FaceQuality {
        /// Pixels between the eyes in the original. The comparison made no error on faces reduced to 40.
        eye_distance: LowIsBad = Bound::new(60.0, 40.0), [];
        /// |yaw ratio|; 5–95 % of ordinary portraits lie within 0.11.
        yaw: HighIsBad = Bound::new(0.22, 0.35), [0.0, f32::MAX];
        /// Pitch ratio, head thrown back or bowed; 5–95 % of ordinary portraits lie in 0.52–0.65.
        pitch_low: LowIsBad = Bound::new(0.44, 0.36), [];
        /// The other end of the same ratio.
        pitch_high: HighIsBad = Bound::new(0.74, 0.84), [];
        /// |roll|, degrees.
        roll: HighIsBad = Bound::new(20.0, 35.0), [0.0, 180.0];
        /// Sharpness of the aligned face. Measured on 23 portraits: 27–78; 14–16 blurred by 2 % of the eye
        /// distance (sigma), 10 by 3 %, 6 by 5 %. Painted selfies: from 26 up; blurred by 2.7 % of the face's width
        /// and more up to 16.
        sharpness: LowIsBad = Bound::new(21.0, 17.0), [];
        /// Mean luma of the face, 0–255: too dark below. Measured on 23 portraits: 76–183, and 22–54 with
        /// 30 % of the light.
        brightness_low: LowIsBad = Bound::new(60.0, 40.0), [0.0, 255.0];
        /// Brightest 2 % of the face and what is next to it, luma 0–255. The mean of a dark skin in good light and of a
        /// light skin in bad light is the same; this is not. Painted selfies: 171 and more; up to 110 with 2.5 stops
        /// less light.
        highlights: LowIsBad = Bound::new(130.0, 112.0), [0.0, 255.0];
        /// Share of the face at the upper end of the range, 0–1. Painted selfies: up to 0.16, for 95 of 100 up to 0.03;
        /// 0.02–0.98 with 1.3 stops more light, 0.2 and more with 1.7.
        clipped: HighIsBad = Bound::new(0.17, 0.20), [0.0, 1.0];
        /// Too bright above.
        brightness_high: HighIsBad = Bound::new(215.0, 235.0), [0.0, 255.0];
        /// Likelihood that part of the face is covered, 0–1; nothing uncovered reached 0.5 when measured.
        covered: HighIsBad = Bound::new(0.35, 0.50), [0.0, 1.0];
        /// Area of the second face over the largest, 0–1. From here on there are two subjects.
        second_face_share: HighIsBad = Bound::fail(0.25), [0.0, 1.0];
    }

    /// `[reading]`: read fields.
    Reading {
        /// Mean probability of the characters of a field, 0–1.
        confidence: LowIsBad = Bound::new(0.75, 0.50), [0.0, 1.0];
    }
}

impl Quality {
    /// The bound of a measure on a card and which side is bad. For a whole picture without a card see
    /// [`FaceQuality::scene_brightness`].
    pub const fn bound(&self, measure: Measure) -> (Bound, Direction) {
        match measure {
            Measure::Sharpness => (self.sharpness, Direction::LowIsBad),
            Measure::Brightness => (self.brightness, Direction::LowIsBad),
            Measure::Clipped => (self.clipped, Direction::HighIsBad),
            Measure::Glare => (self.glare, Direction::HighIsBad),
            Measure::Shadow => (self.shadow, Direction::HighIsBad),
            Measure::CardWidth => (self.card_width, Direction::LowIsBad),
            Measure::CutOff => (self.cut_off, Direction::HighIsBad),
            Measure::Skew => (self.skew, Direction::HighIsBad),
            Measure::Occlusion => (self.occlusion, Direction::HighIsBad),
            Measure::Chroma => (self.chroma, Direction::LowIsBad),
        }
    }
}

impl FaceQuality {
    /// The bound on the mean luma of a picture in which no card and no face was found. A card's ground is
    /// bright paper; an ordinary scene is not, so a face's bound is the one that fits.
    pub const fn scene_brightness(&self) -> (Bound, Direction) {
        (self.brightness_low, Direction::LowIsBad)
    }
}

/// `[face_match]`: bands on the distance between two embeddings.
///
/// `match_pass_fmr` in `[face]` is what the bands aim at; as long as no study on the operator's own people
/// shows which distance reaches it, these bands stand in, and what is known about them is in
/// [`crate::calibration`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaceMatchBands {
    /// Up to here the faces agree.
    pub pass_distance_max: f32,
    /// Up to here a person looks; beyond they do not agree.
    pub warn_distance_max: f32,
}

impl Default for FaceMatchBands {
    fn default() -> Self {
        use crate::calibration::{PASS_DISTANCE_MAX, WARN_DISTANCE_MAX};
        Self { pass_distance_max: PASS_DISTANCE_MAX, warn_distance_max: WARN_DISTANCE_MAX }
    }
}

/// `[likeness]`: when two photographs are one and the same, sent as different files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Likeness {
    /// Bits of 256 in which they may differ. Up to 15 none is missed; beyond, one that differs more is found
    /// less often.
    pub picture_bits_max: u32,
}

impl Default for Likeness {
    fn default() -> Self {
        Self { picture_bits_max: 15 }
    }
}

/// What a reading of a face or a card is held against: bound and direction by name.
pub(crate) fn face_bound(q: &FaceQuality, measured: Measured) -> Option<(Bound, Direction)> {
    Some(match measured {
        Measured::EyeDistance => (q.eye_distance, Direction::LowIsBad),
        Measured::Yaw => (q.yaw, Direction::HighIsBad),
        Measured::Roll => (q.roll, Direction::HighIsBad),
        Measured::FaceSharpness => (q.sharpness, Direction::LowIsBad),
        Measured::FaceHighlights => (q.highlights, Direction::LowIsBad),
        Measured::FaceClipped => (q.clipped, Direction::HighIsBad),
        Measured::Covered => (q.covered, Direction::HighIsBad),
        Measured::SecondFaceShare => (q.second_face_share, Direction::HighIsBad),
        _ => return None,
    })
}
