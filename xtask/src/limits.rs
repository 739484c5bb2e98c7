//! `cargo xtask limits`: a million uses of limits by many at once, and the proof that no cap was passed.

use crate::postgres::{Durability, Server};
use crate::process::{cargo, run, say};
use crate::setup;
use crate::workspace::Metadata;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory, where there is one: the run is about races, and a disk would only make it long.
const MEMORY: &str = "/dev/shm";

/// How long to go on.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Uses of limits on each database
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..))]
    operations: u32,
    /// Only this database
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    database: Option<String>,
}

/// The same uses on SQLite and on PostgreSQL, one after the other.
pub(crate) fn limits(root: &Path, options: &Options) -> anyhow::Result<()> {
    setup::setup(root)?;
    let wanted = |database: &str| options.database.as_deref().is_none_or(|only| only == database);
    if wanted("sqlite") {
        let memory = PathBuf::from(MEMORY);
        let folder = if memory.is_dir() { memory } else { Metadata::read(root)?.target_directory };
        run(example(root, options).args(["--database", "sqlite", "--folder"]).arg(folder))?;
    }
    if wanted("postgres") {
        let server = Server::start(root, "limits", Durability::Full)?;
        run(example(root, options).args(["--database", "postgres"]).env("TEST_POSTGRES_URL", server.url()))?;
    }
    say("no cap was passed");
    Ok(())
}

fn example(root: &Path, options: &Options) -> Command {
    let mut command = cargo();
    command.current_dir(root).args(["run", "--release", "--locked", "--quiet"]);
    command.args(["--package", "shiming-engine", "--example", "limits", "--"]);
    command.args(["--operations", &options.operations.to_string()]);
    command
}
