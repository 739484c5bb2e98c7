//! One run of a challenge, frame by frame. A run is never resumed: every retry is a new challenge.

use super::Action;
use super::limits::Limits;
use super::pose::{Frontal, Turn};
use crate::evidence::{Face, Region};
use serde::{Deserialize, Serialize};

/// The detector reports more; less sure than this is no face (capture reference, 4.2).
const SCORE_MIN: f32 = 0.8;

/// What the server saw in one frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Milliseconds on the server's clock since the connection began.
    pub received_ms: u64,
    /// Number that the client gave the frame; each is above the one before.
    pub seq: u32,
    /// Milliseconds on the client's clock when it was taken; only differences count.
    pub captured_ms: u64,
    /// Width and height, pixels.
    pub size: (u32, u32),
    /// All faces, largest first.
    pub faces: &'a [Face],
    /// Distance between the embeddings of this face and of the run's first good frame; `None` before it.
    pub distance: Option<f32>,
}

/// What would help, as a code for the page to put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Too dark.
    Dark,
    /// Too bright.
    Bright,
    /// Nobody is there.
    NoFace,
    /// More than one face.
    ManyFaces,
    /// Into the middle of the picture.
    Frame,
    /// The face is too small.
    Closer,
    /// The face is too large.
    Back,
    /// Mask or sunglasses.
    Covered,
    /// Look straight ahead and hold still.
    Hold,
    /// Slowly.
    TooFast,
}

/// What the server says to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// The face is well in the picture; the clock starts.
    Ready {
        /// Steps of this challenge.
        steps: usize,
        /// Time for all of them.
        limit_ms: u64,
    },
    /// What would help.
    Hint(Hint),
    /// The next step.
    Step {
        /// From 0.
        index: usize,
        /// What to do.
        action: Action,
        /// Time for it.
        limit_ms: u64,
    },
    /// Take the still now.
    Shoot,
    /// The end.
    Ended(Outcome),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step in its order and time, and the still promised.
    Pass,
    /// Not done, or not in order or time: `LIVE_INCOMPLETE`.
    Incomplete,
    /// Another face took part: `LIVE_SPOOF`. The applicant hears only that a person will look.
    FaceChanged,
    /// Frames that no camera sends: `CAPTURE_INJECTED`. The applicant hears only that a person will look.
    Injected,
}

impl Outcome {
    /// A person must look, and the applicant is told nothing of it.
    pub const fn is_suspicion(self) -> bool {
        matches!(self, Self::FaceChanged | Self::Injected)
    }
}

/// Where a run is, to tell the frames at which it went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage", content = "step")]
pub enum Stage {
    /// The face is brought into the picture.
    Framing,
    /// The n-th step is done.
    Turning(usize),
    /// The head comes back from it.
    Returning(usize),
    /// The still is awaited.
    Still,
    /// It is over.
    Ended,
}

/// A run. Feed it frames with [`Session::see`] and the time with [`Session::tick`].
#[derive(Clone, Debug)]
pub struct Session {
    limits: Limits,
    actions: Vec<Action>,
    phase: Phase,
    started_ms: u64,
    clock: Option<Clock>,
    last: Option<Last>,
    /// Found on the way and told at the end only, so that nobody learns what gave them away.
    suspicion: Option<Outcome>,
}

#[derive(Clone, Debug)]
enum Phase {
    Framing(Vec<Face>),
    Turning { base: Frontal, index: usize, since_ms: u64, held_from: Option<u64>, wrong_from: Option<u64> },
    Returning { base: Frontal, index: usize, since_ms: u64 },
    Still { asked_ms: u64 },
    Ended(Outcome),
}

/// Both clocks at the first frame, and the last number.
#[derive(Clone, Copy, Debug)]
struct Clock {
    captured_ms: u64,
    received_ms: u64,
    seq: u32,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    captured_ms: u64,
    region: Region,
    turn: Option<Turn>,
}

