//! Days off and shifted working weekends: a table per country, a block per year.

use crate::zone::day;
use serde::Deserialize;
use std::collections::BTreeSet;
use time::{Date, Month};

const CN: &str = include_str!("holidays_cn.toml");

/// Days one range may have; no holiday is longer.
const RANGE_DAYS_MAX: i64 = 31;
/// Days off and working weekends of one year at most.
const DAYS_PER_YEAR_MAX: usize = 120;
/// Years of one table.
const YEARS_MAX: usize = 200;

/// Why a table was refused.
#[derive(Debug, thiserror::Error)]
pub enum HolidaysError {
    /// Not TOML, or an unknown key.
    #[error("the table of holidays cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// There is no table of that name.
    #[error("there is no table of holidays `{0}`; built in are cn and none")]
    Unknown(String),
    /// A row breaks a rule.
    #[error("holidays of {year}: {problem}")]
    Row {
        /// The block.
        year: i32,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Days that differ from their weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    off: BTreeSet<i64>,
    on: BTreeSet<i64>,
    years: BTreeSet<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    schema: u32,
    #[serde(default)]
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    #[serde(rename = "year")]
    of: i32,
    off: Vec<[String; 2]>,
    on: Vec<String>,
}

impl Holidays {
    /// A built-in table by the name the policy uses: `cn`, or `none`.
    pub fn named(name: &str) -> Result<Self, HolidaysError> {
        match name {
            "cn" => Self::from_toml(CN),
            "none" => Ok(Self::default()),
            _ => Err(HolidaysError::Unknown(name.to_owned())),
        }
    }

    /// Reads a table and checks every row.
    pub fn from_toml(text: &str) -> Result<Self, HolidaysError> {
        let table: Table = toml::from_str(text)?;
        let refuse = |year, problem| Err(HolidaysError::Row { year, problem });
        if table.schema != 1 {
            return refuse(0, "this program reads schema 1");
        }
        if table.year.len() > YEARS_MAX {
            return refuse(0, "too many years");
        }
        let mut found = Self::default();
        for block in table.year {
            let year = block.of;
            if !found.years.insert(year) {
                return refuse(year, "this year stands in the table twice");
            }
            let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
            for [first, last] in &block.off {
                let (Some(first), Some(last)) = (day_of(first, year), day_of(last, year)) else {
                    return refuse(year, "write days of this year as \"YYYY-MM-DD\"");
                };
                if !(0..RANGE_DAYS_MAX).contains(&(last - first)) {
                    return refuse(year, "a range ends before it begins, or is longer than a month");
                }
                off.extend(first..=last);
            }
            for text in &block.on {
                let Some(worked) = day_of(text, year) else {
                    return refuse(year, "write days of this year as \"YYYY-MM-DD\"");
                };
                on.insert(worked);
            }
            if !off.is_disjoint(&on) {
                return refuse(year, "a day is both off and worked");
            }
            if off.len() + on.len() > DAYS_PER_YEAR_MAX {
                return refuse(year, "too many days");
            }
            found.off.extend(off);
            found.on.extend(on);
        }
        Ok(found)
    }

    /// These days for the years they name, and another table's for all other years: an operator's own table
    /// replaces a year as a whole, because half of a year's notice would be wrong.
    #[must_use]
    pub fn over(self, other: &Self) -> Self {
        let kept = |days: &BTreeSet<i64>| -> Vec<i64> {
            days.iter().copied().filter(|day| !self.covers(crate::zone::date(*day).year())).collect()
        };
        let (off, on) = (kept(&other.off), kept(&other.on));
        let years: Vec<i32> = other.years.iter().copied().collect();
        let mut whole = self;
        whole.off.extend(off);
        whole.on.extend(on);
        whole.years.extend(years);
        whole
    }

    /// Whether the table says something about a year. Years it leaves out have only weekdays and weekends.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// What the table says about a day since 1970-01-01: worked, off, or nothing.
    pub(super) fn worked(&self, day: i64) -> Option<bool> {
        if self.on.contains(&day) {
            Some(true)
        } else if self.off.contains(&day) {
            Some(false)
        } else {
            None
        }
    }
}

/// `YYYY-MM-DD` of that year as days since 1970-01-01.
fn day_of(text: &str, year: i32) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (of, month, number) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |s: &str, len: usize| s.len() == len && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(of, 4) || !digits(month, 2) || !digits(number, 2) || of.parse::<i32>().ok()? != year {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, number.parse().ok()?).ok().map(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Weekday;

    #[test]
    fn the_built_in_table_shifts_only_weekends_into_work() {
        let cn = Holidays::named("cn").unwrap();
        assert!(cn.covers(2026) && !cn.covers(2024));
        for worked in &cn.on {
            let weekday = crate::zone::date(*worked).weekday();
            assert!(matches!(weekday, Weekday::Saturday | Weekday::Sunday), "{worked}");
        }
        assert_eq!(Holidays::named("none").unwrap(), Holidays::default());
        assert!(Holidays::named("fr").is_err());
    }

    #[test]
    fn an_own_table_replaces_whole_years_and_adds_others() {
        let own = "schema = 1\n[[year]]\nyear = 2026\noff = [[\"2026-03-02\", \"2026-03-02\"]]\non = []\n\
                   [[year]]\nyear = 2027\noff = [[\"2027-01-01\", \"2027-01-01\"]]\non = [\"2027-01-02\"]\n";
        let cn = Holidays::named("cn").unwrap();
        let both = Holidays::from_toml(own).unwrap().over(&cn);
        assert!(both.covers(2025) && both.covers(2026) && both.covers(2027) && !both.covers(2028));
        let worked = |text: &str, year| both.worked(day_of(text, year).unwrap());
        assert_eq!(worked("2026-03-02", 2026), Some(false));
        assert_eq!(worked("2026-01-01", 2026), None, "of the built-in 2026 nothing is left");
        assert_eq!(worked("2025-01-01", 2025), Some(false));
        assert_eq!(worked("2027-01-02", 2027), Some(true));
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        assert!(Holidays::from_toml("schema = 1\nzone = \"Asia/Shanghai\"\n").is_err());
        assert!(
            Holidays::from_toml("schema = 1\n[[year]]\nyear = 2027\noff = []\non = []\nopen = []\n").is_err()
        );
        assert!(Holidays::from_toml("schema = 2\n").is_err());
    }

    #[test]
    fn a_table_with_a_slip_is_refused() {
        let block = |off: &str, on: &str| {
            Holidays::from_toml(&format!("schema = 1\n[[year]]\nyear = 2026\noff = [{off}]\non = [{on}]\n"))
        };
        assert!(block(r#"["2026-01-01", "2026-01-03"]"#, r#""2026-01-04""#).is_ok());
        for (off, on) in [
            (r#"["2026-01-03", "2026-01-01"]"#, ""),
            (r#"["2025-12-31", "2026-01-01"]"#, ""),
            (r#"["2026-02-29", "2026-02-29"]"#, ""),
            (r#"["2026-01-01", "2026-12-31"]"#, ""),
            (r#"["2026-1-01", "2026-01-03"]"#, ""),
            (r#"["2026-01-01", "2026-01-03"]"#, r#""2026-01-02""#),
            ("", r#""tomorrow""#),
        ] {
            assert!(block(off, on).is_err(), "{off} {on}");
        }
        let twice = "schema = 1\n[[year]]\nyear = 2026\noff = []\non = []\n";
        assert!(Holidays::from_toml(&format!("{twice}{}", &twice[11..])).is_err());
    }
}
