//! `cargo xtask ratios`: what the service costs beside the least that the same work can cost.

use crate::postgres::{Durability, Server};
use crate::process::{cargo, run, say};
use crate::setup;
use crate::workspace::Metadata;
use std::path::Path;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Some of commits, reads, gate, overload, scale, separated by commas
    #[arg(long)]
    parts: Option<String>,
    /// Of what runs on both databases only this one
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    database: Option<String>,
    /// People in the larger of two databases that are compared
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..=1_000_000))]
    people: u32,
    /// Times everything is measured
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Both databases lie in the target folder: on a real disk, where a commit costs what it costs.
pub(crate) fn ratios(root: &Path, options: &Options) -> anyhow::Result<()> {
    setup::setup(root)?;
    let folder = Metadata::read(root)?.target_directory.join("ratios");
    std::fs::create_dir_all(&folder)?;
    let server = Server::start(root, "ratios", Durability::Full)?;
    let mut command = cargo();
    command.current_dir(root).env("TEST_POSTGRES_URL", server.url());
    command.args(["run", "--release", "--locked", "--quiet", "--package", "shiming-server"]);
    command.args(["--example", "ratios", "--", "--folder"]).arg(&folder);
    command.args(["--many", &options.people.to_string(), "--rounds", &options.rounds.to_string()]);
    if let Some(parts) = &options.parts {
        command.args(["--parts", parts]);
    }
    if let Some(database) = &options.database {
        command.args(["--database", database]);
    }
    if options.json {
        command.arg("--json");
    }
    run(&mut command)?;
    say("every ratio is as promised");
    Ok(())
}
