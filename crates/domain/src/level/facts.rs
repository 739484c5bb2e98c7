//! Facts from which a level is derived.

use crate::account::RestrictionEffect;
use crate::policy::{ChannelKind, DocumentKind, FaceToFaceRecord};
use serde::{Deserialize, Serialize};

/// Where a person's verification stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// There is none.
    #[default]
    Unverified,
    /// In force.
    Valid,
    /// The document ended; there is time to renew it.
    Grace,
    /// That time ended. What was established stays established, so that the balance can be withdrawn and a
    /// renewal finds the level as it was; a restriction keeps everything else from being done.
    Lapsed,
    /// It turned out wrong: nothing is established any more.
    Revoked,
}

/// An outside source confirmed the identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// What kind of source.
    pub kind: ChannelKind,
    /// Stable code of the organisation behind it; two banks are two.
    pub organisation: String,
    /// A made-up answer of demo and sandbox.
    pub simulated: bool,
    /// When, microseconds UTC.
    pub confirmed_us: i64,
    /// When the source's own answer ends, if it says so.
    pub valid_until_us: Option<i64>,
}

/// Staff met the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaceToFaceFact {
    /// What the record holds.
    pub holds: Vec<FaceToFaceRecord>,
    /// Another member of staff confirmed it.
    pub second_confirmed: bool,
}

/// What is true of a person and an account now.
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Mail or phone is confirmed.
    pub contact_confirmed: bool,
    /// The verification.
    pub identity: Identity,
    /// What it rests on.
    pub document: Option<DocumentKind>,
    /// A live selfie matched, or the recorded route with a person was taken.
    pub selfie_match: bool,
    /// Outside confirmations.
    pub proofs: Vec<Proof>,
    /// A meeting.
    pub face_to_face: Option<FaceToFaceFact>,
    /// This is the person's first account here.
    pub first_account: bool,
    /// How many other accounts the person has at each level.
    pub other_accounts: [u32; 4],
    /// The strongest effect of the restrictions.
    pub restriction: Option<RestrictionEffect>,
    /// Real money moves here.
    pub live_money: bool,
}
