//! The installed networks on pictures of people: whoever does not move does not pass.

use super::camera::Scene;
use super::required;
use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};
use serde_json::json;
use shiming_domain::moment::Span;
use shiming_engine::models::default_directory;
use shiming_engine::service::Eyes;
use shiming_engine::{EngineChoice, Toolbox};
use shiming_testkit::faces::{Faces, Source};
use shiming_testkit::trial::{Database, Trial, TrialOptions};
use std::path::PathBuf;
use std::sync::Arc;

fn folder() -> PathBuf {
    default_directory(|name| std::env::var_os(name)).unwrap()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 60).encode_image(picture).unwrap();
    bytes
}

/// A printed photo in somebody's hand, head and shoulders: moved, brought nearer, and turned about its upright axis,
/// which makes it narrower. None of that turns the head on it.
fn held(photo: &Source, n: u32) -> Vec<u8> {
    let [cx, cy] = photo.face.centre();
    let scale = 1.0 + 0.02 * (n % 6) as f32;
    let (width, height) = (photo.face.w * 2.0 / scale, photo.face.w * 2.6 / scale);
    let (dx, dy) = (1.5 * (n % 5) as f32 - 3.0, (n % 3) as f32 - 1.0);
    let left = (cx - width / 2.0 + dx).max(0.0) as u32;
    let top = (cy - height / 2.0 + dy).max(0.0) as u32;
    let seen = crop_imm(&photo.image, left, top, width as u32, height as u32).to_image();
    let narrow = resize(&seen, 240 - 8 * (n % 7), 320, FilterType::Triangle);
    let mut frame = RgbImage::from_pixel(240, 320, image::Rgb([90, 90, 90]));
    image::imageops::overlay(&mut frame, &narrow, i64::from(4 * (n % 7)), 0);
    jpeg(&frame)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_still_face_never_passes() {
    let toolbox = Toolbox::open(&folder(), EngineChoice::Auto, 2);
    let eyes: Arc<dyn Eyes> =
        Arc::new(toolbox.unwrap_or_else(|e| panic!("{e}; run `cargo xtask setup` once")));
    let faces = Faces::open(&folder().join("test-pictures")).unwrap();
    let photo = faces.sources().first().unwrap();
    let options = TrialOptions { real_eyes: Some(eyes), edit_policy: required, ..TrialOptions::default() };
    let mut scene = Scene::on(Trial::with(Database::sqlite().await, options).await).await;
    let mut camera = scene.begun().await;
    let mut told = Vec::new();
    let mut n = 0;
    // Frames go on until the challenge ends; the clock moves with each.
    let result = loop {
        n += 1;
        assert!(n < 100, "it ends, after {told:?}");
        scene.trial.clock.advance(Span::try_from(200_000).unwrap());
        let captured_ms = u64::try_from(scene.trial.service.now().unix_us() / 1_000).unwrap();
        camera.send_frame(n, captured_ms, &held(photo, n)).await;
        while let Some(message) = camera.soon().await {
            told.push(message);
        }
        if let Some(end) = told.iter().find(|message| message["type"] == "result") {
            break end.clone();
        }
    };
    let kinds: Vec<_> = told.iter().filter_map(|message| message["type"].as_str()).collect();
    assert!(kinds.contains(&"step"), "the networks see the face, so the challenge begins: {told:?}");
    assert!(!kinds.contains(&"shoot"), "{told:?}");
    assert_eq!(result["outcome"], json!("retry"), "{told:?}");
}
