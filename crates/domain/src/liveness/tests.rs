#![expect(clippy::indexing_slicing, reason = "a failing test may panic")]

use super::*;
use crate::evidence::{Face, Region};
use crate::policy::Policy;
use Action::{Nod, TurnLeft, TurnRight};

/// The start values, and a distance of embeddings that no policy changes under the test.
pub(super) fn limits(more_time: bool) -> Limits {
    Limits { distance: 0.6, ..Limits::of(&Policy::preset("generic").unwrap(), more_time) }
}

/// A head turned by degrees, as the detector would see it: the proportions of another person than the model's.
fn head(yaw: f32, pitch: f32) -> Face {
    let (t, p) = (yaw.to_radians().tan(), pitch.to_radians().tan());
    Face {
        region: Region { x: 100.0, y: 60.0, w: 120.0, h: 140.0 },
        score: 0.9,
        points: [[0.0; 2]; 5],
        eye_distance_px: 50.0,
        roll_degrees: 0.0,
        yaw_ratio: 0.02 + 0.58 * t,
        pitch_ratio: (0.64 + 0.58 * p) / (1.05 + 0.18 * p),
        sharpness: 20.0,
        brightness: 120.0,
        highlights: 220.0,
        clipped: 0.0,
        covered: 0.0,
        inside: true,
        living: None,
    }
}

/// A client at five frames a second with an honest clock.
struct Camera {
    session: Session,
    now: u64,
    seq: u32,
    said: Vec<Say>,
}

impl Camera {
    fn new(actions: &[Action]) -> Self {
        let session = Session::new(actions.to_vec(), limits(false));
        Self { session, now: 0, seq: 0, said: Vec::new() }
    }

    fn frame(&mut self, faces: &[Face], distance: Option<f32>, skew: i64) {
        self.now += 200;
        self.seq += 1;
        let captured_ms = self.now.saturating_add_signed(skew) + 7_000_000;
        let (received_ms, seq, size) = (self.now, self.seq, (320, 240));
        self.said.extend(self.session.see(&Frame { received_ms, seq, captured_ms, size, faces, distance }));
    }

    fn show(&mut self, yaw: f32, pitch: f32) {
        self.frame(&[head(yaw, pitch)], Some(0.3), 0);
    }

    fn look_straight(&mut self) {
        for _ in 0..3 {
            self.show(0.0, 0.0);
        }
    }

    fn act(&mut self, action: Action) {
        let degrees = match action {
            TurnLeft => (1.0, 0.0),
            TurnRight => (-1.0, 0.0),
            Nod => (0.0, 1.0),
        };
        for angle in [9.0, 18.0, 19.0, 20.0, 10.0, 2.0] {
            self.show(degrees.0 * angle, degrees.1 * angle);
        }
    }

    fn all(&mut self, actions: &[Action]) {
        self.look_straight();
        for &action in actions {
            self.act(action);
        }
    }

    fn steps(&self) -> Vec<Action> {
        let step = |say: &Say| if let Say::Step { action, .. } = say { Some(*action) } else { None };
        self.said.iter().filter_map(step).collect()
    }

    fn hinted(&self, hint: Hint) -> bool {
        self.said.contains(&Say::Hint(hint))
    }
}

#[test]
fn every_challenge_can_be_drawn_and_none_repeats_a_step() {
    let drawn: Vec<_> = (0..12).map(draw).collect();
    for (i, actions) in drawn.iter().enumerate() {
        assert!((STEPS_MIN..=STEPS_MAX).contains(&actions.len()));
        assert!(!drawn[..i].contains(actions), "{actions:?} twice");
        assert!(actions.iter().enumerate().all(|(i, a)| !actions[..i].contains(a)));
    }
    assert_eq!(draw(u64::MAX).len(), draw(u64::MAX % 12).len());
}

