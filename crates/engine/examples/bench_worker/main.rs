//! Our side of `cargo xtask bench-peers`: answers one JSON line on stdout for each JSON line on stdin.
//!
//! `bench_worker MODELS_DIR THREADS`, then for example `{"op":"verify","portrait_side":F,"emblem_side":F,
//! "selfie":F,"name":N,"number":X,"today":"2026-11-22"}`. `bare` instead of `verify` runs the same decodes
//! and the same network calls without everything around them; `{"op":"gate","picture":F}` is the quality
//! gate of one picture. Painted specimens only: answers hold the fields in clear.

mod bare;
mod process;

use bare::Bare;
use serde::Deserialize;
use serde_json::{Value, json};
use shiming_domain::personal::Personal;
use shiming_domain::policy::Policy;
use shiming_domain::{Context, Declared};
use shiming_engine::{EngineChoice, Given, Pictures, Toolbox, Verify, gate, verify};
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Job {
    /// The whole product path, from bytes to decision.
    Verify(Case),
    /// Its decodes and network calls alone.
    Bare(Case),
    /// One picture's quality gate, from bytes to answer.
    Gate { picture: PathBuf },
}

#[derive(Deserialize)]
struct Case {
    portrait_side: PathBuf,
    emblem_side: PathBuf,
    selfie: PathBuf,
    name: String,
    number: String,
    today: String,
}

impl Case {
    fn read(&self) -> Result<Pictures<Vec<u8>>> {
        Ok(Pictures {
            portrait_side: read(&self.portrait_side)?,
            emblem_side: read(&self.emblem_side)?,
            selfie: read(&self.selfie)?,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()).into())
}

/// Loads only what is asked for, so that the memory of one is not counted to the other.
struct Worker {
    models_dir: PathBuf,
    threads: usize,
    policy: Policy,
    toolbox: Option<Toolbox>,
    bare: Option<Bare>,
}

impl Worker {
    fn toolbox(&mut self) -> Result<&Toolbox> {
        if self.toolbox.is_none() {
            self.toolbox = Some(Toolbox::open(&self.models_dir, EngineChoice::Auto, self.threads)?);
        }
        self.toolbox.as_ref().ok_or_else(|| "not loaded".into())
    }

    fn answer(&mut self, job: &Job) -> Result<Value> {
        let mut answer = match job {
            Job::Verify(case) => self.verify(case)?,
            Job::Bare(case) => {
                let pictures = case.read()?;
                let bare = match &mut self.bare {
                    Some(bare) => bare,
                    none => none.insert(Bare::open(&self.models_dir, self.threads)?),
                };
                bare.run(&pictures)?
            }
            Job::Gate { picture } => self.gate(picture)?,
        };
        answer["peak_kib"] = process::peak_kib()?.into();
        Ok(answer)
    }

    fn verify(&mut self, case: &Case) -> Result<Value> {
        let pictures = case.read()?;
        let policy = self.policy.clone();
        let toolbox = self.toolbox()?;
        let attempt = Verify {
            pictures: Pictures {
                portrait_side: Given::Bytes(&pictures.portrait_side),
                emblem_side: Given::Bytes(&pictures.emblem_side),
                selfie: Given::Bytes(&pictures.selfie),
            },
            declared: Declared { name: Personal::new(&case.name), number: Personal::new(&case.number) },
            context: Context::offline(date(&case.today)?),
            keep_pictures: false,
        };
        let (cpu, start) = (process::cpu_ms()?, Instant::now());
        let verified = verify(toolbox, &policy, attempt)?;
        let total = start.elapsed().as_secs_f64() * 1e3;
        let cpu = process::cpu_ms()? - cpu;
        let record = serde_json::to_value(&verified.record)?;
        let mut timings = serde_json::to_value(verified.timings)?;
        timings["total"] = total.into();
        let fields = |side: &str| texts(&record["evidence"][side]["seen"]["fields"]);
        Ok(json!({
            "fields": {"portrait_side": fields("portrait_side"), "emblem_side": fields("emblem_side")},
            "face": record["evidence"]["face_match"],
            "outcome": record["decision"]["outcome"],
            "engine": toolbox.engine(),
            "timings_ms": timings,
            "cpu_ms": cpu,
        }))
    }

    fn gate(&mut self, picture: &Path) -> Result<Value> {
        let bytes = read(picture)?;
        let policy = self.policy.clone();
        let toolbox = self.toolbox()?;
        let start = Instant::now();
        let gated = gate(toolbox, &policy, Given::Bytes(&bytes))?;
        let total = start.elapsed().as_secs_f64() * 1e3;
        let mut timings = serde_json::to_value(gated.timings)?;
        timings["total"] = total.into();
        Ok(json!({"timings_ms": timings}))
    }
}

/// Field name to text, for the fields that were read.
fn texts(fields: &Value) -> Value {
    let read = fields.as_object().into_iter().flatten();
    read.filter_map(|(name, field)| Some((name.clone(), field.get("text")?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn date(text: &str) -> Result<time::Date> {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u16>().ok());
    let date = || {
        let month = time::Month::try_from(u8::try_from(part(5..7)?).ok()?).ok()?;
        time::Date::from_calendar_date(part(0..4)?.into(), month, u8::try_from(part(8..10)?).ok()?).ok()
    };
    date().ok_or_else(|| format!("{text} is not a date").into())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(models_dir), Some(threads)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bench_worker MODELS_DIR THREADS".into());
    };
    let threads = threads.to_str().and_then(|t| t.parse().ok()).ok_or("THREADS is a number")?;
    let policy = Policy::preset("cn_pboc")?;
    let mut worker = Worker { models_dir: models_dir.into(), threads, policy, toolbox: None, bare: None };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json!({"ready": true}))?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?).map_err(Into::into).and_then(|job| worker.answer(&job));
        // The run goes on: one bad picture is one unread card.
        let answer = answer.unwrap_or_else(|e| json!({"error": e.to_string()}));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
