//! The checks: one table with what each measures, on what, and which reasons it may give.
//!
//! A check turns evidence into a status. What follows from a status is `decide`'s business alone:
//! a *required* check counts, an *advisory* one is shown and logged and **never changes the outcome**
//! (neither does it block other checks), one that is *off* is not run.

mod scale;

use crate::evidence::{Measure, Region};
use crate::reason::{Code, Details, Step};
use serde::{Deserialize, Serialize};

/// What a check ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The photo of the portrait side.
    PortraitSide,
    /// The photo of the emblem side.
    EmblemSide,
    /// The selfie.
    Selfie,
    /// What was typed.
    Form,
    /// The person.
    Person,
    /// The account.
    Account,
    /// A picture nobody asked a side of (`inspect`) that is neither a card side nor a face.
    Image,
}

impl Subject {
    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PortraitSide => "portrait_side",
            Self::EmblemSide => "emblem_side",
            Self::Selfie => "selfie",
            Self::Form => "form",
            Self::Person => "person",
            Self::Account => "account",
            Self::Image => "image",
        }
    }

    /// The step it came from.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::PortraitSide => Some(Step::PortraitSide),
            Self::EmblemSide => Some(Step::EmblemSide),
            Self::Selfie => Some(Step::Selfie),
            Self::Form => Some(Step::Form),
            Self::Person | Self::Account | Self::Image => None,
        }
    }
}

/// Groups, in the order in which checks run: cheap first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The picture.
    Image,
    /// What it shows.
    Document,
    /// Whether it is the real thing.
    Authenticity,
    /// What is printed.
    Data,
    /// What was typed.
    Form,
    /// The selfie.
    Face,
    /// A living person before the camera.
    Liveness,
    /// The same person.
    Match,
    /// Seen before.
    Duplicate,
    /// Outside sources.
    Source,
    /// The account.
    Account,
}

/// Whether a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// Not run.
    Off,
    /// Run, shown and logged; never changes the outcome.
    Advisory,
    /// Counts.
    Required,
}

/// The verdict of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Holds.
    Pass,
    /// Holds barely, or a person should look.
    Warn,
    /// Does not hold.
    Fail,
    /// Not asked, nothing to look at, or blocked by an earlier failure.
    NotApplicable,
    /// We could not run it; never the applicant's fault.
    Error,
}

/// Why a check is [`Status::NotApplicable`] or [`Status::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The policy switched it off.
    SwitchedOff,
    /// Nothing of this kind was asked for: the document has no such thing, or the policy names no source.
    NotAsked,
    /// This program has no detector for it yet.
    NoDetector,
    /// This run carries no evidence for it (no live capture, no history, no outside source).
    NoEvidence,
    /// An earlier check failed; see `blocked_by`.
    Blocked,
    /// A value that should have been measured is missing or not a number.
    NotMeasured,
}

impl Note {
    /// One plain sentence.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::SwitchedOff => "the policy switches this check off",
            Self::NotAsked => "nothing of this kind was asked for here",
            Self::NoDetector => "no detector for this exists yet; nothing is claimed",
            Self::NoEvidence => "this run carries no evidence for it; nothing is claimed",
            Self::Blocked => "not looked at, because an earlier check of the same picture failed",
            Self::NotMeasured => "a value that should have been measured is missing",
        }
    }
}

/// Where the evidence for a check comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The pictures and the form: `judge` decides it.
    Judged,
    /// A detector that does not exist yet.
    NoDetector,
    /// A live capture session.
    LiveCapture,
    /// What is stored about earlier attempts, accounts and devices.
    History,
    /// An outside source.
    Source,
}

/// A check and what it ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRef {
    /// Which check.
    pub name: Check,
    /// On what.
    pub subject: Subject,
}

/// One measured value with the bounds it was held against.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What was measured; the unit is [`Measure`]'s.
    pub measure: Measured,
    /// The value.
    pub value: f32,
    /// From here on: warn.
    pub warn: Option<f32>,
    /// From here on: fail.
    pub fail: Option<f32>,
    /// Its verdict.
    pub status: Status,
}

