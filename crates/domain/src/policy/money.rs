//! Amounts: decimal strings in the policy's currency, converted exactly to minor units. No floats.

use serde::{Deserialize, Serialize};

/// Currencies with their number of decimals (ISO 4217).
const CURRENCIES: &[(&str, u32)] = &[
    ("AUD", 2),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CNY", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("IDR", 2),
    ("INR", 2),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("KZT", 2),
    ("MOP", 2),
    ("MYR", 2),
    ("NZD", 2),
    ("PHP", 2),
    ("RUB", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TWD", 2),
    ("USD", 2),
    ("VND", 0),
];

/// A currency this program knows: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(u8);

impl Currency {
    fn row(self) -> (&'static str, u32) {
        // Only `try_from` makes one, from a place that exists.
        CURRENCIES.get(usize::from(self.0)).copied().unwrap_or(("", 0))
    }

    /// ISO 4217 code.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// Digits after the point.
    pub fn decimals(self) -> u32 {
        self.row().1
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        let place = CURRENCIES.iter().position(|(known, _)| *known == code);
        place.and_then(|p| u8::try_from(p).ok()).map(Self).ok_or_else(|| format!("unknown currency `{code}`"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount as written: digits, and at most one point with digits after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    whole: String,
    fraction: String,
}

impl Decimal {
    /// The amount in minor units of `currency`.
    pub fn minor(&self, currency: Currency) -> Result<i64, AmountError> {
        let decimals = currency.decimals() as usize;
        if self.fraction.len() > decimals {
            return Err(AmountError::TooManyDecimals {
                currency: currency.code(),
                decimals: currency.decimals(),
            });
        }
        let digits = format!("{}{:0<decimals$}", self.whole, self.fraction);
        digits.parse().map_err(|_| AmountError::TooLarge)
    }
}

/// Why a decimal is no amount of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals, this amount has more")]
    TooManyDecimals {
        /// ISO 4217 code.
        currency: &'static str,
        /// Its decimals.
        decimals: u32,
    },
    /// Does not fit.
    #[error("the amount is too large")]
    TooLarge,
}

impl TryFrom<String> for Decimal {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(format!("`{text}` is no amount: digits after the point are missing")),
            None => (text.as_str(), ""),
        };
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !digits(whole)
            || !digits(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return Err(format!("`{text}` is no amount: write it like \"1000.00\""));
        }
        Ok(Self { whole: whole.to_owned(), fraction: fraction.to_owned() })
    }
}

impl From<Decimal> for String {
    fn from(d: Decimal) -> Self {
        if d.fraction.is_empty() { d.whole } else { format!("{}.{}", d.whole, d.fraction) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, currency: &str) -> Result<i64, String> {
        let currency = Currency::try_from(currency.to_owned())?;
        Decimal::try_from(text.to_owned())?.minor(currency).map_err(|e| e.to_string())
    }

    #[test]
    fn amounts_convert_exactly() {
        assert_eq!(minor("1000.00", "CNY"), Ok(100_000));
        assert_eq!(minor("0.1", "CNY"), Ok(10));
        assert_eq!(minor("500", "JPY"), Ok(500));
        assert_eq!(minor("1.234", "KWD"), Ok(1234));
        assert_eq!(minor("92233720368547758.07", "CNY"), Ok(i64::MAX));
    }

    #[test]
    fn what_is_no_exact_amount_is_refused() {
        for (text, currency) in [
            ("1.234", "CNY"),
            ("1.0", "JPY"),
            ("92233720368547758.08", "CNY"),
            ("", "CNY"),
            (".5", "CNY"),
            ("1.", "CNY"),
            ("-1", "CNY"),
            ("1e3", "CNY"),
            ("01", "CNY"),
            ("1,000", "CNY"),
            ("１", "CNY"),
            ("1", "XXX"),
        ] {
            assert!(minor(text, currency).is_err(), "{text} {currency}");
        }
    }
}
