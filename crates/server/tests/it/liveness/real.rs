//! The installed networks on pictures of people: whoever does not move does not pass.

use super::camera::Scene;
use super::required;
use serde_json::json;
use shiming_domain::moment::Span;
use shiming_engine::models::default_directory;
use shiming_engine::service::Eyes;
use shiming_engine::{EngineChoice, Toolbox};
use shiming_testkit::faces::Faces;
use shiming_testkit::trial::live::held;
use shiming_testkit::trial::{Database, Trial, TrialOptions};
use std::path::PathBuf;
use std::sync::Arc;

fn folder() -> PathBuf {
    default_directory(|name| std::env::var_os(name)).unwrap()
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
