//! What happens when files of the models directory are missing or changed.

use crate::run::shiming;
use crate::specimen::{models_dir, specimen};
use std::os::unix::fs::symlink;

/// The installed networks without the library of ONNX Runtime.
fn without_library() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for model in ["ocr-det", "ocr-rec", "ocr-cls", "face-det", "face-emb"] {
        let file = format!("{model}.onnx");
        symlink(models_dir().join(&file), dir.path().join(&file)).expect("a link");
    }
    dir
}

#[test]
fn without_the_library_the_built_in_engine_stands_in_and_says_so() {
    let dir = without_library();
    let models = ["--models-dir", dir.path().to_str().unwrap()];
    let selfie = specimen().selfie();
    let run = shiming(["inspect", &selfie, "--gate", "--json"].into_iter().chain(models));
    assert_eq!(run.json(0)["engine"]["name"], "rten");
    assert!(run.stderr.contains("ONNX Runtime is not installed"), "{}", run.stderr);
    // Asked for by name it is no warning, and its opposite is an error that says what to do.
    let run = shiming(["inspect", &selfie, "--gate", "--engine", "rten"].into_iter().chain(models));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = shiming(["inspect", &selfie, "--gate", "--engine", "onnxruntime"].into_iter().chain(models));
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("shiming models install"), "{}", run.stderr);
}

#[test]
fn one_changed_byte_in_a_model_stops_the_start() {
    let dir = without_library();
    let file = dir.path().join("face-det.onnx");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[1000] ^= 1;
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, bytes).unwrap();
    let run = shiming(["inspect", "a.jpg", "--models-dir", dir.path().to_str().unwrap()]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("face-det.onnx is not the pinned file"), "{}", run.stderr);
}

#[test]
fn an_optional_model_is_switched_on_by_whoever_accepts_where_it_comes_from() {
    let dir = without_library();
    let models = ["--models-dir", dir.path().to_str().unwrap()];
    let run = |words: &[&str]| shiming(["models"].iter().chain(words).chain(&models).copied());
    let refused = run(&["enable", "live-passive"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("--accept-unclear-provenance"), "{}", refused.stderr);
    let accepted = ["enable", "live-passive", "--accept-unclear-provenance", "--json"];
    assert_eq!(run(&accepted).json(0)["enabled"], true);
    // From now on it is missed, as every model is.
    let rows = run(&["list", "--json"]).json(0);
    let row = rows["files"].as_array().unwrap().iter().find(|row| row["id"] == "live-passive").unwrap();
    assert_eq!(row["state"], "missing");
    let selfie = specimen().selfie();
    let missed = shiming(["inspect", &selfie, "--gate"].into_iter().chain(models));
    assert_eq!(missed.status, 1);
    assert!(missed.stderr.contains("live-passive") && missed.stderr.contains("install"), "{}", missed.stderr);
    assert_eq!(run(&["disable", "live-passive", "--json"]).json(0)["enabled"], false);
    assert_eq!(shiming(["inspect", &selfie, "--gate"].into_iter().chain(models)).status, 0);
    assert_eq!(run(&["disable", "ocr-det"]).status, 2);
}

#[test]
fn list_shows_every_file_with_its_licence_and_says_when_something_is_missing() {
    let dir = without_library();
    let list = |dir: &str| shiming(["models", "list", "--json", "--models-dir", dir]).json(0);
    let partial = list(dir.path().to_str().unwrap());
    assert_eq!(partial["complete"], false);
    let whole = list(models_dir().to_str().unwrap());
    assert_eq!(whole["complete"], true);
    for file in whole["files"].as_array().unwrap().iter().filter(|f| f["kind"] == "model") {
        assert!(file["licence"].as_str().is_some_and(|l| !l.is_empty()), "{file}");
        assert_eq!(file["sha256"].as_str().map(str::len), Some(64), "{file}");
    }
}
