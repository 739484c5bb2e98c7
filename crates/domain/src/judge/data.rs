//! What is printed: the number, the dates, and whether both sides belong together.

use super::{Sheet, not_measured};
use crate::check::{Check, CheckRef, CheckResult, Group, Note, Status, Subject};
use crate::evidence::{EmblemSideFields, Evidence, Field, Fields, Kind, PortraitSideFields, Region};
use crate::policy::Weight;
use crate::reason::Code;
use shiming_idcard::cross::{self, CrossError, CrossWarning, Printed};
use shiming_idcard::number::{self, NumberKind, NumberReport, NumberWarning};
use shiming_idcard::validity::{self, Expiry, Term, Validity, ValidityError};
use shiming_idcard::{Date, age_on, parse_printed_date};
use time::Duration;

const PORTRAIT: Subject = Subject::PortraitSide;
const EMBLEM: Subject = Subject::EmblemSide;
const PICTURE: &[Group] = &[Group::Image, Group::Document];

/// What is known after the pictures were judged by themselves; later checks build on it.
pub(crate) struct Facts<'a> {
    pub(crate) today: Date,
    pub(crate) portrait: Option<&'a PortraitSideFields>,
    pub(crate) emblem: Option<&'a EmblemSideFields>,
    /// Rules of the printed number, if one was read well enough.
    pub(crate) printed: Option<NumberReport>,
    /// Issuer and dates stand on the picture of the portrait side.
    one_sided: bool,
    temporary: bool,
    marked: bool,
    kinds: (Option<Kind>, Option<Kind>),
}

impl<'a> Facts<'a> {
    pub(crate) fn new(sheet: &Sheet<'_>, evidence: &'a Evidence, today: Date) -> Self {
        let portrait_image = evidence.portrait_side.seen();
        let emblem_image = evidence.emblem_side.seen();
        let usable = |side| sheet.blocker(side, PICTURE).is_none();
        let portrait_fields = portrait_image.map(|i| &i.fields).filter(|_| usable(PORTRAIT));
        let portrait = portrait_fields.and_then(Fields::portrait);
        let on_emblem_side = emblem_image.filter(|_| usable(EMBLEM)).and_then(|i| i.fields.emblem());
        let on_data_side = portrait_fields.and_then(Fields::emblem);
        let emblem = on_emblem_side.or(on_data_side);
        let printed = portrait
            .and_then(|p| p.number.as_ref())
            .filter(|n| confident(sheet, n))
            .map(|n| check_number(sheet, n.text.reveal(), today));
        let kinds = (portrait_image.map(|i| i.kind), emblem_image.map(|i| i.kind));
        let temporary = kinds.0 == Some(Kind::Temporary) || kinds.1 == Some(Kind::Temporary);
        let marked = [portrait_image, emblem_image].into_iter().flatten().any(|i| i.specimen_mark);
        let one_sided = on_emblem_side.is_none() && on_data_side.is_some();
        Self { today, portrait, emblem, printed, one_sided, temporary, marked, kinds }
    }

    /// The birth date to reckon with: the number's if the number holds (it has a check character), else the
    /// printed one.
    pub(crate) fn birth(&self, sheet: &Sheet<'_>) -> Option<Date> {
        let by_number = self.printed.as_ref().filter(|n| accepted(n, sheet.live)).and_then(|n| n.birth);
        by_number.or_else(|| {
            let field = self.portrait?.birth_date.as_ref().filter(|f| confident(sheet, f))?;
            parse_printed_date(field.text.reveal())
        })
    }

    /// Where a field stands on the picture of the emblem side; nowhere if it stands on the other.
    fn on_emblem_side(&self, field: Option<&Field>) -> Option<Region> {
        field.filter(|_| !self.one_sided).and_then(|f| f.region).map(Region::rounded)
    }

    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// One of our specimens, by its printed number or the words on it.
    pub(crate) fn is_specimen(&self) -> bool {
        self.marked || self.printed.as_ref().is_some_and(NumberReport::is_specimen)
    }
}

