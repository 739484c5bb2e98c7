//! Which document a reading is of, from the words on it.

use crate::card::side::Hint;
use crate::read::{EmblemSpans, Glyph, PortraitSpans, Reading};
use shiming_domain::evidence::Kind;

/// Words that only other documents carry. A driving licence also says 姓名, 性别, 住址; a residence permit for
/// Hong Kong, Macao and Taiwan is laid out like the resident card.
const OTHER_DOCUMENTS: &[&str] = &[
    "驾驶",
    "准驾车型",
    "初次领证",
    "行驶证",
    "机动车",
    "护照",
    "通行证",
    "居住证",
    "永久居留",
    "社会保障",
    "银行",
    "学生证",
    "工作证",
    "营业执照",
    "户口",
    "医师",
    "资格证",
    "军官",
    "士兵证",
    "会员",
    "PASSPORT",
    "DRIVING",
    "LICENCE",
    "LICENSE",
    "UnionPay",
    "VISA",
    "RESIDENCE PERMIT",
];

/// All text but name and address: streets and villages are named after banks, clinics and whatever else.
fn outside_values(reading: &Reading, portrait: &PortraitSpans) -> String {
    let values: Vec<&Glyph> =
        [&portrait.name, &portrait.address].into_iter().flatten().flat_map(|span| &span.glyphs).collect();
    // A card's labels say that these are its values; elsewhere the spans are guesses.
    if portrait.labels < 2 {
        return reading.text();
    }
    let rows = reading
        .rows
        .iter()
        .map(|row| row.glyphs.iter().filter(|g| !values.contains(g)).map(|g| g.c).collect::<String>());
    rows.collect::<Vec<_>>().join("\n")
}

/// Numbers of residence permits for Hong Kong, Macao and Taiwan (81, 82, 83) and of foreign permanent
/// residents (9): their cards are laid out like the resident card.
fn is_of_permit(number: &str) -> bool {
    number.len() == 18 && ["81", "82", "83", "9"].iter().any(|prefix| number.starts_with(prefix))
}

/// Judges the words. `None` when they do not say, so that another outline or orientation may be tried.
pub(super) fn of_text(
    reading: &Reading,
    portrait: &PortraitSpans,
    emblem: &EmblemSpans,
    hint: Option<Hint>,
) -> Option<Kind> {
    let text = outside_values(reading, portrait);
    let number = portrait.number.as_ref().filter(|n| n.glyphs.len() >= 17);
    let has_number = number.is_some();
    if portrait.labels >= 2 && portrait.legacy_number && !has_number {
        return Some(Kind::FirstGeneration);
    }
    if OTHER_DOCUMENTS.iter().any(|w| text.contains(w)) || number.is_some_and(|n| is_of_permit(&n.text())) {
        return Some(Kind::Unknown);
    }
    if text.contains("临时") && ["身份证", "居民"].iter().any(|w| text.contains(w)) {
        return Some(Kind::Temporary);
    }
    let number_label = ["公民身份", "身份号码", "民身份号"].iter().any(|l| text.contains(l));
    let one_sided = text.contains("签发机关") || text.contains("有效期限");
    if portrait.labels >= 3 && one_sided {
        // Items and validity on one side: a temporary card's data side, whose title is on the other. Without its number
        // it may be a licence whose own words are covered.
        let is_numbered = has_number || number_label;
        return Some(if is_numbered { Kind::Temporary } else { Kind::Unknown });
    }
    if (portrait.labels >= 2 && (has_number || number_label))
        || portrait.labels >= 4
        || (hint == Some(Hint::Portrait) && (has_number || portrait.labels >= 2))
    {
        return Some(Kind::ResidentPortraitSide);
    }
    if emblem.labels >= 2 || (hint == Some(Hint::Emblem) && emblem.labels >= 1) {
        return Some(Kind::ResidentEmblemSide);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{self, Row};

    /// Rows as they are read from a card: text, left edge and height in millimetres.
    fn judged(rows: &[(&str, f32, f32)], hint: Option<Hint>) -> Option<Kind> {
        let rows = rows.iter().enumerate().map(|(line, &(text, x, y))| Row {
            glyphs: text
                .chars()
                .enumerate()
                .map(|(i, c)| Glyph { c, p: 0.99, x: x + 3.0 * i as f32, y, h: 3.0, line })
                .collect(),
        });
        let reading = Reading { rows: rows.collect(), specimen_mark: false };
        of_text(&reading, &read::portrait_spans(&reading), &read::emblem_spans(&reading), hint)
    }

    fn resident(address: &str, number: &str) -> Option<Kind> {
        let rows = [
            ("姓名王样本", 6.0, 8.0),
            ("性别女民族汉", 6.0, 15.0),
            ("出生1990年3月7日", 6.0, 22.0),
            (&format!("住址{address}"), 6.0, 29.0),
            (&format!("公民身份号码{number}"), 6.0, 47.0),
        ];
        judged(&rows, Some(Hint::Portrait))
    }

    #[test]
    fn an_address_may_hold_any_word() {
        let number = "000000199003079964";
        for address in ["样本市幸福路3号", "样本市建设银行宿舍", "样本市临时安置点3号", "样本县医师楼"]
        {
            assert_eq!(resident(address, number), Some(Kind::ResidentPortraitSide), "{address}");
        }
    }

    #[test]
    fn a_permits_number_is_no_resident_number() {
        for number in ["810000199408230021", "830000199201300022", "990000199001010017"] {
            assert_eq!(resident("样本市幸福路3号", number), Some(Kind::Unknown), "{number}");
        }
    }

    #[test]
    fn a_licence_whose_own_words_are_covered_is_no_temporary_card() {
        let items = [
            ("姓名王样本", 6.0, 8.0),
            ("性别女", 6.0, 15.0),
            ("出生1990年3月7日", 6.0, 22.0),
            ("住址样本市幸福路3号", 6.0, 29.0),
        ];
        let with = |last| judged(&[&items[..], &[last]].concat(), Some(Hint::Portrait));
        assert_eq!(with(("有效期限2026-02-15-2046-02-15", 6.0, 47.0)), Some(Kind::Unknown));
        let card =
            [("有效期限2026.02.15-2026.05.15", 6.0, 40.0), ("公民身份号码000000199003079964", 6.0, 47.0)];
        assert_eq!(judged(&[&items[..], &card[..]].concat(), Some(Hint::Portrait)), Some(Kind::Temporary));
    }

    #[test]
    fn only_a_temporary_identity_card_is_called_one() {
        let title = |text| judged(&[("中华人民共和国", 20.0, 10.0), (text, 13.0, 24.0)], None);
        assert_eq!(title("临时居民身份证"), Some(Kind::Temporary));
        assert_eq!(title("临时居住证"), Some(Kind::Unknown));
        assert_eq!(title("临时机动车驾驶证"), Some(Kind::Unknown));
    }
}
