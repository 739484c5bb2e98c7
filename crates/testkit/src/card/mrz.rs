//! Documents with a machine-readable zone, for the invented state Utopia (`UTO`) of ICAO Doc 9303.

use super::resident::blank;
use super::style::{VALUE, diagonal_mark, printed_mark, tint};
use super::{CARD_HEIGHT_MM, CARD_WIDTH_MM, Document, PX_PER_MM};
use crate::canvas::{Canvas, Type};
use crate::content::mrz_check_digit;
use crate::faces::Portrait;
use crate::fonts::{Face, Fonts};
use crate::geometry::Rect;
use crate::labels::{Fields, Variant};
use crate::rng::Rng;

const SURNAMES: [&str; 8] =
    ["ERIKSSON", "LINDGREN", "MARTIN", "NOWAK", "VAN DER MUELLEN", "ZHANG", "OKAFOR", "SILVA SANTOS"];
const GIVEN: [&str; 8] =
    ["ANNA MARIA", "LARS", "PETER", "ZOFIA", "JAN", "XIAOMING", "ADAEZE GRACE", "MARINA"];

struct Holder {
    surname: &'static str,
    given: &'static str,
    document: String,
    birth: String,
    expiry: String,
    sex: char,
}

fn holder(rng: &mut Rng) -> Holder {
    let letters: Vec<char> = "ABCDEFGHKLMNPRTXYZ".chars().collect();
    let mut document = String::from(rng.pick(&letters));
    document.extend((0..8).map(|_| char::from(b'0' + rng.below(10) as u8)));
    let date = |years: (i32, i32), rng: &mut Rng| {
        format!("{:02}{:02}{:02}", rng.int(years.0, years.1) % 100, rng.int(1, 12), rng.int(1, 28))
    };
    Holder {
        surname: rng.pick(&SURNAMES),
        given: rng.pick(&GIVEN),
        document,
        birth: date((1950, 2005), rng),
        expiry: date((2027, 2035), rng),
        sex: rng.pick(&['M', 'F']),
    }
}

fn filled(text: &str, length: usize) -> String {
    let mut out: String = text.chars().map(|c| if c == ' ' { '<' } else { c }).take(length).collect();
    while out.chars().count() < length {
        out.push('<');
    }
    out
}

/// The two 44-character lines of Doc 9303 part 4.
fn td3_lines(h: &Holder) -> Vec<String> {
    let first = filled(&format!("P<UTO{}<<{}", h.surname, h.given), 44);
    let (cd, cb, ce) = (mrz_check_digit(&h.document), mrz_check_digit(&h.birth), mrz_check_digit(&h.expiry));
    let optional = "<".repeat(14);
    let co = mrz_check_digit(&optional);
    let composite =
        mrz_check_digit(&format!("{}{cd}{}{cb}{}{ce}{optional}{co}", h.document, h.birth, h.expiry));
    let second =
        format!("{}{cd}UTO{}{cb}{}{}{ce}{optional}{co}{composite}", h.document, h.birth, h.sex, h.expiry);
    vec![first, second]
}

/// The three 30-character lines of Doc 9303 part 5.
fn td1_lines(h: &Holder) -> Vec<String> {
    let (cd, cb, ce) = (mrz_check_digit(&h.document), mrz_check_digit(&h.birth), mrz_check_digit(&h.expiry));
    let first = filled(&format!("I<UTO{}{cd}", h.document), 30);
    let head = format!("{}{cb}{}{}{ce}UTO{}", h.birth, h.sex, h.expiry, "<".repeat(11));
    let covered = format!("{}{}{}{}", &first[5..], &head[..7], &head[8..15], &head[18..29]);
    let second = format!("{head}{}", mrz_check_digit(&covered));
    vec![first, second, filled(&format!("{}<<{}", h.surname, h.given), 30)]
}

fn set_lines(
    c: &mut Canvas,
    fonts: &Fonts,
    lines: &[String],
    left: f32,
    top: f32,
    width: f32,
    pitch: f32,
) -> Rect {
    // OCR-B is a fixed-width face of 2.54 mm pitch; the mono face is tracked to the same pitch.
    let count = lines.first().map_or(1, String::len) as f32;
    let step = width / count;
    let em = step * 1.55;
    let style = Type::new(Face::Mono, em, VALUE);
    let mut area: Option<Rect> = None;
    for (i, line) in lines.iter().enumerate() {
        for (k, ch) in line.chars().enumerate() {
            let at = [left + step * k as f32, top + pitch * i as f32];
            let (ink, _) = c.text(fonts, style, at, ch.encode_utf8(&mut [0; 4]));
            area = Some(area.map_or(ink, |a| a.union(ink)));
        }
    }
    area.unwrap_or_default()
}

