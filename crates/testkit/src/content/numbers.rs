//! Numbers that cannot belong to a person: region code 000000, correct check characters.
//!
//! The check digits are computed here a second time, on purpose: the kit must not prove
//! `shiming-idcard` right with `shiming-idcard`'s own arithmetic. A test holds both together.

use time::Date;

/// Weights of ISO 7064 MOD 11-2 for the first 17 digits (GB 11643-1999).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check character of the first 17 digits of a citizen number.
pub fn check_character(digits: &str) -> char {
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

/// An 18-character number with the unassigned region 000000.
pub fn number(birth: Date, sequence: u16) -> String {
    let (y, m, d) = birth.to_calendar_date();
    let body = format!("000000{y:04}{:02}{d:02}{:03}", u8::from(m), sequence % 1000);
    let check = check_character(&body);
    body + &check.to_string()
}

/// A 15-digit number as on first-generation cards, region 000000.
pub fn legacy_number(birth: Date, sequence: u16) -> String {
    let (y, m, d) = birth.to_calendar_date();
    format!("000000{:02}{:02}{d:02}{:03}", y.rem_euclid(100), u8::from(m), sequence % 1000)
}

/// Check digit of ICAO Doc 9303 part 3, 4.9: weights 7-3-1, `<` counts 0, letters 10–35.
pub fn mrz_check_digit(text: &str) -> char {
    let sum: u32 =
        text.chars().zip([7, 3, 1].into_iter().cycle()).map(|(c, w)| c.to_digit(36).unwrap_or(0) * w).sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_agree_with_the_published_examples() {
        // The example of GB 11643-1999 and the specimen of ICAO Doc 9303 part 4.
        assert_eq!(check_character("11010519491231002"), 'X');
        assert_eq!(mrz_check_digit("L898902C3"), '6');
        assert_eq!(mrz_check_digit("740812"), '2');
        assert_eq!(mrz_check_digit("120415"), '9');
    }

    #[test]
    fn numbers_carry_the_unassigned_region() {
        let birth = Date::from_calendar_date(1990, time::Month::March, 7).expect("a date");
        assert_eq!(number(birth, 12).len(), 18);
        assert!(number(birth, 12).starts_with("00000019900307012"));
        assert_eq!(legacy_number(birth, 12), "000000900307012");
    }
}