#[test]
fn who_does_what_is_asked_passes() {
    for random in 0..12 {
        let actions = draw(random);
        let mut camera = Camera::new(&actions);
        camera.all(&actions);
        assert_eq!(camera.steps(), actions);
        assert!(camera.session.awaits_still());
        assert_eq!(camera.session.still(camera.now + 2_900), [Say::Ended(Outcome::Pass)]);
        assert_eq!(camera.session.outcome(), Some(Outcome::Pass));
        camera.show(0.0, 0.0);
        assert_eq!(camera.session.outcome(), Some(Outcome::Pass), "the end is the end");
    }
}

#[test]
fn the_next_step_is_told_when_the_one_before_has_passed() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    assert!(camera.steps().is_empty());
    camera.look_straight();
    assert_eq!(camera.said[camera.said.len() - 2], Say::Ready { steps: 2, limit_ms: 20_000 });
    assert_eq!(camera.steps(), [TurnLeft]);
    for angle in [9.0, 18.0, 19.0, 20.0] {
        camera.show(angle, 0.0);
        assert_eq!(camera.steps(), [TurnLeft], "and the head is back");
    }
    camera.show(3.0, 0.0);
    assert_eq!(camera.steps(), [TurnLeft, Nod]);
}

#[test]
fn a_turn_that_was_not_asked_for_ends_the_run() {
    for (asked, done) in [(TurnLeft, TurnRight), (TurnRight, Nod), (Nod, TurnLeft)] {
        let mut camera = Camera::new(&[asked, Nod]);
        camera.look_straight();
        camera.act(done);
        assert_eq!(camera.session.outcome(), Some(Outcome::Incomplete), "{done:?} for {asked:?}");
    }
}

#[test]
fn a_flick_is_no_turn() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.look_straight();
    camera.show(40.0, 0.0);
    assert!(camera.hinted(Hint::TooFast));
    camera.show(0.0, 0.0);
    camera.show(18.0, 0.0);
    camera.show(0.0, 0.0);
    camera.show(0.0, 0.0);
    assert_eq!(camera.steps(), [TurnLeft], "18° were not held");
    camera.act(TurnLeft);
    assert_eq!(camera.steps(), [TurnLeft, Nod]);
}

#[test]
fn a_frame_that_came_too_late_is_not_given_the_turn_of_the_one_before() {
    let mut camera = Camera::new(&[TurnLeft]);
    camera.look_straight();
    camera.show(9.0, 0.0);
    assert!(camera.session.turn().is_some_and(|turn| (turn.yaw - 9.0).abs() < 1.0));
    camera.now += 10_000;
    camera.show(20.0, 0.0);
    assert_eq!(camera.session.outcome(), Some(Outcome::Incomplete));
    assert_eq!(camera.session.turn(), None);
}

#[test]
fn time_runs_from_the_first_step_and_only_then() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.now = 300_000;
    assert!(camera.session.tick(300_000).is_empty(), "framing has all the time");
    camera.look_straight();
    let begun = camera.now;
    assert!(camera.session.tick(begun + 6_000).is_empty());
    assert_eq!(camera.session.tick(begun + 6_001), [Say::Ended(Outcome::Incomplete)]);

    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.session = Session::new(vec![TurnLeft, Nod], limits(true));
    camera.look_straight();
    assert!(camera.session.tick(camera.now + 12_000).is_empty());
    assert_eq!(camera.session.tick(camera.now + 12_001), [Say::Ended(Outcome::Incomplete)]);
}

#[test]
fn the_still_comes_when_it_is_asked_for() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.all(&[TurnLeft, Nod]);
    assert_eq!(camera.session.still(camera.now + 3_001), [Say::Ended(Outcome::Incomplete)]);
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.look_straight();
    assert_eq!(camera.session.still(camera.now), [Say::Ended(Outcome::Injected)], "nobody asked");
}

