//! A copy of a preset whose figures are ceilings may be stricter, never looser.

use super::error::PolicyError;
use super::locate::line_of_key;
use super::money::Decimal;
use super::validate::tiers;
use super::words::{BoundsMode, Under18};
use super::{Rules, parse, preset_text};
use crate::check::Check;

pub(super) fn check(text: &str, rules: &Rules) -> Result<(), PolicyError> {
    let preset = parse(preset_text(&rules.preset)?)?;
    if preset.bounds.mode == BoundsMode::Free {
        return Ok(());
    }
    match looser(rules, &preset).into_iter().next() {
        None => Ok(()),
        Some((key, problem)) => {
            let problem = format!("{problem}; the preset `{}` is a ceiling", rules.preset);
            Err(PolicyError { line: line_of_key(text, &key), key: Some(key), problem })
        }
    }
}

/// Everything in `own` that is looser than in `preset`.
fn looser(own: &Rules, preset: &Rules) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut refuse = |holds: bool, key: &str, problem: &str| {
        if !holds {
            found.push((key.to_owned(), problem.to_owned()));
        }
    };
    refuse(own.bounds.mode == BoundsMode::Ceiling, "bounds.mode", "must stay \"ceiling\"");
    refuse(own.money.currency == preset.money.currency, "money.currency", "must stay the preset's");

    let minor = |d: &Option<Decimal>| d.as_ref().and_then(|d| d.minor(own.money.currency).ok());
    // An omitted cap is no cap, which is looser than any.
    let within =
        |own: &Option<Decimal>, preset: &Option<Decimal>, factor: i64| match (minor(own), minor(preset)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(preset)) => own <= preset.saturating_mul(factor),
        };
    let day_factor = if own.bounds.day_caps_doubled { 2 } else { 1 };
    for (index, (level, bound)) in own.levels.iter().zip(&preset.levels).enumerate() {
        let key = |name: &str| format!("levels[{index}].{name}");
        let (caps, ceiling) = (&level.caps, &bound.caps);
        let over = "is higher than allowed, or left out";
        refuse(within(&caps.day_out_max, &ceiling.day_out_max, day_factor), &key("caps.day_out_max"), over);
        refuse(within(&caps.year_out_max, &ceiling.year_out_max, 1), &key("caps.year_out_max"), over);
        refuse(
            within(&caps.lifetime_out_max, &ceiling.lifetime_out_max, 1),
            &key("caps.lifetime_out_max"),
            over,
        );
        refuse(
            caps.own_bank_withdrawal_counts || !ceiling.own_bank_withdrawal_counts,
            &key("caps.own_bank_withdrawal_counts"),
            "must stay true",
        );
        let (needs, floor) = (&level.requires, &bound.requires);
        refuse(needs.channels_min >= floor.channels_min, &key("requires.channels_min"), "is too low");
        refuse(
            needs.contact_confirmed || !floor.contact_confirmed,
            &key("requires.contact_confirmed"),
            "must stay true",
        );
        refuse(needs.selfie_match || !floor.selfie_match, &key("requires.selfie_match"), "must stay true");
        refuse(
            needs.first_account_of_person || !floor.first_account_of_person,
            &key("requires.first_account_of_person"),
            "must stay true",
        );
        refuse(
            !needs.face_to_face_replaces_channels || floor.face_to_face_replaces_channels,
            &key("requires.face_to_face_replaces_channels"),
            "must stay false",
        );
        refuse(
            level.uses.iter().all(|u| bound.uses.contains(u)),
            &key("uses"),
            "allows more than the preset",
        );
        let accounts = match (level.accounts_per_person_max, bound.accounts_per_person_max) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(preset)) => own <= preset,
        };
        refuse(accounts, &key("accounts_per_person_max"), "is higher than allowed, or left out");
    }
    for ((name, tier), (_, bound)) in tiers(own).into_iter().zip(tiers(preset)) {
        let key = |part: &str| format!("auth_tiers.{name}.{part}");
        // "By agreement" has no figure to compare; any written figure is stricter.
        let cap = bound.day_out_max_by_agreement || within(&tier.day_out_max, &bound.day_out_max, day_factor);
        refuse(cap, &key("day_out_max"), "is higher than allowed, or left out");
        refuse(tier.factors_min >= bound.factors_min, &key("factors_min"), "is too low");
        let factors = bound.needs_any.is_empty()
            || (!tier.needs_any.is_empty() && tier.needs_any.iter().all(|f| bound.needs_any.contains(f)));
        refuse(factors, &key("needs_any"), "accepts more than the preset");
        refuse(
            tier.institution_bears_losses || !bound.institution_bears_losses,
            &key("institution_bears_losses"),
            "must stay true",
        );
    }
    judging(own, preset, &mut refuse);
    people(own, preset, &mut refuse);
    found
}