/// Everything a check can hold against a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// See [`Measure::Sharpness`].
    Sharpness,
    /// See [`Measure::Brightness`].
    Brightness,
    /// See [`Measure::Clipped`].
    Clipped,
    /// See [`Measure::Glare`].
    Glare,
    /// See [`Measure::Shadow`].
    Shadow,
    /// See [`Measure::CardWidth`].
    CardWidth,
    /// See [`Measure::CutOff`].
    CutOff,
    /// See [`Measure::Skew`].
    Skew,
    /// See [`Measure::Occlusion`].
    Occlusion,
    /// See [`Measure::Chroma`].
    Chroma,
    /// Number of cards.
    Cards,
    /// Area of the second face as a share of the largest, 0–1.
    SecondFaceShare,
    /// Distance between the eyes, pixels of the original.
    EyeDistance,
    /// |yaw ratio|; frontal ≈ 0.
    Yaw,
    /// Pitch ratio; frontal ≈ 0.59.
    Pitch,
    /// |roll|, degrees.
    Roll,
    /// Sharpness of the face.
    FaceSharpness,
    /// Mean luma of the face, 0–255.
    FaceBrightness,
    /// Luma that 2 % of the face and what is next to it exceed, 0–255.
    FaceHighlights,
    /// Share of the face at the upper end of the range, 0–1.
    FaceClipped,
    /// Likelihood that part of the face is covered, 0–1.
    Covered,
    /// Lowest confidence of the fields, 0–1.
    Confidence,
    /// 1 − distance of two face embeddings, clamped to 0–1.
    Similarity,
    /// See [`crate::evidence::Face::living`].
    Living,
}

impl From<Measure> for Measured {
    fn from(m: Measure) -> Self {
        match m {
            Measure::Sharpness => Self::Sharpness,
            Measure::Brightness => Self::Brightness,
            Measure::Clipped => Self::Clipped,
            Measure::Glare => Self::Glare,
            Measure::Shadow => Self::Shadow,
            Measure::CardWidth => Self::CardWidth,
            Measure::CutOff => Self::CutOff,
            Measure::Skew => Self::Skew,
            Measure::Occlusion => Self::Occlusion,
            Measure::Chroma => Self::Chroma,
        }
    }
}

/// The result of one check on one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which check.
    pub name: Check,
    /// Its group.
    pub group: Group,
    /// On what it ran.
    pub subject: Subject,
    /// The verdict.
    pub status: Status,
    /// Whether it counts under this policy.
    pub requirement: Requirement,
    /// Why it is not a pass. Every `warn`, `fail` and `error` has at least one.
    pub reasons: Vec<Code>,
    /// The value that decided, if the check measures something.
    pub score: Option<f32>,
    /// The bound that decided: for `fail` and `warn` the one that was crossed, for `pass` the nearest one.
    pub threshold: Option<f32>,
    /// All values behind the verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// The earlier failure that made this one pointless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<CheckRef>,
    /// Why it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// The rule of the document that failed, if the check tests several (for example `check_digit`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What fills the reason texts; personal values masked.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// If a reason leaves a choice of steps: the one more likely to help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely_step: Option<Step>,
    /// Where the fault is, pixels of the upright original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its group.
    pub group: Group,
    /// On what it runs.
    pub subjects: &'static [Subject],
    /// Whether it counts if the policy does not name it.
    pub default: Requirement,
    /// Which reasons it may give.
    pub reasons: &'static [Code],
    /// Where its evidence comes from.
    pub basis: Basis,
}

