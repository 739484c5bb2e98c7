//! ONNX Runtime through `ort`, opened from an explicit file.

use super::{Data, EngineError, EngineOptions, Model, Output, Outputs, checked_len};
use ort::environment::Environment;
use ort::ep;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, PrepackedWeights, SessionBuilder};
use ort::value::{TensorRef, TensorValueType};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The library allows one environment per process and none after the first was dropped, so it is kept.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// Opens the library, once per process.
pub(super) fn environment(library: &Path) -> Result<Environment, EngineError> {
    let mut slot = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(env) = &*slot {
        return Ok(env.clone());
    }
    // A relative path would be looked up next to the program or along the system's search path.
    if !library.is_absolute() {
        return Err(EngineError::Library("its path must be absolute".into()));
    }
    let env = ort::init_from(library)
        .map_err(|e| EngineError::Library(e.to_string()))?
        .with_name("shiming")
        .with_telemetry(false)
        .build()
        .map_err(|e| EngineError::Library(e.message().to_owned()))?;
    *slot = Some(env.clone());
    Ok(env)
}

/// Sessions of one network. `ort` wants a session for itself while it runs (some of the library's
/// allocators are not thread-safe), so concurrent callers get one each and share the packed weights.
///
/// The first is made at once, another when somebody would have to wait: preparing a graph takes as long as running
/// it, and whoever looks at one picture needs only one.
pub(super) struct SessionPool {
    model: &'static str,
    sessions: Mutex<Sessions>,
    returned: Condvar,
    metadata: Vec<(String, String)>,
}

struct Sessions {
    idle: Vec<Session>,
    /// What further ones are made of; nothing while one is being made, and once there are enough.
    spare: Option<Spare>,
}

struct Spare {
    env: Environment,
    bytes: Vec<u8>,
    options: EngineOptions,
    shared: PrepackedWeights,
    left: usize,
}

impl Spare {
    fn session(&self) -> ort::Result<Session> {
        configure(&self.env, self.options, &self.shared)?.commit_from_memory(&self.bytes)
    }
}

impl SessionPool {
    pub(super) fn load(
        env: &Environment,
        model: &'static str,
        bytes: &[u8],
        options: EngineOptions,
    ) -> Result<Self, EngineError> {
        let fail = |e: ort::Error| EngineError::Load { model, detail: e.message().to_owned() };
        let shared = PrepackedWeights::new();
        let mut builder = configure(env, options, &shared).map_err(fail)?;
        let first = builder.commit_from_memory(bytes).map_err(fail)?;
        if first.inputs().len() != 1 {
            let detail = format!("one input expected, {} found", first.inputs().len());
            return Err(EngineError::Shape { model, detail });
        }
        let described = first.metadata().map_err(fail)?;
        let metadata = described
            .custom_keys()
            .map_err(fail)?
            .into_iter()
            .filter_map(|key| described.custom(&key).map(|value| (key, value)))
            .collect();
        drop(described);
        let spare = match options.concurrent.saturating_sub(1) {
            0 => None,
            left => Some(Spare { env: env.clone(), bytes: bytes.to_owned(), options, shared, left }),
        };
        let sessions = Mutex::new(Sessions { idle: vec![first], spare });
        Ok(Self { model, sessions, returned: Condvar::new(), metadata })
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        // A panic while the list was held leaves the list itself intact.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Lease<'_> {
        let mut sessions = self.lock();
        loop {
            if let Some(session) = sessions.idle.pop() {
                return Lease { pool: self, session: Some(session) };
            }
            if let Some(spare) = sessions.spare.take() {
                drop(sessions);
                if let Some(lease) = self.another(spare) {
                    return lease;
                }
                sessions = self.lock();
                continue;
            }
            sessions = self.returned.wait(sessions).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Makes one more. Whoever comes meanwhile waits for whichever session is free first. If it cannot be made, there
    /// will be no more than there are.
    fn another(&self, mut spare: Spare) -> Option<Lease<'_>> {
        let session = spare.session().ok()?;
        spare.left -= 1;
        if spare.left > 0 {
            self.lock().spare = Some(spare);
            self.returned.notify_one();
        }
        Some(Lease { pool: self, session: Some(session) })
    }
}

/// A borrowed session that goes back even if the caller unwinds.
struct Lease<'a> {
    pool: &'a SessionPool,
    session: Option<Session>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.pool.lock().idle.push(session);
            self.pool.returned.notify_one();
        }
    }
}

fn configure(
    env: &Environment,
    options: EngineOptions,
    shared: &PrepackedWeights,
) -> ort::Result<SessionBuilder> {
    let level =
        if options.quick_start { GraphOptimizationLevel::Level2 } else { GraphOptimizationLevel::All };
    let builder = Session::builder(env)?
        .with_optimization_level(level)?
        .with_intra_threads(options.threads)?
        .with_inter_threads(1)?
        // Workers that spin between runs would take the cores from the other pictures.
        .with_intra_op_spinning(false)?
        // Sizes change from call to call, so a remembered allocation plan only costs memory.
        .with_memory_pattern(false)?
        .with_execution_providers([ep::CPU::default().with_arena_allocator(false).build()])?
        .with_prepacked_weights(shared)?;
    Ok(builder)
}

impl Model for SessionPool {
    fn run(&self, shape: &[usize], data: &[f32]) -> Result<Outputs, EngineError> {
        let model = self.model;
        checked_len(model, shape, data)?;
        let fail = |e: ort::Error| EngineError::Run { model, detail: e.message().to_owned() };
        let dims: Vec<i64> = shape.iter().map(|&d| d as i64).collect();
        let input = TensorRef::from_array_view((dims, data)).map_err(fail)?;
        let mut lease = self.take();
        let session = lease
            .session
            .as_mut()
            .ok_or_else(|| EngineError::Run { model, detail: "no session was free".into() })?;
        let mut results = session.run(ort::inputs![input]).map_err(fail)?;
        let names: Vec<String> = results.keys().map(str::to_owned).collect();
        let mut items = Vec::with_capacity(names.len());
        for name in names {
            let Some(value) = results.remove(&name) else { continue };
            let tensor = value.downcast::<TensorValueType<f32>>().map_err(fail)?;
            let shape = tensor.shape().iter().map(|&d| usize::try_from(d).unwrap_or(0)).collect();
            items.push(Output { name, shape, data: Data::OnnxRuntime(tensor) });
        }
        Ok(Outputs { model, items })
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.metadata.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }
}
