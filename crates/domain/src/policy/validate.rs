//! Rules inside one file.

use super::Rules;
use super::error::PolicyError;
use super::locate::line_of_key;
use super::money::Decimal;
use super::words::{DocumentKind, Factor};
use crate::check::{Check, Requirement};
use std::collections::BTreeSet;

/// Documents this program can read by itself.
const READABLE: &[DocumentKind] = &[DocumentKind::ResidentCard, DocumentKind::TemporaryCard];

/// Collects the first violation with its place.
struct Place<'a> {
    text: &'a str,
}

impl Place<'_> {
    fn error(&self, key: &str, problem: impl Into<String>) -> PolicyError {
        PolicyError { line: line_of_key(self.text, key), key: Some(key.to_owned()), problem: problem.into() }
    }

    fn ensure(&self, holds: bool, key: &str, problem: &str) -> Result<(), PolicyError> {
        if holds { Ok(()) } else { Err(self.error(key, problem)) }
    }
}

pub(super) fn check(text: &str, rules: &Rules) -> Result<(), PolicyError> {
    let at = Place { text };
    at.ensure(rules.schema == 1, "schema", "this program reads schema 1")?;
    at.ensure(super::PRESETS.contains(&rules.preset.as_str()), "preset", "unknown preset; see `policies/`")?;
    let label_ok = !rules.label.trim().is_empty() && rules.label.len() <= 64;
    at.ensure(label_ok, "label", "give this edition a name of 1 to 64 bytes")?;
    time(&at, rules)?;
    levels(&at, rules)?;
    amounts(&at, rules)?;
    factors(&at, rules)?;
    document(&at, rules)?;
    checks(&at, rules)?;
    face(&at, rules)?;
    bounds(&at, rules)?;
    if let Some((key, problem)) = rules.liveness.fault() {
        return Err(at.error(&format!("liveness.{key}"), problem));
    }
    people(&at, rules)
}

fn time(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let zone_ok = {
        let zone = &rules.time.zone;
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-');
        !zone.is_empty() && zone.len() <= 64 && zone.bytes().all(letter)
    };
    at.ensure(zone_ok, "time.zone", "write an IANA zone such as \"Asia/Shanghai\"")?;
    at.ensure(month_day(&rules.time.year_starts), "time.year_starts", "write a date as \"MM-DD\"")?;
    at.ensure(minute(&rules.time.day_starts).is_some(), "time.day_starts", "write a time as \"HH:MM\"")?;
    let (opens, closes) = (minute(&rules.calendar.opens), minute(&rules.calendar.closes));
    at.ensure(opens.is_some(), "calendar.opens", "write a time as \"HH:MM\"")?;
    at.ensure(closes.is_some(), "calendar.closes", "write a time as \"HH:MM\"")?;
    at.ensure(opens < closes, "calendar.closes", "must be later than `calendar.opens`")?;
    at.ensure(!rules.calendar.weekdays.is_empty(), "calendar.weekdays", "name at least one working day")?;
    unique(at, "calendar.weekdays", &rules.calendar.weekdays)
}

/// `HH:MM` as minutes of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number =
        |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok());
    let (hours, minutes) = (number(hours)??, number(minutes)??);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn month_day(text: &str) -> bool {
    let Some((month, day)) = text.split_once('-') else { return false };
    let number = |s: &str| if s.len() == 2 { s.parse::<u8>().ok() } else { None };
    let (Some(month), Some(day)) = (number(month).and_then(|m| time::Month::try_from(m).ok()), number(day))
    else {
        return false;
    };
    // A year that has a 29 February would start its counters only every fourth year; refuse that day.
    time::Date::from_calendar_date(2023, month, day).is_ok()
}

fn unique<T: Ord + Copy>(at: &Place<'_>, key: &str, items: &[T]) -> Result<(), PolicyError> {
    let set: BTreeSet<T> = items.iter().copied().collect();
    at.ensure(set.len() == items.len(), key, "something stands in this list twice")
}

