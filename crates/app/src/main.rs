//! The program `shiming`: arguments in, one answer out.
//!
//! Text and JSON go to stdout, logs and errors to stderr. What the exit status means is in [`exit`].

mod cli;
mod commands;
mod config;
mod context;
mod exit;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod heap;
mod human;
mod input;
mod json;
mod lang;
mod output;
mod report;
mod service;
mod words;

use clap::Parser as _;
use cli::{Cli, Command};
use context::Style;
use exit::{Exit, Failure};
use lang::Lang;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    heap::settle(cli.command.stays() || matches!(cli.command, Command::Bench(_)));
    if !cli.command.stays() {
        service::logs::brief();
    }
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
        Command::Serve(args) => commands::serve::serve(args),
        Command::Worker(args) => commands::serve::work(args),
        Command::Migrate(args) => commands::migrate::run(args, style),
        Command::Config(command) => commands::config::run(command, style),
        Command::Doctor(args) => commands::doctor::run(args, style),
        Command::Audit(command) => commands::audit::run(command, style),
    }
}