fn judging(own: &Rules, preset: &Rules, refuse: &mut impl FnMut(bool, &str, &str)) {
    let (d, bound) = (&own.document, &preset.document);
    for kind in d.accepted.iter().chain(&d.review_only) {
        refuse(d.treatment(*kind) >= bound.treatment(*kind), "document", "treats a document more kindly");
    }
    refuse(
        d.temporary_card_level_max <= bound.temporary_card_level_max,
        "document.temporary_card_level_max",
        "is too high",
    );
    refuse(
        d.temporary_card_months <= bound.temporary_card_months,
        "document.temporary_card_months",
        "is too high",
    );
    refuse(d.min_validity_days >= bound.min_validity_days, "document.min_validity_days", "is too low");
    refuse(d.age_max_years <= bound.age_max_years, "document.age_max_years", "is too high");
    refuse(d.region_unlisted >= bound.region_unlisted, "document.region_unlisted", "is weaker");
    refuse(d.term_mismatch >= bound.term_mismatch, "document.term_mismatch", "is weaker");
    refuse(
        d.term_boundary_tolerance_days <= bound.term_boundary_tolerance_days,
        "document.term_boundary_tolerance_days",
        "is too high",
    );
    refuse(d.expired_grace_days <= bound.expired_grace_days, "document.expired_grace_days", "is too high");
    refuse(
        d.renewal_needs_same_number || !bound.renewal_needs_same_number,
        "document.renewal_needs_same_number",
        "must stay true",
    );
    refuse(
        own.age.under_14 == preset.age.under_14,
        "age.under_14",
        "must stay \"guardian_flow_only\" (PIPL Art. 28 and 31)",
    );
    let adults = own.age.under_18 == Under18::Review || preset.age.under_18 == Under18::Accept;
    refuse(adults, "age.under_18", "is weaker");
    for &check in Check::ALL {
        let weaker = own.checks.requirement(check) < preset.checks.requirement(check);
        refuse(!weaker, "checks", &format!("`{check}` counts less than in the preset"));
    }
    refuse(
        own.checks.source_identity_needed_from_level <= preset.checks.source_identity_needed_from_level,
        "checks.source_identity_needed_from_level",
        "is too high",
    );
    let sections = [
        ("quality", own.quality.rows(), preset.quality.rows()),
        ("face_quality", own.face_quality.rows(), preset.face_quality.rows()),
        ("reading", own.reading.rows(), preset.reading.rows()),
    ];
    for (section, rows, bounds) in sections {
        for ((key, own, direction, _), (_, bound, ..)) in rows.into_iter().zip(bounds) {
            refuse(!own.is_looser_than(bound, direction), &format!("{section}.{key}"), "is looser");
        }
    }
    let (f, bound) = (&own.face, &preset.face);
    refuse(f.match_pass_fmr <= bound.match_pass_fmr, "face.match_pass_fmr", "is too high");
    refuse(f.match_warn_fmr <= bound.match_warn_fmr, "face.match_warn_fmr", "is too high");
    refuse(f.separate_consent || !bound.separate_consent, "face.separate_consent", "must stay true");
    refuse(!f.bundled_consent_allowed, "face.bundled_consent_allowed", "must stay false");
    refuse(f.alternative_method_required, "face.alternative_method_required", "must stay true");
    refuse(!f.under_14_allowed || bound.under_14_allowed, "face.under_14_allowed", "must stay false");
    refuse(!f.store_template || bound.store_template, "face.store_template", "must stay false");
    let (b, bound) = (&own.face_match, &preset.face_match);
    refuse(b.pass_distance_max <= bound.pass_distance_max, "face_match.pass_distance_max", "is too high");
    refuse(b.warn_distance_max <= bound.warn_distance_max, "face_match.warn_distance_max", "is too high");
    let passive = own.liveness.passive_min >= preset.liveness.passive_min;
    refuse(passive, "liveness.passive_min", "is too low");
}

fn people(own: &Rules, preset: &Rules, refuse: &mut impl FnMut(bool, &str, &str)) {
    let c = &own.channels;
    refuse(!c.in_house_checks_count, "channels.in_house_checks_count", "must stay false");
    refuse(c.distinct_by == preset.channels.distinct_by, "channels.distinct_by", "must stay the preset's");
    refuse(own.counting.survives_account_closure, "counting.survives_account_closure", "must stay true");
    let eyes = preset.review.four_eyes.iter().all(|e| own.review.four_eyes.contains(e));
    refuse(eyes, "review.four_eyes", "leaves out something the preset names");
    refuse(
        own.review.human_review_on_request,
        "review.human_review_on_request",
        "must stay true (PIPL Art. 24)",
    );
    refuse(own.reveal.purpose_required, "reveal.purpose_required", "must stay true");
    let lists = preset.screening.lists.iter().all(|l| own.screening.lists.contains(l));
    refuse(lists, "screening.lists", "leaves out a list the preset names");
    let screened = preset.screening.screen.iter().all(|s| own.screening.screen.contains(s));
    refuse(screened, "screening.screen", "leaves out somebody the preset names");
    refuse(own.screening.on_hit == preset.screening.on_hit, "screening.on_hit", "must stay the preset's");
    let (r, bound) = (&own.retention, &preset.retention);
    let years = [
        ("retention.identity_years", r.identity_years, bound.identity_years),
        ("retention.transaction_years", r.transaction_years, bound.transaction_years),
        ("retention.consent_years", r.consent_years, bound.consent_years),
        ("retention.security_log_months", r.security_log_months, bound.security_log_months),
    ];
    for (key, own, bound) in years {
        refuse(own >= bound, key, "is shorter than the preset's");
    }
}
