//! The normal form of a typed or read number (six steps, and deliberately no more).

use super::NumberWarning;

/// A number after normalisation, not yet checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalized {
    text: String,
    warnings: Vec<NumberWarning>,
}

impl Normalized {
    /// The text after normalisation. It is personal data, and may hold any character.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What was changed, in order of the codes.
    pub fn warnings(&self) -> &[NumberWarning] {
        &self.warnings
    }
}

impl std::fmt::Debug for Normalized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Normalized").field("warnings", &self.warnings).finish_non_exhaustive()
    }
}

/// Brings a number into normal form.
///
/// Outer spaces, tabs and ideographic spaces are trimmed, inner ASCII spaces and hyphens dropped, full-width
/// digits and letters mapped to ASCII, the Roman numeral ten to `X`, and letters raised. Nothing else: NFKC
/// would turn `²` into `2`, and a letter O must not silently become a zero.
///
/// ```
/// use shiming_idcard::number::normalize;
/// assert_eq!(normalize(" 330102 19880103 996ｘ").reveal(), "33010219880103996X");
/// ```
pub fn normalize(input: &str) -> Normalized {
    let trimmed = trim_outer(input);
    let mut space = trimmed.len() != input.len();
    let (mut width, mut case, mut roman) = (false, false, false);
    let mut text = String::with_capacity(trimmed.len());
    for ch in trimmed.chars() {
        let mut out = match ch {
            ' ' | '-' => {
                space = true;
                continue;
            }
            '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                width = true;
                crate::date::fold_width(ch)
            }
            '\u{2169}' | '\u{2179}' => {
                roman = true;
                'X'
            }
            _ => ch,
        };
        if out.is_ascii_lowercase() {
            case = true;
            out = out.to_ascii_uppercase();
        }
        text.push(out);
    }
    // A hyphen at an end may have hidden more of them.
    let inner = trim_outer(&text);
    if inner.len() != text.len() {
        space = true;
        text = inner.to_owned();
    }
    let found = [
        (case, NumberWarning::NormalizedCase),
        (roman, NumberWarning::NormalizedRomanX),
        (space, NumberWarning::NormalizedSpace),
        (width, NumberWarning::NormalizedWidth),
    ];
    let warnings = found.into_iter().filter_map(|(seen, warning)| seen.then_some(warning)).collect();
    Normalized { text, warnings }
}

fn trim_outer(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\u{3000}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_outer_space_is_found() {
        let normal = normalize("-\t1-\u{3000}-");
        assert_eq!(normal.reveal(), "1");
        assert_eq!(normal.warnings(), [NumberWarning::NormalizedSpace]);
    }
}
