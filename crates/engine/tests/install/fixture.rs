//! A made-up manifest, the packages it pins, and registry clients that serve them from a folder.

use shiming_engine::models::{Clients, Event, InstallError, InstallOptions, Installed, Manifest, install};
use shiming_vault::digest::Sha256;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Contents of what the packages carry.
pub(crate) const MODEL_A: &[u8] = b"first network";
pub(crate) const MODEL_B: &[u8] = b"second network";
pub(crate) const MODEL_C: &[u8] = b"third network, from npm";
pub(crate) const LIBRARY: &[u8] = b"a shared library";
pub(crate) const LICENCE: &[u8] = b"do what you like";
pub(crate) const PICTURE: &[u8] = b"a picture";

pub(crate) const WHEEL: &str = "pkg-1.0-py3-none-any.whl";
pub(crate) const TARBALL: &str = "scope-web-2.0.tgz";
pub(crate) const SDIST: &str = "pics-3.0.tar.gz";

/// How a client behaves.
pub(crate) enum Client {
    /// Copies whatever lies in the served folder.
    Serves,
    /// Prints this on stderr and fails.
    Fails(&'static str),
    /// Succeeds without leaving a file.
    LeavesNothing,
    /// Is not on this machine.
    Missing,
    /// The real pip, told to look only into the served folder.
    RealPip,
}

pub(crate) struct Fixture {
    pub(crate) root: TempDir,
    pub(crate) manifest: String,
    pub(crate) python: Client,
    pub(crate) npm: Client,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        fs::create_dir(root.path().join("served")).expect("a folder for packages");
        let mut fixture = Self { root, manifest: String::new(), python: Client::Serves, npm: Client::Serves };
        let wheel = zip(&[
            ("pkg/a.onnx", MODEL_A),
            ("pkg/b.onnx", MODEL_B),
            ("pkg/lib.so.9", LIBRARY),
            ("pkg/LICENSE", LICENCE),
            ("pkg-1.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n"),
            ("pkg-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("pkg/__init__.py", b"raise SystemExit('executed')"),
            ("../escape", b"must never be written"),
        ]);
        let tarball = tar_gz(&[("package/c.onnx", MODEL_C), ("package/index.js", b"process.exit(1)")]);
        let sdist = tar_gz(&[
            ("pics-3.0/setup.py", b"raise SystemExit('setup.py was executed')"),
            ("pics-3.0/PKG-INFO", b"Metadata-Version: 1.0\nName: pics\nVersion: 3.0\n"),
            ("pics-3.0/tests/face.png", PICTURE),
        ]);
        for (name, bytes) in [(WHEEL, &wheel), (TARBALL, &tarball), (SDIST, &sdist)] {
            fixture.serve(name, bytes);
        }
        fixture.manifest = manifest(&wheel, &tarball, &sdist);
        fixture
    }

    #[must_use]
    pub(crate) fn python(mut self, client: Client) -> Self {
        self.python = client;
        self
    }

    #[must_use]
    pub(crate) fn npm(mut self, client: Client) -> Self {
        self.npm = client;
        self
    }

    /// Changes the manifest's text.
    #[must_use]
    pub(crate) fn edit(mut self, from: &str, to: &str) -> Self {
        assert!(self.manifest.contains(from), "{from}");
        self.manifest = self.manifest.replacen(from, to, 1);
        self
    }

    /// Puts another file where the clients look, and pins it so that only what is inside can be wrong.
    #[must_use]
    pub(crate) fn repack(self, name: &str, bytes: &[u8]) -> Self {
        let old = fs::read(self.root.path().join("served").join(name)).expect("a served package");
        self.serve(name, bytes);
        let pin = |bytes: &[u8]| format!("bytes = {}\nsha256 = \"{}\"", bytes.len(), Sha256::of(bytes));
        self.edit(&pin(&old), &pin(bytes))
    }

    /// Puts another file where the clients look; the pin stays.
    pub(crate) fn serve(&self, name: &str, bytes: &[u8]) {
        fs::write(self.root.path().join("served").join(name), bytes).expect("a served package");
    }

    pub(crate) fn manifest(&self) -> Manifest {
        Manifest::parse(&self.manifest).expect("the made-up manifest is valid")
    }

    pub(crate) fn models(&self) -> PathBuf {
        self.root.path().join("models")
    }

    pub(crate) fn install(&self) -> Result<Installed, InstallError> {
        self.install_with(false, &mut |_| {})
    }

