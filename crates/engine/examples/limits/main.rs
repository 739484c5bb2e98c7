//! Many random operations on limits by many at once, and the proof that no cap was passed.
//!
//! `cargo xtask limits` runs it on both databases; by itself:
//! `cargo run --release -p shiming-engine --example limits -- --operations 1000000 --database sqlite`
//!
//! `--folder` says where the SQLite file lies; in memory (`/dev/shm`) a long run takes a fraction of the time.
//! With `--database postgres`, `TEST_POSTGRES_URL` names a server on which a database may be made. Ends with 1
//! if a counter was over a cap at any moment, if a counter is not the sum of its uses, or if an operation failed.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a run that cannot go on has failed")]
#![expect(clippy::indexing_slicing, reason = "tables of fixed length")]

#[path = "../../tests/it/wallet/run.rs"]
mod run;
#[path = "../../tests/it/wallet/seed.rs"]
#[expect(dead_code, reason = "the tests need more people than this run")]
mod seed;

use shiming_testkit::trial::{Database, Trial, TrialOptions};
use std::path::PathBuf;
use std::process::ExitCode;

struct Options {
    operations: usize,
    database: String,
    workers: usize,
    seed: u64,
    folder: PathBuf,
}

fn options() -> Option<Options> {
    let mut options = Options {
        operations: 100_000,
        database: "sqlite".to_owned(),
        workers: 8,
        seed: 1,
        folder: std::env::temp_dir(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next()?;
        match name.as_str() {
            "--operations" => options.operations = value.parse().ok()?,
            "--database" => options.database = value,
            "--workers" => options.workers = value.parse().ok().filter(|n| (1..=64).contains(n))?,
            "--folder" => options.folder = value.into(),
            "--seed" => options.seed = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(Options { operations, database, workers, seed, folder }) = options() else {
        eprintln!(
            "limits [--operations N] [--database sqlite|postgres] [--folder F] [--workers 1..64] [--seed N]"
        );
        return ExitCode::from(2);
    };
    let opened = match database.as_str() {
        "sqlite" => Some(Database::sqlite_in(&folder).await),
        "postgres" => Database::postgres().await,
        _ => None,
    };
    let Some(opened) = opened else {
        eprintln!("there is no database `{database}`");
        return ExitCode::from(2);
    };
    let trial = Trial::with(opened, TrialOptions { preset: "cn_pboc", ..TrialOptions::default() }).await;
    let outcome = run::run(&trial, operations, workers, seed).await;
    let per_s = outcome.operations as f64 / outcome.elapsed.as_secs_f64();
    println!("database    {database}, {workers} workers, seed {seed}");
    println!(
        "operations  {} in {:.1} s, {per_s:.0} a second",
        outcome.operations,
        outcome.elapsed.as_secs_f64()
    );
    println!("done        {}", outcome.done);
    println!("refused     {}: {:?}", outcome.refused.values().sum::<usize>(), outcome.refused);
    println!("failed      {}: {:?}", outcome.failed.values().sum::<usize>(), outcome.failed);
    println!("replayed    {} changes, {} over a cap", outcome.replayed, outcome.over);
    println!("counters    {} differ from the sum of their uses", outcome.mismatches);
    let well = outcome.over == 0 && outcome.mismatches == 0 && outcome.failed.is_empty();
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
