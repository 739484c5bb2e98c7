//! Numbers as ECMAScript writes them (RFC 8785 §3.2.2.3): the shortest digits that give the same double.

/// `None` for what JSON cannot hold.
pub(super) fn ecmascript(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 {
        // Both zeros.
        return Some("0".to_owned());
    }
    let text = shortest(number.abs());
    let (mantissa, exponent) = text.split_once('e')?;
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().ok()?;
    let count = i32::try_from(digits.len()).ok()?;
    // The value is 0.digits × 10^point.
    let point = exponent + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    let body = if (count..=21).contains(&point) {
        digits.clone() + &"0".repeat((point - count) as usize)
    } else if (1..=21).contains(&point) {
        let (whole, part) = digits.split_at_checked(point as usize)?;
        format!("{whole}.{part}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", "0".repeat(-point as usize))
    } else {
        let (first, rest) = digits.split_at_checked(1)?;
        let dot = if rest.is_empty() { "" } else { "." };
        let plus = if exponent < 0 { '-' } else { '+' };
        format!("{first}{dot}{rest}e{plus}{}", exponent.abs())
    };
    Some(format!("{sign}{body}"))
}

/// The shortest digits in exponent form, d[.ddd]e[-]n. Rust finds them too, but goes up where two of that
/// length are equally near; ECMAScript then takes the even one, as Rust does when the length is given.
fn shortest(number: f64) -> String {
    let text = format!("{number:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let even = format!("{number:.*e}", digits.saturating_sub(1));
    // Beside a power of two the nearest of that length may belong to the next number.
    if even.parse() == Ok(number) { even } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 8785 appendix B.
    #[test]
    fn numbers_agree_with_the_standard() {
        let cases: [(u64, &str); 24] = [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ];
        for (bits, expected) in cases {
            assert_eq!(ecmascript(f64::from_bits(bits)).unwrap(), expected, "{bits:016x}");
        }
        for not_json in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(ecmascript(not_json), None);
        }
    }

    /// Next to a power of two the nearest digits are another number's, so the second nearest are written.
    #[test]
    fn the_narrow_side_of_a_power_of_two_is_no_trap() {
        assert_eq!(ecmascript(2_f64.powi(-20)).unwrap(), "9.5367431640625e-7");
        assert_eq!(ecmascript(2_f64.powi(-44)).unwrap(), "5.684341886080802e-14");
        assert_eq!(ecmascript(2_f64.powi(-1022)).unwrap(), "2.2250738585072014e-308");
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            if let Some(text) = ecmascript(number) {
                // Both zeros are written as one.
                let expected = if bits << 1 == 0 { 0 } else { bits };
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), expected);
            }
        }
    }
}