impl Session {
    /// A new run of these steps.
    pub fn new(actions: Vec<Action>, limits: Limits) -> Self {
        let phase = Phase::Framing(Vec::new());
        Self { limits, actions, phase, started_ms: 0, clock: None, last: None, suspicion: None }
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Where it is.
    pub const fn stage(&self) -> Stage {
        match self.phase {
            Phase::Framing(_) => Stage::Framing,
            Phase::Turning { index, .. } => Stage::Turning(index),
            Phase::Returning { index, .. } => Stage::Returning(index),
            Phase::Still { .. } => Stage::Still,
            Phase::Ended(_) => Stage::Ended,
        }
    }

    /// How far the head of the last frame was turned, once there is a frontal pose to measure from.
    pub fn turn(&self) -> Option<Turn> {
        self.last.and_then(|last| last.turn)
    }

    /// Whether the still was asked for and nothing has come yet.
    pub const fn awaits_still(&self) -> bool {
        matches!(self.phase, Phase::Still { .. })
    }

    /// Whether the embedding of the next frame's face is needed: to begin with, and where the head is back.
    pub const fn wants_embedding(&self) -> bool {
        matches!(self.phase, Phase::Framing(_) | Phase::Returning { .. })
    }

    /// Time passes, also without frames.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Say> {
        let over = |since: u64, limit: u64| now_ms.saturating_sub(since) > limit;
        let late = match self.phase {
            Phase::Framing(_) | Phase::Ended(_) => false,
            Phase::Turning { since_ms, .. } | Phase::Returning { since_ms, .. } => {
                over(since_ms, self.limits.step_ms) || over(self.started_ms, self.limits.overall_ms)
            }
            Phase::Still { asked_ms } => over(asked_ms, self.limits.still_ms),
        };
        if late { self.end(Outcome::Incomplete) } else { Vec::new() }
    }

    /// The client promises the still it was asked for.
    pub fn still(&mut self, now_ms: u64) -> Vec<Say> {
        let said = self.tick(now_ms);
        match self.phase {
            Phase::Still { .. } => self.end(Outcome::Pass),
            Phase::Ended(_) => said,
            // Nobody asked.
            _ => self.end(Outcome::Injected),
        }
    }

    /// The next frame.
    pub fn see(&mut self, frame: &Frame<'_>) -> Vec<Say> {
        let said = self.tick(frame.received_ms);
        if self.outcome().is_some() {
            // This frame was not measured, and what the one before showed is not its own.
            self.last = None;
            return said;
        }
        if !self.plausible(frame) {
            self.suspicion.get_or_insert(Outcome::Injected);
        }
        let face = match self.one_face(frame) {
            Ok(face) => face,
            Err(hint) => {
                self.interrupted();
                return vec![Say::Hint(hint)];
            }
        };
        // Gone with the last step, which this frame may end.
        let base = self.base();
        let said = self.step(frame, face);
        self.last = Some(Last {
            captured_ms: frame.captured_ms,
            region: face.region,
            turn: self.base().or(base).map(|base| base.turn(face)),
        });
        said
    }

    fn base(&self) -> Option<Frontal> {
        match self.phase {
            Phase::Turning { base, .. } | Phase::Returning { base, .. } => Some(base),
            _ => None,
        }
    }

    fn end(&mut self, outcome: Outcome) -> Vec<Say> {
        let outcome = self.suspicion.unwrap_or(outcome);
        self.phase = Phase::Ended(outcome);
        vec![Say::Ended(outcome)]
    }

    /// Numbers and times as a camera's: both go up, and no frame comes before it was taken.
    fn plausible(&mut self, frame: &Frame<'_>) -> bool {
        let Some(clock) = &mut self.clock else {
            let Frame { captured_ms, received_ms, seq, .. } = *frame;
            self.clock = Some(Clock { captured_ms, received_ms, seq });
            return true;
        };
        let later =
            frame.seq > clock.seq && self.last.is_none_or(|last| frame.captured_ms > last.captured_ms);
        clock.seq = clock.seq.max(frame.seq);
        let (taken, came) = (
            frame.captured_ms.saturating_sub(clock.captured_ms),
            frame.received_ms.saturating_sub(clock.received_ms),
        );
        later && taken <= came.saturating_add(self.limits.ahead_ms)
    }

