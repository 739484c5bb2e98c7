//! Whatever is shown: one end, and it passes only after every step in order.

use super::tests::limits;
use super::*;
use crate::evidence::{Face, Region};
use proptest::prelude::*;

fn any_face() -> impl Strategy<Value = Face> {
    let ratio = prop_oneof![4 => -0.4_f32..0.4, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY)];
    (ratio.clone(), ratio, 0.0_f32..320.0, 0.0_f32..255.0).prop_map(|(yaw, pitch, x, light)| Face {
        region: Region { x, y: 50.0, w: 120.0, h: 140.0 },
        score: 0.9,
        points: [[0.0; 2]; 5],
        eye_distance_px: 50.0,
        roll_degrees: 0.0,
        yaw_ratio: yaw,
        pitch_ratio: 0.59 + pitch / 3.0,
        sharpness: 20.0,
        brightness: light,
        highlights: 220.0,
        clipped: 0.0,
        covered: 0.0,
        inside: true,
        living: None,
    })
}

proptest! {
    #[test]
    fn one_end_and_nothing_after_it(
        random: u64,
        frames in prop::collection::vec(
            (prop::collection::vec(any_face(), 0..3), 0_u64..2_000, any::<u32>(), any::<u64>(),
             prop::option::of(0.0_f32..2.0), any::<bool>()),
            0..60,
        ),
    ) {
        let actions = draw(random);
        let mut session = Session::new(actions.clone(), limits(false));
        let mut now = 0;
        let mut said = Vec::new();
        for (faces, wait, seq, captured_ms, distance, still) in &frames {
            now += wait;
            let frame = Frame {
                received_ms: now, seq: *seq, captured_ms: *captured_ms, size: (320, 240), faces, distance: *distance,
            };
            said.extend(session.see(&frame));
            if *still && session.awaits_still() {
                said.extend(session.still(now));
            }
        }
        let steps: Vec<_> = said.iter().filter_map(|say| match say {
            Say::Step { index, action, .. } => Some((*index, *action)),
            _ => None,
        }).collect();
        let expected: Vec<_> = actions.iter().copied().enumerate().take(steps.len()).collect();
        prop_assert_eq!(steps.clone(), expected);
        let ends = said.iter().filter(|say| matches!(say, Say::Ended(_))).count();
        prop_assert!(ends <= 1);
        if let Some(end) = said.iter().position(|say| matches!(say, Say::Ended(_))) {
            prop_assert_eq!(end + 1, said.len());
        }
        if session.outcome() == Some(Outcome::Pass) {
            prop_assert_eq!(steps.len(), actions.len());
        }
    }
}
