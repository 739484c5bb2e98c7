//! Quality measures on painted cards: every fault is beyond its bound, good pictures are not.

#![expect(clippy::panic, reason = "a missing font or measure fails the test with its name")]

use image::RgbImage;
use shiming_domain::check::Status;
use shiming_domain::evidence::{FileFacts, Measure, Measurement};
use shiming_domain::policy::Quality;
use shiming_testkit::card::{self, Document};
use shiming_testkit::content::{Mix, Person};
use shiming_testkit::dataset::Studio;
use shiming_testkit::faces::Faces;
use shiming_testkit::labels::FaultKind;
use shiming_testkit::photo::{self, Fault, Shot};
use shiming_testkit::rng::Rng;
use shiming_vision::picture::Picture;
use shiming_vision::quality::{CardCorners, measure_card, measure_scene};

const FRAME: (u32, u32) = (1600, 1200);

fn studio() -> Studio {
    let today = time::Date::from_calendar_date(2026, time::Month::November, 22).expect("a date");
    Studio::open(Faces::none(), today).unwrap_or_else(|e| panic!("{e}"))
}

fn document(studio: &Studio, portrait: bool, rng: &Rng) -> Document {
    let person = Person::invent("p", &Mix::default(), studio.today, &studio.fonts, &mut rng.fork("person"));
    if portrait {
        card::portrait_side(&person, &studio.faces.portrait(&mut rng.fork("portrait")), &studio.fonts)
    } else {
        card::emblem_side(&person, &studio.fonts)
    }
}

fn picture(rgb: RgbImage) -> Picture {
    let (width_px, height_px) = rgb.dimensions();
    Picture {
        rgb,
        scale: 1.0,
        file: FileFacts { format: "jpeg".into(), size_bytes: 1, width_px, height_px },
        grey_file: false,
        orientation: 1,
    }
}

/// A photograph of a card, without the detour over a file.
fn photographed(studio: &Studio, fault: Option<Fault>, seed: u64) -> (Picture, CardCorners) {
    let rng = Rng::new(seed);
    let document = document(studio, seed.is_multiple_of(2), &rng);
    let shot = Shot::ordinary(&document, FRAME.0, FRAME.1, 0.0, &mut rng.fork("shot"));
    let taken = photo::photograph(&document, &[], &Shot { fault, ..shot }, &rng);
    (picture(taken.image), taken.corners.expect("the card is in the picture"))
}

fn verdict(measured: &[Measurement], measure: Measure) -> (Status, f32) {
    let value = measured.iter().find(|m| m.measure == measure).unwrap_or_else(|| panic!("{measure:?}")).value;
    let (bound, direction) = Quality::default().bound(measure);
    (bound.judge(value, direction), value)
}

const ALL: [Measure; 10] = [
    Measure::Sharpness,
    Measure::Brightness,
    Measure::Clipped,
    Measure::Glare,
    Measure::Shadow,
    Measure::CardWidth,
    Measure::CutOff,
    Measure::Skew,
    Measure::Occlusion,
    Measure::Chroma,
];

#[test]
fn good_photographs_pass_everything() {
    let studio = studio();
    for seed in 1..=8 {
        let (picture, corners) = photographed(&studio, None, seed);
        let measured = measure_card(&picture, &corners);
        assert!(measured.is_sorted_by_key(|m| m.measure));
        for measure in ALL {
            let (status, value) = verdict(&measured, measure);
            assert_eq!(status, Status::Pass, "seed {seed}: {measure:?} {value}");
        }
    }
}

#[test]
fn corners_a_little_off_change_no_verdict() {
    let studio = studio();
    for seed in 1..=4 {
        let (picture, mut corners) = photographed(&studio, None, seed);
        let width = corners[1][0] - corners[0][0];
        for (i, corner) in corners.iter_mut().enumerate() {
            let off = 0.012 * width;
            corner[0] += if (seed as usize + i).is_multiple_of(2) { off } else { -off };
            corner[1] += if (seed as usize / 2 + i).is_multiple_of(2) { off } else { -off };
        }
        let measured = measure_card(&picture, &corners);
        for measure in ALL {
            let (status, value) = verdict(&measured, measure);
            assert_eq!(status, Status::Pass, "seed {seed}: {measure:?} {value}");
        }
    }
}

