//! `cargo xtask bench-peers`: this program beside RapidOCR and `face_recognition`, on the same painted
//! pictures, in one run. `bench/peers/README.md` says what is measured and why it is fair.

mod child;
mod environment;
mod measure;
mod page;
mod report;
mod set;
mod stats;

use crate::process::{cargo, run, say};
use crate::setup::{self, Programs};
use crate::workspace::Metadata;
use anyhow::{Context, ensure};
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// People to paint: half clean, half photographed
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(2..=1000))]
    cards: u16,
    /// Rounds over the photographed half; every round times each side at least once
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    repeat: u16,
    /// Threads for our side; the peers take all processors by themselves [default: all]
    #[arg(long)]
    threads: Option<u16>,
    /// Seed of the painted set
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Use a folder painted before instead of painting one
    #[arg(long)]
    set: Option<PathBuf>,
    /// Install the pinned versions without checking hashes: for platforms other than those pinned
    #[arg(long)]
    without_hashes: bool,
}

/// Everything that takes part, installed and built.
struct Stage {
    root: PathBuf,
    /// Where all results go; below the target folder.
    out: PathBuf,
    python: PathBuf,
    /// The release program and the painter of the pictures.
    programs: Programs,
    /// Our side of the comparison.
    worker: PathBuf,
    models: PathBuf,
    threads: u16,
}

impl Stage {
    /// The Python half of the benchmark; it leaves no compiled files in the repository.
    fn script(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.arg("-B").arg(self.root.join("bench/peers/worker.py"));
        command
    }
}

pub(crate) fn bench_peers(root: &Path, options: &Options) -> anyhow::Result<()> {
    say("── set-up of our side");
    let programs = setup::setup(root)?;
    let stage = stage(root, programs, options)?;
    let set = set::prepare(&stage, options)?;
    let measured = measure::all(&stage, &set, options.repeat)?;
    let report = report::Report::new(&stage, &set, &measured)?;
    report.write(&stage.out)?;
    say(&format!("\n{}", report.text()));
    say(&format!("Written: {}/report.json, report.md, report.html", stage.out.display()));
    Ok(())
}

fn stage(root: &Path, programs: Programs, options: &Options) -> anyhow::Result<Stage> {
    let target = Metadata::read(root)?.target_directory;
    let out = target.join("bench-peers");
    std::fs::create_dir_all(&out).with_context(|| format!("creating {}", out.display()))?;

    say("\n── set-up of the peers");
    let requirements = root.join("bench/peers");
    let python = environment::install(&requirements, &out.join("venv"), !options.without_hashes)?;

    say("\n── building");
    let mut build = cargo();
    build.args([
        "build",
        "--release",
        "--locked",
        "--package",
        "shiming-engine",
        "--example",
        "bench_worker",
    ]);
    run(build.current_dir(root))?;
    let stage = Stage {
        root: root.to_owned(),
        python,
        worker: target.join("release/examples").join(format!("bench_worker{EXE_SUFFIX}")),
        models: programs.models()?,
        programs,
        threads: options
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get().min(64) as u16)),
        out,
    };
    ensure!(stage.worker.is_file(), "{} was not built where it was expected", stage.worker.display());
    Ok(stage)
}
