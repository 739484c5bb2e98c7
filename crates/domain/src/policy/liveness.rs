//! `[liveness]`: the challenge before a selfie, and what a passive model may say of it.
//!
//! May be left out, and so may each key; the defaults below are then used. They are start values of our own, to be
//! measured on licensed recordings: public working sets lie between 10 and 20 degrees.

use serde::{Deserialize, Serialize};

/// Whether a challenge stands before a selfie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    /// There is none; a selfie is live if the client says so.
    Off,
    /// Whoever wants takes one; a selfie is live if the client says so.
    #[default]
    Offered,
    /// Only a selfie that a challenge asked for is live; any other goes to a person.
    Required,
}

/// `[liveness]`
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Liveness {
    /// Whether there is a challenge.
    pub challenge: Challenge,
    /// A turn to the side counts from here.
    pub yaw_degrees: f32,
    /// A nod counts from here.
    pub pitch_degrees: f32,
    /// Below it the head looks straight ahead again.
    pub neutral_degrees: f32,
    /// How long a turn is held.
    pub hold_ms: u64,
    /// Faster is no turn of a head.
    pub speed_degrees_per_s: f32,
    /// From the first step to the last.
    pub overall_ms: u64,
    /// For one step, with the way back.
    pub step_ms: u64,
    /// From the request for the still to the promise of it.
    pub still_ms: u64,
    /// Where the operator has switched a passive model on: below it people look. See
    /// `docs/LIVENESS.md` for what is known of it.
    pub passive_min: f32,
}

impl Default for Liveness {
    fn default() -> Self {
        Self {
            challenge: Challenge::default(),
            yaw_degrees: 15.0,
            pitch_degrees: 10.0,
            neutral_degrees: 8.0,
            hold_ms: 200,
            speed_degrees_per_s: 120.0,
            overall_ms: 20_000,
            step_ms: 6_000,
            still_ms: 3_000,
            passive_min: 0.9,
        }
    }
}

impl Liveness {
    /// The first key that no head could follow, with what is wrong.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let degrees = |value: f32| (1.0..=45.0).contains(&value);
        let rules = [
            (degrees(self.yaw_degrees), "yaw_degrees", "must lie between 1 and 45"),
            (degrees(self.pitch_degrees), "pitch_degrees", "must lie between 1 and 45"),
            (degrees(self.neutral_degrees), "neutral_degrees", "must lie between 1 and 45"),
            (
                self.neutral_degrees < self.yaw_degrees.min(self.pitch_degrees),
                "neutral_degrees",
                "must lie below yaw_degrees and pitch_degrees: a turn must end before the next begins",
            ),
            (
                (10.0..=1_000.0).contains(&self.speed_degrees_per_s),
                "speed_degrees_per_s",
                "must lie between 10 and 1000",
            ),
            (self.hold_ms <= 2_000, "hold_ms", "must not be above 2000"),
            ((2_000..=60_000).contains(&self.step_ms), "step_ms", "must lie between 2000 and 60000"),
            (
                (self.step_ms..=120_000).contains(&self.overall_ms),
                "overall_ms",
                "must lie between step_ms and 120000",
            ),
            ((1_000..=30_000).contains(&self.still_ms), "still_ms", "must lie between 1000 and 30000"),
            ((0.0..=1.0).contains(&self.passive_min), "passive_min", "must lie between 0 and 1"),
        ];
        rules.into_iter().find(|(holds, ..)| !holds).map(|(_, key, problem)| (key, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, preset_text};

    fn read(section: &str) -> Result<Liveness, String> {
        let text = format!("{}\n[liveness]\n{section}\n", preset_text("generic").unwrap());
        Policy::from_toml(&text).map(|policy| policy.liveness).map_err(|error| error.key.unwrap_or_default())
    }

    #[test]
    fn what_is_left_out_is_as_documented() {
        assert_eq!(Policy::preset("cn_pboc").unwrap().liveness, Liveness::default());
        let required = read("challenge = \"required\"").unwrap();
        assert_eq!(required, Liveness { challenge: Challenge::Required, ..Liveness::default() });
    }

    #[test]
    fn what_no_head_could_follow_is_refused_by_its_key() {
        for (section, key) in [
            ("yaw_degrees = 60.0", "yaw_degrees"),
            ("pitch_degrees = nan", "pitch_degrees"),
            ("neutral_degrees = 12.0", "neutral_degrees"),
            ("hold_ms = 3000", "hold_ms"),
            ("step_ms = 500", "step_ms"),
            ("overall_ms = 3000", "overall_ms"),
            ("still_ms = 0", "still_ms"),
            ("speed_degrees_per_s = 0.0", "speed_degrees_per_s"),
            ("passive_min = 1.1", "passive_min"),
        ] {
            assert_eq!(read(section), Err(format!("liveness.{key}")), "{section}");
        }
        assert!(read("challenge = \"maybe\"").is_err() && read("blink = true").is_err());
    }
}
