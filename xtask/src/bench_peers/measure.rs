//! The run itself. All sides take turns on each card, so that whatever else the machine does falls on all
//! of them alike.

use super::Stage;
use super::child::Worker;
use super::set::{FIELDS, Person, Set};
use super::stats::Sample;
use crate::process::say;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// Our turns on a card in each round; the peers, some ten times slower, have one each.
const OUR_TURNS: usize = 3;
/// Starts of the whole program that are timed.
const COLD_STARTS: usize = 7;
/// Nothing answers here, so that a package which tries to download something fails instead.
const NO_PROXY: &str = "http://127.0.0.1:9";

/// Exactly read fields of one side of the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) right: usize,
    pub(crate) of: usize,
}

/// A field that somebody did not read exactly.
pub(crate) struct Mistake {
    pub(crate) person: String,
    pub(crate) field: &'static str,
    pub(crate) truth: String,
    pub(crate) ours: Option<String>,
    pub(crate) peers: Option<String>,
}

/// Field, photographed or not.
pub(crate) type Cell = (&'static str, bool);

/// All numbers of a run. Times in milliseconds, memory in KiB.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) ours: Sample,
    pub(crate) bare: Sample,
    pub(crate) peers: Sample,
    pub(crate) reduced: Sample,
    /// The peers' time is spent on reading and on faces.
    pub(crate) peers_read: Sample,
    pub(crate) reduced_read: Sample,
    /// Ours through theirs, card by card.
    pub(crate) to_peers: Sample,
    pub(crate) to_reduced: Sample,
    pub(crate) to_bare: Sample,
    /// Processor time, ours and bare.
    pub(crate) cpu: [Sample; 2],
    pub(crate) gate: Sample,
    /// Start of the whole program until its last line, and the part before and after the verification.
    pub(crate) whole: Sample,
    pub(crate) start: Sample,
    pub(crate) program_kib: Sample,
    /// Of our worker, which keeps its models and verifies one person after another.
    pub(crate) ours_kib: Sample,
    pub(crate) peers_kib: Sample,
    pub(crate) reduced_kib: Sample,
    pub(crate) scores: BTreeMap<Cell, [Score; 2]>,
    pub(crate) mistakes: Vec<Mistake>,
    /// Photographed people whose selfie was compared with the card: ours, peers, peers on reduced pictures.
    pub(crate) compared: [usize; 3],
    pub(crate) photographed: usize,
    /// Outcomes of our decisions on the photographed half.
    pub(crate) outcomes: BTreeMap<String, usize>,
    pub(crate) engine: String,
    pub(crate) calls: Value,
    pub(crate) load_average: [String; 2],
}

/// The workers, each a process of its own.
struct Sides {
    ours: Worker,
    bare: Worker,
    peers: Worker,
    reduced: Worker,
}

/// Measures everything.
pub(super) fn all(stage: &Stage, set: &Set, rounds: u16) -> anyhow::Result<Measured> {
    say("\n── starting all sides");
    let mut measured = Measured { load_average: [load_average(), String::new()], ..Measured::default() };
    let mut sides = Sides {
        ours: ours(stage, "shiming")?,
        bare: ours(stage, "bare")?,
        peers: peers(stage, "peers")?,
        reduced: peers(stage, "peers, reduced pictures")?,
    };
    let photographed: Vec<&Person> = set.people.iter().filter(|p| p.photographed).collect();
    let clean: Vec<&Person> = set.people.iter().filter(|p| !p.photographed).collect();
    measured.photographed = photographed.len();

    if let Some(first) = photographed.first() {
        // Everybody has read a card before anything is timed.
        sides.ours.ask(&first.job("verify", &set.today))?;
        sides.bare.ask(&first.job("bare", &set.today))?;
        sides.peers.ask(&Person::peer_job(&first.pictures, true))?;
        sides.reduced.ask(&Person::peer_job(first.reduced.as_ref().context("not reduced")?, true))?;
    }
    for round in 0..rounds {
        say(&format!("\n── photographed cards, round {} of {rounds}: all sides in turn", round + 1));
        for (i, person) in photographed.iter().enumerate() {
            let line = measured.turn(&mut sides, person, &set.today, round == 0)?;
            say(&format!("{:3}/{} {}: {line}", i + 1, photographed.len(), person.label));
        }
    }
    say("\n── clean cards: accuracy only");
    for (i, person) in clean.iter().enumerate() {
        let ours = sides.ours.ask(&person.job("verify", &set.today))?;
        let peers = sides.peers.ask(&Person::peer_job(&person.pictures, false))?;
        measured.compare(person, &ours, &peers);
        say(&format!("{:3}/{} {}", i + 1, clean.len(), person.label));
    }
    say("\n── the whole program, started anew each time");
    for person in photographed.iter().cycle().take(COLD_STARTS) {
        measured.cold(stage, person, &set.today)?;
    }
    measured.load_average[1] = load_average();
    Ok(measured)
}