    /// A frame without exactly one face breaks what was held, and no more: people blink out of a picture.
    fn interrupted(&mut self) {
        match &mut self.phase {
            Phase::Framing(good) => good.clear(),
            Phase::Turning { held_from, wrong_from, .. } => (*held_from, *wrong_from) = (None, None),
            _ => {}
        }
        if let Some(last) = &mut self.last {
            last.turn = None;
        }
    }

    fn one_face<'f>(&self, frame: &Frame<'f>) -> Result<&'f Face, Hint> {
        let mut faces = frame.faces.iter().filter(|face| face.score >= SCORE_MIN);
        let face = faces.next().ok_or(Hint::NoFace)?;
        let area = |face: &Face| face.region.w * face.region.h;
        let second = faces.next().map_or(0.0, area);
        if second > 0.0 && second >= self.limits.second_face_share * area(face) {
            return Err(Hint::ManyFaces);
        }
        Ok(face)
    }

    fn step(&mut self, frame: &Frame<'_>, face: &Face) -> Vec<Say> {
        match self.phase.clone() {
            Phase::Framing(good) => self.framing(frame, face, good),
            Phase::Turning { base, index, since_ms, held_from, wrong_from } => {
                if self.jumped(frame, face) {
                    self.suspicion.get_or_insert(Outcome::FaceChanged);
                }
                let turn = base.turn(face);
                if self.too_fast(frame, turn) {
                    self.interrupted();
                    return vec![Say::Hint(Hint::TooFast)];
                }
                let Some(&action) = self.actions.get(index) else { return self.end(Outcome::Incomplete) };
                let now = frame.captured_ms;
                let since = |reached: bool, from: Option<u64>| reached.then(|| from.unwrap_or(now));
                let held_from = since(reached(action, turn, &self.limits), held_from);
                let wrong = |other| other != action && clearly(other, turn, &self.limits);
                let wrong_from = since(Action::ALL.into_iter().any(wrong), wrong_from);
                let long = |from: Option<u64>| {
                    from.is_some_and(|from| now.saturating_sub(from) >= self.limits.hold_ms)
                };
                // A recording that goes through all turns would pass every challenge if others were forgiven.
                if long(wrong_from) {
                    return self.end(Outcome::Incomplete);
                }
                self.phase = if long(held_from) {
                    Phase::Returning { base, index, since_ms }
                } else {
                    Phase::Turning { base, index, since_ms, held_from, wrong_from }
                };
                Vec::new()
            }
            Phase::Returning { base, index, .. } => {
                if self.jumped(frame, face) {
                    self.suspicion.get_or_insert(Outcome::FaceChanged);
                }
                if base.turn(face).size() >= self.limits.neutral {
                    return vec![Say::Hint(Hint::Hold)];
                }
                // Embeddings are compared where both faces look straight ahead, as they were trained.
                match frame.distance {
                    None => return Vec::new(),
                    Some(distance) if distance > self.limits.distance || distance.is_nan() => {
                        self.suspicion.get_or_insert(Outcome::FaceChanged);
                    }
                    Some(_) => {}
                }
                self.next(base, index + 1, frame.received_ms)
            }
            Phase::Still { .. } | Phase::Ended(_) => Vec::new(),
        }
    }

    fn framing(&mut self, frame: &Frame<'_>, face: &Face, mut good: Vec<Face>) -> Vec<Say> {
        if let Some(hint) = framed(frame, face) {
            self.phase = Phase::Framing(Vec::new());
            return vec![Say::Hint(hint)];
        }
        good.push(face.clone());
        if good.len() < self.limits.frontal_frames {
            self.phase = Phase::Framing(good);
            return vec![Say::Hint(Hint::Hold)];
        }
        let Some(base) = Frontal::of(&good) else {
            self.phase = Phase::Framing(Vec::new());
            return vec![Say::Hint(Hint::Hold)];
        };
        self.started_ms = frame.received_ms;
        let mut said = vec![Say::Ready { steps: self.actions.len(), limit_ms: self.limits.overall_ms }];
        said.extend(self.next(base, 0, frame.received_ms));
        said
    }

    fn next(&mut self, base: Frontal, index: usize, now_ms: u64) -> Vec<Say> {
        let Some(&action) = self.actions.get(index) else {
            self.phase = Phase::Still { asked_ms: now_ms };
            return vec![Say::Shoot];
        };
        self.phase = Phase::Turning { base, index, since_ms: now_ms, held_from: None, wrong_from: None };
        vec![Say::Step { index, action, limit_ms: self.limits.step_ms }]
    }

    /// Between frames close in time a face stays where it was.
    fn jumped(&self, frame: &Frame<'_>, face: &Face) -> bool {
        self.last.is_some_and(|last| {
            frame.captured_ms.saturating_sub(last.captured_ms) <= self.limits.gap_ms
                && overlap(last.region, face.region) <= 0.0
        })
    }

    fn too_fast(&self, frame: &Frame<'_>, turn: Turn) -> bool {
        let Some(Last { captured_ms, turn: Some(before), .. }) = self.last else { return false };
        let seconds = frame.captured_ms.saturating_sub(captured_ms) as f32 / 1000.0;
        let moved = (turn.yaw - before.yaw).abs().max((turn.pitch - before.pitch).abs());
        // A millisecond's worth of jitter of five points is no speed.
        moved > self.limits.neutral && moved > self.limits.speed * seconds
    }
}

