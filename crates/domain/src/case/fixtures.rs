//! People and cases of the tests.

use super::*;
use crate::policy::{Policy, Review};
use crate::reason::{Code, Step as Redo};
use crate::zone::MINUTE_US;
use std::collections::BTreeSet;

pub(super) const NOW_US: i64 = 1_800_000_000_000_000;
pub(super) const LEASE_US: i64 = 15 * MINUTE_US;

pub(super) fn rules() -> Review {
    Policy::preset("cn_pboc").unwrap().review.clone()
}

pub(super) fn id(name: &str) -> StaffId {
    StaffId::try_from(name.to_owned()).unwrap()
}

pub(super) fn staff(name: &str, role: Role) -> Staff {
    Staff { id: id(name), role }
}

pub(super) fn reviewer(name: &str) -> Staff {
    staff(name, Role::Reviewer)
}

pub(super) fn initial() -> Case {
    Case::open(CaseType::Initial, BTreeSet::from([id("barred")]))
}

pub(super) fn reject() -> Decision {
    Decision { verdict: Verdict::Reject, reasons: vec![Code::DocTampered], steps: vec![] }
}

pub(super) fn resubmit() -> Decision {
    Decision { verdict: Verdict::Resubmit, reasons: vec![Code::ImgBlur], steps: vec![Redo::PortraitSide] }
}

pub(super) fn approve() -> Decision {
    Decision::plain(Verdict::Approve)
}

pub(super) fn claim(case: &Case, by: &Staff, now_us: i64) -> Result<Step, Refused> {
    case.apply(&Event::Claim { by: by.clone(), held: 0 }, &rules(), now_us)
}

pub(super) fn decide_event(case: &Case, by: &Staff, decision: Decision) -> Event {
    Event::Decide {
        by: by.clone(),
        token: case.last_token,
        version: case.version,
        decision,
        facts: Circumstances::default(),
    }
}

/// Claims and decides.
pub(super) fn decided(case: &Case, by: &Staff, decision: Decision) -> Step {
    let held = claim(case, by, NOW_US).unwrap().next;
    held.apply(&decide_event(&held, by, decision), &rules(), NOW_US).unwrap()
}
