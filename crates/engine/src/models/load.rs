//! Verified bytes for the engines.

use super::item::{Item, Kind};
use super::manifest::Manifest;
use shiming_vault::digest::Sha256;
use shiming_vision::models::ModelBytes;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::thread;

/// Why the models cannot be used. All of these are fatal at start.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// An enabled model is not there.
    #[error("the model {id} is not in {}; install the models with: shiming models install", directory.display())]
    Missing {
        /// Manifest id.
        id: String,
        /// The models directory.
        directory: PathBuf,
    },
    /// A file is there, but is not the pinned one.
    #[error(
        "{} is not the pinned file for {id}: its size or sha256 differs; find out why, then repair with: \
         shiming models install",
        file.display()
    )]
    WrongHash {
        /// Manifest id.
        id: String,
        /// The file.
        file: PathBuf,
    },
    /// A file cannot be read.
    #[error("{} cannot be read", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// The manifest switched off a model that was asked for.
    #[error("the model {0} is switched off in the models manifest")]
    SwitchedOff(&'static str),
}

impl LoadError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "models_missing",
            Self::WrongHash { .. } => "models_wrong_hash",
            Self::Io { .. } => "models_unreadable",
            Self::SwitchedOff(_) => "models_switched_off",
        }
    }
}

/// A model whose bytes match their pin.
pub struct Verified {
    /// Manifest id, for example `ocr-rec`.
    pub id: String,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Its hash, for the record of each decision.
    pub sha256: Sha256,
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the bytes: there are millions.
        f.debug_struct("Verified").field("id", &self.id).field("sha256", &self.sha256).finish_non_exhaustive()
    }
}

/// The inference library: opened, hashed through the open descriptor, and still open.
///
/// Renaming another file into its place changes nothing for [`Library::path`]. (Somebody who may write into
/// the very same file can still change it; such a person owns the models directory anyway.)
#[derive(Debug)]
pub struct Library {
    file: File,
    sha256: Sha256,
    version: String,
}

impl Library {
    /// What to load: the descriptor, not the name. Valid as long as this value lives.
    pub fn path(&self) -> PathBuf {
        use std::os::fd::AsRawFd as _;
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }

    /// Version as the manifest pins it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its hash.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }
}

/// Everything a start needs, verified.
#[derive(Debug)]
pub struct ModelFiles {
    models: Vec<Verified>,
    library: Option<Library>,
}

impl ModelFiles {
    /// Reads and verifies every enabled model and, if it is there, the library. A missing library is no
    /// error: the built-in engine takes over, more slowly. A wrong one is.
    pub fn load(manifest: &Manifest, directory: &Path) -> Result<Self, LoadError> {
        let items = manifest.items();
        let enabled = |kind| items.iter().filter(move |item| item.kind == kind && item.enabled);
        // Hashing 92 MB takes a noticeable part of a cold start on one core.
        thread::scope(|scope| {
            let library = enabled(Kind::Library)
                .next()
                .map(|item| scope.spawn(|| open_library(manifest, directory, item)));
            let reading: Vec<_> =
                enabled(Kind::Model).map(|item| (item, scope.spawn(|| read(directory, item)))).collect();
            let mut models = Vec::new();
            for (item, thread) in reading {
                let verified = thread.join().map_err(|_| stopped(directory, item))??;
                models.push(verified);
            }
            let library = match library {
                Some(thread) => thread.join().map_err(|_| LoadError::Io {
                    file: directory.to_owned(),
                    source: io::Error::other("the thread that read it stopped"),
                })??,
                None => None,
            };
            Ok(Self { models, library })
        })
    }

    /// A model by its manifest id; `None` if the manifest does not enable it.
    pub fn model(&self, id: &str) -> Option<&Verified> {
        self.models.iter().find(|model| model.id == id)
    }

    /// Ids and hashes of all enabled models, in the manifest's order.
    pub fn hashes(&self) -> impl Iterator<Item = (&str, Sha256)> {
        self.models.iter().map(|model| (model.id.as_str(), model.sha256))
    }

    /// The five networks of the shipped set, and what was switched on besides.
    pub fn bytes(&self) -> Result<ModelBytes<'_>, LoadError> {
        let of = |id: &'static str| {
            self.model(id).map(|model| model.bytes.as_slice()).ok_or(LoadError::SwitchedOff(id))
        };
        Ok(ModelBytes {
            ocr_det: of("ocr-det")?,
            ocr_rec: of("ocr-rec")?,
            ocr_cls: of("ocr-cls")?,
            face_det: of("face-det")?,
            face_emb: of("face-emb")?,
            live_passive: self.model("live-passive").map(|model| model.bytes.as_slice()),
        })
    }

    /// The inference library, if it is installed.
    pub fn library(&self) -> Option<&Library> {
        self.library.as_ref()
    }
}

fn stopped(directory: &Path, item: &Item) -> LoadError {
    LoadError::Io {
        file: directory.join(&item.file),
        source: io::Error::other("the thread that read it stopped"),
    }
}

/// Opens a file of the pinned size; `None` if there is no such file.
fn open(path: &Path, item: &Item) -> Result<Option<File>, LoadError> {
    let unreadable = |source| LoadError::Io { file: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(unreadable(source)),
    };
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() || meta.len() != item.bytes {
        return Err(LoadError::WrongHash { id: item.id.clone(), file: path.to_owned() });
    }
    Ok(Some(file))
}

fn read(directory: &Path, item: &Item) -> Result<Verified, LoadError> {
    let path = directory.join(&item.file);
    let missing = || LoadError::Missing { id: item.id.clone(), directory: directory.to_owned() };
    let file = open(&path, item)?.ok_or_else(missing)?;
    let mut bytes = Vec::with_capacity(usize::try_from(item.bytes).unwrap_or(0));
    // The file may grow while it is read.
    file.take(item.bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| LoadError::Io { file: path.clone(), source })?;
    let sha256 = Sha256::of(&bytes);
    if sha256 != item.sha256 {
        return Err(LoadError::WrongHash { id: item.id.clone(), file: path });
    }
    Ok(Verified { id: item.id.clone(), bytes, sha256 })
}

fn open_library(manifest: &Manifest, directory: &Path, item: &Item) -> Result<Option<Library>, LoadError> {
    let path = directory.join(&item.file);
    let Some(mut file) = open(&path, item)? else { return Ok(None) };
    let unreadable = |source| LoadError::Io { file: path.clone(), source };
    let (sha256, _) = Sha256::of_reader((&file).take(item.bytes + 1)).map_err(unreadable)?;
    if sha256 != item.sha256 {
        return Err(LoadError::WrongHash { id: item.id.clone(), file: path });
    }
    file.rewind().map_err(unreadable)?;
    let version = manifest.archive(&item.archive).map(|a| a.version.clone()).unwrap_or_default();
    Ok(Some(Library { file, sha256, version }))
}
