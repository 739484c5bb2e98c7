//! The stable codes. They are never renamed and never reused.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// A reason or public code; one row of `locales/reasons.toml` each.
        ///
        /// The table holds what a code means; this type only makes it impossible for a check to name a
        /// code that does not exist. A test compares both.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $(
                #[doc = concat!("`", $text, "`")]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// Blur, light, glare, shadow, angle: faults of a photo that a steady hand and a window mend, and
            /// after which a person may still be able to read it.
            pub const fn is_soft(self) -> bool {
                matches!(
                    self,
                    Self::ImgBlur
                        | Self::ImgDark
                        | Self::ImgOverexposed
                        | Self::ImgGlare
                        | Self::ImgShadow
                        | Self::ImgSkewed
                )
            }

            /// The code as it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    DocUnconfirmed = "DOC_UNCONFIRMED",
    SelfieUnconfirmed = "SELFIE_UNCONFIRMED",
    InfoUnconfirmed = "INFO_UNCONFIRMED",
    ImgBlur = "IMG_BLUR",
    ImgDark = "IMG_DARK",
    ImgOverexposed = "IMG_OVEREXPOSED",
    ImgGlare = "IMG_GLARE",
    ImgShadow = "IMG_SHADOW",
    ImgCornerMissing = "IMG_CORNER_MISSING",
    ImgOccluded = "IMG_OCCLUDED",
    ImgTooSmall = "IMG_TOO_SMALL",
    ImgSkewed = "IMG_SKEWED",
    ImgUnreadableFile = "IMG_UNREADABLE_FILE",
    ImgAlreadyRejected = "IMG_ALREADY_REJECTED",
    DocNotFound = "DOC_NOT_FOUND",
    DocUnsupported = "DOC_UNSUPPORTED",
    DocWrongSide = "DOC_WRONG_SIDE",
    DocTemporary = "DOC_TEMPORARY",
    DocDamaged = "DOC_DAMAGED",
    DocCopy = "DOC_COPY",
    DocRecapture = "DOC_RECAPTURE",
    DocScreenshot = "DOC_SCREENSHOT",
    DocFieldUnreadable = "DOC_FIELD_UNREADABLE",
    DocDatesInvalid = "DOC_DATES_INVALID",
    DocExpired = "DOC_EXPIRED",
    DocSidesMismatch = "DOC_SIDES_MISMATCH",
    DocInconsistent = "DOC_INCONSISTENT",
    DocTampered = "DOC_TAMPERED",
    IdnoInvalid = "IDNO_INVALID",
    IdnoBirthSexInconsistent = "IDNO_BIRTH_SEX_INCONSISTENT",
    FormNameInvalid = "FORM_NAME_INVALID",
    FormNameMismatch = "FORM_NAME_MISMATCH",
    FormNameUncertain = "FORM_NAME_UNCERTAIN",
    FormIdnoMismatch = "FORM_IDNO_MISMATCH",
    FaceNone = "FACE_NONE",
    FaceMultiple = "FACE_MULTIPLE",
    FaceSmall = "FACE_SMALL",
    FaceCutOff = "FACE_CUT_OFF",
    FacePose = "FACE_POSE",
    FaceEyesClosed = "FACE_EYES_CLOSED",
    FaceCovered = "FACE_COVERED",
    FaceMismatch = "FACE_MISMATCH",
    FaceBorderline = "FACE_BORDERLINE",
    LiveIncomplete = "LIVE_INCOMPLETE",
    LiveSpoof = "LIVE_SPOOF",
    CaptureNotLive = "CAPTURE_NOT_LIVE",
    CaptureInjected = "CAPTURE_INJECTED",
    DupIdno = "DUP_IDNO",
    DupFace = "DUP_FACE",
    DupImage = "DUP_IMAGE",
    DupPhone = "DUP_PHONE",
    SrcMismatch = "SRC_MISMATCH",
    SrcNoRecord = "SRC_NO_RECORD",
    SrcDocInvalid = "SRC_DOC_INVALID",
    SrcUnavailable = "SRC_UNAVAILABLE",
    SrcChannelsMissing = "SRC_CHANNELS_MISSING",
    AccConsentMissing = "ACC_CONSENT_MISSING",
    AccSessionExpired = "ACC_SESSION_EXPIRED",
    AccAttemptsExceeded = "ACC_ATTEMPTS_EXCEEDED",
    AccMoreEvidence = "ACC_MORE_EVIDENCE",
    AccPersonMismatch = "ACC_PERSON_MISMATCH",
    AccMinor = "ACC_MINOR",
    AccRegionUnsupported = "ACC_REGION_UNSUPPORTED",
    AccWatchlist = "ACC_WATCHLIST",
    AccBlocked = "ACC_BLOCKED",
    AccRiskPattern = "ACC_RISK_PATTERN",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
