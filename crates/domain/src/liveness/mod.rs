//! The live challenge before a selfie: a few turns of the head in an order that the server draws, judged on
//! what the server sees frame by frame. Pure: pictures become [`Frame`]s elsewhere, time comes in as numbers.
//!
//! What it stops: a photograph held into the camera, and a recording made earlier, whose turns come in
//! another order or at another time. What it does not stop: a mask, a face drawn live by a program, and a
//! helper who turns a puppet; those need a model for presentation attacks (ISO/IEC 30107-3) and a person.
//! Nothing a client says about itself is evidence.
//!
//! The five points of the detector give ratios and not angles (see [`Turn`]); they differ between people, so each
//! turn is measured against the same person's own frontal frames.

mod draw;
mod limits;
mod pose;
mod session;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use draw::{STEPS_MAX, STEPS_MIN, draw};
pub use limits::Limits;
pub use pose::{Frontal, Turn};
pub use session::{Frame, Hint, Outcome, Say, Session, Stage};

use serde::{Deserialize, Serialize};

/// One step of a challenge. Left and right are those of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Turn the head to one's own left.
    TurnLeft,
    /// Turn the head to one's own right.
    TurnRight,
    /// Nod: down, and up again.
    Nod,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::TurnLeft, Self::TurnRight, Self::Nod];
}
