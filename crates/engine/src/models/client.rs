//! The ordinary registry clients, `python3 -m pip` and `npm`, as child processes.
//!
//! They know proxies, mirrors and certificates of the machine, so we do not. Each runs in an empty work
//! directory of its own, with no input, and what it fetched is not believed but compared with the manifest.

use super::install::InstallError;
use super::manifest::{Archive, Registry};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// How often progress is measured.
const POLL: Duration = Duration::from_millis(150);
/// Polls without a new byte after which a client counts as stuck: five minutes.
const POLLS_STILL_MAX: u32 = 2_000;
/// Last bytes kept of what a client prints.
const OUTPUT_BYTES_MAX: usize = 4_096;

/// The programs to run. The default looks them up on `PATH`.
#[derive(Debug, Clone)]
pub struct Clients {
    /// A Python 3 with pip.
    pub python: PathBuf,
    /// npm.
    pub npm: PathBuf,
}

impl Default for Clients {
    fn default() -> Self {
        Self { python: "python3".into(), npm: "npm".into() }
    }
}

/// Whether the archive's client can be started at all.
pub(super) fn find(clients: &Clients, archive: &Archive) -> Result<(), InstallError> {
    let program = match archive.registry {
        Registry::Pypi => &clients.python,
        Registry::Npm => &clients.npm,
    };
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Whether it works shows when it is used, and then it says more.
    command.status().map(drop).map_err(|source| not_started(archive.registry, &shown(archive), source))
}

