//! The installed models, and one painted specimen for all tests of this program.

use crate::run::{Run, shiming};
use shiming_testkit::dataset::{self, Studio};
use shiming_testkit::faces::Faces;
use shiming_testkit::labels::Case;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use time::{Date, Month};

/// The day the specimen is painted for.
pub(crate) const TODAY: &str = "2026-11-22";

/// The models directory; there is nothing to test without it.
pub(crate) fn models_dir() -> PathBuf {
    let dir = shiming_engine::models::default_directory(|name| std::env::var_os(name))
        .expect("SHIMING_MODELS_DIR or HOME is set");
    assert!(
        dir.join("ocr-rec.onnx").is_file(),
        "there are no models in {}; run `cargo xtask setup` once",
        dir.display()
    );
    dir
}

/// A painted card set and what its owner would type.
pub(crate) struct Specimen {
    dir: tempfile::TempDir,
    pub(crate) case: Case,
}

/// Painted once, shared by all tests.
pub(crate) fn specimen() -> &'static Specimen {
    static SPECIMEN: OnceLock<Specimen> = OnceLock::new();
    SPECIMEN.get_or_init(|| {
        let faces = Faces::open(&models_dir().join("test-pictures"))
            .expect("test pictures are installed; run `cargo xtask setup` once");
        let today = Date::from_calendar_date(2026, Month::November, 22).expect("a calendar date");
        let studio = Studio::open(faces, today).expect("fonts are installed; run `cargo xtask setup` once");
        let dir = tempfile::tempdir().expect("a temporary folder");
        let labels = dataset::card_set(dir.path(), &studio, 7, true).expect("the set is painted");
        Specimen { dir, case: labels.cases[0].clone() }
    })
}

impl Specimen {
    /// The painted folder.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A file of the set.
    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    pub(crate) fn portrait(&self) -> String {
        self.file(&self.case.portrait_side)
    }

    pub(crate) fn emblem(&self) -> String {
        self.file(&self.case.emblem_side)
    }

    pub(crate) fn selfie(&self) -> String {
        self.file(self.case.selfie.as_ref().expect("the set has a selfie"))
    }

    /// `verify` of the set with some arguments changed or added.
    pub(crate) fn verify(&self, name: &str, selfie: &str, more: &[&str]) -> Run {
        let (portrait, emblem) = (self.portrait(), self.emblem());
        let mut args = vec!["verify", "--portrait-side", &portrait, "--emblem-side", &emblem];
        args.extend(["--selfie", selfie, "--name", name, "--id-number", &self.case.number]);
        args.extend(["--today", TODAY]);
        args.extend(more);
        shiming(args)
    }
}
