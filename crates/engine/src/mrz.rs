//! Machine-readable zones, from text or from a picture.

use crate::RunError;
use crate::given::Given;
use crate::timing::{Milliseconds, since};
use crate::toolbox::Toolbox;
use shiming_domain::evidence::Field;
use shiming_domain::reason::Text;
use shiming_idcard::mrz::{self, MrzReport};
use shiming_vision::analyse;
use std::time::Instant;
use time::Date;

/// What was read.
pub struct MrzRead {
    /// The zone and the rules it breaks.
    pub report: MrzReport,
    /// The lines as the recogniser saw them, with their places; empty for text.
    pub seen: Vec<Field>,
    /// Why there is no picture.
    pub fault: Option<Text>,
    /// From bytes to answer.
    pub total: Milliseconds,
}

impl MrzRead {
    /// Nothing was read.
    pub fn nothing(today: Date) -> Self {
        Self { report: mrz::read("", today), seen: Vec::new(), fault: None, total: Milliseconds::default() }
    }
}

/// Finds a zone in a text. Line breaks may also be written as the two characters `\n`.
pub fn mrz_text(text: &str, today: Date) -> MrzReport {
    mrz::read(&text.replace("\\n", "\n"), today)
}

/// Reads the zone of a picture.
pub fn mrz_picture(toolbox: &Toolbox, given: Given<'_>, today: Date) -> Result<MrzRead, RunError> {
    let start = Instant::now();
    let picture = match given.decode() {
        Ok(picture) => picture,
        Err(absent) => {
            let fault = Some(absent.explain());
            return Ok(MrzRead { fault, total: since(start), ..MrzRead::nothing(today) });
        }
    };
    let scene = analyse::mrz_lines(&toolbox.models, &picture)?;
    let mut best = (read(&scene, today), scene);
    if !best.0.is_valid() {
        // A document seen small or askew reads better once it has been flattened.
        let flat = analyse::inspect(&toolbox.models, &picture)?.evidence.mrz_lines;
        let report = read(&flat, today);
        if rank(&report) < rank(&best.0) {
            best = (report, flat);
        }
    }
    Ok(MrzRead { report: best.0, seen: best.1, fault: None, total: since(start) })
}

fn read(lines: &[Field], today: Date) -> MrzReport {
    let text: Vec<&str> = lines.iter().map(|line| line.text.reveal()).collect();
    mrz::read(&text.join("\n"), today)
}

/// No zone is worse than any zone; otherwise fewer broken rules are better.
fn rank(report: &MrzReport) -> usize {
    if report.format.is_none() { usize::MAX } else { report.errors.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_idcard::date::calendar_date;

    #[test]
    fn line_breaks_may_be_typed() {
        let today = calendar_date(2026, 11, 22).unwrap();
        let text =
            r"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        assert!(mrz_text(text, today).is_valid());
        assert!(mrz_text(&text.replace(r"\n", "\n"), today).is_valid());
        assert!(!mrz_text("", today).is_valid());
    }
}