fn reached(action: Action, turn: Turn, limits: &Limits) -> bool {
    match action {
        Action::TurnLeft => turn.yaw >= limits.yaw,
        Action::TurnRight => turn.yaw <= -limits.yaw,
        Action::Nod => turn.pitch >= limits.pitch && turn.yaw.abs() < limits.yaw,
    }
}

/// Another action beyond doubt: a head that turns to the side also dips a little.
fn clearly(action: Action, turn: Turn, limits: &Limits) -> bool {
    reached(action, turn, limits) && (action != Action::Nod || turn.yaw.abs() < limits.neutral)
}

/// What to mend before the first step; `None` if the face is well in the picture and looks straight ahead.
fn framed(frame: &Frame<'_>, face: &Face) -> Option<Hint> {
    let (width, height) = (frame.size.0 as f32, frame.size.1 as f32);
    let region = face.region;
    let share = region.w * region.h / (width * height);
    let off = |middle: f32, whole: f32| (middle / whole - 0.5).abs() > 0.20;
    let straight = face.yaw_ratio.abs() <= 0.15
        && (0.45..=0.75).contains(&face.pitch_ratio)
        && face.roll_degrees.abs() <= 12.0;
    if face.brightness < 50.0 {
        Some(Hint::Dark)
    } else if face.brightness > 225.0 {
        Some(Hint::Bright)
    } else if !share.is_finite() || share < 0.07 {
        Some(Hint::Closer)
    } else if share > 0.8 {
        Some(Hint::Back)
    } else if !face.inside || off(region.x + region.w / 2.0, width) || off(region.y + region.h / 2.0, height)
    {
        Some(Hint::Frame)
    } else if face.covered > 0.5 {
        Some(Hint::Covered)
    } else if !straight {
        Some(Hint::Hold)
    } else {
        None
    }
}

/// Intersection over union.
fn overlap(a: Region, b: Region) -> f32 {
    let w = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    let h = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    w * h / (a.w * a.h + b.w * b.h - w * h)
}
