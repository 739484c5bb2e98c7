//! The ground truth of a painted folder: `labels.json`. The README of this crate is its manual.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::geometry::{Quad, Rect};

/// Version of the layout of `labels.json`; readers refuse others.
pub const SCHEMA: u32 = 1;

/// File name of the ground truth inside a folder.
pub const FILE_NAME: &str = "labels.json";

/// The words of `shiming inspect`'s `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Side with photo and number.
    ResidentPortraitSide,
    /// Side with emblem and term.
    ResidentEmblemSide,
    /// Temporary card, either side.
    Temporary,
    /// First-generation card.
    FirstGeneration,
    /// Passport page or card with a machine-readable zone.
    MrzDocument,
    /// A person.
    FacePhoto,
    /// Anything else, also pictures without a document.
    Unknown,
}

/// What exactly was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Portrait side of a resident card.
    ResidentPortrait,
    /// Emblem side of a resident card.
    ResidentEmblem,
    /// Data side of a temporary card.
    TemporaryData,
    /// Title side of a temporary card.
    TemporaryTitle,
    /// One-sided first-generation card.
    FirstGeneration,
    /// Passport data page (TD3).
    PassportTd3,
    /// Card with a three-line zone (TD1).
    CardTd1,
    /// Self-portrait.
    Selfie,
    /// Bank card.
    BankCard,
    /// Shop receipt.
    Receipt,
    /// Empty sheet.
    BlankSheet,
    /// Driving licence.
    DrivingLicence,
    /// A place without any document.
    NoCard,
}

impl Variant {
    /// What `shiming inspect` should call it.
    pub const fn kind(self) -> Kind {
        match self {
            Self::ResidentPortrait => Kind::ResidentPortraitSide,
            Self::ResidentEmblem => Kind::ResidentEmblemSide,
            Self::TemporaryData | Self::TemporaryTitle => Kind::Temporary,
            Self::FirstGeneration => Kind::FirstGeneration,
            Self::PassportTd3 | Self::CardTd1 => Kind::MrzDocument,
            Self::Selfie => Kind::FacePhoto,
            Self::BankCard | Self::Receipt | Self::BlankSheet | Self::DrivingLicence | Self::NoCard => {
                Kind::Unknown
            }
        }
    }
}

/// The printed values, normalised as `shiming` prints them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// 姓名.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 性别: 男 or 女.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// 民族 as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ethnicity: Option<String>,
    /// 出生, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// 住址, lines joined without a separator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 公民身份号码, upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 签发机关.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// First day, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Last day, `YYYY-MM-DD` or 长期.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Lines of the machine-readable zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mrz: Vec<String>,
}

/// Names of the text fields, in the order of [`Fields`].
pub const FIELD_NAMES: [&str; 9] =
    ["name", "sex", "ethnicity", "birth_date", "address", "number", "issuer", "valid_from", "valid_until"];

impl Fields {
    /// The value of a field by its name in the JSON (without `mrz`).
    pub fn get(&self, name: &str) -> Option<&str> {
        match name {
            "name" => self.name.as_deref(),
            "sex" => self.sex.as_deref(),
            "ethnicity" => self.ethnicity.as_deref(),
            "birth_date" => self.birth_date.as_deref(),
            "address" => self.address.as_deref(),
            "number" => self.number.as_deref(),
            "issuer" => self.issuer.as_deref(),
            "valid_from" => self.valid_from.as_deref(),
            "valid_until" => self.valid_until.as_deref(),
            _ => None,
        }
    }

    /// All text fields that have a value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FIELD_NAMES.into_iter().filter_map(|name| self.get(name).map(|value| (name, value)))
    }
}

/// A fault painted into a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Out of focus.
    Blur,
    /// Moved while exposing.
    MotionBlur,
    /// Mirror reflection of a lamp on the card.
    Glare,
    /// Shadow with an edge across the card.
    Shadow,
    /// Too little light.
    Dark,
    /// Too much light.
    Overexposed,
    /// Part of the card is outside the picture.
    CornerMissing,
    /// Something lies on the card.
    Occluded,
    /// The card takes too few pixels.
    TooSmall,
    /// Black-and-white copy.
    GreyscaleCopy,
    /// A second card in the picture.
    TwoCards,
    /// No card in the picture.
    NoCard,
    /// A second face of comparable size.
    TwoFaces,
    /// No face in a picture that should show one.
    NoFace,
    /// A face out of focus.
    FaceBlur,
    /// Too little light on a face.
    FaceDark,
    /// Too much light on a face.
    FaceOverexposed,
    /// A face too far away.
    FaceSmall,
    /// Part of a face is outside the picture.
    FaceCutOff,
    /// A mask over mouth and nose, or dark glasses.
    FaceCovered,
}

impl FaultKind {
    /// The faults that come in grades.
    pub const GRADED: [Self; 10] = [
        Self::Blur,
        Self::MotionBlur,
        Self::Glare,
        Self::Shadow,
        Self::Dark,
        Self::Overexposed,
        Self::CornerMissing,
        Self::Occluded,
        Self::TooSmall,
        Self::GreyscaleCopy,
    ];

    /// The faults of a picture of one face that come in grades.
    pub const OF_SELFIES: [Self; 6] = [
        Self::FaceBlur,
        Self::FaceDark,
        Self::FaceOverexposed,
        Self::FaceSmall,
        Self::FaceCutOff,
        Self::FaceCovered,
    ];