macro_rules! checks {
    ($($variant:ident = $text:literal, $group:ident, [$($subject:ident),+], $default:ident, $basis:ident, [$($code:ident),*], $doc:literal;)+) => {
        /// A check. The table behind it is [`Check::spec`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Check {
            $(
                #[doc = $doc]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Check {
            /// All checks in the order in which they run.
            pub const ALL: &'static [Check] = &[$(Check::$variant),+];

            /// The name as stored and as written in a policy.
            pub const fn as_str(self) -> &'static str {
                match self { $(Check::$variant => $text,)+ }
            }

            /// Its row.
            pub const fn spec(self) -> Spec {
                match self {
                    $(Check::$variant => Spec {
                        group: Group::$group,
                        subjects: &[$(Subject::$subject),+],
                        default: Requirement::$default,
                        reasons: &[$(Code::$code),*],
                        basis: Basis::$basis,
                    },)+
                }
            }
        }
    };
}

checks! {
    FileReadable = "file_readable", Image, [PortraitSide, EmblemSide, Selfie, Image], Required, Judged, [ImgUnreadableFile], "Type by content, size, one frame, pixel limits, decodes.";
    ImageRepeat = "image_repeat", Image, [PortraitSide, EmblemSide, Selfie], Required, History, [ImgAlreadyRejected], "A picture already refused in this application.";
    ImageBlur = "image_blur", Image, [PortraitSide, EmblemSide, Selfie, Image], Required, Judged, [ImgBlur], "Directional sharpness on the object, text lines first.";
    ImageExposure = "image_exposure", Image, [PortraitSide, EmblemSide, Selfie, Image], Required, Judged, [ImgDark, ImgOverexposed], "Too dark, or clipped to white.";
    ImageGlare = "image_glare", Image, [PortraitSide, EmblemSide, Image], Required, Judged, [ImgGlare], "Saturated spots.";
    ImageShadow = "image_shadow", Image, [PortraitSide, EmblemSide, Image], Advisory, Judged, [ImgShadow], "Uneven light.";
    CardScale = "card_scale", Image, [PortraitSide, EmblemSide, Image], Required, Judged, [ImgTooSmall], "Pixels across the card.";
    CardCorners = "card_corners", Image, [PortraitSide, EmblemSide, Image], Required, Judged, [ImgCornerMissing], "Four corners inside the picture.";
    CardAngle = "card_angle", Image, [PortraitSide, EmblemSide, Image], Required, Judged, [ImgSkewed], "Perspective.";
    CardOcclusion = "card_occlusion", Image, [PortraitSide, EmblemSide, Image], Required, Judged, [ImgOccluded], "Something lies over the card.";
    CardPresent = "card_present", Document, [PortraitSide, EmblemSide, Image], Required, Judged, [DocNotFound], "Exactly one card.";
    CardType = "card_type", Document, [PortraitSide, EmblemSide, Image], Required, Judged, [DocUnsupported, DocTemporary], "A document the policy accepts.";
    CardSide = "card_side", Document, [PortraitSide, EmblemSide], Required, Judged, [DocWrongSide], "The side this step asks for.";
    CardCondition = "card_condition", Document, [PortraitSide, EmblemSide], Advisory, NoDetector, [DocDamaged], "Cut, punched, bleached, worn.";
    Photocopy = "photocopy", Authenticity, [PortraitSide, EmblemSide, Image], Required, Judged, [DocCopy], "Print on paper (so far: without colour).";
    ScreenRecapture = "screen_recapture", Authenticity, [PortraitSide, EmblemSide], Required, NoDetector, [DocRecapture], "Photographed from a screen.";
    DigitalImage = "digital_image", Authenticity, [PortraitSide, EmblemSide], Required, NoDetector, [DocScreenshot], "Screenshot or rendered card.";
    LayoutMatch = "layout_match", Authenticity, [PortraitSide, EmblemSide], Required, NoDetector, [DocInconsistent], "Positions, fonts, background of a genuine card.";
    EditTraces = "edit_traces", Authenticity, [PortraitSide, EmblemSide], Required, NoDetector, [DocTampered], "Marks of editing.";
    PortraitIntegrity = "portrait_integrity", Authenticity, [PortraitSide], Required, NoDetector, [DocTampered], "Replaced photo.";
    FieldsExtracted = "fields_extracted", Data, [PortraitSide, EmblemSide], Required, Judged, [DocFieldUnreadable], "All fields read with enough confidence; portrait usable.";
    IdNumberValid = "id_number_valid", Data, [PortraitSide], Required, Judged, [DocFieldUnreadable], "Printed number: length, date, check character.";
    NumberBirthSex = "number_birth_sex", Data, [PortraitSide], Required, Judged, [IdnoBirthSexInconsistent], "Number against printed birth date and sex.";
    FieldsPlausible = "fields_plausible", Data, [PortraitSide, EmblemSide], Advisory, Judged, [DocInconsistent, DocFieldUnreadable], "Region code, ethnic group, authority.";
    ValidityDates = "validity_dates", Data, [EmblemSide], Required, Judged, [DocDatesInvalid], "Term by law, start not in the future, not before birth.";
    DocumentCurrent = "document_current", Data, [EmblemSide], Required, Judged, [DocExpired], "Not expired.";
    SidesAgree = "sides_agree", Data, [EmblemSide], Required, Judged, [DocSidesMismatch], "Both sides belong to one card.";
    FormName = "form_name", Form, [Form], Required, Judged, [FormNameInvalid], "Typed name: allowed characters.";
    FormNumber = "form_number", Form, [Form], Required, Judged, [IdnoInvalid], "Typed number: length, date, check character.";
    NameMatch = "name_match", Form, [Form], Required, Judged, [FormNameMismatch, FormNameUncertain], "Typed against printed name.";
    NumberMatch = "number_match", Form, [Form], Required, Judged, [FormIdnoMismatch], "Typed against printed number.";
    FaceCount = "face_count", Face, [Selfie], Required, Judged, [FaceNone, FaceMultiple], "Exactly one face.";
    FaceFraming = "face_framing", Face, [Selfie], Required, Judged, [FaceSmall, FaceCutOff], "Near enough and fully inside.";
    FacePose = "face_pose", Face, [Selfie], Required, Judged, [FacePose], "Yaw, pitch, roll.";
    FaceEyesOpen = "face_eyes_open", Face, [Selfie], Required, NoDetector, [FaceEyesClosed], "Both eyes open.";
    FaceUncovered = "face_uncovered", Face, [Selfie], Required, Judged, [FaceCovered], "No mask, dark glasses, hand.";
    LivenessPassive = "liveness_passive", Liveness, [Selfie], Required, LiveCapture, [LiveSpoof], "Print, screen and mask cues.";
    LivenessChallenge = "liveness_challenge", Liveness, [Selfie], Required, LiveCapture, [LiveIncomplete], "Server-drawn steps done in order and time.";
    SameFaceInCapture = "same_face_in_capture", Liveness, [Selfie], Required, LiveCapture, [LiveSpoof], "Face of the challenge is the face of the still.";
    CaptureOrigin = "capture_origin", Liveness, [Selfie], Required, LiveCapture, [CaptureNotLive], "Live stream or chosen file.";
    CaptureIntegrity = "capture_integrity", Liveness, [Selfie], Required, LiveCapture, [CaptureInjected], "Nonce, frame timing, virtual-camera signs.";
    FaceMatchPortrait = "face_match_portrait", Match, [Selfie], Required, Judged, [FaceMismatch, FaceBorderline], "Selfie against the portrait on the card.";
    FaceMatchSource = "face_match_source", Match, [Selfie], Required, Source, [FaceMismatch, FaceBorderline], "Selfie against the source's photo.";
    PersonUnchanged = "person_unchanged", Match, [Person], Required, History, [AccPersonMismatch], "Renewal: same number as before.";
    DuplicateIdNumber = "duplicate_id_number", Duplicate, [Person], Required, History, [DupIdno], "Person already on another account.";
    DuplicateFace = "duplicate_face", Duplicate, [Person], Off, History, [DupFace], "Opt-in 1:N search.";
    DuplicateImage = "duplicate_image", Duplicate, [Person], Required, History, [DupImage], "Picture seen in another person's application.";
    PhoneOnePerson = "phone_one_person", Duplicate, [Account], Required, History, [DupPhone], "Phone tied to another verified person.";
    SourceIdentity = "source_identity", Source, [Person], Required, Source, [SrcMismatch, SrcNoRecord, SrcUnavailable], "Name and number confirmed by a source.";
    SourceDocument = "source_document", Source, [Person], Required, Source, [SrcDocInvalid, SrcUnavailable], "Card current, not lost or replaced.";
    ChannelCount = "channel_count", Source, [Person], Advisory, Source, [SrcChannelsMissing], "Enough distinct channels for the level.";
    GateConsent = "gate_consent", Account, [Account], Required, History, [AccConsentMissing], "Every needed consent in its current text.";
    GateFresh = "gate_fresh", Account, [Account], Required, History, [AccSessionExpired], "Token and nonce in time.";
    GateTries = "gate_tries", Account, [Account], Required, History, [AccAttemptsExceeded], "Counters.";
    GateRegion = "gate_region", Account, [Account], Required, History, [AccRegionUnsupported], "Supported region and document.";
    AgePolicy = "age_policy", Account, [Person], Required, Judged, [AccMinor], "Under 14 and under 18.";
    Watchlist = "watchlist", Account, [Person], Required, History, [AccWatchlist], "The operator's lists.";
    Blocklist = "blocklist", Account, [Person], Required, History, [AccBlocked], "The operator's own list.";
    RiskPattern = "risk_pattern", Account, [Account], Required, History, [AccRiskPattern], "Velocity, shared device, coached operation.";
}

