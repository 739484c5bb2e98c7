//! Pictures as the trial's eyes understand them: a line of words that says what is on them.
//!
//! `portrait_side good 张三 110101199003079964 1` is a good photo of the portrait side of Zhang San's card. The
//! second word may name a fault instead: `blur`, `dark`, `unreadable`.

use shiming_domain::evidence::{
    Corners, EmblemSideFields, Evidence, Face, FaceMatch, Field, Fields, FileFacts, FileFault, ImageEvidence,
    Kind, Measure, Measurement, ModelUse, PictureEvidence, PortraitSideFields, Region,
};
use shiming_domain::personal::Personal;
use shiming_domain::policy::Policy;
use shiming_domain::reason::Step;
use shiming_engine::{Gated, InspectTimings, Inspected, Look};

/// Who is printed on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Name.
    pub name: String,
    /// Number.
    pub number: String,
}

/// The n-th specimen: region 000000 is assigned nowhere, so nobody can have the number.
pub fn specimen(n: u32) -> Printed {
    let names = ["王小明", "李芳", "张伟", "陈静", "刘洋"];
    let name = names.get(n as usize % names.len()).copied().unwrap_or("王小明");
    let (day, sequence) = (1 + n / 900 % 28, 1 + n % 900);
    let body = format!("000000199003{day:02}{sequence:03}");
    let check = shiming_idcard::number::mod_11_2_check_char(&body).expect("17 digits");
    Printed { name: name.to_owned(), number: format!("{body}{check}") }
}

/// A picture for a step. `salt` makes two of them differ.
pub fn picture(step: Step, fault: &str, printed: &Printed, salt: u32) -> Vec<u8> {
    let step = serde_json::to_value(step).expect("a step has a name");
    let step = step.as_str().unwrap_or_default();
    format!("{step} {fault} {} {} {salt}", printed.name, printed.number).into_bytes()
}

/// As [`picture`], of a photograph that looks so: another file with nearly the same bits is the same photograph.
pub fn picture_that_looks(step: Step, printed: &Printed, salt: u32, look: [u8; 32]) -> Vec<u8> {
    let bits = look.iter().fold(String::new(), |bits, byte| bits + &format!("{byte:02x}"));
    [picture(step, "good", printed, salt), format!(" looks:{bits}").into_bytes()].concat()
}

/// Everything holds: both sides of the card of this person, and a selfie that matches.
pub fn good_evidence(name: &str, number: &str) -> Evidence {
    let printed = Printed { name: name.to_owned(), number: number.to_owned() };
    Evidence {
        portrait_side: side(Kind::ResidentPortraitSide, portrait(&printed), vec![face(400.0)]),
        emblem_side: side(Kind::ResidentEmblemSide, emblem(), Vec::new()),
        selfie: selfie(),
        face_match: Some(FaceMatch { distance: 0.35 }),
        models: vec![ModelUse { id: "fake".into(), sha256: "00".repeat(32), engine: "trial".into() }],
        liveness: None,
    }
}

/// What the checks see in three pictures.
pub(super) fn evidence(pictures: [Option<&[u8]>; 3]) -> Evidence {
    let [portrait_side, emblem_side, selfie] = pictures.map(seen);
    let both = matches!((&portrait_side, &selfie), (PictureEvidence::Seen(_), PictureEvidence::Seen(_)));
    let mut evidence = good_evidence("", "");
    evidence.face_match = evidence.face_match.filter(|_| both);
    Evidence { portrait_side, emblem_side, selfie, ..evidence }
}

/// What the gate sees in one.
pub fn gate(policy: &Policy, file: &[u8]) -> Gated {
    let evidence = seen(Some(file));
    let checks = shiming_domain::judge::picture(&evidence, shiming_domain::judge::Expected::Any, policy);
    let kept = matches!(evidence, PictureEvidence::Seen(_)).then(|| file.to_vec());
    let inspected = Inspected {
        fault: None,
        quality: shiming_domain::judge::quality(&checks),
        reasons: shiming_domain::judge::reasons(&checks),
        evidence,
        checks,
        timings: InspectTimings::default(),
        shown: None,
    };
    Gated { inspected, kept, look: look(file) }
}