    /// The word used in `labels.json` and file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blur => "blur",
            Self::MotionBlur => "motion_blur",
            Self::Glare => "glare",
            Self::Shadow => "shadow",
            Self::Dark => "dark",
            Self::Overexposed => "overexposed",
            Self::CornerMissing => "corner_missing",
            Self::Occluded => "occluded",
            Self::TooSmall => "too_small",
            Self::GreyscaleCopy => "greyscale_copy",
            Self::TwoCards => "two_cards",
            Self::NoCard => "no_card",
            Self::TwoFaces => "two_faces",
            Self::NoFace => "no_face",
            Self::FaceBlur => "face_blur",
            Self::FaceDark => "face_dark",
            Self::FaceOverexposed => "face_overexposed",
            Self::FaceSmall => "face_small",
            Self::FaceCutOff => "face_cut_off",
            Self::FaceCovered => "face_covered",
        }
    }
}

/// A painted fault with its strength.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultLabel {
    /// Which.
    pub kind: FaultKind,
    /// Strength 0–1; from 0.3 on a person would call the picture faulty. The README says what
    /// each grade is physically.
    pub grade: f32,
    /// Where, upright pixels; the whole card for faults that are everywhere. `null` for `no_card`,
    /// `two_faces`, `no_face`.
    #[serde(rename = "box")]
    pub area: Option<Rect>,
}

/// Clean rendering or simulated photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Rendered straight on a plain ground, as from a scanner.
    Clean,
    /// Through the simulated camera.
    Photo,
}

/// A further document in the same picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherCard {
    /// What it is.
    pub variant: Variant,
    /// Its corners, upright pixels, reading direction.
    pub corners: Quad,
}

/// The truth about one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Path relative to the folder, `/` as separator.
    pub file: String,
    /// What `shiming inspect` should call it.
    pub kind: Kind,
    /// What was painted.
    pub variant: Variant,
    /// Clean or photographed.
    pub condition: Condition,
    /// Width of the upright picture, pixels.
    pub width: u32,
    /// Height of the upright picture, pixels.
    pub height: u32,
    /// EXIF orientation of the file, 1–8. Everything else here is in upright pixels.
    pub orientation: u8,
    /// Corners of the document: top left, top right, bottom right, bottom left in its reading
    /// direction. Intersections of its edges (the printed corners are rounded); they may lie
    /// outside the picture. `null` without a document.
    pub corners: Option<Quad>,
    /// Printed values; empty when nothing on this side is a field.
    #[serde(default)]
    pub fields: Fields,
    /// Boxes around the printed values, upright pixels, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_boxes: BTreeMap<String, Rect>,
    /// The fault, if one was painted.
    #[serde(default)]
    pub fault: Option<FaultLabel>,
    /// Who is on the picture: same label = same invented person (cards) or same face (selfies).
    #[serde(default)]
    pub person: Option<String>,
    /// Whose real face was used, where one was.
    #[serde(default)]
    pub face: Option<String>,
    /// The card carries a second script.
    #[serde(default)]
    pub bilingual: bool,
    /// Further documents in the picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_cards: Vec<OtherCard>,
}

/// A set of pictures to be judged together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The person's label.
    pub person: String,
    /// File of the portrait side.
    pub portrait_side: String,
    /// File of the emblem side.
    pub emblem_side: String,
    /// File of the selfie, where a face was at hand.
    #[serde(default)]
    pub selfie: Option<String>,
    /// The name the person types.
    pub name: String,
    /// The number the person types.
    pub number: String,
}

/// The ground truth of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The seed it was painted from.
    pub seed: u64,
    /// The day the cards' terms were chosen for, `YYYY-MM-DD`.
    pub today: String,
    /// One entry per file.
    pub pictures: Vec<Picture>,
    /// Complete verifications.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Why ground truth could not be read.
#[derive(Debug)]
pub enum LabelsError {
    /// The file cannot be read.
    Io(PathBuf, std::io::Error),
    /// The file is not ground truth of any version.
    Json(PathBuf, serde_json::Error),
    /// Another version of the layout.
    Schema(PathBuf, u64),
}

impl std::fmt::Display for LabelsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(path, _) => write!(f, "cannot read {}", path.display()),
            Self::Json(path, _) => write!(f, "{} is not a ground-truth file", path.display()),
            Self::Schema(path, found) => write!(
                f,
                "{} has layout version {found}, this program reads {SCHEMA}; paint the folder again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for LabelsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, e) => Some(e),
            Self::Json(_, e) => Some(e),
            Self::Schema(..) => None,
        }
    }
}

impl Labels {
    /// Reads `labels.json` of a folder.
    pub fn read(dir: &Path) -> Result<Self, LabelsError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let path = dir.join(FILE_NAME);
        let text = std::fs::read(&path).map_err(|e| LabelsError::Io(path.clone(), e))?;
        // The version first: an unknown layout should be called that, not a missing field.
        let version: Version =
            serde_json::from_slice(&text).map_err(|e| LabelsError::Json(path.clone(), e))?;
        if version.schema != u64::from(SCHEMA) {
            return Err(LabelsError::Schema(path, version.schema));
        }
        serde_json::from_slice(&text).map_err(|e| LabelsError::Json(path, e))
    }

    /// Writes `labels.json` into a folder.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        std::fs::write(dir.join(FILE_NAME), text)
    }
}
