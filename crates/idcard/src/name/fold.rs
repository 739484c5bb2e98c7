//! The folded form of a name: equal for spellings that are certainly one name.

use unicode_normalization::UnicodeNormalization;

use super::{han, tables};

/// U+00B7, the dot between the parts of a name.
pub(super) const DOT: char = '\u{b7}';

/// Any of the dots that keyboards, fonts and OCR produce, as U+00B7; other characters as they are.
pub(super) fn fold_dot(ch: char) -> char {
    match ch {
        '·' | '・' | '･' | '•' | '‧' | '∙' | '⋅' | '●' | '．' | '.' | '。' | '｡' | '᛫' | '⸱' | '\u{387}' => {
            DOT
        }
        _ => ch,
    }
}

/// Folds a name for comparison; keep the original.
///
/// Drops spaces and variation selectors, brings every middle dot to U+00B7, radicals and compatibility
/// ideographs to the unified character, and published variants to their standard form (`呂` to `吕`, `戶` to
/// `户`). Forms that may be different names, such as `昇` and `升`, stay apart. Folding twice changes nothing.
///
/// ```
/// use shiming_idcard::name::fold;
/// assert_eq!(fold("呂 偉"), fold("吕伟"));
/// assert_ne!(fold("昇"), fold("升"));
/// ```
pub fn fold(name: &str) -> String {
    // Dropped first: what stood on both sides of a selector may compose.
    name.chars()
        .filter(|ch| !ch.is_whitespace() && !han::is_variation_selector(*ch))
        .nfc()
        .map(fold_dot)
        .map(unified_radical)
        .map(|ch| tables::standard_form(ch).unwrap_or(ch))
        .collect()
}

/// Radicals that look like characters and come from copied PDFs and some OCR (UAX #38,
/// `EquivalentUnifiedIdeograph`).
pub(super) fn unified_radical(ch: char) -> char {
    // CJK radicals supplement: only those that are common characters.
    const SUPPLEMENT: &[(char, char)] = &[
        ('⺠', '民'),
        ('⻅', '见'),
        ('⻆', '角'),
        ('⻉', '贝'),
        ('⻋', '车'),
        ('⻓', '长'),
        ('⻔', '门'),
        ('⻘', '青'),
        ('⻙', '韦'),
        ('⻚', '页'),
        ('⻛', '风'),
        ('⻜', '飞'),
        ('⻢', '马'),
        ('⻥', '鱼'),
        ('⻦', '鸟'),
        ('⻨', '麦'),
        ('⻩', '黄'),
        ('⻬', '齐'),
        ('⻮', '齿'),
        ('⻰', '龙'),
        ('⻳', '龟'),
    ];
    match ch {
        // Kangxi radicals have a compatibility decomposition to exactly one ideograph.
        '\u{2f00}'..='\u{2fd5}' => std::iter::once(ch).nfkc().next().unwrap_or(ch),
        '\u{2e80}'..='\u{2eff}' => {
            SUPPLEMENT.iter().find(|(radical, _)| *radical == ch).map_or(ch, |pair| pair.1)
        }
        _ => ch,
    }
}
