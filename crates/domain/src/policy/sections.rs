//! Sections about accounts, money, people and data. Judgement of pictures does not read them; they are
//! parsed and validated here because a policy is loaded as a whole or not at all.

use super::money::{Currency, Decimal};
use super::words::{
    Blocklist, BoundsMode, ChannelKind, Consent, ConsentRecord, ContactChange, CountingScope, DataState,
    DistinctBy, DormancyFrom, EarlyShred, FaceToFaceRecord, Factor, FourEyes, IdentityState, OnDormant,
    OnHit, OnPhoneConflict, OnVerifyMissed, PhoneStatement, RefundGivesBack, RefuseOpening, ReserveAt,
    RestrictedRead, Rotation, Screened, StaffFactor, TellCustomer, Use, UserSecondFactor, Weekday,
};
use crate::reason::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! section {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[$fmeta])* pub $field: $ty,)+
            }
        )+
    };
}
pub(super) use section;

// Policies of stored decisions are older than these keys, and are read again for replays.

fn first_texts() -> BTreeMap<Consent, String> {
    [Consent::General, Consent::IdImages, Consent::Face, Consent::SourceQuery]
        .map(|kind| (kind, "2026-11".to_owned()))
        .into()
}

const fn uploads_per_application_minute_max() -> u32 {
    20
}

const fn uploads_per_account_day_max() -> u32 {
    200
}

const fn upload_mib_per_account_day_max() -> u32 {
    600
}

