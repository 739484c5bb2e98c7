//! Accuracy, fault recall, face errors and speed on a labelled folder.
//!
//! Pictures are worked on one after another, so that times are those of a single picture. What comes out
//! holds counts and file names, never a printed or typed value.

mod faces;
mod faults;
mod fields;
mod labels;
mod memory;
mod stats;

pub use faces::{CurvePoint, FaceErrors, OperatingPoint};
pub use faults::{FAULTS, FaultRecall, GRADE_FAULTY, GradeRecall};
pub use fields::{FIELDS, FieldAccuracy, Misread, ReliabilityBin};
pub use labels::{FILE_NAME, Labels, LabelsError};
pub use memory::peak_bytes;
pub use stats::{Share, Times};

use crate::RunError;
use crate::given::Given;
use crate::look::look;
use crate::toolbox::{EngineUse, Toolbox};
use crate::verify::{Pictures, Verify, verify};
use serde::Serialize;
use shiming_domain::evidence::{ImageEvidence, Kind, PictureEvidence};
use shiming_domain::judge::{self, Expected};
use shiming_domain::policy::Policy;
use shiming_domain::{Context, Declared, Outcome};
use shiming_vision::analyse;
use shiming_vision::card::geometry::iou;
use stats::Sample;
use std::collections::BTreeMap;
use std::path::Path;

/// Everything measured.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// Pictures in the folder.
    pub pictures: usize,
    /// Pictures that could not be read or decoded.
    pub unreadable: Vec<String>,
    /// Exact readings by field and condition, pictures without fault.
    pub fields: Vec<FieldAccuracy>,
    /// Whether the confidence of a reading means anything.
    pub reliability: Vec<ReliabilityBin>,
    /// Readings that were not exact.
    pub misread: Vec<Misread>,
    /// What pictures were taken for, without fault.
    pub kinds: Vec<KindAccuracy>,
    /// How exactly the card was found, by condition, without fault.
    pub corners: Vec<CornerAccuracy>,
    /// Fault by fault.
    pub faults: Vec<FaultRecall>,
    /// Documents without fault that any required check of the picture stops.
    pub good_pictures_stopped: Share,
    /// Errors of the face comparison.
    pub faces: Option<FaceErrors>,
    /// What was decided about complete cases.
    pub cases: CaseOutcomes,
    /// Speed.
    pub timings_ms: BenchTimes,
    /// Largest resident memory of the whole run, bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Engine.
    pub engine: EngineUse,
    /// Policy.
    pub policy: String,
}

/// One kind of picture.
#[derive(Clone, Debug, Serialize)]
pub struct KindAccuracy {
    /// What it is.
    pub kind: Kind,
    /// Taken for it.
    pub right: Share,
    /// What else it was taken for, and how often.
    pub taken_for: BTreeMap<String, u32>,
}

/// Corner accuracy under one condition. A card that was not found counts as 0.
#[derive(Clone, Debug, Serialize)]
pub struct CornerAccuracy {
    /// Condition.
    pub condition: String,
    /// Cards.
    pub n: usize,
    /// Median of intersection over union with the true outline.
    pub median: Option<f64>,
    /// 5 % are worse.
    pub p5: Option<f64>,
    /// At least 0.9.
    pub good: Share,
}

/// What was decided about the complete cases of the folder.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseOutcomes {
    /// How often each outcome was reached.
    pub outcomes: BTreeMap<String, u32>,
    /// How often each reason was given.
    pub reasons: BTreeMap<String, u32>,
}

/// Speed, milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct BenchTimes {
    /// Decoding one picture.
    pub decode: Times,
    /// One picture of a document, from bytes to answer.
    pub inspect_document: Times,
    /// One picture of a face.
    pub inspect_face: Times,
    /// The quality gate of one picture of a document.
    pub gate: Times,
    /// A whole verification.
    pub verify: Times,
}

