//! Checks this run cannot make: they are listed and say why, and nothing is claimed. Those that stand on the
//! sheet already were made.

use super::Sheet;
use crate::check::{Basis, Check, Note};

pub(crate) fn absent(sheet: &mut Sheet<'_>) {
    for &check in Check::ALL {
        let note = match check.spec().basis {
            Basis::Judged => continue,
            Basis::NoDetector => Note::NoDetector,
            Basis::LiveCapture | Basis::History => Note::NoEvidence,
            // No source is configured, so none was asked; levels that need one stay out of reach.
            Basis::Source => Note::NotAsked,
        };
        for &subject in check.spec().subjects {
            if sheet.get(check, subject).is_none() {
                sheet.absent(check, subject, note);
            }
        }
    }
}
