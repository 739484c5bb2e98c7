//! Machine-readable zones of ICAO Doc 9303: TD1, TD2, TD3, MRV-A, MRV-B.
//!
//! [`parse`] is strict. [`parse_or_repair`] also undoes OCR confusions where the check digits prove it.
//! [`read`] finds the zone in a text first. A zone is evidence to compare with the print, never to be trusted
//! alone: whoever forges a card can also compute check digits.

mod find;
mod layout;
mod parse;
mod repair;

use time::Date;

pub use find::read;
pub use parse::parse;
pub use repair::parse_or_repair;

/// The layouts of Doc 9303.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Card, 3 × 30 (part 5).
    Td1,
    /// Card, 2 × 36 (part 6).
    Td2,
    /// Passport, 2 × 44 (part 4).
    Td3,
    /// Visa, 2 × 44 (part 7).
    MrvA,
    /// Visa, 2 × 36 (part 7).
    MrvB,
}

impl Format {
    /// Name as in Doc 9303.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::Td3 => "TD3",
            Self::MrvA => "MRV-A",
            Self::MrvB => "MRV-B",
        }
    }
}

/// Sex as a zone states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MrzSex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`, or `X` as some states print it: not stated.
    Unspecified,
}

impl MrzSex {
    /// `M`, `F` or `X`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
            Self::Unspecified => "X",
        }
    }
}

/// A rule that the zone breaks. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MrzError {
    // In order of the codes, so that the derived order is the alphabetical one.
    /// The check digit of the birth date does not match.
    BirthCheck,
    /// The birth date is not a calendar date, or lies in the future in every century.
    BirthDate,
    /// A character that no zone has, or a digit where only letters stand.
    Charset,
    /// The composite check digit does not match.
    CompositeCheck,
    /// The check digit of the expiry date does not match.
    ExpiryCheck,
    /// The expiry date is not a calendar date.
    ExpiryDate,
    /// Number or length of the lines fit no layout.
    Layout,
    /// The check digit of the document number does not match.
    NumberCheck,
    /// The check digit of the optional field does not match.
    OptionalCheck,
    /// The sex is not `M`, `F` or `<`.
    Sex,
}

impl MrzError {
    /// The characters are not those of a zone, or a check digit differs. The others are rules of what is written
    /// there, which a zone read to the letter may break.
    pub const fn is_of_reading(self) -> bool {
        match self {
            Self::BirthCheck
            | Self::Charset
            | Self::CompositeCheck
            | Self::ExpiryCheck
            | Self::Layout
            | Self::NumberCheck
            | Self::OptionalCheck => true,
            Self::BirthDate | Self::ExpiryDate | Self::Sex => false,
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BirthCheck => "birth_check",
            Self::BirthDate => "birth_date",
            Self::Charset => "charset",
            Self::CompositeCheck => "composite_check",
            Self::ExpiryCheck => "expiry_check",
            Self::ExpiryDate => "expiry_date",
            Self::Layout => "layout",
            Self::NumberCheck => "number_check",
            Self::OptionalCheck => "optional_check",
            Self::Sex => "sex",
        }
    }
}

/// The fields of a zone, without fillers. Personal data: redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MrzFields {
    /// One or two letters, `P`, `I`, `V` first.
    pub document_code: String,
    /// Issuing state or organisation, one to three letters.
    pub issuer: String,
    /// Document number, whole also if it is longer than its field.
    pub number: String,
    /// The number continues in the optional field (Doc 9303 part 5 and 6, note j).
    pub long_number: bool,
    /// Nationality, one to three letters.
    pub nationality: String,
    /// Birth date; `None` if wrong or not fully known.
    pub birth: Option<Date>,
    /// The six characters, if day, month or year are stated as unknown.
    pub birth_partial: Option<String>,
    /// Sex; `None` if wrong.
    pub sex: Option<MrzSex>,
    /// Expiry date; `None` if wrong.
    pub expiry: Option<Date>,
    /// Primary identifier, parts separated by single spaces.
    pub surname: String,
    /// Secondary identifier, may be empty.
    pub given_names: String,
    /// Optional field, of TD1 the one in the first line; may be empty. Holds the rest of a long number.
    pub optional: String,
    /// Optional field in the second line of TD1.
    pub optional_2: Option<String>,
}

impl std::fmt::Debug for MrzFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MrzFields(redacted)")
    }
}

/// Everything that can be said about a zone. `Debug` shows format and codes only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MrzReport {
    /// The layout; `None` if the lines fit none.
    pub format: Option<Format>,
    /// Every broken rule, in order of the codes; empty if the zone holds.
    pub errors: Vec<MrzError>,
    /// The fields; `None` without layout, or with characters that no zone has.
    pub fields: Option<MrzFields>,
    /// The lines the report speaks about, after any repair.
    pub lines: Vec<String>,
    /// The lines as they came in.
    pub raw_lines: Vec<String>,
    /// `lines` differ from `raw_lines`: a confusion was undone and every check digit holds.
    pub repaired: bool,
}

impl MrzReport {
    fn failed(format: Option<Format>, error: MrzError, lines: Vec<String>) -> Self {
        Self { format, errors: vec![error], fields: None, raw_lines: lines.clone(), lines, repaired: false }
    }

    /// A zone was found and every rule holds.
    pub fn is_valid(&self) -> bool {
        self.format.is_some() && self.errors.is_empty()
    }

    /// A zone was found and every check digit holds, whatever else is wrong with it: only this can be said of the
    /// reading alone.
    pub fn check_digits_hold(&self) -> bool {
        self.format.is_some() && self.errors.iter().all(|error| !error.is_of_reading())
    }

    /// The codes of the broken rules.
    pub fn failed_checks(&self) -> Vec<&'static str> {
        self.errors.iter().map(|error| error.code()).collect()
    }
}

impl std::fmt::Debug for MrzReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MrzReport")
            .field("format", &self.format)
            .field("errors", &self.errors)
            .field("repaired", &self.repaired)
            .finish_non_exhaustive()
    }
}
