//! The floor: the same decodes and the same network calls, and nothing else.
//!
//! Each picture is first looked at once with recorded networks. What is timed is a repetition of the calls
//! it made, with the same inputs on the same number of threads: a call starts as soon as the calls have
//! ended that had ended before it began. As in a verification, the pictures go side by side.

use crate::{Result, process};
use serde_json::{Value, json};
use shiming_engine::Pictures;
use shiming_engine::models::{Manifest, ModelFiles};
use shiming_vision::analyse::{self, Seen};
use shiming_vision::decode::{Limits, decode};
use shiming_vision::models::Models;
use shiming_vision::models::recording::{Call, Recorder};
use shiming_vision::picture::Picture;
use shiming_vision::runtime::{Engine, EngineError, EngineOptions, Model};
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Pictures side by side, as `Toolbox` does it.
const SIDE_BY_SIDE: usize = 2;

pub(crate) struct Bare {
    recorder: Recorder,
    recorded: Models,
    raw: Raw,
    last: Option<Recording>,
}

/// The calls of the last three pictures, kept so that repetitions need no new recording.
struct Recording {
    pictures: Pictures<Vec<u8>>,
    calls: Pictures<Vec<Call>>,
}

/// The networks without our code around them.
struct Raw(Vec<(&'static str, Box<dyn Model>)>);

impl Bare {
    pub(crate) fn open(models_dir: &Path, threads: usize) -> Result<Self> {
        let threads = threads.clamp(1, 64);
        let concurrent = threads.min(SIDE_BY_SIDE);
        let options =
            EngineOptions { threads: (threads / concurrent).max(1), concurrent, quick_start: false };
        let files = ModelFiles::load(&Manifest::built_in()?, models_dir)?;
        let engine = match files.library() {
            Some(library) => Engine::ort(&library.path(), library.version(), options)?,
            None => Engine::rten(options),
        };
        let bytes = files.bytes()?;
        let raw = [
            ("ocr-det", bytes.ocr_det),
            ("ocr-rec", bytes.ocr_rec),
            ("ocr-cls", bytes.ocr_cls),
            ("face-det", bytes.face_det),
            ("face-emb", bytes.face_emb),
        ];
        let raw = raw.into_iter().map(|(id, bytes)| Ok((id, engine.load(id, bytes)?)));
        let raw = Raw(raw.collect::<std::result::Result<_, EngineError>>()?);
        let recorder = Recorder::default();
        let recorded = Models::load(&bytes, &engine)?.recorded(&recorder)?;
        Ok(Self { recorder, recorded, raw, last: None })
    }

    pub(crate) fn run(&mut self, pictures: &Pictures<Vec<u8>>) -> Result<Value> {
        let calls = match &self.last {
            Some(last) if last.pictures == *pictures => &last.calls,
            _ => {
                let calls = Pictures {
                    portrait_side: self.record(&pictures.portrait_side, analyse::inspect)?,
                    emblem_side: self.record(&pictures.emblem_side, analyse::inspect)?,
                    selfie: self.record(&pictures.selfie, analyse::selfie)?,
                };
                &self.last.insert(Recording { pictures: pictures.clone(), calls }).calls
            }
        };
        let (cpu, start) = (process::cpu_ms()?, Instant::now());
        let decoding = repeat(&self.recorded, &self.raw, pictures, calls)?;
        let total = start.elapsed();
        let cpu = process::cpu_ms()? - cpu;
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let counts = calls.iter().flatten().fold(serde_json::Map::new(), |mut counts, call| {
            let count = counts.get(call.model).and_then(Value::as_u64).unwrap_or_default();
            counts.insert(call.model.to_owned(), (count + 1).into());
            counts
        });
        Ok(json!({
            "timings_ms": {"decode": ms(decoding), "total": ms(total)},
            "calls": counts,
            "cpu_ms": cpu,
        }))
    }

    fn record(
        &self,
        bytes: &[u8],
        look: impl FnOnce(&Models, &Picture) -> std::result::Result<Seen, EngineError> + Send,
    ) -> Result<Vec<Call>> {
        self.recorder.take();
        let picture = decode(bytes, &Limits::default())?;
        // Where a verification does it: the calls come from the same number of threads.
        self.recorded.both(|| look(&self.recorded, &picture), || ()).0?;
        Ok(self.recorder.take())
    }
}

/// Everything once, on the threads that a verification has; gives the time spent decoding, all pictures together.
fn repeat(
    on: &Models,
    raw: &Raw,
    pictures: &Pictures<Vec<u8>>,
    calls: &Pictures<Vec<Call>>,
) -> Result<Duration> {
    let one = |bytes: &[u8], calls: &[Call]| -> std::result::Result<Duration, String> {
        let start = Instant::now();
        decode(bytes, &Limits::default()).map_err(|e| e.to_string())?;
        let decoding = start.elapsed();
        raw.repeat(calls).map_err(|e| e.to_string())?;
        Ok(decoding)
    };
    let portrait = || one(&pictures.portrait_side, &calls.portrait_side);
    let emblem = || one(&pictures.emblem_side, &calls.emblem_side);
    let selfie = || one(&pictures.selfie, &calls.selfie);
    let (portrait, (emblem, selfie)) = on.both(portrait, || on.both(emblem, selfie));
    Ok(portrait? + emblem? + selfie?)
}

impl Raw {
    fn run(&self, call: &Call) -> std::result::Result<(), EngineError> {
        let missing = || EngineError::Run { model: call.model, detail: "not loaded".into() };
        let (_, model) = self.0.iter().find(|(id, _)| *id == call.model).ok_or_else(missing)?;
        model.run(&call.shape, &call.data).map(drop)
    }

    /// The calls of one picture, on as many threads as made them.
    fn repeat(&self, calls: &[Call]) -> std::result::Result<(), EngineError> {
        let mut threads = Vec::new();
        for call in calls {
            if !threads.contains(&call.thread) {
                threads.push(call.thread);
            }
        }
        let progress = Progress::new(calls.len());
        let follow = |thread| -> std::result::Result<(), EngineError> {
            let mut outcome = Ok(());
            for (i, call) in calls.iter().enumerate().filter(|(_, c)| c.thread == thread) {
                progress.wait(|done| calls.iter().zip(done).all(|(c, &d)| d || c.end > call.begin));
                if outcome.is_ok() {
                    outcome = self.run(call);
                }
                progress.finish(i); // also after an error: others wait for it
            }
            outcome
        };
        std::thread::scope(|scope| {
            let Some((&first, others)) = threads.split_first() else { return Ok(()) };
            let others: Vec<_> = others.iter().map(|&t| scope.spawn(move || follow(t))).collect();
            let own = follow(first);
            let joined = |t: std::thread::ScopedJoinHandle<'_, _>| {
                t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            others.into_iter().map(joined).fold(own, std::result::Result::and)
        })
    }
}

/// Which calls have ended.
struct Progress {
    done: Mutex<Vec<bool>>,
    changed: Condvar,
}

impl Progress {
    fn new(calls: usize) -> Self {
        Self { done: Mutex::new(vec![false; calls]), changed: Condvar::new() }
    }

    fn wait(&self, ready: impl Fn(&[bool]) -> bool) {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(done, |done| !ready(done)).unwrap_or_else(PoisonError::into_inner));
    }

    fn finish(&self, call: usize) {
        if let Some(slot) = self.done.lock().unwrap_or_else(PoisonError::into_inner).get_mut(call) {
            *slot = true;
        }
        self.changed.notify_all();
    }
}
