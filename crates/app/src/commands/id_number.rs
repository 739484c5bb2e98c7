//! `shiming id-number`.

use crate::cli::IdNumberArgs;
use crate::context::{DOCUMENT_ZONE, Style};
use crate::exit::{Exit, Failure};
use crate::input::{Input, TEXT_BYTES_MAX};
use crate::json::{PlainReasonJson, text};
use crate::{human, output};
use serde::Serialize;
use shiming_idcard::number::{MAX_AGE_YEARS, NumberError, NumberReport, check};
use std::path::Path;

/// `shiming id-number --json`.
#[derive(Serialize)]
pub(crate) struct IdNumberJson<'a> {
    valid: bool,
    kind: Option<&'static str>,
    birth_date: Option<String>,
    sex: Option<&'static str>,
    region: Option<RegionJson<'a>>,
    failed_rule: Option<&'static str>,
    failed_rules: Vec<&'static str>,
    warnings: Vec<&'static str>,
    normalized: Option<&'a str>,
    nationality: Option<&'a str>,
    specimen: bool,
    reasons: Vec<PlainReasonJson>,
}

#[derive(Serialize)]
struct RegionJson<'a> {
    code: &'a str,
    name: Option<&'static str>,
    status: &'static str,
    years: Option<[u16; 2]>,
}

pub(crate) fn run(args: &IdNumberArgs, style: Style) -> Result<Exit, Failure> {
    let number = if args.number == "-" { stdin() } else { args.number.clone() };
    let report = check(&number, None, args.today.day(DOCUMENT_ZONE), MAX_AGE_YEARS);
    let empty = report.errors.contains(&NumberError::Empty);
    if style.json {
        output::json(&shape(&report, empty))?;
    } else {
        output::text(&human::id_number::text(&report, style.lang))?;
    }
    Ok(if empty { Exit::UnusableInput } else { Exit::Answered })
}

/// What cannot be read, or is no text, counts as nothing: there is no number in it.
fn stdin() -> String {
    match Input::read(Path::new("-"), TEXT_BYTES_MAX) {
        Input::Bytes(bytes) => String::from_utf8_lossy(&bytes).trim().to_owned(),
        Input::Missing | Input::Unreadable(_) => String::new(),
    }
}

fn shape(report: &NumberReport, empty: bool) -> IdNumberJson<'_> {
    let empty_reason = || {
        PlainReasonJson::retry(
            "empty",
            text("没有输入号码。", "There is no number. Type it after the command."),
        )
    };
    IdNumberJson {
        valid: report.is_valid(),
        kind: (!empty).then(|| report.kind.code()),
        birth_date: report.birth.map(|date| date.to_string()),
        sex: report.sex.map(shiming_idcard::Sex::code),
        region: report.region.as_ref().map(|region| RegionJson {
            code: region.code(),
            name: region.name(),
            status: region.status().code(),
            years: region.years().map(|(first, last)| [first, last]),
        }),
        failed_rule: report.failed_rule(),
        failed_rules: report.errors.iter().map(|error| error.code()).collect(),
        warnings: report.warnings.iter().map(|warning| warning.code()).collect(),
        normalized: report.normalized.as_ref().map(shiming_idcard::number::NormalNumber::reveal),
        nationality: report.nationality.as_deref(),
        specimen: report.is_specimen(),
        reasons: if empty { vec![empty_reason()] } else { Vec::new() },
    }
}
