//! The networks of the shipped set, loaded and checked.

use crate::ocr::Dictionary;
use crate::runtime::{Engine, EngineError, Model};

/// The bytes of the ONNX files, already verified against the manifest.
#[derive(Clone, Copy)]
pub struct ModelBytes<'a> {
    /// `ocr-det`: PP-OCRv6 small text detector.
    pub ocr_det: &'a [u8],
    /// `ocr-rec`: PP-OCRv6 small recogniser, dictionary inside.
    pub ocr_rec: &'a [u8],
    /// `ocr-cls`: 0°/180° line classifier.
    pub ocr_cls: &'a [u8],
    /// `face-det`: `YuNet` 2023mar.
    pub face_det: &'a [u8],
    /// `face-emb`: dlib ResNet-29, converted.
    pub face_emb: &'a [u8],
}

/// All networks, ready to run from any thread.
pub struct Models {
    pub(crate) ocr_det: Box<dyn Model>,
    pub(crate) ocr_rec: Box<dyn Model>,
    pub(crate) ocr_cls: Box<dyn Model>,
    pub(crate) face_det: Box<dyn Model>,
    pub(crate) face_emb: Box<dyn Model>,
    pub(crate) dictionary: Dictionary,
}

impl Models {
    /// Loads everything, the two large files on their own threads because start-up time is felt.
    pub fn load(bytes: &ModelBytes<'_>, engine: &Engine) -> Result<Self, EngineError> {
        std::thread::scope(|scope| {
            let rec = scope.spawn(|| -> Result<_, EngineError> {
                let model = engine.load("ocr-rec", bytes.ocr_rec)?;
                let dictionary = Dictionary::of(model.as_ref())?;
                Ok((model, dictionary))
            });
            let ocr_det = engine.load("ocr-det", bytes.ocr_det)?;
            let ocr_cls = engine.load("ocr-cls", bytes.ocr_cls)?;
            let face_det = engine.load("face-det", bytes.face_det)?;
            let face_emb = engine.load("face-emb", bytes.face_emb)?;
            let (ocr_rec, dictionary) = rec.join().map_err(|_| EngineError::Load {
                model: "ocr-rec",
                detail: "the loading thread stopped".into(),
            })??;
            Ok(Self { ocr_det, ocr_rec, ocr_cls, face_det, face_emb, dictionary })
        })
    }

    /// The characters the recogniser knows.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }
}
