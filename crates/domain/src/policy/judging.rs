//! Sections that decide about documents, faces and checks.

use super::sections::section;
use super::words::{DocumentKind, OnGraceEnd, Under14, Under18, Weight, YearsCounted};
use crate::check::{Check, Requirement};
use serde::{Deserialize, Serialize};

section! {
    /// `[document]`
    Document {
        /// Read and judged automatically.
        accepted: Vec<DocumentKind>,
        /// A person looks.
        review_only: Vec<DocumentKind>,
        /// Refused.
        refused: Vec<DocumentKind>,
        /// Highest level a temporary card gives.
        temporary_card_level_max: u8,
        /// Months a temporary card is valid.
        temporary_card_months: u32,
        /// Days a document must still be valid.
        min_validity_days: u32,
        /// Older is a misreading.
        age_max_years: u32,
        /// A county code in no table. An unknown province is always an error.
        region_unlisted: Weight,
        /// Issuer and number name different places.
        issuer_region_mismatch: Weight,
        /// The term does not fit the age on the start date.
        term_mismatch: Weight,
        /// Days around the 16th, 26th and 46th birthday: warn only.
        term_boundary_tolerance_days: u32,
        /// Reminders, days before the end.
        expiry_remind_days: Vec<u32>,
        /// Days after the end.
        expired_grace_days: u32,
        /// What happens then.
        on_grace_end: OnGraceEnd,
        /// A renewal keeps the number.
        renewal_needs_same_number: bool,
    }
    /// `[age]`
    Age {
        /// Under 14.
        under_14: Under14,
        /// 14 to 17.
        under_18: Under18,
        /// When a year is reached.
        person_years_counted: YearsCounted,
    }
    /// `[face]`
    Face {
        /// Consent of its own.
        separate_consent: bool,
        /// Consent tied to something else.
        bundled_consent_allowed: bool,
        /// Another way must exist.
        alternative_method_required: bool,
        /// Days before asking again.
        ask_again_after_refusal_days_min: u32,
        /// Faces of children under 14.
        under_14_allowed: bool,
        /// Store the embedding.
        store_template: bool,
        /// False-match rate a pass aims at.
        match_pass_fmr: f64,
        /// False-match rate up to which a person looks.
        match_warn_fmr: f64,
        /// Stored faces: warn the operator.
        stored_persons_alarm: u32,
        /// Stored faces: filing duty.
        stored_persons_filing: u32,
    }
}

/// `[checks]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// For checks that are required by the table and not named here.
    pub default: Requirement,
    /// Counts, whatever the table says.
    #[serde(default)]
    pub required: Vec<Check>,
    /// Never changes the outcome.
    #[serde(default)]
    pub advisory: Vec<Check>,
    /// Not run.
    #[serde(default)]
    pub off: Vec<Check>,
    /// From this level on the source must confirm the identity.
    pub source_identity_needed_from_level: u8,
}

impl Checks {
    /// Whether a check counts: what this section names, else what the table of checks says. `default`
    /// stands for the checks the table calls required, so a policy can lower all of them at once but the
    /// few the table calls advisory or off are raised only by name.
    pub fn requirement(&self, check: Check) -> Requirement {
        if self.off.contains(&check) {
            Requirement::Off
        } else if self.advisory.contains(&check) {
            Requirement::Advisory
        } else if self.required.contains(&check) {
            Requirement::Required
        } else {
            match check.spec().default {
                Requirement::Required => self.default,
                other => other,
            }
        }
    }
}

impl Document {
    /// What the policy says about a document; what it does not name is refused.
    pub fn treatment(&self, kind: DocumentKind) -> Treatment {
        if self.refused.contains(&kind) {
            Treatment::Refuse
        } else if self.review_only.contains(&kind) {
            Treatment::Review
        } else if self.accepted.contains(&kind) {
            Treatment::Accept
        } else {
            Treatment::Refuse
        }
    }
}

/// What happens to a kind of document; stricter is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Judged automatically.
    Accept,
    /// A person looks.
    Review,
    /// Refused.
    Refuse,
}
