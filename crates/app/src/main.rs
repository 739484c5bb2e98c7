//! The program `shiming`: arguments in, one answer out.
//!
//! Text and JSON go to stdout, logs and errors to stderr. What the exit status means is in [`exit`].

mod cli;
mod commands;
mod config;
mod context;
mod exit;
mod human;
mod input;
mod json;
mod lang;
mod output;
mod report;
mod words;

use clap::Parser as _;
use cli::{Cli, Command};
use context::Style;
use exit::{Exit, Failure};
use lang::Lang;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Environment variable with the log filter, for example `debug`.
const LOG_VARIABLE: &str = "SHIMING_LOG";

fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    let lang = Lang::choose(cli.common.lang, |name| std::env::var(name).ok());
    match run(&cli.command, Style { json: cli.common.json, lang }) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}

fn run(command: &Command, style: Style) -> Result<Exit, Failure> {
    match command {
        Command::Verify(args) => commands::verify::run(args, style),
        Command::Inspect(args) => commands::inspect::run(args, style),
        Command::Compare(args) => commands::compare::run(args, style),
        Command::IdNumber(args) => commands::id_number::run(args, style),
        Command::Mrz(args) => commands::mrz::run(args, style),
        Command::Replay(args) => commands::replay::run(args, style),
        Command::Bench(args) => commands::bench::run(args, style),
        Command::Models(command) => commands::models::run(command, style),
    }
}

fn log() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(to_terminal)
        .with_target(false)
        .without_time()
        .init();
}
