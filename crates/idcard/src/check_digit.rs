//! The two check-digit systems of Chinese and international identity documents.

/// Weights of ISO 7064 MOD 11-2 as GB 11643-1999 lists them, first digit first.
const MOD_11_2_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check character by remainder (GB 11643-1999, table 1).
const MOD_11_2_ALPHABET: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Check character of an 18-character number from its first 17 digits (ISO 7064 MOD 11-2).
///
/// `None` unless the input is exactly 17 ASCII digits.
pub fn mod_11_2_check_char(first_17: &str) -> Option<char> {
    if first_17.len() != MOD_11_2_WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (ch, weight) in first_17.chars().zip(MOD_11_2_WEIGHTS) {
        sum += ch.to_digit(10)? * weight;
    }
    MOD_11_2_ALPHABET.get((sum % 11) as usize).copied()
}

/// Check digit of ICAO Doc 9303 part 3, 4.9: weights 7-3-1, modulo 10.
///
/// `None` if a character is outside `0-9`, `A-Z`, `<`.
pub fn icao_check_digit(field: &str) -> Option<char> {
    let mut sum = 0;
    for (ch, weight) in field.chars().zip([7, 3, 1].into_iter().cycle()) {
        let value = match ch {
            '<' => 0,
            '0'..='9' | 'A'..='Z' => ch.to_digit(36)?,
            _ => return None,
        };
        // Reduced at every step, so that no input length can overflow.
        sum = (sum + value * weight) % 10;
    }
    char::from_digit(sum, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_examples() {
        assert_eq!(mod_11_2_check_char("11010519491231002"), Some('X'));
        assert_eq!(mod_11_2_check_char("44052418800101001"), Some('4'));
        assert_eq!(icao_check_digit("D23145890734"), Some('9'));
        assert_eq!(icao_check_digit("520727"), Some('3'));
    }

    #[test]
    fn anything_else_is_none() {
        assert_eq!(mod_11_2_check_char(""), None);
        assert_eq!(mod_11_2_check_char("1101051949123100２"), None);
        assert_eq!(icao_check_digit("ab"), None);
    }
}