fn levels(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    at.ensure(rules.levels.len() == 4, "levels", "there are four levels, 0 to 3")?;
    for (index, level) in rules.levels.iter().enumerate() {
        let key = |name: &str| format!("levels[{index}].{name}");
        at.ensure(usize::from(level.id) == index, &key("id"), "levels stand in ascending order from 0")?;
        at.ensure(!level.code.trim().is_empty(), &key("code"), "give the level a name")?;
        let labelled = !level.label.zh_cn.trim().is_empty() && !level.label.en.trim().is_empty();
        at.ensure(labelled, &key("label"), "a level needs a zh-CN and an en label")?;
        unique(at, &key("uses"), &level.uses)?;
        at.ensure(
            level.accounts_per_person_max != Some(0),
            &key("accounts_per_person_max"),
            "must not be 0",
        )?;
        if index > 0 {
            at.ensure(
                level.requires.identity.is_some(),
                &key("requires.identity"),
                "only level 0 may do without a verified identity",
            )?;
        }
    }
    let codes: BTreeSet<&str> = rules.levels.iter().map(|l| l.code.as_str()).collect();
    at.ensure(codes.len() == rules.levels.len(), "levels", "two levels have the same code")
}

/// Every amount of the file with its key.
pub(super) fn all_amounts(rules: &Rules) -> Vec<(String, Option<&Decimal>)> {
    let mut all = Vec::new();
    for (index, level) in rules.levels.iter().enumerate() {
        let caps = &level.caps;
        all.push((format!("levels[{index}].caps.day_out_max"), caps.day_out_max.as_ref()));
        all.push((format!("levels[{index}].caps.year_out_max"), caps.year_out_max.as_ref()));
        all.push((format!("levels[{index}].caps.lifetime_out_max"), caps.lifetime_out_max.as_ref()));
    }
    for (name, tier) in tiers(rules) {
        all.push((format!("auth_tiers.{name}.day_out_max"), tier.day_out_max.as_ref()));
    }
    all.push(("alerts.single_payment_min".to_owned(), rules.alerts.single_payment_min.as_ref()));
    all.push(("alerts.two_way_30_days_min".to_owned(), rules.alerts.two_way_30_days_min.as_ref()));
    all.push(("alerts.balance_over".to_owned(), rules.alerts.balance_over.as_ref()));
    all
}