/// How far the run is.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Pieces of work done.
    pub done: usize,
    /// Pieces of work in all.
    pub total: usize,
}

/// Most pictures the gate is timed on; its times hardly vary.
const GATE_MAX: usize = 60;

/// Measures a folder. `progress` hears after each piece of work.
pub fn bench(
    toolbox: &Toolbox,
    policy: &Policy,
    dir: &Path,
    labels: &Labels,
    progress: &mut dyn FnMut(Step),
) -> Result<BenchReport, RunError> {
    let mut run = Run::default();
    let total = labels.pictures.len() + labels.cases.len();
    let mut done = 0;
    let mut step = || {
        done += 1;
        progress(Step { done, total });
    };
    for truth in &labels.pictures {
        run.picture(toolbox, policy, dir, truth)?;
        step();
    }
    for case in &labels.cases {
        run.case(toolbox, policy, dir, case, labels.today)?;
        step();
    }
    Ok(run.finish(toolbox, policy, labels.pictures.len()))
}

/// What is measured where there is nothing to measure.
pub fn nothing(toolbox: &Toolbox, policy: &Policy) -> BenchReport {
    Run::default().finish(toolbox, policy, 0)
}

#[derive(Default)]
struct Run {
    unreadable: Vec<String>,
    fields: fields::Tally,
    faults: faults::Tally,
    faces: faces::Gallery,
    kinds: BTreeMap<String, (Option<Kind>, BTreeMap<String, u32>)>,
    corners: BTreeMap<String, Sample>,
    good: [u32; 2],
    cases: CaseOutcomes,
    decode: Sample,
    document: Sample,
    face: Sample,
    gate: Sample,
    verify: Sample,
}

impl Run {
    fn picture(
        &mut self,
        toolbox: &Toolbox,
        policy: &Policy,
        dir: &Path,
        truth: &labels::Picture,
    ) -> Result<(), RunError> {
        let bytes = std::fs::read(dir.join(&truth.file)).ok();
        let given = bytes.as_deref().map_or(Given::Unreadable, Given::Bytes);
        let seen = look(&toolbox.models, given, analyse::inspect)?;
        let evidence = seen.evidence();
        let is_face = truth.kind == Kind::FacePhoto;
        let asked_for_face = is_face || truth.fault.as_ref().is_some_and(|f| faults::is_of_selfies(&f.kind));
        let expected = if asked_for_face { Expected::Selfie } else { Expected::Any };
        let checks = judge::picture(&evidence, expected, policy);
        let image = match &evidence {
            PictureEvidence::Seen(image) => Some(image.as_ref()),
            PictureEvidence::Unusable(_) => {
                self.unreadable.push(truth.file.display().to_string());
                None
            }
        };
        if image.is_some() {
            // What cannot be decoded is refused at once, and would flatter.
            self.decode.push(seen.decode.0);
            let total = seen.decode.0 + seen.analyse.0;
            if is_face { &mut self.face } else { &mut self.document }.push(total);
        }
        if truth.fault.is_some() {
            self.faults.add_faulty(truth, &checks);
            return Ok(());
        }
        let compared = matches!(truth.kind, Kind::ResidentPortraitSide | Kind::Temporary | Kind::FacePhoto);
        if let Some(label) = truth.face.as_ref().filter(|_| compared) {
            self.faces.add(label, !is_face, seen.embedding());
        }
        self.fields.add(truth, image);
        self.kind(truth, image);
        self.outline(truth, image);
        if is_face {
            self.faults.add_good(&checks, true);
        }
        let is_resident = matches!(truth.kind, Kind::ResidentPortraitSide | Kind::ResidentEmblemSide);
        if is_resident {
            self.faults.add_good(&checks, false);
            self.good[0] += u32::from(!judge::reasons(&checks).is_empty());
            self.good[1] += 1;
            if self.gate.values().len() < GATE_MAX {
                self.gate.push(crate::gate(toolbox, policy, given)?.timings.total.0);
            }
        }
        Ok(())
    }