/// Read well enough to compare with something.
pub(crate) fn confident(sheet: &Sheet<'_>, field: &Field) -> bool {
    let fail = sheet.policy.reading.confidence.fail.unwrap_or(0.0);
    super::card::trust(field) >= fail && !field.text.reveal().trim().is_empty()
}

pub(crate) fn check_number(sheet: &Sheet<'_>, text: &str, today: Date) -> NumberReport {
    let age_max = u8::try_from(sheet.policy.document.age_max_years).unwrap_or(number::MAX_AGE_YEARS);
    number::check(text, Some(NumberKind::Resident), today, age_max)
}

/// A valid number; outside of live use also one of our specimens, whose region is assigned nowhere.
pub(crate) fn accepted(report: &NumberReport, live: bool) -> bool {
    report.is_valid() || (!live && report.is_specimen())
}

pub(crate) fn data(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    id_number_valid(sheet, facts);
    number_birth_sex(sheet, facts);
    portrait_plausible(sheet, facts);
    emblem_plausible(sheet, facts);
    let dates = validity_dates(sheet, facts);
    document_current(sheet, facts, dates);
    sides_agree(sheet, facts);
}

/// What stops checks of a side's fields: a failed picture, or fields that were not read.
fn side_blocker(sheet: &Sheet<'_>, subject: Subject) -> Option<CheckRef> {
    sheet.blocker(subject, PICTURE).or_else(|| sheet.failed(Check::FileReadable, subject))
}

fn unread(subject: Subject) -> CheckRef {
    CheckRef { name: Check::FieldsExtracted, subject }
}

fn id_number_valid(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    let Some(report) = facts.printed.as_ref() else {
        let by = side_blocker(sheet, PORTRAIT).unwrap_or_else(|| unread(PORTRAIT));
        sheet.blocked(Check::IdNumberValid, PORTRAIT, by);
        return;
    };
    let ok = accepted(report, sheet.live);
    let mut result =
        sheet.result(Check::IdNumberValid, PORTRAIT, if ok { Status::Pass } else { Status::Fail });
    if !ok {
        result.reasons = vec![Code::DocFieldUnreadable];
        result.rule = report.failed_rule().map(str::to_owned);
        result.details.fields = vec!["number".to_owned()];
        let field = facts.portrait.and_then(|p| p.number.as_ref());
        result.regions = field.and_then(|f| f.region).map(Region::rounded).into_iter().collect();
    }
    sheet.push(result);
}

fn number_birth_sex(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    let check = Check::NumberBirthSex;
    let (Some(portrait), Some(report)) = (facts.portrait, facts.printed.as_ref()) else {
        let by = side_blocker(sheet, PORTRAIT).unwrap_or_else(|| unread(PORTRAIT));
        sheet.blocked(check, PORTRAIT, by);
        return;
    };
    // A number that does not hold says nothing about the date beside it.
    if !accepted(report, sheet.live) {
        sheet.blocked(check, PORTRAIT, CheckRef { name: Check::IdNumberValid, subject: PORTRAIT });
        return;
    }
    // Nobody is suspected because of a bad photo: what was badly read is asked for again, not compared.
    let birth = portrait.birth_date.as_ref().filter(|f| confident(sheet, f));
    let sex = portrait.sex.as_ref().filter(|f| confident(sheet, f));
    let printed = Printed {
        birth: birth.map(|f| f.text.reveal()),
        sex: sex.map(|f| f.text.reveal()),
        ..Printed::default()
    };
    let found = cross::check(report, printed);
    let unreadable =
        found.errors.iter().any(|e| matches!(e, CrossError::BirthUnreadable | CrossError::SexUnreadable));
    let differs: Vec<&CrossError> = found
        .errors
        .iter()
        .filter(|e| matches!(e, CrossError::BirthMismatch | CrossError::SexMismatch))
        .collect();
    if differs.is_empty() && (birth.is_none() || sex.is_none() || unreadable) {
        sheet.blocked(check, PORTRAIT, unread(PORTRAIT));
        return;
    }
    let mut result = sheet.result(check, PORTRAIT, Status::Pass);
    if let Some(first) = differs.first() {
        result.status = Status::Fail;
        result.reasons = vec![Code::IdnoBirthSexInconsistent];
        result.rule = Some(first.code().to_owned());
        let field = if **first == CrossError::BirthMismatch { birth } else { sex };
        result.regions = field.and_then(|f| f.region).map(Region::rounded).into_iter().collect();
    }
    sheet.push(result);
}

