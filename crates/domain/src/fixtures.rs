//! A case in which everything holds, to be spoilt one fact at a time.

use crate::evidence::{
    Corners, EmblemSideFields, Evidence, Face, FaceMatch, Field, Fields, FileFacts, FileFault, ImageEvidence,
    Kind, Measure, Measurement, ModelUse, PictureEvidence, PortraitSideFields, Region,
};
use crate::judge::Declared;
use crate::personal::Personal;
use crate::policy::Policy;
use crate::reason::Code;
use crate::{Context, Decision, decide};
use shiming_idcard::number::mod_11_2_check_char;
use time::{Date, Month};

/// Synthetic by the recipe of the test vectors: sequences from 996 were never issued for this birth year.
pub(crate) const NUMBER: &str = "110101199003079964";
/// Another of the same kind.
pub(crate) const OTHER_NUMBER: &str = "310101198511179972";

pub(crate) fn day(year: i32, month: u8, day: u8) -> Date {
    Date::from_calendar_date(year, Month::try_from(month).unwrap(), day).unwrap()
}

/// A specimen of this project: region 000000 is assigned nowhere.
pub(crate) fn specimen_number() -> String {
    let body = "00000019900307996";
    format!("{body}{}", mod_11_2_check_char(body).unwrap())
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) policy: Policy,
    pub(crate) evidence: Evidence,
    pub(crate) declared: Declared,
    pub(crate) context: Context,
}

pub(crate) fn field(text: &str, region: [f32; 4]) -> Field {
    Field { text: Personal::new(text), confidence: 0.98, region: Some(region.into()), alternative: None }
}

pub(crate) fn face(w: f32) -> Face {
    Face {
        region: Region { x: 1200.0, y: 800.0, w, h: w * 1.3 },
        score: 0.95,
        points: [[0.0; 2]; 5],
        eye_distance_px: w * 0.45,
        roll_degrees: 1.5,
        yaw_ratio: 0.02,
        pitch_ratio: 0.59,
        sharpness: 300.0,
        brightness: 130.0,
        highlights: 220.0,
        clipped: 0.0,
        covered: 0.02,
        inside: true,
        living: None,
    }
}

fn file() -> FileFacts {
    FileFacts { format: "jpeg".into(), size_bytes: 3_000_000, width_px: 4000, height_px: 3000 }
}

fn card(kind: Kind, fields: Fields, faces: Vec<Face>) -> PictureEvidence {
    let region = Some(Region { x: 700.0, y: 900.0, w: 120.0, h: 60.0 });
    let measurements = [
        (Measure::Sharpness, 300.0),
        (Measure::Brightness, 150.0),
        (Measure::Clipped, 0.0),
        (Measure::Glare, 0.0),
        (Measure::Shadow, 0.1),
        (Measure::CardWidth, 2400.0),
        (Measure::CutOff, 0.0),
        (Measure::Skew, 1.05),
        (Measure::Occlusion, 0.0),
        (Measure::Chroma, 40.0),
    ];
    PictureEvidence::Seen(Box::new(ImageEvidence {
        file: file(),
        kind,
        cards: 1,
        corners: Some(Corners([[600.0, 600.0], [3000.0, 600.0], [3000.0, 2100.0], [600.0, 2100.0]])),
        measurements: measurements.map(|(measure, value)| Measurement { measure, value, region }).to_vec(),
        fields,
        faces,
        mrz_lines: Vec::new(),
        specimen_mark: false,
    }))
}