/// How a picture says it looks; most do not say.
fn look(file: &[u8]) -> Option<Look> {
    let text = String::from_utf8_lossy(file);
    let bits = text.split(' ').find_map(|word| word.strip_prefix("looks:"))?;
    let byte = |n: usize| u8::from_str_radix(bits.get(2 * n..2 * n + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).map(byte).collect();
    Some(Look::from_bytes(*bytes?.first_chunk::<32>()?))
}

fn seen(file: Option<&[u8]>) -> PictureEvidence {
    let text = file.map(String::from_utf8_lossy).unwrap_or_default();
    let mut words = text.split(' ');
    let (what, fault) = (words.next().unwrap_or_default(), words.next().unwrap_or("unreadable"));
    let (name, number) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let printed = Printed { name: name.to_owned(), number: number.to_owned() };
    let mut picture = match what {
        "portrait_side" => side(Kind::ResidentPortraitSide, portrait(&printed), vec![face(400.0)]),
        "emblem_side" => side(Kind::ResidentEmblemSide, emblem(), Vec::new()),
        "selfie" => selfie(),
        _ => return unusable(),
    };
    let spoilt = match fault {
        "good" => None,
        "blur" => Some((Measure::Sharpness, 0.0)),
        "dark" => Some((Measure::Brightness, 5.0)),
        _ => return unusable(),
    };
    if let (Some((measure, value)), PictureEvidence::Seen(image)) = (spoilt, &mut picture) {
        for held in image.measurements.iter_mut().filter(|held| held.measure == measure) {
            held.value = value;
        }
        if fault == "blur" {
            image.faces.iter_mut().for_each(|face| face.sharpness = 0.0);
        }
    }
    picture
}

fn unusable() -> PictureEvidence {
    PictureEvidence::Unusable(FileFault { code: "not_an_image".into() })
}

#[expect(clippy::unnecessary_wraps, reason = "fields of a side are optional, and each is called for by name")]
fn field(text: &str, region: [f32; 4]) -> Option<Field> {
    let region = Some(region.into());
    Some(Field { text: Personal::new(text), confidence: 0.98, region, alternative: None })
}

fn portrait(printed: &Printed) -> Fields {
    let number = printed.number.as_str();
    let digit = number.chars().nth(16).and_then(|c| c.to_digit(10)).unwrap_or(0);
    let birth = match (number.get(6..10), number.get(10..12), number.get(12..14)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    };
    Fields::Portrait(PortraitSideFields {
        name: field(&printed.name, [700.0, 700.0, 300.0, 80.0]),
        sex: field(if digit % 2 == 1 { "男" } else { "女" }, [700.0, 800.0, 60.0, 80.0]),
        ethnicity: field("汉", [900.0, 800.0, 60.0, 80.0]),
        birth_date: field(&birth, [700.0, 900.0, 500.0, 80.0]),
        address: field("北京市东城区示例街1号", [700.0, 1000.0, 900.0, 160.0]),
        number: field(number, [1200.0, 1900.0, 1500.0, 90.0]),
    })
}

fn emblem() -> Fields {
    Fields::Emblem(EmblemSideFields {
        issuer: field("北京市公安局东城分局", [1500.0, 1700.0, 900.0, 80.0]),
        valid_from: field("2018-04-01", [1500.0, 1850.0, 400.0, 80.0]),
        valid_until: field("2038-04-01", [1950.0, 1850.0, 400.0, 80.0]),
    })
}

fn face(w: f32) -> Face {
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

fn selfie() -> PictureEvidence {
    image(Kind::FacePhoto, None, Vec::new(), Fields::None {}, vec![face(900.0)])
}

fn side(kind: Kind, fields: Fields, faces: Vec<Face>) -> PictureEvidence {
    let corners = Corners([[600.0, 600.0], [3000.0, 600.0], [3000.0, 2100.0], [600.0, 2100.0]]);
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
    let measurements = measurements.map(|(measure, value)| Measurement { measure, value, region }).to_vec();
    image(kind, Some(corners), measurements, fields, faces)
}

fn image(
    kind: Kind,
    corners: Option<Corners>,
    measurements: Vec<Measurement>,
    fields: Fields,
    faces: Vec<Face>,
) -> PictureEvidence {
    let format = "jpeg".into();
    PictureEvidence::Seen(Box::new(ImageEvidence {
        file: FileFacts { format, size_bytes: 3_000_000, width_px: 4000, height_px: 3000 },
        kind,
        cards: u32::from(corners.is_some()),
        corners,
        measurements,
        fields,
        faces,
        mrz_lines: Vec::new(),
        specimen_mark: false,
    }))
}
