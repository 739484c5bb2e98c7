//! Notices to a person, by key.
//!
//! Each is shown inside the product; some also go out by e-mail, and some by SMS. Texts live with the other
//! shared texts and hold masked values only.

use serde::{Deserialize, Serialize};

/// Where a notice goes besides the product itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Nowhere else.
    InApp,
    /// E-mail.
    Mail,
    /// E-mail and SMS.
    MailAndSms,
}

macro_rules! notices {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $via:ident;)+) => {
        /// The kinds of notices.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Notice {
            $(
                $(#[$doc])*
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Notice {
            /// Every notice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable key.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Where it goes.
            pub const fn via(self) -> Via {
                match self {
                    $(Self::$variant => Via::$via,)+
                }
            }
        }
    };
}

notices! {
    /// An attempt was submitted.
    ApplicationReceived = "application_received", Mail;
    /// A person looks.
    ApplicationInReview = "application_in_review", Mail;
    /// The promised date is at risk, or a source has been silent for half an hour.
    ApplicationDelayed = "application_delayed", Mail;
    /// Steps must be done again.
    ApplicationResubmit = "application_resubmit", MailAndSms;
    /// Approved.
    ApplicationApproved = "application_approved", MailAndSms;
    /// Rejected, with the way to appeal.
    ApplicationRejected = "application_rejected", MailAndSms;
    /// Not finished yet.
    ApplicationReminder = "application_reminder", Mail;
    /// Timed out.
    ApplicationExpired = "application_expired", Mail;
    /// A counter is at its limit.
    StepLocked = "step_locked", InApp;
    /// The date to be verified by comes nearer.
    DeadlineReminder = "deadline_reminder", MailAndSms;
    /// A restriction was set.
    AccountPaused = "account_paused", MailAndSms;
    /// The last restriction was lifted.
    AccountRestored = "account_restored", MailAndSms;
    /// The document will end.
    DocumentExpiring = "document_expiring", MailAndSms;
    /// The document has ended; the grace period runs.
    DocumentExpiredGrace = "document_expired_grace", MailAndSms;
    /// The grace period is over.
    VerificationLapsed = "verification_lapsed", MailAndSms;
    /// The verification was taken back.
    VerificationRevoked = "verification_revoked", MailAndSms;
    /// The level went up or down.
    LevelChanged = "level_changed", Mail;
    /// The account will be paused for want of use.
    DormantWarning = "dormant_warning", MailAndSms;
    /// An appeal was opened.
    AppealReceived = "appeal_received", Mail;
    /// An appeal was closed.
    AppealAnswered = "appeal_answered", MailAndSms;
    /// Support replied.
    TicketReply = "ticket_reply", Mail;
    /// A change of information took effect.
    InfoChangeDone = "info_change_done", MailAndSms;
    /// A contact changed; goes to the old and the new address.
    ContactChanged = "contact_changed", MailAndSms;
    /// A sign-in from an unknown device.
    NewSignIn = "new_sign_in", MailAndSms;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_has_one_key_in_code_and_data() {
        for notice in Notice::ALL {
            assert_eq!(serde_json::to_value(notice).unwrap(), notice.as_str());
        }
    }

    #[test]
    fn a_full_counter_is_told_on_the_spot_only() {
        let quiet: Vec<_> = Notice::ALL.iter().filter(|n| n.via() == Via::InApp).collect();
        assert_eq!(quiet, [&Notice::StepLocked]);
    }
}
