//! People and cases of the tests.

use super::*;
use crate::id::StaffId;
use crate::policy::{Policy, Review};
use crate::reason::{Code, Step as Redo};
use crate::zone::MINUTE_US;
use std::collections::BTreeSet;

pub(super) const NOW_US: i64 = 1_800_000_000_000_000;
pub(super) const LEASE_US: i64 = 15 * MINUTE_US;

pub(super) fn rules() -> Review {
    Policy::preset("cn_pboc").unwrap().review.clone()
}

/// Everybody there is; an id is a place in this list.
const PEOPLE: [&str; 9] = ["ann", "bob", "cas", "barred", "sue", "sam", "kim", "leo", "tom"];

pub(super) fn id(name: &str) -> StaffId {
    StaffId::from_bits(PEOPLE.iter().position(|known| *known == name).unwrap() as u128)
}

/// What tables call a person.
pub(super) fn called(id: StaffId) -> &'static str {
    PEOPLE[usize::try_from(id.bits()).unwrap()]
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
    case.apply(&Event::Claim { by: *by, held: 0 }, &rules(), now_us)
}

pub(super) fn decide_event(case: &Case, by: &Staff, decision: Decision) -> Event {
    Event::Decide {
        by: *by,
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