    pub(crate) fn install_with(
        &self,
        with_test_pictures: bool,
        progress: &mut dyn FnMut(Event<'_>),
    ) -> Result<Installed, InstallError> {
        let clients = Clients {
            python: self.program("python3", &self.python, "--dest"),
            npm: self.program("npm", &self.npm, "--pack-destination"),
        };
        install(&self.manifest(), &self.models(), &InstallOptions { with_test_pictures, clients }, progress)
    }

    /// Arguments of all clients run so far, one line each.
    pub(crate) fn calls(&self) -> Vec<String> {
        let log = fs::read_to_string(self.root.path().join("calls")).unwrap_or_default();
        // Whether a client is there is asked before.
        log.lines().filter(|line| !line.ends_with(" --version")).map(str::to_owned).collect()
    }

    /// Files below the models directory with their contents; the lock file left out.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let models = self.models();
        let mut folders = vec![models.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = path.strip_prefix(&models).unwrap_or(&path).display().to_string();
                if path.is_dir() {
                    folders.push(path);
                } else if name != ".lock" {
                    files.insert(name, fs::read(&path).unwrap_or_default());
                }
            }
        }
        files
    }

    /// Whether something was written outside the models directory.
    pub(crate) fn escaped(&self) -> bool {
        self.root.path().join("escape").exists()
    }

    fn program(&self, name: &str, client: &Client, option: &str) -> PathBuf {
        let root = self.root.path();
        let served = root.join("served");
        let log = root.join("calls");
        let what = match client {
            Client::Missing => return root.join("there-is-no").join(name),
            Client::Fails(words) => format!("echo '{words}' >&2\nexit 1\n"),
            Client::LeavesNothing => String::new(),
            Client::Serves => format!(
                "while [ $# -gt 0 ]; do if [ \"$1\" = {option} ]; then to=$2; fi; shift; done\n\
                 cp '{}'/* \"$to\"/\n",
                served.display()
            ),
            Client::RealPip => {
                format!("PIP_NO_INDEX=1 PIP_FIND_LINKS='{}' exec python3 \"$@\"\n", served.display())
            }
        };
        let script = format!("#!/bin/sh\necho \"{name} $*\" >>'{}'\n{what}", log.display());
        let path = root.join(name);
        fs::write(&path, script).expect("a client");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a client that can be run");
        path
    }
}

fn manifest(wheel: &[u8], tarball: &[u8], sdist: &[u8]) -> String {
    let mut text = String::from("schema = 1\n");
    for (id, registry, package, version, file, bytes, more) in [
        ("pkg", "pypi", "pkg", "1.0", WHEEL, wheel, ""),
        ("web", "npm", "@scope/web", "2.0", TARBALL, tarball, ""),
        ("pics", "pypi", "pics", "3.0", SDIST, sdist, "sdist = true\n"),
    ] {
        let _ = writeln!(
            text,
            "[[archive]]\nid = \"{id}\"\nregistry = \"{registry}\"\npackage = \"{package}\"\n\
             version = \"{version}\"\nfile = \"{file}\"\n{more}{}",
            pin(bytes)
        );
    }
    for (id, archive, path, enabled, bytes) in [
        ("a", "pkg", "pkg/a.onnx", true, MODEL_A),
        ("b", "pkg", "pkg/b.onnx", true, MODEL_B),
        ("c", "web", "package/c.onnx", true, MODEL_C),
        ("off", "web", "package/off.onnx", false, MODEL_C),
    ] {
        let _ = writeln!(
            text,
            "[[model]]\nid = \"{id}\"\nenabled = {enabled}\narchive = \"{archive}\"\npath = \"{path}\"\n\
             install_as = \"{id}.onnx\"\nlicence = \"MIT\"\nlicence_certainty = \"made up\"\n{}",
            pin(bytes)
        );
    }
    for target in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
        let _ = writeln!(
            text,
            "[[library]]\nid = \"lib\"\ntarget = \"{target}\"\narchive = \"pkg\"\npath = \"pkg/lib.so.9\"\n\
             install_as = \"lib.so.9\"\nlicence = \"MIT\"\n{}",
            pin(LIBRARY)
        );
    }
    let _ = writeln!(
        text,
        "[[notice]]\narchive = \"pkg\"\npath = \"pkg/LICENSE\"\ninstall_as = \"licences/pkg\"\n{}",
        pin(LICENCE)
    );
    let _ = writeln!(
        text,
        "[[test_picture]]\narchive = \"pics\"\npath = \"pics-3.0/tests/face.png\"\nperson = \"A\"\n\
         note = \"none\"\nlicence = \"MIT\"\n{}",
        pin(PICTURE)
    );
    text
}

fn pin(bytes: &[u8]) -> String {
    format!("bytes = {}\nsha256 = \"{}\"\n", bytes.len(), Sha256::of(bytes))
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a zip entry");
        writer.write_all(bytes).expect("a zip entry");
    }
    writer.finish().expect("a zip file").into_inner()
}

pub(crate) fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        add(&mut tar, name, bytes);
    }
    gzip(&tar.into_inner().expect("a tar file"))
}

pub(crate) fn add(tar: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, bytes).expect("a tar entry");
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).expect("gzip");
    gzip.finish().expect("gzip")
}

/// Somebody else's file at a path inside the models directory.
pub(crate) fn overwrite(models: &Path, file: &str, bytes: &[u8]) {
    fs::write(models.join(file), bytes).expect("a file to spoil");
}
