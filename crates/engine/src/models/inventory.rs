//! What lies in a models directory, compared with the manifest.

use super::item::{Item, Kind};
use super::load::LoadError;
use super::manifest::{Archive, Manifest};
use shiming_vault::digest::Sha256;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;

/// How a file compares with its pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There, and exactly the pinned file.
    Ok,
    /// Not there.
    Missing,
    /// There, but another file: another size or hash, or unreadable.
    WrongHash,
    /// Switched off in the manifest; whether it is there does not matter.
    Disabled,
}

impl State {
    /// Stable word for machines and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::WrongHash => "wrong_hash",
            Self::Disabled => "disabled",
        }
    }
}

/// One line of `shiming models list`.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is for.
    pub kind: Kind,
    /// Manifest id, or the file name of notices and pictures.
    pub id: String,
    /// Path relative to the models directory.
    pub file: PathBuf,
    /// Pinned size.
    pub bytes: u64,
    /// Pinned hash.
    pub sha256: Sha256,
    /// Licence; empty for licence texts themselves.
    pub licence: String,
    /// How sure the licence is.
    pub certainty: String,
    /// Whom to credit.
    pub attribution: String,
    /// Carrying package: `PyPI rapidocr==3.10.0`.
    pub source: String,
    /// How the file compares.
    pub state: State,
}

/// Everything the manifest knows for this machine, each file hashed now.
pub fn list(manifest: &Manifest, directory: &Path) -> Vec<Row> {
    let items = manifest.items();
    let states = thread::scope(|scope| {
        let hashing: Vec<_> = items.iter().map(|item| scope.spawn(|| state(directory, item))).collect();
        hashing.into_iter().map(|thread| thread.join().unwrap_or(State::WrongHash)).collect::<Vec<_>>()
    });
    items.into_iter().zip(states).map(|(item, state)| row(manifest, item, state)).collect()
}

/// Checks every file that a start needs: enabled models must be there, and they and the library must match.
pub fn verify(manifest: &Manifest, directory: &Path) -> Result<(), LoadError> {
    for row in list(manifest, directory) {
        let needed = row.kind == Kind::Model;
        match row.state {
            State::WrongHash if needed || row.kind == Kind::Library => {
                return Err(LoadError::WrongHash { id: row.id, file: directory.join(row.file) });
            }
            State::Missing if needed => {
                return Err(LoadError::Missing { id: row.id, directory: directory.to_owned() });
            }
            _ => {}
        }
    }
    Ok(())
}

fn row(manifest: &Manifest, item: Item, state: State) -> Row {
    let source = manifest.archive(&item.archive).map(Archive::source).unwrap_or_default();
    Row {
        kind: item.kind,
        id: item.id,
        file: item.file,
        bytes: item.bytes,
        sha256: item.sha256,
        licence: item.licence,
        certainty: item.certainty,
        attribution: item.attribution,
        source,
        state,
    }
}

/// Whether the file is there and exactly the pinned one.
pub(super) fn is_valid(directory: &Path, item: &Item) -> bool {
    compare(directory, item) == State::Ok
}

fn state(directory: &Path, item: &Item) -> State {
    if item.enabled { compare(directory, item) } else { State::Disabled }
}

fn compare(directory: &Path, item: &Item) -> State {
    let path = directory.join(&item.file);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return State::Missing,
        Err(_) => return State::WrongHash,
    };
    // Size first: a file that grew without end is not hashed.
    let sized = file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == item.bytes);
    let same = sized && Sha256::of_reader(file).is_ok_and(|(found, _)| found == item.sha256);
    if same { State::Ok } else { State::WrongHash }
}
