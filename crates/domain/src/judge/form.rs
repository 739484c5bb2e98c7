//! What was typed, and whether it is what is printed. The reading is never corrected from what was typed.

use super::data::{accepted, check_number, confident};
use super::{Facts, Sheet};
use crate::check::{Check, CheckRef, CheckResult, Group, Status, Subject};
use crate::evidence::{Field, Region};
use crate::personal::Personal;
use crate::policy::{Direction, Policy};
use crate::reason::{Code, Step};
use serde::{Deserialize, Serialize};
use shiming_idcard::number::{NumberReport, NumberWarning};
use shiming_idcard::{LegalName, NameMatch, name};
use time::Date;

const FORM: Subject = Subject::Form;

/// What the person typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Legal name.
    #[serde(with = "crate::personal::full_view")]
    pub name: Personal,
    /// Citizen number, 18 characters.
    #[serde(with = "crate::personal::full_view")]
    pub number: Personal,
}

/// Judges the form; returns the rules of the typed number for the checks that follow.
pub(crate) fn form(sheet: &mut Sheet<'_>, facts: &Facts<'_>, declared: &Declared) -> NumberReport {
    form_name(sheet, declared);
    let report = check_number(sheet, declared.number.reveal(), facts.today);
    form_number(sheet, &report);
    name_match(sheet, facts, declared);
    number_match(sheet, facts, &report);
    report
}

fn form_name(sheet: &mut Sheet<'_>, declared: &Declared) {
    let mut result = sheet.result(Check::FormName, FORM, Status::Pass);
    if let Err(error) = LegalName::parse(declared.name.reveal()) {
        result.status = Status::Fail;
        result.reasons = vec![Code::FormNameInvalid];
        result.rule = Some(error.code().to_owned());
    }
    sheet.push(result);
}

fn form_number(sheet: &mut Sheet<'_>, report: &NumberReport) {
    // Fifteen digits are for matching old records only.
    let legacy = report.warnings.contains(&NumberWarning::Legacy15);
    let mut result = sheet.result(Check::FormNumber, FORM, Status::Pass);
    if legacy || !accepted(report, sheet.live) {
        result.status = Status::Fail;
        result.reasons = vec![Code::IdnoInvalid];
        result.rule = report.failed_rule().or(legacy.then_some("length")).map(str::to_owned);
    }
    sheet.push(result);
}

/// What makes comparing with a printed field pointless.
fn blocker(sheet: &Sheet<'_>, typed: Check) -> Option<CheckRef> {
    let picture = || sheet.blocker(Subject::PortraitSide, &[Group::Image, Group::Document]);
    sheet.failed(typed, FORM).or_else(picture)
}

/// Which of the two is more likely wrong: a reading we trust, or what was typed.
fn likely_step(sheet: &Sheet<'_>, field: &Field) -> Step {
    let trusted =
        sheet.policy.reading.confidence.judge(super::card::trust(field), Direction::LowIsBad) == Status::Pass;
    if trusted { Step::Form } else { Step::PortraitSide }
}

fn name_match(sheet: &mut Sheet<'_>, facts: &Facts<'_>, declared: &Declared) {
    let check = Check::NameMatch;
    if let Some(by) = blocker(sheet, Check::FormName) {
        sheet.blocked(check, FORM, by);
        return;
    }
    let field = facts.portrait.and_then(|p| p.name.as_ref()).filter(|f| confident(sheet, f));
    let Some(field) = field else {
        let by = CheckRef { name: Check::FieldsExtracted, subject: Subject::PortraitSide };
        sheet.blocked(check, FORM, by);
        return;
    };
    let (status, code) = match name::compare(declared.name.reveal(), field.text.reveal()) {
        NameMatch::Same => (Status::Pass, None),
        NameMatch::Uncertain => (Status::Warn, Some(Code::FormNameUncertain)),
        NameMatch::Different => (Status::Fail, Some(Code::FormNameMismatch)),
    };
    let mut result = sheet.result(check, FORM, status);
    if let Some(code) = code {
        result.reasons = vec![code];
        result.details.typed = Some(declared.name.masked_name());
        result.details.read = Some(field.text.masked_name());
        result.likely_step = Some(likely_step(sheet, field));
        result.regions = field.region.map(Region::rounded).into_iter().collect();
    }
    sheet.push(result);
}

fn number_match(sheet: &mut Sheet<'_>, facts: &Facts<'_>, typed: &NumberReport) {
    let check = Check::NumberMatch;
    let unread = || sheet.failed(Check::IdNumberValid, Subject::PortraitSide);
    if let Some(by) = blocker(sheet, Check::FormNumber).or_else(unread) {
        sheet.blocked(check, FORM, by);
        return;
    }
    let field = facts.portrait.and_then(|p| p.number.as_ref());
    let printed = facts.printed.as_ref().and_then(|r| r.normalized.as_ref());
    let (Some(field), Some(printed), Some(typed)) = (field, printed, typed.normalized.as_ref()) else {
        let by = CheckRef { name: Check::FieldsExtracted, subject: Subject::PortraitSide };
        sheet.blocked(check, FORM, by);
        return;
    };
    let same = printed.reveal() == typed.reveal();
    let mut result = sheet.result(check, FORM, if same { Status::Pass } else { Status::Fail });
    if !same {
        result.reasons = vec![Code::FormIdnoMismatch];
        result.details.typed = Some(typed.masked());
        result.details.read = Some(printed.masked());
        result.likely_step = Some(likely_step(sheet, field));
        result.regions = field.region.map(Region::rounded).into_iter().collect();
    }
    sheet.push(result);
}

/// What can be said about a form before there is any picture.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Name and number, each judged by itself.
    pub checks: Vec<CheckResult>,
    /// The number in normal form, if it holds.
    pub number: Option<Personal>,
}

/// Judges the form alone, while the person still has it before them.
pub fn typed(policy: &Policy, live: bool, today: Date, declared: &Declared) -> Typed {
    let mut sheet = Sheet::new(policy, live);
    form_name(&mut sheet, declared);
    let report = check_number(&sheet, declared.number.reveal(), today);
    form_number(&mut sheet, &report);
    let checks = sheet.into_results();
    let fails = |check: &CheckResult| check.name == Check::FormNumber && check.status == Status::Fail;
    let number = report.normalized.filter(|_| !checks.iter().any(fails));
    Typed { checks, number: number.map(|number| Personal::new(number.reveal())) }
}
