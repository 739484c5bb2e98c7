//! Running a network: one small trait, two engines.
//!
//! ONNX Runtime (through `ort`) is the default because it is about twice as fast; `rten`, pure Rust, runs
//! when its library is not there and is the second opinion in the parity test. Neither bounds time or
//! memory by itself: callers bound the *size* of what they send in.

mod onnxruntime;
mod rten_engine;

use std::path::Path;

/// Why a network could not be loaded or run. Nothing here carries picture content.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine's library could not be opened or is too old.
    #[error("the inference library cannot be used: {0}")]
    Library(String),
    /// The system gives no threads.
    #[error("no threads to look at pictures: {0}")]
    Threads(String),
    /// The bytes are no network this engine can run.
    #[error("the model {model} cannot be loaded: {detail}")]
    Load {
        /// Manifest id, for example `ocr-rec`.
        model: &'static str,
        /// The engine's own words.
        detail: String,
    },
    /// The engine failed while running.
    #[error("the model {model} cannot be run: {detail}")]
    Run {
        /// Manifest id.
        model: &'static str,
        /// The engine's own words.
        detail: String,
    },
    /// Sizes in, or sizes or names out, are not what the recipe says.
    #[error("the model {model} has an unexpected shape: {detail}")]
    Shape {
        /// Manifest id.
        model: &'static str,
        /// What was expected and what came.
        detail: String,
    },
}

impl EngineError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Library(_) => "engine_library",
            Self::Threads(_) => "engine_threads",
            Self::Load { .. } => "model_load",
            Self::Run { .. } => "model_run",
            Self::Shape { .. } => "model_shape",
        }
    }
}

/// How much of the machine a model may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineOptions {
    /// Threads that work on one run, 1–64.
    pub threads: usize,
    /// Runs of one model that may happen at the same time, 1–16; more callers wait. Each costs memory
    /// with ONNX Runtime.
    pub concurrent: usize,
    /// Prepare the graph less thoroughly: it loads in half the time and may run a little slower.
    pub quick_start: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        // Two threads in one run cost 4 % more processor time than two runs side by side, but 150 MiB less.
        Self { threads: 2, concurrent: 1, quick_start: false }
    }
}

impl EngineOptions {
    fn bounded(self) -> Self {
        Self { threads: self.threads.clamp(1, 64), concurrent: self.concurrent.clamp(1, 16), ..self }
    }
}

/// One named result of a run.
pub struct Output {
    name: String,
    shape: Vec<usize>,
    data: Data,
}

/// Results stay where the engine put them: the recogniser's are several megabytes per line.
enum Data {
    Owned(Vec<f32>),
    OnnxRuntime(ort::value::Tensor<f32>),
}

impl Output {
    /// The graph's name for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Dimensions, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Values in row-major order; as many as the product of [`Output::shape`].
    pub fn data(&self) -> &[f32] {
        match &self.data {
            Data::Owned(values) => values,
            Data::OnnxRuntime(tensor) => tensor.extract_tensor().1,
        }
    }
}

/// All results of a run.
pub struct Outputs {
    model: &'static str,
    items: Vec<Output>,
}

impl Outputs {
    /// A single result, for networks of tests.
    #[cfg(test)]
    pub(crate) fn of_one(model: &'static str, shape: Vec<usize>, values: Vec<f32>) -> Self {
        Self { model, items: vec![Output { name: "output".into(), shape, data: Data::Owned(values) }] }
    }

    /// The output of that name. Positions are an accident of the exporter, so there is no access by index.
    pub fn get(&self, name: &str) -> Result<&Output, EngineError> {
        self.items.iter().find(|o| o.name == name).ok_or_else(|| EngineError::Shape {
            model: self.model,
            detail: format!("there is no output named {name}"),
        })
    }

    /// The only output, whatever the exporter called it.
    pub fn single(&self) -> Result<&Output, EngineError> {
        match self.items.as_slice() {
            [one] => Ok(one),
            many => Err(EngineError::Shape {
                model: self.model,
                detail: format!("one output expected, {} found", many.len()),
            }),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Output> {
        self.items.iter()
    }
}

/// A loaded network with one f32 input.
pub trait Model: Send + Sync {
    /// Runs it on `data` (row-major, of `shape`) and waits for the results. May be called from several
    /// threads at once.
    fn run(&self, shape: &[usize], data: &[f32]) -> Result<Outputs, EngineError>;

    /// A property its author stored in the file, for example the recogniser's dictionary.
    fn metadata(&self, key: &str) -> Option<String>;
}

/// An engine that loads networks. Copies share everything.
#[derive(Clone)]
pub struct Engine {
    kind: Kind,
    options: EngineOptions,
}

#[derive(Clone)]
enum Kind {
    OnnxRuntime { env: ort::environment::Environment, version: String },
    Rten(rten_engine::Pool),
}

impl Engine {
    /// ONNX Runtime from exactly this library file. The caller has verified it: give a path that cannot
    /// change in between, such as `/proc/self/fd/N` of the descriptor that was hashed. The library is
    /// loaded once per process; a later call with another path keeps the first.
    ///
    /// `version` is what the manifest says of that very file (release builds do not know their own number);
    /// it goes into every decision. A library older than 1.24 is refused.
    pub fn ort(library: &Path, version: &str, options: EngineOptions) -> Result<Self, EngineError> {
        let env = onnxruntime::environment(library)?;
        Ok(Self { kind: Kind::OnnxRuntime { env, version: version.to_owned() }, options: options.bounded() })
    }

    /// The built-in engine.
    pub fn rten(options: EngineOptions) -> Self {
        let options = options.bounded();
        Self { kind: Kind::Rten(rten_engine::pool(options.threads)), options }
    }

    /// The same engine for a network that runs a few milliseconds, once or twice a picture: callers wait for
    /// each other, and what is saved is felt at start-up.
    pub(crate) fn for_short_runs(&self) -> Self {
        let options = EngineOptions { concurrent: 1, quick_start: true, ..self.options };
        Self { kind: self.kind.clone(), options }
    }

    /// `onnxruntime` or `rten`.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::OnnxRuntime { .. } => "onnxruntime",
            Kind::Rten(_) => "rten",
        }
    }

    /// Version of the engine itself, for example `1.31.1`.
    pub fn version(&self) -> &str {
        match &self.kind {
            Kind::OnnxRuntime { version, .. } => version,
            Kind::Rten(_) => rten_engine::VERSION,
        }
    }

    /// What it was set up with, within bounds.
    pub fn options(&self) -> EngineOptions {
        self.options
    }

    /// Reads a network from the bytes of an ONNX file. `model` is its manifest id, for error messages.
    pub fn load(&self, model: &'static str, bytes: &[u8]) -> Result<Box<dyn Model>, EngineError> {
        match &self.kind {
            Kind::OnnxRuntime { env, .. } => {
                Ok(Box::new(onnxruntime::SessionPool::load(env, model, bytes, self.options)?))
            }
            Kind::Rten(pool) => Ok(Box::new(rten_engine::RtenModel::load(pool, model, bytes)?)),
        }
    }
}

/// Values that `shape` asks for, or an error if `data` has another count.
fn checked_len(model: &'static str, shape: &[usize], data: &[f32]) -> Result<(), EngineError> {
    let wanted = shape.iter().try_fold(1_usize, |n, &d| n.checked_mul(d));
    if wanted == Some(data.len()) && !data.is_empty() {
        return Ok(());
    }
    Err(EngineError::Shape {
        model,
        detail: format!("{} values do not fill an input of {shape:?}", data.len()),
    })
}
