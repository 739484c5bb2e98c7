//! How often a painted fault is noticed, by its strength, and how often a good picture is blamed.

use super::labels::Picture;
use super::stats::Share;
use serde::Serialize;
use shiming_domain::check::{CheckResult, Status};
use shiming_domain::reason::Code;
use std::collections::BTreeMap;

/// From this grade on a person would call the picture faulty (the test kit's definition).
pub const GRADE_FAULTY: f32 = 0.3;

/// Each fault of the test kit and the reason it should give.
pub const FAULTS: [(&str, Code); 20] = [
    ("blur", Code::ImgBlur),
    ("motion_blur", Code::ImgBlur),
    ("glare", Code::ImgGlare),
    ("shadow", Code::ImgShadow),
    ("dark", Code::ImgDark),
    ("overexposed", Code::ImgOverexposed),
    ("corner_missing", Code::ImgCornerMissing),
    ("occluded", Code::ImgOccluded),
    ("too_small", Code::ImgTooSmall),
    ("greyscale_copy", Code::DocCopy),
    ("two_cards", Code::DocNotFound),
    ("no_card", Code::DocNotFound),
    ("two_faces", Code::FaceMultiple),
    ("no_face", Code::FaceNone),
    ("face_blur", Code::ImgBlur),
    ("face_dark", Code::ImgDark),
    ("face_overexposed", Code::ImgOverexposed),
    ("face_small", Code::FaceSmall),
    ("face_cut_off", Code::FaceCutOff),
    ("face_covered", Code::FaceCovered),
];

/// Whether a fault is one of selfies.
pub(super) fn is_of_selfies(fault: &str) -> bool {
    matches!(fault, "two_faces" | "no_face") || fault.starts_with("face_")
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultRecall {
    /// For example `glare`.
    pub fault: &'static str,
    /// The reason that should be given.
    pub code: Code,
    /// Noticed (a failed check gave the reason), of all pictures with a grade of at least 0.3.
    pub recall: Share,
    /// The same, counting also warnings.
    pub recall_with_warnings: Share,
    /// Any reason at all stopped the picture: the fault may hide behind another.
    pub stopped: Share,
    /// Blamed for it, of all pictures (of documents, or of faces) without any fault.
    pub false_alarms: Share,
    /// The same, counting also warnings.
    pub false_alarms_with_warnings: Share,
    /// Noticed, by strength.
    pub by_grade: Vec<GradeRecall>,
}

/// One strength of one fault.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GradeRecall {
    /// Strength, 0–1.
    pub grade: f32,
    /// Noticed.
    pub recall: Share,
}

#[derive(Default, Clone)]
struct Counts {
    n: u32,
    failed: u32,
    warned: u32,
    stopped: u32,
    false_failed: u32,
    false_warned: u32,
    /// Grade in hundredths → (noticed, all).
    grades: BTreeMap<u32, [u32; 2]>,
}

#[derive(Default)]
pub(super) struct Tally {
    counts: [Counts; FAULTS.len()],
    good_documents: u32,
    good_selfies: u32,
}

impl Tally {
    /// A picture with a known fault.
    pub(super) fn add_faulty(&mut self, truth: &Picture, checks: &[CheckResult]) {
        let Some(fault) = &truth.fault else { return };
        let Some(place) = FAULTS.iter().position(|(name, _)| *name == fault.kind) else { return };
        let code = FAULTS[place].1;
        let failed = gives(checks, code, Status::Fail);
        let counts = &mut self.counts[place];
        let grade = counts.grades.entry((fault.grade.clamp(0.0, 1.0) * 100.0).round() as u32).or_default();
        grade[0] += u32::from(failed);
        grade[1] += 1;
        if fault.grade >= GRADE_FAULTY {
            counts.n += 1;
            counts.failed += u32::from(failed);
            counts.warned += u32::from(failed || gives(checks, code, Status::Warn));
            counts.stopped += u32::from(checks.iter().any(|c| c.status == Status::Fail));
        }
    }

    /// A picture without fault, of a document or of a face.
    pub(super) fn add_good(&mut self, checks: &[CheckResult], selfie: bool) {
        if selfie {
            self.good_selfies += 1;
        } else {
            self.good_documents += 1;
        }
        for (counts, (fault, code)) in self.counts.iter_mut().zip(FAULTS) {
            if is_of_selfies(fault) == selfie {
                let failed = gives(checks, code, Status::Fail);
                counts.false_failed += u32::from(failed);
                counts.false_warned += u32::from(failed || gives(checks, code, Status::Warn));
            }
        }
    }

    /// Faults that occur in the folder.
    pub(super) fn finish(self) -> Vec<FaultRecall> {
        let good = |fault| if is_of_selfies(fault) { self.good_selfies } else { self.good_documents };
        FAULTS
            .into_iter()
            .zip(self.counts)
            .filter(|(_, c)| !c.grades.is_empty())
            .map(|((fault, code), c)| FaultRecall {
                fault,
                code,
                recall: Share::wilson(c.failed, c.n),
                recall_with_warnings: Share::wilson(c.warned, c.n),
                stopped: Share::wilson(c.stopped, c.n),
                false_alarms: Share::wilson(c.false_failed, good(fault)),
                false_alarms_with_warnings: Share::wilson(c.false_warned, good(fault)),
                by_grade: c
                    .grades
                    .into_iter()
                    .map(|(grade, [noticed, all])| GradeRecall {
                        grade: grade as f32 / 100.0,
                        recall: Share::wilson(noticed, all),
                    })
                    .collect(),
            })
            .collect()
    }
}

fn gives(checks: &[CheckResult], code: Code, status: Status) -> bool {
    checks.iter().any(|c| c.status == status && c.reasons.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_domain::evidence::{FileFault, PictureEvidence};
    use shiming_domain::judge::{self, Expected};
    use shiming_domain::policy::Policy;

    fn truth(fault: &str) -> Picture {
        let text = format!(
            r#"{{"file":"a.jpg","kind":"resident_portrait_side","fault":{{"kind":"{fault}","grade":0.5}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_fault_is_noticed_only_by_its_own_reason() {
        let unreadable = PictureEvidence::Unusable(FileFault { code: "empty_file".into() });
        let checks = judge::picture(&unreadable, Expected::PortraitSide, &Policy::preset("cn_pboc").unwrap());
        let mut tally = Tally::default();
        tally.add_faulty(&truth("glare"), &checks);
        tally.add_faulty(&truth("an unknown fault"), &checks);
        tally.add_good(&[], false);
        let [glare] = tally.finish().try_into().unwrap();
        assert_eq!((glare.recall.k, glare.recall.n, glare.stopped.k), (0, 1, 1));
        assert_eq!((glare.false_alarms.k, glare.false_alarms.n), (0, 1));
    }
}
