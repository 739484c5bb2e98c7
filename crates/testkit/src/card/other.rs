//! Documents that are not identity cards: what people photograph by mistake.

use super::resident::blank;
use super::style::{VALUE, diagonal_mark, printed_mark, tint};
use super::{CARD_HEIGHT_MM, CARD_WIDTH_MM, Document, PX_PER_MM};
use crate::canvas::{Canvas, Type};
use crate::content::Person;
use crate::faces::Portrait;
use crate::fonts::{Face, Fonts};
use crate::geometry::Rect;
use crate::labels::Variant;
use crate::rng::Rng;

/// A bank card of an invented bank.
pub fn bank_card(fonts: &Fonts, rng: &mut Rng) -> Document {
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [40; 3]);
    let palettes = [
        [[22, 60, 120], [34, 96, 170], [18, 44, 96]],
        [[130, 24, 36], [176, 46, 50], [104, 16, 30]],
        [[30, 84, 70], [52, 130, 104], [20, 62, 54]],
    ];
    let [left, middle, right] = rng.pick(&palettes);
    tint(&mut c, left, middle, right);
    let white = [240, 240, 236];
    c.text(fonts, Type::new(Face::SansBold, 4.6, white), [6.0, 5.0], "样本银行");
    c.text(fonts, Type::new(Face::Sans, 2.6, white), [6.0, 10.6], "SPECIMEN BANK  借记卡");
    c.rect(Rect::new(8.0, 19.0, 11.6, 9.0), 1.4, [214, 184, 110], 1.0);
    for y in [21.5, 25.0] {
        c.line([8.4, y], [19.2, y], 0.2, [120, 96, 50], 1.0);
    }
    c.text(fonts, Type::new(Face::Mono, 5.4, white).tracked(0.04), [8.0, 32.0], "0000 0000 0000 0000");
    c.text(fonts, Type::new(Face::Mono, 3.0, white), [38.0, 40.4], "VALID THRU 00/00");
    c.text(fonts, Type::new(Face::Mono, 3.4, white), [8.0, 46.0], "SPECIMEN 样本");
    Document { thickness_mm: 0.8, ..blank(c.image, Variant::BankCard, None) }
}

/// A till receipt.
pub fn receipt(fonts: &Fonts, rng: &mut Rng) -> Document {
    const W: f32 = 58.0;
    const H: f32 = 118.0;
    let mut c = Canvas::new(W, H, PX_PER_MM * 0.8, [246, 245, 240]);
    let ink = [60, 60, 66];
    let style = Type::new(Face::Mono, 3.0, ink);
    c.text(fonts, Type::new(Face::SansBold, 4.6, ink), [12.0, 5.0], "样本超市小票");
    let goods = ["鲜牛奶", "全麦面包", "西红柿", "洗衣液", "矿泉水", "苹果", "鸡蛋", "电池", "毛巾", "酱油"];
    let mut total = 0;
    let mut y = 16.0;
    c.text(fonts, style, [4.0, y], "单号 000000123456 收银 02");
    for _ in 0..rng.int(8, 12) {
        y += 6.2;
        let price = rng.int(120, 9900);
        total += price;
        c.text(fonts, style, [4.0, y], rng.pick(&goods));
        c.text(fonts, style, [30.0, y], &format!("x{}", rng.int(1, 3)));
        c.text(fonts, style, [40.0, y], &format!("{}.{:02}", price / 100, price % 100));
    }
    y += 8.0;
    c.line([4.0, y - 1.0], [W - 4.0, y - 1.0], 0.25, ink, 1.0);
    c.text(fonts, Type::new(Face::SansBold, 3.8, ink), [4.0, y], "合计");
    c.text(fonts, Type::new(Face::Mono, 3.8, ink), [34.0, y], &format!("{}.{:02}", total / 100, total % 100));
    c.text(fonts, style, [10.0, y + 8.0], "SPECIMEN 谢谢惠顾");
    Document {
        width_mm: W,
        height_mm: H,
        radius_mm: 0.0,
        thickness_mm: 0.1,
        ..blank(c.image, Variant::Receipt, None)
    }
}

/// An empty sheet of paper (A6).
pub fn blank_sheet(rng: &mut Rng) -> Document {
    let tone = rng.int(228, 250) as u8;
    let c = Canvas::new(148.0, 105.0, PX_PER_MM * 0.5, [tone, tone, tone.saturating_sub(4)]);
    Document {
        width_mm: 148.0,
        height_mm: 105.0,
        radius_mm: 0.0,
        thickness_mm: 0.1,
        ..blank(c.image, Variant::BlankSheet, None)
    }
}

/// A driving licence: the document most like an identity card, with several of its labels.
pub fn driving_licence(person: &Person, portrait: &Portrait, fonts: &Fonts) -> Document {
    const W: f32 = 88.0;
    const H: f32 = 60.0;
    let mut c = Canvas::new(W, H, PX_PER_MM, [240; 3]);
    tint(&mut c, [236, 238, 226], [242, 240, 234], [230, 238, 228]);
    let ink = [44, 44, 50];
    c.text(
        fonts,
        Type::new(Face::SerifBold, 4.2, ink).tracked(0.12),
        [12.0, 3.6],
        "中华人民共和国机动车驾驶证",
    );
    c.text(
        fonts,
        Type::new(Face::Sans, 2.2, ink),
        [14.0, 8.8],
        "Driving License of the People's Republic of China",
    );
    let photo = Rect::new(W - 26.0, 27.0, 21.0, 25.8);
    c.picture(&portrait.image, photo);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [W - 26.0, 54.2], 2.2);
    let label = Type::new(Face::Sans, 2.3, ink);
    let value = Type::new(Face::Sans, 3.0, VALUE);
    let short: String = person.address.chars().take(16).collect();
    let rows = [
        ("证号", person.number.clone(), 5.0, 13.0),
        ("姓名", person.name.clone(), 5.0, 18.6),
        ("性别", person.sex.printed().to_owned(), 40.0, 18.6),
        ("国籍", "中国".to_owned(), 56.0, 18.6),
        ("住址", short, 5.0, 24.2),
        ("出生日期", person.birth.to_string(), 5.0, 31.0),
        ("初次领证日期", person.from.to_string(), 5.0, 37.0),
        ("准驾车型", "C1".to_owned(), 5.0, 43.0),
        ("有效期限", format!("{}至{}", person.from, person.until_text()), 5.0, 49.0),
    ];
    for (name, text, x, y) in rows {
        let (_, after) = c.text(fonts, label, [x, y + 0.4], name);
        c.text(fonts, value, [after + 1.4, y], &text);
    }
    Document {
        width_mm: W,
        height_mm: H,
        radius_mm: 2.0,
        thickness_mm: 0.4,
        portrait: Some(photo),
        face: portrait.face.clone(),
        bilingual: false,
        ..blank(c.image, Variant::DrivingLicence, Some(person))
    }
}