/// Fetches the archive into `work` and returns its path. `progress` hears how many bytes are there.
///
/// The file is not yet checked.
pub(super) fn fetch(
    clients: &Clients,
    archive: &Archive,
    work: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<PathBuf, InstallError> {
    let downloads = work.join("downloads");
    let temporary = work.join("tmp");
    for directory in [&downloads, &temporary] {
        fs::create_dir_all(directory).map_err(InstallError::io("create", directory))?;
    }
    let mut command = match archive.registry {
        Registry::Pypi => pip(&clients.python, archive, work, &downloads)?,
        Registry::Npm => npm(&clients.npm, archive, work, &downloads),
    };
    // An empty current directory: `python3 -m pip` and npm both read files of the directory they start in.
    command.current_dir(&temporary).env("TMPDIR", &temporary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let line = shown(archive);
    let output = run(command, archive.registry, &line, &|| bytes_under(work, 0), progress)?;
    if !output.status.success() {
        return Err(failure(archive, line, &output));
    }
    let file = downloads.join(&archive.file);
    if file.is_file() {
        return Ok(file);
    }
    Err(InstallError::NoFile { command: line, file: archive.file.clone() })
}

fn pip(python: &Path, archive: &Archive, work: &Path, to: &Path) -> Result<Command, InstallError> {
    // The hash lets pip itself refuse a changed file, before it even writes it.
    let list = work.join("requirements.txt");
    let line = format!("{}=={} --hash=sha256:{}\n", archive.package, archive.version, archive.sha256);
    fs::write(&list, line).map_err(InstallError::io("write", &list))?;
    let mut command = Command::new(python);
    command.args(["-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]);
    command.args(["--no-color", "--progress-bar=off", "--retries=2", "--timeout=30"]);
    command.args(["--no-deps", "--require-hashes", "--requirement"]).arg(&list).arg("--dest").arg(to);
    if archive.sdist {
        let backend = inert_backend(archive, work)?;
        command.args(["--no-binary=:all:", "--use-pep517", "--no-build-isolation"]);
        command.env("PYTHONPATH", backend).env("PYTHONDONTWRITEBYTECODE", "1");
    } else {
        command.arg("--only-binary=:all:").args(&archive.pip_flags);
    }
    Ok(command)
}

/// pip asks a source distribution's build backend for its metadata, which would run the package's
/// `setup.py`. Without build isolation the backend is whatever `setuptools` Python finds first: this one,
/// which answers from the manifest and touches nothing of the package.
fn inert_backend(archive: &Archive, work: &Path) -> Result<OsString, InstallError> {
    let (name, version) = (&archive.package, &archive.version);
    let module = work.join("backend").join("setuptools");
    fs::create_dir_all(&module).map_err(InstallError::io("create", &module))?;
    let backend = format!(
        r#"import os


class __legacy__:
    @staticmethod
    def get_requires_for_build_wheel(config_settings=None):
        return []

    @staticmethod
    def prepare_metadata_for_build_wheel(directory, config_settings=None):
        folder = "{name}-{version}.dist-info"
        os.mkdir(os.path.join(directory, folder))
        with open(os.path.join(directory, folder, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        return folder
"#
    );
    for (file, text) in [("__init__.py", ""), ("build_meta.py", backend.as_str())] {
        let path = module.join(file);
        fs::write(&path, text).map_err(InstallError::io("write", &path))?;
    }
    Ok(work.join("backend").into_os_string())
}

fn npm(npm: &Path, archive: &Archive, work: &Path, to: &Path) -> Command {
    let mut command = Command::new(npm);
    command.arg("pack").arg(format!("{}@{}", archive.package, archive.version));
    command.arg("--pack-destination").arg(to).arg("--cache").arg(work.join("npm-cache"));
    // `pack` of a published package runs none of its scripts; say so anyway.
    command.args([
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--fetch-retries=2",
    ]);
    command
}

/// What a person would type to see the same failure.
fn shown(archive: &Archive) -> String {
    let (name, version) = (&archive.package, &archive.version);
    match archive.registry {
        Registry::Pypi => format!("python3 -m pip download --no-deps {name}=={version}"),
        Registry::Npm => format!("npm pack {name}@{version}"),
    }
}

/// How a client ended and the last of what it said.
struct Output {
    status: ExitStatus,
    text: String,
}

fn run(
    mut command: Command,
    registry: Registry,
    line: &str,
    bytes_so_far: &dyn Fn() -> u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Output, InstallError> {
    let mut child = command.spawn().map_err(|source| not_started(registry, line, source))?;
    let said = listen(&mut child);
    let (mut most, mut still) = (0, 0);
    let status = loop {
        let ended = child.try_wait();
        if let Some(status) =
            ended.map_err(|source| InstallError::Start { command: line.to_owned(), source })?
        {
            break status;
        }
        let now = bytes_so_far();
        still = if now > most { 0 } else { still + 1 };
        most = most.max(now);
        progress(most);
        if still > POLLS_STILL_MAX {
            // It ends with us at the latest; nothing more can be done if it cannot be stopped.
            let _ = child.kill();
            let _ = child.wait();
            return Err(InstallError::Stuck { command: line.to_owned() });
        }
        thread::park_timeout(POLL);
    };
    Ok(Output { status, text: said.text() })
}

/// The ends of both output streams, collected by threads so that a full pipe never blocks the client.
struct Said(Vec<Receiver<Vec<u8>>>);

impl Said {
    /// What was said, without anything that is no text. Does not wait for descendants that keep a pipe open.
    fn text(&self) -> String {
        let streams = self.0.iter().filter_map(|stream| stream.recv_timeout(Duration::from_secs(2)).ok());
        let text = streams.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        text.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

fn listen(child: &mut Child) -> Said {
    let stdout = child.stdout.take().map(collect);
    let stderr = child.stderr.take().map(collect);
    Said(stdout.into_iter().chain(stderr).collect())
}

fn collect(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        let mut chunk = [0; 1_024];
        loop {
            let count = match stream.read(&mut chunk) {
                Ok(count @ 1..) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => break,
            };
            kept.extend_from_slice(chunk.get(..count).unwrap_or_default());
            let surplus = kept.len().saturating_sub(OUTPUT_BYTES_MAX);
            kept.drain(..surplus);
        }
        // Nobody may be listening any more; then nobody wants to know.
        let _ = send.send(kept);
    });
    receive
}

/// Bytes of all files below a directory, as far as they can be seen while another program works in it.
fn bytes_under(directory: &Path, depth: u32) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    if depth > 12 {
        return 0;
    }
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_under(&entry.path(), depth + 1),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

fn not_started(registry: Registry, line: &str, source: io::Error) -> InstallError {
    if source.kind() != io::ErrorKind::NotFound {
        return InstallError::Start { command: line.to_owned(), source };
    }
    match registry {
        Registry::Pypi => InstallError::MissingClient {
            program: "python3",
            remedy: "sudo apt-get install python3 python3-pip",
        },
        Registry::Npm => {
            InstallError::MissingClient { program: "npm", remedy: "sudo apt-get install nodejs npm" }
        }
    }
}

/// Tells the causes a person can do something about from the rest. The clients report them as text only.
fn failure(archive: &Archive, command: String, output: &Output) -> InstallError {
    let text = &output.text;
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["No module named pip"]) {
        return InstallError::MissingClient { program: "pip", remedy: "sudo apt-get install python3-pip" };
    }
    if says(&["DO NOT MATCH THE HASHES"]) {
        return InstallError::WrongArchive {
            source_package: archive.source(),
            file: archive.file.clone(),
            problem: format!("pip refused it: its sha256 is not the pinned {}", archive.sha256),
        };
    }
    if says(&OFFLINE) {
        return InstallError::Offline { command, said: last_line(text) };
    }
    if says(&["No matching distribution", "E404", "notarget", "ETARGET"]) {
        return InstallError::Gone { source_package: archive.source(), command, said: last_line(text) };
    }
    let status = output.status.to_string();
    InstallError::Client { command, status, said: text.clone() }
}

/// Words by which pip and npm report that they could not connect.
const OFFLINE: [&str; 12] = [
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "NewConnectionError",
    "ConnectTimeoutError",
    "Read timed out",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ENETUNREACH",
];

fn last_line(text: &str) -> String {
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}
