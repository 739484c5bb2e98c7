//! Whether two spellings are one name.

use super::fold::{DOT, fold};
use super::{is_private_use, is_rare, tables};

/// Result of a comparison. A mismatch of a character that OCR or a keyboard cannot produce proves nothing, so
/// there are three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameMatch {
    /// Equal after folding.
    Same,
    /// Differ only where a rare, look-alike, related or private-use character may explain it: a person looks.
    Uncertain,
    /// Different names.
    Different,
}

impl NameMatch {
    /// Stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Uncertain => "uncertain",
            Self::Different => "different",
        }
    }
}

/// Compares two names, typed or read. Symmetric; an empty name equals nothing.
///
/// *Same* if equal after [`fold`] and free of private-use characters. *Uncertain* if the only differences are
/// related forms (`昇`/`升`), private-use characters, missing dots, and at most one character that is a
/// look-alike, or rare, or a rare one left out. Else *different*.
///
/// ```
/// use shiming_idcard::name::{NameMatch, compare};
/// assert_eq!(compare("呂偉", "吕伟"), NameMatch::Same);
/// assert_eq!(compare("王未", "王末"), NameMatch::Uncertain);
/// assert_eq!(compare("王𬀩", "王炜"), NameMatch::Uncertain);
/// assert_eq!(compare("张三", "李四"), NameMatch::Different);
/// ```
pub fn compare(a: &str, b: &str) -> NameMatch {
    let (a, b) = (fold(a), fold(b));
    if a.is_empty() || b.is_empty() {
        return NameMatch::Different;
    }
    if a == b {
        let unclear = a.chars().any(is_private_use);
        return if unclear { NameMatch::Uncertain } else { NameMatch::Same };
    }
    let without_dots = |name: &str| name.chars().filter(|ch| *ch != DOT).collect::<Vec<_>>();
    let (a, b) = (without_dots(&a), without_dots(&b));
    let explained = match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => differences_explained(&a, &b),
        std::cmp::Ordering::Less => rare_left_out(&b, &a),
        std::cmp::Ordering::Greater => rare_left_out(&a, &b),
    };
    if explained { NameMatch::Uncertain } else { NameMatch::Different }
}

/// Every difference is a related form or private-use, but for one look-alike or rare character at most.
fn differences_explained(a: &[char], b: &[char]) -> bool {
    let mut doubtful = 0;
    let mut agreeing = 0;
    for (x, y) in a.iter().copied().zip(b.iter().copied()) {
        if x == y || tables::are_related(x, y) {
            agreeing += 1;
        } else if is_private_use(x) || is_private_use(y) {
            // A wildcard: it may be any character.
        } else if tables::look_alike(x, y) || is_rare(x) || is_rare(y) {
            doubtful += 1;
        } else {
            return false;
        }
    }
    // Something must agree, or any two one-character names would be alike.
    doubtful <= 1 && agreeing > 0
}

/// `long` is `short` with one rare or private-use character that the reader did not know.
fn rare_left_out(long: &[char], short: &[char]) -> bool {
    if long.len() != short.len() + 1 || short.is_empty() {
        return false;
    }
    (0..long.len()).any(|skip| {
        let skipped = long.get(skip).is_some_and(|ch| is_rare(*ch) || is_private_use(*ch));
        let rest = long.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, ch)| ch);
        skipped && rest.eq(short.iter())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_several_spellings() {
        for (a, b) in [
            ("张三", "张三"),
            ("张三", " 张\u{3000}三 "),
            ("買買提・吐爾遜", "买买提·吐尔逊"),
            ("阿．卜", "阿•卜"),
            ("戶", "户"),
            ("戸", "户"),
            ("呂", "吕"),
            ("\u{f9e1}", "李"), // compatibility ideograph
            ("⽅明", "方明"),   // Kangxi radical
            ("⻢明", "马明"),   // radicals supplement
            ("葛\u{e0100}明", "葛明"),
        ] {
            assert_eq!(compare(a, b), NameMatch::Same, "{a} {b}");
            assert_eq!(compare(b, a), NameMatch::Same, "{b} {a}");
        }
    }

    #[test]
    fn a_person_must_look() {
        for (a, b) in [
            ("王未", "王末"),
            ("王𬀩", "王炜"),   // rare against anything
            ("王𬀩明", "王明"), // rare one not read
            ("李昇", "李升"),   // may be two names
            ("李昇發", "李升发"),
            ("王\u{e000}", "王淼"),
            ("王\u{e000}", "王\u{e000}"), // equal codes, but of which system?
            ("买买提吐尔逊", "买买提·吐尔逊"),
            ("苏明", "甦明"),
        ] {
            assert_eq!(compare(a, b), NameMatch::Uncertain, "{a} {b}");
            assert_eq!(compare(b, a), NameMatch::Uncertain, "{b} {a}");
        }
    }

    #[test]
    fn different_names() {
        for (a, b) in [
            ("张三", "李四"),
            ("张三", "张三丰"),
            ("张三", "三张"),
            ("张伟", "张芳"),
            ("王後", "王明"),     // traditional, but not rare
            ("未", "末"),         // nothing agrees
            ("王未己", "王末已"), // two doubtful characters
            ("", ""),
            ("", "张"),
            ("张𬀩", "李炜"),
        ] {
            assert_eq!(compare(a, b), NameMatch::Different, "{a} {b}");
            assert_eq!(compare(b, a), NameMatch::Different, "{b} {a}");
        }
    }
}
