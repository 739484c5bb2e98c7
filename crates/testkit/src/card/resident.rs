//! The second-generation resident card: field positions as on the genuine one, everything that
//! makes the genuine one genuine left out.

use std::collections::BTreeMap;

use image::RgbImage;

use super::style::{LABEL, MARK, VALUE, block, diagonal_mark, printed_mark, slanted_mark, tint, wrap};
use super::{CARD_HEIGHT_MM, CARD_RADIUS_MM, CARD_WIDTH_MM, Document, PX_PER_MM};
use crate::canvas::{Canvas, Type};
use crate::content::{Person, Until};
use crate::faces::Portrait;
use crate::fonts::{Face, Fonts};
use crate::geometry::Rect;
use crate::labels::{Fields, Variant};

const LABEL_X: f32 = 5.3;
const VALUE_X: f32 = 14.7;
const LABEL_EM: f32 = 2.75;
const VALUE_EM: f32 = 3.25;
/// The portrait's place: about 26 × 32 mm at the right.
pub(super) const PORTRAIT: Rect = Rect::new(54.6, 6.2, 26.0, 32.0);

const fn label() -> Type {
    Type::new(Face::Sans, LABEL_EM, LABEL)
}

const fn value() -> Type {
    Type::new(Face::Sans, VALUE_EM, VALUE)
}

/// A card-sized document of which only the pixels are known yet.
pub(super) fn blank(image: RgbImage, variant: Variant, person: Option<&Person>) -> Document {
    Document {
        image,
        width_mm: CARD_WIDTH_MM,
        height_mm: CARD_HEIGHT_MM,
        radius_mm: CARD_RADIUS_MM,
        thickness_mm: 1.0,
        variant,
        fields: Fields::default(),
        boxes: BTreeMap::new(),
        portrait: None,
        person: person.map(|p| p.id.clone()),
        face: None,
        bilingual: person.is_some_and(|p| p.second_script.is_some()),
    }
}

/// The side with portrait and number.
pub fn portrait_side(person: &Person, portrait: &Portrait, fonts: &Fonts) -> Document {
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [240; 3]);
    tint(&mut c, [219, 232, 244], [246, 235, 240], [214, 229, 244]);
    c.picture(&portrait.image, PORTRAIT);
    // Clear of the rows of single values: a mark across one would test how readers bear marks, not how they read.
    slanted_mark(&mut c, fonts, [33.5, 35.0], 5.0, 0.1);
    printed_mark(&mut c, fonts, [58.6, 39.6], 2.5);

    let mut boxes = BTreeMap::new();
    // A second script takes its own thin lines, so the Chinese rows move down a little.
    let drop = if person.second_script.is_some() { 1.6 } else { 0.0 };
    if let Some([name, place]) = &person.second_script {
        let small = Type::new(Face::Sans, 1.9, VALUE);
        c.text(fonts, small, [VALUE_X, 5.1], name);
        c.text(fonts, small, [VALUE_X, 28.4 - 1.0], place);
    }

    let row = |y: f32| y + drop;
    c.text(fonts, label().tracked(0.35), [LABEL_X, row(6.7)], "姓名");
    // A long name is set smaller, and then on two lines.
    let length = person.name.chars().count();
    let (em, per_line) = if length <= 9 { (3.7, 9.0) } else { (3.25, 12.0) };
    let lines = wrap(&person.name, per_line);
    let name_y = if lines.len() > 1 { row(4.9) } else { row(6.2) };
    let name_style = Type::new(Face::Sans, em, VALUE);
    let area = block(&mut c, fonts, name_style, [VALUE_X, name_y], em * 1.1, &lines);
    boxes.insert("name".to_owned(), area);

    let y = row(14.3);
    c.text(fonts, label().tracked(0.35), [LABEL_X, y + 0.3], "性别");
    boxes.insert("sex".to_owned(), c.text(fonts, value(), [VALUE_X, y], person.sex.printed()).0);
    c.text(fonts, label().tracked(0.35), [23.2, y + 0.3], "民族");
    boxes.insert("ethnicity".to_owned(), c.text(fonts, value(), [31.6, y], &person.ethnicity).0);

    let y = row(21.3);
    c.text(fonts, label().tracked(0.35), [LABEL_X, y + 0.3], "出生");
    let (year, month, day) = person.birth.to_calendar_date();
    let mut area = c.text(fonts, value().tracked(0.03), [VALUE_X, y], &year.to_string()).0;
    c.text(fonts, label(), [23.6, y + 0.3], "年");
    // One-digit months and days stand in the middle of their gap, without a leading zero.
    for (text, x, unit_x, unit) in
        [(u8::from(month).to_string(), 27.4, 31.9, "月"), (day.to_string(), 35.7, 40.2, "日")]
    {
        let x = if text.len() == 1 { x + 0.9 } else { x };
        area = area.union(c.text(fonts, value().tracked(0.03), [x, y], &text).0);
        area = area.union(c.text(fonts, label(), [unit_x, y + 0.3], unit).0);
    }
    boxes.insert("birth_date".to_owned(), area);

    let y = row(28.4);
    c.text(fonts, label().tracked(0.35), [LABEL_X, y + 0.3], "住址");
    let lines = wrap(&person.address, 11.0);
    let pitch = if lines.len() > 3 { 3.75 } else { 4.5 };
    boxes.insert("address".to_owned(), block(&mut c, fonts, value(), [VALUE_X, y], pitch, &lines));

    let y = 46.1;
    c.text(fonts, label().tracked(0.02), [LABEL_X, y + 0.4], "公民身份号码");
    let number = Type::new(Face::Mono, 4.15, VALUE).tracked(0.13);
    boxes.insert("number".to_owned(), c.text(fonts, number, [29.6, y - 0.35], &person.number).0);

    let fields = Fields {
        name: Some(person.name.clone()),
        sex: Some(person.sex.printed().to_owned()),
        ethnicity: Some(person.ethnicity.clone()),
        birth_date: Some(person.birth.to_string()),
        address: Some(person.address.clone()),
        number: Some(person.number.clone()),
        ..Fields::default()
    };
    Document {
        portrait: Some(PORTRAIT),
        face: portrait.face.clone(),
        fields,
        boxes,
        ..blank(c.image, Variant::ResidentPortrait, Some(person))
    }
}

