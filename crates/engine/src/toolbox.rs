//! Everything a use case needs to look at pictures: verified networks on an engine, loaded once.

use crate::models::{LoadError, Manifest, ManifestError, ModelFiles};
use serde::Serialize;
use shiming_domain::evidence::ModelUse;
use shiming_vision::models::Models;
use shiming_vision::runtime::{Engine, EngineError, EngineOptions};
use std::path::Path;

/// Pictures worked on side by side; a verification has three, and the selfie is quick.
const SIDE_BY_SIDE: usize = 2;

/// Which engine to run the networks on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    /// ONNX Runtime if its library is installed, else rten.
    #[default]
    Auto,
    /// ONNX Runtime or an error.
    OnnxRuntime,
    /// The built-in engine.
    Rten,
}

/// The engine in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EngineUse {
    /// `onnxruntime` or `rten`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Threads in all.
    pub threads: usize,
}

/// Why the networks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The pins compiled into the program, or what the operator has switched on, cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Files are missing or are not what is pinned.
    #[error(transparent)]
    Files(#[from] LoadError),
    /// ONNX Runtime was asked for and its library is not installed.
    #[error("the ONNX Runtime library is not installed in the models directory")]
    LibraryMissing,
    /// The engine refuses a file that is exactly what is pinned.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl OpenError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manifest(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::LibraryMissing => "library_missing",
            Self::Engine(error) => error.code(),
        }
    }

    /// Whether installing the models again would help.
    pub fn is_cured_by_install(&self) -> bool {
        matches!(self, Self::Files(_) | Self::LibraryMissing)
    }
}

/// Verified networks, ready to run from any thread.
pub struct Toolbox {
    pub(crate) models: Models,
    uses: Vec<ModelUse>,
    engine: EngineUse,
    fallback: bool,
}

impl Toolbox {
    /// Reads the models directory, checks every file against its pin, and loads the networks.
    ///
    /// `threads` is how much of the machine to use in all, 1–64.
    pub fn open(models_dir: &Path, choice: EngineChoice, threads: usize) -> Result<Self, OpenError> {
        let threads = threads.clamp(1, 64);
        let side_by_side = threads.min(SIDE_BY_SIDE);
        let options = EngineOptions {
            threads: (threads / side_by_side).max(1),
            concurrent: side_by_side,
            quick_start: false,
        };
        let files = ModelFiles::load(&Manifest::of(models_dir)?, models_dir)?;
        let (engine, fallback) = match (choice, files.library()) {
            (EngineChoice::Rten, _) => (Engine::rten(options), false),
            (EngineChoice::Auto, None) => (Engine::rten(options), true),
            (EngineChoice::OnnxRuntime, None) => return Err(OpenError::LibraryMissing),
            (EngineChoice::Auto | EngineChoice::OnnxRuntime, Some(library)) => {
                (Engine::ort(&library.path(), library.version(), options)?, false)
            }
        };
        let models = Models::load(&files.bytes()?, &engine)?;
        let name = format!("{} {}", engine.name(), engine.version());
        let uses = files
            .hashes()
            .map(|(id, sha256)| ModelUse {
                id: id.to_owned(),
                sha256: sha256.to_string(),
                engine: name.clone(),
            })
            .collect();
        let engine =
            EngineUse { name: engine.name().to_owned(), version: engine.version().to_owned(), threads };
        Ok(Self { models, uses, engine, fallback })
    }

    /// The engine in use.
    pub fn engine(&self) -> &EngineUse {
        &self.engine
    }

    /// The built-in engine stands in, because the library of the default one is not installed.
    pub fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// The networks, as decisions record them.
    pub fn models(&self) -> &[ModelUse] {
        &self.uses
    }
}