    fn kind(&mut self, truth: &labels::Picture, image: Option<&ImageEvidence>) {
        let entry = self.kinds.entry(word(&truth.kind)).or_insert((Some(truth.kind), BTreeMap::new()));
        let taken = image.map_or_else(|| "unreadable".to_owned(), |image| word(&image.kind));
        *entry.1.entry(taken).or_default() += 1;
    }

    fn outline(&mut self, truth: &labels::Picture, image: Option<&ImageEvidence>) {
        let Some(true_corners) = truth.corners else { return };
        let found = image.and_then(|image| image.corners);
        let overlap = found.map_or(0.0, |found| iou(&found.0, &true_corners.0));
        self.corners.entry(truth.condition.clone()).or_default().push(f64::from(overlap));
    }

    fn case(
        &mut self,
        toolbox: &Toolbox,
        policy: &Policy,
        dir: &Path,
        case: &labels::Case,
        today: time::Date,
    ) -> Result<(), RunError> {
        let Some(selfie) = &case.selfie else { return Ok(()) };
        let read = |file: &Path| std::fs::read(dir.join(file)).ok();
        let files = [read(&case.portrait_side), read(&case.emblem_side), read(selfie)];
        let [portrait_side, emblem_side, selfie] =
            files.each_ref().map(|f| f.as_deref().map_or(Given::Missing, Given::Bytes));
        let verified = verify(
            toolbox,
            policy,
            Verify {
                pictures: Pictures { portrait_side, emblem_side, selfie },
                declared: Declared { name: case.name.clone(), number: case.number.clone() },
                context: Context::offline(today),
                keep_pictures: false,
            },
        )?;
        self.verify.push(verified.timings.total.0);
        let decision = &verified.record.decision;
        *self.cases.outcomes.entry(word::<Outcome>(&decision.outcome)).or_default() += 1;
        for reason in &decision.reasons {
            *self.cases.reasons.entry(reason.code.as_str().to_owned()).or_default() += 1;
        }
        Ok(())
    }

    fn finish(self, toolbox: &Toolbox, policy: &Policy, pictures: usize) -> BenchReport {
        let (fields, reliability, misread) = self.fields.finish();
        BenchReport {
            pictures,
            unreadable: self.unreadable,
            fields,
            reliability,
            misread,
            kinds: self.kinds.into_iter().filter_map(kind_accuracy).collect(),
            corners: self.corners.into_iter().map(corner_accuracy).collect(),
            faults: self.faults.finish(),
            good_pictures_stopped: Share::wilson(self.good[0], self.good[1]),
            faces: self.faces.finish(policy.face_match),
            cases: self.cases,
            timings_ms: BenchTimes {
                decode: self.decode.into(),
                inspect_document: self.document.into(),
                inspect_face: self.face.into(),
                gate: self.gate.into(),
                verify: self.verify.into(),
            },
            peak_memory_bytes: peak_bytes(),
            engine: toolbox.engine().clone(),
            policy: policy.label().to_owned(),
        }
    }
}

fn kind_accuracy(
    (name, (kind, mut taken)): (String, (Option<Kind>, BTreeMap<String, u32>)),
) -> Option<KindAccuracy> {
    let n = taken.values().sum();
    let right = taken.remove(&name).unwrap_or(0);
    Some(KindAccuracy { kind: kind?, right: Share::wilson(right, n), taken_for: taken })
}

fn corner_accuracy((condition, sample): (String, Sample)) -> CornerAccuracy {
    let n = sample.values().len();
    let good = sample.values().iter().filter(|v| **v >= 0.9).count();
    let digits = |v: f64| (v * 1e4).round() / 1e4;
    CornerAccuracy {
        condition,
        n,
        median: sample.quantile(0.5).map(digits),
        p5: sample.quantile(0.05).map(digits),
        good: Share::wilson(good as u32, n as u32),
    }
}

/// The word a value has in JSON.
fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
