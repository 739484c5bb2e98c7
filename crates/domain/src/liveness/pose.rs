//! From the ratios of five points to degrees of turning, by a head of average proportions.
//!
//! With the nose tip [`NOSE_DEPTH`] eye distances before the plane of the eyes, a turn by θ moves it sideways
//! by `NOSE_DEPTH · tan θ` of the (foreshortened) eye distance; that is the change of the yaw ratio. For
//! nodding, nose and mouth move along the face's vertical by their own depths. Both are start values to be
//! measured on licensed recordings; since the change is judged against the same person's frontal frames,
//! an error of a fifth in a depth is an error of a fifth in the angle.

use crate::evidence::Face;

/// How far the nose tip stands before the eyes, in eye distances.
const NOSE_DEPTH: f32 = 0.55;
/// How far the middle of the mouth stands before the eyes, in eye distances.
const MOUTH_DEPTH: f32 = 0.20;
/// How far the mouth lies below the eyes, in eye distances.
const MOUTH_DROP: f32 = 1.10;

/// The same person looking straight ahead: the median of a few frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frontal {
    yaw_ratio: f32,
    pitch_ratio: f32,
}

/// How far a head is turned from its own frontal pose, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Positive to the person's own left.
    pub yaw: f32,
    /// Positive downwards.
    pub pitch: f32,
}

impl Frontal {
    /// The median of each ratio; `None` without frames.
    pub fn of(faces: &[Face]) -> Option<Self> {
        let median = |of: fn(&Face) -> f32| {
            let mut values: Vec<f32> = faces.iter().map(of).filter(|v| v.is_finite()).collect();
            values.sort_by(f32::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some(Self { yaw_ratio: median(|f| f.yaw_ratio)?, pitch_ratio: median(|f| f.pitch_ratio)? })
    }

    /// How far this face is turned from here.
    pub fn turn(&self, face: &Face) -> Turn {
        let yaw = ((face.yaw_ratio - self.yaw_ratio) / NOSE_DEPTH).atan().to_degrees();
        // pitch ratio = (h + D·t) / (H + M·t) with t = tan φ and h = ratio · H at rest; solved for t.
        let rest = self.pitch_ratio * MOUTH_DROP;
        let slope = NOSE_DEPTH - face.pitch_ratio * MOUTH_DEPTH;
        let t = (face.pitch_ratio * MOUTH_DROP - rest) / slope;
        // Beyond the slope's zero the nose would lie below the chin: points no face has.
        let pitch = if slope > 0.0 { t.atan().to_degrees() } else { 90.0 };
        Turn { yaw, pitch }
    }
}

impl Turn {
    /// The larger of both, degrees.
    pub fn size(self) -> f32 {
        self.yaw.abs().max(self.pitch.abs())
    }
}
