//! Country codes of ISO 3166-1, as the foreign permanent resident cards carry them.

use std::sync::OnceLock;

/// The committed table, `alpha-3 numeric` a line; source in `data/README.md`.
const TABLE: &str = include_str!("../data/iso3166.txt");

fn table() -> &'static [(&'static str, &'static str)] {
    static CODES: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    CODES.get_or_init(|| TABLE.lines().filter_map(|line| line.split_once(' ')).collect())
}

/// The alpha-3 code of a three-digit numeric code, if assigned.
pub fn alpha3_of_numeric(numeric: &str) -> Option<&'static str> {
    table().iter().find(|(_, number)| *number == numeric).map(|(alpha3, _)| *alpha3)
}

/// Whether three capital letters are an assigned alpha-3 code.
pub fn is_alpha3(letters: &str) -> bool {
    table().iter().any(|(alpha3, _)| *alpha3 == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_whole() {
        assert_eq!(table().len(), 249); // officially assigned codes
        for (alpha3, numeric) in table() {
            assert!(alpha3.len() == 3 && alpha3.bytes().all(|b| b.is_ascii_uppercase()), "{alpha3}");
            assert!(numeric.len() == 3 && numeric.bytes().all(|b| b.is_ascii_digit()), "{numeric}");
        }
        assert_eq!(alpha3_of_numeric("682"), Some("SAU"));
        assert_eq!(alpha3_of_numeric("999"), None);
        assert!(is_alpha3("DEU") && !is_alpha3("XQZ") && !is_alpha3(""));
    }
}
