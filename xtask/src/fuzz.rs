//! The short fuzz run.

use crate::process::{cargo, run};
use std::path::Path;

/// Environment variable by which the test learns how many rounds to do.
const ROUNDS: &str = "SHIMING_FUZZ_ROUNDS";

/// Runs the stable test that calls every fuzz target's body. Long runs: see CONTRIBUTING.md.
pub(crate) fn smoke(root: &Path, rounds: Option<u64>) -> anyhow::Result<()> {
    let mut command = cargo();
    command.current_dir(root);
    command.args(["test", "--locked", "--package", "shiming-engine", "--test", "fuzz_smoke"]);
    command.args(["--", "--nocapture"]);
    if let Some(rounds) = rounds {
        command.env(ROUNDS, rounds.to_string());
    }
    run(&mut command)
}
