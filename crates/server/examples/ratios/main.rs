//! What the service costs beside the least that the same work can cost: ratios, measured side by side in one run.
//!
//! `cargo xtask ratios` runs it with everything it needs. By hand:
//! `cargo run --release -p shiming-server --example ratios -- --models ~/.local/share/shiming/models`
//!
//! With `TEST_POSTGRES_URL` the databases of PostgreSQL are measured too. `--folder` is where SQLite's lie; for
//! the comparisons of commits it must be a real disk. Ends with 1 if a ratio is not what was promised.

#![expect(clippy::expect_used, clippy::panic, reason = "a run that cannot go on has failed")]
#![expect(clippy::indexing_slicing, reason = "places that were just made")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

mod commit;
mod gate;
mod one_cpu;
mod overload;
mod picture;
mod reads;
mod scale;
mod table;

use one_cpu::OneCpu;
use serde_json::Value;
use shiming_engine::models::default_directory;
use shiming_engine::{EngineChoice, Toolbox};
use shiming_testkit::trial::Database;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use table::Line;

const DATABASES: [&str; 2] = ["sqlite", "postgres"];
const PARTS: [&str; 5] = ["commits", "reads", "gate", "overload", "scale"];

struct Options {
    parts: Vec<String>,
    databases: Vec<String>,
    folder: PathBuf,
    models: Option<PathBuf>,
    rounds: u32,
    few: u32,
    many: u32,
    json: bool,
}

fn options() -> Option<Options> {
    let mut options = Options {
        parts: PARTS.map(str::to_owned).to_vec(),
        databases: DATABASES.map(str::to_owned).to_vec(),
        folder: std::env::temp_dir(),
        models: None,
        rounds: 200,
        few: 10_000,
        many: 1_000_000,
        json: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        if name == "--json" {
            options.json = true;
            continue;
        }
        let value = words.next()?;
        match name.as_str() {
            "--parts" => options.parts = value.split(',').map(str::to_owned).collect(),
            "--database" => {
                options.databases = vec![DATABASES.into_iter().find(|one| *one == value)?.to_owned()];
            }
            "--folder" => options.folder = value.into(),
            "--models" => options.models = Some(value.into()),
            "--rounds" => options.rounds = value.parse().ok().filter(|n| (1..=100_000).contains(n))?,
            "--few" => options.few = value.parse().ok().filter(|n| (1000..=1_000_000).contains(n))?,
            "--many" => options.many = value.parse().ok().filter(|n| (1000..=1_000_000).contains(n))?,
            _ => return None,
        }
    }
    options.parts.iter().all(|part| PARTS.contains(&part.as_str())).then_some(options)
}

/// As many databases of a kind, or none if there is no such server.
async fn databases<const N: usize>(kind: &str, folder: &Path) -> Option<[Database; N]> {
    let mut all = Vec::new();
    for _ in 0..N {
        all.push(match kind {
            "sqlite" => Database::sqlite_in(folder).await,
            _ => Database::postgres().await?,
        });
    }
    all.try_into().ok()
}

fn say(what: &str) {
    eprintln!("── {what}");
}

/// All lines; those of a part are told as soon as they are there, for all parts take long.
async fn measure(options: &Options) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |part: Vec<Line>| {
        if !options.json {
            println!("{}", table::text(&part));
        }
        lines.extend(part);
    };
    let wanted = |part: &str| options.parts.iter().any(|wanted| wanted == part);
    for kind in &options.databases {
        if wanted("commits")
            && let Some([ours, theirs]) = databases(kind, &options.folder).await
        {
            say(&format!("commits on {kind}"));
            add(commit::measure(ours, theirs, options.rounds).await);
        }
    }
    for kind in &options.databases {
        if wanted("reads")
            && let Some([database]) = databases(kind, &options.folder).await
        {
            say(&format!("reads on {kind}"));
            let _pinned = OneCpu::pin();
            add(reads::measure(database, 5 * options.rounds).await);
        }
    }
    if wanted("gate") || wanted("overload") {
        let models = options.models.clone();
        let models = models.or_else(|| default_directory(|name| std::env::var_os(name)).ok());
        let models = models.expect("a folder of models");
        let toolbox = Arc::new(Toolbox::open(&models, EngineChoice::Auto, 2).expect("networks"));
        let picture = picture::paint(&models.join("test-pictures"));
        let folder = &options.folder;
        if wanted("gate") {
            say("the gate");
            let database = Database::sqlite_in(folder).await;
            add(gate::measure(database, &toolbox, &picture, 25).await);
        }
        if wanted("overload") {
            say("overload");
            add(overload::measure(Database::sqlite_in(folder).await, &toolbox, &picture).await);
        }
    }
    for kind in &options.databases {
        if wanted("scale")
            && let Some([few, many]) = databases(kind, &options.folder).await
        {
            say(&format!("many people on {kind}"));
            add(scale::measure((few, options.few), (many, options.many), options.rounds).await);
        }
    }
    lines
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!(
            "ratios [--parts {}] [--database {}] [--folder F] [--models F] [--rounds N] [--few N] [--many N] [--json]",
            PARTS.join(","),
            DATABASES.join("|")
        );
        return ExitCode::from(2);
    };
    let lines = Box::pin(measure(&options)).await;
    if options.json {
        println!("{}", Value::Array(lines.iter().map(Line::json).collect()));
    }
    let missed = lines.iter().filter(|line| !line.holds()).count();
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
