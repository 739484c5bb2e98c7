//! `cargo xtask test`: what CI runs.

use crate::postgres::{Durability, Server};
use crate::process::{cargo, run, run_both, say, works};
use crate::setup::Programs;
use crate::steps::Steps;
use crate::workspace::Metadata;
use crate::{lint, python, schemathesis, setup, ui, web};
use std::path::Path;

/// What there is to run: examples are compiled by clippy, and need not be linked.
const TARGETS: [&str; 3] = ["--lib", "--bins", "--tests"];

/// Names a PostgreSQL server for the tests.
const POSTGRES_VARIABLE: &str = "TEST_POSTGRES_URL";

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Let the browser and the made requests meet the program as it is released, which takes another build
    #[arg(long)]
    release: bool,
}

/// Set-up, all checks, all tests; what takes seconds comes first. The short fuzz run is among the tests.
pub(crate) fn test(root: &Path, options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("system packages", || setup::system(root));
    if steps.failed() {
        // Without fonts and clients every other failure would only hide this one.
        return steps.finish();
    }
    // Before anything is compiled: the server takes them in.
    steps.step("pages", || web::check(root));
    lint::add(&mut steps, root);
    // One build for everything that follows: asking cargo for single packages would choose other features
    // of the same dependencies and compile them twice.
    steps.step("build", || {
        run(cargo().args(["build", "--workspace", "--locked"]).args(TARGETS).current_dir(root))
    });
    steps.step("models", || setup::models_for_tests(root));
    steps.step("tests", || tests(root));
    steps.step("pages and requests from the description", || {
        let programs = if options.release { Programs::build(root)? } else { Programs::of_tests(root)? };
        ui::browse(root, &programs, None, || schemathesis::schemathesis(root, &programs))
    });
    steps.step("examples in the documentation", || {
        run(cargo().args(["test", "--workspace", "--doc", "--locked", "--quiet"]).current_dir(root))
    });
    steps.finish()
}

/// Lead the README's walks by hand and mostly wait, for a network may try to sign in only so often.
const WALKS: &str = "binary(cli) & test(walk::)";

/// On both databases, with a mail server to send to. nextest where it is installed: it shows slow tests and
/// runs all binaries at once.
fn tests(root: &Path) -> anyhow::Result<()> {
    // Whoever brings a server of their own is not given another.
    let server = match std::env::var_os(POSTGRES_VARIABLE) {
        Some(_) => None,
        None => Some(Server::start(root, "test", Durability::None)?),
    };
    let packages = python::packages(&Metadata::read(root)?.target_directory)?;
    let command = || {
        let mut command = cargo();
        command.current_dir(root).env("TEST_SMTP_PYTHON", "python3").env("PYTHONPATH", &packages);
        if let Some(server) = &server {
            command.env(POSTGRES_VARIABLE, server.url());
        }
        command
    };
    if !works("cargo-nextest", &["nextest", "--version"]) {
        say("cargo-nextest is not installed; cargo's own runner does");
        let all = ["test", "--workspace", "--locked", "--no-fail-fast"];
        return run(command().args(all).args(TARGETS));
    }
    let nextest = |which: &str| {
        let mut command = command();
        command.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]).args(TARGETS);
        command.args(["--filterset", which]);
        command
    };
    run_both(&mut nextest(&format!("not ({WALKS})")), &mut nextest(WALKS))
}
