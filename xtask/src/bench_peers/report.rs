//! The numbers beside their targets.

use super::Stage;
use super::measure::{Measured, Score};
use super::page;
use super::set::{FIELDS, REDUCED_SIDE_PX, Set};
use super::stats::Sample;
use anyhow::Context;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

const MIB: f64 = 1024.0;
/// Exactly read photographs: the number, and every other field.
const NUMBER_MIN: f64 = 0.99;
const FIELD_MIN: f64 = 0.97;

/// Whether a target was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Pass,
    Miss,
    /// Nothing was measured.
    Unknown,
}

impl Verdict {
    fn of(held: Option<bool>) -> Self {
        match held {
            Some(true) => Self::Pass,
            Some(false) => Self::Miss,
            None => Self::Unknown,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Miss => "MISS",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A number that has to reach something.
#[derive(Serialize)]
pub(crate) struct Target {
    pub(super) what: String,
    pub(super) measured: String,
    pub(super) wanted: String,
    pub(super) verdict: Verdict,
}

/// One side's times.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(super) side: String,
    pub(super) runs: usize,
    pub(super) median_ms: Option<f64>,
    pub(super) p95_ms: Option<f64>,
    pub(super) note: String,
}

/// One field's accuracy.
#[derive(Serialize)]
pub(crate) struct Accuracy {
    pub(super) field: &'static str,
    pub(super) condition: &'static str,
    pub(super) cards: usize,
    pub(super) ours: usize,
    pub(super) peers: usize,
    pub(super) verdict: Verdict,
}

/// Everything, ready to be written.
pub(crate) struct Report {
    pub(super) facts: Vec<String>,
    pub(super) targets: Vec<Target>,
    pub(super) rows: Vec<Row>,
    pub(super) accuracy: Vec<Accuracy>,
    pub(super) mistakes: Vec<[String; 5]>,
}

fn shown(value: Option<f64>, digits: usize, unit: &str) -> String {
    value.map_or_else(|| "not measured".to_owned(), |v| format!("{v:.digits$}{unit}"))
}

fn at_most(what: &str, value: Option<f64>, limit: f64, digits: usize, unit: &str) -> Target {
    Target {
        what: what.to_owned(),
        measured: shown(value, digits, unit),
        wanted: format!("≤ {limit}{unit}"),
        verdict: Verdict::of(value.map(|v| v <= limit)),
    }
}

fn row(side: &str, times: &Sample, note: String) -> Row {
    let (median_ms, p95_ms) = (times.median(), times.quantile(0.95));
    Row { side: side.to_owned(), runs: times.count(), median_ms, p95_ms, note }
}

impl Report {
    pub(super) fn new(stage: &Stage, set: &Set, m: &Measured) -> anyhow::Result<Self> {
        let binary =
            std::fs::metadata(stage.programs.program()).context("looking at the program")?.len() as f64;
        let reduced = format!("to the peers on pictures of {REDUCED_SIDE_PX} px");
        let mut targets = vec![
            at_most("ratio to the peers as first written", m.to_peers.median(), 0.1, 3, ""),
            at_most(&format!("ratio {reduced}"), m.to_reduced.median(), 0.35, 3, ""),
            at_most("ratio to the bare decodes and network calls", m.to_bare.median(), 1.3, 2, ""),
            at_most("whole verification, median", m.ours.median(), 800.0, 0, " ms"),
            at_most("quality gate of one photograph, p95", m.gate.quantile(0.95), 300.0, 0, " ms"),
            at_most("cold start of the program, median", m.start.median(), 500.0, 0, " ms"),
            at_most("peak memory of the program", m.program_kib.max().map(|k| k / MIB), 600.0, 0, " MiB"),
            at_most("binary without models", Some(binary / 1e6), 30.0, 1, " MB"),
        ];
        let accuracy = accuracy(m);
        targets.extend(accuracy_targets(m));
        Ok(Self { facts: facts(stage, set, m), targets, rows: rows(m), accuracy, mistakes: mistakes(m) })
    }

    /// As JSON.
    fn json(&self) -> Value {
        json!({
            "facts": self.facts, "targets": self.targets, "times": self.rows, "accuracy": self.accuracy,
            "mistakes": self.mistakes.iter().map(|[person, field, truth, ours, peers]| json!({
                "person": person, "field": field, "truth": truth, "ours": ours, "peers": peers,
            })).collect::<Vec<_>>(),
        })
    }

    /// Writes `report.json`, `report.md` and `report.html`.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(&self.json())?;
        for (name, text) in
            [("report.json", json), ("report.md", self.text()), ("report.html", page::page(self))]
        {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(())
    }

    /// As Markdown, which is also what the terminal shows.
    pub(super) fn text(&self) -> String {
        let mut out = String::from("# Shiming beside RapidOCR and face_recognition\n\n");
        let rows = self
            .targets
            .iter()
            .map(|t| vec![t.what.clone(), t.measured.clone(), t.wanted.clone(), t.verdict.word().to_owned()]);
        out += &table(&["target", "measured", "wanted", ""], rows.collect());
        let rows = self.rows.iter().map(|r| {
            let (median, p95) = (shown(r.median_ms, 0, ""), shown(r.p95_ms, 0, ""));
            vec![r.side.clone(), r.runs.to_string(), median, p95, r.note.clone()]
        });
        out += &table(&["side", "runs", "median ms", "p95 ms", ""], rows.collect());
        let rows = self.accuracy.iter().map(|a| {
            let share = |n: usize| format!("{n}/{}", a.cards);
            let word = a.verdict.word().to_owned();
            vec![a.field.to_owned(), a.condition.to_owned(), share(a.ours), share(a.peers), word]
        });
        out += &table(&["field, exact", "condition", "ours", "peers", "ours ≥ peers"], rows.collect());
        if !self.mistakes.is_empty() {
            let rows = self.mistakes.iter().map(|m| m.to_vec()).collect();
            out += &table(&["not exact", "field", "printed", "ours", "peers"], rows);
        }
        for fact in &self.facts {
            let _ = writeln!(out, "- {fact}");
        }
        out
    }
}

fn facts(stage: &Stage, set: &Set, m: &Measured) -> Vec<String> {
    let [cpu, bare_cpu] = &m.cpu;
    let cpu_ratio = Some(cpu.sum() / bare_cpu.sum()).filter(|r| r.is_finite());
    let outcomes: Vec<String> = m.outcomes.iter().map(|(name, n)| format!("{n} × {name}")).collect();
    let [ours, full, small] = m.compared;
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|l| l.strip_prefix("model name")?.split_once(':'));
    let processor = processor.map_or("unknown processor", |(_, name)| name.trim());
    let busy = m.load_average[0].parse().is_ok_and(|load: f64| load > 1.0);
    let warning = if busy { ": the machine had other work, so times (not ratios) are too long" } else { "" };
    vec![
        format!("{} people, {} of them photographed with 12 megapixels", set.people.len(), m.photographed),
        format!("{}, {} threads on {processor}", m.engine, stage.threads),
        format!("load average {} before and {} after the run{warning}", m.load_average[0], m.load_average[1]),
        format!("processor time is {} times that of the bare calls", shown(cpu_ratio, 2, "")),
        format!("network calls of the last verification: {}", m.calls),
        format!("our decisions on the photographed half: {}", outcomes.join(", ")),
        format!(
            "faces compared, of {}: ours {ours}, peers {full}, peers on reduced upright pictures {small}",
            m.photographed
        ),
    ]
}

fn rows(m: &Measured) -> Vec<Row> {
    let reading = |read: &Sample| format!("reading {}", shown(read.median(), 0, " ms"));
    let memory = |kib: &Sample| format!("peak memory {}", shown(kib.max().map(|k| k / MIB), 0, " MiB"));
    vec![
        row("ours, verification", &m.ours, memory(&m.ours_kib)),
        row("bare decodes and network calls", &m.bare, String::new()),
        row(
            "peers, as first written",
            &m.peers,
            format!("{}, {}", reading(&m.peers_read), memory(&m.peers_kib)),
        ),
        row(
            &format!("peers, pictures of {REDUCED_SIDE_PX} px"),
            &m.reduced,
            format!("{}, {}", reading(&m.reduced_read), memory(&m.reduced_kib)),
        ),
        row("ours, quality gate of one picture", &m.gate, String::new()),
        row("ours, whole program from its start", &m.whole, memory(&m.program_kib)),
        row("of which not verification (cold start)", &m.start, "file cache warm".to_owned()),
    ]
}

fn score(m: &Measured, field: &'static str, photographed: bool) -> [Score; 2] {
    m.scores.get(&(field, photographed)).copied().unwrap_or_default()
}

fn accuracy(m: &Measured) -> Vec<Accuracy> {
    let mut all = Vec::new();
    for (photographed, condition) in [(false, "clean"), (true, "photographed")] {
        for (_, field) in FIELDS {
            let [ours, peers] = score(m, field, photographed);
            all.push(Accuracy {
                field,
                condition,
                cards: ours.of,
                ours: ours.right,
                peers: peers.right,
                verdict: Verdict::of((ours.of > 0).then_some(ours.right >= peers.right)),
            });
        }
    }
    all
}

/// The photographed half against fixed shares, and all fields against the peers.
fn accuracy_targets(m: &Measured) -> Vec<Target> {
    let share = |s: Score| s.right as f64 / s.of as f64;
    let mut targets = Vec::new();
    for (_, field) in FIELDS {
        let [ours, _] = score(m, field, true);
        let wanted = if field == "number" { NUMBER_MIN } else { FIELD_MIN };
        targets.push(Target {
            what: format!("{field}, photographed, exact"),
            measured: format!("{:.1} % ({}/{})", share(ours) * 100.0, ours.right, ours.of),
            wanted: format!("≥ {:.0} %", wanted * 100.0),
            verdict: Verdict::of((ours.of > 0).then(|| share(ours) >= wanted)),
        });
    }
    let all = accuracy(m);
    let behind: Vec<String> = all
        .iter()
        .filter(|a| a.verdict == Verdict::Miss)
        .map(|a| format!("{} ({})", a.field, a.condition))
        .collect();
    targets.push(Target {
        what: "every field at least as exact as the peers".to_owned(),
        measured: if behind.is_empty() { "all".to_owned() } else { format!("behind: {}", behind.join(", ")) },
        wanted: "all".to_owned(),
        verdict: Verdict::of(all.iter().any(|a| a.cards > 0).then_some(behind.is_empty())),
    });
    targets
}

fn mistakes(m: &Measured) -> Vec<[String; 5]> {
    let read = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    let all = m.mistakes.iter();
    all.map(|x| [x.person.clone(), x.field.to_owned(), x.truth.clone(), read(&x.ours), read(&x.peers)])
        .collect()
}

/// A Markdown table whose columns also stand under each other in a terminal. Han characters take two cells.
fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let head: Vec<String> = head.iter().map(|&h| h.to_owned()).collect();
    let all: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |i: usize| all.iter().filter_map(|r| r.get(i)).map(|c| cells(c)).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut out = String::new();
    for (i, row) in all.iter().enumerate() {
        for (width, cell) in widths.iter().zip(row) {
            let _ = write!(out, "| {}{} ", cell.replace('|', "\\|"), " ".repeat(width - cells(cell)));
        }
        out += "|\n";
        if i == 0 {
            for width in &widths {
                let _ = write!(out, "|{}", "-".repeat(width + 2));
            }
            out += "|\n";
        }
    }
    out + "\n"
}

