//! Money: whole minor units and a currency. Nothing here rounds without saying how, and nothing overflows.
#![deny(clippy::float_arithmetic)]

use crate::policy::money::Currency;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Amount {
    minor: i64,
    currency: Currency,
}

/// Why there is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Beyond what fits.
    #[error("the amount is too large")]
    TooLarge,
    /// Two currencies.
    #[error("{left} and {right} are different currencies")]
    Currencies {
        /// ISO 4217 code.
        left: &'static str,
        /// ISO 4217 code.
        right: &'static str,
    },
    /// A share of nothing.
    #[error("nothing can be divided by 0")]
    DivisionByZero,
}

/// What happens to a part of a minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards negative infinity: a limit never grows.
    Floor,
    /// Towards positive infinity: a fee is never short.
    Ceiling,
    /// To the nearest, a half to the even neighbour: sums stay fair.
    HalfEven,
}

impl Amount {
    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum.
    pub fn checked_add(self, other: Self) -> Result<Self, AmountError> {
        self.same(other)?;
        self.minor.checked_add(other.minor).map(|m| Self::new(m, self.currency)).ok_or(AmountError::TooLarge)
    }

    /// The difference.
    pub fn checked_sub(self, other: Self) -> Result<Self, AmountError> {
        self.same(other)?;
        self.minor.checked_sub(other.minor).map(|m| Self::new(m, self.currency)).ok_or(AmountError::TooLarge)
    }

    /// The opposite.
    pub fn checked_neg(self) -> Result<Self, AmountError> {
        self.minor.checked_neg().map(|m| Self::new(m, self.currency)).ok_or(AmountError::TooLarge)
    }

    /// The share `numerator / denominator` of it.
    pub fn checked_share(
        self,
        numerator: i64,
        denominator: i64,
        rounding: Rounding,
    ) -> Result<Self, AmountError> {
        let minor = share(self.minor, numerator, denominator, rounding)?;
        Ok(Self::new(minor, self.currency))
    }

    /// Which is more; an error between currencies.
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, AmountError> {
        self.same(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// With a point before the minor digits, such as `1000.00`.
    pub fn decimal(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - decimals).unwrap_or((&digits, ""));
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    fn same(self, other: Self) -> Result<(), AmountError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(AmountError::Currencies { left: self.currency.code(), right: other.currency.code() })
        }
    }
}

/// `minor * numerator / denominator`, exact until it is rounded.
pub(crate) fn share(
    minor: i64,
    numerator: i64,
    denominator: i64,
    rounding: Rounding,
) -> Result<i64, AmountError> {
    if denominator == 0 {
        return Err(AmountError::DivisionByZero);
    }
    // Both fit: 2^63 * 2^63 < 2^127.
    let sign = if denominator < 0 { -1 } else { 1 };
    let product = i128::from(minor) * i128::from(numerator) * sign;
    let divisor = i128::from(denominator) * sign;
    let (floor, rest) = (product.div_euclid(divisor), product.rem_euclid(divisor));
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceiling => rest > 0,
        Rounding::HalfEven => match (2 * rest).cmp(&divisor) {
            Ordering::Less => false,
            Ordering::Equal => floor % 2 != 0,
            Ordering::Greater => true,
        },
    };
    i64::try_from(floor + i128::from(up)).map_err(|_| AmountError::TooLarge)
}

/// `{ "amount": "1234", "currency": "CNY" }`: a text, because some readers make floats of numbers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: String,
    currency: Currency,
}

impl From<Amount> for Wire {
    fn from(amount: Amount) -> Self {
        Self { amount: amount.minor.to_string(), currency: amount.currency }
    }
}

impl TryFrom<Wire> for Amount {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let minor = wire.amount.parse().map_err(|_| "an amount is a whole number of minor units")?;
        // One text per amount: no plus, no leading zeros, no minus zero.
        let amount = Self::new(minor, wire.currency);
        if minor.to_string() == wire.amount {
            Ok(amount)
        } else {
            Err("an amount is written without a plus and without leading zeros")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::try_from(code.to_owned()).unwrap()
    }

    fn cny(minor: i64) -> Amount {
        Amount::new(minor, currency("CNY"))
    }

