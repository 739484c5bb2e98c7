//! The committed character tables; where they come from is in `data/README.md`.

use std::collections::HashMap;
use std::sync::OnceLock;

const VARIANTS: &str = include_str!("../../data/variants.txt");
const COMMON: &str = include_str!("../../data/common_han.txt");
const LOOK_ALIKES: &str = include_str!("../../data/look_alikes.txt");

/// Pairs of related characters, from an uncommon form to the common one.
struct Variants {
    /// One character in another form.
    same: HashMap<char, char>,
    /// Related, but possibly different names.
    near: HashMap<char, Vec<char>>,
}

fn variants() -> &'static Variants {
    static VARIANTS_PARSED: OnceLock<Variants> = OnceLock::new();
    VARIANTS_PARSED.get_or_init(|| {
        let mut parsed = Variants { same: HashMap::new(), near: HashMap::new() };
        for line in VARIANTS.lines() {
            let mut fields = line.split(' ').map(|field| field.chars().next());
            let (Some(Some(kind)), Some(Some(from)), Some(Some(to))) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            if kind == '=' {
                parsed.same.insert(from, to);
            } else {
                parsed.near.entry(from).or_default().push(to);
            }
        }
        parsed
    })
}

/// The standard form of a variant that is certainly one character with it.
pub(super) fn standard_form(ch: char) -> Option<char> {
    variants().same.get(&ch).copied()
}

/// Whether a character is a form of a common one; readers know those.
pub(super) fn is_variant(ch: char) -> bool {
    variants().same.contains_key(&ch) || variants().near.contains_key(&ch)
}

/// Whether two characters are related forms (`昇` and `升`, `裏` and `里`), directly or through a third.
pub(super) fn are_related(a: char, b: char) -> bool {
    let forms = |ch: char| variants().near.get(&ch).map_or(&[] as &[char], Vec::as_slice);
    forms(a).contains(&b) || forms(b).contains(&a) || forms(a).iter().any(|form| forms(b).contains(form))
}

/// Whether a character is in GB/T 2312.
pub(super) fn is_common(ch: char) -> bool {
    static SORTED: OnceLock<Vec<char>> = OnceLock::new();
    SORTED.get_or_init(|| COMMON.trim_end().chars().collect()).binary_search(&ch).is_ok()
}

/// Whether OCR and people confuse the two.
pub(super) fn look_alike(a: char, b: char) -> bool {
    static GROUPS: OnceLock<HashMap<char, Vec<&'static str>>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| {
        let mut groups: HashMap<char, Vec<&'static str>> = HashMap::new();
        for line in LOOK_ALIKES.lines() {
            for ch in line.chars() {
                groups.entry(ch).or_default().push(line);
            }
        }
        groups
    });
    groups.get(&a).is_some_and(|lines| lines.iter().any(|line| line.contains(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::is_han;

    #[test]
    fn tables_are_whole() {
        let pairs: usize = variants().near.values().map(Vec::len).sum::<usize>() + variants().same.len();
        assert_eq!(pairs, VARIANTS.lines().count());
        let common: Vec<char> = COMMON.trim_end().chars().collect();
        assert_eq!(common.len(), 6763);
        assert!(common.windows(2).all(|pair| pair[0] < pair[1]));
        for (from, to) in &variants().same {
            assert!(is_common(*to) && !is_common(*from), "{from}{to}");
            // One step reaches the end, so folding is idempotent.
            assert_eq!(standard_form(*to), None, "{from}{to}");
        }
        for line in LOOK_ALIKES.lines() {
            assert!(line.chars().count() >= 2 && line.chars().all(is_han), "{line}");
        }
    }
}