impl Measured {
    /// One photographed card through all sides, in turn.
    fn turn(
        &mut self,
        sides: &mut Sides,
        person: &Person,
        today: &str,
        first_round: bool,
    ) -> anyhow::Result<String> {
        let reduced = person.reduced.as_ref().context("not reduced")?;
        let (mut ours, mut bare, mut peers) = (Vec::new(), Vec::new(), Vec::new());
        let (verify, replay) = (person.job("verify", today), person.job("bare", today));
        for turn in 0..OUR_TURNS {
            // Whoever comes right after the peers finds the caches cold and their threads still waiting busily: so
            // each is first in turn.
            if turn % 2 == 0 {
                ours.push(sides.ours.ask(&verify)?);
                bare.push(sides.bare.ask(&replay)?);
            } else {
                bare.push(sides.bare.ask(&replay)?);
                ours.push(sides.ours.ask(&verify)?);
            }
            match turn {
                0 => peers.push(sides.peers.ask(&Person::peer_job(&person.pictures, true))?),
                1 => peers.push(sides.reduced.ask(&Person::peer_job(reduced, true))?),
                _ => {}
            }
        }
        let [full, small] = peers.as_slice() else { anyhow::bail!("the peers had no turn") };
        for picture in [&person.pictures.portrait_side, &person.pictures.emblem_side] {
            let gate = sides.ours.ask(&json!({"op": "gate", "picture": picture}))?;
            self.gate.add(number(&gate, "/timings_ms/total"));
        }
        let total = |answer: &Value| number(answer, "/timings_ms/total");
        for (one, other) in ours.iter().zip(&bare) {
            self.ours.add(total(one));
            self.ours_kib.add(number(one, "/peak_kib"));
            self.bare.add(total(other));
            self.to_bare.add(total(one) / total(other));
            self.cpu[0].add(number(one, "/cpu_ms"));
            self.cpu[1].add(number(other, "/cpu_ms"));
        }
        let own = ours.iter().map(total).collect::<Sample>().median().unwrap_or(f64::NAN);
        self.peers.add(total(full));
        self.reduced.add(total(small));
        self.peers_read.add(number(full, "/timings_ms/read"));
        self.reduced_read.add(number(small, "/timings_ms/read"));
        self.to_peers.add(own / total(full));
        self.to_reduced.add(own / total(small));
        self.peers_kib.add(number(full, "/peak_kib"));
        self.reduced_kib.add(number(small, "/peak_kib"));
        if first_round {
            self.seen(person, &ours[0], full, small);
        }
        if let Some(calls) = bare.first().and_then(|b| b.get("calls")) {
            self.calls = calls.clone();
        }
        let replayed = bare.iter().map(total).collect::<Sample>().median().unwrap_or(f64::NAN);
        Ok(format!(
            "ours {own:.0} ms · bare {replayed:.0} ms · peers {:.0} ms · peers on reduced pictures {:.0} ms",
            total(full),
            total(small)
        ))
    }

    /// What the answers say, once per person.
    fn seen(&mut self, person: &Person, ours: &Value, full: &Value, small: &Value) {
        self.compare(person, ours, full);
        for (count, answer) in self.compared.iter_mut().zip([ours, full, small]) {
            *count += usize::from(answer.pointer("/face/distance").is_some_and(Value::is_number));
        }
        let outcome = ours.get("outcome").map_or_else(|| "none".to_owned(), outcome_name);
        *self.outcomes.entry(outcome).or_default() += 1;
        let part = |name: &str| ours.pointer(&format!("/engine/{name}")).map(plain).unwrap_or_default();
        self.engine = format!("{} {}", part("name"), part("version"));
    }

    /// Counts the exactly read fields of both.
    fn compare(&mut self, person: &Person, ours: &Value, peers: &Value) {
        for (side, field) in FIELDS {
            let Some(truth) = person.truth((side, field)) else { continue };
            let read = |answer: &Value| {
                answer.pointer(&format!("/fields/{side}/{field}")).and_then(Value::as_str).map(str::to_owned)
            };
            let found = [read(ours), read(peers)];
            let scores = self.scores.entry((field, person.photographed)).or_default();
            for (score, found) in scores.iter_mut().zip(&found) {
                score.of += 1;
                score.right += usize::from(found.as_deref() == Some(truth));
            }
            if found.iter().any(|f| f.as_deref() != Some(truth)) {
                let [ours, peers] = found;
                let (person, truth) = (person.label.clone(), truth.to_owned());
                self.mistakes.push(Mistake { person, field, truth, ours, peers });
            }
        }
    }

    /// One start of the program from nothing.
    fn cold(&mut self, stage: &Stage, person: &Person, today: &str) -> anyhow::Result<()> {
        let mut command = stage.script();
        command.arg("once").arg(stage.programs.program()).args(person.arguments(today));
        let output =
            command.stdin(Stdio::null()).output().context("the timing script could not be started")?;
        let once: Value = serde_json::from_slice(&output.stdout).context("the timing script failed")?;
        let stdout = once.get("stdout").and_then(Value::as_str).unwrap_or_default();
        let answer: Value = serde_json::from_str(stdout).with_context(|| {
            let said = once.get("stderr").and_then(Value::as_str).unwrap_or_default();
            format!("`shiming verify --json` did not print a JSON object: {said}")
        })?;
        let (wall, inside) = (number(&once, "/wall_ms"), number(&answer, "/timings_ms/total"));
        self.whole.add(wall);
        self.start.add(wall - inside);
        self.program_kib.add(number(&once, "/peak_kib"));
        say(&format!("{}: {wall:.0} ms, of which {inside:.0} ms verification", person.label));
        Ok(())
    }
}

fn ours(stage: &Stage, name: &'static str) -> anyhow::Result<Worker> {
    Worker::start(name, Command::new(&stage.worker).arg(&stage.models).arg(stage.threads.to_string()))
}

fn peers(stage: &Stage, name: &'static str) -> anyhow::Result<Worker> {
    let mut command = stage.script();
    command.arg("serve");
    for variable in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(variable, NO_PROXY);
    }
    Worker::start(name, &mut command)
}

/// Not a number where there is none: samples leave it out.
fn number(answer: &Value, pointer: &str) -> f64 {
    answer.pointer(pointer).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `approve`, or the name of an outcome that carries more.
fn outcome_name(outcome: &Value) -> String {
    let named = outcome.as_object().and_then(|o| o.keys().next().cloned());
    named.unwrap_or_else(|| plain(outcome))
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}
