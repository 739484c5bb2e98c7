//! Known answers, so that a silent change of channel order, padding or rounding cannot pass.

use crate::installed::{Weights, engines, picture};
use image::RgbImage;
use shiming_vision::face::{self, Detection, Embedding};
use shiming_vision::models::Models;

fn close(got: f32, wanted: f32, tolerance: f32, what: &str) {
    assert!((got - wanted).abs() <= tolerance, "{what}: {got}, expected {wanted} ± {tolerance}");
}

#[test]
fn the_converted_embedding_gives_its_known_vectors() {
    let weights = Weights::read();
    let zeros = vec![0.0; 3 * 150 * 150];
    let ramp: Vec<f32> = (0..3 * 150 * 150)
        .map(|i| ((3 * (i % 150) + 5 * (i / 150 % 150) + 70 * (i / 22_500)) % 256) as f32)
        .collect();
    let cases = [
        (zeros, [-0.03591, 0.11436, 0.08406, -0.01526, -0.06595, -0.04233], -0.29505, 1.30795),
        (ramp, [-0.07289, 0.11262, 0.04383, -0.01555, -0.04435, -0.06630], -0.39977, 1.28484),
    ];
    for engine in engines() {
        let model = engine.load("face-emb", weights.by_id("face-emb")).expect("it loads");
        for (input, first, sum, norm) in &cases {
            let outputs = model.run(&[1, 3, 150, 150], input).expect("it runs");
            let values = outputs.get("embedding").expect("its name").data().to_vec();
            assert_eq!(values.len(), 128);
            for (got, wanted) in values.iter().zip(first) {
                close(*got, *wanted, 1e-4, "component");
            }
            // 128 components of 1e-4 each.
            close(values.iter().sum(), *sum, 1e-3, "sum");
            close(values.iter().map(|v| v * v).sum::<f32>().sqrt(), *norm, 1e-3, "norm");
        }
    }
}

fn largest(models: &Models, name: &str) -> (RgbImage, Detection) {
    let photo = picture(name);
    let found = face::detect(models, &photo).expect("it runs");
    let first = *found.first().unwrap_or_else(|| panic!("no face in {name}"));
    (photo, first)
}

fn embedding(models: &Models, name: &str) -> Embedding {
    let (photo, found) = largest(models, name);
    face::embed(models, &photo, &found.points).expect("it runs").expect("a face has a chip")
}

#[test]
fn known_faces_are_where_they_were() {
    let weights = Weights::read();
    let [ort, _] = engines();
    let models = weights.load(&ort);
    let (_, a) = largest(&models, "obama.jpg");
    close(a.score, 0.946, 0.01, "score");
    for (got, wanted) in <[f32; 4]>::from(a.region).into_iter().zip([371.0, 91.0, 241.0, 329.0]) {
        close(got, wanted, 3.0, "box");
    }
    let points = [[439.0, 214.0], [555.0, 214.0], [495.0, 268.0], [440.0, 318.0], [547.0, 319.0]];
    for (got, wanted) in a.points.iter().flatten().zip(points.iter().flatten()) {
        close(*got, *wanted, 3.0, "point");
    }
    let (_, b) = largest(&models, "biden.jpg");
    close(b.score, 0.926, 0.01, "score");
    for (got, wanted) in <[f32; 4]>::from(b.region).into_iter().zip([417.0, 178.0, 297.0, 398.0]) {
        close(got, wanted, 3.0, "box");
    }
}

#[test]
fn known_pairs_are_as_far_apart_as_they_were() {
    let weights = Weights::read();
    let [ort, _] = engines();
    let models = weights.load(&ort);
    let names = ["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "32bit.png"];
    let all = names.map(|n| embedding(&models, n));
    let pairs = [
        (0, 1, 0.440),
        (0, 2, 0.339),
        (1, 2, 0.458),
        (3, 0, 0.801),
        (3, 1, 0.728),
        (3, 2, 0.802),
        (4, 1, 0.018),
    ];
    for (i, j, wanted) in pairs {
        close(all[i].distance(&all[j]), wanted, 0.03, &format!("{} – {}", names[i], names[j]));
    }
    for e in &all {
        assert!((1.2..1.8).contains(&e.norm()), "norm {}", e.norm());
    }
    for partial in ["obama_partial_face.jpg", "obama_partial_face2.jpg"] {
        let (photo, found) = largest(&models, partial);
        let e = face::embed(&models, &photo, &found.points).expect("it runs").expect("a chip");
        assert!(e.distance(&all[0]) < 0.4, "{partial}: the embedding does not notice a cut face");
        let measured = face::measure(&photo, &found).expect("a face has a pose");
        assert!(!measured.inside, "{partial}: a cut face must not count as inside");
    }
}

/// Paints over the face in its own coordinates: x in eye distances from the middle of the eyes to the
/// right, y downwards.
fn paint(photo: &RgbImage, face: &Detection, colour: [u8; 3], inside: impl Fn(f32, f32) -> bool) -> RgbImage {
    let [left, right, ..] = face.points;
    let eyes = [right[0] - left[0], right[1] - left[1]];
    let square = eyes[0] * eyes[0] + eyes[1] * eyes[1];
    let middle = [f32::midpoint(left[0], right[0]), f32::midpoint(left[1], right[1])];
    let mut painted = photo.clone();
    for (x, y, pixel) in painted.enumerate_pixels_mut() {
        let d = [x as f32 - middle[0], y as f32 - middle[1]];
        let across = (d[0] * eyes[0] + d[1] * eyes[1]) / square;
        let down = (d[1] * eyes[0] - d[0] * eyes[1]) / square;
        if inside(across, down) {
            pixel.0 = colour;
        }
    }
    painted
}

#[test]
fn masks_and_dark_glasses_are_noticed() {
    let weights = Weights::read();
    let [ort, _] = engines();
    let models = weights.load(&ort);
    let (photo, face) = largest(&models, "astronaut.png");
    let covered = |picture: &RgbImage| {
        let found = face::detect(&models, picture).expect("it runs");
        let first = found.first().expect("the face is still found");
        face::measure(picture, first).expect("a face has a pose").covered
    };
    assert!(covered(&photo) < 0.2);
    let mask = |a: f32, b: f32| b > 0.4 + 0.2 * a.abs() && b < 1.7 && a.abs() < 0.95;
    for colour in [[235, 235, 238], [150, 190, 220], [25, 25, 28]] {
        assert!(covered(&paint(&photo, &face, colour, mask)) > 0.8, "mask {colour:?}");
    }
    let lens = |a: f32, b: f32| {
        ((a.abs() - 0.5) / 0.42).powi(2) + (b / 0.3).powi(2) < 1.0 || (b.abs() < 0.05 && a.abs() < 0.95)
    };
    assert!(covered(&paint(&photo, &face, [15, 15, 18], lens)) > 0.8, "dark glasses");
}
