//! Where the tests find the installed weights and the licensed pictures.

use image::RgbImage;
use shiming_testkit::card;
use shiming_testkit::content::{Mix, Person};
use shiming_testkit::faces::Faces;
use shiming_testkit::fonts::Fonts;
use shiming_testkit::rng::Rng;
use shiming_vision::models::{ModelBytes, Models};
use shiming_vision::runtime::{Engine, EngineOptions};
use shiming_vision::warp::shrink_area;
use std::path::PathBuf;

/// The models directory: `SHIMING_MODELS_DIR`, else the per-user data directory that set-up fills.
pub(crate) fn models_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share"));
    let data = || std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(home);
    std::env::var_os("SHIMING_MODELS_DIR")
        .map(PathBuf::from)
        .or_else(|| data().map(|d| d.join("shiming/models")))
        .expect("SHIMING_MODELS_DIR or HOME must be set")
}

/// A file of the models directory.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = models_dir().join(name);
    std::fs::read(&path)
        .unwrap_or_else(|e| panic!("{} cannot be read ({e}); run `cargo xtask setup` once", path.display()))
}

/// All weights.
pub(crate) struct Weights([Vec<u8>; 5]);

impl Weights {
    pub(crate) fn read() -> Self {
        Self(["ocr-det", "ocr-rec", "ocr-cls", "face-det", "face-emb"].map(|id| file(&format!("{id}.onnx"))))
    }

    pub(crate) fn bytes(&self) -> ModelBytes<'_> {
        let [ocr_det, ocr_rec, ocr_cls, face_det, face_emb] = &self.0;
        ModelBytes { ocr_det, ocr_rec, ocr_cls, face_det, face_emb, live_passive: None }
    }

    pub(crate) fn by_id(&self, id: &str) -> &[u8] {
        let bytes = self.bytes();
        match id {
            "ocr-det" => bytes.ocr_det,
            "ocr-rec" => bytes.ocr_rec,
            "ocr-cls" => bytes.ocr_cls,
            "face-det" => bytes.face_det,
            _ => bytes.face_emb,
        }
    }

    pub(crate) fn load(&self, engine: &Engine) -> Models {
        Models::load(&self.bytes(), engine).expect("the installed models load")
    }
}

/// Both engines. ONNX Runtime has to be there: without it there is nothing to compare.
pub(crate) fn engines() -> [Engine; 2] {
    let dir = models_dir();
    let library = std::fs::read_dir(&dir)
        .ok()
        .and_then(|files| {
            files
                .flatten()
                .map(|f| f.path())
                .find(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("libonnxruntime.so")))
        })
        .unwrap_or_else(|| {
            panic!("no ONNX Runtime library in {}; run `cargo xtask setup` once", dir.display())
        });
    let library = library.canonicalize().expect("the library's path");
    let options = EngineOptions::default();
    [Engine::ort(&library, "installed", options).expect("ONNX Runtime starts"), Engine::rten(options)]
}

/// A licensed picture of a face, installed beside the models for tests.
pub(crate) fn picture(name: &str) -> RgbImage {
    let bytes = file(&format!("test-pictures/{name}"));
    image::load_from_memory(&bytes).expect("a licensed test picture decodes").to_rgb8()
}

/// A painted portrait side, 1000 px wide, and the number on it.
pub(crate) fn specimen() -> (RgbImage, String) {
    let fonts = Fonts::load().expect("the fonts of `cargo xtask setup` are installed");
    let rng = Rng::new(2026);
    let today = time::Date::from_ordinal_date(2026, 300).expect("a day");
    let person = Person::invent("p1", &Mix::default(), today, &fonts, &mut rng.fork("person"));
    let portrait = Faces::none().portrait(&mut rng.fork("portrait"));
    let document = card::portrait_side(&person, &portrait, &fonts);
    let number = document.fields.number.clone().expect("a number is printed");
    (shrink_area(&document.image, 1000, 631), number)
}