#[test]
fn a_clean_card_on_a_plain_ground_passes_everything() {
    let studio = studio();
    for (portrait, ground) in [(true, 120_u8), (false, 60), (true, 255), (false, 200)] {
        let card = document(&studio, portrait, &Rng::new(5)).image;
        let card = image::imageops::resize(&card, 1000, 631, image::imageops::FilterType::Triangle);
        let mut scene = RgbImage::from_pixel(1400, 1000, image::Rgb([ground; 3]));
        image::imageops::replace(&mut scene, &card, 200, 180);
        let corners = [[200.0, 180.0], [1200.0, 180.0], [1200.0, 811.0], [200.0, 811.0]];
        let measured = measure_card(&picture(scene), &corners);
        for measure in ALL {
            let (status, value) = verdict(&measured, measure);
            assert_eq!(status, Status::Pass, "{portrait} {ground}: {measure:?} {value}");
        }
    }
}

#[test]
fn every_clear_fault_is_beyond_its_bound() {
    let studio = studio();
    for (kind, measure) in [
        (FaultKind::Blur, Measure::Sharpness),
        (FaultKind::MotionBlur, Measure::Sharpness),
        (FaultKind::Dark, Measure::Brightness),
        (FaultKind::Overexposed, Measure::Clipped),
        (FaultKind::Glare, Measure::Glare),
        (FaultKind::Shadow, Measure::Shadow),
        (FaultKind::TooSmall, Measure::CardWidth),
        (FaultKind::CornerMissing, Measure::CutOff),
        (FaultKind::Occluded, Measure::Occlusion),
        (FaultKind::GreyscaleCopy, Measure::Chroma),
    ] {
        for (seed, grade) in [(11, 0.3), (12, 0.3), (13, 0.6), (14, 1.0)] {
            let (picture, corners) = photographed(&studio, Some(Fault { kind, grade }), seed);
            let measured = measure_card(&picture, &corners);
            let (status, value) = verdict(&measured, measure);
            assert_eq!(status, Status::Fail, "{kind:?} {grade} seed {seed}: {value}");
            let region = measured.iter().find(|m| m.measure == measure).and_then(|m| m.region);
            let region = region.unwrap_or_else(|| panic!("{kind:?} has no place"));
            assert!(region.w > 0.0 && region.h > 0.0 && region.x + region.w <= FRAME.0 as f32 + 0.1);
        }
    }
}

#[test]
fn the_box_is_where_the_reflection_is() {
    let studio = studio();
    let (mut picture, corners) = photographed(&studio, None, 2);
    // A soft white spot of 8 mm on a known place.
    let at = [0.3, 0.6].map(|t: f32| t);
    let mix = |a: [f32; 2], b: [f32; 2], t: f32| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    let [x, y] = mix(mix(corners[0], corners[1], at[0]), mix(corners[3], corners[2], at[0]), at[1]);
    let radius = (corners[1][0] - corners[0][0]) / 85.6 * 4.0;
    for (px, py, pixel) in picture.rgb.enumerate_pixels_mut() {
        let r = (px as f32 - x).hypot(py as f32 - y) / radius;
        let add = 400.0 * (-r * r * r).exp();
        pixel.0 = pixel.0.map(|v| (f32::from(v) + add).min(255.0) as u8);
    }
    let measured = measure_card(&picture, &corners);
    let glare = measured.iter().find(|m| m.measure == Measure::Glare).unwrap();
    assert_eq!(verdict(&measured, Measure::Glare).0, Status::Fail);
    let b = glare.region.unwrap();
    let (cx, cy) = (b.x + b.w / 2.0, b.y + b.h / 2.0);
    assert!((cx - x).hypot(cy - y) < radius, "{b:?} {x} {y}");
    assert!(b.w < 4.0 * radius && b.w > 0.8 * radius, "{b:?} {radius}");
}

#[test]
fn corners_without_area_measure_the_frame_only() {
    let studio = studio();
    let (picture, _) = photographed(&studio, None, 1);
    for corners in [[[5.0, 5.0]; 4], [[f32::NAN; 2]; 4], [[0.0, 0.0], [9.0, 0.0], [18.0, 0.0], [27.0, 0.0]]] {
        let measured = measure_card(&picture, &corners);
        assert_eq!(measured.len(), 3, "{corners:?}");
    }
}

#[test]
fn a_scene_without_edges_has_no_sharpness() {
    let blank = picture(RgbImage::from_pixel(1200, 900, image::Rgb([90; 3])));
    let measured = measure_scene(&blank);
    assert_eq!(
        measured.iter().map(|m| m.measure).collect::<Vec<_>>(),
        [Measure::Brightness, Measure::Clipped]
    );
    assert!((measured[0].value - 90.0).abs() < 1.0);

    let studio = studio();
    let sharp = measure_scene(&photographed(&studio, None, 3).0);
    let fault = Fault { kind: FaultKind::Blur, grade: 1.0 };
    let blurred = measure_scene(&photographed(&studio, Some(fault), 3).0);
    assert!(sharp[0].value > 4.0 && blurred[0].value < 1.5, "{} {}", sharp[0].value, blurred[0].value);
}
