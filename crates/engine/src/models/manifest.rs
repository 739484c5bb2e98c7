//! `models/manifest.toml`: the pins, parsed and checked as a whole before anything is done with them.

use super::install::InstallError;
use serde::Deserialize;
use shiming_vault::digest::Sha256;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Largest manifest read, in bytes.
const MANIFEST_BYTES_MAX: usize = 1 << 20;
/// Largest archive or file a manifest may pin, in bytes.
const PIN_BYTES_MAX: u64 = 1 << 30;
/// The licence of a model of which nobody knows who may license it.
pub(super) const UNCLEAR: &str = "unclear";
/// The one conversion there is: see `shiming_vision::convert`.
pub(super) const CONVERT_FACE: &str = "dlib-resnet29-from-tfjs-u8";

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A model that cannot be switched on or off.
    #[error("the model {id} cannot be switched: {problem}")]
    Switch {
        /// Its id.
        id: String,
        /// Why.
        problem: &'static str,
    },
    /// The operator's switches could not be read.
    #[error("{} cannot be read", file.display())]
    Switches {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The operator's switches could not be written.
    #[error(transparent)]
    Write(InstallError),
    /// Not TOML, a key is unknown, missing or of the wrong type.
    #[error("the models manifest is not valid: {0}")]
    Syntax(String),
    /// Well-formed, but the entries contradict each other or the rules.
    #[error("the models manifest is not valid: {entry}: {problem}")]
    Entry {
        /// The entry's id.
        entry: String,
        /// What is wrong.
        problem: String,
    },
}

impl ManifestError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        "models_manifest"
    }
}

/// Everything that may be installed, with its hash. Only [`Manifest::parse`] makes one, so it is consistent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    schema: u32,
    #[serde(default, rename = "engine")]
    _engine: toml::Table,
    #[serde(rename = "archive")]
    pub(super) archives: Vec<Archive>,
    #[serde(rename = "model")]
    pub(super) models: Vec<Model>,
    #[serde(default, rename = "library")]
    pub(super) libraries: Vec<Library>,
    #[serde(default, rename = "notice")]
    pub(super) notices: Vec<Notice>,
    #[serde(default, rename = "test_picture")]
    pub(super) test_pictures: Vec<TestPicture>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Registry {
    Pypi,
    Npm,
}

/// A package file as the registry serves it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Archive {
    pub(super) id: String,
    pub(super) registry: Registry,
    pub(super) package: String,
    pub(super) version: String,
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
    #[serde(default)]
    pub(super) pip_flags: Vec<String>,
    /// A source distribution: pip would run its setup code unless kept from it.
    #[serde(default)]
    pub(super) sdist: bool,
    #[serde(default, rename = "optional")]
    _optional: bool,
    #[serde(default, rename = "dev_only")]
    _dev_only: bool,
}

impl Archive {
    /// For people: `PyPI rapidocr==3.10.0`.
    pub(super) fn source(&self) -> String {
        match self.registry {
            Registry::Pypi => format!("PyPI {}=={}", self.package, self.version),
            Registry::Npm => format!("npm {}@{}", self.package, self.version),
        }
    }
}

/// A network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) id: String,
    pub(super) enabled: bool,
    #[serde(default)]
    pub(super) accept_unclear_provenance: bool,
    /// By the operator of a models directory.
    #[serde(skip)]
    pub(super) switched_on: bool,
    pub(super) archive: String,
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) convert: Option<String>,
    pub(super) install_as: String,
    /// Of the installed file, converted or not.
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
    pub(super) licence: String,
    pub(super) licence_certainty: String,
    #[serde(default)]
    pub(super) attribution: String,
    #[serde(default, rename = "source")]
    pub(super) sources: Vec<Source>,
    // The recipe, for readers; `vision` implements it and its golden tests hold it to it.
    #[serde(default, rename = "input")]
    _input: toml::Table,
    #[serde(default, rename = "output")]
    _output: toml::Table,
    #[serde(default, rename = "params")]
    _params: toml::Table,
    #[serde(default, rename = "dictionary")]
    _dictionary: toml::Table,
}

/// One of the files a converted model is made from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
}

/// The inference library, one entry per target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    pub(super) id: String,
    pub(super) target: String,
    pub(super) archive: String,
    pub(super) path: String,
    pub(super) install_as: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
    pub(super) licence: String,
    #[serde(default, rename = "min_glibc")]
    _min_glibc: String,
}