#[test]
fn another_face_goes_to_a_person_and_learns_nothing_on_the_way() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.look_straight();
    for angle in [9.0, 18.0, 19.0, 20.0, 10.0] {
        camera.show(angle, 0.0);
    }
    camera.frame(&[head(2.0, 0.0)], Some(0.9), 0);
    assert_eq!(camera.steps(), [TurnLeft, Nod], "goes on as if nothing had been");
    camera.act(Nod);
    assert_eq!(camera.session.still(camera.now), [Say::Ended(Outcome::FaceChanged)]);

    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.look_straight();
    let mut elsewhere = head(9.0, 0.0);
    elsewhere.region.x += 200.0;
    camera.frame(&[elsewhere], Some(0.3), 0);
    camera.all(&[TurnLeft, Nod]);
    assert_eq!(camera.session.still(camera.now), [Say::Ended(Outcome::FaceChanged)], "a face does not jump");
}

#[test]
fn a_face_that_was_not_compared_does_not_go_on() {
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.look_straight();
    for angle in [9.0, 18.0, 19.0, 20.0, 10.0] {
        camera.show(angle, 0.0);
    }
    camera.frame(&[head(0.0, 0.0)], None, 0);
    assert_eq!(camera.steps(), [TurnLeft]);
    camera.frame(&[head(0.0, 0.0)], Some(f32::NAN), 0);
    camera.act(Nod);
    assert_eq!(camera.session.still(camera.now), [Say::Ended(Outcome::FaceChanged)], "NaN is no likeness");
}

#[test]
fn frames_come_in_order_and_not_before_they_were_taken() {
    let ended = |disturb: &dyn Fn(&mut Camera)| {
        let mut camera = Camera::new(&[TurnLeft, Nod]);
        camera.look_straight();
        disturb(&mut camera);
        camera.act(TurnLeft);
        camera.act(Nod);
        camera.session.still(camera.now)
    };
    assert_eq!(ended(&|_| {}), [Say::Ended(Outcome::Pass)]);
    assert_eq!(ended(&|c| c.seq -= 1), [Say::Ended(Outcome::Injected)], "a number twice");
    let early = |c: &mut Camera| c.frame(&[head(0.0, 0.0)], Some(0.3), 3_001);
    assert_eq!(ended(&early), [Say::Ended(Outcome::Injected)], "taken after it came");
    let late = |c: &mut Camera| c.frame(&[head(0.0, 0.0)], Some(0.3), -190);
    assert_eq!(ended(&late), [Say::Ended(Outcome::Pass)], "a slow network is no crime");
}

#[test]
fn what_would_help_is_said() {
    type Change = fn(&mut Face);
    let cases: [(Hint, Change); 7] = [
        (Hint::Dark, |f| f.brightness = 20.0),
        (Hint::Bright, |f| f.brightness = 240.0),
        (Hint::Closer, |f| (f.region.w, f.region.h) = (30.0, 35.0)),
        (Hint::Back, |f| f.region = Region { x: 0.0, y: 0.0, w: 310.0, h: 230.0 }),
        (Hint::Frame, |f| f.region.x = 0.0),
        (Hint::Covered, |f| f.covered = 0.9),
        (Hint::Hold, |f| f.yaw_ratio = 0.3),
    ];
    for (hint, change) in cases {
        let mut camera = Camera::new(&[TurnLeft, Nod]);
        camera.show(0.0, 0.0);
        camera.show(0.0, 0.0);
        let mut face = head(0.0, 0.0);
        change(&mut face);
        camera.frame(&[face], None, 0);
        assert!(camera.hinted(hint), "{hint:?}: {:?}", camera.said);
        camera.show(0.0, 0.0);
        assert!(camera.steps().is_empty(), "three good frames in a row");
    }
    let mut camera = Camera::new(&[TurnLeft, Nod]);
    camera.frame(&[], None, 0);
    camera.frame(&[head(0.0, 0.0), head(0.0, 0.0)], None, 0);
    assert!(camera.hinted(Hint::NoFace) && camera.hinted(Hint::ManyFaces));
}