section! {
    /// `[bounds]`
    Bounds {
        /// Whether the figures of the preset are ceilings.
        mode: BoundsMode,
        /// Day caps may be up to twice the preset's.
        day_caps_doubled: bool,
    }
    /// `[money]`
    Money {
        /// Of every amount in the file.
        currency: Currency,
    }
    /// `[time]`
    Time {
        /// IANA zone of all dates and days.
        zone: String,
        /// `MM-DD`, start of yearly counters.
        year_starts: String,
        /// `HH:MM`, start of a day.
        day_starts: String,
    }
    /// `[calendar]`: working time for promises to people.
    Calendar {
        /// Working days.
        weekdays: Vec<Weekday>,
        /// `HH:MM`.
        opens: String,
        /// `HH:MM`.
        closes: String,
        /// Name of the table of holidays, `none` for none.
        holiday_table: String,
    }
    /// `[counting]`
    Counting {
        /// Always the person.
        scope: CountingScope,
        /// Closing an account resets nothing.
        survives_account_closure: bool,
        /// Refunds.
        refund_gives_back: RefundGivesBack,
        /// Reservation.
        reserve_at: ReserveAt,
        /// Payments that only pass through a bank card count too.
        pass_through_bank_card_counts: bool,
        /// Withdrawals to one's own bank count against day caps.
        day_caps_count_own_bank_withdrawal: bool,
    }
    /// One of `[[levels]]`.
    Level {
        /// 0 to 3, ascending without gaps.
        id: u8,
        /// Stable name.
        code: String,
        /// Shown name.
        label: Text,
        /// What it allows.
        uses: Vec<Use>,
        /// Accounts of one person at this level.
        accounts_per_person_max: Option<u32>,
        /// What it asks for.
        #[serde(default)] requires: Requires,
        /// What it limits.
        #[serde(default)] caps: Caps,
    }
    /// `[auth_tiers]`
    AuthTiers {
        /// Strongest.
        a: AuthTier,
        /// Two factors.
        b: AuthTier,
        /// Fewer.
        c: AuthTier,
        /// A printed code, whatever the factors.
        static_qr: AuthTier,
    }
    /// `[factors]`: classes that are independent of each other.
    Factors {
        /// Known.
        knowledge: Vec<Factor>,
        /// Held.
        possession: Vec<Factor>,
        /// Of the body.
        inherence: Vec<Factor>,
    }
    /// `[channels]`
    Channels {
        /// Kinds that count.
        kinds: Vec<ChannelKind>,
        /// What makes two of them two.
        distinct_by: DistinctBy,
        /// Our own image checks count as a channel.
        in_house_checks_count: bool,
        /// For demo and sandbox only.
        simulated_allowed: bool,
        /// Days a proof stays valid.
        proof_valid_days: u32,
        /// Minutes between retries, then hourly.
        query_retry_min: Vec<u32>,
        /// Hours until a person looks.
        give_up_after_h: u32,
        /// Paid queries per application and day.
        calls_per_application_day_max: u32,
        /// Hours an answer may be reused.
        answer_reused_h: u32,
        /// Staff meets the person.
        face_to_face: FaceToFace,
    }
    /// `[channels.face_to_face]`
    FaceToFace {
        /// What staff must record.
        staff_record_required: Vec<FaceToFaceRecord>,
        /// A second person confirms.
        four_eyes: bool,
    }
    /// `[account]`
    Account {
        /// Days to verify.
        verify_within_days: u32,
        /// Reminders, days before.
        verify_remind_days: Vec<u32>,
        /// Days left at least after a pause.
        verify_left_after_pause_days_min: u32,
        /// What happens afterwards.
        on_verify_missed: OnVerifyMissed,
        /// Open applications per account.
        applications_open_max: u32,
        /// Persons per phone number.
        persons_per_phone_max: u32,
        /// Accepted explanations.
        phone_exception_statements: Vec<PhoneStatement>,
        /// What happens without one.
        on_phone_conflict: OnPhoneConflict,
        /// Months until an account is dormant.
        dormancy_months: u32,
        /// Counted from.
        dormancy_measured_from: DormancyFrom,
        /// Days of warning.
        dormancy_warn_days: u32,
        /// What happens then.
        on_dormant: OnDormant,
        /// Days to change one's mind about closing.
        closing_cool_off_days: u32,
        /// When opening is refused.
        refuse_opening: Vec<RefuseOpening>,
        /// How contacts change.
        contact_change: ContactChange,
        /// Essential bills stay payable.
        essential_when_frozen: bool,
    }
    /// `[tries]`
    Tries {
        /// Uploads of one side refused in a window.
        side_uploads_refused_max: u32,
        /// That window, hours.
        side_window_h: u32,
        /// Soft quality failures until a person is offered.
        soft_quality_fails_before_human_offer: u32,
        /// Failed selfies in a row.
        selfie_fails_in_row_max: u32,
        /// Pause after them, minutes.
        selfie_pause_min: u32,
        /// Failed selfies per ID number and day.
        selfie_fails_per_id_day_max: u32,
        /// Mismatches of the form per day.
        form_mismatch_per_day_max: u32,
        /// Attempts.
        submits_per_application_max: u32,
        /// Distinct ID numbers per account in 30 days.
        ids_per_account_30_days_max: u32,
        /// Ended applications in 30 days.
        ended_applications_30_days_max: u32,
        /// Idle days of a draft.
        draft_idle_days: u32,
        /// Days to resubmit.
        resubmit_days: u32,
        /// Minutes of checking until a person looks.
        checking_to_review_min: u32,
        /// Pictures that are looked at for one application in a minute.
        #[serde(default = "uploads_per_application_minute_max")]
        uploads_per_application_minute_max: u32,
        /// Pictures that are looked at for one account in a day.
        #[serde(default = "uploads_per_account_day_max")]
        uploads_per_account_day_max: u32,
        /// What they may weigh together, MiB.
        #[serde(default = "upload_mib_per_account_day_max")]
        upload_mib_per_account_day_max: u32,
    }
    /// `[review]`
    Review {
        /// A person on request.
        human_review_on_request: bool,
        /// Promise, working days.
        initial_promise_working_days: u32,
        /// Target, working days.
        initial_target_working_days: u32,
        /// Target for screening, working hours.
        screening_target_working_h: u32,
        /// Lease, minutes.
        lease_min: u32,
        /// Undo, seconds.
        undo_s: u32,
        /// Sample of automatic approvals, percent.
        auto_approved_sample_percent: u32,
        /// Sample of single-reviewer decisions, percent.
        single_reviewer_sample_percent: u32,
        /// First cases of a new reviewer, all re-reviewed.
        new_reviewer_first_cases: u32,
        /// Days to answer an objection.
        objection_answer_days: u32,
        /// Days to appeal.
        appeal_window_days: u32,
        /// What needs a second person.
        four_eyes: Vec<FourEyes>,
    }
    /// `[reveal]`
    Reveal {
        /// A purpose must be named.
        purpose_required: bool,
        /// Minutes since the last strong sign-in at most.
        step_up_age_max_min: u32,
        /// Minutes a grant lasts.
        grant_min: u32,
        /// Seconds an element stays open.
        element_ttl_s: u32,
        /// Reveals per person of staff and day.
        per_staff_day_max: u32,
        /// Hours until a break-glass use is reviewed.
        break_glass_review_h: u32,
    }
    /// `[screening]`
    Screening {
        /// Names of lists.
        lists: Vec<String>,
        /// Who is screened.
        screen: Vec<Screened>,
        /// What a hit does.
        on_hit: OnHit,
        /// What is said about it.
        tell_customer: TellCustomer,
        /// Screen everybody again when a list changes.
        rescreen_on_list_change: bool,
        /// And every so many days.
        rescreen_days: u32,
    }
    /// `[alerts]`: signals, never blocks.
    Alerts {
        /// One payment.
        single_payment_min: Option<Decimal>,
        /// In and out in 30 days.
        two_way_30_days_min: Option<Decimal>,
        /// Balance.
        balance_over: Option<Decimal>,
        /// For so many days.
        balance_over_days: Option<u32>,
    }
    /// `[wallet]`
    Wallet {
        /// Hours before a new card may receive.
        new_card_cool_down_h: u32,
        /// Hours a transfer may be delayed by choice.
        transfer_delay_option_h: u32,
        /// Live virtual cards.
        virtual_cards_live_max: u32,
        /// Hours without withdrawal after a change of contact.
        contact_change_withdrawal_delay_h: u32,
        /// Transfers a day.
        transfers_per_day_max: u32,
    }
    /// `[consents]`
    Consents {
        /// Asked for separately.
        kinds: Vec<Consent>,
        /// May be refused.
        optional: Vec<Consent>,
        /// What is recorded.
        record: Vec<ConsentRecord>,
        /// The text of each that is in force; a consent to another one is asked for again.
        #[serde(default = "first_texts")]
        text_versions: BTreeMap<Consent, String>,
    }
    /// `[retention]`
    Retention {
        /// After the relationship ends.
        identity_years: u32,
        /// After the transaction.
        transaction_years: u32,
        /// Consents.
        consent_years: u32,
        /// Impact assessments.
        impact_assessment_years: u32,
        /// Audit rows.
        audit_years: u32,
        /// Security log.
        security_log_months: u32,
        /// Selfies.
        selfie_days: u32,
        /// Challenge frames.
        liveness_frames_days: u32,
        /// Pictures of abandoned applications.
        abandoned_images_days: u32,
        /// Their metadata.
        abandoned_metadata_days: u32,
        /// Under a hold.
        early_shred: EarlyShred,
        /// Who may still read restricted data.
        restricted_read_purposes: Vec<RestrictedRead>,
    }
    /// `[erasure]`
    Erasure {
        /// In this order.
        states: Vec<DataState>,
        /// Days backups of keys live.
        key_backup_days_max: u32,
    }
    /// `[session]`
    Session {
        /// Hours, users.
        user_absolute_h: u32,
        /// Idle minutes, users.
        user_idle_min: u32,
        /// Hours, staff.
        staff_absolute_h: u32,
        /// Idle minutes, staff.
        staff_idle_min: u32,
        /// Factor of staff.
        staff_factor: StaffFactor,
        /// Second factor of users.
        user_second_factor: UserSecondFactor,
    }
    /// `[password]`
    Password {
        /// With a second factor.
        length_min: u32,
        /// Alone.
        length_min_single_factor: u32,
        /// At most.
        length_max: u32,
        /// Refused.
        blocklist: Vec<Blocklist>,
        /// Forced changes.
        rotation: Rotation,
    }
    /// `[otp]`
    Otp {
        /// Digits of a code.
        digits: u32,
        /// Minutes by SMS.
        sms_ttl_min: u32,
        /// Hours by mail.
        email_ttl_h: u32,
        /// Tries per code.
        tries_max: u32,
        /// Seconds until another may be sent.
        resend_after_s: u32,
        /// Codes a day.
        sends_per_day_max: u32,
    }
}

