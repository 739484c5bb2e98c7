//! Facts about pictures, as `vision` reports them: no opinion, no threshold.
//!
//! Coordinates are pixels of the *upright original*: the picture at its full stored size after its
//! EXIF orientation was applied. Origin top left, x to the right, y down.

use crate::liveness::{Action, Outcome};
use crate::personal::Personal;
use serde::{Deserialize, Serialize};

/// An axis-aligned box, serialised as `[x, y, w, h]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f32; 4]", into = "[f32; 4]")]
pub struct Region {
    /// Left edge, pixels.
    pub x: f32,
    /// Top edge, pixels.
    pub y: f32,
    /// Width, pixels.
    pub w: f32,
    /// Height, pixels.
    pub h: f32,
}

impl From<[f32; 4]> for Region {
    fn from([x, y, w, h]: [f32; 4]) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Region> for [f32; 4] {
    fn from(r: Region) -> Self {
        // A tenth of a pixel is finer than any of our measurements and keeps the JSON readable.
        [r.x, r.y, r.w, r.h].map(|v| (v * 10.0).round() / 10.0)
    }
}

/// Four corners `[[x, y]; 4]` in the card's own reading direction: top left, top right, bottom right,
/// bottom left. They may lie outside the picture when the card is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corners(pub [[f32; 2]; 4]);

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Second-generation resident card, the side with the photo.
    ResidentPortraitSide,
    /// Second-generation resident card, the side with the emblem.
    ResidentEmblemSide,
    /// Temporary resident card, either side.
    Temporary,
    /// First-generation resident card, invalid since 2013.
    FirstGeneration,
    /// A document with a machine-readable zone.
    MrzDocument,
    /// A face and no document.
    FacePhoto,
    /// None of these.
    Unknown,
}

/// What was measured on a picture of a card or a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Steepness of print edges in the weaker of two directions: reciprocal of their 20–80 % rise distance,
    /// per millimetre of the card; lower is blurrier, above 5 is sharp.
    Sharpness,
    /// Luma of the card's ground (75th percentile), or mean luma of a picture without a card, 0–255; lower
    /// is darker.
    Brightness,
    /// Share of the object's pixels clipped to white, 0–1.
    Clipped,
    /// Share of the card covered by specular spots, 0–1.
    Glare,
    /// Depth of uneven light over the card: 1 − darkest/brightest light on its ground (linear), 0–1.
    Shadow,
    /// Width of the card in pixels of the original.
    CardWidth,
    /// Share of the card's outline outside the picture or missing, 0–1.
    CutOff,
    /// Perspective: longest over shortest opposite side, ≥ 1.
    Skew,
    /// Share of the card covered by something that is not card, 0–1.
    Occlusion,
    /// Chroma of the most colourful twentieth of the card with its ground taken as neutral (a greyscale
    /// copy has almost none), 0–255.
    Chroma,
}

/// One measured value and where it was worst.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured.
    pub measure: Measure,
    /// The value, in the unit of [`Measure`].
    pub value: f32,
    /// Where it was worst, if it has a place.
    #[serde(rename = "box")]
    pub region: Option<Region>,
}

/// One read field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Normalised text: dates `YYYY-MM-DD` or `长期`, numbers upper case.
    #[serde(with = "crate::personal::full_view")]
    pub text: Personal,
    /// Mean probability of the characters, 0–1.
    pub confidence: f32,
    /// Where it stands, if it was seen on the picture.
    #[serde(rename = "box")]
    pub region: Option<Region>,
    /// A second, differing reading (the number decoded with digits and X only).
    #[serde(with = "crate::personal::full_view_option", default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<Personal>,
}

/// The fields of the portrait side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PortraitSideFields {
    /// 姓名.
    pub name: Option<Field>,
    /// 性别: `男` or `女`.
    pub sex: Option<Field>,
    /// 民族 as printed, without 族.
    pub ethnicity: Option<Field>,
    /// 出生, `YYYY-MM-DD`.
    pub birth_date: Option<Field>,
    /// 住址, all lines joined.
    pub address: Option<Field>,
    /// 公民身份号码, 18 characters.
    pub number: Option<Field>,
}

/// The fields of the emblem side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmblemSideFields {
    /// 签发机关.
    pub issuer: Option<Field>,
    /// First day, `YYYY-MM-DD`.
    pub valid_from: Option<Field>,
    /// Last day, `YYYY-MM-DD` or `长期`.
    pub valid_until: Option<Field>,
}

