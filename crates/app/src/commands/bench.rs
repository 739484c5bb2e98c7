//! `shiming bench`.

use crate::cli::BenchArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::json::{PlainReasonJson, text};
use crate::{human, output, report};
use anyhow::anyhow;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use shiming_engine::bench::{BenchReport, Labels, Step, bench, nothing};
use std::io::IsTerminal as _;

/// `shiming bench --json`.
#[derive(Serialize)]
struct BenchJson<'a> {
    #[serde(flatten)]
    measured: &'a BenchReport,
    /// Why the folder cannot be measured.
    reasons: Vec<PlainReasonJson>,
}

pub(crate) fn run(args: &BenchArgs, style: Style) -> Result<Exit, Failure> {
    let policy = args.policy.load()?;
    let toolbox = args.engine.open()?;
    let labels = match Labels::read(&args.dir) {
        Ok(labels) => labels,
        Err(error) => return unusable(&nothing(&toolbox, &policy), &error.into(), style),
    };
    let mut progress = Progress::new(labels.pictures.len() + labels.cases.len());
    let measured = bench(&toolbox, &policy, &args.dir, &labels, &mut |step| progress.show(step))?;
    progress.finish();
    // A folder may hold whole cases only; they are measured without its pictures being listed.
    if measured.unreadable.len() == measured.pictures && (measured.pictures > 0 || labels.cases.is_empty()) {
        return unusable(&measured, &anyhow!("none of the folder's pictures can be read"), style);
    }
    if let Some(path) = &args.report {
        output::file(path, report::bench::page(&measured, style.lang).as_bytes())?;
    }
    if style.json {
        output::json(&BenchJson { measured: &measured, reasons: Vec::new() })?;
    } else {
        output::text(&human::bench::text(&measured, args.report.as_deref(), style.lang))?;
    }
    Ok(Exit::Answered)
}

fn unusable(measured: &BenchReport, error: &anyhow::Error, style: Style) -> Result<Exit, Failure> {
    if style.json {
        let reason = PlainReasonJson::retry(
            "folder_unusable",
            text(
                "该文件夹中没有可用的 labels.json 或图片。",
                "There is no usable labels.json in this folder, or no usable picture.",
            ),
        );
        output::json(&BenchJson { measured, reasons: vec![reason] })?;
    }
    eprintln!("error: {error:#}");
    Ok(Exit::UnusableInput)
}

/// A bar on a terminal, a line for every tenth otherwise; always on stderr.
struct Progress {
    bar: Option<ProgressBar>,
    said: usize,
}

impl Progress {
    fn new(total: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{spinner} {bar:40} {pos} / {len}  {elapsed} / {duration}");
            ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, said: 0 }
    }

    fn show(&mut self, Step { done, total }: Step) {
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
        } else {
            let tenth = done * 10 / total.max(1);
            if tenth > self.said {
                self.said = tenth;
                eprintln!("{done} / {total}");
            }
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
