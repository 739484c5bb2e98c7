//! Bounds of a run.

use crate::policy::Policy;
use serde::{Deserialize, Serialize};

/// Bounds of a run. Angles in degrees, times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Good frontal frames in a row before the clock starts.
    pub frontal_frames: usize,
    /// A turn to the side counts from here.
    pub yaw: f32,
    /// A nod counts from here.
    pub pitch: f32,
    /// Below it the head looks straight ahead again.
    pub neutral: f32,
    /// How long a turn is held.
    pub hold_ms: u64,
    /// Faster is no turn of a head, degrees a second.
    pub speed: f32,
    /// From the first step to the last.
    pub overall_ms: u64,
    /// For one step, with the way back.
    pub step_ms: u64,
    /// From the request for the still to the promise of it.
    pub still_ms: u64,
    /// How far the client's clock may run ahead of the server's: frames come later, never sooner.
    pub ahead_ms: u64,
    /// Frames further apart than this do not show one movement.
    pub gap_ms: u64,
    /// Largest distance of embeddings that is the same face: the policy's `[face_match]`.
    pub distance: f32,
    /// A second face counts from this share of the first one's area.
    pub second_face_share: f32,
}

/// Good frontal frames in a row before the clock starts (capture reference, 7.1).
const FRONTAL_FRAMES: usize = 3;
/// A network holds frames back and lets them go in one burst; its first frame may be the slow one.
const AHEAD_MS: u64 = 3_000;
/// Slower than one frame in so long, two frames do not show one movement.
const GAP_MS: u64 = 1_000;
/// A second face counts from this share of the first one's area (capture reference, 4.2).
const SECOND_FACE_SHARE: f32 = 0.25;

impl Limits {
    /// As the policy says. People who need longer get double the time, without a penalty (WCAG 2.2, 2.2.1).
    pub fn of(policy: &Policy, more_time: bool) -> Self {
        let rules = &policy.liveness;
        let times = if more_time { 2 } else { 1 };
        Self {
            frontal_frames: FRONTAL_FRAMES,
            yaw: rules.yaw_degrees,
            pitch: rules.pitch_degrees,
            neutral: rules.neutral_degrees,
            hold_ms: rules.hold_ms,
            speed: rules.speed_degrees_per_s,
            overall_ms: times * rules.overall_ms,
            step_ms: times * rules.step_ms,
            still_ms: rules.still_ms,
            ahead_ms: AHEAD_MS,
            gap_ms: GAP_MS,
            distance: policy.face_match.warn_distance_max,
            second_face_share: SECOND_FACE_SHARE,
        }
    }
}
