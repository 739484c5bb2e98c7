//! County codes of GB/T 2260 over all its revisions.
//!
//! Codes retire, numbers do not, so the table is the union of all revisions with the first and last year of
//! each code. No public table is complete: a county that is in none is [`RegionStatus::Unlisted`], which is a
//! warning and never a refusal.

use std::sync::OnceLock;

/// The 31 mainland provinces (first two digits of a code).
const PROVINCES: [&str; 31] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
];

/// The committed table; how it was made is in `data/README.md`.
const TABLE: &str = include_str!("../data/regions.txt");

/// What is known about a region code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegionStatus {
    /// In the latest revision.
    Listed,
    /// In an earlier revision only.
    Retired,
    /// The province is known, the code is in no revision of the table.
    Unlisted,
    /// No mainland province, or a code of another kind of document.
    Unknown,
    /// One of the three fixed codes of the residence permits (810000, 820000, 830000).
    Fixed,
}

impl RegionStatus {
    /// Stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Retired => "retired",
            Self::Unlisted => "unlisted",
            Self::Unknown => "unknown",
            Self::Fixed => "fixed",
        }
    }
}

/// A region code with what the table says about it.
///
/// Of a person's number it is personal data, so `Debug` shows the status only.
#[derive(Clone, PartialEq, Eq)]
pub struct Region {
    code: String,
    status: RegionStatus,
    entry: Option<&'static Entry>,
}

impl Region {
    pub(crate) fn with_status(code: &str, status: RegionStatus) -> Self {
        Self { code: code.to_owned(), status, entry: None }
    }

    /// Two (province), four (prefecture) or six (county) digits, as the document carries them.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is known about the code.
    pub fn status(&self) -> RegionStatus {
        self.status
    }

    /// The last name the code had, if the table has it.
    pub fn name(&self) -> Option<&'static str> {
        self.entry.map(|entry| entry.name)
    }

    /// Province, prefecture and county in one, as far as the table has them; without the collective entries
    /// that name no place (`市辖区`).
    ///
    /// ```
    /// use shiming_idcard::region::lookup;
    /// assert_eq!(lookup("440106").full_name().as_deref(), Some("广东省广州市天河区"));
    /// assert_eq!(lookup("110105").full_name().as_deref(), Some("北京市朝阳区"));
    /// ```
    pub fn full_name(&self) -> Option<String> {
        let own = self.entry?;
        let mut parts: Vec<&str> = Vec::new();
        for digits in [2, 4, 6] {
            let code = format!("{:0<6}", own.code.get(..digits)?);
            let name = find(&code).map_or("", |entry| entry.name);
            if !is_collective(name) && !parts.contains(&name) {
                parts.push(name);
            }
        }
        Some(parts.concat())
    }

    /// First and last year of the revisions that list the code.
    pub fn years(&self) -> Option<(u16, u16)> {
        self.entry.map(|entry| (entry.first_year, entry.last_year))
    }
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Region").field("status", &self.status).finish_non_exhaustive()
    }
}

/// One code of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    pub(crate) first_year: u16,
    pub(crate) last_year: u16,
    /// Last name; provinces and prefectures by their own name, counties without their prefecture's.
    pub(crate) name: &'static str,
}

/// The parsed table with the year of its latest revision.
struct Table {
    entries: Vec<Entry>,
    latest_year: u16,
}

/// Parsed once; a line that cannot be read is left out, and a test holds that there is none.
fn parsed() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| {
        let entries: Vec<Entry> = TABLE.lines().filter_map(parse_line).collect();
        let latest_year = entries.iter().map(|entry| entry.last_year).max().unwrap_or(0);
        Table { entries, latest_year }
    })
}

/// The table, by ascending code.
pub(crate) fn table() -> &'static [Entry] {
    &parsed().entries
}

fn find(code: &str) -> Option<&'static Entry> {
    let entries = table();
    entries.binary_search_by(|entry| entry.code.cmp(code)).ok().and_then(|i| entries.get(i))
}

/// `code first-year last-year name`, separated by single spaces; `#` starts a comment.
fn parse_line(line: &'static str) -> Option<Entry> {
    let mut fields = line.splitn(4, ' ');
    let code = fields.next().filter(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()))?;
    let first_year = fields.next()?.parse().ok()?;
    let last_year = fields.next()?.parse().ok()?;
    Some(Entry { code, first_year, last_year, name: fields.next()? })
}

/// Entries that collect the districts or counties of a place and name none.
pub(crate) fn is_collective(name: &str) -> bool {
    matches!(name, "" | "市辖区" | "县" | "市")
        || name.starts_with("省直辖")
        || name.starts_with("自治区直辖")
}

/// Year of the latest revision in the table.
pub fn latest_year() -> u16 {
    parsed().latest_year
}

/// Whether two digits are a mainland province.
pub fn is_province(two_digits: &str) -> bool {
    PROVINCES.contains(&two_digits)
}

/// Looks up a code of two, four or six digits.
///
/// ```
/// use shiming_idcard::region::{RegionStatus, lookup};
/// assert_eq!(lookup("110105").name(), Some("朝阳区"));
/// assert_eq!(lookup("110103").status(), RegionStatus::Retired);
/// assert_eq!(lookup("110199").status(), RegionStatus::Unlisted);
/// assert_eq!(lookup("990000").status(), RegionStatus::Unknown);
/// ```
pub fn lookup(code: &str) -> Region {
    let known_province = code.get(..2).is_some_and(is_province);
    let whole = code.bytes().all(|b| b.is_ascii_digit()) && matches!(code.len(), 2 | 4 | 6);
    if !known_province || !whole {
        return Region::with_status(code, RegionStatus::Unknown);
    }
    let padded = format!("{code:0<6}");
    let entry = find(&padded);
    let status = match entry {
        Some(entry) if entry.last_year >= latest_year() => RegionStatus::Listed,
        Some(_) => RegionStatus::Retired,
        None => RegionStatus::Unlisted,
    };
    Region { code: code.to_owned(), status, entry }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(table().len(), TABLE.lines().count());
        assert!(table().len() > 7_000);
        for pair in table().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for entry in table() {
            assert!(is_province(&entry.code[..2]), "{}", entry.code);
            assert!(1980 <= entry.first_year && entry.first_year <= entry.last_year, "{}", entry.code);
            assert!(!entry.name.trim().is_empty() && entry.name.trim() == entry.name, "{}", entry.code);
        }
        for province in PROVINCES {
            assert_eq!(lookup(province).status(), RegionStatus::Listed, "{province}");
        }
    }

    #[test]
    fn retired_codes_keep_name_and_years() {
        let region = lookup("310103");
        assert_eq!((region.name(), region.status()), (Some("卢湾区"), RegionStatus::Retired));
        assert!(region.years().is_some_and(|(first, last)| first <= 1982 && (2009..=2012).contains(&last)));
        assert_eq!(lookup("330113").name(), Some("临平区")); // founded 2021
        assert_eq!(lookup("540581").name(), Some("错那市")); // founded 2023
    }

    #[test]
    fn hostile_codes_are_unknown() {
        for code in ["", "1", "11010", "1101055", "1١", "北京", "11010x", "810000", "000000"] {
            assert_eq!(lookup(code).status(), RegionStatus::Unknown, "{code}");
        }
    }
}
