#![doc = include_str!("../README.md")]

pub mod check_digit;
pub mod country;
pub mod cross;
pub mod date;
pub mod ethnicity;
#[doc(hidden)]
pub mod fuzzing;
pub mod issuer;
pub mod mrz;
pub mod name;
pub mod number;
pub mod region;
pub mod validity;

pub use date::{age_on, parse_printed_date};
pub use name::{LegalName, NameMatch};
pub use number::{IdNumber, NumberKind, NumberReport, Sex};
pub use time::Date;
pub use validity::{Expiry, Validity};