fn portrait_plausible(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    let check = Check::FieldsPlausible;
    let Some(portrait) = facts.portrait else {
        let by = side_blocker(sheet, PORTRAIT).unwrap_or_else(|| unread(PORTRAIT));
        sheet.blocked(check, PORTRAIT, by);
        return;
    };
    let mut result = sheet.result(check, PORTRAIT, Status::Pass);
    let unlisted =
        facts.printed.as_ref().is_some_and(|r| r.warnings.contains(&NumberWarning::RegionUnlisted));
    if unlisted {
        worsen(&mut result, sheet.policy.document.region_unlisted, Code::DocInconsistent, "region_unlisted");
    }
    let ethnicity = portrait.ethnicity.as_ref().filter(|f| confident(sheet, f));
    if let (Some(report), Some(field)) = (facts.printed.as_ref(), ethnicity) {
        let printed = Printed { ethnicity: Some(field.text.reveal()), ..Printed::default() };
        if cross::check(report, printed).warnings.contains(&CrossWarning::EthnicityUnknown) {
            worsen(
                &mut result,
                Weight::Warn,
                Code::DocFieldUnreadable,
                CrossWarning::EthnicityUnknown.code(),
            );
            result.details.fields.push("ethnicity".to_owned());
            result.regions.extend(field.region.map(Region::rounded));
        }
    }
    sheet.push(result);
}

fn emblem_plausible(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    let check = Check::FieldsPlausible;
    let Some(field) = facts.emblem.and_then(|e| e.issuer.as_ref()).filter(|f| confident(sheet, f)) else {
        match side_blocker(sheet, EMBLEM) {
            Some(by) => sheet.blocked(check, EMBLEM, by),
            None if facts.temporary => sheet.absent(check, EMBLEM, Note::NotAsked),
            None => sheet.blocked(check, EMBLEM, unread(EMBLEM)),
        }
        return;
    };
    let mut result = sheet.result(check, EMBLEM, Status::Pass);
    if !shiming_idcard::issuer::is_public_security(field.text.reveal()) {
        let code = CrossWarning::IssuerNotPublicSecurity.code();
        worsen(&mut result, Weight::Warn, Code::DocInconsistent, code);
        result.regions.extend(facts.on_emblem_side(Some(field)));
    } else if let Some(report) = facts.printed.as_ref() {
        let printed = Printed { issuer: Some(field.text.reveal()), ..Printed::default() };
        if cross::check(report, printed).warnings.contains(&CrossWarning::IssuerRegionDiffers) {
            let weight = sheet.policy.document.issuer_region_mismatch;
            worsen(&mut result, weight, Code::DocInconsistent, CrossWarning::IssuerRegionDiffers.code());
        }
    }
    sheet.push(result);
}

fn worsen(result: &mut CheckResult, weight: Weight, code: Code, rule: &str) {
    let status = match weight {
        Weight::Ignore => return,
        Weight::Warn => Status::Warn,
        Weight::Fail => Status::Fail,
    };
    if status.severity() > result.status.severity() {
        result.status = status;
    }
    if !result.reasons.contains(&code) {
        result.reasons.push(code);
    }
    result.rule.get_or_insert_with(|| rule.to_owned());
}