pub(super) fn tiers(rules: &Rules) -> [(&'static str, &super::AuthTier); 4] {
    let tiers = &rules.auth_tiers;
    [("a", &tiers.a), ("b", &tiers.b), ("c", &tiers.c), ("static_qr", &tiers.static_qr)]
}

fn amounts(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    for (key, amount) in all_amounts(rules) {
        if let Some(amount) = amount {
            amount.minor(rules.money.currency).map_err(|e| at.error(&key, e.to_string()))?;
        }
    }
    for (name, tier) in tiers(rules) {
        let key = format!("auth_tiers.{name}.day_out_percent_of_level");
        at.ensure(tier.day_out_percent_of_level.is_none_or(|p| p <= 100), &key, "is a share, at most 100")?;
        let ways = usize::from(tier.day_out_max.is_some())
            + usize::from(tier.day_out_max_by_agreement)
            + usize::from(tier.day_out_percent_of_level.is_some());
        at.ensure(
            ways == 1,
            &format!("auth_tiers.{name}"),
            "name exactly one of day_out_max, day_out_max_by_agreement, day_out_percent_of_level",
        )?;
    }
    at.ensure(
        rules.alerts.balance_over.is_some() == rules.alerts.balance_over_days.is_some(),
        "alerts.balance_over_days",
        "belongs together with balance_over",
    )
}

fn factors(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let classes = [&rules.factors.knowledge, &rules.factors.possession, &rules.factors.inherence];
    let all: Vec<Factor> = classes.into_iter().flatten().copied().collect();
    let set: BTreeSet<Factor> = all.iter().copied().collect();
    at.ensure(
        set.len() == all.len(),
        "factors",
        "a factor belongs to one class only, or they are not independent",
    )?;
    for (name, tier) in tiers(rules) {
        let known = tier.needs_any.iter().all(|f| set.contains(f));
        at.ensure(known, &format!("auth_tiers.{name}.needs_any"), "names a factor that is in no class")?;
        let reachable = tier.factors_min.unwrap_or(0) <= 3;
        at.ensure(
            reachable,
            &format!("auth_tiers.{name}.factors_min"),
            "there are three independent classes",
        )?;
    }
    Ok(())
}

fn document(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let d = &rules.document;
    let all: Vec<DocumentKind> = d.accepted.iter().chain(&d.review_only).chain(&d.refused).copied().collect();
    unique(at, "document", &all)?;
    let accepted = &d.accepted;
    at.ensure(!accepted.is_empty(), "document.accepted", "with nothing accepted nobody can be verified")?;
    at.ensure(
        accepted.iter().all(|k| READABLE.contains(k)),
        "document.accepted",
        "only resident_card and temporary_card have a reader; list others under review_only",
    )?;
    at.ensure(
        d.refused.contains(&DocumentKind::FirstGenerationCard),
        "document.refused",
        "must name first_generation_card: such cards are invalid since 2013-01-01 (ID Card Law Art. 23)",
    )?;
    let readable_age = (18..=150).contains(&d.age_max_years);
    at.ensure(readable_age, "document.age_max_years", "must lie between 18 and 150")?;
    at.ensure(d.temporary_card_level_max <= 3, "document.temporary_card_level_max", "levels go from 0 to 3")?;
    let months = (1..=12).contains(&d.temporary_card_months);
    at.ensure(months, "document.temporary_card_months", "must lie between 1 and 12")?;
    at.ensure(
        d.min_validity_days <= 366,
        "document.min_validity_days",
        "more than a year asks for too much",
    )?;
    at.ensure(
        d.term_boundary_tolerance_days <= 1,
        "document.term_boundary_tolerance_days",
        "is 0 or 1: one day either side of a birthday is all that dates can blur",
    )
}

/// No approval without form, document and a face that matches: what has no face, or no document, goes to a
/// person, never past one.
const CORE: [Check; 12] = [
    Check::FileReadable,
    Check::CardPresent,
    Check::CardType,
    Check::CardSide,
    Check::FieldsExtracted,
    Check::IdNumberValid,
    Check::DocumentCurrent,
    Check::FormName,
    Check::FormNumber,
    Check::NameMatch,
    Check::NumberMatch,
    Check::FaceMatchPortrait,
];

fn checks(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let c = &rules.checks;
    let all: Vec<Check> = c.required.iter().chain(&c.advisory).chain(&c.off).copied().collect();
    unique(at, "checks", &all)?;
    for check in CORE {
        at.ensure(
            c.requirement(check) == Requirement::Required,
            "checks",
            &format!("`{check}` must stay required: without it nobody's identity is established"),
        )?;
    }
    at.ensure(
        c.source_identity_needed_from_level <= 3,
        "checks.source_identity_needed_from_level",
        "levels go from 0 to 3",
    )
}

fn face(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let f = &rules.face;
    let rate = |r: f64| r > 0.0 && r < 1.0;
    at.ensure(rate(f.match_pass_fmr), "face.match_pass_fmr", "is a rate, more than 0 and less than 1")?;
    at.ensure(rate(f.match_warn_fmr), "face.match_warn_fmr", "is a rate, more than 0 and less than 1")?;
    at.ensure(
        f.match_pass_fmr <= f.match_warn_fmr,
        "face.match_warn_fmr",
        "must not be below match_pass_fmr",
    )?;
    let alarm = f.stored_persons_alarm <= f.stored_persons_filing;
    at.ensure(alarm, "face.stored_persons_alarm", "must not exceed stored_persons_filing")?;
    let bands = &rules.face_match;
    let distance = |d: f32| d.is_finite() && d > 0.0 && d < 1.0;
    at.ensure(distance(bands.pass_distance_max), "face_match.pass_distance_max", "must lie between 0 and 1")?;
    at.ensure(distance(bands.warn_distance_max), "face_match.warn_distance_max", "must lie between 0 and 1")?;
    at.ensure(
        bands.pass_distance_max <= bands.warn_distance_max,
        "face_match.warn_distance_max",
        "must not be below pass_distance_max",
    )?;
    // Half of the bits differ by chance alone.
    at.ensure(
        rules.likeness.picture_bits_max <= 64,
        "likeness.picture_bits_max",
        "is a number of bits up to 64",
    )
}

fn bounds(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let sections = [
        ("quality", rules.quality.rows()),
        ("face_quality", rules.face_quality.rows()),
        ("reading", rules.reading.rows()),
    ];
    for (section, rows) in sections {
        for (key, bound, direction, (low, high)) in rows {
            let full = format!("{section}.{key}");
            at.ensure(
                bound.in_order(direction),
                &full,
                "needs warn or fail or both, and warn must be reached before fail",
            )?;
            let inside = [bound.warn, bound.fail].into_iter().flatten().all(|v| (low..=high).contains(&v));
            if !inside {
                let range =
                    if high < f32::MAX { format!("{low} to {high}") } else { format!("{low} or more") };
                return Err(at.error(&full, format!("is outside its range, {range}")));
            }
        }
    }
    let q = &rules.face_quality;
    let (low, high) = (q.pitch_low.fail, q.pitch_high.fail);
    at.ensure(
        low.zip(high).is_none_or(|(low, high)| low < high),
        "face_quality.pitch_high",
        "must lie above pitch_low",
    )?;
    let (low, high) = (q.brightness_low.fail, q.brightness_high.fail);
    at.ensure(
        low.zip(high).is_none_or(|(low, high)| low < high),
        "face_quality.brightness_high",
        "must lie above brightness_low",
    )
}

fn people(at: &Place<'_>, rules: &Rules) -> Result<(), PolicyError> {
    let percent = [
        ("review.auto_approved_sample_percent", rules.review.auto_approved_sample_percent),
        ("review.single_reviewer_sample_percent", rules.review.single_reviewer_sample_percent),
    ];
    for (key, value) in percent {
        at.ensure(value <= 100, key, "is a share, at most 100")?;
    }
    unique(at, "review.four_eyes", &rules.review.four_eyes)?;
    let optional_known = rules.consents.optional.iter().all(|c| rules.consents.kinds.contains(c));
    at.ensure(optional_known, "consents.optional", "names a consent that is not in `consents.kinds`")?;
    let text = |version: &String| (1..=32).contains(&version.len()) && version.is_ascii();
    let texts = &rules.consents.text_versions;
    let all = rules.consents.kinds.iter().all(|kind| texts.get(kind).is_some_and(text));
    at.ensure(
        all,
        "consents.text_versions",
        "must name a text for each of `consents.kinds`, 1 to 32 characters",
    )?;
    let p = &rules.password;
    at.ensure(p.length_min >= 8, "password.length_min", "must not be below 8 (SP 800-63B-4)")?;
    at.ensure(
        p.length_min <= p.length_min_single_factor && p.length_min_single_factor <= p.length_max,
        "password.length_min_single_factor",
        "must lie between length_min and length_max",
    )?;
    at.ensure((6..=10).contains(&rules.otp.digits), "otp.digits", "must lie between 6 and 10")?;
    let counters = [
        ("tries.side_uploads_refused_max", rules.tries.side_uploads_refused_max),
        ("tries.submits_per_application_max", rules.tries.submits_per_application_max),
        ("tries.selfie_fails_in_row_max", rules.tries.selfie_fails_in_row_max),
        ("tries.soft_quality_fails_before_human_offer", rules.tries.soft_quality_fails_before_human_offer),
        ("tries.uploads_per_application_minute_max", rules.tries.uploads_per_application_minute_max),
        ("tries.uploads_per_account_day_max", rules.tries.uploads_per_account_day_max),
        ("tries.upload_mib_per_account_day_max", rules.tries.upload_mib_per_account_day_max),
        ("account.applications_open_max", rules.account.applications_open_max),
        ("otp.tries_max", rules.otp.tries_max),
    ];
    for (key, value) in counters {
        at.ensure(value > 0, key, "must not be 0: nobody could ever try")?;
    }
    Ok(())
}
