//! The two engines must say the same: every network, pseudo-random and real inputs.

use crate::installed::{Weights, engines, models_dir, picture, specimen};
use shiming_vision::face;
use shiming_vision::ocr::{self, DetectOptions, InputSize, Mask};
use shiming_vision::runtime::Model;

/// Greatest allowed difference of any value; 1e-4 is usual.
const DIFFERENCE_MAX: f32 = 1e-3;

/// A fixed sequence in 0…1 (Knuth's MMIX generator).
fn noise(len: usize) -> Vec<f32> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32
    };
    (0..len).map(|_| next()).collect()
}

fn assert_same(id: &str, models: &[Box<dyn Model>; 2], shape: &[usize], data: &[f32]) {
    let [a, b] = models.each_ref().map(|m| m.run(shape, data).expect("it runs"));
    assert_eq!(a.iter().count(), b.iter().count(), "{id}: number of outputs");
    for first in a.iter() {
        let second = b.get(first.name()).expect("both engines name their outputs alike");
        assert_eq!(first.shape(), second.shape(), "{id} {}", first.name());
        let worst =
            first.data().iter().zip(second.data()).map(|(p, q)| (p - q).abs()).fold(0.0_f32, f32::max);
        assert!(worst <= DIFFERENCE_MAX, "{id} {} {shape:?}: differs by {worst}", first.name());
        assert!(first.data().iter().all(|v| v.is_finite()), "{id} {}", first.name());
    }
}

#[test]
fn every_network_gives_the_same_numbers() {
    let (weights, engines) = (Weights::read(), engines());
    // Identifier, input shape, and the range of its values: low and width.
    let cases: [(&'static str, &[usize], f32, f32); 6] = [
        ("ocr-det", &[1, 3, 320, 512], -1.0, 2.0),
        ("ocr-rec", &[1, 3, 48, 320], -1.0, 2.0),
        ("ocr-rec", &[2, 3, 48, 456], -1.0, 2.0),
        ("ocr-cls", &[1, 3, 48, 192], -1.0, 2.0),
        ("face-det", &[1, 3, 640, 640], 0.0, 255.0),
        ("face-emb", &[2, 3, 150, 150], 0.0, 255.0),
    ];
    for (id, shape, low, width) in cases {
        let models = engines.each_ref().map(|e| e.load(id, weights.by_id(id)).expect("it loads"));
        let data: Vec<f32> = noise(shape.iter().product()).iter().map(|v| low + width * v).collect();
        assert_same(id, &models, shape, &data);
        assert_same(id, &models, shape, &vec![0.0; data.len()]);
    }
}

#[test]
fn the_passive_model_gives_the_same_numbers() {
    let path = models_dir().join("live-passive.onnx");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: live-passive is not installed; `shiming models enable` says what it is");
        return;
    };
    let models = engines().each_ref().map(|e| e.load("live-passive", &bytes).expect("it loads"));
    let shape = [1, 3, 128, 128];
    let data: Vec<f32> = noise(shape.iter().product()).iter().map(|v| 255.0 * v).collect();
    assert_same("live-passive", &models, &shape, &data);
    assert_same("live-passive", &models, &shape, &vec![0.0; data.len()]);
}

#[test]
fn wrong_inputs_are_errors_on_both() {
    let weights = Weights::read();
    for engine in engines() {
        let model = engine.load("face-emb", weights.by_id("face-emb")).expect("it loads");
        let few = model.run(&[1, 3, 150, 150], &[0.0; 10]).err().map(|e| e.code());
        assert_eq!(few, Some("model_shape"));
        let none = model.run(&[0, 3, 150, 150], &[]).err().map(|e| e.code());
        assert_eq!(none, Some("model_shape"));
        let other = model.run(&[1, 1, 5, 5], &[0.0; 25]).err().map(|e| e.code());
        assert_eq!(other, Some("model_run"), "{}", engine.name());
        let rubbish = engine.load("face-emb", b"not a network").err().map(|e| e.code());
        assert_eq!(rubbish, Some("model_load"), "{}", engine.name());
        let cut = weights.by_id("face-emb");
        assert!(engine.load("face-emb", &cut[..cut.len() / 2]).is_err(), "{}", engine.name());
    }
}