/// The fields of a side that holds what other cards have on two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OneSidedFields {
    /// Who.
    #[serde(flatten)]
    pub person: PortraitSideFields,
    /// By whom and for how long.
    #[serde(flatten)]
    pub issue: EmblemSideFields,
}

/// Fields of whichever side was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, from = "AnyFields")]
#[expect(clippy::large_enum_variant, reason = "one per picture, and always behind the box of the picture")]
pub enum Fields {
    /// Of the portrait side.
    Portrait(PortraitSideFields),
    /// Of the emblem side.
    Emblem(EmblemSideFields),
    /// Of a card that has everything on one side, as the data side of a temporary card.
    OneSided(OneSidedFields),
    /// Nothing to read.
    None {},
}

impl Fields {
    /// What stands beside a portrait, if this side has one.
    pub const fn portrait(&self) -> Option<&PortraitSideFields> {
        match self {
            Self::Portrait(fields) => Some(fields),
            Self::OneSided(fields) => Some(&fields.person),
            Self::Emblem(_) | Self::None {} => None,
        }
    }

    /// Issuer and dates, if they stand on this side.
    pub const fn emblem(&self) -> Option<&EmblemSideFields> {
        match self {
            Self::Emblem(fields) => Some(fields),
            Self::OneSided(fields) => Some(&fields.issue),
            Self::Portrait(_) | Self::None {} => None,
        }
    }
}

/// As [`Fields`] stands in JSON. The keys that are there, null or not, tell which side it is; anything that is
/// not one side's keys is an error rather than a side without fields.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnyFields {
    name: Key,
    sex: Key,
    ethnicity: Key,
    birth_date: Key,
    address: Key,
    number: Key,
    issuer: Key,
    valid_from: Key,
    valid_until: Key,
}

/// A key of [`AnyFields`].
#[derive(Default)]
enum Key {
    /// Not there: the picture's side has no such field.
    #[default]
    Absent,
    /// There; null if the field was not read.
    Present(Option<Field>),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Option::deserialize(d).map(Self::Present)
    }
}

impl Key {
    const fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }

    fn field(self) -> Option<Field> {
        match self {
            Self::Present(field) => field,
            Self::Absent => None,
        }
    }
}

impl From<AnyFields> for Fields {
    fn from(any: AnyFields) -> Self {
        let AnyFields { name, sex, ethnicity, birth_date, address, number, issuer, valid_from, valid_until } =
            any;
        let portrait =
            [&name, &sex, &ethnicity, &birth_date, &address, &number].into_iter().any(Key::is_present);
        let emblem = [&issuer, &valid_from, &valid_until].into_iter().any(Key::is_present);
        let person = PortraitSideFields {
            name: name.field(),
            sex: sex.field(),
            ethnicity: ethnicity.field(),
            birth_date: birth_date.field(),
            address: address.field(),
            number: number.field(),
        };
        let issue = EmblemSideFields {
            issuer: issuer.field(),
            valid_from: valid_from.field(),
            valid_until: valid_until.field(),
        };
        match (portrait, emblem) {
            (true, false) => Self::Portrait(person),
            (false, true) => Self::Emblem(issue),
            (true, true) => Self::OneSided(OneSidedFields { person, issue }),
            (false, false) => Self::None {},
        }
    }
}

/// One face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// Where.
    #[serde(rename = "box")]
    pub region: Region,
    /// Detector's confidence, 0–1.
    pub score: f32,
    /// Eye on the picture's left, eye on its right, nose tip, left and right mouth corner.
    pub points: [[f32; 2]; 5],
    /// Distance between the eye centres, pixels of the original.
    pub eye_distance_px: f32,
    /// Roll, degrees, clockwise positive.
    pub roll_degrees: f32,
    /// (nose − mid-eye)·u / eye distance; frontal ≈ 0. A ratio, not an angle.
    pub yaw_ratio: f32,
    /// (nose − mid-eye)·v / (mid-mouth − mid-eye)·v; frontal ≈ 0.59. A ratio, not an angle.
    pub pitch_ratio: f32,
    /// Sharpness of the aligned chip; lower is blurrier.
    pub sharpness: f32,
    /// Mean luma of the aligned chip, 0–255.
    pub brightness: f32,
    /// Luma that 2 % of the whole aligned chip exceed, 0–255: also before a dark wall there are a collar, teeth and
    /// the white of the eyes. Records from before it was measured say nothing against the light.
    #[serde(default = "brightest")]
    pub highlights: f32,
    /// Share of the face on which a colour is at the upper end of its range, 0–1.
    #[serde(default)]
    pub clipped: f32,
    /// Likelihood that eyes, nose or mouth are covered, 0–1.
    pub covered: f32,
    /// Whole face (box and points, with a margin) inside the picture.
    pub inside: bool,
    /// What a passive model makes of it, 0–1; higher is more like a living face. Absent where the operator has
    /// switched none on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub living: Option<f32>,
}

