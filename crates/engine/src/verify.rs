//! Three pictures and a form to a decision.

use crate::RunError;
use crate::given::Given;
use crate::look::{Look, look};
use crate::picture::Shown;
use crate::timing::{Milliseconds, VerifyTimings, since, timed};
use crate::toolbox::Toolbox;
use shiming_domain::evidence::{Evidence, FaceMatch};
use shiming_domain::policy::Policy;
use shiming_domain::reason::Text;
use shiming_domain::replay::Record;
use shiming_domain::{Context, Declared};
use shiming_vault::digest::Sha256;
use shiming_vision::analyse;
use std::time::Instant;

/// The three pictures of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pictures<T> {
    /// For the portrait-side step.
    pub portrait_side: T,
    /// For the emblem-side step.
    pub emblem_side: T,
    /// For the selfie step.
    pub selfie: T,
}

impl<T> Pictures<T> {
    /// In the order of the flow.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        [&self.portrait_side, &self.emblem_side, &self.selfie].into_iter()
    }

    /// The same for each.
    pub fn map<U>(self, mut each: impl FnMut(T) -> U) -> Pictures<U> {
        Pictures {
            portrait_side: each(self.portrait_side),
            emblem_side: each(self.emblem_side),
            selfie: each(self.selfie),
        }
    }
}

/// One attempt.
pub struct Verify<'a> {
    /// The files.
    pub pictures: Pictures<Given<'a>>,
    /// What was typed.
    pub declared: Declared,
    /// The circumstances.
    pub context: Context,
    /// Keep pictures for a report.
    pub keep_pictures: bool,
}

/// What came of it.
pub struct Verified {
    /// Facts, circumstances, policy and decision: everything a replay needs. **Personal data in clear.**
    pub record: Record,
    /// Why a file gave no picture.
    pub faults: Pictures<Option<Text>>,
    /// How long it took.
    pub timings: VerifyTimings,
    /// The pictures, if they were to be kept.
    pub shown: Pictures<Option<Shown>>,
}

/// Verifies. A file that gives no picture is a fact like any other; an error means the networks failed.
pub fn verify(toolbox: &Toolbox, policy: &Policy, attempt: Verify<'_>) -> Result<Verified, RunError> {
    let start = Instant::now();
    let Verify { pictures, declared, context, keep_pictures } = attempt;
    let Looked { looks, evidence, match_time } = look_at_all(toolbox, pictures)?;
    let (record, decide_time) = timed(|| {
        let sha256 = Sha256::of(policy.text().as_bytes()).to_string();
        Record::new(policy, sha256, true, evidence, declared, context)
    });
    let Pictures { portrait_side, emblem_side, selfie } = &looks;
    let timings = VerifyTimings {
        decode: [portrait_side.decode, emblem_side.decode, selfie.decode].into_iter().sum(),
        portrait_side: portrait_side.analyse,
        emblem_side: emblem_side.analyse,
        selfie: selfie.analyse,
        face_match: match_time,
        decide: decide_time,
        total: since(start),
    };
    let looks = || Pictures { portrait_side, emblem_side, selfie };
    Ok(Verified {
        record,
        timings,
        faults: looks().map(Look::fault),
        shown: looks().map(|look| if keep_pictures { look.shown() } else { None }),
    })
}

/// The facts of an attempt, without an opinion: what the service stores before it decides.
pub fn evidence(toolbox: &Toolbox, pictures: Pictures<Given<'_>>) -> Result<Evidence, RunError> {
    Ok(look_at_all(toolbox, pictures)?.evidence)
}

struct Looked {
    looks: Pictures<Look>,
    evidence: Evidence,
    match_time: Milliseconds,
}

fn look_at_all(toolbox: &Toolbox, pictures: Pictures<Given<'_>>) -> Result<Looked, RunError> {
    let models = &toolbox.models;
    let portrait = || look(models, pictures.portrait_side, analyse::inspect);
    let emblem = || look(models, pictures.emblem_side, analyse::inspect);
    let selfie = || look(models, pictures.selfie, analyse::submitted_selfie);
    let (portrait, (emblem, selfie)) = models.both(portrait, || models.both(emblem, selfie));
    let (portrait_side, emblem_side, selfie) = (portrait?, emblem?, selfie?);
    let (face_match, match_time) = timed(|| compared(&portrait_side, &selfie));
    let evidence = Evidence {
        portrait_side: portrait_side.evidence(),
        emblem_side: emblem_side.evidence(),
        selfie: selfie.evidence(),
        face_match,
        models: toolbox.models().to_vec(),
        // Pictures alone show no challenge.
        liveness: None,
    };
    Ok(Looked { looks: Pictures { portrait_side, emblem_side, selfie }, evidence, match_time })
}

/// Whether the two faces could be compared is judged later; here it is only measured.
fn compared(portrait: &Look, selfie: &Look) -> Option<FaceMatch> {
    let distance = portrait.embedding()?.distance(selfie.embedding()?);
    Some(FaceMatch { distance })
}