/// `[levels.requires]`
#[expect(clippy::struct_excessive_bools, reason = "the keys of the file, each a condition of its own")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requires {
    /// A confirmed contact.
    pub contact_confirmed: bool,
    /// A verified identity.
    pub identity: Option<IdentityState>,
    /// Distinct outside channels.
    pub channels_min: u32,
    /// Only the first account of a person.
    pub first_account_of_person: bool,
    /// A face-to-face record stands for the channels.
    pub face_to_face_replaces_channels: bool,
    /// A live selfie match, or the recorded route with a person.
    pub selfie_match: bool,
}

/// `[levels.caps]`. No cap means no cap of that kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Caps {
    /// Out per day.
    pub day_out_max: Option<Decimal>,
    /// Out per year.
    pub year_out_max: Option<Decimal>,
    /// Out ever.
    pub lifetime_out_max: Option<Decimal>,
    /// Withdrawals to one's own bank count.
    pub own_bank_withdrawal_counts: bool,
}

/// One of `[auth_tiers.*]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthTier {
    /// Independent factors.
    pub factors_min: Option<u32>,
    /// One of these at least.
    pub needs_any: Vec<Factor>,
    /// Cap per day.
    pub day_out_max: Option<Decimal>,
    /// The cap is what was agreed with the person.
    pub day_out_max_by_agreement: bool,
    /// Cap as a share of the level's day cap.
    pub day_out_percent_of_level: Option<u32>,
    /// The institution bears losses.
    pub institution_bears_losses: bool,
}