impl Check {
    /// The check of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == name)
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Status {
    /// How bad it is, for taking the worst of several readings.
    pub(crate) const fn severity(self) -> u8 {
        match self {
            Self::NotApplicable => 0,
            Self::Pass => 1,
            Self::Warn => 2,
            Self::Error => 3,
            Self::Fail => 4,
        }
    }
}

impl CheckResult {
    /// A result with nothing but a verdict.
    pub(crate) fn new(name: Check, subject: Subject, requirement: Requirement, status: Status) -> Self {
        Self {
            name,
            group: name.spec().group,
            subject,
            status,
            requirement,
            reasons: Vec::new(),
            score: None,
            threshold: None,
            readings: Vec::new(),
            blocked_by: None,
            note: None,
            rule: None,
            details: Details::default(),
            likely_step: None,
            regions: Vec::new(),
        }
    }

    /// Name and subject.
    pub fn reference(&self) -> CheckRef {
        CheckRef { name: self.name, subject: self.subject }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_follow_from_the_variant() {
        let names: BTreeSet<_> = Check::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(names.len(), Check::ALL.len());
        for &check in Check::ALL {
            assert_eq!(Check::by_name(check.as_str()), Some(check));
            assert_eq!(serde_json::to_value(check).unwrap(), check.as_str());
            assert!(!check.spec().reasons.is_empty(), "{check} could never say why");
        }
    }

    #[test]
    fn checks_stand_in_the_order_of_their_groups() {
        let groups: Vec<_> = Check::ALL.iter().map(|c| c.spec().group).collect();
        assert!(groups.is_sorted());
    }

    #[test]
    fn every_reason_but_the_staff_only_one_belongs_to_a_check() {
        let given: BTreeSet<_> = Check::ALL.iter().flat_map(|c| c.spec().reasons).copied().collect();
        let without: Vec<_> = Code::ALL.iter().filter(|c| !given.contains(c)).map(|c| c.as_str()).collect();
        assert_eq!(
            without,
            ["DOC_UNCONFIRMED", "SELFIE_UNCONFIRMED", "INFO_UNCONFIRMED", "ACC_MORE_EVIDENCE"],
            "public codes stand in for others; ACC_MORE_EVIDENCE is given by staff only"
        );
    }
}
