//! The temporary card (MPS Order 78 of 2005): one laminated sheet, black-and-white photo and all
//! items on one side, the title on the other, valid three months.

use std::collections::BTreeMap;

use time::{Date, Duration};

use super::resident::{PORTRAIT, blank};
use super::style::{VALUE, block, diagonal_mark, printed_mark, tint, wrap};
use super::{CARD_HEIGHT_MM, CARD_WIDTH_MM, Document, PX_PER_MM};
use crate::canvas::{Canvas, Type};
use crate::content::Person;
use crate::faces::Portrait;
use crate::fonts::{Face, Fonts};
use crate::geometry::Rect;
use crate::labels::{Fields, Variant};

const INK: [u8; 3] = [52, 52, 58];

/// Months a temporary card is valid.
const MONTHS: i64 = 3;

/// The side with the items; issued `days_ago` days before `today`.
pub fn temporary_data_side(
    person: &Person,
    portrait: &Portrait,
    today: Date,
    days_ago: u8,
    fonts: &Fonts,
) -> Document {
    let from = today - Duration::days(i64::from(days_ago));
    let until = months_later(from, MONTHS);
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [240; 3]);
    tint(&mut c, [232, 238, 230], [240, 240, 232], [230, 237, 228]);
    let grey = image::DynamicImage::ImageRgb8(portrait.image.clone()).grayscale().into_rgb8();
    let photo = Rect::new(57.0, 6.2, 23.0, 28.3);
    c.picture(&grey, photo);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [58.6, 35.4], 2.5);

    let label = Type::new(Face::Serif, 2.6, INK);
    let value = Type::new(Face::Sans, 3.0, VALUE);
    let mut boxes = BTreeMap::new();
    let mut put = |c: &mut Canvas, name: &str, text: &str, x: f32, y: f32| {
        let area = block(c, fonts, value, [x, y], 3.7, &wrap(text, 13.0));
        boxes.insert(name.to_owned(), area);
    };
    for (text, x, y) in [
        ("姓 名", 5.0, 5.6),
        ("性 别", 5.0, 10.6),
        ("民 族", 22.0, 10.6),
        ("出 生", 5.0, 15.6),
        ("住 址", 5.0, 20.6),
        ("签发机关", 5.0, 34.2),
        ("有效期限", 5.0, 39.6),
        ("公民身份号码", 5.0, 46.6),
    ] {
        c.text(fonts, label, [x, y + 0.2], text);
    }
    put(&mut c, "name", &person.name, 13.6, 5.4);
    put(&mut c, "sex", person.sex.printed(), 13.6, 10.4);
    put(&mut c, "ethnicity", &person.ethnicity, 30.6, 10.4);
    let (year, month, day) = person.birth.to_calendar_date();
    put(&mut c, "birth_date", &format!("{year}年{}月{day}日", u8::from(month)), 13.6, 15.4);
    put(&mut c, "address", &person.address, 13.6, 20.4);
    put(&mut c, "issuer", &person.issuer, 18.2, 34.0);
    let dots = |date: Date| date.to_string().replace('-', ".");
    put(&mut c, "valid_from", &dots(from), 18.2, 39.4);
    let (_, x) = c.text(fonts, value, [18.2, 39.4], &dots(from));
    put(&mut c, "valid_until", &dots(until), x + 1.9, 39.4);
    c.text(fonts, value, [x + 0.2, 39.4], "-");
    let number = Type::new(Face::Mono, 3.8, VALUE).tracked(0.1);
    boxes.insert("number".to_owned(), c.text(fonts, number, [24.6, 46.0], &person.number).0);

    let fields = Fields {
        name: Some(person.name.clone()),
        sex: Some(person.sex.printed().to_owned()),
        ethnicity: Some(person.ethnicity.clone()),
        birth_date: Some(person.birth.to_string()),
        address: Some(person.address.clone()),
        number: Some(person.number.clone()),
        issuer: Some(person.issuer.clone()),
        valid_from: Some(from.to_string()),
        valid_until: Some(until.to_string()),
        ..Fields::default()
    };
    Document {
        fields,
        boxes,
        portrait: Some(photo),
        face: portrait.face.clone(),
        bilingual: false,
        thickness_mm: 0.5,
        ..blank(c.image, Variant::TemporaryData, Some(person))
    }
}

/// The side with the title; no picture of the Great Wall.
pub fn temporary_title_side(person: &Person, fonts: &Fonts) -> Document {
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [240; 3]);
    tint(&mut c, [228, 236, 226], [238, 240, 230], [226, 235, 226]);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [33.0, 44.0], 2.6);
    c.text(fonts, Type::new(Face::SerifBold, 6.0, INK).tracked(0.3), [15.6, 12.0], "中华人民共和国");
    c.text(fonts, Type::new(Face::SerifBold, 7.4, INK).tracked(0.25), [13.0, 24.0], "临时居民身份证");
    Document { bilingual: false, thickness_mm: 0.5, ..blank(c.image, Variant::TemporaryTitle, Some(person)) }
}

