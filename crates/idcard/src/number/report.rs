//! What [`check`](super::check) found.

use time::Date;

use super::{IdNumber, NormalNumber, NumberKind, Sex};
use crate::region::Region;

/// A rule that the number breaks. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberError {
    // In order of the codes, so that the derived order is the alphabetical one.
    /// Older than the age limit on the reference date.
    Age,
    /// A character outside the allowed set for its position.
    Charset,
    /// The check character does not match.
    Check,
    /// The country code is not assigned in ISO 3166-1.
    Country,
    /// Not a calendar date.
    Date,
    /// Nothing left after normalisation.
    Empty,
    /// A fixed prefix or pattern is broken.
    Format,
    /// Born after the reference date.
    Future,
    /// 15-digit sequence 996–999: the birth century cannot be told, a person must look.
    LegacyCentury,
    /// Wrong number of characters.
    Length,
    /// The province digits are no mainland province.
    Province,
    /// The prefix belongs to another kind of document.
    RegionType,
}

impl NumberError {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Charset => "charset",
            Self::Check => "check",
            Self::Country => "country",
            Self::Date => "date",
            Self::Empty => "empty",
            Self::Format => "format",
            Self::Future => "future",
            Self::LegacyCentury => "legacy_century",
            Self::Length => "length",
            Self::Province => "province",
            Self::RegionType => "region_type",
        }
    }
}

/// Something worth noting that does not make the number wrong. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberWarning {
    /// A 15-digit number; the normal form is its 18-character equivalent.
    Legacy15,
    /// Lower case was raised.
    NormalizedCase,
    /// A Roman numeral ten was mapped to X.
    NormalizedRomanX,
    /// Spaces or hyphens were removed.
    NormalizedSpace,
    /// Full-width characters were mapped.
    NormalizedWidth,
    /// The code was withdrawn from GB/T 2260; existing numbers keep it.
    RegionRetired,
    /// The province is known, the county is in none of the revisions loaded.
    RegionUnlisted,
}

impl NumberWarning {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Legacy15 => "legacy_15",
            Self::NormalizedCase => "normalized_case",
            Self::NormalizedRomanX => "normalized_roman_x",
            Self::NormalizedSpace => "normalized_space",
            Self::NormalizedWidth => "normalized_width",
            Self::RegionRetired => "region_retired",
            Self::RegionUnlisted => "region_unlisted",
        }
    }
}

/// Everything [`check`](super::check) can say about a number.
///
/// `Debug` shows the kind and the codes only; the number, the birth date and the region are personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberReport {
    /// The kind asked for, or the one the shape suggests.
    pub kind: NumberKind,
    /// The normal form; `None` if length or characters are wrong. Present does not mean valid.
    pub normalized: Option<NormalNumber>,
    /// Every broken rule, in order of the codes; empty if the number holds.
    pub errors: Vec<NumberError>,
    /// Everything worth noting, in order of the codes.
    pub warnings: Vec<NumberWarning>,
    /// Birth date, where the number carries a whole one that the calendar has.
    pub birth: Option<Date>,
    /// Birth date as `yymmdd`, for the 2017 permanent resident card, which has no century.
    pub birth_yymmdd: Option<String>,
    /// Sex, where the number carries it.
    pub sex: Option<Sex>,
    /// Region the number was assigned in.
    pub region: Option<Region>,
    /// ISO 3166-1 alpha-3 nationality, where the number carries one. For the 2017 card the letters as printed,
    /// even if unassigned.
    pub nationality: Option<String>,
}

impl NumberReport {
    pub(super) fn new(kind: NumberKind) -> Self {
        Self {
            kind,
            normalized: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            birth: None,
            birth_yymmdd: None,
            sex: None,
            region: None,
            nationality: None,
        }
    }

    pub(super) fn failed(kind: NumberKind, error: NumberError) -> Self {
        let mut report = Self::new(kind);
        report.errors.push(error);
        report
    }

    pub(super) fn sorted(mut self) -> Self {
        self.errors.sort_unstable();
        self.warnings.sort_unstable();
        self
    }

    /// No rule is broken.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// A specimen number of this project: region `000000`, which is assigned nowhere, and every other rule of
    /// a resident number holds. Not [valid](Self::is_valid); only a sandbox may take it.
    pub fn is_specimen(&self) -> bool {
        self.kind == NumberKind::Resident
            && self.errors == [NumberError::Province]
            && self.region.as_ref().is_some_and(|region| region.code() == "000000")
    }

    /// The code of the first broken rule.
    pub fn failed_rule(&self) -> Option<&'static str> {
        self.errors.first().map(|error| error.code())
    }

    /// The number as a value that is known to be valid.
    pub fn id_number(&self) -> Option<IdNumber> {
        let number = self.normalized.clone()?;
        self.is_valid().then(|| IdNumber::new(self.kind, number))
    }

    /// As [`id_number`](Self::id_number), and also for [specimens](Self::is_specimen). For sandboxes and tests.
    pub fn id_number_or_specimen(&self) -> Option<IdNumber> {
        let number = self.normalized.clone()?;
        (self.is_valid() || self.is_specimen()).then(|| IdNumber::new(self.kind, number))
    }
}

impl std::fmt::Debug for NumberReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NumberReport")
            .field("kind", &self.kind)
            .field("errors", &self.errors)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}
