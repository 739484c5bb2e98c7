//! `shiming mrz`.

use crate::cli::MrzArgs;
use crate::context::{DOCUMENT_ZONE, Style};
use crate::exit::{Exit, Failure};
use crate::input::Input;
use crate::json::{PlainReasonJson, TotalJson, text};
use crate::{human, output};
use serde::Serialize;
use shiming_engine::{Given, MrzRead, mrz_picture, mrz_text};
use shiming_idcard::mrz::MrzFields;
use std::path::Path;
use time::Date;

/// `shiming mrz --json`.
#[derive(Serialize)]
struct MrzJson<'a> {
    /// A zone was found and every check digit holds.
    valid: bool,
    format: Option<&'static str>,
    lines: &'a [String],
    fields: Option<FieldsJson<'a>>,
    failed_checks: Vec<&'static str>,
    repaired: bool,
    raw_lines: &'a [String],
    confidence: Vec<f32>,
    reasons: Vec<PlainReasonJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings_ms: Option<TotalJson>,
}

#[derive(Serialize)]
struct FieldsJson<'a> {
    document_code: &'a str,
    issuer: &'a str,
    number: &'a str,
    nationality: &'a str,
    birth_date: Option<String>,
    birth_partial: Option<&'a str>,
    sex: Option<&'static str>,
    expiry_date: Option<String>,
    surname: &'a str,
    given_names: &'a str,
    optional: &'a str,
    optional_2: Option<&'a str>,
}

/// What was handed over.
enum Source {
    Picture(Vec<u8>),
    Text(String),
    /// Names a file that is not there or cannot be read.
    NoFile,
    Nothing,
}

pub(crate) fn run(args: &MrzArgs, style: Style) -> Result<Exit, Failure> {
    let today = args.today.day(DOCUMENT_ZONE);
    let of_text = |report| MrzRead { report, ..MrzRead::nothing(today) };
    let (read, problem, from_picture) = match source(&args.input) {
        Source::Text(typed) => (of_text(mrz_text(&typed, today)), None, false),
        Source::Picture(bytes) => {
            let read = mrz_picture(&args.engine.open()?, Given::Bytes(&bytes), today)?;
            let problem =
                read.fault.clone().map(|fault| PlainReasonJson::retry("IMG_UNREADABLE_FILE", fault));
            (read, problem, true)
        }
        Source::NoFile => (MrzRead::nothing(today), Some(no_file()), false),
        Source::Nothing => (MrzRead::nothing(today), Some(nothing()), false),
    };
    let unusable = problem.is_some();
    if style.json {
        output::json(&MrzJson {
            valid: read.report.check_digits_hold(),
            format: read.report.format.map(shiming_idcard::mrz::Format::code),
            lines: &read.report.lines,
            fields: read.report.fields.as_ref().map(fields),
            failed_checks: read.report.failed_checks(),
            repaired: read.report.repaired,
            raw_lines: &read.report.raw_lines,
            confidence: read.seen.iter().map(|line| line.confidence).collect(),
            reasons: problem.into_iter().collect(),
            timings_ms: from_picture.then_some(TotalJson { total: read.total }),
        })?;
    } else {
        let problem = problem.as_ref().map(|p| style.lang.of(&p.text));
        output::text(&human::mrz::text(&read.report, problem, style.lang))?;
    }
    Ok(if unusable { Exit::UnusableInput } else { Exit::Answered })
}

/// A file if there is one of that name, else the text itself.
fn source(input: &str) -> Source {
    match Input::picture(Path::new(input)) {
        Input::Bytes(bytes) => told_apart(bytes),
        Input::Unreadable(_) if !input.contains('<') => Source::NoFile,
        Input::Missing | Input::Unreadable(_) if input.trim().is_empty() => Source::Nothing,
        // A mistyped file name should not be called a bad zone; no zone is without a filler.
        Input::Missing if !input.contains('<') && looks_like_path(input) => Source::NoFile,
        Input::Missing | Input::Unreadable(_) => Source::Text(input.to_owned()),
    }
}

/// A text file and a picture are told apart by content: no picture format is text.
fn told_apart(bytes: Vec<u8>) -> Source {
    match String::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => Source::Nothing,
        Ok(text) if !text.contains('\0') && !is_markup(&text) => Source::Text(text),
        // SVG and HTML begin with a bracket; let the picture reader refuse them by name.
        Ok(text) => Source::Picture(text.into_bytes()),
        Err(error) => Source::Picture(error.into_bytes()),
    }
}

/// A tag at the start; a zone begins with a letter. Everything a picture format begins with is no UTF-8, holds
/// a zero byte, or is markup or a page.
fn is_markup(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.starts_with('<') || start.starts_with("%PDF")
}

fn looks_like_path(input: &str) -> bool {
    let path = Path::new(input);
    input.contains(['/', '\\']) || path.extension().is_some_and(|e| (2..=5).contains(&e.len()))
}

fn no_file() -> PlainReasonJson {
    PlainReasonJson::retry(
        "IMG_UNREADABLE_FILE",
        text(
            "找不到该文件，或无法读取。请检查路径。",
            "There is no such file, or it cannot be read. Check its path.",
        ),
    )
}

fn nothing() -> PlainReasonJson {
    PlainReasonJson::retry("empty", text("没有输入内容。", "There is nothing to read."))
}

fn fields(fields: &MrzFields) -> FieldsJson<'_> {
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    FieldsJson {
        document_code: &fields.document_code,
        issuer: &fields.issuer,
        number: &fields.number,
        nationality: &fields.nationality,
        birth_date: date(fields.birth),
        birth_partial: fields.birth_partial.as_deref(),
        sex: fields.sex.map(shiming_idcard::mrz::MrzSex::code),
        expiry_date: date(fields.expiry),
        surname: &fields.surname,
        given_names: &fields.given_names,
        optional: &fields.optional,
        optional_2: fields.optional_2.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_pictures_and_mistyped_names_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        };
        assert!(matches!(source("P<UTOERIKSSON<<ANNA"), Source::Text(_)));
        assert!(matches!(source("hello world"), Source::Text(_)));
        assert!(matches!(source("passport.jpg"), Source::NoFile));
        assert!(matches!(source("pictures/passport"), Source::NoFile));
        assert!(matches!(source("  "), Source::Nothing));
        assert!(matches!(source(&file("a.txt", b"P<UTO\nL898")), Source::Text(_)));
        assert!(matches!(source(&file("b.jpg", b"\xff\xd8\xff\xe0")), Source::Picture(_)));
        assert!(matches!(source(&file("c.svg", b"<svg/>")), Source::Picture(_)));
        assert!(matches!(source(&file("d.txt", b"")), Source::Nothing));
        assert!(matches!(source(&file("e.txt", b"hello")), Source::Text(_)));
        assert!(matches!(source(&file("f.pdf", b"%PDF-1.7\n")), Source::Picture(_)));
        assert!(matches!(source(dir.path().to_str().unwrap()), Source::NoFile));
    }
}