const fn brightest() -> f32 {
    255.0
}

/// Facts about the stored file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// `jpeg`, `png` or `webp`, by content.
    pub format: String,
    /// Size of the file.
    pub size_bytes: u64,
    /// Upright width, pixels.
    pub width_px: u32,
    /// Upright height, pixels.
    pub height_px: u32,
}

/// Why a file could not be used. The first item is a stable code, see `vision::decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFault {
    /// Stable code such as `too_many_pixels`.
    pub code: String,
}

/// Everything seen in one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageEvidence {
    /// The file.
    pub file: FileFacts,
    /// What the picture shows.
    pub kind: Kind,
    /// Number of cards in the picture.
    pub cards: u32,
    /// Corners of the card.
    pub corners: Option<Corners>,
    /// Measurements, in a fixed order.
    pub measurements: Vec<Measurement>,
    /// Read fields.
    pub fields: Fields,
    /// All faces, largest first.
    pub faces: Vec<Face>,
    /// Machine-readable lines, if the document has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mrz_lines: Vec<Field>,
    /// The words 样本 or SPECIMEN stand on the card.
    #[serde(default)]
    pub specimen_mark: bool,
}

/// A picture, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureEvidence {
    /// It could be decoded and looked at.
    Seen(Box<ImageEvidence>),
    /// It could not.
    Unusable(FileFault),
}

impl PictureEvidence {
    /// What was seen, if anything.
    pub fn seen(&self) -> Option<&ImageEvidence> {
        match self {
            Self::Seen(image) => Some(image),
            Self::Unusable(_) => None,
        }
    }
}

/// Selfie against the portrait on the card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceMatch {
    /// Euclidean distance of the raw 128-value embeddings; lower is more alike.
    pub distance: f32,
}

/// A model that took part, for replay years later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// Manifest id, for example `ocr-rec`.
    pub id: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Engine name and version, for example `onnxruntime 1.31.1`.
    pub engine: String,
}

/// All facts of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The picture sent for the portrait-side step.
    pub portrait_side: PictureEvidence,
    /// The picture sent for the emblem-side step.
    pub emblem_side: PictureEvidence,
    /// The picture sent for the selfie step.
    pub selfie: PictureEvidence,
    /// Selfie against portrait, when both faces were usable.
    pub face_match: Option<FaceMatch>,
    /// Models used.
    pub models: Vec<ModelUse>,
    /// The challenge before the selfie, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<LivenessEvidence>,
}

impl Evidence {
    /// Issuer and dates, on whichever of the card's pictures they stand.
    pub fn issue(&self) -> Option<&EmblemSideFields> {
        [&self.emblem_side, &self.portrait_side]
            .into_iter()
            .find_map(|picture| picture.seen()?.fields.emblem())
    }
}

/// What a challenge showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LivenessEvidence {
    /// How it ended; a suspicion of any challenge of the attempt goes before the rest.
    pub outcome: Outcome,
    /// The steps that were drawn, in their order.
    pub steps: Vec<Action>,
    /// The selfie is the still that a passed challenge asked for, promised and sent in time.
    pub still: bool,
    /// Distance of the embeddings of that still and of the frame the challenge began with; lower is more alike.
    pub still_distance: Option<f32>,
}

impl Region {
    /// As it is stored: tenths of a pixel. Judgement uses this view, so that a decision and its replay from
    /// the stored record cannot differ by a rounding.
    #[must_use]
    pub fn rounded(self) -> Self {
        <[f32; 4]>::from(self).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_side_through_json() {
        for fields in [
            Fields::Portrait(PortraitSideFields::default()),
            Fields::Emblem(EmblemSideFields::default()),
            Fields::OneSided(OneSidedFields::default()),
            Fields::None {},
        ] {
            let json = serde_json::to_string(&fields).unwrap();
            assert_eq!(serde_json::from_str::<Fields>(&json).unwrap(), fields, "{json}");
        }
    }

    #[test]
    fn what_is_no_field_is_an_error_not_a_side_without_fields() {
        for json in [r#"{"colour":null}"#, r#"{"name":{"text":"","confidence":null,"box":null}}"#] {
            assert!(serde_json::from_str::<Fields>(json).is_err(), "{json}");
        }
    }
}