    #[test]
    fn sums_stay_in_one_currency_and_in_range() {
        assert_eq!(cny(1).checked_add(cny(2)), Ok(cny(3)));
        assert_eq!(cny(1).checked_sub(cny(2)), Ok(cny(-1)));
        assert_eq!(cny(i64::MAX).checked_add(cny(1)), Err(AmountError::TooLarge));
        assert_eq!(cny(i64::MIN).checked_sub(cny(1)), Err(AmountError::TooLarge));
        assert_eq!(cny(i64::MIN).checked_neg(), Err(AmountError::TooLarge));
        let mixed = AmountError::Currencies { left: "CNY", right: "JPY" };
        assert_eq!(cny(1).checked_add(Amount::zero(currency("JPY"))), Err(mixed));
        assert_eq!(cny(1).checked_cmp(Amount::zero(currency("JPY"))), Err(mixed));
        assert_eq!(cny(1).checked_cmp(cny(2)), Ok(Ordering::Less));
    }

    #[test]
    fn a_share_is_rounded_as_it_says() {
        let tenth = |minor, rounding| cny(minor).checked_share(1, 10, rounding).unwrap().minor();
        for (minor, floor, ceiling, even) in
            [(100, 10, 10, 10), (104, 10, 11, 10), (105, 10, 11, 10), (115, 11, 12, 12), (106, 10, 11, 11)]
        {
            assert_eq!(tenth(minor, Rounding::Floor), floor);
            assert_eq!(tenth(minor, Rounding::Ceiling), ceiling);
            assert_eq!(tenth(minor, Rounding::HalfEven), even);
        }
        assert_eq!((tenth(-105, Rounding::Floor), tenth(-105, Rounding::Ceiling)), (-11, -10));
        assert_eq!(tenth(-105, Rounding::HalfEven), -10);
        assert_eq!(cny(1).checked_share(1, 0, Rounding::Floor), Err(AmountError::DivisionByZero));
        assert_eq!(cny(i64::MAX).checked_share(2, 1, Rounding::Floor), Err(AmountError::TooLarge));
        assert_eq!(cny(i64::MIN).checked_share(i64::MIN, i64::MIN, Rounding::Floor), Ok(cny(i64::MIN)));
    }

    #[test]
    fn an_amount_is_written_with_the_decimals_of_its_currency() {
        let written = |minor, code| Amount::new(minor, currency(code)).decimal();
        assert_eq!(written(100_000, "CNY"), "1000.00");
        assert_eq!(written(-5, "CNY"), "-0.05");
        assert_eq!(written(0, "CNY"), "0.00");
        assert_eq!(written(500, "JPY"), "500");
        assert_eq!(written(1234, "KWD"), "1.234");
        assert_eq!(written(i64::MIN, "CNY"), "-92233720368547758.08");
    }

    #[test]
    fn the_wire_form_is_a_text_of_minor_units() {
        let text = r#"{"amount":"1234","currency":"CNY"}"#;
        assert_eq!(serde_json::to_string(&cny(1234)).unwrap(), text);
        assert_eq!(serde_json::from_str::<Amount>(text).unwrap(), cny(1234));
        for amount in ["12.34", "+1", "007", "-0", "", " 1", "1e3", "9223372036854775808"] {
            let text = format!(r#"{{"amount":"{amount}","currency":"CNY"}}"#);
            assert!(serde_json::from_str::<Amount>(&text).is_err(), "{amount}");
        }
        assert!(serde_json::from_str::<Amount>(r#"{"amount":1234,"currency":"CNY"}"#).is_err());
    }

    proptest! {
        #[test]
        fn a_share_never_panics_and_lies_between_floor_and_ceiling(m in any::<i64>(), n in any::<i64>(), d in any::<i64>()) {
            let [floor, even, ceiling] =
                [Rounding::Floor, Rounding::HalfEven, Rounding::Ceiling].map(|r| share(m, n, d, r));
            if let (Ok(floor), Ok(even), Ok(ceiling)) = (floor, even, ceiling) {
                prop_assert!(floor <= even && even <= ceiling && ceiling - floor <= 1);
            }
        }
    }
}
