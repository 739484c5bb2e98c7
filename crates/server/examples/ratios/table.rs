//! One line for each proof, with its verdict.

use serde_json::{Value, json};
use std::time::Duration;

/// What a ratio must be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// Nothing is promised; shown for whoever wonders.
    Shown,
}

/// One comparison.
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) database: &'static str,
    /// Ours and what it is compared with, in the unit.
    pub(crate) ours: f64,
    pub(crate) other: f64,
    pub(crate) unit: &'static str,
    pub(crate) ratio: f64,
    pub(crate) target: Target,
}

impl Line {
    /// Of the rates of two things that took so long: above 1 ours is the faster.
    pub(crate) fn rate(
        what: &str,
        database: &'static str,
        ours: &mut [Duration],
        other: &mut [Duration],
        least: Option<f64>,
    ) -> Self {
        let (ours, other) = (median_us(ours), median_us(other));
        let target = least.map_or(Target::Shown, Target::AtLeast);
        Self { what: what.to_owned(), database, ours, other, unit: "µs", ratio: other / ours, target }
    }

    /// Of the times of two things: above 1 ours is the slower.
    pub(crate) fn time(
        what: &str,
        database: &'static str,
        ours: &mut [Duration],
        other: &mut [Duration],
        most: Option<f64>,
    ) -> Self {
        let (ours, other) = (median_us(ours), median_us(other));
        let target = most.map_or(Target::Shown, Target::AtMost);
        Self { what: what.to_owned(), database, ours, other, unit: "µs", ratio: ours / other, target }
    }

    /// Whether it is as promised.
    pub(crate) fn holds(&self) -> bool {
        match self.target {
            Target::AtLeast(least) => self.ratio >= least,
            Target::AtMost(most) => self.ratio <= most,
            Target::Shown => true,
        }
    }

    fn verdict(&self) -> String {
        let met = if self.holds() { "met" } else { "MISSED" };
        match self.target {
            Target::AtLeast(least) => format!("≥ {least:<5} {met}"),
            Target::AtMost(most) => format!("≤ {most:<5} {met}"),
            Target::Shown => String::new(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let (bound, value) = match self.target {
            Target::AtLeast(least) => ("at_least", Some(least)),
            Target::AtMost(most) => ("at_most", Some(most)),
            Target::Shown => ("shown", None),
        };
        json!({
            "what": self.what, "database": self.database, "ours": self.ours, "other": self.other,
            "unit": self.unit, "ratio": self.ratio, "bound": bound, "target": value, "met": self.holds(),
        })
    }
}

fn median_us(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}

/// The table as people read it.
pub(crate) fn text(lines: &[Line]) -> String {
    let wide = lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
    let row = |line: &Line| {
        let pad = " ".repeat(wide - line.what.chars().count());
        let Line { what, database, ours, other, unit, ratio, .. } = line;
        format!(
            "{what}{pad}  {database:<8}  {ours:>10.0}  {other:>10.0} {unit:<4} {ratio:>6.2}  {}",
            line.verdict()
        )
    };
    let head = format!("{:wide$}  {:<8}  {:>10}  {:>10} {:<4} {:>6}", "", "", "ours", "other", "", "ratio");
    std::iter::once(head).chain(lines.iter().map(row)).collect::<Vec<_>>().join("\n")
}
