//! Rules between fields: what the number says against what the card prints.
//!
//! All are deterministic. Errors contradict the number; warnings are soft: people move, and OCR misreads.

use crate::date::parse_printed_date;
use crate::ethnicity::Ethnicity;
use crate::issuer;
use crate::number::{NumberReport, Sex};

/// Texts as printed or read. A field that is not at hand is `None` and is not judged.
#[derive(Clone, Copy, Default)]
pub struct Printed<'a> {
    /// Birth date, any form that [`parse_printed_date`] reads.
    pub birth: Option<&'a str>,
    /// 男 or 女.
    pub sex: Option<&'a str>,
    /// Ethnic group.
    pub ethnicity: Option<&'a str>,
    /// Issuing authority.
    pub issuer: Option<&'a str>,
}

impl std::fmt::Debug for Printed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Printed(redacted)")
    }
}

/// A contradiction, or a field that cannot be judged. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CrossError {
    /// The printed birth date differs from the number's.
    BirthMismatch,
    /// The printed birth date is no date.
    BirthUnreadable,
    /// The printed sex differs from the number's.
    SexMismatch,
    /// The printed sex is neither 男 nor 女.
    SexUnreadable,
}

impl CrossError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BirthMismatch => "birth_mismatch",
            Self::BirthUnreadable => "birth_unreadable",
            Self::SexMismatch => "sex_mismatch",
            Self::SexUnreadable => "sex_unreadable",
        }
    }
}

/// Something for a person to look at. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CrossWarning {
    /// The ethnicity is in no list; most likely misread.
    EthnicityUnknown,
    /// The ethnicity is a group outside the 56 that cards do name.
    EthnicityUnrecognisedGroup,
    /// The issuer does not read like a public security organ.
    IssuerNotPublicSecurity,
    /// The issuer's province is not the number's. Normal for people who moved.
    IssuerRegionDiffers,
}

impl CrossWarning {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EthnicityUnknown => "ethnicity_unknown",
            Self::EthnicityUnrecognisedGroup => "ethnicity_unrecognised_group",
            Self::IssuerNotPublicSecurity => "issuer_not_public_security",
            Self::IssuerRegionDiffers => "issuer_region_differs",
        }
    }
}

/// What [`check`] found; both lists in order of the codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CrossReport {
    /// Contradictions.
    pub errors: Vec<CrossError>,
    /// Soft findings.
    pub warnings: Vec<CrossWarning>,
}

impl CrossReport {
    /// No contradiction.
    pub fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Compares printed fields with what the number says.
///
/// ```
/// use shiming_idcard::cross::{CrossError, Printed, check};
/// use shiming_idcard::{date::calendar_date, number};
/// let number = number::check("110101199003079964", None, calendar_date(2026, 11, 22).unwrap(), 130);
/// let printed = Printed { birth: Some("1990年3月7日"), sex: Some("男"), ..Printed::default() };
/// assert_eq!(check(&number, printed).errors, [CrossError::SexMismatch]);
/// ```
pub fn check(number: &NumberReport, printed: Printed<'_>) -> CrossReport {
    let mut report = CrossReport::default();
    report.errors.extend(printed.birth.and_then(|text| check_birth(number, text)));
    report.errors.extend(printed.sex.and_then(|text| check_sex(number, text)));
    report.warnings.extend(printed.ethnicity.and_then(check_ethnicity));
    report.warnings.extend(printed.issuer.and_then(|text| check_issuer(number, text)));
    report
}

fn check_birth(number: &NumberReport, text: &str) -> Option<CrossError> {
    let Some(printed) = parse_printed_date(text) else {
        return Some(CrossError::BirthUnreadable);
    };
    let same = match (number.birth, &number.birth_yymmdd) {
        (Some(birth), _) => birth == printed,
        (None, Some(yymmdd)) => {
            let year = printed.year().rem_euclid(100);
            *yymmdd == format!("{year:02}{:02}{:02}", printed.month() as u8, printed.day())
        }
        (None, None) => true, // the number says nothing about it
    };
    (!same).then_some(CrossError::BirthMismatch)
}

fn check_sex(number: &NumberReport, text: &str) -> Option<CrossError> {
    let Some(printed) = Sex::parse_printed(text) else {
        return Some(CrossError::SexUnreadable);
    };
    number.sex.is_some_and(|sex| sex != printed).then_some(CrossError::SexMismatch)
}

fn check_ethnicity(text: &str) -> Option<CrossWarning> {
    match Ethnicity::parse(text) {
        Ethnicity::Listed(_) => None,
        Ethnicity::UnrecognisedGroup => Some(CrossWarning::EthnicityUnrecognisedGroup),
        Ethnicity::Unknown => Some(CrossWarning::EthnicityUnknown),
    }
}

/// One finding at most: the region of something that is no issuer says nothing.
fn check_issuer(number: &NumberReport, text: &str) -> Option<CrossWarning> {
    if !issuer::is_public_security(text) {
        return Some(CrossWarning::IssuerNotPublicSecurity);
    }
    let assigned = number.region.as_ref()?.code().get(..2)?;
    let provinces = issuer::provinces(text);
    let differs = !provinces.is_empty() && !provinces.contains(&assigned);
    differs.then_some(CrossWarning::IssuerRegionDiffers)
}
