//! `shiming models`.

use crate::cli::ModelsCommand;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::{human, output};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use shiming_engine::models::{
    Event, InstallOptions, Kind, Manifest, ManifestError, Row, State, install, list, switch,
};
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;

/// `shiming models list --json`.
#[derive(Serialize)]
struct ListJson<'a> {
    directory: String,
    complete: bool,
    files: Vec<RowJson<'a>>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    id: &'a str,
    kind: &'static str,
    state: &'static str,
    bytes: u64,
    sha256: String,
    licence: &'a str,
    licence_certainty: &'a str,
    attribution: &'a str,
    source: &'a str,
    file: String,
}

/// `shiming models install --json`.
#[derive(Serialize)]
struct InstallJson {
    directory: String,
    new: usize,
    kept: usize,
}

pub(crate) fn run(command: &ModelsCommand, style: Style) -> Result<Exit, Failure> {
    match command {
        ModelsCommand::Install { with_test_pictures, dir } => {
            let dir = dir.path()?;
            let manifest = Manifest::of(&dir)?;
            let options =
                InstallOptions { with_test_pictures: *with_test_pictures, ..InstallOptions::default() };
            let mut progress = Progress::new();
            let installed = install(&manifest, &dir, &options, &mut |event| progress.show(event));
            progress.finish();
            let installed = installed?;
            if style.json {
                output::json(&InstallJson {
                    directory: dir.display().to_string(),
                    new: installed.new,
                    kept: installed.kept,
                })?;
            } else {
                output::text(&human::models::installed(installed, &dir, style.lang))?;
            }
        }
        ModelsCommand::List { dir } => {
            let dir = dir.path()?;
            let rows = list(&Manifest::of(&dir)?, &dir);
            if style.json {
                output::json(&list_shape(&rows, &dir))?;
            } else {
                output::text(&human::models::table(&rows, &dir, style.lang))?;
            }
        }
        ModelsCommand::Enable { id, accept_unclear_provenance, dir } => {
            set(id, true, *accept_unclear_provenance, &dir.path()?, style)?;
        }
        ModelsCommand::Disable { id, dir } => set(id, false, false, &dir.path()?, style)?,
    }
    Ok(Exit::Answered)
}

/// `shiming models enable` and `disable`.
#[derive(Serialize)]
struct SwitchJson<'a> {
    directory: String,
    id: &'a str,
    enabled: bool,
}

fn set(id: &str, enabled: bool, accept: bool, dir: &Path, style: Style) -> Result<(), Failure> {
    match switch(dir, id, enabled, accept) {
        Err(error @ ManifestError::Switch { .. }) => return Err(Failure::usage(error)),
        other => other?,
    }
    if style.json {
        output::json(&SwitchJson { directory: dir.display().to_string(), id, enabled })
    } else {
        output::text(&human::models::switched(id, enabled, dir, style.lang))
    }
}

/// Whether everything a start needs is there.
pub(crate) fn is_complete(rows: &[Row]) -> bool {
    let needed = |row: &&Row| matches!(row.kind, Kind::Model | Kind::Library);
    rows.iter().filter(needed).all(|row| matches!(row.state, State::Ok | State::Disabled))
}

/// Stable word.
pub(crate) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "model",
        Kind::Library => "library",
        Kind::Notice => "notice",
        Kind::TestPicture => "test_picture",
    }
}

fn list_shape<'a>(rows: &'a [Row], dir: &Path) -> ListJson<'a> {
    ListJson {
        directory: dir.display().to_string(),
        complete: is_complete(rows),
        files: rows
            .iter()
            .map(|row| RowJson {
                id: &row.id,
                kind: kind_word(row.kind),
                state: row.state.as_str(),
                bytes: row.bytes,
                sha256: row.sha256.to_string(),
                licence: &row.licence,
                licence_certainty: &row.certainty,
                attribution: &row.attribution,
                source: &row.source,
                file: row.file.display().to_string(),
            })
            .collect(),
    }
}

/// A bar on a terminal, one line per step otherwise; always on stderr.
struct Progress {
    bar: Option<ProgressBar>,
    said: String,
}

impl Progress {
    fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0).with_style(
                ProgressStyle::with_template("{spinner} {msg:44} {bar:24} {bytes:>10} / {total_bytes}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, said: String::new() }
    }

    fn show(&mut self, event: Event<'_>) {
        match event {
            Event::Waiting => self.step("waiting for another installation"),
            Event::Kept { id } => tracing::debug!("{id} is there and valid"),
            Event::Fetching { source, bytes_done, bytes_total } => {
                self.step(&format!("fetching {source}"));
                if let Some(bar) = &self.bar {
                    bar.set_length(bytes_total);
                    bar.set_position(bytes_done);
                }
            }
            Event::Unpacking { source } => self.step(&format!("unpacking {source}")),
            Event::Converting { id } => self.step(&format!("converting {id}")),
            Event::Installed { id, bytes } => {
                let line = format!("installed {id} ({} KiB)", bytes.div_ceil(1024));
                match &self.bar {
                    Some(bar) => bar.println(line),
                    None => eprintln!("{line}"),
                }
            }
        }
    }

    /// Fetching reports many times; say each step once.
    fn step(&mut self, step: &str) {
        if self.said == step {
            return;
        }
        step.clone_into(&mut self.said);
        match &self.bar {
            Some(bar) => bar.set_message(step.to_owned()),
            None => eprintln!("{step}"),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
