//! One flat list of everything a manifest puts into a models directory.

use super::manifest::Manifest;
use shiming_vault::digest::Sha256;
use std::path::PathBuf;

/// Folder of the licence texts inside the models directory.
pub(super) const LICENCES: &str = "licences";
/// Folder of the test pictures inside the models directory.
pub(super) const TEST_PICTURES: &str = "test-pictures";

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A network.
    Model,
    /// The inference library of this machine.
    Library,
    /// A licence text.
    Notice,
    /// A picture for tests.
    TestPicture,
}

/// A file of the models directory and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) id: String,
    /// Relative to the models directory.
    pub(super) file: PathBuf,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
    pub(super) enabled: bool,
    pub(super) licence: String,
    pub(super) certainty: String,
    pub(super) attribution: String,
    /// Id of the carrying archive.
    pub(super) archive: String,
    pub(super) parts: Vec<Part>,
    /// Whether the parts are converted rather than copied.
    pub(super) convert: bool,
}

/// A file inside an archive.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: Sha256,
}

/// This machine as the manifest names targets, or `None` where no library is pinned for such machines.
pub(super) fn this_target() -> Option<&'static str> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return None;
    }
    match std::env::consts::ARCH {
        "x86_64" => Some("x86_64-unknown-linux-gnu"),
        "aarch64" => Some("aarch64-unknown-linux-gnu"),
        _ => None,
    }
}

impl Manifest {
    /// Everything for this machine, models first, disabled ones included.
    pub(super) fn items(&self) -> Vec<Item> {
        let mut items: Vec<Item> = self.models.iter().map(model).collect();
        let library = self.libraries.iter().find(|library| Some(library.target.as_str()) == this_target());
        items.extend(library.map(|library| Item {
            kind: Kind::Library,
            id: library.id.clone(),
            file: PathBuf::from(&library.install_as),
            bytes: library.bytes,
            sha256: library.sha256,
            enabled: true,
            licence: library.licence.clone(),
            certainty: "licence and third-party notices in the package".into(),
            attribution: String::new(),
            archive: library.archive.clone(),
            parts: vec![Part { path: library.path.clone(), bytes: library.bytes, sha256: library.sha256 }],
            convert: false,
        }));
        // A licence text comes along exactly when something from its package does.
        let used: Vec<(String, bool)> =
            items.iter().map(|item| (item.archive.clone(), item.enabled)).collect();
        for notice in &self.notices {
            if !used.iter().any(|(archive, _)| *archive == notice.archive) {
                continue;
            }
            items.push(Item {
                kind: Kind::Notice,
                id: notice.install_as.trim_start_matches("licences/").to_owned(),
                file: PathBuf::from(&notice.install_as),
                bytes: notice.bytes,
                sha256: notice.sha256,
                enabled: used.iter().any(|(archive, enabled)| *archive == notice.archive && *enabled),
                licence: String::new(),
                certainty: String::new(),
                attribution: String::new(),
                archive: notice.archive.clone(),
                parts: vec![Part { path: notice.path.clone(), bytes: notice.bytes, sha256: notice.sha256 }],
                convert: false,
            });
        }
        items.extend(self.test_pictures.iter().map(|picture| Item {
            kind: Kind::TestPicture,
            id: picture.file_name().to_owned(),
            file: PathBuf::from(TEST_PICTURES).join(picture.file_name()),
            bytes: picture.bytes,
            sha256: picture.sha256,
            enabled: true,
            licence: picture.licence.clone(),
            certainty: "stated by the package".into(),
            attribution: picture.note.clone(),
            archive: picture.archive.clone(),
            parts: vec![Part { path: picture.path.clone(), bytes: picture.bytes, sha256: picture.sha256 }],
            convert: false,
        }));
        items
    }
}

fn model(model: &super::manifest::Model) -> Item {
    let parts = match &model.path {
        Some(path) => vec![Part { path: path.clone(), bytes: model.bytes, sha256: model.sha256 }],
        None => model
            .sources
            .iter()
            .map(|s| Part { path: s.path.clone(), bytes: s.bytes, sha256: s.sha256 })
            .collect(),
    };
    Item {
        kind: Kind::Model,
        id: model.id.clone(),
        file: PathBuf::from(&model.install_as),
        bytes: model.bytes,
        sha256: model.sha256,
        enabled: model.enabled,
        licence: model.licence.clone(),
        certainty: model.licence_certainty.clone(),
        attribution: model.attribution.clone(),
        archive: model.archive.clone(),
        parts,
        convert: model.convert.is_some(),
    }
}
