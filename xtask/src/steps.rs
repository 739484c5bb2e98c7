//! Named steps with their times, so that a long run can be followed and its failures found.

use crate::process::say;
use anyhow::bail;
use std::time::{Duration, Instant};

/// Steps done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration, Option<String>)>,
}

impl Steps {
    /// Does one step. A failure is told at once and remembered; later steps still run, so that one run shows
    /// everything that is wrong.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> anyhow::Result<()>) {
        say(&format!("\n── {name}"));
        let begin = Instant::now();
        let failure = work().err().map(|error| format!("{error:#}"));
        if let Some(failure) = &failure {
            say(&format!("✗ {name}: {failure}"));
        }
        self.done.push((name, begin.elapsed(), failure));
    }

    /// Whether something failed so far.
    pub(crate) fn failed(&self) -> bool {
        self.done.iter().any(|(_, _, failure)| failure.is_some())
    }

    /// Prints the summary; an error if any step failed.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        say("\n── summary");
        for (name, time, failure) in &self.done {
            let mark = if failure.is_some() { '✗' } else { '✓' };
            say(&format!("{mark} {name:42} {:7.1} s", time.as_secs_f64()));
        }
        let failed = self.done.iter().filter(|(_, _, failure)| failure.is_some()).count();
        say(&format!("steps: {} passed, {failed} failed", self.done.len() - failed));
        if failed > 0 {
            bail!("{failed} of {} steps failed; their own messages are above", self.done.len());
        }
        Ok(())
    }
}
