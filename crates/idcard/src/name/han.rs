//! Which characters are Han ideographs, and which of them are rare.

use super::tables;

/// Whether a character is a CJK ideograph: all unified and compatibility blocks to extension J, and `〇`.
pub fn is_han(ch: char) -> bool {
    matches!(ch,
        '\u{3007}'                     // 〇
        | '\u{3400}'..='\u{4dbf}'      // extension A
        | '\u{4e00}'..='\u{9fff}'      // unified ideographs
        | '\u{f900}'..='\u{faff}'      // compatibility ideographs
        | '\u{20000}'..='\u{2a6df}'    // extension B
        | '\u{2a700}'..='\u{2ebe0}'    // extensions C to F
        | '\u{2ebf0}'..='\u{2ee5d}'    // extension I
        | '\u{2f800}'..='\u{2fa1f}'    // compatibility supplement
        | '\u{30000}'..='\u{33479}'    // extensions G, H, J
    )
}

/// Whether a character is in a private-use area, where old systems keep characters they had no code for.
pub fn is_private_use(ch: char) -> bool {
    matches!(ch, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

/// Whether a character is an ideograph that OCR models and keyboards may not know: outside GB/T 2312 and no
/// traditional or variant form of a character in it.
pub fn is_rare(ch: char) -> bool {
    // Variants outside the basic block are as rare as any other character there.
    let known_variant = matches!(ch, '\u{4e00}'..='\u{9fff}') && tables::is_variant(ch);
    is_han(ch) && ch != '\u{3007}' && !tables::is_common(ch) && !known_variant
}

/// Whether a character is in GB/T 2312, the set in which addresses, ethnic groups and authorities are printed
/// (standard Chinese characters: ID Card Law, Art. 4). Names may go beyond it.
pub fn is_standard(ch: char) -> bool {
    tables::is_common(ch)
}

/// Standardised and ideographic variation selectors.
pub(super) fn is_variation_selector(ch: char) -> bool {
    matches!(ch, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}
