//! The sheet on which results are written down, and the helpers every check uses.

use crate::check::{
    Check, CheckRef, CheckResult, Group, Measured, Note, Reading, Requirement, Status, Subject,
};
use crate::evidence::Region;
use crate::policy::{Bound, Direction, Policy};
use crate::reason::Code;

pub(crate) struct Sheet<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) live: bool,
    results: Vec<CheckResult>,
}

/// One value against one bound, with the reason it gives and where it was worst.
pub(crate) struct Held {
    pub(crate) measured: Measured,
    pub(crate) value: f32,
    pub(crate) bound: Bound,
    pub(crate) direction: Direction,
    pub(crate) code: Code,
    pub(crate) region: Option<Region>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(policy: &'a Policy, live: bool) -> Self {
        Self { policy, live, results: Vec::new() }
    }

    pub(crate) fn result(&self, check: Check, subject: Subject, status: Status) -> CheckResult {
        CheckResult::new(check, subject, self.policy.requirement(check), status)
    }

    /// Writes a result down. A check that is switched off leaves nothing but that fact.
    pub(crate) fn push(&mut self, result: CheckResult) {
        let result = if result.requirement == Requirement::Off {
            let mut off = self.result(result.name, result.subject, Status::NotApplicable);
            off.note = Some(Note::SwitchedOff);
            off
        } else {
            result
        };
        self.results.push(result);
    }

    pub(crate) fn absent(&mut self, check: Check, subject: Subject, note: Note) {
        let mut result = self.result(check, subject, Status::NotApplicable);
        result.note = Some(note);
        self.push(result);
    }

    pub(crate) fn blocked(&mut self, check: Check, subject: Subject, by: CheckRef) {
        let mut result = self.result(check, subject, Status::NotApplicable);
        result.note = Some(Note::Blocked);
        result.blocked_by = Some(by);
        self.push(result);
    }

    /// The first required failure on `subject` in one of `groups`, in the order of the table.
    pub(crate) fn blocker(&self, subject: Subject, groups: &[Group]) -> Option<CheckRef> {
        self.blocker_but(subject, groups, |_| false)
    }

    /// As [`Self::blocker`], but for failures that leave alone what would be judged.
    pub(crate) fn blocker_but(
        &self,
        subject: Subject,
        groups: &[Group],
        harmless: impl Fn(&CheckResult) -> bool,
    ) -> Option<CheckRef> {
        self.results
            .iter()
            .filter(|r| r.subject == subject && groups.contains(&r.group) && !harmless(r))
            .filter(|r| r.requirement == Requirement::Required && r.status == Status::Fail)
            .min_by_key(|r| r.name)
            .map(CheckResult::reference)
    }

    /// A failed check by name, whatever its requirement: what depends on its value has nothing to go on.
    pub(crate) fn failed(&self, check: Check, subject: Subject) -> Option<CheckRef> {
        self.get(check, subject).filter(|r| r.status == Status::Fail).map(CheckResult::reference)
    }

    pub(crate) fn get(&self, check: Check, subject: Subject) -> Option<&CheckResult> {
        self.results.iter().find(|r| r.name == check && r.subject == subject)
    }

    /// The worst of several readings decides; every reading that is not a pass gives its reason.
    pub(crate) fn held(&self, check: Check, subject: Subject, held: Vec<Held>) -> CheckResult {
        let mut result = self.result(check, subject, Status::Pass);
        if held.is_empty() {
            return super::not_measured(self, check, subject);
        }
        let mut worst: Option<(Status, Reading)> = None;
        for h in held {
            let status = h.bound.judge(h.value, h.direction);
            if status == Status::Error {
                // Keep looking: another reading may fail plainly, which weighs more than a gap.
                result.note = Some(Note::NotMeasured);
                continue;
            }
            let reading = Reading {
                measure: h.measured,
                value: h.value,
                warn: h.bound.warn,
                fail: h.bound.fail,
                status,
            };
            result.readings.push(reading);
            if status != Status::Pass {
                if !result.reasons.contains(&h.code) {
                    result.reasons.push(h.code);
                }
                result.regions.extend(h.region.map(Region::rounded));
            }
            if worst.is_none_or(|(s, _)| status.severity() > s.severity()) {
                worst = Some((status, reading));
                result.score = Some(h.value);
                result.threshold = h.bound.explaining(status);
            }
        }
        let status = worst.map_or(Status::Error, |(status, _)| status);
        if result.note == Some(Note::NotMeasured) && status != Status::Fail {
            return super::not_measured(self, check, subject);
        }
        result.note = None;
        result.status = status;
        result
    }

    /// All results in the order of the table.
    pub(crate) fn into_results(mut self) -> Vec<CheckResult> {
        self.results.sort_by_key(|r| (r.name, r.subject));
        self.results
    }
}