/// Both dates, if they were read.
fn period(sheet: &Sheet<'_>, facts: &Facts<'_>) -> Option<Validity> {
    let emblem = facts.emblem?;
    let from = emblem.valid_from.as_ref().filter(|f| confident(sheet, f))?;
    let until = emblem.valid_until.as_ref().filter(|f| confident(sheet, f))?;
    let start = parse_printed_date(from.text.reveal())?;
    let end = validity::parse_expiry(until.text.reveal())?;
    Some(Validity { start, end })
}

fn validity_dates(sheet: &mut Sheet<'_>, facts: &Facts<'_>) -> Option<Validity> {
    let check = Check::ValidityDates;
    let Some(period) = period(sheet, facts) else {
        no_dates(sheet, facts, check);
        return None;
    };
    let birth = facts.birth(sheet);
    let report = if facts.one_sided || facts.kinds.1 == Some(Kind::Temporary) {
        let months = sheet.policy.document.temporary_card_months;
        validity::check_temporary(period, u8::try_from(months).unwrap_or(u8::MAX), birth, facts.today)
    } else {
        validity::check(period, birth, facts.today)
    };
    let document = &sheet.policy.document;
    let mut result = sheet.result(check, EMBLEM, Status::Pass);
    for error in &report.errors {
        let weight = match error {
            ValidityError::Expired => Weight::Ignore, // the business of `document_current`
            ValidityError::TermMismatch => document.term_mismatch,
            _ => Weight::Fail,
        };
        worsen(&mut result, weight, Code::DocDatesInvalid, error.code());
    }
    // One day either side of a birthday at which the term changes, the neighbour's term is only a warning.
    let legal = report.legal_term.is_none_or(|term| has_term(period, term));
    if report.boundary && !legal && !report.errors.contains(&ValidityError::TermMismatch) {
        let weight =
            if document.term_boundary_tolerance_days > 0 { Weight::Warn } else { document.term_mismatch };
        worsen(&mut result, weight, Code::DocDatesInvalid, "term_boundary");
    }
    if facts.one_sided && result.status != Status::Pass {
        // Retaking the emblem side, which this reason asks for, would show no dates either: a person looks.
        let rule = result.rule.take();
        sheet.push(CheckResult { rule, ..not_measured(sheet, check, EMBLEM) });
        return None;
    }
    if result.status != Status::Pass {
        let fields = facts.emblem.into_iter().flat_map(|e| [e.valid_from.as_ref(), e.valid_until.as_ref()]);
        result.regions = fields.filter_map(|field| facts.on_emblem_side(field)).collect();
        result.regions.dedup();
    }
    sheet.push(result);
    Some(period)
}

/// Whether the period has this term; the report already said that its end falls on an anniversary.
fn has_term(period: Validity, term: Term) -> bool {
    match (term, period.end) {
        (Term::Long, Expiry::LongTerm) => true,
        (Term::Years(years), Expiry::Date(end)) => end.year() - period.start.year() == i32::from(years),
        _ => false,
    }
}

fn no_dates(sheet: &mut Sheet<'_>, facts: &Facts<'_>, check: Check) {
    if let Some(by) = side_blocker(sheet, EMBLEM) {
        sheet.blocked(check, EMBLEM, by);
    } else if facts.temporary && (facts.one_sided || facts.emblem.is_none()) {
        // The dates of a temporary card stand on its data side, and could not be read there. It must not pass as
        // current unseen, so a person looks.
        let result = not_measured(sheet, check, EMBLEM);
        sheet.push(result);
    } else {
        sheet.blocked(check, EMBLEM, unread(EMBLEM));
    }
}