/// The term as printed: `YYYY.MM.DD-YYYY.MM.DD` or `YYYY.MM.DD-长期`.
pub(super) fn term_text(person: &Person) -> String {
    let dots = |date: time::Date| date.to_string().replace('-', ".");
    match person.until {
        Until::Date(until) => format!("{}-{}", dots(person.from), dots(until)),
        Until::LongTerm => format!("{}-长期", dots(person.from)),
    }
}

/// The side with title, issuer and term. In place of the national emblem: a plain red disc.
pub fn emblem_side(person: &Person, fonts: &Fonts) -> Document {
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [240; 3]);
    tint(&mut c, [226, 234, 240], [240, 238, 232], [222, 232, 240]);
    c.ellipse(Rect::new(5.9, 5.4, 15.6, 15.6), MARK, 0.92);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [5.6, 23.2], 2.2);

    let title = |em: f32| Type::new(Face::SerifBold, em, [34, 32, 36]);
    c.text(fonts, title(5.6).tracked(0.22), [27.4, 7.6], "中华人民共和国");
    c.text(fonts, title(7.4).tracked(0.42), [27.0, 18.2], "居民身份证");
    let lines = wrap(&person.issuer, 13.0);
    let two_lines = lines.len() > 1;
    if let Some([name, place]) = &person.second_script {
        let small = Type::new(Face::Sans, 1.9, VALUE);
        c.text(fonts, small, [30.0, 4.4], name);
        c.text(fonts, small, [36.0, if two_lines { 33.2 } else { 35.4 }], place);
    }

    let mut boxes = BTreeMap::new();
    let y = 38.6;
    let top = if two_lines { y - 2.6 } else { y };
    c.text(fonts, label().tracked(0.1), [23.6, y + 0.3], "签发机关");
    boxes.insert("issuer".to_owned(), block(&mut c, fonts, value(), [36.8, top], 4.0, &lines));
    c.text(fonts, label().tracked(0.1), [23.6, 45.7], "有效期限");
    let term = term_text(person);
    let (area, _) = c.text(fonts, value().tracked(0.03), [36.8, 45.4], &term);
    // The two dates share a line; the split is at the dash, by share of characters.
    let share = 10.5 / (11.0 + if person.until == Until::LongTerm { 3.4 } else { 10.0 });
    boxes.insert("valid_from".to_owned(), Rect::new(area.x, area.y, area.w * share, area.h));
    let rest = area.w * (1.0 - share);
    boxes.insert("valid_until".to_owned(), Rect::new(area.x + area.w - rest, area.y, rest, area.h));

    let fields = Fields {
        issuer: Some(person.issuer.clone()),
        valid_from: Some(person.from.to_string()),
        valid_until: Some(person.until_text()),
        ..Fields::default()
    };
    Document { fields, boxes, ..blank(c.image, Variant::ResidentEmblem, Some(person)) }
}