/// A licence text that lies beside what it covers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    pub(super) archive: String,
    pub(super) path: String,
    pub(super) install_as: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
}

/// A freely licensed picture for tests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestPicture {
    pub(super) archive: String,
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
    pub(super) licence: String,
    #[serde(rename = "person")]
    _person: String,
    pub(super) note: String,
}

impl Manifest {
    /// The pins this program was built with.
    pub fn built_in() -> Result<Self, ManifestError> {
        Self::parse(include_str!("../../../../models/manifest.toml"))
    }

    /// Parses and checks the whole text.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        if text.len() > MANIFEST_BYTES_MAX {
            return Err(ManifestError::Syntax(format!("it is larger than {MANIFEST_BYTES_MAX} bytes")));
        }
        let manifest: Self = toml::from_str(text).map_err(|e| ManifestError::Syntax(e.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    pub(super) fn archive(&self, id: &str) -> Option<&Archive> {
        self.archives.iter().find(|archive| archive.id == id)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.schema != 1 {
            return Err(wrong("schema", format!("{} is unknown, this program reads 1", self.schema)));
        }
        unique(self.archives.iter().map(|a| a.id.as_str()))?;
        unique(self.models.iter().map(|m| m.id.as_str()))?;
        unique(self.libraries.iter().map(|l| l.target.as_str()))?;
        self.archives.iter().try_for_each(check_archive)?;
        self.models.iter().try_for_each(check_model)?;
        for model in &self.models {
            self.known(&model.id, &model.archive)?;
            file_name(&model.id, &model.install_as)?;
        }
        for library in &self.libraries {
            self.known(&library.id, &library.archive)?;
            file_name(&library.id, &library.install_as)?;
            size(&library.id, library.bytes)?;
        }
        for notice in &self.notices {
            self.known(&notice.install_as, &notice.archive)?;
            let name = notice.install_as.strip_prefix("licences/");
            let name = name.ok_or_else(|| wrong(&notice.install_as, "must lie in licences/"))?;
            file_name(&notice.install_as, name)?;
            size(&notice.install_as, notice.bytes)?;
        }
        for picture in &self.test_pictures {
            self.known(&picture.path, &picture.archive)?;
            file_name(&picture.path, picture.file_name())?;
            size(&picture.path, picture.bytes)?;
        }
        unique(self.models.iter().map(|m| m.install_as.as_str()))?;
        unique(self.test_pictures.iter().map(TestPicture::file_name))
    }

    fn known(&self, entry: &str, archive: &str) -> Result<(), ManifestError> {
        match self.archive(archive) {
            Some(_) => Ok(()),
            None => Err(wrong(entry, format!("there is no archive {archive}"))),
        }
    }
}

impl TestPicture {
    /// Its own name, without the folders of the package.
    pub(super) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

pub(super) fn wrong(entry: &str, problem: impl Into<String>) -> ManifestError {
    ManifestError::Entry { entry: entry.to_owned(), problem: problem.into() }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), ManifestError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(wrong(name, "is listed twice"));
        }
    }
    Ok(())
}

fn size(entry: &str, bytes: u64) -> Result<(), ManifestError> {
    if (1..=PIN_BYTES_MAX).contains(&bytes) {
        return Ok(());
    }
    Err(wrong(entry, format!("a size must lie between 1 and {PIN_BYTES_MAX} bytes")))
}

/// One plain component, so that joining it to a directory stays inside that directory.
fn file_name(entry: &str, name: &str) -> Result<(), ManifestError> {
    let mut parts = Path::new(name).components();
    let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name);
    if plain && !name.starts_with('.') {
        return Ok(());
    }
    Err(wrong(entry, format!("{name:?} is not a plain file name")))
}

/// Names and versions become arguments of other programs: they may not look like options or addresses.
fn word(entry: &str, text: &str) -> Result<(), ManifestError> {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '@');
    let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || "@/._-".contains(c));
    if first && rest && !text.contains("..") && !text.contains("//") {
        return Ok(());
    }
    Err(wrong(entry, format!("{text:?} is not a plain name or version")))
}

