//! Checks on what is known beyond the pictures and the form.

use super::Sheet;
use crate::check::{Check, Note, Status, Subject};
use crate::known::{Known, SourceFinding};
use crate::reason::Code;

/// Guards of every step and of submitting: an attempt that exists has passed them.
const GUARDED: &[Check] =
    &[Check::ImageRepeat, Check::GateConsent, Check::GateFresh, Check::GateTries, Check::GateRegion];

pub(crate) fn known(sheet: &mut Sheet<'_>, known: &Known) {
    for &check in GUARDED {
        for &subject in check.spec().subjects {
            write(sheet, check, subject, Status::Pass, None);
        }
    }
    let found = |found: bool, worst: Status, code: Code| {
        if found { (worst, Some(code)) } else { (Status::Pass, None) }
    };
    let (status, code) = found(known.too_many_accounts(), Status::Fail, Code::DupIdno);
    write(sheet, Check::DuplicateIdNumber, Subject::Person, status, code);
    let (status, code) = found(!known.pictures_elsewhere.is_empty(), Status::Warn, Code::DupImage);
    write(sheet, Check::DuplicateImage, Subject::Person, status, code);
    let (status, code) = found(known.many_ids, Status::Warn, Code::AccRiskPattern);
    write(sheet, Check::RiskPattern, Subject::Account, status, code);
    if known.selfie_not_live {
        // Only the doubt counts: that it was live is a claim of the client until a challenge shows it.
        write(sheet, Check::CaptureOrigin, Subject::Selfie, Status::Warn, Some(Code::CaptureNotLive));
    }
    match known.same_person {
        Some(same) => {
            let (status, code) = found(!same, Status::Fail, Code::AccPersonMismatch);
            write(sheet, Check::PersonUnchanged, Subject::Person, status, code);
        }
        None => sheet.absent(Check::PersonUnchanged, Subject::Person, Note::NotAsked),
    }
    if let Some(finding) = known.source {
        source(sheet, finding);
    }
}

fn source(sheet: &mut Sheet<'_>, finding: SourceFinding) {
    let (identity, document) = match finding {
        SourceFinding::Confirmed => ((Status::Pass, None), (Status::Pass, None)),
        SourceFinding::DocumentInvalid => ((Status::Pass, None), (Status::Warn, Some(Code::SrcDocInvalid))),
        // Of people it does not know a source says nothing about their cards.
        SourceFinding::Mismatch => ((Status::Fail, Some(Code::SrcMismatch)), (Status::NotApplicable, None)),
        SourceFinding::NoRecord => ((Status::Fail, Some(Code::SrcNoRecord)), (Status::NotApplicable, None)),
        SourceFinding::Unavailable => {
            let silent = (Status::Error, Some(Code::SrcUnavailable));
            (silent, silent)
        }
    };
    for (check, (status, code)) in [(Check::SourceIdentity, identity), (Check::SourceDocument, document)] {
        if status == Status::NotApplicable {
            sheet.absent(check, Subject::Person, Note::NotAsked);
        } else {
            write(sheet, check, Subject::Person, status, code);
        }
    }
}

fn write(sheet: &mut Sheet<'_>, check: Check, subject: Subject, status: Status, code: Option<Code>) {
    let mut result = sheet.result(check, subject, status);
    result.reasons = code.into_iter().collect();
    sheet.push(result);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;
    use crate::check::Requirement;
    use crate::fixtures::Case;

    fn decided(change: impl FnOnce(&mut Known)) -> (Outcome, Vec<Code>) {
        let mut case = Case::good();
        let mut known = Known { accounts_max: 1, ..Known::default() };
        change(&mut known);
        case.context.history.known = Some(known);
        let decision = case.decide();
        (decision.outcome, decision.reasons.iter().map(|reason| reason.code).collect())
    }

    #[test]
    fn what_is_known_counts_like_what_is_seen() {
        assert_eq!(decided(|_| {}), (Outcome::Approve, vec![]));
        assert_eq!(decided(|known| known.other_accounts = 1).1, [Code::DupIdno]);
        assert_eq!(decided(|known| known.same_person = Some(true)), (Outcome::Approve, vec![]));
        assert_eq!(decided(|known| known.same_person = Some(false)).1, [Code::AccPersonMismatch]);
        assert_eq!(decided(|known| known.selfie_not_live = true).1, [Code::CaptureNotLive]);
        let source = |finding| decided(move |known| known.source = Some(finding));
        assert_eq!(source(SourceFinding::Confirmed), (Outcome::Approve, vec![]));
        assert_eq!(source(SourceFinding::Mismatch).1, [Code::SrcMismatch]);
        assert_eq!(source(SourceFinding::NoRecord), (Outcome::Review, vec![Code::SrcNoRecord]));
        assert_eq!(source(SourceFinding::Unavailable), (Outcome::Review, vec![Code::SrcUnavailable]));
    }

    #[test]
    fn every_check_stands_once_on_the_sheet() {
        let mut case = Case::good();
        let before = case.decide().checks.len();
        case.context.history.known = Some(Known::default());
        let decision = case.decide();
        assert_eq!(decision.checks.len(), before);
        let off = |check: Check| case.policy.requirement(check) == Requirement::Off;
        assert!(
            decision
                .checks
                .iter()
                .all(|c| !GUARDED.contains(&c.name) || off(c.name) || c.status == Status::Pass)
        );
    }
}
