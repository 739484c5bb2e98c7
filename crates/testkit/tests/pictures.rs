//! The painted pictures themselves: stable by seed, and in agreement with their own truth.

use image::{GrayImage, RgbImage};
use shiming_testkit::card::{self, Document};
use shiming_testkit::content::{Mix, Person};
use shiming_testkit::dataset::{self, Studio};
use shiming_testkit::faces::Faces;
use shiming_testkit::geometry::{Point, Pose, Quad, Rect};
use shiming_testkit::labels::{Condition, FaultKind, Labels};
use shiming_testkit::photo::{self, Background, Fault, Look, Shot, Taken};
use shiming_testkit::rng::Rng;
use time::{Date, Month};

fn studio() -> Studio {
    let today = Date::from_calendar_date(2026, Month::November, 22).expect("a date");
    Studio::open(Faces::none(), today).expect("fonts-noto-cjk is installed (apt-get install fonts-noto-cjk)")
}

fn person(studio: &Studio, seed: u64) -> Person {
    Person::invent("p", &Mix::default(), studio.today, &studio.fonts, &mut Rng::new(seed))
}

fn sides(studio: &Studio, seed: u64) -> [Document; 2] {
    let person = person(studio, seed);
    let portrait = studio.faces.portrait(&mut Rng::new(seed));
    [card::portrait_side(&person, &portrait, &studio.fonts), card::emblem_side(&person, &studio.fonts)]
}

/// A small ordinary shot without anything that hides the card's edge.
fn take(document: &Document, fault: Option<Fault>, seed: u64) -> Taken {
    let rng = Rng::new(seed);
    let mut draw = rng.fork("shot");
    let shot = Shot::ordinary(document, 1200, 900, 0.0, &mut draw);
    photo::photograph(document, &[], &Shot { background: Background::Plain, fault, ..shot }, &rng)
}

fn luma(image: &RgbImage, [x, y]: Point) -> f32 {
    let grey = |dx: i32, dy: i32| {
        let px = (x as i32 + dx).clamp(0, image.width() as i32 - 1) as u32;
        let py = (y as i32 + dy).clamp(0, image.height() as i32 - 1) as u32;
        image.get_pixel(px, py).0.iter().map(|&v| f32::from(v)).sum::<f32>() / 3.0
    };
    (-1..=1).flat_map(|a| (-1..=1).map(move |b| (a, b))).map(|(a, b)| grey(a, b)).sum::<f32>() / 9.0
}

/// 32 × 24 grey values as text, one row per line.
fn thumbnail(image: &RgbImage) -> Vec<u8> {
    let small: RgbImage = image::imageops::thumbnail(image, 32, 24);
    let grey: GrayImage = image::imageops::grayscale(&small);
    grey.into_raw()
}

/// Compares with a golden file; `UPDATE_GOLDEN=1` writes it anew. Values may differ by 4 levels:
/// sine and power differ in the last bit between processors, releases of a font by a hairline.
fn assert_golden(name: &str, image: &RgbImage) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let got = thumbnail(image);
    let text = |values: &[u8]| {
        let rows: Vec<String> = values
            .chunks(32)
            .map(|row| row.iter().map(|v| format!("{v:02x}")).collect::<Vec<_>>().concat())
            .collect();
        rows.join("\n") + "\n"
    };
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text(&got)).expect("golden file written");
        return;
    }
    let golden = std::fs::read_to_string(&path).expect("golden file is in the repository");
    let want: Vec<u8> = golden
        .split_whitespace()
        .flat_map(|row| (0..row.len() / 2).map(move |i| u8::from_str_radix(&row[2 * i..2 * i + 2], 16)))
        .collect::<Result<_, _>>()
        .expect("golden file is hexadecimal");
    assert_eq!(want.len(), got.len(), "{name}");
    let worst = want.iter().zip(&got).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    assert!(worst <= 4, "{name} changed by up to {worst} levels; look at it, then run with UPDATE_GOLDEN=1");
}

#[test]
fn cards_and_photographs_of_a_seed_look_as_they_always_did() {
    let studio = studio();
    let [portrait, emblem] = sides(&studio, 11);
    assert_golden("portrait_side.txt", &portrait.image);
    assert_golden("emblem_side.txt", &emblem.image);
    assert_golden("photo.txt", &take(&portrait, None, 11).image);
    let glare = Some(Fault { kind: FaultKind::Glare, grade: 0.6 });
    assert_golden("glare.txt", &take(&emblem, glare, 11).image);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let studio = studio();
    let paint = |seed| {
        let dir = tempfile::tempdir().expect("a folder");
        let labels = dataset::card_set(dir.path(), &studio, seed, false).expect("painted");
        let bytes = std::fs::read(dir.path().join("portrait_side.jpg")).expect("a picture");
        (labels, bytes)
    };
    let (first, again, other) = (paint(4), paint(4), paint(5));
    assert!(first == again);
    assert_ne!(first.1, other.1);
}

