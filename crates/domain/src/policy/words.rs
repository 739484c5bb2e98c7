//! The closed vocabularies of a policy. A misspelt word is an error, so that a typing slip can never
//! quietly switch a protection off.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            pub enum $name {
                $(
                    #[doc = concat!("`", $text, "`")]
                    #[serde(rename = $text)]
                    $variant,
                )+
            }
        )+
    };
}

words! {
    /// How an edited copy relates to its preset.
    BoundsMode {
        Ceiling = "ceiling",
        Free = "free",
    }
    /// Days of the week.
    Weekday {
        Mon = "mon", Tue = "tue", Wed = "wed", Thu = "thu", Fri = "fri", Sat = "sat", Sun = "sun",
    }
    /// Whose counters these are. Limits belong to the person; there is no other word.
    CountingScope {
        Person = "person",
    }
    /// When a refund gives its amount back.
    RefundGivesBack {
        SameOpenWindow = "same_open_window",
        Never = "never",
    }
    /// When an amount is reserved.
    ReserveAt {
        Authorisation = "authorisation",
        Capture = "capture",
    }
    /// What money may be used for.
    Use {
        Consume = "consume",
        Transfer = "transfer",
        WithdrawOwnBank = "withdraw_own_bank",
        VirtualCard = "virtual_card",
        Invest = "invest",
    }
    /// What a level asks of the identity.
    IdentityState {
        Approved = "approved",
    }
    /// Authentication factors.
    Factor {
        Password = "password",
        Pin = "pin",
        Certificate = "certificate",
        ESignature = "e_signature",
        OtpBoundPhone = "otp_bound_phone",
        Totp = "totp",
        Passkey = "passkey",
        Face = "face",
        FingerprintOnDevice = "fingerprint_on_device",
    }
    /// Kinds of outside channels.
    ChannelKind {
        PopulationDb = "population_db",
        BankCard = "bank_card",
        MobileOperator = "mobile_operator",
        NetworkIdentity = "network_identity",
        Tax = "tax",
        SocialSecurity = "social_security",
        CreditBureau = "credit_bureau",
        ManualPortal = "manual_portal",
    }
    /// What makes two channels two.
    DistinctBy {
        Organisation = "organisation",
        Kind = "kind",
    }
    /// What a record of a face-to-face check must hold.
    FaceToFaceRecord {
        Place = "place",
        Agent = "agent",
        ChipReaderReference = "chip_reader_reference",
    }
    /// What happens to an account that missed its date.
    OnVerifyMissed {
        Freeze = "freeze",
        Restrict = "restrict",
    }
    /// Statements that explain a shared phone.
    PhoneStatement {
        AdultForMinor = "adult_for_minor",
        AdultForElderly = "adult_for_elderly",
    }
    /// What happens on a shared phone.
    OnPhoneConflict {
        Review = "review",
        Restrict = "restrict",
    }
    /// From when dormancy counts.
    DormancyFrom {
        Opening = "opening",
        LastUse = "last_use",
    }
    /// What happens to a dormant account.
    OnDormant {
        SuspendUntilReverified = "suspend_until_reverified",
        WarnOnly = "warn_only",
    }
    /// When opening an account is refused (by a person).
    RefuseOpening {
        AuxiliaryIdRefused = "auxiliary_id_refused",
        BatchOpening = "batch_opening",
        EvidentCrime = "evident_crime",
    }
    /// How contacts of a verified account change.
    ContactChange {
        SupportOnly = "support_only",
        SelfServiceTwoFactors = "self_service_two_factors",
    }
    /// Documents.
    DocumentKind {
        ResidentCard = "resident_card",
        TemporaryCard = "temporary_card",
        HmtResidencePermit = "hmt_residence_permit",
        ForeignPr2017 = "foreign_pr_2017",
        ForeignPr2023 = "foreign_pr_2023",
        Passport = "passport",
        FirstGenerationCard = "first_generation_card",
    }
    /// How much a soft rule weighs.
    Weight {
        Ignore = "ignore",
        Warn = "warn",
        Fail = "fail",
    }
    /// What happens when the grace period of an expired document ends.
    OnGraceEnd {
        Restrict = "restrict",
        Freeze = "freeze",
    }
    /// Under 14.
    Under14 {
        GuardianFlowOnly = "guardian_flow_only",
        Review = "review",
    }
    /// Under 18.
    Under18 {
        Review = "review",
        Accept = "accept",
    }
    /// When a whole year of age is reached.
    YearsCounted {
        Birthday = "birthday",
    }
    /// What needs a second person.
    FourEyes {
        FinalRejection = "final_rejection",
        ApprovalAgainstFailedCheck = "approval_against_failed_check",
        ScreeningRelease = "screening_release",
        SpoofOrTamperEitherWay = "spoof_or_tamper_either_way",
        FaceToFaceRecord = "face_to_face_record",
        IdentityChange = "identity_change",
        Revoke = "revoke",
        StaffHoldOver7Days = "staff_hold_over_7_days",
        LimitOrLevelOverride = "limit_or_level_override",
        BulkRevealOrExport = "bulk_reveal_or_export",
        StaffRoleChange = "staff_role_change",
        KeyChange = "key_change",
        RetentionChange = "retention_change",
        PolicyChange = "policy_change",
        EarlyErasure = "early_erasure",
    }
    /// Who is screened.
    Screened {
        Customer = "customer",
        Counterparty = "counterparty",
    }
    /// What a screening hit does.
    OnHit {
        FreezeFullNow = "freeze_full_now",
        Review = "review",
    }
    /// What the customer is told about a hit.
    TellCustomer {
        Neutral = "neutral",
    }
    /// Consents.
    Consent {
        General = "general",
        IdImages = "id_images",
        Face = "face",
        SourceQuery = "source_query",
    }
    /// What is recorded with a consent.
    ConsentRecord {
        TextVersion = "text_version",
        Language = "language",
        Time = "time",
        ShownHash = "shown_hash",
    }
    /// Whether data under a hold may be destroyed early.
    EarlyShred {
        Refuse = "refuse",
    }
    /// Why restricted data may still be read.
    RestrictedRead {
        Regulator = "regulator",
        Court = "court",
        SubjectAccess = "subject_access",
    }
    /// States of stored data.
    DataState {
        Active = "active",
        Restricted = "restricted",
        Shredded = "shredded",
    }
    /// Second factor of staff.
    StaffFactor {
        Passkey = "passkey",
        Totp = "totp",
    }
    /// Second factor of users.
    UserSecondFactor {
        RequiredForWallet = "required_for_wallet",
        Required = "required",
        Optional = "optional",
    }
    /// Refused passwords.
    Blocklist {
        Common = "common",
        Breached = "breached",
        Context = "context",
    }
    /// Forced password changes.
    Rotation {
        Never = "never",
    }
}
