//! Writes down which networks run on what, so that a benchmark can run just those again and see what
//! everything around them costs.

use super::{Late, Models};
use crate::runtime::{EngineError, Model, Outputs};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;

/// One run of one network. `begin` and `end` are ticks of one counter, not times: they say only what had
/// ended before what began, and that is all a faithful repetition needs.
#[derive(Clone, Debug)]
pub struct Call {
    /// Manifest id, for example `ocr-rec`.
    pub model: &'static str,
    /// Dimensions of the input.
    pub shape: Vec<usize>,
    /// The input itself. **It is the picture of a person's document**: keep it in memory.
    pub data: Vec<f32>,
    /// The thread it was called on.
    pub thread: ThreadId,
    /// Tick before the run.
    pub begin: u64,
    /// Tick after the run.
    pub end: u64,
}

/// Collects the calls of recorded networks. Copies share everything.
#[derive(Clone, Default)]
pub struct Recorder {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ticks: AtomicU64,
    calls: Mutex<Vec<Call>>,
}

impl Recorder {
    /// The calls so far in the order of their beginnings; the collection starts anew.
    pub fn take(&self) -> Vec<Call> {
        let mut calls =
            std::mem::take(&mut *self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner));
        calls.sort_by_key(|call| call.begin);
        calls
    }

    fn tick(&self) -> u64 {
        self.shared.ticks.fetch_add(1, Ordering::SeqCst)
    }

    fn wrap(&self, id: &'static str, inner: Box<dyn Model>) -> Box<dyn Model> {
        Box::new(Recorded { id, inner, recorder: self.clone() })
    }
}

impl Models {
    /// The same networks, each run written down. For benchmarks: every input is copied.
    pub fn recorded(self, recorder: &Recorder) -> Result<Self, EngineError> {
        let Late { engine, id, bytes, loaded: _ } = self.ocr_cls;
        let classifier = recorder.wrap(id, engine.load(id, &bytes)?);
        Ok(Self {
            ocr_det: recorder.wrap("ocr-det", self.ocr_det),
            ocr_rec: recorder.wrap("ocr-rec", self.ocr_rec),
            face_det: recorder.wrap("face-det", self.face_det),
            face_emb: recorder.wrap("face-emb", self.face_emb),
            ocr_cls: Late { engine, id, bytes: Vec::new(), loaded: OnceLock::from(Ok(classifier)) },
            live_passive: self.live_passive.map(|model| recorder.wrap("live-passive", model)),
            ..self
        })
    }
}

struct Recorded {
    id: &'static str,
    inner: Box<dyn Model>,
    recorder: Recorder,
}

impl Model for Recorded {
    fn run(&self, shape: &[usize], data: &[f32]) -> Result<Outputs, EngineError> {
        let begin = self.recorder.tick();
        let outputs = self.inner.run(shape, data);
        let end = self.recorder.tick();
        let call = Call {
            model: self.id,
            shape: shape.to_vec(),
            data: data.to_vec(),
            thread: std::thread::current().id(),
            begin,
            end,
        };
        self.recorder.shared.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        outputs
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.inner.metadata(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers nothing; enough to be called.
    struct Silent;

    impl Model for Silent {
        fn run(&self, _: &[usize], _: &[f32]) -> Result<Outputs, EngineError> {
            Err(EngineError::Run { model: "silent", detail: "says nothing".into() })
        }

        fn metadata(&self, key: &str) -> Option<String> {
            Some(key.to_owned())
        }
    }

    #[test]
    fn every_run_is_written_down_even_a_failed_one() {
        let recorder = Recorder::default();
        let model = recorder.wrap("ocr-rec", Box::new(Silent));
        assert!(model.run(&[1, 2], &[3.0, 4.0]).is_err());
        std::thread::scope(|scope| {
            scope.spawn(|| model.run(&[1, 1], &[5.0]).is_err());
        });
        assert_eq!(model.metadata("character").as_deref(), Some("character"));

        let calls = recorder.take();
        let seen: Vec<_> = calls.iter().map(|c| (c.model, c.shape.clone(), c.data.clone())).collect();
        assert_eq!(seen, [("ocr-rec", vec![1, 2], vec![3.0, 4.0]), ("ocr-rec", vec![1, 1], vec![5.0])]);
        assert!(calls[0].end < calls[1].begin);
        assert_ne!(calls[0].thread, calls[1].thread);
        assert!(recorder.take().is_empty());
    }
}
