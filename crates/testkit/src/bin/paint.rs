//! `paint`: specimen cards and photographs of them from a seed, with ground truth.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use shiming_testkit::dataset::{self, Studio};
use shiming_testkit::faces::Faces;
use shiming_testkit::labels::Labels;
use time::{Date, Month};

/// Paint specimen cards and photographs of them, with exact ground truth in labels.json.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// Folder to write into
    #[arg(long)]
    out: PathBuf,
    /// Everything painted follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder with astronaut.png (and, for face sets, the other known pictures)
    #[arg(long)]
    faces: Option<PathBuf>,
    /// The day the cards' terms are chosen for, YYYY-MM-DD
    #[arg(long, default_value = "2026-11-22", value_parser = parse_date)]
    today: Date,
}

impl Common {
    fn studio(&self) -> anyhow::Result<Studio> {
        let faces = match &self.faces {
            Some(dir) => Faces::open(dir)?,
            None => Faces::none(),
        };
        Ok(Studio::open(faces, self.today)?)
    }
}

#[derive(Subcommand)]
enum Command {
    /// One person: both card sides and a selfie
    CardSet {
        #[command(flatten)]
        common: Common,
        /// Photograph the card instead of rendering it clean
        #[arg(long)]
        photo: bool,
    },
    /// Many people, half clean, half photographed
    Set {
        #[command(flatten)]
        common: Common,
        /// How many people
        #[arg(long, default_value_t = 40)]
        cards: usize,
    },
    /// Every fault at every grade, and faultless photographs
    Faults {
        #[command(flatten)]
        common: Common,
        /// Pictures per fault and grade
        #[arg(long, default_value_t = 4)]
        per_grade: usize,
        /// Faultless pictures [default: 20 per picture of a grade]
        #[arg(long)]
        negatives: Option<usize>,
    },
    /// All kinds of documents in all positions, two cards, no card
    Zoo {
        #[command(flatten)]
        common: Common,
        /// How many times everything
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// Face photographs labelled by person; needs --faces
    People {
        #[command(flatten)]
        common: Common,
        /// Variations of each source picture
        #[arg(long, default_value_t = 6)]
        per_picture: usize,
    },
    /// Every fault of a selfie at every grade, and faultless selfies; needs --faces
    Selfies {
        #[command(flatten)]
        common: Common,
        /// Pictures per fault and grade
        #[arg(long, default_value_t = 10)]
        per_grade: usize,
        /// Faultless pictures
        #[arg(long, default_value_t = 100)]
        negatives: usize,
    },
    /// A contact sheet of a painted folder
    Sheet {
        /// The painted folder
        dir: PathBuf,
        /// PNG file to write
        #[arg(long)]
        out: PathBuf,
        /// Only pictures whose file name contains this
        #[arg(long, default_value = "")]
        only: String,
        /// Pictures per row
        #[arg(long, default_value_t = 5)]
        columns: u32,
        /// Side of a cell, pixels
        #[arg(long, default_value_t = 360)]
        cell: u32,
    },
}

fn parse_date(text: &str) -> Result<Date, String> {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u16>().ok());
    let date = || {
        let month = Month::try_from(part(5..7)? as u8).ok()?;
        Date::from_calendar_date(i32::from(part(0..4)?), month, part(8..10)? as u8).ok()
    };
    let shaped = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    shaped.then(date).flatten().ok_or_else(|| "expected a date such as 2026-11-22".to_owned())
}

#[expect(clippy::print_stderr, reason = "the progress of a program for developers")]
fn tell(what: &str) {
    eprintln!("{what}");
}

fn every(step: usize, done: usize, what: &str) {
    if done.is_multiple_of(step) {
        tell(what);
    }
}

fn report(common: &Common, labels: &Labels) {
    tell(&format!("{} pictures in {}", labels.pictures.len(), common.out.display()));
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::CardSet { common, photo } => {
            let labels = dataset::card_set(&common.out, &common.studio()?, common.seed, photo)?;
            report(&common, &labels);
        }
        Command::Set { common, cards } => {
            let progress = |done| tell(&format!("card {done}/{cards}"));
            let labels = dataset::set(&common.out, &common.studio()?, common.seed, cards, progress)?;
            report(&common, &labels);
        }
        Command::Faults { common, per_grade, negatives } => {
            let negatives = negatives.unwrap_or(20 * per_grade);
            let progress = |done, total| every(10, done, &format!("picture {done}/{total}"));
            let studio = common.studio()?;
            let labels = dataset::faults(&common.out, &studio, common.seed, per_grade, negatives, progress)?;
            report(&common, &labels);
        }
        Command::Zoo { common, rounds } => {
            let progress = |done| every(10, done, &format!("picture {done}"));
            let labels = dataset::zoo(&common.out, &common.studio()?, common.seed, rounds, progress)?;
            report(&common, &labels);
        }
        Command::People { common, per_picture } => {
            anyhow::ensure!(common.faces.is_some(), "face photographs need --faces DIR");
            let progress = |done| every(10, done, &format!("picture {done}"));
            let labels = dataset::people(&common.out, &common.studio()?, common.seed, per_picture, progress)?;
            report(&common, &labels);
        }
        Command::Selfies { common, per_grade, negatives } => {
            anyhow::ensure!(common.faces.is_some(), "face photographs need --faces DIR");
            let progress = |done, total| every(10, done, &format!("picture {done}/{total}"));
            let studio = common.studio()?;
            let labels = dataset::selfies(&common.out, &studio, common.seed, per_grade, negatives, progress)?;
            report(&common, &labels);
        }
        Command::Sheet { dir, out, only, columns, cell } => {
            let labels = Labels::read(&dir)?;
            let chosen: Vec<_> = labels.pictures.into_iter().filter(|p| p.file.contains(&only)).collect();
            dataset::contact_sheet(&dir, &chosen, columns, cell.max(16))?
                .save(&out)
                .with_context(|| format!("cannot write {}", out.display()))?;
        }
    }
    Ok(())
}