#[test]
fn faces_are_found_and_compared_alike() {
    let (weights, engines) = (Weights::read(), engines());
    let [ort, rten] = engines.each_ref().map(|e| weights.load(e));
    let photo = picture("astronaut.png");
    let [a, b] = [&ort, &rten].map(|m| face::detect(m, &photo).expect("it runs"));
    assert_eq!(a.len(), 1);
    assert_eq!(b.len(), 1);
    for (p, q) in a[0].points.iter().flatten().zip(b[0].points.iter().flatten()) {
        assert!((p - q).abs() <= 1.0);
    }
    let points = &a[0].points;
    let [p, q] =
        [&ort, &rten].map(|m| face::embed(m, &photo, points).expect("it runs").expect("a face has a chip"));
    assert!(p.distance(&q) <= 1e-3);
}

#[test]
fn text_is_found_and_read_alike() {
    let (weights, engines) = (Weights::read(), engines());
    let [ort, rten] = engines.each_ref().map(|e| weights.load(e));
    let (card, number) = specimen();
    let options =
        DetectOptions { input: InputSize::Exact { width: 640, height: 416 }, ..DetectOptions::default() };
    let [a, b] = [&ort, &rten].map(|m| ocr::detect(m, &card, &options).expect("it runs"));
    assert!(a.len() >= 6, "only {} lines found", a.len());
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(&b) {
        for (p, q) in x.corners.iter().flatten().zip(y.corners.iter().flatten()) {
            assert!((p - q).abs() <= 1.0);
        }
    }
    let strips: Vec<_> = a.iter().map(|t| ocr::crop_line(&card, t)).collect();
    let [x, y] = [&ort, &rten].map(|m| ocr::recognise_logits(m, &strips).expect("it runs"));
    for (p, q) in x.iter().zip(&y) {
        let (p, q) = (p.decode(), q.decode());
        assert_eq!(p.text, q.text);
        assert!((p.confidence - q.confidence).abs() <= DIFFERENCE_MAX);
    }
    let numbers = x.iter().map(|l| l.decode_masked(&Mask::id_number()).text);
    assert!(numbers.into_iter().any(|text| text == number), "the number is not among the lines");
    for model in [&ort, &rten] {
        let longest = strips.iter().max_by_key(|s| s.width()).expect("there are lines");
        assert!(ocr::upright(model, longest.clone()).expect("it runs") == *longest);
        let turned = image::imageops::rotate180(longest);
        assert!(ocr::upright(model, turned).expect("it runs") == *longest, "a turned line was left");
    }
}

#[test]
fn text_answers_are_bounded_whatever_comes() {
    let weights = Weights::read();
    let [ort, _] = engines();
    let models = weights.load(&ort);
    let empty = image::RgbImage::new(0, 0);
    assert!(ocr::detect(&models, &empty, &DetectOptions::default()).expect("it runs").is_empty());
    assert!(face::detect(&models, &empty).expect("it runs").is_empty());
    let thin = image::RgbImage::from_pixel(5000, 1, image::Rgb([255; 3]));
    assert!(ocr::detect(&models, &thin, &DetectOptions::default()).expect("it runs").is_empty());
    let strips = vec![image::RgbImage::from_pixel(3, 2, image::Rgb([9; 3])); ocr::LINES_MAX + 5];
    let lines = ocr::recognise(&models, &strips, None).expect("it runs");
    assert_eq!(lines.len(), strips.len());
    assert!(ocr::recognise(&models, &[thin, empty], None).expect("it runs").len() == 2);
}