/// Along every edge the picture must change from card to ground exactly where the truth says.
#[test]
fn true_corners_lie_where_the_pixels_change() {
    let studio = studio();
    for seed in 0..6 {
        let [portrait, emblem] = sides(&studio, seed);
        for document in [portrait, emblem] {
            let (w, h) = (1200.0_f32, 900.0_f32);
            let pose = Pose {
                centre: [w / 2.0 + 20.0, h / 2.0 - 10.0],
                width_px: 700.0,
                roll_deg: seed as f32 * 61.0,
                pitch_deg: 12.0,
                yaw_deg: -9.0,
                focal_px: 0.78 * w.hypot(h),
            };
            let look = Look { sheen: 0.0, dimming: 0.0, falloff: 0.0, ..Look::ordinary(&mut Rng::new(seed)) };
            let shot =
                Shot { width: 1200, height: 900, pose, background: Background::Plain, look, fault: None };
            let mut dark = document.clone();
            // A black card on a ground that is never black: only the outline is tested here.
            dark.image.fill(0);
            let taken = photo::photograph(&dark, &[], &shot, &Rng::new(seed));
            let corners = taken.corners.expect("a card");
            let centre = pose.centre;
            for i in 0..4 {
                let (a, b) = (corners[i], corners[(i + 1) % 4]);
                for t in [0.3, 0.5, 0.7] {
                    let on = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
                    let away = [on[0] - centre[0], on[1] - centre[1]];
                    let length = away[0].hypot(away[1]);
                    let at = |d: f32| [on[0] + away[0] / length * d, on[1] + away[1] / length * d];
                    let (inside, edge, outside) = (
                        luma(&taken.image, at(-5.0)),
                        luma(&taken.image, at(0.0)),
                        luma(&taken.image, at(5.0)),
                    );
                    assert!(outside - inside > 8.0, "edge {i} of seed {seed}: {inside} → {outside}");
                    assert!(
                        edge > inside + 1.0 && edge < outside - 1.0,
                        "edge {i} of seed {seed}: {inside} {edge} {outside}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_truth_about_each_field_covers_its_ink() {
    let studio = studio();
    for seed in 20..26 {
        for document in sides(&studio, seed) {
            let taken = take(&document, None, seed);
            let map = taken.map.expect("a card");
            for (name, mm) in &document.boxes {
                let area = map.apply_rect(*mm);
                let darkest = |r: Rect| {
                    let mut least = f32::MAX;
                    for y in r.y as u32..(r.y + r.h) as u32 {
                        for x in r.x as u32..(r.x + r.w) as u32 {
                            least = least.min(luma(&taken.image, [x as f32, y as f32]));
                        }
                    }
                    least
                };
                let ground = luma(&taken.image, map.apply([2.5, 27.0]));
                assert!(darkest(area) < ground * 0.75, "{name} of seed {seed} has no ink in its box");
            }
        }
    }
}

fn bounds_of(quad: Quad) -> Rect {
    Rect::around(&quad)
}

#[test]
fn ordinary_shots_show_the_whole_card() {
    let studio = studio();
    let [portrait, _] = sides(&studio, 1);
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let roll = rng.range(0.0, 360.0);
        let (w, h) = rng.pick(&[(4032, 3024), (1512, 2016), (1920, 1080)]);
        let shot = Shot::ordinary(&portrait, w, h, roll, &mut rng);
        let area = bounds_of(shot.pose.project(portrait.width_mm, portrait.height_mm));
        assert!(
            area.x > 0.0 && area.y > 0.0 && area.x + area.w < w as f32 && area.y + area.h < h as f32,
            "{area:?}"
        );
        assert!(shot.pose.width_px > 0.3 * w.min(h) as f32, "{}", shot.pose.width_px);
    }
}

#[test]
fn faults_do_to_the_picture_what_their_name_says() {
    let studio = studio();
    let [portrait, emblem] = sides(&studio, 3);
    let with = |kind, grade| take(&portrait, Some(Fault { kind, grade }), 3);
    let mean = |taken: &Taken| {
        let raw = taken.image.as_raw();
        raw.iter().map(|&v| f64::from(v)).sum::<f64>() / raw.len() as f64
    };
    let plain = take(&portrait, None, 3);
    assert!(mean(&with(FaultKind::Dark, 0.5)) < 0.6 * mean(&plain));
    assert!(mean(&with(FaultKind::Overexposed, 0.5)) > 1.2 * mean(&plain));
    let sharpness = |taken: &Taken| {
        let area = bounds_of(taken.corners.expect("a card"));
        let mut sum = 0.0;
        for y in area.y as u32..(area.y + area.h) as u32 - 2 {
            for x in area.x as u32..(area.x + area.w) as u32 - 2 {
                let at = |x, y| f64::from(taken.image.get_pixel(x, y).0[1]);
                sum += (at(x, y) - at(x + 2, y)).abs() + (at(x, y) - at(x, y + 2)).abs();
            }
        }
        sum
    };
    assert!(sharpness(&with(FaultKind::Blur, 0.5)) < 0.7 * sharpness(&plain));
    assert!(sharpness(&with(FaultKind::MotionBlur, 0.5)) < 0.85 * sharpness(&plain));
    let small = with(FaultKind::TooSmall, 0.5).corners.expect("a card");
    assert!(bounds_of(small).w < 420.0);
    let cut = bounds_of(with(FaultKind::CornerMissing, 0.3).corners.expect("a card"));
    assert!(cut.x < 0.0 || cut.y < 0.0 || cut.x + cut.w > 1200.0 || cut.y + cut.h > 900.0);
    for kind in [FaultKind::Glare, FaultKind::Shadow, FaultKind::Occluded] {
        for (document, seed) in [(&portrait, 5), (&emblem, 6), (&emblem, 8)] {
            let taken = take(document, Some(Fault { kind, grade: 0.6 }), seed);
            let clean = take(document, None, seed);
            let area = taken.fault.and_then(|f| f.area).expect("these faults have a place");
            // Both pictures differ by the fault alone; on the card the difference lies in the box.
            let back = taken.map.expect("a card").inverse();
            let sheet = Rect::new(0.0, 0.0, document.width_mm, document.height_mm);
            let (mut on_card, mut in_box) = (0_u32, 0_u32);
            for (x, y, pixel) in taken.image.enumerate_pixels() {
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let differs = pixel.0[1].abs_diff(clean.image.get_pixel(x, y).0[1]) > 30;
                if differs && contains(sheet, back.apply(at)) {
                    on_card += 1;
                    in_box += u32::from(contains(area, at));
                }
            }
            assert!(in_box > 500, "{kind:?} {seed}");
            assert!(f64::from(in_box) > 0.85 * f64::from(on_card), "{kind:?} {seed}: {in_box} of {on_card}");
        }
    }
}

fn contains(r: Rect, [x, y]: Point) -> bool {
    x >= r.x && y >= r.y && x <= r.x + r.w && y <= r.y + r.h
}

#[test]
fn the_truth_of_a_folder_reads_back_and_other_versions_are_refused() {
    let studio = studio();
    let dir = tempfile::tempdir().expect("a folder");
    let written = dataset::card_set(dir.path(), &studio, 9, false).expect("painted");
    let read = Labels::read(dir.path()).expect("reads");
    assert_eq!(read, written);
    assert_eq!(read.pictures.len(), 2, "without faces there is no selfie");
    assert!(read.pictures.iter().all(|p| p.condition == Condition::Clean && p.corners.is_some()));
    let number = read.pictures[0].fields.number.as_deref().expect("a number");
    assert!(number.starts_with("000000"), "region 000000 is not assigned");
    assert_eq!(read.cases[0].number, number);

    let path = dir.path().join("labels.json");
    let text = std::fs::read_to_string(&path).expect("text").replacen("\"schema\": 1", "\"schema\": 99", 1);
    std::fs::write(&path, text).expect("written");
    let error = Labels::read(dir.path()).expect_err("another version").to_string();
    assert!(error.contains("layout version 99"), "{error}");
}

/// The kit computes check digits on its own; here both arithmetics must agree.
#[test]
fn printed_numbers_hold_the_check_digits_of_the_rules() {
    let studio = studio();
    for seed in 0..60 {
        let number = person(&studio, seed).number;
        let (body, check) = number.split_at(17);
        assert_eq!(
            shiming_idcard::number::mod_11_2_check_char(body).map(String::from).as_deref(),
            Some(check)
        );
    }
    let portrait = studio.faces.portrait(&mut Rng::new(0));
    for seed in 0..10 {
        let passport = card::passport_page(&portrait, &studio.fonts, &mut Rng::new(seed)).fields.mrz;
        let td1 = card::td1_card(&portrait, &studio.fonts, &mut Rng::new(seed)).fields.mrz;
        let digit = |text: &str| shiming_idcard::number::icao_check_digit(text);
        let composite = format!("{}{}{}", &passport[1][..10], &passport[1][13..20], &passport[1][21..43]);
        assert_eq!(digit(&composite), passport[1].chars().last(), "{passport:?}");
        let composite = format!("{}{}{}{}", &td1[0][5..], &td1[1][..7], &td1[1][8..15], &td1[1][18..29]);
        assert_eq!(digit(&composite), td1[1].chars().last(), "{td1:?}");
    }
}
