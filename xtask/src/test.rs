//! `cargo xtask test`: what CI runs.

use crate::process::{cargo, run, say, works};
use crate::setup::{self, Profile};
use crate::steps::Steps;
use crate::{fuzz, lint};
use std::path::Path;

/// Set-up, all checks, all tests.
pub(crate) fn test(root: &Path) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("set-up", || setup::setup(root, Profile::Test));
    if steps.failed() {
        // Without models and fonts every other failure would only hide this one.
        return steps.finish();
    }
    lint::add(&mut steps, root);
    steps.step("examples in the documentation", || {
        run(cargo().args(["test", "--workspace", "--doc", "--locked", "--quiet"]).current_dir(root))
    });
    steps.step("fuzz targets, short", || fuzz::smoke(root, None));
    steps.step("tests", || tests(root));
    steps.finish()
}

/// nextest where it is installed: it shows slow tests and runs all binaries at once.
fn tests(root: &Path) -> anyhow::Result<()> {
    let mut command = cargo();
    command.current_dir(root);
    if works("cargo-nextest", &["nextest", "--version"]) {
        command.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
    } else {
        say("cargo-nextest is not installed; cargo's own runner does");
        command.args(["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]);
    }
    run(&mut command)
}
