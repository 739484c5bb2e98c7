//! Which document a reading is of, from the words on it.

use crate::card::side::Hint;
use crate::read::{EmblemSpans, PortraitSpans, Reading};
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

/// Judges the words. `None` when they do not say, so that another outline or orientation may be tried.
pub(super) fn of_text(
    reading: &Reading,
    portrait: &PortraitSpans,
    emblem: &EmblemSpans,
    hint: Option<Hint>,
) -> Option<Kind> {
    let text = reading.text();
    if text.contains("临时") {
        return Some(Kind::Temporary);
    }
    let has_number = portrait.number.as_ref().is_some_and(|n| n.glyphs.len() >= 17);
    if portrait.labels >= 2 && portrait.legacy_number && !has_number {
        return Some(Kind::FirstGeneration);
    }
    if OTHER_DOCUMENTS.iter().any(|w| text.contains(w)) {
        return Some(Kind::Unknown);
    }
    let one_sided = text.contains("签发机关") || text.contains("有效期限");
    if portrait.labels >= 3 && one_sided {
        // Items and validity on one side: a temporary card's data side, whose title is on the other.
        return Some(Kind::Temporary);
    }
    let number_label = ["公民身份", "身份号码", "民身份号"].iter().any(|l| text.contains(l));
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