impl Case {
    /// Everything holds, also in live use as far as pictures go.
    pub(crate) fn good() -> Self {
        let portrait = PortraitSideFields {
            name: Some(field("张三", [700.0, 700.0, 300.0, 80.0])),
            sex: Some(field("女", [700.0, 800.0, 60.0, 80.0])),
            ethnicity: Some(field("汉", [900.0, 800.0, 60.0, 80.0])),
            birth_date: Some(field("1990-03-07", [700.0, 900.0, 500.0, 80.0])),
            address: Some(field("北京市东城区示例街1号", [700.0, 1000.0, 900.0, 160.0])),
            number: Some(field(NUMBER, [1200.0, 1900.0, 1500.0, 90.0])),
        };
        let emblem = EmblemSideFields {
            issuer: Some(field("北京市公安局东城分局", [1500.0, 1700.0, 900.0, 80.0])),
            valid_from: Some(field("2018-04-01", [1500.0, 1850.0, 400.0, 80.0])),
            valid_until: Some(field("2038-04-01", [1950.0, 1850.0, 400.0, 80.0])),
        };
        let selfie = PictureEvidence::Seen(Box::new(ImageEvidence {
            file: file(),
            kind: Kind::FacePhoto,
            cards: 0,
            corners: None,
            measurements: Vec::new(),
            fields: Fields::None {},
            faces: vec![face(900.0)],
            mrz_lines: Vec::new(),
            specimen_mark: false,
        }));
        Self {
            policy: Policy::preset("cn_pboc").unwrap(),
            evidence: Evidence {
                portrait_side: card(
                    Kind::ResidentPortraitSide,
                    Fields::Portrait(portrait),
                    vec![face(400.0)],
                ),
                emblem_side: card(Kind::ResidentEmblemSide, Fields::Emblem(emblem), Vec::new()),
                selfie,
                face_match: Some(FaceMatch { distance: 0.35 }),
                models: vec![ModelUse {
                    id: "ocr-rec".into(),
                    sha256: "00".repeat(32),
                    engine: "test".into(),
                }],
                liveness: None,
            },
            declared: Declared { name: Personal::new("张三"), number: Personal::new(NUMBER) },
            context: Context::offline(day(2026, 11, 22)),
        }
    }

    pub(crate) fn decide(&self) -> Decision {
        decide(&self.policy, &self.evidence, &self.declared, &self.context)
    }

    pub(crate) fn portrait(&mut self) -> &mut ImageEvidence {
        seen(&mut self.evidence.portrait_side)
    }

    pub(crate) fn emblem(&mut self) -> &mut ImageEvidence {
        seen(&mut self.evidence.emblem_side)
    }

    pub(crate) fn selfie(&mut self) -> &mut ImageEvidence {
        seen(&mut self.evidence.selfie)
    }

    pub(crate) fn face(&mut self) -> &mut Face {
        self.selfie().faces.first_mut().unwrap()
    }

    pub(crate) fn portrait_fields(&mut self) -> &mut PortraitSideFields {
        match &mut self.portrait().fields {
            Fields::Portrait(fields) => fields,
            _ => panic!("the fixture was given other fields"),
        }
    }

    pub(crate) fn emblem_fields(&mut self) -> &mut EmblemSideFields {
        match &mut self.emblem().fields {
            Fields::Emblem(fields) => fields,
            _ => panic!("the fixture was given other fields"),
        }
    }

    pub(crate) fn number(&mut self, text: &str) {
        self.portrait_fields().number.as_mut().unwrap().text = Personal::new(text);
    }

    /// The number on the card and in the form.
    pub(crate) fn both_numbers(&mut self, text: &str) {
        self.number(text);
        self.declared.number = Personal::new(text);
    }

    pub(crate) fn birth(&mut self, text: &str) {
        self.portrait_fields().birth_date.as_mut().unwrap().text = Personal::new(text);
    }

    pub(crate) fn dates(&mut self, from: &str, until: &str) {
        let fields = self.emblem_fields();
        fields.valid_from.as_mut().unwrap().text = Personal::new(from);
        fields.valid_until.as_mut().unwrap().text = Personal::new(until);
    }

    /// A policy with one text replaced.
    pub(crate) fn policy_edit(&mut self, from: &str, to: &str) {
        let text = self.policy.text();
        assert!(text.contains(from), "{from}");
        self.policy = Policy::from_toml(&text.replacen(from, to, 1)).unwrap();
    }

    /// A reason was already given so often.
    pub(crate) fn earlier(&mut self, code: Code, times: u32) {
        self.context.history.reasons.insert(code, times);
    }
}

pub(crate) fn seen(picture: &mut PictureEvidence) -> &mut ImageEvidence {
    match picture {
        PictureEvidence::Seen(image) => image,
        PictureEvidence::Unusable(_) => panic!("the fixture was made unusable"),
    }
}

pub(crate) fn set(image: &mut ImageEvidence, measure: Measure, value: f32) {
    image.measurements.iter_mut().find(|m| m.measure == measure).unwrap().value = value;
}

pub(crate) fn unusable() -> PictureEvidence {
    PictureEvidence::Unusable(FileFault { code: "too_many_pixels".into() })
}