fn document_current(sheet: &mut Sheet<'_>, facts: &Facts<'_>, period: Option<Validity>) {
    let check = Check::DocumentCurrent;
    let Some(period) = period else {
        no_dates(sheet, facts, check);
        return;
    };
    if let Some(by) = sheet.failed(Check::ValidityDates, EMBLEM) {
        sheet.blocked(check, EMBLEM, by);
        return;
    }
    let days = i64::from(sheet.policy.document.min_validity_days);
    // Beyond the calendar nothing is valid any more, except 长期.
    let needed = facts.today.checked_add(Duration::days(days)).unwrap_or(Date::MAX);
    let mut result = sheet.result(check, EMBLEM, Status::Pass);
    if period.end.is_past(needed) {
        result.status = Status::Fail;
        result.reasons = vec![Code::DocExpired];
        result.details.date = Some(period.end.to_string());
        result.regions =
            facts.on_emblem_side(facts.emblem.and_then(|e| e.valid_until.as_ref())).into_iter().collect();
    }
    sheet.push(result);
}

/// Whether both photos show one card, as far as texts can tell: the same kind of document, and dates that are
/// regular in themselves but impossible for the person on the other side are a hint at two cards.
fn sides_agree(sheet: &mut Sheet<'_>, facts: &Facts<'_>) {
    let check = Check::SidesAgree;
    if let Some(by) = side_blocker(sheet, PORTRAIT).or_else(|| side_blocker(sheet, EMBLEM)) {
        sheet.blocked(check, EMBLEM, by);
        return;
    }
    let mut result = sheet.result(check, EMBLEM, Status::Pass);
    let temporary = |kind: Option<Kind>| kind == Some(Kind::Temporary);
    if temporary(facts.kinds.0) != temporary(facts.kinds.1) {
        result.status = Status::Fail;
        result.reasons = vec![Code::DocSidesMismatch];
        result.rule = Some("kinds_differ".to_owned());
    } else if !facts.temporary {
        let Some(period) = period(sheet, facts) else {
            sheet.blocked(check, EMBLEM, unread(EMBLEM));
            return;
        };
        let alone = validity::check(period, None, facts.today);
        let together = validity::check(period, facts.birth(sheet), facts.today);
        let new = together.errors.iter().find(|e| !alone.errors.contains(e));
        if let Some(error) = new {
            // A term the policy forgives is no sign of a second card either.
            let forgiven = *error == ValidityError::TermMismatch
                && sheet.policy.document.term_mismatch == Weight::Ignore;
            let weight = if forgiven { Weight::Ignore } else { Weight::Warn };
            worsen(&mut result, weight, Code::DocSidesMismatch, error.code());
        }
    }
    sheet.push(result);
}

/// Whether the person is old enough, by the number that holds.
pub(crate) fn age_policy(sheet: &mut Sheet<'_>, facts: &Facts<'_>, declared: Option<&NumberReport>) {
    use crate::policy::{Under14, Under18};
    let check = Check::AgePolicy;
    let by_declared = || declared.filter(|n| accepted(n, sheet.live)).and_then(|n| n.birth);
    let Some(birth) = facts.birth(sheet).or_else(by_declared) else {
        let by = side_blocker(sheet, PORTRAIT).unwrap_or_else(|| unread(PORTRAIT));
        sheet.blocked(check, Subject::Person, by);
        return;
    };
    let age = age_on(birth, facts.today);
    let rule = match (age, sheet.policy.age.under_14, sheet.policy.age.under_18) {
        // Both words lead to a person; the guardian flow is that person's to start.
        (..14, Under14::GuardianFlowOnly | Under14::Review, _) => Some("under_14"),
        (14..18, _, Under18::Review) => Some("under_18"),
        _ => None,
    };
    let mut result =
        sheet.result(check, Subject::Person, if rule.is_some() { Status::Warn } else { Status::Pass });
    if rule.is_some() {
        result.reasons = vec![Code::AccMinor];
        result.rule = rule.map(str::to_owned);
    }
    sheet.push(result);
}
