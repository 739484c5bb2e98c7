//! Everything that can be said about the code without running it.

use crate::process::{cargo, run};
use crate::steps::Steps;
use crate::{bans, tidy, unused};
use std::path::Path;

/// `cargo xtask lint`.
pub(crate) fn lint(root: &Path) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    add(&mut steps, root);
    steps.finish()
}

/// The same as steps of a longer run; cheap ones first.
pub(crate) fn add(steps: &mut Steps, root: &Path) {
    steps.step("formatting", || run(cargo().args(["fmt", "--all", "--check"]).current_dir(root)));
    steps.step("invariants", || tidy::report(root));
    steps.step("licences and bans", || bans::report(root));
    steps.step("unused dependencies", || unused::report(root));
    steps.step("clippy", || {
        run(cargo()
            .args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
            .current_dir(root))
    });
    steps.step("documentation", || {
        run(cargo()
            .args(["doc", "--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(root))
    });
}
