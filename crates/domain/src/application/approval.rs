//! What an approval rests on.
//!
//! Nothing is approved without a form, a document, and a live selfie that matched or the recorded way with
//! a person. [`Proof`] says which it was, and only this module builds one.

use super::Refusal;
use crate::id::{FileId, StaffId};
use crate::steps::Steps;
use serde::{Deserialize, Serialize};

/// What an approval rests on. Its existence says that there was a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Proof {
    document: DocumentProof,
    face: FaceProof,
}

/// What the document was seen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentProof {
    /// Photos of both sides.
    Photos,
    /// Staff held the card, or saw it in a video, and recorded it.
    Sighted {
        /// The record.
        record: FileId,
    },
}

/// What the face was seen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceProof {
    /// A selfie taken live matched the portrait.
    LiveMatch,
    /// A person made sure, and recorded it.
    HumanRoute(HumanRoute),
}

/// The recorded way with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HumanRoute {
    /// Which.
    pub route: Route,
    /// The record of it.
    pub record: FileId,
    /// Who made sure.
    pub by: StaffId,
}

/// The ways with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// A video call.
    Video,
    /// Face to face.
    InPerson,
    /// Further documents.
    Documents,
}

impl Proof {
    /// The proof, if the steps of the attempt hold what it claims.
    pub(super) fn new(steps: &Steps, document: DocumentProof, face: FaceProof) -> Result<Self, Refusal> {
        if !steps.has_form() {
            return Err(Refusal::FormMissing);
        }
        if document == DocumentProof::Photos && !steps.has_document() {
            return Err(Refusal::DocumentMissing);
        }
        if face == FaceProof::LiveMatch && !steps.has_live_selfie() {
            return Err(Refusal::NoLiveMatch);
        }
        Ok(Self { document, face })
    }

    /// What the document was seen by.
    pub const fn document(self) -> DocumentProof {
        self.document
    }

    /// What the face was seen by.
    pub const fn face(self) -> FaceProof {
        self.face
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Timestamp;
    use crate::steps::{ConsentRules, Content, Side, Verdict};

    const FILE: FileId = FileId::from_bits(1);

    fn steps(contents: &[Content]) -> Steps {
        let mut steps = Steps::new(false);
        for content in contents {
            let rules = ConsentRules { asked: [].into(), optional: [].into(), texts: [].into() };
            steps.save(content.clone(), &Verdict::Accepted, &rules, Timestamp::MIN);
        }
        steps
    }

    #[test]
    fn nothing_stands_in_for_what_is_missing() {
        let sides = [Content::Side(Side::Portrait, FILE), Content::Side(Side::Emblem, FILE)];
        let selfie = |live| Content::Selfie { file: FILE, live };
        let proof = |contents: &[Content], face| Proof::new(&steps(contents), DocumentProof::Photos, face);
        let route = HumanRoute { route: Route::Video, record: FILE, by: StaffId::from_bits(1) };
        let (live, route) = (FaceProof::LiveMatch, FaceProof::HumanRoute(route));
        let [portrait, emblem] = sides;
        let all = [Content::Form, portrait.clone(), emblem.clone(), selfie(true)];
        assert!(proof(&all, live).is_ok());
        assert!(proof(&all[..3], route).is_ok());
        assert_eq!(proof(&all[1..], live), Err(Refusal::FormMissing));
        assert_eq!(
            proof(&[Content::Form, emblem.clone(), selfie(true)], live),
            Err(Refusal::DocumentMissing)
        );
        assert_eq!(
            proof(&[Content::Form, portrait.clone(), selfie(true)], live),
            Err(Refusal::DocumentMissing)
        );
        assert_eq!(proof(&all[..3], live), Err(Refusal::NoLiveMatch));
        assert_eq!(proof(&[Content::Form, portrait, emblem, selfie(false)], live), Err(Refusal::NoLiveMatch));
    }
}