/// The same day some months later, or the month's last day where there is no such day.
fn months_later(date: Date, months: i64) -> Date {
    let index = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + months;
    let month = time::Month::try_from((index.rem_euclid(12) + 1) as u8).unwrap_or(date.month());
    let year = index.div_euclid(12) as i32;
    let day = date.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(date)
}

/// A first-generation card: laminated paper, title on the front, 15-digit number.
pub fn first_generation(person: &Person, portrait: &Portrait, sequence: u16, fonts: &Fonts) -> Document {
    const W: f32 = 90.0;
    const H: f32 = 60.0;
    let mut c = Canvas::new(W, H, PX_PER_MM, [222, 224, 222]);
    // The laminate stands out beyond the paper.
    let paper = Rect::new(2.6, 2.6, W - 5.2, H - 5.2);
    c.rect(paper, 1.2, [236, 240, 232], 1.0);
    c.rect(paper.grown(-1.0), 0.8, [150, 176, 150], 0.35);
    c.rect(paper.grown(-1.3), 0.8, [236, 240, 232], 1.0);
    let grey = image::DynamicImage::ImageRgb8(portrait.image.clone()).grayscale().into_rgb8();
    let photo = Rect::new(W - 28.0, 12.0, 20.0, 24.6);
    c.picture(&grey, photo);
    diagonal_mark(&mut c, fonts, 0.12);
    printed_mark(&mut c, fonts, [W - 27.4, 37.6], 2.3);
    let label = Type::new(Face::Serif, 2.9, INK);
    let value = Type::new(Face::SerifBold, 3.2, VALUE);
    c.text(fonts, Type::new(Face::SerifBold, 5.0, INK).tracked(0.3), [16.0, 5.4], "居民身份证");
    let mut boxes = BTreeMap::new();
    let mut put = |c: &mut Canvas, name: &str, text: &str, x: f32, y: f32| {
        let area = block(c, fonts, value, [x, y], 4.2, &wrap(text, 12.0));
        boxes.insert(name.to_owned(), area);
    };
    for (text, x, y) in [
        ("姓名", 6.0, 14.0),
        ("性别", 6.0, 19.6),
        ("民族", 24.0, 19.6),
        ("出生", 6.0, 25.2),
        ("住址", 6.0, 30.8),
        ("编号", 36.0, 51.0),
    ] {
        c.text(fonts, label, [x, y], text);
    }
    put(&mut c, "name", &person.name, 14.0, 13.8);
    put(&mut c, "sex", person.sex.printed(), 14.0, 19.4);
    put(&mut c, "ethnicity", &person.ethnicity, 32.0, 19.4);
    let (year, month, day) = person.birth.to_calendar_date();
    put(&mut c, "birth_date", &format!("{year}年{}月{day}日", u8::from(month)), 14.0, 25.0);
    put(&mut c, "address", &person.address, 14.0, 30.6);
    let number = crate::content::legacy_number(person.birth, sequence);
    put(&mut c, "number", &number, 44.0, 50.8);
    let issue_year = (year + 18).min(2003);
    c.text(fonts, label, [6.0, 46.2], &format!("{issue_year}年6月30日签发  有效期限20年"));
    let fields = Fields {
        name: Some(person.name.clone()),
        sex: Some(person.sex.printed().to_owned()),
        ethnicity: Some(person.ethnicity.clone()),
        birth_date: Some(person.birth.to_string()),
        address: Some(person.address.clone()),
        number: Some(number),
        ..Fields::default()
    };
    Document {
        width_mm: W,
        height_mm: H,
        fields,
        boxes,
        portrait: Some(photo),
        face: portrait.face.clone(),
        bilingual: false,
        thickness_mm: 0.5,
        ..blank(c.image, Variant::FirstGeneration, Some(person))
    }
}

/// Every portrait fits the place it is meant for.
const _: () = assert!(PORTRAIT.x + PORTRAIT.w < CARD_WIDTH_MM);

#[cfg(test)]
mod tests {
    use time::Month;

    use super::*;

    #[test]
    fn three_months_after_a_long_month_end_on_the_last_day() {
        let day = |y, m, d| Date::from_calendar_date(y, m, d).expect("a date");
        assert_eq!(months_later(day(2026, Month::November, 30), 3), day(2027, Month::February, 28));
        assert_eq!(months_later(day(2026, Month::March, 31), 3), day(2026, Month::June, 30));
    }
}
