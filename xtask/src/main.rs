//! `cargo xtask`: everything one does with this repository, set-up included.

mod bans;
mod bench;
mod bench_peers;
mod dist;
mod fuzz;
mod limits;
mod lint;
mod postgres;
mod process;
mod python;
mod ratios;
mod run;
mod schemathesis;
mod service;
mod setup;
mod spdx;
mod steps;
mod test;
mod tidy;
mod ui;
mod unused;
mod web;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

const AFTER: &str = "\
First time here? `cargo xtask run` shows the program at work, `cargo xtask test` proves it works.
Both do all set-up themselves and may be repeated at any time.";

/// Builds, shows, tests and measures Shiming.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = AFTER, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, paint a specimen card set, verify it, then run the service and lead one application to approved
    Run(run::Options),
    /// Set up and pass every check and test, as CI does
    Test(test::Options),
    /// Install what is needed: system packages, models, test pictures
    Setup,
    /// Install or list models: the arguments go to `shiming models`
    Models {
        /// For example `install --with-test-pictures` or `list`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, default_value = "list")]
        arguments: Vec<String>,
    },
    /// Make requests from the OpenAPI document, as every kind of caller, until something is not as described
    Schemathesis,
    /// Check formatting, lints, documentation, invariants, licences and unused dependencies
    Lint,
    /// Check only the invariants of the repository (see docs/ARCHITECTURE.md); compiles nothing
    Tidy,
    /// Run the bodies of all fuzz targets on mutated examples, for a fixed number of rounds
    FuzzSmoke {
        /// Rounds per target; the default is what `test` runs
        #[arg(long)]
        rounds: Option<u64>,
    },
    /// Paint labelled pictures and measure accuracy, faults and faces on them, with a page of plots for each
    Bench(bench::Options),
    /// Measure this program beside RapidOCR and dlib on the same painted pictures
    BenchPeers(bench_peers::Options),
    /// Build the pages that the program embeds; quick if nothing changed
    Web,
    /// Lead an applicant through the pages in a real browser, check accessibility and budgets
    Ui(ui::Options),
    /// Measure how fast and how accessible every screen of the applicant is on a mid-range phone
    Lighthouse,
    /// Measure commits, reads, the gate, overload and many people against the least the same work can cost
    Ratios(ratios::Options),
    /// Use limits a million times by many at once on each database, and prove that no cap was passed
    Limits(limits::Options),
    /// Build the release binary and put it with its documents into one folder
    Dist,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = workspace::root().and_then(|root| match cli.command {
        Command::Run(options) => run::run(&root, &options),
        Command::Test(options) => test::test(&root, &options),
        Command::Setup => setup::setup(&root).map(drop),
        Command::Models { arguments } => setup::Programs::build(&root)
            .and_then(|programs| process::run(programs.shiming().arg("models").args(&arguments))),
        Command::Schemathesis => {
            setup::Programs::build(&root).and_then(|programs| schemathesis::schemathesis(&root, &programs))
        }
        Command::Lint => lint::lint(&root),
        Command::Tidy => tidy::report(&root),
        Command::FuzzSmoke { rounds } => fuzz::smoke(&root, rounds),
        Command::Bench(options) => bench::bench(&root, &options),
        Command::BenchPeers(options) => bench_peers::bench_peers(&root, &options),
        Command::Web => web::build(&root),
        Command::Ui(options) => ui::ui(&root, &options),
        Command::Lighthouse => ui::lighthouse(&root),
        Command::Ratios(options) => ratios::ratios(&root, &options),
        Command::Limits(options) => limits::limits(&root, &options),
        Command::Dist => dist::dist(&root),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            process::say(&format!("\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