fn printed_rows(c: &mut Canvas, fonts: &Fonts, h: &Holder, left: f32, top: f32, pitch: f32) {
    let rows = [
        ("Surname", h.surname.to_owned()),
        ("Given names", h.given.to_owned()),
        ("Nationality", "UTOPIA".to_owned()),
        ("Document No.", h.document.clone()),
        ("Date of birth", h.birth.clone()),
        ("Sex / Expiry", format!("{}   {}", h.sex, h.expiry)),
    ];
    for (i, (label, value)) in rows.iter().enumerate() {
        let y = top + pitch * i as f32;
        c.text(fonts, Type::new(Face::Sans, pitch * 0.3, [90, 100, 120]), [left, y], label);
        c.text(fonts, Type::new(Face::Sans, pitch * 0.48, VALUE), [left, y + pitch * 0.34], value);
    }
}

/// The data page of a passport (TD3, 125 × 88 mm).
pub fn passport_page(portrait: &Portrait, fonts: &Fonts, rng: &mut Rng) -> Document {
    const W: f32 = 125.0;
    const H: f32 = 88.0;
    let h = holder(rng);
    let mut c = Canvas::new(W, H, PX_PER_MM * 0.8, [240; 3]);
    tint(&mut c, [230, 226, 216], [238, 234, 226], [226, 228, 220]);
    c.text(fonts, Type::new(Face::SansBold, 4.2, [70, 60, 90]).tracked(0.1), [8.0, 6.0], "UTOPIA   PASSPORT");
    let photo = Rect::new(8.0, 16.0, 33.0, 40.6);
    c.picture(&portrait.image, photo);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [92.0, 6.4], 3.0);
    printed_rows(&mut c, fonts, &h, 47.0, 16.0, 7.4);
    let lines = td3_lines(&h);
    let area = set_lines(&mut c, fonts, &lines, 6.5, 66.5, 112.0, 7.4);
    finish(c, portrait, lines, area, photo, Variant::PassportTd3, (W, H, 1.5))
}

/// An identity card of three lines (TD1).
pub fn td1_card(portrait: &Portrait, fonts: &Fonts, rng: &mut Rng) -> Document {
    let h = holder(rng);
    let mut c = Canvas::new(CARD_WIDTH_MM, CARD_HEIGHT_MM, PX_PER_MM, [240; 3]);
    tint(&mut c, [232, 228, 236], [240, 236, 232], [230, 232, 226]);
    c.text(fonts, Type::new(Face::SansBold, 2.8, [70, 60, 90]), [5.0, 3.0], "UTOPIA  IDENTITY CARD");
    let photo = Rect::new(62.0, 7.0, 18.4, 22.6);
    c.picture(&portrait.image, photo);
    diagonal_mark(&mut c, fonts, 0.13);
    printed_mark(&mut c, fonts, [60.0, 3.0], 2.2);
    printed_rows(&mut c, fonts, &h, 5.0, 7.6, 4.2);
    let lines = td1_lines(&h);
    let area = set_lines(&mut c, fonts, &lines, 4.6, 34.4, 76.4, 5.6);
    finish(c, portrait, lines, area, photo, Variant::CardTd1, (CARD_WIDTH_MM, CARD_HEIGHT_MM, 3.18))
}

fn finish(
    c: Canvas,
    portrait: &Portrait,
    lines: Vec<String>,
    area: Rect,
    photo: Rect,
    variant: Variant,
    size: (f32, f32, f32),
) -> Document {
    Document {
        width_mm: size.0,
        height_mm: size.1,
        radius_mm: size.2,
        fields: Fields { mrz: lines, ..Fields::default() },
        boxes: [("mrz".to_owned(), area)].into(),
        portrait: Some(photo),
        face: portrait.face.clone(),
        ..blank(c.image, variant, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specimens_of_the_standard_come_out_letter_for_letter() {
        let h = Holder {
            surname: "ERIKSSON",
            given: "ANNA MARIA",
            document: "D23145890".to_owned(),
            birth: "740812".to_owned(),
            expiry: "120415".to_owned(),
            sex: 'F',
        };
        // Doc 9303 part 5, appendix B (optional data aside).
        assert_eq!(
            td1_lines(&h),
            [
                "I<UTOD231458907<<<<<<<<<<<<<<<",
                "7408122F1204159UTO<<<<<<<<<<<6",
                "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
            ]
        );
        let td3 = td3_lines(&h);
        assert_eq!(td3[0], "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
        assert_eq!((td3[0].len(), td3[1].len()), (44, 44));
        assert!(td3[1].starts_with("D231458907UTO7408122F1204159"));
    }
}