fn cells(text: &str) -> usize {
    text.chars().map(|c| if ('\u{2e80}'..='\u{ffef}').contains(&c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_reached_at_its_limit_and_unknown_without_a_number() {
        assert_eq!(at_most("x", Some(0.1), 0.1, 3, "").verdict, Verdict::Pass);
        assert_eq!(at_most("x", Some(0.101), 0.1, 3, "").verdict, Verdict::Miss);
        assert_eq!(at_most("x", None, 0.1, 3, "").verdict, Verdict::Unknown);
    }

    #[test]
    fn being_behind_the_peers_in_one_field_is_a_miss() {
        let mut m = Measured::default();
        let all = |right| Score { right, of: 20 };
        for (_, field) in FIELDS {
            m.scores.insert((field, true), [all(20), all(20)]);
        }
        assert!(accuracy_targets(&m).iter().all(|t| t.verdict == Verdict::Pass));
        m.scores.insert(("name", true), [all(19), all(20)]);
        let targets = accuracy_targets(&m);
        let missed: Vec<_> = targets.iter().filter(|t| t.verdict == Verdict::Miss).collect();
        assert_eq!(missed.len(), 2);
        assert_eq!(missed[1].measured, "behind: name (photographed)");
    }

    #[test]
    fn columns_stand_under_each_other() {
        let text = table(&["a", "b"], vec![vec!["汉".into(), "1".into()], vec!["x".into(), "22".into()]]);
        assert_eq!(text, "| a  | b  |\n|----|----|\n| 汉 | 1  |\n| x  | 22 |\n\n");
    }
}
