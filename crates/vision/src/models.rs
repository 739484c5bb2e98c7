//! The networks of the shipped set, loaded and checked.

pub mod recording;

use crate::ocr::Dictionary;
use crate::runtime::{Engine, EngineError, EngineOptions, Model};
use crate::workers::Workers;
use std::sync::OnceLock;
use std::thread::{Scope, ScopedJoinHandle};

/// The bytes of the ONNX files, already verified against the manifest.
#[derive(Clone, Copy)]
pub struct ModelBytes<'a> {
    /// `ocr-det`: PP-OCRv6 small text detector.
    pub ocr_det: &'a [u8],
    /// `ocr-rec`: PP-OCRv6 small recogniser, dictionary inside.
    pub ocr_rec: &'a [u8],
    /// `ocr-cls`: 0°/180° line classifier.
    pub ocr_cls: &'a [u8],
    /// `face-det`: `YuNet` 2023mar.
    pub face_det: &'a [u8],
    /// `face-emb`: dlib ResNet-29, converted.
    pub face_emb: &'a [u8],
    /// `live-passive`, where the operator has switched it on.
    pub live_passive: Option<&'a [u8]>,
}

/// All networks, ready to run from any thread.
pub struct Models {
    pub(crate) ocr_det: Box<dyn Model>,
    pub(crate) ocr_rec: Box<dyn Model>,
    pub(crate) face_det: Box<dyn Model>,
    pub(crate) face_emb: Box<dyn Model>,
    pub(crate) dictionary: Dictionary,
    /// As many as threads in all: whatever the networks leave free, other pictures can use.
    pub(crate) workers: Workers,
    /// Runs of one network that can happen at the same time.
    pub(crate) concurrent: usize,
    ocr_cls: Late,
    live_passive: Option<Box<dyn Model>>,
}

impl Models {
    /// Loads everything, each file on its own thread because start-up time is felt.
    pub fn load(bytes: &ModelBytes<'_>, engine: &Engine) -> Result<Self, EngineError> {
        let EngineOptions { threads, concurrent, .. } = engine.options();
        let workers = Workers::start(threads * concurrent)?;
        let short = engine.for_short_runs();
        std::thread::scope(|scope| {
            let rec = scope.spawn(|| -> Result<_, EngineError> {
                let model = engine.load("ocr-rec", bytes.ocr_rec)?;
                let dictionary = Dictionary::of(model.as_ref())?;
                Ok((model, dictionary))
            });
            let det = start(scope, engine, "ocr-det", bytes.ocr_det);
            let emb = start(scope, &short, "face-emb", bytes.face_emb);
            let face_det = engine.load("face-det", bytes.face_det);
            let live_passive = bytes.live_passive.map(|bytes| short.load("live-passive", bytes)).transpose();
            let (ocr_rec, dictionary) = finished("ocr-rec", rec)?;
            Ok(Self {
                ocr_det: finished("ocr-det", det)?,
                ocr_rec,
                face_det: face_det?,
                face_emb: finished("face-emb", emb)?,
                dictionary,
                workers,
                concurrent,
                ocr_cls: Late::new(&short, "ocr-cls", bytes.ocr_cls),
                live_passive: live_passive?,
            })
        })
    }

    /// Looks at two pictures, side by side if there are threads for it.
    pub fn both<A: Send, B: Send>(
        &self,
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.workers.both(first, second)
    }

    /// The characters the recogniser knows.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The passive model, where there is one.
    pub(crate) fn live_passive(&self) -> Option<&dyn Model> {
        self.live_passive.as_deref()
    }

    /// The line classifier; its graph is small but slow to prepare, and most cards never need it.
    pub(crate) fn ocr_cls(&self) -> Result<&dyn Model, EngineError> {
        self.ocr_cls.get()
    }
}

type Loaded = Result<Box<dyn Model>, EngineError>;

fn start<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    engine: &'env Engine,
    id: &'static str,
    bytes: &'env [u8],
) -> ScopedJoinHandle<'scope, Loaded> {
    scope.spawn(move || engine.load(id, bytes))
}

fn finished<T>(
    id: &'static str,
    thread: ScopedJoinHandle<'_, Result<T, EngineError>>,
) -> Result<T, EngineError> {
    let stopped = |_| EngineError::Load { model: id, detail: "the loading thread stopped".into() };
    thread.join().map_err(stopped)?
}

/// A network that is prepared when it is first needed.
struct Late {
    engine: Engine,
    id: &'static str,
    bytes: Vec<u8>,
    loaded: OnceLock<Loaded>,
}

impl Late {
    fn new(engine: &Engine, id: &'static str, bytes: &[u8]) -> Self {
        Self { engine: engine.clone(), id, bytes: bytes.to_vec(), loaded: OnceLock::new() }
    }

    fn get(&self) -> Result<&dyn Model, EngineError> {
        match self.loaded.get_or_init(|| self.engine.load(self.id, &self.bytes)) {
            Ok(model) => Ok(model.as_ref()),
            Err(e) => Err(EngineError::Load { model: self.id, detail: e.to_string() }),
        }
    }
}
