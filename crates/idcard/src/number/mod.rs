//! Numbers of Chinese identity documents: which rule holds, which fails, and what the number says.
//!
//! [`check`] never stops at the first fault: a report carries every failing rule, with the stable codes of
//! [`NumberError::code`] and [`NumberWarning::code`].

mod check;
mod id;
mod normalize;
mod report;
mod shape;

pub use check::{check, detect, to_18};
pub use id::{IdNumber, NormalNumber};
pub use normalize::{Normalized, normalize};
pub use report::{NumberError, NumberReport, NumberWarning};

pub use crate::check_digit::{icao_check_digit, mod_11_2_check_char};

/// Oldest age, in whole years, that [`check`] is usually asked to accept.
pub const MAX_AGE_YEARS: u8 = 130;

/// The document a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// Resident identity card, 18 characters, or the 15 digits issued before October 1999 (GB 11643-1999).
    Resident,
    /// Residence permit for Hong Kong, Macao and Taiwan residents (国办发〔2018〕81号), 18 characters.
    HmtResidencePermit,
    /// Foreign permanent resident card of 2017, 15 characters.
    ForeignPr2017,
    /// Foreign permanent resident card of 2023, 18 characters.
    ForeignPr2023,
    /// Mainland travel permit for Hong Kong and Macao residents, 9 or 11 characters.
    HmTravelPermit,
    /// Mainland travel permit for Taiwan residents, 8 digits.
    TwTravelPermit,
    /// Chinese ordinary passport, 9 characters.
    CnPassport,
}

impl NumberKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Resident,
        Self::HmtResidencePermit,
        Self::ForeignPr2017,
        Self::ForeignPr2023,
        Self::HmTravelPermit,
        Self::TwTravelPermit,
        Self::CnPassport,
    ];

    /// Stable name, as used in vectors and interfaces.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::HmtResidencePermit => "hmt_residence_permit",
            Self::ForeignPr2017 => "foreign_pr_2017",
            Self::ForeignPr2023 => "foreign_pr_2023",
            Self::HmTravelPermit => "hm_travel_permit",
            Self::TwTravelPermit => "tw_travel_permit",
            Self::CnPassport => "cn_passport",
        }
    }

    /// The kind with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Sex as Chinese identity documents record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男: odd sequence number.
    Male,
    /// 女: even sequence number.
    Female,
}

impl Sex {
    /// Stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// The character printed on cards.
    pub const fn printed(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    /// Reads the printed character; `None` for anything else.
    pub fn parse_printed(text: &str) -> Option<Self> {
        match text.trim() {
            "男" => Some(Self::Male),
            "女" => Some(Self::Female),
            _ => None,
        }
    }
}