fn check_archive(archive: &Archive) -> Result<(), ManifestError> {
    let id = &archive.id;
    word(id, &archive.package)?;
    word(id, &archive.version)?;
    file_name(id, &archive.file)?;
    size(id, archive.bytes)?;
    if super::archive::Format::of(&archive.file).is_none() {
        return Err(wrong(id, "the file must end in .whl, .tgz or .tar.gz"));
    }
    for pair in archive.pip_flags.chunks(2) {
        let [flag, value] = pair else { return Err(wrong(id, "pip_flags come in pairs")) };
        if !["--platform", "--python-version", "--implementation", "--abi"].contains(&flag.as_str()) {
            return Err(wrong(id, format!("pip flag {flag:?} is not allowed here")));
        }
        word(id, value)?;
    }
    let pip_only = archive.sdist || !archive.pip_flags.is_empty();
    if pip_only && archive.registry != Registry::Pypi {
        return Err(wrong(id, "pip_flags and sdist are for PyPI"));
    }
    Ok(())
}

pub(super) fn check_model(model: &Model) -> Result<(), ManifestError> {
    let id = &model.id;
    size(id, model.bytes)?;
    match (&model.path, model.convert.as_deref(), model.sources.len()) {
        (Some(_), None, 0) | (None, Some(CONVERT_FACE), 2) => {}
        (None, Some(other), _) if other != CONVERT_FACE => {
            return Err(wrong(id, format!("there is no conversion {other:?}")));
        }
        _ => return Err(wrong(id, "give either a path, or a conversion and its two sources")),
    }
    for source in &model.sources {
        size(id, source.bytes)?;
    }
    if model.enabled && model.licence == UNCLEAR && !model.accept_unclear_provenance {
        return Err(wrong(id, "enabling it needs accept_unclear_provenance = true as well"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../../models/manifest.toml");

    fn changed(from: &str, to: &str) -> String {
        assert!(TEXT.contains(from), "{from}");
        Manifest::parse(&TEXT.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_manifest_is_valid() {
        let manifest = Manifest::built_in().unwrap();
        assert_eq!(manifest.models.iter().filter(|m| m.enabled).count(), 5);
    }

    #[test]
    fn unknown_keys_are_errors() {
        assert!(changed("enabled = true", "enabled = true\nenabeld = true").contains("enabeld"));
        assert!(changed("schema = 1", "schema = 1\nsurprise = 1").contains("surprise"));
        assert!(changed("schema = 1", "schema = 2").contains("schema"));
    }

    #[test]
    fn names_cannot_become_options_or_leave_the_directory() {
        for (from, to) in [
            ("install_as = \"ocr-det.onnx\"", "install_as = \"../ocr-det.onnx\""),
            ("install_as = \"ocr-det.onnx\"", "install_as = \"/ocr-det.onnx\""),
            ("install_as = \"ocr-det.onnx\"", "install_as = \"a/ocr-det.onnx\""),
            ("install_as = \"ocr-det.onnx\"", "install_as = \"..\""),
            ("install_as = \"licences/rapidocr-LICENSE\"", "install_as = \"licences/../x\""),
            ("file = \"rapidocr-3.10.0-py3-none-any.whl\"", "file = \"../x.whl\""),
        ] {
            assert!(changed(from, to).contains("plain file name"), "{to}");
        }
        for (from, to) in [
            ("package = \"rapidocr\"", "package = \"--index-url=x\""),
            ("version = \"3.10.0\"", "version = \"3.10.0 --pre\""),
            ("package = \"@vladmandic/face-api\"", "package = \"https://host/x.tgz\""),
        ] {
            assert!(changed(from, to).contains("plain name or version"), "{to}");
        }
        assert!(changed("[\"--platform\",", "[\"--index-url\",").contains("not allowed"));
    }

    #[test]
    fn entries_must_agree_with_each_other() {
        assert!(changed("archive = \"rapidocr\"", "archive = \"elsewhere\"").contains("no archive"));
        assert!(changed("id = \"ocr-cls\"", "id = \"ocr-det\"").contains("listed twice"));
        assert!(changed("install_as = \"ocr-cls.onnx\"", "install_as = \"ocr-det.onnx\"").contains("twice"));
        assert!(changed("bytes = 9929594", "bytes = 0").contains("size"));
        assert!(changed("dlib-resnet29-from-tfjs-u8", "other").contains("no conversion"));
        assert!(changed("090f04abcd9d", "090F04ABCD9D").contains("lower-case"));
    }

    #[test]
    fn unclear_provenance_must_be_accepted_by_name() {
        let enabled = TEXT.replacen("enabled = false", "enabled = true", 1);
        assert!(Manifest::parse(&enabled).unwrap_err().to_string().contains("accept_unclear_provenance"));
        let accepted =
            enabled.replacen("accept_unclear_provenance = false", "accept_unclear_provenance = true", 1);
        Manifest::parse(&accepted).unwrap();
    }
}
