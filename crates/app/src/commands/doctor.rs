//! `shiming doctor`: one line per check, and what to do about it.

mod checks;
mod database;

use crate::cli::DoctorArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::human::Table;
use crate::output;
use serde::Serialize;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// As it should be.
    Ok,
    /// It works, and somebody should know.
    Warn,
    /// It does not work, or must not.
    Fail,
}

/// One line.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    detail: String,
}

/// `shiming doctor --json`.
#[derive(Serialize)]
struct DoctorJson<'a> {
    status: Status,
    checks: &'a [Finding],
}

/// Lines so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: &'static str, status: Status, detail: impl Into<String>) {
        self.0.push(Finding { check, status, detail: detail.into() });
    }

    fn ok(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Ok, detail);
    }

    fn warn(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Warn, detail);
    }

    fn fail(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Fail, detail);
    }
}

pub(crate) fn run(args: &DoctorArgs, style: Style) -> Result<Exit, Failure> {
    let loaded = args.settings.load()?;
    let findings = super::wait(checks::all(&loaded.config))?.0;
    let worst = findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Ok);
    if style.json {
        output::json(&DoctorJson { status: worst, checks: &findings })?;
    } else {
        let mut table = Table::default();
        for finding in &findings {
            let sign = match finding.status {
                Status::Ok => "✔ ok",
                Status::Warn => "! warn",
                Status::Fail => "✘ fail",
            };
            table.row([sign, finding.check, &finding.detail]);
        }
        output::text(&table.render(0))?;
    }
    Ok(if worst == Status::Fail { Exit::Failed } else { Exit::Answered })
}
