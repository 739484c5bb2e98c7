//! Frames of a live challenge as the trial's eyes understand them, and the heads on them.

use shiming_domain::evidence::{Face, Region};
use shiming_domain::liveness::Action;
use shiming_engine::{EMBEDDING_LEN, Embedding, LiveFrame};

/// A frame that shows a head turned by so many degrees, to its own left and downwards, of somebody.
pub fn frame(yaw: f32, pitch: f32, who: u8) -> Vec<u8> {
    format!("head {yaw} {pitch} {who}").into_bytes()
}

/// A frame that shows nobody.
pub fn empty_frame() -> Vec<u8> {
    b"nobody".to_vec()
}

/// The heads of somebody who does a step as asked, at five frames a second.
pub fn doing(action: Action, who: u8) -> Vec<Vec<u8>> {
    let (yaw, pitch) = match action {
        Action::TurnLeft => (1.0, 0.0),
        Action::TurnRight => (-1.0, 0.0),
        Action::Nod => (0.0, 1.0),
    };
    [9.0, 18.0, 19.0, 20.0, 10.0, 2.0].map(|angle: f32| frame(yaw * angle, pitch * angle, who)).into()
}

/// Whose face a picture shows; a selfie that says nothing shows the first person's.
fn who(picture: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(picture).ok()?;
    let mut words = text.split(' ');
    match words.next()? {
        "head" => words.nth(2)?.parse().ok(),
        "selfie" => {
            text.split(' ').find_map(|word| word.strip_prefix("face:")).map_or(Some(0), |n| n.parse().ok())
        }
        _ => None,
    }
}

/// Distance of two people's faces: none of one person's, far for two people.
pub(super) fn distance(one: &[u8], other: &[u8]) -> Option<f32> {
    Some(if who(one)? == who(other)? { 0.2 } else { 1.2 })
}

/// What a frame shows; `None` if it is none of ours.
pub(super) fn seen(frame: &[u8], with_embedding: bool) -> Option<LiveFrame> {
    let text = std::str::from_utf8(frame).ok()?;
    let size = (320, 240);
    if text == "nobody" {
        return Some(LiveFrame { size, faces: Vec::new(), embedding: None });
    }
    let mut words = text.strip_prefix("head ")?.split(' ').map(str::parse::<f32>);
    let (yaw, pitch) = (words.next()?.ok()?, words.next()?.ok()?);
    let mut values = [0.0; EMBEDDING_LEN];
    if let Some(first) = values.first_mut() {
        *first = f32::from(who(frame)?);
    }
    let embedding = with_embedding.then(|| Embedding::from_values(values));
    Some(LiveFrame { size, faces: vec![head(yaw, pitch)], embedding })
}

/// The five points' ratios for a head of other proportions than the judge assumes.
fn head(yaw: f32, pitch: f32) -> Face {
    let (t, p) = (yaw.to_radians().tan(), pitch.to_radians().tan());
    Face {
        region: Region { x: 100.0, y: 50.0, w: 120.0, h: 140.0 },
        score: 0.95,
        points: [[0.0; 2]; 5],
        eye_distance_px: 50.0,
        roll_degrees: 0.0,
        yaw_ratio: 0.02 + 0.58 * t,
        pitch_ratio: (0.64 + 0.58 * p) / (1.05 + 0.18 * p),
        sharpness: 100.0,
        brightness: 120.0,
        highlights: 220.0,
        clipped: 0.0,
        covered: 0.0,
        inside: true,
        living: None,
    }
}
